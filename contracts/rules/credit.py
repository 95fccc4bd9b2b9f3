"""CREDIT: points within a year take rights away; institutions of the lowest grade lose theirs."""

from __future__ import annotations

from contracts import keys
from contracts.act import Act
from contracts.credit import GRADES, NORMAL, Standing, standing
from contracts.rules.base import ISSUE, REVIEWS, SALE, Failed, rule
from contracts.subjects import department_of, insured_of

_RIGHTS = (*ISSUE, *REVIEWS, "prescription.claimed", *SALE)
_STANDING = (
    "score_suspended_points",
    "score_suspended_days",
    "score_suspended_days_per_point",
    "score_terminated_points",
    "score_terminated_days",
    "score_terminated_at_once_days",
)


def standing_of(act: Act, subject: str) -> Standing:
    """Return a person's or organisation's standing at the act's time, by the rulebook in force."""
    return standing(act.state(keys.scores(subject)), act.time_ms, act.utc_offset_minutes, act.parameter)


@rule(
    "CREDIT-1",
    "SIGNER_SUSPENDED",
    _RIGHTS,
    sources="S12 R22 china-domain §4.1",
    parameters=(*_STANDING, "score_emergency_types"),
    en="The signer's payment qualification is suspended or terminated; emergencies excepted.",
    zh="签名人的医保支付资格已暂停或终止（急诊除外）。",
)
def signer_in_good_standing(act: Act) -> None:
    """No signer is suspended or terminated, unless the visit is an emergency."""
    if (act.disclosed("clinical") or {}).get("medical_type") in act.parameter("score_emergency_types"):
        return
    for signer in act.signers:
        found = standing_of(act, signer.code)
        if found.status != NORMAL:
            raise Failed(points=found.points_year, until_ms=found.until)


@rule(
    "CREDIT-2",
    "ORG_SUSPENDED",
    _RIGHTS,
    sources="S12 S29 china-domain §4.2",
    parameters=("credit_points_weight", "credit_half_life_days", "credit_grades"),
    en="The institution's credit grade is the lowest, or its designation is suspended.",
    zh="机构信用等级为最低级，或定点资格已被暂停。",
)
def organisation_in_good_standing(act: Act) -> None:
    """The submitting institution is neither suspended nor of the lowest grade."""
    found = standing_of(act, act.organisation_code)
    if found.status != NORMAL or found.grade == GRADES[-1]:
        raise Failed(score=found.score)


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
    """A score on a case that was self-reported in time stays within the lighter band."""
    case = act.state(keys.case(str(act.payload.get("case", ""))))
    if case is None or "self_reported" not in case["steps"]:
        return
    if int(act.payload["points"]) > int(act.parameter("score_self_reported_points_max")):
        raise Failed


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
    ISSUE,
    sources="S29 S64 china-domain §4.2",
    parameters=_STANDING,
    en="The department's payment qualification is suspended or terminated; emergencies excepted.",
    zh="本科室的医保支付资格已暂停或终止（急诊除外）。",
)
def department_in_good_standing(act: Act) -> None:
    """A registered department that issues is not suspended, unless the visit is an emergency."""
    code = department_of(act)
    if not code or act.disclosed("clinical").get("medical_type") in act.parameter("score_emergency_types"):
        return
    found = standing_of(act, code)
    if found.status != NORMAL:
        raise Failed(points=found.points_year, until_ms=found.until)


@rule(
    "CREDIT-6",
    "INSURED_OFFLINE",
    (*SALE, "settlement.reported"),
    strength="flag",
    sources="S29 china-domain §4.2",
    parameters=_STANDING,
    en="Instant settlement is suspended for this patient, who pays and claims later; no drug is refused.",
    zh="该参保人的联网结算已暂停，须先自费后手工报销；不影响购药。",
)
def insured_settles_at_once(act: Act) -> None:
    """A supervised insured person's standing is normal; the drug is handed out in any case."""
    code = insured_of(act)
    if code and standing_of(act, code).status != NORMAL:
        raise Failed


RULES = (
    signer_in_good_standing,
    organisation_in_good_standing,
    lighter_when_self_reported,
    repairs_what_is_left,
    department_in_good_standing,
    insured_settles_at_once,
)
