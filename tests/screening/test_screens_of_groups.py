"""The same cards together at one shop, whoever prescribed: named; families, homes and market days are not."""

from __future__ import annotations

import random

import pytest

from tests.screening.columns import MINUTE_MS, NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000
MANY = [f"D{number}" for number in range(10)]


def _together(
    history: History,
    drugs: list[str],
    doctors: list[str] = MANY,
    days: int = 5,
    apart_ms: int = MINUTE_MS,
) -> list[int]:
    """One card for each drug, twenty days apart, by these doctors in turn."""
    entries = []
    for day in range(days):
        for number, drug in enumerate(drugs):
            at_ms = NOON_MS + day * 20 * DAY_MS + number * apart_ms
            doctor = doctors[number % len(doctors)]
            entries.append(
                history.add("sales", patient=f"card{number}", doctor=doctor, drug=drug, time_ms=at_ms)
            )
    return entries


@pytest.mark.parametrize("screen", ["SCREEN-RING", "SCREEN-GROUP"])
def test_ten_cards_of_ten_doctors_are_seen_as_one_group(history: History, found: Found, screen: str) -> None:
    """A card for each doctor gave no doctor five patients, and nothing was found (S45, S61)."""
    entries = _together(history, ["X"] * 10)
    hits = [(one.subject, one.measure, one.entries) for one in found(screen)]
    assert hits == ([("P1@X", 5.0, tuple(entries))] if screen == "SCREEN-GROUP" else [])


@pytest.mark.parametrize(
    ("cards", "days", "apart_ms", "hits"),
    [
        (5, 3, MINUTE_MS, 1),
        (5, 3, 7 * MINUTE_MS, 1),
        (5, 3, 8 * MINUTE_MS, 0),  # five within thirty minutes, not within thirty-two
        (5, 2, MINUTE_MS, 0),
        (4, 9, MINUTE_MS, 0),  # a family
    ],
)
def test_the_limits_of_a_group(
    history: History, found: Found, cards: int, days: int, apart_ms: int, hits: int
) -> None:
    _together(history, ["X"] * cards, days=days, apart_ms=apart_ms)
    assert len(found("SCREEN-GROUP")) == hits


def test_other_patients_each_time_are_no_group(history: History, found: Found) -> None:
    """A busy shop's rush hour, or an influenza."""
    for day in range(9):
        for number in range(20):
            at_ms = NOON_MS + day * DAY_MS + number * MINUTE_MS
            history.add("sales", doctor=f"D{number}", time_ms=at_ms)
    assert found("SCREEN-GROUP") == []


def test_a_homes_residents_take_many_drugs_and_are_no_ring(history: History, found: Found) -> None:
    """A carer fetches for all of them once a month: six of the eighteen take one drug."""
    _together(history, ["X", "Y", "Z"] * 6)
    assert found("SCREEN-GROUP") == []
    history.rows["sales"] = [row for row in history.rows["sales"] if row["drug"] == "X"]
    assert len(found("SCREEN-GROUP")) == 1, "the same six alone would be one"


def test_where_one_doctors_patients_are_enough_the_doctor_is_named_alone(
    history: History, found: Found
) -> None:
    _together(history, ["X"] * 10, [*["D1"] * 5, "D2", "D3", "D4", "D5", "D6"])
    assert [one.subject for one in found("SCREEN-RING")] == ["D1@P1"]
    assert found("SCREEN-GROUP") == []


@pytest.mark.parametrize("days", [3, 4])
def test_two_doctors_who_take_turns_are_no_way_out(history: History, found: Found, days: int) -> None:
    for day in range(days):
        for number in range(6):
            at_ms = NOON_MS + day * 20 * DAY_MS + number * MINUTE_MS
            history.add("sales", patient=f"card{number}", doctor=f"D{day % 2}", time_ms=at_ms)
    assert [one.subject for one in found("SCREEN-GROUP")] == ["P1@X"]
    assert found("SCREEN-RING") == []


def test_a_rings_cards_are_found_among_a_busy_shops_customers(history: History, found: Found) -> None:
    _together(history, ["X"] * 10)
    for day in range(100):
        for number in range(30):
            at_ms = NOON_MS + day * DAY_MS + number * MINUTE_MS
            # Everybody comes back each month, for one of five drugs.
            history.add("sales", patient=f"q{day % 28}-{number}", drug=f"Y{number % 5}", time_ms=at_ms)
    assert [one.subject for one in found("SCREEN-GROUP")] == ["P1@X"]


def test_cards_of_unknown_doctors_and_patients(history: History, found: Found) -> None:
    _together(history, ["X"] * 10, ["未知"])
    assert [one.subject for one in found("SCREEN-GROUP")] == ["P1@X"]
    for row in history.rows["sales"]:
        row["patient"] = None
    assert found("SCREEN-GROUP") == []


def test_a_busy_clinic_whose_patients_come_now_and_then_is_no_group(history: History, found: Found) -> None:
    """Three hundred patients, each about every four weeks: many met often, and nobody the same ones."""
    days = random.Random(7)
    for patient in range(300):
        day = days.randrange(28)
        while day < 193:
            at_ms = NOON_MS + day * DAY_MS + days.randrange(25) * MINUTE_MS
            history.add("sales", patient=f"p{patient}", doctor=f"D{patient % 15}", drug="X", time_ms=at_ms)
            day += 28 + days.randint(-7, 7)
    assert found("SCREEN-GROUP") == []


def test_a_group_is_within_minutes_of_a_day_and_not_all_over_it(history: History, found: Found) -> None:
    """A window in the morning does not draw in whoever comes in the evening."""
    _together(history, ["X"] * 5, days=3)
    for day in range(3):
        at_ms = NOON_MS + day * 20 * DAY_MS + 6 * 3_600_000
        history.add("sales", patient="evening", doctor="D1", drug="X", time_ms=at_ms)
    [one] = found("SCREEN-GROUP")
    assert len(one.entries) == 15
