"""CONSULT, of follow-ups: the earlier record that they follow, and its diagnoses (R10, S6)."""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State
from contracts.diagnosis import plain
from contracts.groups import ISSUE
from contracts.rules.base import Failed, rule
from contracts.rules.online import is_online

_SIGNS_MIN = 2
_NO_RECORD = frozenset({"没有", "没有病历", "无病历", "无既往病历", "无记录", "暂无", "初诊", "首诊"})


def prior_content(act: Act) -> State:
    """Return what an opened consultation says of the patient's earlier record, for its content's state.

    `prior_record` is whether one is named; of its diagnoses only the characters that are compared are kept.
    """
    length = int(act.parameter("prior_code_characters"))
    told = (act.disclosed("clinical") or {}).get("prior_diagnoses", [])
    content: State = {"prior_record": _names_record(act)}
    kept = sorted({plain(one["code"])[:length] for one in told})
    return {**content, "prior_diagnoses": kept} if kept else content


def _names_record(act: Act) -> bool:
    """Whether a number is named: not a word for none, zeros alone, or fewer than two letters and digits."""
    told = (act.disclosed("identifiers") or {}).get("prior_record")
    plain = "".join(sign for sign in str(told or "").lower() if sign.isalnum())
    return not act.is_placeholder(told) and _is_number(plain)


def _is_number(plain: str) -> bool:
    return len(plain) >= _SIGNS_MIN and plain.strip("0") != "" and plain not in _NO_RECORD


def _prior(act: Act) -> State | None:
    """The content of an online prescription's consultation, None for any other prescription."""
    if act.consultation is None or not is_online(act):
        return None
    return act.state(keys.consultation_content(act.consultation_id)) or {}


@rule(
    "CONSULT-15",
    "PRIOR_RECORD_MISSING",
    ISSUE,
    version=3,
    sources="R10 S6",
    parameters=("prior_record_required", "business_types_online", "placeholders"),
    en="An online follow-up whose consultation names no earlier record of the patient.",
    zh="线上复诊处方的问诊未注明患者既往病历。",
)
def prior_record_named(act: Act) -> None:
    """Where the rulebook asks for it (1), an online prescription's consultation named an earlier record.

    What older software wrote of a consultation does not say whether one was named.
    """
    found = _prior(act) if int(act.parameter("prior_record_required")) else None
    if found is not None and found.get("prior_record") is False:
        raise Failed({"member": "prior_record"})


@rule(
    "CONSULT-17",
    "PRIOR_RECORD_UNNAMED",
    ("consultation.opened",),
    strength="flag",
    sources="R10 S6",
    parameters=("prior_record_required", "placeholders", "shadow_rules"),
    version=3,
    en="Name the patient's earlier record: without it no prescription can follow from this consultation.",
    zh="请注明患者既往病历：未注明的，本次线上问诊不能开具处方。",
)
def record_named_in_time(act: Act) -> None:
    """Where a follow-up needs an earlier record, one at a distance is told before anybody waits.

    With CONSULT-15 on trial a prescription can follow all the same, so nothing is told.
    """
    needed = int(act.parameter("prior_record_required")) and act.payload["mode"] != "counter"
    on_trial = prior_record_named.id in act.parameter("shadow_rules")
    if needed and not on_trial and not _names_record(act):
        raise Failed({"member": "prior_record"})


@rule(
    "CONSULT-16",
    "DIAGNOSIS_NOT_PRIOR",
    ISSUE,
    strength="flag",
    version=3,
    sources="R10",
    parameters=("prior_code_characters", "business_types_online"),
    en="No diagnosis of an online follow-up is related to one of the earlier record; nobody is accused.",
    zh="线上复诊处方的诊断均与既往病历的诊断不相关；不作指控。",
)
def diagnosis_of_the_prior_record(act: Act) -> None:
    """Online, a diagnosis shares its first characters with one of the earlier record, where that told any.

    One character is about a chapter of ICD-10, three are the same illness. A complication may lie in another
    chapter (E11, H36): so this is a notice, for the pharmacists who review.
    """
    length = int(act.parameter("prior_code_characters"))
    known = tuple(code[:length].upper() for code in (_prior(act) or {}).get("prior_diagnoses", []))
    told = (act.disclosed("clinical") or {}).get("diagnoses", [])
    if known and not any(plain(one["code"]).startswith(known) for one in told):
        raise Failed({"member": "diagnoses"})


RULES = (prior_record_named, diagnosis_of_the_prior_record, record_named_in_time)
