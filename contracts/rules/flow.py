"""Existence, status and custody: what a prescription's life allows next."""

from __future__ import annotations

from typing import Any

from contracts import keys, lifecycle, parcels, told
from contracts.act import Act, State
from contracts.groups import CORRECTION, DELIVERY, EVERY, ISSUE, ON_RX, READS, RENEWAL, REPORTS, RETURN, SALE
from contracts.quantity import DAY_MS
from contracts.rules.base import Failed, rule
from contracts.sold_units import units_by_drug
from contracts.subjects import seller_of

_HELD = (
    "prescription.released",
    "review.pharmacy",
    *SALE,
    *RETURN,
    *CORRECTION,
    "dispensing.reported",
    "settlement.reported",
    *DELIVERY,
)
_UNSALEABLE = (
    lifecycle.HELD,
    lifecycle.ISSUED,
    lifecycle.HOSPITAL_APPROVED,
    lifecycle.CLAIMED,
    lifecycle.REFUSED,
    lifecycle.CANCELLED,
)


@rule(
    "FLOW-1",
    "IDEMPOTENCY_CONFLICT",
    EVERY,
    sources="interface §3",
    en="This jti was used for another statement; make a new one.",
    zh="该 jti 已用于另一份声明，请更换。",
)
def jti_unused(act: Act) -> None:
    """No committed statement of this organisation took the same `jti`."""
    taken = act.state(keys.jti(act.organisation_code, str(act.payload["jti"])))
    if taken is not None and taken["id"] != act.facts.statement_id:
        raise Failed


@rule(
    "FLOW-2",
    "ID_CONFLICT",
    (*ISSUE, "prescription.claimed"),
    sources="interface §3 R18",
    parameters=("placeholders",),
    version=2,
    en="This number is taken: the prescription number, or the patient's one-time number, was used before.",
    zh="编号已被使用（医保处方编号或一次性授权编号）。",
)
def numbers_unused(act: Act) -> None:
    """`hiRxno` names no other prescription; a one-time number has not been used."""
    name, key_of = ("hiRxno", _national) if act.type in ISSUE else ("auth_rxno", keys.authorisation)
    for tag in act.number(name):
        if act.state(key_of(tag)) is not None:
            raise Failed


def _national(tag: str) -> str:
    return keys.number("hiRxno", tag)


@rule(
    "FLOW-14",
    "ID_CONFLICT",
    ISSUE,
    sources="interface §3 R18",
    parameters=("placeholders",),
    version=2,
    en="This hospital's own number names another prescription, neither cancelled nor refused in review.",
    zh="本院处方号（hospRxno）已属于另一张处方，且该处方未撤销、也未被审核退回。",
)
def hospital_number_free(act: Act) -> None:
    """`hospRxno` names no other prescription of the hospital but one that a cancel or a review ended.

    What a pharmacist sends back is written again under its number; what ran out or was sold was valid
    under it and keeps it.
    """
    for tag in act.number("hospRxno"):
        named = act.state(keys.number("hospRxno", tag, act.organisation_code))
        if named is None:
            continue
        record = act.state(keys.rx(named["rx"]))
        if record is not None and record["stage"] not in (lifecycle.CANCELLED, lifecycle.REFUSED):
            raise Failed({"number": "hospRxno", "rx": named["rx"]})


@rule(
    "FLOW-3",
    "RX_NOT_FOUND",
    (*ON_RX, *READS),
    sources="S16 security W03",
    en="No such prescription on this ledger.",
    zh="账本上没有该处方。",
)
def prescription_exists(act: Act) -> None:
    """The named prescription has been issued here."""
    if act.rx is None:
        raise Failed


def valid_from(record: State) -> int:
    """Return from when a prescription's validity counts (R1): when it was written, if it arrived later."""
    return int(record["written"] if "written" in record else record["issued"])


def _status_fault(act: Act) -> str | None:
    return act.once("status fault", lambda: _refusal_by_status(act))


def _refusal_by_status(act: Act) -> str | None:
    if act.rx is None or act.type in lifecycle.MARKS:
        return None
    status = act.status
    if status == lifecycle.EXPIRED and act.type not in lifecycle.USES_VALIDITY:
        status = lifecycle.status_by_quantity(act.rx["stage"], *_quantities(act))
    if _follows(act, status):
        return None
    holder = act.rx.get("holder")
    return lifecycle.refusal_code(status, act.type, holder not in (None, act.organisation_code))


def _follows(act: Act, status: str) -> bool:
    if act.type in DELIVERY:
        return parcels.follows(act, status)
    return (status, lifecycle.event_of(act.type, act.payload.get("decision"))) in lifecycle.TRANSITIONS


def _quantities(act: Act) -> tuple[int, int]:
    lines = act.content.get("lines", [])
    remaining = sum(max(0, line["units"] - line["sold"]) for line in lines)
    return remaining, sum(line["units"] for line in lines)


def _status_rule(number: int, code: str, en: str, zh: str, sources: str, version: int = 1) -> Any:
    @rule(f"FLOW-{number}", code, ON_RX, en=en, zh=zh, sources=sources, version=version)
    def status_allows(act: Act) -> None:
        """The life-cycle table has a transition from the prescription's status, or a parcel is under way."""
        if _status_fault(act) == code:
            raise Failed(_status_told(act) if code == "FLOW_ORDER" else None)

    return status_allows


def _status_told(act: Act) -> dict[str, str | int]:
    """The status, for those who hold or wrote the prescription and for whoever asks to hold it."""
    record = act.rx or {}
    parties = (record.get("issuer"), record.get("holder"))
    if act.organisation_code in parties or act.type == "prescription.claimed":
        return {"status": act.status}
    return {}


_STATUS = (
    _status_rule(4, "RX_CANCELLED", "The prescription was cancelled.", "处方已撤销。", "W06", 2),
    _status_rule(
        5, "REVIEW_REJECTED", "A pharmacist rejected the prescription.", "处方审核未通过。", "R13 W09", 2
    ),
    _status_rule(6, "RX_EXPIRED", "The prescription's validity is over.", "处方已过有效期。", "R1"),
    _status_rule(
        7,
        "RX_ALREADY_DISPENSED",
        "The prescription has been dispensed in full.",
        "处方已全部调配，不得再次使用。",
        "R18 W04",
    ),
    _status_rule(
        8,
        "RX_DESIGNATED_ELSEWHERE",
        "Another pharmacy holds the prescription.",
        "处方已由另一药店下载持有。",
        "W10 R18",
    ),
    _status_rule(
        18,
        "RX_HELD",
        "The prescription waits until a pharmacist has looked at it; this comes after. Nobody is accused.",
        "处方暂存，待药师核查后方可进行此步骤；不追究任何人。",
        "S15",
    ),
    _status_rule(
        9,
        "FLOW_ORDER",
        "This step does not follow: see the prescription's status and what comes next.",
        "步骤顺序不符，请查看处方状态。",
        "S4 W01 W02 W07",
        4,
    ),
)


@rule(
    "FLOW-15",
    "TIME_ORDER",
    RENEWAL,
    sources="R1",
    en="The renewed validity ends no later than the present one; cancel what is not to be used any more.",
    zh="延长后的有效期不晚于现有有效期；不再使用的处方应撤销。",
)
def renewed_for_longer(act: Act) -> None:
    """A renewal makes the prescription valid for longer, counted from when it was written."""
    if act.rx is None or _status_fault(act):
        return
    if valid_from(act.rx) + int(act.payload["validity_days"]) * DAY_MS <= act.rx["expires"]:
        raise Failed({"member": "validity_days"})


@rule(
    "FLOW-10",
    "RX_NOT_CLAIMED",
    _HELD,
    version=3,
    sources="interface §3 R18",
    parameters=("placeholders",),
    en="This pharmacy does not hold the prescription; download it first.",
    zh="本药店未持有该处方，请先下载。",
)
def held_here(act: Act) -> None:
    """The submitting pharmacy holds the prescription; of what nobody holds the fund has nothing to tell.

    What becomes of its own parcel, and what it sold before, a shop tells after it released the prescription
    too: the stock channel reports in the evening what came back over the counter at noon.
    """
    if act.rx is None or act.organisation.get("role") == "courier" or parcels.is_own(act):
        return
    if told.is_of_own_sale(act):
        return
    if act.rx.get("holder") != (seller_of(act) or act.organisation_code):
        raise Failed


def _exceeds(act: Act, left: dict[str, int]) -> bool:
    return any(units > left.get(drug, 0) for drug, units in units_by_drug(act).items())


@rule(
    "FLOW-11",
    "QTY_EXCEEDS_RX",
    SALE,
    version=2,
    sources="contracts §2 S9",
    en="More than the prescription still allows, or a drug that it does not contain.",
    zh="超出处方剩余数量，或不在处方范围内。",
)
def within_prescription(act: Act) -> None:
    """For each drug no more is sold than prescribed and not yet sold."""
    if act.rx is None or act.status in (lifecycle.DISPENSED, lifecycle.IN_DELIVERY, lifecycle.DELIVERED):
        return  # RX_ALREADY_DISPENSED says it better
    left: dict[str, int] = {}
    for line in act.content.get("lines", []):
        left[line["drug"]] = left.get(line["drug"], 0) + line["units"] - line["sold"]
    if _exceeds(act, left):
        raise Failed


@rule(
    "FLOW-12",
    "QTY_RETURN_EXCEEDS",
    RETURN,
    sources="contracts §2",
    en="More is returned than was sold on this prescription.",
    zh="退回数量超过本处方的售出数量。",
)
def returned_was_sold(act: Act) -> None:
    """For each drug no more is returned than sold on this prescription."""
    if act.rx is None:
        return
    sold: dict[str, int] = {}
    for line in act.content.get("lines", []):
        sold[line["drug"]] = sold.get(line["drug"], 0) + line["sold"]
    if _exceeds(act, sold):
        raise Failed


@rule(
    "FLOW-13",
    "KEY_COMPROMISE_WINDOW",
    SALE,
    sources="security C06 §4",
    version=2,
    en="A key or authenticator that issued, renewed or reviewed this prescription is reported stolen for "
    "that time; it must be confirmed anew.",
    zh="本处方开具、延期或审核所用的签名密钥或认证器在当时被报告失窃，须重新确认。",
)
def signed_outside_compromise(act: Act) -> None:
    """No key or authenticator by which the prescription came this far was compromised when it signed."""
    record = act.rx or {}
    issued = [["prescription.issued", record["kid"], "", record["issued"]]] if record else []
    for _, kid, credential, at in record.get("signed", issued):
        used = [act.state(keys.key(kid)), act.state(keys.authenticator(credential)) if credential else None]
        if any(one is not None and _is_stolen(one, at) for one in used):
            raise Failed


def _is_stolen(used: State, at: int) -> bool:
    return "compromised_from" in used and bool(used["compromised_from"] <= at <= used.get("revoked", at))


@rule(
    "FLOW-16",
    "RX_NOT_SALEABLE",
    REPORTS,
    strength="flag",
    sources="S36 S47 contracts §2",
    en="A sale is told of on a prescription on which nothing was sold and that allows no sale.",
    zh="所报售药对应的处方从未售出，且处方已作废、被退回或尚未经药店审核。",
)
def told_of_where_a_sale_was_allowed(act: Act) -> None:
    """A report on which no sale stands finds a prescription that both reviews have passed, expired or not.

    The sale may be told by this channel first, and late; it is recorded as told, and no prescription that was
    cancelled, sent back or never reviewed pays for it unseen.
    """
    if act.rx is None or "RETURNED" in act.rx["marks"]:  # a sale that came back was one
        return
    if act.rx["stage"] in _UNSALEABLE:
        raise Failed({"status": act.status})


# A number that was used is told last: a claim of what another shop holds is told who holds it (interface §3),
# whichever one-time number it brings.
RULES = (
    jti_unused,
    prescription_exists,
    *_STATUS,
    renewed_for_longer,
    held_here,
    numbers_unused,
    hospital_number_free,
    within_prescription,
    returned_was_sold,
    signed_outside_compromise,
    told_of_where_a_sale_was_allowed,
)
