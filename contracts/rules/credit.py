"""CREDIT: points within a year take rights away, and so does the lowest grade, whoever has it.

By the default weights no suspension brings the lowest grade: it would outlast the one to six months that the
law sets for it. Of that grade is who had twelve points and more in the two years that count most.
"""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State
from contracts.credit import GRADES, NORMAL, Standing, band, standing
from contracts.groups import ISSUE, RENEWAL, RIGHTS, SALE, SHOP_WORK
from contracts.rules.base import Failed, rule
from contracts.self_reports import Report, unnamed
from contracts.subjects import department_of, insured_of, issuing_department
from contracts.time import local_day, year_of

_STANDING = (
    "score_suspended_points",
    "score_suspended_days",
    "score_suspended_days_per_point",
    "score_terminated_points",
    "score_terminated_days",
    "score_terminated_at_once_days",
)

_GRADE = ("credit_points_weight", "credit_half_life_days", "credit_grades")
STANDING = (*_STANDING, *_GRADE)


def standing_of(act: Act, subject: str) -> Standing:
    """Return a person's or organisation's standing at the act's time, by the rulebook in force."""
    return standing(act.state(keys.scores(subject)), act.time_ms, act.utc_offset_minutes, act.parameter)


def in_good_standing(act: Act, subject: str) -> bool:
    """Return whether nothing is suspended, and the grade is not the lowest (china-domain §4.2)."""
    return _has_rights(standing_of(act, subject))


def _has_rights(found: Standing) -> bool:
    return found.status == NORMAL and found.grade != GRADES[-1]


@rule(
    "CREDIT-1",
    "SIGNER_SUSPENDED",
    (*RIGHTS, *SHOP_WORK),
    version=4,
    sources="S12 R22 china-domain §4.1",
    parameters=(*_STANDING, *_GRADE, "score_emergency_types"),
    en="The signer is suspended or terminated, or of the lowest credit grade; emergencies excepted.",
    zh="签名人的医保支付资格已暂停或终止，或信用等级为最低级（急诊除外）。",
)
def signer_in_good_standing(act: Act) -> None:
    """No signer is suspended, terminated or of the lowest grade, unless it is an emergency's prescription."""
    if _is_emergency(act):
        return
    for signer in act.signers:
        _keep(standing_of(act, signer.code))


def _is_emergency(act: Act) -> bool:
    """Whether it says so and is no long prescription: a word alone would give every right back."""
    clinical = act.disclosed("clinical") or {}
    is_told = clinical.get("medical_type") in act.parameter("score_emergency_types")
    return is_told and not clinical.get("long_term")


def _keep(found: Standing) -> None:
    """Raise Failed where the standing takes rights away; until 0 is a grade, which time or a repair mends."""
    if not _has_rights(found):
        raise Failed(points=found.points_year, until_ms=found.until, score=found.score)


@rule(
    "CREDIT-2",
    "ORG_SUSPENDED",
    RIGHTS,
    version=3,
    sources="S12 S29 china-domain §4.2",
    parameters=STANDING,
    en="The institution's credit grade is the lowest, or its designation is suspended.",
    zh="机构信用等级为最低级，或定点资格已被暂停。",
)
def organisation_in_good_standing(act: Act) -> None:
    """The submitting institution is neither suspended nor of the lowest grade."""
    _keep(standing_of(act, act.organisation_code))


@rule(
    "CREDIT-3",
    "SCORE_BAND",
    ("governance.score",),
    sources="S26 china-domain §4.1",
    parameters=("score_self_reported_points_max",),
    en="Who reported the fault before the audit gets the lighter band.",
    zh="自查自纠的，应按较轻档次记分。",
)
def lighter_when_self_reported(act: Act) -> None:
    """Scores on a case that was self-reported in time stay within the lighter band together."""
    most = int(act.parameter("score_self_reported_points_max"))
    if _self_reported(act) and _points_of_case(act) > most:
        raise Failed(points_max=most)


def _case(act: Act) -> State | None:
    return act.state(keys.case(str(act.payload["case"])))


def _self_reported(act: Act) -> bool:
    return "self_reported" in (_case(act) or {"steps": {}})["steps"]


def _unnamed_reports(act: Act) -> list[Report]:
    """The subject's reports of before the case that none has named; none where it is lighter anyway."""
    case = _case(act)
    if case is None or "self_reported" in case["steps"]:
        return []
    return [one for one in unnamed(act, str(case["subject"])) if int(one[1]) <= case["opened"]]


@rule(
    "CREDIT-10",
    "SELF_REPORT_UNNAMED",
    ("governance.case", "governance.case_step", "governance.score"),
    strength="flag",
    sources="S26 china-domain §4.1",
    en="The subject reported itself before the case, which does not name the report: weigh it.",
    zh="当事人在立案前已自查自报，而本案未将该申报列入证据：请核实是否与本案有关，并据此从轻。",
)
def own_report_is_weighed(act: Act) -> None:
    """Where a case is opened, decided as a violation or scored, no report of its subject lies unnamed.

    Nobody but a person can tell whether a report, which is words, is about this case: so no points are
    lowered by it alone, and CREDIT-7 lets officers give fewer.
    """
    if act.type == "governance.case":
        found = _unnamed_of_new_case(act)
    else:
        is_guilty = act.type == "governance.score" or act.payload.get("finding") == "violation"
        found = _unnamed_reports(act) if is_guilty else []
    if found:
        raise Failed(report=found[-1][0], reports=len(found))


def _unnamed_of_new_case(act: Act) -> list[Report]:
    known, named = unnamed(act, str(act.payload["subject"])), act.payload["evidence"]
    return [] if any(one[0] in named for one in known) else known


def _events(act: Act) -> list[State]:
    known: list[State] = (act.state(keys.scores(str(act.payload["subject"]))) or {"events": []})["events"]
    return known


def _points_of_case(act: Act) -> int:
    """What the case brings with this score: cut into small ones it is no lighter and no heavier."""
    earlier = [event["left"] for event in _events(act) if event.get("case") == act.payload["case"]]
    return int(act.payload["points"] + sum(earlier))


@rule(
    "CREDIT-4",
    "SCORE_REPAIR",
    ("governance.repair",),
    sources="S29",
    en="More points are repaired than are left of this score.",
    zh="修复分值超过该次记分的剩余分值。",
)
def repairs_what_is_left(act: Act) -> None:
    """A repair takes back at most what is left of the score that it names."""
    found = act.state(keys.score_of(str(act.payload["score"])))
    if found is None:
        return
    events = (act.state(keys.scores(found["subject"])) or {"events": []})["events"]
    left = sum(event["left"] for event in events if event["id"] == act.payload["score"])
    if int(act.payload["points"]) > left:
        raise Failed(left=left)


@rule(
    "CREDIT-5",
    "DEPARTMENT_SUSPENDED",
    (*ISSUE, *RENEWAL),
    version=5,
    sources="S29 S64 china-domain §4.2",
    parameters=(*STANDING, "score_emergency_types"),
    en="The department is suspended or terminated, or of the lowest credit grade; emergencies excepted.",
    zh="本科室的医保支付资格已暂停或终止，或信用等级为最低级（急诊除外）。",
)
def department_in_good_standing(act: Act) -> None:
    """A registered department that issues or renews is in good standing, unless it issues in an emergency."""
    code = department_of(act)
    if code and not _is_emergency(act):
        _keep(standing_of(act, code))


@rule(
    "CREDIT-9",
    "SUSPENDED_EMERGENCY",
    ISSUE,
    strength="flag",
    version=2,
    sources="S12 china-domain §4.1",
    parameters=(*_STANDING, *_GRADE, "score_emergency_types"),
    en="An emergency's prescription by somebody suspended or of the lowest grade: officers look at it.",
    zh="签名人或科室已被暂停、终止或为最低信用等级，本处方按急诊例外开具，监管人员将予复核。",
)
def emergency_is_looked_at(act: Act) -> None:
    """Whoever uses the emergencies' exception is seen using it."""
    whose = [*(signer.code for signer in act.signers), issuing_department(act)]
    if _is_emergency(act) and not all(in_good_standing(act, one) for one in whose if one):
        raise Failed


@rule(
    "CREDIT-6",
    "INSURED_OFFLINE",
    (*SALE, "settlement.reported"),
    strength="flag",
    version=3,
    sources="S29 china-domain §4.2",
    parameters=(*_STANDING, *_GRADE),
    en="Instant settlement is suspended for this patient, who pays and claims later; no drug is refused.",
    zh="该参保人的联网结算已暂停，须先自费后手工报销；不影响购药。",
)
def insured_settles_at_once(act: Act) -> None:
    """A supervised insured person's standing is normal; the drug is handed out in any case."""
    code = insured_of(act)
    if code and not in_good_standing(act, code):
        raise Failed


@rule(
    "CREDIT-7",
    "SCORE_BAND",
    ("governance.score",),
    version=2,
    sources="S12 T17 china-domain §4.1",
    parameters=("score_band_points_max",),
    en="The points do not lie in the band of this offence and this share of responsibility.",
    zh="记分分值不在该类违规行为及责任程度对应的档次内。",
)
def points_in_their_band(act: Act) -> None:
    """The points of a case lie in the band of its offence, and a repeated breach repeats something.

    A self-reported fault may get fewer: CREDIT-3 says how many at most. So may one whose subject made a
    report before the case that officers did not name when they opened it (CREDIT-10).
    """
    kind, responsibility = str(act.payload["kind"]), str(act.payload["responsibility"])
    lowest, highest = band(kind, responsibility, act.parameter("score_band_points_max"))
    is_lighter = _self_reported(act) or bool(_unnamed_reports(act))
    least = 1 if is_lighter and highest else lowest
    if not least <= _points_of_case(act) <= highest:
        raise Failed(points_min=least, points_max=highest)
    if kind == "repeated_breach" and not _scored_before_this_year(act):
        raise Failed


def _scored_before_this_year(act: Act) -> bool:
    """Whether another case has brought the subject points in this local year."""
    return any(
        event["left"]
        and event.get("case") != act.payload["case"]
        and year_of(local_day(event["at"], act.utc_offset_minutes)) == year_of(act.today)
        for event in _events(act)
    )


@rule(
    "CREDIT-8",
    "MEASURE_UNFOUNDED",
    ("governance.score",),
    sources="S30 S43 S48 S65",
    en="Points follow a case of this subject in which a violation was found; here none was, or not yet.",
    zh="记分须依据对该当事人已认定违规的案件；本案属他人、尚未认定，或认定并非违规。",
)
def rests_on_a_finding(act: Act) -> None:
    """The case is the subject's own and its last finding is a violation: nobody gets points unheard.

    What was found to be bad data, a mere suspicion or nothing at all brings no points (实事求是).
    """
    case = _case(act)
    if case is None:
        return  # OFFICE-5 says that there is none
    if case["subject"] != act.payload["subject"] or case.get("finding") != "violation":
        raise Failed


RULES = (
    signer_in_good_standing,
    organisation_in_good_standing,
    rests_on_a_finding,
    points_in_their_band,
    lighter_when_self_reported,
    own_report_is_weighed,
    repairs_what_is_left,
    department_in_good_standing,
    emergency_is_looked_at,
    insured_settles_at_once,
)
