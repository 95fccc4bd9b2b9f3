"""CONSULT: the conversation that a prescription comes from."""

from __future__ import annotations

from contracts import keys, resident_number
from contracts.act import Act, State
from contracts.groups import ISSUE
from contracts.patient import patient_misnamed, patient_tags
from contracts.quantity import MICRO, micro
from contracts.rules.base import Failed, rule
from contracts.rules.online import came_with_guardian, has_grown_guardian, is_online
from contracts.time import to_text


def closed_consultation(act: Act) -> State | None:
    """Return the named consultation when it exists and has been closed, else None."""
    found = act.consultation
    return found if found is not None and "close" in found else None


def _content(act: Act) -> State:
    return act.state(keys.consultation_content(act.consultation_id)) or {}


@rule(
    "CONSULT-1",
    "CONSULT_NOT_OPEN",
    ("prescription.issued", "consultation.closed"),
    sources="R10 R12 S4 D9",
    en="There is no closed consultation on the ledger for this prescription.",
    zh="账本上没有与本处方对应的已结束问诊。",
)
def consultation_exists(act: Act) -> None:
    """A prescription names a closed consultation; a close names an open one."""
    if act.type == "consultation.closed":
        if act.consultation is None or "close" in act.consultation:
            raise Failed
    elif closed_consultation(act) is None or "after" not in act.payload:
        raise Failed


@rule(
    "CONSULT-2",
    "CONSULT_BINDING",
    ("prescription.issued", "consultation.closed"),
    sources="interface §1 S5 S48",
    parameters=("placeholders",),
    version=3,
    en="The consultation is another patient's, doctor's or hospital's, or `after` is not its close.",
    zh="问诊与处方不一致（患者、医师、机构或 after 不符）。",
)
def consultation_belongs(act: Act) -> None:
    """Hospital, doctor and patient are those of the consultation, `after` is the leaf of its close."""
    found = act.consultation if act.type == "consultation.closed" else closed_consultation(act)
    if found is None:
        return
    if found["organisation"] != act.organisation_code:
        raise Failed
    if act.type == "consultation.closed":
        return
    prescriber = act.payload["prescriber"]
    if not act.is_placeholder(prescriber) and found["doctor"] != prescriber:
        raise Failed
    if "after" in act.payload and act.payload["after"] != _leaf_of_close(act, found):
        raise Failed
    patient = patient_tags(act)
    known = _content(act).get("patient", [])
    if patient and known and not set(patient) & set(known):
        raise Failed


def _leaf_of_close(act: Act, found: State) -> str:
    return str((act.state(keys.leaf(found["close"])) or {}).get("leaf", ""))


@rule(
    "CONSULT-3",
    "CONSULT_OVERLAP",
    ISSUE,
    sources="S5 security 2.6",
    parameters=("consultation_forgotten_s",),
    version=4,
    en="The doctor held two live consultations (video or audio) at once.",
    zh="医师同时进行两个实时问诊（视频或语音）。",
)
def consultations_apart(act: Act) -> None:
    """The consultation did not run beside another patient's live one, video or audio, of the same doctor.

    Nobody talks to two at once. Writing may overlap, voice messages in a chat too; so may visits at the
    counter, for patients go for a test and come back, and what is told at once is when they came and left.

    One that was open for longer than a consultation lasts was forgotten: it spoils itself, not the next one.
    One that the patient took up again in another is over, and the other one is what counts.
    """
    found = closed_consultation(act)
    if found is not None and "resumed_by" in found:
        raise Failed(beside=found["resumed_by"])
    if found is None or "beside" not in found:
        return
    other = act.state(keys.consultation(found["beside"])) or found
    until = to_text(other["closed"]) if "closed" in other else "still open"
    raise Failed({"opened": to_text(other["opened"]), "closed": until}, beside=found["beside"])


@rule(
    "CONSULT-4",
    "CONSULT_TOO_SHORT",
    ISSUE,
    version=2,
    sources="S3 T10 security 2.6",
    parameters=("consultation_s_min", "placeholders"),
    en="The consultation was too short to be one.",
    zh="问诊时间过短（疑似“秒开”处方）。",
)
def consultation_long_enough(act: Act) -> None:
    """By ledger time the consultation lasted at least the minimum, half of it for a refill."""
    found = closed_consultation(act)
    if found is None:
        return
    lasted_ms = found["closed"] - found["opened"]
    minimum_ms = _scaled_ms(act, "consultation_s_min")
    if lasted_ms < minimum_ms:
        raise Failed(lasted_ms=lasted_ms, minimum_ms=minimum_ms)


def _scaled_ms(act: Act, parameter: str) -> int:
    full_ms = int(act.parameter(parameter)) * 1000
    return full_ms // 2 if _refills(act) else full_ms


def _refills(act: Act) -> bool:
    """Whether it says that it is a refill and of what: of the patient's own, where the ledger knows it."""
    if not (act.disclosed("clinical") or {}).get("refill") or not act.number("initRxno"):
        return False
    own = set(patient_tags(act))
    known = (act.state(keys.number("hiRxno", tag)) for tag in act.number("initRxno"))
    contents = (act.state(keys.rx_content(str(one["rx"]))) or {} for one in known if one is not None)
    return all(own & set(content.get("patient", ())) for content in contents)


@rule(
    "CONSULT-5",
    "CONSULT_NO_REPLY",
    ISSUE,
    version=2,
    sources="S3 R12",
    parameters=("business_types_online",),
    en="The patient never said anything in the online consultation.",
    zh="线上问诊中患者没有任何应答。",
)
def patient_took_part(act: Act) -> None:
    """Online, at least one turn is the patient's. In the consulting room nobody counts who says what."""
    if closed_consultation(act) is None or not is_online(act):
        return
    if _content(act).get("patient_turns", 1) < 1:
        raise Failed


@rule(
    "CONSULT-6",
    "DRUG_FIRST",
    ISSUE,
    sources="S4 R12",
    en="The drug was chosen or paid for before the prescription.",
    zh="先选药或付款、后开方（先药后方）。",
)
def prescription_first(act: Act) -> None:
    """No drug had been chosen before the consultation."""
    if closed_consultation(act) is not None and _content(act).get("drug_first"):
        raise Failed


@rule(
    "CONSULT-7",
    "CONSULT_STALE",
    ISSUE,
    sources="security 2.6",
    parameters=("consultation_stale_s_max",),
    en="The consultation ended too long ago; consult again.",
    zh="问诊结束时间过久，请重新问诊。",
)
def consultation_fresh(act: Act) -> None:
    """The prescription follows the close within the allowed time."""
    found = closed_consultation(act)
    if found is None:
        return
    since_ms = act.time_ms - found["closed"]
    if since_ms > int(act.parameter("consultation_stale_s_max")) * 1000:
        raise Failed(since_ms=since_ms)


@rule(
    "CONSULT-8",
    "FIRST_VISIT_ONLINE",
    ISSUE,
    version=2,
    sources="R10",
    parameters=("business_types_online",),
    en="A first visit may not be prescribed for online; the patient must be seen in person first.",
    zh="首诊患者不得在线开具处方，应先线下就诊。",
)
def no_first_visit_online(act: Act) -> None:
    """Online, neither the prescription nor its consultation is a first visit."""
    if not is_online(act):
        return
    if (act.disclosed("clinical") or {}).get("first_visit") or _content(act).get("first_visit"):
        raise Failed


@rule(
    "CONSULT-9",
    "PEDIATRIC_GUARDIAN_MISSING",
    ISSUE,
    version=5,
    sources="R14",
    parameters=("guardian_below_age_years", "placeholders"),
    en="A child below six needs a guardian who takes part.",
    zh="未满六周岁的儿童须有监护人陪同。",
)
def guardian_takes_part(act: Act) -> None:
    """A patient below the age has a guardian in the identity group: a name or document, and not its own.

    Who is a child by the own resident number is nobody's guardian. Who was named when the consultation was
    opened took part in it: the prescription need not say it again.
    """
    if _is_small_child(act) and not has_grown_guardian(act) and not came_with_guardian(act):
        raise Failed


def _is_small_child(act: Act) -> bool:
    """Whether the told age or the resident number says so: typing 7 for 4 spares nobody the guardian."""
    age, years = (act.disclosed("patient") or {}).get("age"), int(act.parameter("guardian_below_age_years"))
    return (age is not None and micro(age) < years * MICRO) or _born_within(act, years)


def _born_within(act: Act, years: int) -> bool:
    """Whether the date of birth in the patient's resident number lies fewer than so many years back."""
    number = str((act.disclosed("identity") or {}).get("certificate_number", ""))
    if patient_misnamed(act) or not resident_number.is_one(number):
        return False
    return resident_number.years_on(number, act.today) < years


@rule(
    "CONSULT-14",
    "PEDIATRIC_SPECIALIST_MISSING",
    ISSUE,
    version=4,
    sources="R14",
    parameters=("guardian_below_age_years", "departments_children", "business_types_online", "placeholders"),
    en="Online, a child below six is prescribed for by a doctor of a department that the rulebook lists.",
    zh="在线为未满六周岁儿童开方，须由儿科等相关专业医师开具。",
)
def specialist_takes_part(act: Act) -> None:
    """Online, below the age, the department's name or code begins with one that the rulebook lists, if any.

    It is the doctor's own: LICENCE-4 compares it with the licence. At the counter every department sees
    children, and a guardian's presence (CONSULT-9) is all that is asked for.
    """
    departments = tuple(act.parameter("departments_children"))
    if not departments or not is_online(act) or not _is_small_child(act):
        return
    if not str((act.disclosed("clinical") or {}).get("department", "")).startswith(departments):
        raise Failed({"member": "department"})


@rule(
    "CONSULT-10",
    "CONSULT_SHORT_NOTICE",
    ISSUE,
    strength="flag",
    version=2,
    sources="S3 security 2.6",
    parameters=("consultation_notice_s", "placeholders"),
    en="The consultation was short.",
    zh="问诊时间较短。",
)
def consultation_not_short(act: Act) -> None:
    """The consultation lasted at least the notice band, half of it for a refill."""
    found = closed_consultation(act)
    if found is None:
        return
    lasted_ms = found["closed"] - found["opened"]
    if lasted_ms < _scaled_ms(act, "consultation_notice_s"):
        raise Failed(lasted_ms=lasted_ms)


RULES = (
    consultation_exists,
    consultation_belongs,
    consultations_apart,
    consultation_long_enough,
    patient_took_part,
    prescription_first,
    consultation_fresh,
    no_first_visit_online,
    guardian_takes_part,
    specialist_takes_part,
    consultation_not_short,
)
