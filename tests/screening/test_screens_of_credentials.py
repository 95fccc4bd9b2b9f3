"""Somebody else's credential is found; families, birthdays and unknown sexes are not."""

from __future__ import annotations

import pytest

from tests.screening.columns import NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000


def test_one_identity_check_for_two_patients(history: History, found: Found) -> None:
    entries = tuple(history.add("prescriptions", patient=name, credential="a1") for name in ("p", "q"))
    history.add("prescriptions", patient="r", credential="a2")
    [one] = found("SCREEN-CREDENTIAL")
    assert (one.subject, one.measure, one.entries) == ("a1", 2.0, entries)


@pytest.mark.parametrize(
    "rows",
    [
        [("p", "a1"), ("p", "a1")],  # two prescriptions of one consultation
        [("p", "a1"), ("p", "a2")],
        [("p", None), ("q", None)],
        [("p", "a1"), (None, "a1")],
        [("p", "a1"), ("不详", "a1")],
    ],
)
def test_what_is_no_shared_check(history: History, found: Found, rows: list[tuple[str, str]]) -> None:
    for patient, credential in rows:
        history.add("prescriptions", patient=patient, credential=credential)
    assert found("SCREEN-CREDENTIAL") == []


@pytest.mark.parametrize(
    ("sexes", "hits"), [(("1", "2"), 1), (("1", "1"), 0), (("1", "9"), 0), (("0", "2"), 0), (("9", None), 0)]
)
def test_a_patient_of_two_sexes(
    history: History, found: Found, sexes: tuple[str, str | None], hits: int
) -> None:
    for sex in sexes:
        history.add("prescriptions", patient="p", sex=sex)
    told = [(one.subject, one.measure, one.screen.class_) for one in found("SCREEN-BODY")]
    assert told == [("p", 2.0, "NOTICE")] * hits


@pytest.mark.parametrize(
    ("first", "second", "days", "hits"),
    [
        (60.0, 61.0, 1, 0),  # a birthday
        (60.0, 62.0, 1, 1),
        (60.0, 60.9, 1, 0),
        (60.0, 61.0, 366, 0),  # a year later
        (60.0, 60.0, 2 * 366, 1),  # two years later, not a day older
        (60.0, None, 1, 0),
    ],
)
def test_a_birth_year_that_changes(
    history: History, found: Found, first: float, second: float | None, days: int, hits: int
) -> None:
    history.add("prescriptions", patient="p", age=first)
    history.add("prescriptions", patient="p", age=second, time_ms=NOON_MS + days * DAY_MS)
    assert len(found("SCREEN-BODY")) == hits


def test_unknown_patients_are_not_one_of_two_sexes(history: History, found: Found) -> None:
    for sex in ("1", "2"):
        history.add("prescriptions", patient=None, sex=sex)
    assert found("SCREEN-BODY") == []


@pytest.mark.parametrize(
    ("cloned", "others", "hits"), [(20, 20, 1), (19, 0, 0), (20, 21, 0), (40, 0, 1), (0, 60, 0)]
)
def test_one_text_for_many_patients(
    history: History, found: Found, cloned: int, others: int, hits: int
) -> None:
    for number in range(cloned):
        history.add("prescriptions", doctor="D1", patient=f"p{number}", template="t")
    for number in range(others):
        history.add("prescriptions", doctor="D1", patient=f"q{number}", template=f"t{number}")
    assert [one.subject for one in found("SCREEN-TEXT")] == ["D1"] * hits


def test_one_patients_repeats_and_unknown_doctors_are_no_clones(history: History, found: Found) -> None:
    for number in range(40):
        history.add("prescriptions", doctor="D1", patient="p", template="t")
        history.add("prescriptions", doctor=None, patient=f"p{number}", template="t")
        history.add("prescriptions", doctor=f"E{number}", patient=f"p{number}", template="t")
    assert found("SCREEN-TEXT") == []
