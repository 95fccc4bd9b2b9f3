"""PROFILE: an insured person's month, looked at (上海清单). It flags; nobody is refused a drug by a count.

A limit of 0 is off: an area's rulebook sets what it watches.
"""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State
from contracts.groups import ISSUE, SALE
from contracts.quantity import MICRO, micro
from contracts.rules.base import Failed, rule
from contracts.rules.supply import KeyOfTag, records_of
from contracts.sold_units import units_by_drug
from contracts.time import month_of


def watched(act: Act) -> bool:
    """Return whether the rulebook in force watches months at all."""
    limits = ("profile_visits_month_max", "profile_hospital_days_max", "profile_spent_month_yuan")
    return any(int(act.parameter(name)) for name in limits)


def key_of_month(act: Act) -> KeyOfTag:
    """Return the key of a patient's local month, as a function of the patient's tag."""
    month = month_of(act.today)
    return lambda tag: keys.month(tag, month)


def month_record(act: Act) -> State:
    """Return the patient's local month so far: what stands under each tag of the patient, added up."""
    found: State = {"visits": 0, "hospitals": {}, "spent": 0}
    for record in filter(None, records_of(act, key_of_month(act))):
        found["visits"] += record["visits"]
        found["spent"] += record["spent"]
        for day, hospitals in record["hospitals"].items():
            found["hospitals"][day] = sorted({*found["hospitals"].get(day, []), *hospitals})
    return found


def paid_with(act: Act) -> dict[str, int]:
    """Return what the patient pays with the act by drug, in millionths of a yuan; what comes back is below 0.

    A line without a price costs nothing, one with a price below 0 neither. What comes back is worth what was
    paid for it on this prescription, whatever the return says of prices or leaves out.
    """
    if act.type not in SALE:
        return {drug: -_worth(act, drug, units) for drug, units in units_by_drug(act).items()}
    found: dict[str, int] = {}
    for line in act.disclosed("lines") or []:
        if "price" in line:
            amount = max(0, micro(line["price"])) * micro(line["quantity"]) // MICRO
            found[line["drug"]] = found.get(line["drug"], 0) + amount
    return found


def _worth(act: Act, drug: str, units: int) -> int:
    """What was paid for so many units of all that is sold of a drug."""
    sold: int = sum(line["sold"] for line in act.content.get("lines", []) if line["drug"] == drug)
    return int(act.content.get("paid", {}).get(drug, 0)) * units // max(sold, 1)


def paid_after(act: Act) -> dict[str, int]:
    """Return what is paid by drug on the prescription after the act; {} where no month is watched."""
    paid: dict[str, int] = dict(act.content.get("paid", {}))
    for drug, amount in paid_with(act).items() if watched(act) else ():
        paid[drug] = paid.get(drug, 0) + amount
    return paid


def _begins_a_visit(act: Act) -> int:
    content = act.state(keys.consultation_content(act.consultation_id)) or {}
    return 0 if "issued" in content else 1  # what was issued and cancelled was the same visit


def month_after(act: Act) -> State:
    """Return the patient's month with this act in it; prescriptions of one consultation are one visit."""
    record = month_record(act)
    if act.type in SALE or act.type == "dispensing.returned":
        return {**record, "spent": record["spent"] + sum(paid_with(act).values())}
    day = str(act.today)
    hospitals = sorted({*record["hospitals"].get(day, []), act.organisation_code})
    return {
        **record,
        "visits": record["visits"] + _begins_a_visit(act),
        "hospitals": {**record["hospitals"], day: hospitals},
    }


@rule(
    "PROFILE-1",
    "PROFILE_VISITS",
    ISSUE,
    strength="flag",
    sources="T1 S40",
    parameters=("profile_visits_month_max", "placeholders"),
    version=3,
    en="The patient has many visits in this calendar month, as many as the area's list names.",
    zh="参保人本自然月门诊次数达到本地监管清单标准。",
)
def few_visits(act: Act) -> None:
    """Fewer visits in the local calendar month than the limit."""
    limit = int(act.parameter("profile_visits_month_max"))
    if limit and month_after(act)["visits"] >= limit:
        raise Failed


@rule(
    "PROFILE-2",
    "PROFILE_HOSPITALS",
    ISSUE,
    strength="flag",
    sources="T1 S40",
    parameters=("profile_hospitals_day", "profile_hospital_days_max", "placeholders"),
    version=2,
    en="The patient went to several hospitals a day on several days of this calendar month.",
    zh="参保人本自然月多日在同一天前往多家医院。",
)
def few_hospitals(act: Act) -> None:
    """Days with so many hospitals are fewer than the limit."""
    limit = int(act.parameter("profile_hospital_days_max"))
    a_day = int(act.parameter("profile_hospitals_day"))
    days = sum(len(hospitals) >= a_day for hospitals in month_after(act)["hospitals"].values())
    if limit and days >= limit:
        raise Failed


@rule(
    "PROFILE-3",
    "PROFILE_SPENT",
    SALE,
    strength="flag",
    sources="T1 S40",
    parameters=("profile_spent_month_yuan",),
    version=3,
    en="The patient spent, returns taken off, as much in this calendar month as the area's list names.",
    zh="参保人本自然月药费（已扣除退药）达到本地监管清单标准。",
)
def little_spent(act: Act) -> None:
    """Less is spent in the local calendar month than the limit, returns netted."""
    limit = int(act.parameter("profile_spent_month_yuan")) * MICRO
    if limit and month_after(act)["spent"] >= limit:
        raise Failed


RULES = (few_visits, few_hospitals, little_spent)
