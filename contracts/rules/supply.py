"""SUPPLY: a patient who still has the drug buys no more of it, unless there is a declared reason.

Covered-until is kept for each patient and substance across institutions (Hebei): the quantities of all
sales on *other* prescriptions divided by the label's maximum dose, one purchase after the other. Another
maker's pack of the same substance is no other drug (`contracts.substance`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts import keys
from contracts.act import Act, State
from contracts.evidence import document_numbers
from contracts.groups import ISSUE, SALE
from contracts.patient import patient_tags
from contracts.quantity import DAY_MS, MICRO, covered_ms, smallest_level
from contracts.rules.base import Failed, rule
from contracts.rules.long_term import CALLED_LONG, NEVER_LONG, issued_as_long, never_long
from contracts.sold_units import units_by_drug
from contracts.substance import presentation, substance, substances
from contracts.time import day_of, days_among, is_among, local_date, local_day

KeyOf = Callable[[str, str], str]
KeyOfTag = Callable[[str], str]
_JUDGED = (*SALE, *ISSUE)


def _only_asked(act: Act) -> bool:
    """Supply is judged at the sale; on a prescription it speaks in a check before the act alone."""
    return act.type in ISSUE and not act.context.check


def covered_until(sales: list[dict[str, Any]], apart_from: str = "") -> int:
    """Return until when the purchases last (ledger ms), without those of prescription `apart_from`."""
    until = 0
    for sale in sorted(sales, key=lambda one: (one["at"], one["rx"])):
        if sale["rx"] != apart_from:
            until = max(until, sale["at"]) + sale["days_ms"]
    return until


def sales_of(act: Act, drug_code: str) -> list[dict[str, Any]]:
    """Return the patient's remembered purchases of a drug's substance, under every tag of the patient."""
    return purchases_under(act, keys.supply, substance(drug_code))


def purchases_under(act: Act, key_of: KeyOf, named: str) -> list[dict[str, Any]]:
    """Return the patient's purchases of a substance that records of this kind remember."""
    records = records_of(act, lambda tag: key_of(tag, named))
    return [sale for record in records for sale in record.get("sales", ())]


def records_of(act: Act, key_of: KeyOfTag) -> list[State]:
    """Return the patient's records of a kind, under every tag of the patient."""
    return [act.state(key_of(tag)) or {} for tag in newest_tags(act, key_of)]


def newest_tags(act: Act, key_of: KeyOfTag) -> list[str]:
    """Return the tags under which the patient's records of a kind stand, the newest first.

    After a change of tag keys they move to the newer tag; a prescription of before knows the older one alone.
    """
    found: dict[str, None] = {}
    for tag in patient_tags(act):
        while moved := (act.state(key_of(tag)) or {}).get("moved"):
            tag = str(moved)
        found[tag] = None
    return list(found)


def carry_over_ms(act: Act) -> int:
    """Return how much earlier than covered a patient may come: more on the rulebook's holidays."""
    usual = int(act.parameter("supply_carry_over_s"))
    if not is_among(act.today, act.parameter("holidays")):
        return usual * 1000
    return max(usual, int(act.parameter("holiday_carry_over_s"))) * 1000


def is_covered(act: Act, until: int) -> bool:
    """Return whether a purchase now is too early for a patient whose supply lasts until then.

    Covered are days (T2): on the one on which the supply ends the patient may come, at whatever hour the
    purchases before were made. Who took five days' tablets home at noon has none left for the sixth morning.
    """
    return act.time_ms < until - carry_over_ms(act) and act.today < local_day(until, act.utc_offset_minutes)


def may_buy_from(act: Act, until: int) -> int:
    """Return from when a patient covered until then may buy again, in ledger ms: never before the act."""
    usual_ms = int(act.parameter("supply_carry_over_s")) * 1000
    wide_ms = int(act.parameter("holiday_carry_over_s")) * 1000
    last_day_ms = local_day(until, act.utc_offset_minutes) * DAY_MS - act.utc_offset_minutes * 60_000
    found = max(act.time_ms, min(until - usual_ms, last_day_ms))
    for day in days_among(act.parameter("holidays")):
        begins = day * DAY_MS - act.utc_offset_minutes * 60_000
        first = max(begins, until - wide_ms, act.time_ms)
        if first < begins + DAY_MS:
            found = min(found, first)
    return found


def told_of_cover(act: Act, until: int) -> dict[str, int | str]:
    """Return what a counter says to a patient covered until then: the local dates, for people read no others.

    16:00 in UTC is the next day's midnight here, and was read as the day before.
    """
    again = may_buy_from(act, until)
    return {
        "covered_until_ms": until,
        "covered_until_date": local_date(until, act.utc_offset_minutes),
        "next_date": local_date(again, act.utc_offset_minutes),
    }


def _covered(act: Act) -> int | None:
    """The latest covered-until that lies ahead, among the drugs that the act sells or issues."""
    ahead = [
        until
        for drug in substances(line["drug"] for line in act.disclosed("lines") or [])
        if is_covered(act, until := covered_until(sales_of(act, drug), act.rx_id))
    ]
    return max(ahead) if ahead else None


EXEMPTION = (
    "exemption_reasons",
    "exemption_reasons_countersigned",
    "exemption_days_max",
    "placeholders",
)
COVERED = ("supply_carry_over_s", "holidays", "holiday_carry_over_s")
_CAP = ("supply_quantity_days_max", *NEVER_LONG)
_LIFTED = (*EXEMPTION, *COVERED, *_CAP)


def exemption_holds(act: Act) -> bool:
    """Return whether the sale declares a reason that the rulebook accepts, with all that it asks for."""
    return act.disclosed("exemption") is not None and not _faulty_member(act)


def _faulty_member(act: Act) -> str:
    """The member for whose sake a declared reason is not accepted; "" when it is, or when there is none."""
    exemption = act.disclosed("exemption")
    if exemption is None:
        return ""
    holds = {
        "reason": exemption["reason"] in act.parameter("exemption_reasons"),
        "evidence": not act.is_placeholder(exemption.get("evidence")),
        "until": _ends_soon(act, exemption.get("until", "")),
        "countersigner": _countersigned(act, exemption),
    }
    return next((f"exemption.{member}" for member, well in holds.items() if not well), "")


def _ends_soon(act: Act, until: str) -> bool:
    """Whether a reason is still good today and does not hold for longer than reasons may."""
    try:
        return 0 <= day_of(until) - act.today <= int(act.parameter("exemption_days_max"))
    except ValueError:
        return False


def _countersigned(act: Act, exemption: dict[str, str]) -> bool:
    """Whether the reason needs no second word, or names who gives it.

    That whoever is named has signed, and neither prepared nor checked, the rules of SEPARATION see to.
    """
    needed = exemption["reason"] in act.parameter("exemption_reasons_countersigned")
    return not needed or not act.is_placeholder(exemption.get("countersigner"))


def _not_accepted(act: Act) -> dict[str, str]:
    """What the submitter is told of a declared reason that lifts nothing."""
    member = _faulty_member(act)
    return {"member": member} if member else {}


@rule(
    "SUPPLY-1",
    "SUPPLY_COVERED",
    _JUDGED,
    sources="T2 T3 T8 S52 S53",
    parameters=(*COVERED, *EXEMPTION, "supply_memory_days"),
    version=4,
    en="The patient still has this drug from an earlier purchase; declare a reason or come back later.",
    zh="患者此前购买的同种药品尚未用完；如有正当理由请申报，否则请在覆盖期后购买。",
)
def not_yet_covered(act: Act) -> None:
    """No drug of the sale is still covered by purchases on other prescriptions.

    At issue only a reminder: a check beforehand tells what the sale will meet, and the issue is committed.
    """
    if _only_asked(act):
        return
    until = _covered(act)
    if until is not None and not exemption_holds(act):
        raise Failed({**told_of_cover(act, until), **_not_accepted(act)})


@rule(
    "SUPPLY-2",
    "SUPPLY_EXEMPT",
    SALE,
    strength="flag",
    sources="T9 S60 contracts §3 EXEMPT",
    parameters=_LIFTED,
    version=5,
    en="Bought inside the covered period, or above the cap, for a declared reason; nobody is accused.",
    zh="在覆盖期内或超出数量上限凭申报理由购买；不作指控。",
)
def declared_reason(act: Act) -> None:
    """A declared, accepted reason that lifts something leaves a notice."""
    if lifted_by_reason(act):
        raise Failed


def remembered_from(act: Act) -> int:
    """Return the ledger time before which purchases may be forgotten."""
    return act.time_ms - int(act.parameter("supply_memory_days")) * DAY_MS


def _is_long(act: Act, named: str) -> bool:
    """Whether it was issued as a long one, of a substance that may be on one: a word lifts no ban (R4)."""
    told = act.content.get("long_term") or issued_as_long(act)
    drugs = [line["drug"] for line in act.disclosed("lines") or [] if substance(line["drug"]) == named]
    return bool(told) and not any(never_long(act, act.drug_then(code)) for code in drugs)


def lasting_ms(act: Act, units: dict[str, int], named: str) -> int | None:
    """Return for how long these units of the drugs of one substance last; None if no label says it."""
    known = [covered_ms(act.drug(code) or {}, units[code]) for code in units if substance(code) == named]
    lasts = [lasts_ms for lasts_ms in known if lasts_ms is not None]
    return sum(lasts) if lasts else None


def bought_ms(act: Act, named: str) -> int | None:
    """Return for how long all that is sold on this prescription lasts, with this act; None if unknown."""
    units = units_by_drug(act)
    for line in act.content.get("lines", []):
        units[line["drug"]] = units.get(line["drug"], 0) + line["sold"]
    bought = {code: units[code] for code in units if substance(code) == named and units[code]}
    if _at_most_a_pack(act, bought):
        return None
    return lasting_ms(act, bought, named)


def _at_most_a_pack(act: Act, bought: dict[str, int]) -> bool:
    """Whether it is a pack of each strength at most: one cannot be made smaller, so it is never too much."""
    taken: dict[str, int] = {}
    for code, units in bought.items():
        taken[presentation(code)] = taken.get(presentation(code), 0) + units
    held = {presentation(code): smallest_level(act.drug(code) or {})[0] * MICRO for code in bought}
    return all(taken[one] <= held[one] for one in taken)


@rule(
    "SUPPLY-3",
    "SUPPLY_QUANTITY",
    _JUDGED,
    sources="T3 T15 S9 S53",
    parameters=(*_CAP, *CALLED_LONG, *EXEMPTION),
    version=5,
    en="More of a drug than lasts for the longest time at the label's highest dose; long prescriptions may.",
    zh="购买量按说明书最大剂量计算超过最长天数（长期处方除外）。",
)
def not_too_much(act: Act) -> None:
    """At the label's maximum dose the sale lasts no longer than the cap, which long ones and reasons lift.

    The cap is that of the prescription's day.
    """
    if _only_asked(act) or exemption_holds(act):
        return
    days = _days_above_cap(act)
    if days is not None:
        raise Failed({"days": days, **_not_accepted(act)})


def _days_above_cap(act: Act) -> int | None:
    """For how many days the first substance lasts of which the sale holds too much; None if there is none."""
    cap_ms = int(act.parameter_then("supply_quantity_days_max")) * DAY_MS
    for named in substances(line["drug"] for line in act.disclosed("lines") or []):
        lasts_ms = bought_ms(act, named)
        if lasts_ms is not None and lasts_ms > cap_ms and not _is_long(act, named):
            return lasts_ms // DAY_MS
    return None


@rule(
    "SUPPLY-4",
    "EXEMPTION_REPEATED",
    SALE,
    strength="flag",
    sources="S60",
    parameters=("exemption_window_days", "exemption_notice", *_LIFTED),
    version=6,
    en="The patient declared a reason to buy early, or more, again and again within a year.",
    zh="患者一年内多次申报提前或超量购药理由。",
)
def reasons_are_rare(act: Act) -> None:
    """Declared reasons within the window, this one included, are fewer than the notice asks for."""
    if not lifted_by_reason(act):
        return
    if len(exemption_times(act)) >= int(act.parameter("exemption_notice")):
        raise Failed(times=len(exemption_times(act)))


def exemption_times(act: Act) -> list[tuple[int, str]]:
    """Return when a declared reason helped the patient within the window, and on what; now included.

    The parts of one purchase use their reason once. Of times of before the prescription is not known.
    """
    since = act.time_ms - int(act.parameter("exemption_window_days")) * DAY_MS
    known = [one for record in records_of(act, keys.exemptions) for one in record.get("at", ())]
    told = [(one, "") if isinstance(one, int) else (int(one[0]), str(one[1])) for one in known]
    first: dict[str, tuple[int, str]] = {}
    for at, rx in sorted({*told, (act.time_ms, act.rx_id)}):
        first.setdefault(rx or f"at {at}", (at, rx))
    return [(at, rx) for at, rx in first.values() if at > since]


def lifted_by_reason(act: Act) -> bool:
    """Return whether this sale was early, or of too much, and its declared reason was accepted."""
    return exemption_holds(act) and (_covered(act) is not None or _days_above_cap(act) is not None)


@rule(
    "SUPPLY-5",
    "EXEMPTION_AGE",
    SALE,
    sources="T9 S60 S48",
    parameters=("exemption_elderly_age_years_min", "exemption_child_below_age_years"),
    en="The declared reason speaks of an old person or a child, and the prescription's patient is neither.",
    zh="申报理由为老年人或儿童，与处方登记的患者年龄不符，请核对。",
)
def reason_fits_the_age(act: Act) -> None:
    """Who buys early as an old person is old, and as a child a child, by the age on the prescription."""
    reason, age = (act.disclosed("exemption") or {}).get("reason"), act.content.get("age_years")
    if age is None:
        return
    too_young = reason == "elderly" and age < int(act.parameter("exemption_elderly_age_years_min"))
    too_old = reason == "child" and age >= int(act.parameter("exemption_child_below_age_years"))
    if too_young or too_old:
        raise Failed({"member": "exemption.reason"})


@rule(
    "SUPPLY-6",
    "EXEMPTION_SHARED",
    SALE,
    strength="flag",
    sources="S60",
    parameters=("exemption_evidence_patients_max", *_LIFTED),
    version=2,
    en="The document shown for the declared reason has been shown for another patient already.",
    zh="申报理由所附证明（按编号识别）此前已用于其他患者。",
)
def document_is_the_patients_own(act: Act) -> None:
    """No document of the evidence stands for more patients than the rulebook lets one stand for.

    Known by its number (`contracts.evidence`); a text without one says nothing of anybody.
    """
    patients = max((len(one) for one in documents_shown(act).values()), default=0)
    if patients > int(act.parameter("exemption_evidence_patients_max")):
        raise Failed(patients=patients)


def documents_shown(act: Act) -> dict[str, list[str]]:
    """Return by key of each document of a reason that helped, for whom it was shown; this patient last."""
    own = patient_tags(act)
    if not own or not lifted_by_reason(act):
        return {}
    found: dict[str, list[str]] = {}
    for number in document_numbers(act.disclosed("exemption").get("evidence")):
        tags = act.tags("codes", number)
        records = (act.state(keys.evidence(tag)) or {"patients": []} for tag in tags)
        others = [one for record in records for one in record["patients"] if one not in own]
        found[keys.evidence(tags[0])] = [*dict.fromkeys(others), own[0]]
    return found


RULES = (
    not_yet_covered,
    declared_reason,
    not_too_much,
    reasons_are_rare,
    document_is_the_patients_own,
    reason_fits_the_age,
)
