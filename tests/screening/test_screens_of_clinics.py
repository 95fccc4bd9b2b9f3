"""Ordinary clinics above a shop: busy, regular, and no ring; a ring that is none of them is found."""

from __future__ import annotations

import random

import pytest

from tests.screening.columns import HOUR_MS, MINUTE_MS, NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000
NEARBY = ("P1", "P2", "P3")
_OTHER_DRUGS = ("ACA", "DAP", "GLI", "SIT")


def _morning(
    history: History,
    doctor: str,
    day: int,
    came: list[tuple[str, str, str]],
    draw: random.Random,
    apart: int = 5,
) -> None:
    """Patients (who, drug, shop) one after the other, each some minutes later at the counter."""
    for place, (patient, drug, shop) in enumerate(came):
        minutes = place * apart + draw.uniform(5, 20)
        at_ms = NOON_MS - 4 * HOUR_MS + day * DAY_MS + int(minutes * MINUTE_MS)
        history.add("sales", doctor=doctor, patient=patient, drug=drug, pharmacy=shop, time_ms=at_ms)


def test_three_endocrinologists_above_a_shop_are_no_rings(history: History, found: Found) -> None:
    """A patient each five minutes, 60 % one drug, 60 % downstairs, back after four weeks: all were named."""
    draw = random.Random(1)
    for day in range(60):
        for doctor in ("D0", "D1", "D2") if day % 7 < 5 else ():
            came = []
            for place in range(40):
                drug = "MET" if draw.random() < 0.6 else draw.choice(_OTHER_DRUGS)
                shop = "P1" if draw.random() < 0.6 else draw.choice(NEARBY[1:])
                came.append((f"{doctor}-{day % 28}-{place}", drug, shop))
            _morning(history, doctor, day, came, draw)
    assert found("SCREEN-RING") == [] and found("SCREEN-GROUP") == []


@pytest.mark.parametrize(("visits", "strays"), [(3, 0.0), (4, 0.0), (6, 0.1), (13, 0.2)])
def test_the_same_patients_each_fourth_tuesday_in_whatever_order_are_no_ring(
    history: History, found: Found, visits: int, strays: float
) -> None:
    """Each has a drug and a shop for good; those who stray come a week early or late."""
    draw = random.Random(visits)
    for week in range(4):
        panel = [
            (f"{week}-{place}", "MET" if draw.random() < 0.7 else draw.choice(_OTHER_DRUGS),
             "P1" if draw.random() < 0.7 else draw.choice(NEARBY[1:]))
            for place in range(40)
        ]  # fmt: skip
        for visit in range(visits):
            days: dict[int, list[tuple[str, str, str]]] = {}
            for one in panel:
                weeks = week + 4 * visit + (draw.choice((-1, 1)) if draw.random() < strays else 0)
                days.setdefault(7 * weeks, []).append(one)
            for day, came in days.items():
                draw.shuffle(came)
                _morning(history, "D0", day, came, draw, apart=4)
    assert found("SCREEN-RING") == [] and found("SCREEN-GROUP") == []


def test_a_homes_own_doctor_is_no_ring(history: History, found: Found) -> None:
    """Residents of one doctor: six of the eighteen take one drug, and the others come with them."""
    for day in range(5):
        for place in range(18):
            at_ms = NOON_MS + day * 20 * DAY_MS + place * MINUTE_MS
            history.add("sales", patient=f"r{place}", drug=f"X{place % 3}", time_ms=at_ms)
    assert found("SCREEN-RING") == []
    history.rows["sales"] = [row for row in history.rows["sales"] if row["drug"] == "X0"]
    assert [one.subject for one in found("SCREEN-RING")] == ["D1@P1"], "the same six alone would be one"


def _ring(history: History, cards: int, days: int = 4, doctors: int = 1) -> None:
    draw = random.Random(cards)
    for day in range(days):
        order = draw.sample(range(cards), cards)
        for place, card in enumerate(order):
            at_ms = NOON_MS + day * 14 * DAY_MS + place * MINUTE_MS
            doctor = f"D{card % doctors}"
            history.add("sales", patient=f"card{card}", doctor=doctor, drug="MET", time_ms=at_ms)


@pytest.mark.parametrize(("doctors", "screen"), [(1, "SCREEN-RING"), (8, "SCREEN-GROUP")])
def test_cards_in_another_order_each_time_are_still_the_same_cards(
    history: History, found: Found, doctors: int, screen: str
) -> None:
    _ring(history, 8, doctors=doctors)
    [one] = found(screen)
    assert one.count == 32


@pytest.mark.parametrize(("strangers", "hits"), [(2, 1), (3, 0)])
def test_five_cards_among_few_other_patients_of_the_doctor(
    history: History, found: Found, strangers: int, hits: int
) -> None:
    """Five of seven are most of them (`again_min`), and five of eight are not."""
    _ring(history, 5)
    for day in range(4):
        for number in range(strangers):
            at_ms = NOON_MS + day * 14 * DAY_MS + number * MINUTE_MS
            history.add("sales", patient=f"q{day}-{number}", doctor="D0", drug="MET", time_ms=at_ms)
    assert len(found("SCREEN-RING")) == hits


@pytest.mark.parametrize(("alone", "hits"), [(1, 1), (2, 0)])
def test_who_comes_alone_as_well(history: History, found: Found, alone: int, hits: int) -> None:
    """Four of five days together are most of them, four of six are not."""
    _ring(history, 5)
    for number in range(alone):
        for card in range(5):
            at_ms = NOON_MS + (100 + 20 * card + number) * DAY_MS
            history.add("sales", patient=f"card{card}", doctor="D0", drug="MET", time_ms=at_ms)
    assert len(found("SCREEN-RING")) == hits


@pytest.mark.parametrize(("others", "hits"), [(3, 1), (4, 0)])
def test_whoever_comes_with_them_each_time_for_another_drug(
    history: History, found: Found, others: int, hits: int
) -> None:
    """Five of eight are at least `share_min`, five of nine are not."""
    _ring(history, 5)
    for day in range(4):
        for number in range(others):
            at_ms = NOON_MS + day * 14 * DAY_MS + number * MINUTE_MS
            history.add("sales", patient=f"o{number}", doctor="D9", drug="ACA", time_ms=at_ms)
    assert len(found("SCREEN-RING")) == hits


def test_what_is_swiped_in_one_moment_is_together(history: History, found: Found) -> None:
    """A batch has one time of the ledger: of sales at one millisecond none is the last."""
    for day in range(3):
        for card in range(6):
            history.add("sales", patient=f"card{card}", drug="MET", time_ms=NOON_MS + day * DAY_MS)
    [one] = found("SCREEN-RING")
    assert one.count == 18
