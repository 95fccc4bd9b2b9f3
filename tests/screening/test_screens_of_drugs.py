"""The three watched classes of drugs are computed, with the reason, and accuse nobody (S56)."""

from __future__ import annotations

import pytest

from tests.screening.columns import NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000


@pytest.mark.parametrize(("amount", "hits"), [(49.9, 0), (50.0, 1)])
def test_a_twentieth_of_all_spending(history: History, found: Found, amount: float, hits: int) -> None:
    history.add("sales", drug="dear", amount=amount)
    for number in range(25):
        history.add("sales", drug=f"other{number}", amount=(1000.0 - 50.0) / 25)
    assert [one.subject for one in found("SCREEN-DRUG-SPEND") if one.subject == "dear"] == ["dear"] * hits


def test_what_came_back_was_not_spent(history: History, found: Found) -> None:
    history.add("sales", drug="dear", amount=50.0)
    history.add("sales", drug="dear", amount=-50.0, channel="returned")
    for number in range(25):
        history.add("sales", drug=f"other{number}", amount=38.0)
    assert found("SCREEN-DRUG-SPEND") == []


@pytest.mark.parametrize("amount", [0.0, -1.0])
def test_where_nothing_is_known_of_prices_no_drug_is_named(
    history: History, found: Found, amount: float
) -> None:
    """Nothing of nothing was a large share: every drug of a ledger without prices was named."""
    for number in range(3):
        history.add("sales", drug=f"X{number}", amount=amount)
    assert found("SCREEN-DRUG-SPEND") == []


@pytest.mark.parametrize(
    ("now", "before", "hits"),
    [(30_000.0, 10_000.0, 1), (29_999.0, 10_000.0, 0), (9_999.0, 1_000.0, 0), (30_000.0, 0.0, 0)],
)
def test_three_times_the_months_before(
    history: History, found: Found, now: float, before: float, hits: int
) -> None:
    if before:
        history.add("sales", drug="grown", amount=before, time_ms=NOON_MS)
    history.add("sales", drug="grown", amount=now, time_ms=NOON_MS + 120 * DAY_MS)
    history.add("sales", drug="steady", amount=20_000.0, time_ms=NOON_MS - 60 * DAY_MS)
    history.add("sales", drug="steady", amount=20_000.0, time_ms=NOON_MS)
    history.add("sales", drug="steady", amount=20_000.0, time_ms=NOON_MS + 121 * DAY_MS)
    assert [one.subject for one in found("SCREEN-DRUG-GROWTH")] == ["grown"] * hits


@pytest.mark.parametrize("days", [60, 91, 100, 120, 179, 180, 250])
def test_constant_spending_never_grew(history: History, found: Found, days: int) -> None:
    """Of 100 days ten were the window before, and what went on was nine times as much."""
    for day in range(days):
        history.add("sales", drug="steady", amount=1_000.0, time_ms=NOON_MS + day * DAY_MS)
    assert found("SCREEN-DRUG-GROWTH") == []


@pytest.mark.parametrize(("days", "hits"), [(179, 0), (180, 1)])
def test_both_windows_are_whole(history: History, found: Found, days: int, hits: int) -> None:
    for day in range(days):
        amount = 300.0 if day >= days - 90 else 100.0
        history.add("sales", drug="grown", amount=amount, time_ms=NOON_MS + day * DAY_MS)
    assert len(found("SCREEN-DRUG-GROWTH")) == hits


@pytest.mark.parametrize(("packs", "hits"), [(2, 0), (3, 1)])
def test_packs_that_nobody_delivered(history: History, found: Found, packs: int, hits: int) -> None:
    for number in range(packs):
        history.add("sales", drug="wanted", code=f"k{number}", pharmacy=f"P{number}")
        history.add("stock", drug="fine", code=f"g{number}", pharmacy=f"P{number}")
    for number in range(5):
        history.add("sales", drug="fine", code=f"f{number}", pharmacy="P1")
        history.add("stock", drug="fine", code=f"f{number}", pharmacy="P1")
    findings = found("SCREEN-DRUG-RESALE")
    assert [one.subject for one in findings] == ["wanted"] * hits
    assert all(one.screen.class_ == "NOTICE" for one in findings)


@pytest.mark.parametrize(
    ("decided", "hits"), [(["c1", "c2"], 0), (["c1", "c2", "c2"], 0), (["c1", "c2", "c3"], 1)]
)
def test_a_drug_of_three_cases_in_which_a_violation_was_found(
    history: History, found: Found, decided: list[str], hits: int
) -> None:
    """Two decisions of one case are one case."""
    entries = [history.add("cases", case=case, drug="often") for case in decided]
    history.add("cases", case="c1", drug="once")
    findings = found("SCREEN-DRUG-CASES")
    assert [(one.subject, one.screen.class_) for one in findings] == [("often", "NOTICE")] * hits
    assert all(list(one.entries) == entries for one in findings)


def test_a_class_of_drugs_is_told_with_its_reason(history: History, found: Found) -> None:
    """S56: an office that must explain why a drug is watched finds the reason and the figure with it."""
    history.add("stock", pharmacy="P1", code="o", time_ms=NOON_MS - DAY_MS)
    history.add("sales", drug="before", amount=10.0, time_ms=NOON_MS - 60 * DAY_MS)
    history.add("sales", drug="wide", amount=10_000.0)
    for number in range(3):
        at_ms = NOON_MS + (120 + number) * DAY_MS
        history.add("sales", drug="wide", code=f"k{number}", amount=10_000.0, time_ms=at_ms)
        history.add("cases", case=f"case{number}", drug="wide")
    expected = {
        "CASES": "in which a violation was found are about this drug. Measure 3.00, limit 3.",
        "SPEND": "A large share of all spending goes on this drug. Measure 1.00, limit 0.05.",
        "GROWTH": "a multiple of that of the months before. Measure 3.00, limit 3.",
        "RESALE": "that no supplier delivered: wanted for resale. Measure 4.00, limit 3.",
    }
    for screen, reason in expected.items():
        [one] = found(f"SCREEN-DRUG-{screen}")
        english, chinese = one.told()["en"], one.told()["zh"]
        assert english.startswith("wide: ") and english.endswith(f"{reason} For information; no accusation.")
        assert chinese.startswith("wide：该药品") and one.entries
