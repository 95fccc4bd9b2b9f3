"""What a subject's points come to: standing and grade. Integers alone, so that every host agrees.

Points count within a local calendar year (china-domain §4.1): from 9 the right is suspended, from 12
terminated. Grades look further back, with points that lose half their weight each half-life (§4.2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from contracts.list_forms import list_expected
from contracts.parameters import DEFAULTS
from contracts.quantity import DAY_MS
from contracts.time import local_day, year_of

NORMAL = "normal"
SUSPENDED = "suspended"
TERMINATED = "terminated"
START = 1_000
GRADES = "ABCDE"
_DIGITS_MAX = 9
_NO_POINTS: Mapping[str, Any] = {"events": []}
# What points are given for, and which of the four bands that is (china-domain §4.1).
KINDS = {
    "agreement_breach": 0,
    "administrative_penalty": 1,
    "outside_registration": 1,
    "settled_for_another": 2,
    "repeated_breach": 2,
    "fraud": 3,
    "licence_revoked": 3,
}
RESPONSIBILITIES = ("general", "important", "main")


@dataclass(frozen=True, slots=True)
class Standing:
    """`until` is the ledger time at which a suspension or termination ends, 0 for none."""

    status: str
    until: int
    points_year: int
    score: int
    grade: str


def standing(
    record: Mapping[str, Any] | None,
    time_ms: int,
    utc_offset_minutes: int,
    parameter: Callable[[str], Any],
) -> Standing:
    """Return the standing at `time_ms` of the subject whose points are `record` (None: no points)."""
    events = [event for event in (record or _NO_POINTS)["events"] if event["at"] <= time_ms]
    if not events:
        return Standing(NORMAL, 0, 0, START, _grade(START, parameter("credit_grades")))
    sums: dict[int, int] = {}
    cases: dict[str, int] = {}
    ends: list[tuple[int, str]] = []
    for event in events:
        year = year_of(local_day(event["at"], utc_offset_minutes))
        sums[year] = sums.get(year, 0) + event["left"]
        case = str(event.get("case", event["id"]))
        cases[case] = cases.get(case, 0) + event["left"]
        ends.append(_consequence(event, sums[year], cases[case], parameter))
    until, status = max([end for end in ends if end[0] > time_ms], default=(0, NORMAL))
    score = START - sum(_weight(event, time_ms, parameter) for event in events)
    year = year_of(local_day(time_ms, utc_offset_minutes))
    return Standing(status, until, sums.get(year, 0), score, _grade(score, parameter("credit_grades")))


def band(kind: str, responsibility: str, highest: list[str]) -> tuple[int, int]:
    """Return the fewest and the most points for an offence; (1, 0), which nothing fits, without such a band.

    `highest` holds the most points of each band, which begins after the one before. Main responsibility
    reaches the end of the band, important two thirds of it, general one: as the law's bands are three points
    wide, these are their three numbers.
    """
    ends = [int(end) if end.isdecimal() and len(end) <= _DIGITS_MAX else 0 for end in ["0", *highest]]
    place = KINDS[kind]
    if place + 1 >= len(ends) or ends[place + 1] <= ends[place]:
        return 1, 0
    width, share = ends[place + 1] - ends[place], RESPONSIBILITIES.index(responsibility) + 1
    return ends[place] + 1, ends[place] - (-width * share // len(RESPONSIBILITIES))


def _consequence(
    event: Mapping[str, Any], sum_: int, of_case: int, parameter: Callable[[str], Any]
) -> tuple[int, str]:
    """When the consequence of an event's sum ends, and which it is; (0, "normal") for none.

    What was taken back has none, and what one case brings is one matter, cut into however many scores.
    """
    if not event["left"]:
        return 0, NORMAL
    terminated = int(parameter("score_terminated_points"))
    if of_case >= terminated:
        return event["at"] + int(parameter("score_terminated_at_once_days")) * DAY_MS, TERMINATED
    if sum_ >= terminated:
        return event["at"] + int(parameter("score_terminated_days")) * DAY_MS, TERMINATED
    over = sum_ - int(parameter("score_suspended_points"))
    if over < 0:
        return 0, NORMAL
    days = int(parameter("score_suspended_days")) + over * int(parameter("score_suspended_days_per_point"))
    return event["at"] + days * DAY_MS, SUSPENDED


def _weight(event: Mapping[str, Any], time_ms: int, parameter: Callable[[str], Any]) -> int:
    half_life_ms = max(1, int(parameter("credit_half_life_days"))) * DAY_MS
    halvings: int = (time_ms - event["at"]) // half_life_ms
    points: int = event["left"]
    return int(parameter("credit_points_weight")) * points >> min(halvings, 64)


def _grade(score: int, lowest: list[str]) -> str:
    """A to E: `lowest` holds the lowest score of each grade but the last."""
    known = _lowest_scores(tuple(lowest))
    return next((grade for grade, low in zip(GRADES, known, strict=False) if score >= low), GRADES[-1])


@lru_cache(maxsize=64)  # each act asks for its signers and institutions, of one rulebook
def _lowest_scores(given: tuple[str, ...]) -> tuple[int, ...]:
    """The scores of a list of grades.

    A list of another form, which a ledger from before OFFICE-4 judged it may have, is no list of grades: the
    default's count, for else everybody would be of the last one.
    """
    known: Any = DEFAULTS["credit_grades"] if list_expected("credit_grades", list(given)) else given
    return tuple(int(low) for low in known)
