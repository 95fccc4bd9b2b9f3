"""CLINICAL, third part: no dose above the label's maximum (R7), no more than the days' doses (R2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.act import Act
from contracts.groups import ISSUE
from contracts.quantity import MICRO, exceeds_label, micro, smallest_level
from contracts.rules.base import Failed, rule
from contracts.rules.fitness import holds_more

# used_frqu of the national interface, its Latin name, and how often within how many hours. Once (st), as
# needed (prn) and what hospitals write in words of their own tell no rate: there the single dose counts.
_FREQUENCIES = (
    ("11", "qd", 1, 24), ("12", "bid", 2, 24), ("13", "tid", 3, 24), ("14", "qid", 4, 24),
    ("21", "qw", 1, 168), ("22", "biw", 2, 168), ("23", "tiw", 3, 168), ("24", "q2w", 1, 336),
    ("31", "qh", 1, 1), ("32", "q2h", 1, 2), ("33", "q4h", 1, 4), ("34", "q5h", 1, 5),
    ("35", "q6h", 1, 6), ("36", "q8h", 1, 8), ("37", "q12h", 1, 12), ("41", "qn", 1, 24),
    ("42", "qod", 1, 48), ("43", "q5d", 1, 120), ("44", "q10d", 1, 240), ("45", "q3d", 1, 72),
)  # fmt: skip
_RATES = {name: (times, hours) for *names, times, hours in _FREQUENCIES for name in names}
_SINGLE = (0, 1)


def _above_label(act: Act) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines, with their places, whose dose is above what the drug's label allows at most."""
    for place, line in enumerate(act.disclosed("lines") or []):
        drug = act.drug(line["drug"])
        if drug is None or "dose" not in line:
            continue
        times, hours = _rate(line) or _SINGLE
        if exceeds_label(drug, line["dose"], line.get("dose_unit", ""), times, hours):
            yield place, line


def _rate(line: dict[str, Any]) -> tuple[int, int] | None:
    """How often within how many hours the line is taken; None if it does not say."""
    return _RATES.get(str(line.get("frequency", "")).strip().lower())


def _is_confirmed(act: Act, line: dict[str, Any]) -> bool:
    return not act.is_placeholder(line.get("dose_confirmed"))


@rule(
    "CLINICAL-15",
    "DOSE_LIMIT",
    ISSUE,
    sources="R7",
    parameters=("placeholders",),
    en="A dose above the label's maximum, and the prescriber does not say why.",
    zh="剂量超过说明书最大剂量，且开方医师未注明原因。",
)
def doses_within_the_label(act: Act) -> None:
    """No dose is above the maximum of the knowledge in force, unless the prescriber confirms it.

    Drugs without a fixed maximum (titrated ones) and doses in units that say nothing of it are not judged.
    """
    for place, line in _above_label(act):
        if not _is_confirmed(act, line):
            raise Failed({"line": place, "member": "dose"})


@rule(
    "CLINICAL-16",
    "DOSE_CONFIRMED",
    ISSUE,
    strength="flag",
    sources="R7",
    parameters=("placeholders",),
    en="A dose above the label's maximum, which the prescriber confirmed with a reason; nobody is accused.",
    zh="剂量超过说明书最大剂量，开方医师已注明原因并确认；不作指控。",
)
def confirmed_doses_are_noted(act: Act) -> None:
    """A confirmed dose above the maximum leaves a notice, for the pharmacists who review it."""
    for place, line in _above_label(act):
        if _is_confirmed(act, line):
            raise Failed({"line": place, "member": "dose_confirmed"})


@rule(
    "CLINICAL-19",
    "RX_QUANTITY_DAYS",
    ISSUE,
    strength="flag",
    sources="R2 S9",
    parameters=("quantity_of_days_only",),
    en="The quantity is packs more than its own dose uses in the days written.",
    zh="按处方所写用法用量计算，数量超出所写天数用量整包装以上。",
)
def quantity_fits_the_days(act: Act) -> None:
    """Where the rulebook asks (1), no line holds a pack more than its dose and frequency use in its days.

    The days have a limit (CLINICAL-8), and whoever writes few of them writes packs for many past it.
    Packs are whole: the last one may hold more. Without a rate, or a strength to compare, nobody can tell.
    """
    if not int(act.parameter("quantity_of_days_only")):
        return
    for place, line in enumerate(act.disclosed("lines") or []):
        pack = smallest_level(act.drug(line["drug"]) or {})[0]
        if holds_more(act, line["drug"], _takes_of_the_days, pack):
            raise Failed({"line": place, "member": "quantity"})


def _takes_of_the_days(line: dict[str, Any]) -> int | None:
    rate = _rate(line)
    if rate is None:
        return None
    times, hours = rate
    return -(-micro(line["days"]) * 24 // (hours * MICRO)) * times


RULES = (doses_within_the_label, confirmed_doses_are_noted, quantity_fits_the_days)
