"""BREAKER: a frozen person, department, organisation or drug does nothing until released (异常处方熔断).

A freeze stops what gives, checks or hands out a drug, and what is paid for it. It hides nothing that happened
and keeps no patient from anything that is theirs, so these go on:

- a consultation: it is recorded as it happened (contracts §3 LICENCE), and one that is open can be closed. No
  prescription comes of it while the freeze lasts; BREAKER-6 says so before the patient has waited for one;
- cancelling a prescription, or releasing a claim: the patient goes elsewhere;
- a pharmacist's refusal of what somebody frozen prescribed: it hands out nothing, and without it the
  prescription would wait for the end of the freeze. Who is frozen refuses nothing, nor does a frozen shop,
  whose claim is released instead: a refusal is for every shop;
- a return, and a delivery of what was sold: money and drug are the patient's; what the fund takes back too;
- the sale told again through another channel, a wrong scan put right, the end of a duty, and reading: the log
  stays whole;
- the books of a frozen shop: who is not frozen records what comes in and what leaves, so its stock is known;
- an appeal, a self-report, an acknowledgement, the own next key: who is frozen is heard.

A frozen officer acts for the office no more (BREAKER-7). Points and grades take no office away: they are
about what the fund pays for; an office ends with its registration or key.
"""

from __future__ import annotations

from collections.abc import Iterator

from contracts import keys
from contracts.act import Act, State
from contracts.codes import ACCUSING, CODES
from contracts.groups import GOVERNANCE, REGISTRY, RIGHTS, SELF_SERVICE, SHOP_WORK
from contracts.rules.base import Failed, rule
from contracts.rules.credit import STANDING, in_good_standing
from contracts.subjects import department_of, insured_of, seller_of
from contracts.substance import substance, substances
from contracts.time import from_text, to_text

SCOPED = ("drug", "drug_class")  # scopes that name what they cover
CLEARED = ("data_quality", "unfounded")  # findings that accuse nobody
_WHY = ("by", *SCOPED, "case", "code", "reason")  # what a freeze tells whom it stops; older ones tell less
_OWN_KEYS = ("registry.key", "registry.authenticator")
_OFFICE = tuple(one for one in (*GOVERNANCE, *REGISTRY) if one not in SELF_SERVICE or one in _OWN_KEYS)
# Of a sale that stands: the freeze of its doctor, department or patient came later.
_SETTLED = ("settlement.reported", "settlement.settled")


def open_freezes(act: Act, subject: str) -> list[State]:
    """Return the freezes of `subject` that are neither over nor released at the act's time."""
    known = (act.state(keys.freezes(subject)) or {"freezes": []})["freezes"]
    return [one for one in known if one["until"] > act.time_ms]


def _subjects(act: Act) -> Iterator[str]:
    yield from (signer.code for signer in act.signers)
    if act.type in SHOP_WORK:
        return
    if act.payload.get("decision") == "refused":  # a review that stops the prescription
        yield from [act.organisation_code] if act.type == "review.pharmacy" else []
        return
    yield act.organisation_code
    if act.type in _SETTLED:
        yield seller_of(act)
        return
    yield from (code for code in (department_of(act), insured_of(act)) if code)
    if act.rx is not None:  # the doctor behind a prescription is stopped with it, as its department is
        yield from (act.rx["issuer"], act.rx["prescriber"])


@rule(
    "BREAKER-1",
    "STATE_FROZEN",
    (*RIGHTS, *_SETTLED, *SHOP_WORK),
    version=5,
    sources="S11 S15 T10 contracts §3 BREAKER",
    parameters=("freeze_trips", "freeze_trips_window_s", "freeze_s"),
    en="Frozen; the facts say who, by whom and why. Wait for the release by two roles, or appeal.",
    zh="当事人或药品已被熔断冻结，对象、来源与原因见 facts；请等待两个岗位共同解除，或提出申诉。",
)
def not_frozen(act: Act) -> None:
    """No freeze is open against the organisation, a signer, the prescription's people or its drugs."""
    for subject in dict.fromkeys(_subjects(act)):
        for one in open_freezes(act, subject):
            if _covers(act, one):
                raise Failed(_why(act, subject, one), freeze=one["id"], until_ms=one["until"])


def _why(act: Act, subject: str, freeze: State) -> dict[str, int | str]:
    """What is told of a freeze; of a patient's nothing: no shop is to learn what its customer did."""
    if subject == insured_of(act):
        return {}
    return {"subject": subject, **{name: freeze[name] for name in _WHY if name in freeze}}


def frozen(act: Act, subject: str) -> bool:
    """Return whether a freeze of everything is open against `subject`."""
    return any(one["scope"] == "all" for one in open_freezes(act, subject))


def has_rights(act: Act, subject: str) -> bool:
    """Return whether `subject` is neither frozen for everything nor stopped by its standing."""
    return not frozen(act, subject) and in_good_standing(act, subject)


def _covers(act: Act, freeze: State) -> bool:
    if freeze["scope"] == "all":
        return True
    drugs = {line["drug"] for line in act.disclosed("lines") or act.content.get("lines", [])}
    if freeze["scope"] == "drug":
        return substance(freeze["drug"]) in substances(drugs)
    known = (act.drug(drug) for drug in drugs)
    return freeze["drug_class"] in {drug["class"] for drug in known if drug is not None}


@rule(
    "BREAKER-2",
    "TIME_ORDER",
    ("governance.freeze",),
    sources="S11",
    parameters=("freeze_s_max",),
    en="A freeze ends in the future, and within the longest time that the rulebook allows.",
    zh="冻结的截止时间必须晚于当前时间，且不超过规则规定的最长期限。",
)
def freeze_ends(act: Act) -> None:
    """`until` lies ahead, not further than the longest freeze."""
    latest_ms = act.time_ms + int(act.parameter("freeze_s_max")) * 1000
    if not act.time_ms < from_text(act.payload["until"]) <= latest_ms:
        raise Failed({"member": "until", "latest": to_text(latest_ms)})


@rule(
    "BREAKER-3",
    "SCHEMA_REQUIRED",
    ("governance.freeze",),
    sources="S11",
    en="A freeze names the drug or the class of drugs that is its scope, and nothing else.",
    zh="冻结须按其范围注明药品或药品类别；范围为全部的不得注明。",
)
def scope_is_whole(act: Act) -> None:
    """`drug` is there exactly when the scope is `drug`, `drug_class` when it is `drug_class`."""
    scope = act.payload["scope"]
    for name in SCOPED:
        if (name in act.payload) != (scope == name):
            raise Failed({"member": name})


@rule(
    "BREAKER-4",
    "STATE_NOT_FROZEN",
    ("governance.release",),
    sources="S11",
    en="There is no such freeze any more: it is over or was released.",
    zh="该冻结已到期或已解除。",
)
def freeze_is_open(act: Act) -> None:
    """The freeze named is open."""
    found = act.state(keys.freeze_of(str(act.payload["freeze"])))
    if found is None:
        return
    if all(one["id"] != act.payload["freeze"] for one in open_freezes(act, found["subject"])):
        raise Failed


@rule(
    "BREAKER-6",
    "CONSULT_IN_VAIN",
    ("consultation.opened",),
    strength="flag",
    version=2,
    sources="S11 S12 contracts §3 LICENCE",
    parameters=STANDING,
    en="Doctor or hospital is frozen or suspended: tell the patient now that no prescription can follow.",
    zh="医师或医院已被冻结或暂停：请告知患者本次问诊不能开具处方（被暂停者急诊除外）。",
)
def consultation_can_lead_on(act: Act) -> None:
    """Neither the doctor nor the hospital is stopped; a consultation is recorded in any case."""
    for subject in (act.organisation_code, *(signer.code for signer in act.signers)):
        if not has_rights(act, subject):
            raise Failed


@rule(
    "BREAKER-5",
    "MEASURE_UNFOUNDED",
    ("governance.freeze", "governance.score"),
    sources="S11 S43 S48 contracts §3 BREAKER",
    en="All the evidence named is bad data, or cases that found none: errors are corrected, not punished.",
    zh="所引证据均为数据质量问题或未认定违规的案件：差错应更正，不得据以冻结或记分。",
)
def not_for_bad_data(act: Act) -> None:
    """Where evidence is named, a piece of it accuses somebody."""
    evidence = act.payload.get("evidence", [])
    if evidence and all(_accuses_nobody(act, str(one)) for one in evidence):
        raise Failed


def _accuses_nobody(act: Act, identifier: str) -> bool:
    """Whether it is a refusal whose decisive code accuses nobody, or a case that found no violation.

    The decisive code is what the sender was told, and most often the cause of the codes behind it. What was
    committed may be evidence whatever its flags say: who writes a wrong letter into every record is no safer.
    """
    if act.state(keys.leaf(identifier)) is not None:
        case = act.state(keys.case(identifier)) or {}
        return case.get("finding") in CLEARED
    refused = act.state(keys.refused(identifier))
    return refused is not None and all(CODES[each[0]].class_ not in ACCUSING for each in refused["codes"])


@rule(
    "BREAKER-7",
    "STATE_FROZEN",
    _OFFICE,
    sources="S11 contracts §3 BREAKER security 22",
    en="A frozen officer acts for the office no more until two roles release it: let a colleague act.",
    zh="监管人员已被熔断冻结，解除前不得办理监管业务，请由其他监管人员办理；本人仍可申诉、自查申报与更换密钥。",
)
def frozen_officer_waits(act: Act) -> None:
    """Nobody signs an act of the office while frozen for everything, but for the own key or authenticator.

    Whoever freezes signs and is not frozen, so that two officers are always left who can act.
    """
    own = str(act.payload.get("subject", act.payload.get("person"))) if act.type in _OWN_KEYS else ""
    for code in dict.fromkeys(signer.code for signer in act.signers if signer.code != own):
        for one in open_freezes(act, code):
            if one["scope"] == "all":
                raise Failed(_why(act, code, one), freeze=one["id"], until_ms=one["until"])


RULES = (
    not_frozen,
    frozen_officer_waits,
    freeze_ends,
    scope_is_whole,
    freeze_is_open,
    not_for_bad_data,
    consultation_can_lead_on,
)
