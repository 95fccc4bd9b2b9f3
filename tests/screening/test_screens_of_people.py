"""Doctors and patients: the published cases are found, their look-alikes are not, nobody unknown is named."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.screening.tables import STANDS_IN, is_placeholder
from tests.screening.columns import MINUTE_MS, NOON_MS, History
from tests.screening.conftest import Found

DAY_MS = 86_400_000


def _peers(history: History, packs: float, doctor: str | None = "D0") -> int:
    for number in range(1, 8):
        for _ in range(10 + number % 3):
            history.add("sales", doctor=f"D{number}", drug="烟酰胺")
    return history.add("sales", doctor=doctor, drug="烟酰胺", packs=packs)


def test_two_hundred_times_the_peers_is_found(history: History, found: Found) -> None:
    entry = _peers(history, 2200.0)
    [one] = found("SCREEN-PEERS")
    assert (one.subject, one.measure, one.entries) == ("D0@烟酰胺", 200.0, (entry,))


def test_pooled_unknown_doctors_are_data_to_correct_and_never_a_person(
    history: History, found: Found
) -> None:
    """The nicotinamide case: 200 times the mean was everybody whose name was missing, added up."""
    _peers(history, 1000.0, None)
    assert found("SCREEN-PEERS") == []
    [one] = found("SCREEN-UNKNOWN")
    assert (one.subject, one.screen.class_, one.measure) == ("H1", "DATA_QUALITY", 1.0)


@pytest.mark.parametrize(("packs", "hits"), [(54.9, 0), (55.0, 1)])
def test_five_times_the_median_is_the_boundary(
    history: History, found: Found, packs: float, hits: int
) -> None:
    _peers(history, packs)
    assert len(found("SCREEN-PEERS")) == hits


@pytest.mark.parametrize(("patients", "hits"), [(4, 0), (5, 1)])
def test_a_year_of_a_few_chronic_patients_makes_no_doctor_suspect(
    history: History, found: Found, patients: int, hits: int
) -> None:
    """Two patients with a pack a month were twenty-four packs, and peers with one patient made them many."""
    for number in range(1, 8):
        history.add("sales", doctor=f"D{number}", drug="阿司匹林")
    for month in range(12):
        for patient in range(patients):
            at_ms = NOON_MS + 30 * month * DAY_MS
            history.add("sales", doctor="D0", drug="阿司匹林", patient=f"p{patient}", time_ms=at_ms)
    assert len(found("SCREEN-PEERS")) == hits


@pytest.mark.parametrize(
    "word",
    [
        *("未知", "不详", "unknown", "UNKNOWN", "UnKnown", "-", "暂无", "0000", "D00000"),
        *("", " ", "未知 ", "　未知", "N/A ", "——", "****", " D00 "),
    ],
)
def test_a_placeholder_for_a_doctor_is_no_doctor(history: History, found: Found, word: str) -> None:
    _peers(history, 1000.0, word)
    assert found("SCREEN-PEERS") == []
    assert [one.screen.class_ for one in found("SCREEN-UNKNOWN")] == ["DATA_QUALITY"]


@pytest.mark.parametrize("name", ["未知 医生", "无 名", "un known", "王无", "D0", " D0", "D001"])
def test_a_name_that_resembles_a_placeholder_is_a_name(history: History, found: Found, name: str) -> None:
    """Of columns made by others a doctor is whoever the contracts would take for one."""
    assert not is_placeholder(name)
    _peers(history, 1000.0, name)
    assert [one.subject for one in found("SCREEN-PEERS")] == [f"{name}@烟酰胺"]


@given(st.text(alphabet="未知无 \u3000\t-—*0nN/aAuUlLD1", max_size=6))
def test_a_column_has_the_placeholders_that_the_writer_knows(text: str) -> None:
    """One list and one way to compare, as an expression over ten million rows and as a function."""
    assert pl.Series([text]).str.contains(STANDS_IN)[0] == is_placeholder(text)


def test_nothing_is_added_up_over_unknown_patients(history: History, found: Found) -> None:
    for day in range(30):
        at_ms = NOON_MS + day * DAY_MS
        for number in range(3):
            history.add("prescriptions", patient=None, hospital=f"H{number}", time_ms=at_ms)
        history.add("sales", patient="不详", amount=1000.0, days=90.0, time_ms=at_ms)
    for screen in ("VISITS", "HOSPITALS", "SPENDING", "STOCKPILE", "LONG"):
        assert found(f"SCREEN-{screen}") == [], screen


@pytest.mark.parametrize(("packs", "hits"), [(99.0, 0), (100.0, 1)])
def test_a_department_far_above_the_others(history: History, found: Found, packs: float, hits: int) -> None:
    for number in range(9):
        history.add("sales", hospital=f"H{number}", drug="烟酰胺", packs=1.0)
    history.add("sales", hospital="H9", doctor="D1", drug="烟酰胺", packs=packs - 1)
    history.add("sales", hospital="H9", doctor="D2", drug="烟酰胺", packs=1.0)
    assert [one.subject for one in found("SCREEN-DEPARTMENT")] == ["H9 内分泌科@烟酰胺"] * hits


def test_a_ring_that_straddles_the_half_hour_is_seen(history: History, found: Found) -> None:
    start_ms = NOON_MS // (30 * MINUTE_MS) * 30 * MINUTE_MS - 3 * MINUTE_MS
    for day in range(3):
        for patient in range(5):
            at_ms = start_ms + day * DAY_MS + patient * MINUTE_MS
            history.add("sales", time_ms=at_ms, patient=f"card{patient}", drug="司美格鲁肽")
    assert [one.subject for one in found("SCREEN-RING")] == ["D1@P1"]


def _swipe(history: History, days: int, patients: int, apart_ms: int = MINUTE_MS) -> None:
    start_ms = NOON_MS // (30 * MINUTE_MS) * 30 * MINUTE_MS
    for day in range(days):
        for patient in range(patients):
            at_ms = start_ms + day * 7 * DAY_MS + patient * apart_ms
            history.add("sales", time_ms=at_ms, patient=f"card{patient}", drug="司美格鲁肽")


@pytest.mark.parametrize(
    ("days", "patients", "apart_ms", "hits"),
    [
        (3, 5, MINUTE_MS, 1),
        (2, 5, MINUTE_MS, 0),
        (3, 4, MINUTE_MS, 0),
        (3, 8, 20 * MINUTE_MS, 0),  # a clinic's ordinary morning
    ],
)
def test_collected_cards(
    history: History, found: Found, days: int, patients: int, apart_ms: int, hits: int
) -> None:
    _swipe(history, days, patients, apart_ms)
    assert [one.subject for one in found("SCREEN-RING")] == ["D1@P1"] * hits


def test_one_patients_five_packs_are_no_ring(history: History, found: Found) -> None:
    for day in range(5):
        for _ in range(6):
            history.add("sales", time_ms=NOON_MS + day * DAY_MS, patient="one")
    assert found("SCREEN-RING") == []


@pytest.mark.parametrize(("days", "hits"), [(269.0, 0), (270.0, 1)])
def test_years_of_a_drug_in_three_months(history: History, found: Found, days: float, hits: int) -> None:
    for part in range(10):
        at_ms = NOON_MS + part * 8 * DAY_MS
        history.add("sales", patient="p", days=days / 10, time_ms=at_ms, pharmacy=f"P{part}")
    assert len(found("SCREEN-STOCKPILE")) == hits


def test_a_year_of_a_drug_in_a_year_is_no_stockpile(history: History, found: Found) -> None:
    for month in range(12):
        history.add("sales", patient="p", days=30.0, time_ms=NOON_MS + month * 30 * DAY_MS)
    assert found("SCREEN-STOCKPILE") == []


def test_what_came_back_was_not_hoarded(history: History, found: Found) -> None:
    history.add("sales", patient="p", days=300.0)
    history.add("sales", patient="p", days=-100.0, channel="returned", time_ms=NOON_MS + 1)
    assert found("SCREEN-STOCKPILE") == []


def test_a_report_of_the_same_sale_is_not_bought_again(history: History, found: Found) -> None:
    history.add("sales", patient="p", days=200.0)
    history.add("sales", patient="p", days=200.0, channel="reported")
    assert found("SCREEN-STOCKPILE") == []


def _share(history: History, here: int, elsewhere: int) -> None:
    for number in range(here):
        history.add("sales", doctor="D1", pharmacy="P9", rx=f"a{number}")
    for number in range(elsewhere):
        history.add("sales", doctor="D1", pharmacy="P2", rx=f"b{number}")
    for number in range(300):
        history.add("sales", doctor=f"D{2 + number % 5}", pharmacy=f"P{number % 8}", rx=f"c{number}")


@pytest.mark.parametrize(("here", "elsewhere", "hits"), [(20, 20, 1), (19, 21, 0), (19, 20, 0)])
def test_most_prescriptions_to_one_far_shop(
    history: History, found: Found, here: int, elsewhere: int, hits: int
) -> None:
    _share(history, here, elsewhere)
    assert len([one for one in found("SCREEN-SHARE") if one.subject == "D1@P9"]) == hits


@pytest.mark.parametrize(("here", "hits"), [(3, 0), (4, 1)])
def test_one_patient_who_needs_much_is_no_doctors_share(
    history: History, found: Found, here: int, hits: int
) -> None:
    """Half of the packs were one old man's, from the shop next to him: half of the patients must go there."""
    _share(history, 20, 20)
    mine = [row for row in history.rows["sales"] if row["doctor"] == "D1"]
    for number, row in enumerate(mine):
        row["patient"] = f"here{number % here}" if row["pharmacy"] == "P9" else f"there{number % 4}"
    assert [one.subject for one in found("SCREEN-SHARE")].count("D1@P9") == hits


def test_of_unknown_patients_the_packs_alone_are_counted(history: History, found: Found) -> None:
    _share(history, 20, 20)
    for row in history.rows["sales"]:
        row["patient"] = None
    assert "D1@P9" in [one.subject for one in found("SCREEN-SHARE")]


def test_a_doctor_none_of_whose_known_patients_goes_there_is_not_said_to_send_them(
    history: History, found: Found
) -> None:
    """The packs of unknown patients made the shop's share of the known ones."""
    _share(history, 20, 20)
    for row in history.rows["sales"]:
        if row["doctor"] == "D1" and row["pharmacy"] == "P9":
            row["patient"] = None
    assert "D1@P9" not in [one.subject for one in found("SCREEN-SHARE")]


def test_the_only_shop_of_a_town_is_no_share(history: History, found: Found) -> None:
    for number in range(400):
        history.add("sales", doctor=f"D{number % 4}", pharmacy="P1", rx=f"r{number}")
    assert found("SCREEN-SHARE") == []


@pytest.mark.parametrize(("neighbours", "hits"), [(33, 1), (34, 0)])
def test_a_small_towns_doctor_is_not_accused_of_its_two_shops(
    history: History, found: Found, neighbours: int, hits: int
) -> None:
    """Half of the packs to one shop, and a sixth of what neighbours prescribe goes there too."""
    for hospital, city in (("H8", "1301"), ("H9", "1301"), ("H1", "1302")):
        history.add("organisations", code=hospital, kind="hospital", city=city)
    _share(history, 20, 20)
    for row in history.rows["sales"]:
        row["hospital"] = "H8" if row["doctor"] == "D1" else "H1"
    for number in range(200):
        shop = "P9" if number < neighbours else "P2"
        history.add("sales", doctor=f"N{number % 2}", hospital="H9", pharmacy=shop, rx=f"n{number}")
    subjects = [one.subject for one in found("SCREEN-SHARE")]
    assert subjects.count("D1@P9") == hits


@pytest.mark.parametrize(("colleagues", "hits"), [(33, 1), (34, 0)])
def test_a_shop_beside_a_hospital_is_no_doctors_share(
    history: History, found: Found, colleagues: int, hits: int
) -> None:
    _share(history, 20, 20)
    for number in range(200):
        shop = "P9" if number < colleagues else "P2"
        history.add("sales", doctor=f"N{number % 2}", hospital="H9", pharmacy=shop, rx=f"n{number}")
    for row in history.rows["sales"]:
        row["hospital"] = "H9" if row["doctor"] in ("D1", "N0", "N1") else "H1"
    assert [one.subject for one in found("SCREEN-SHARE")].count("D1@P9") == hits


def test_a_days_help_elsewhere_changes_no_doctors_neighbours(history: History, found: Found) -> None:
    _share(history, 20, 20)
    for number in range(200):
        shop = "P9" if number < 34 else "P2"
        history.add("sales", doctor=f"N{number % 2}", hospital="H9", pharmacy=shop, rx=f"n{number}")
    for row in history.rows["sales"]:
        row["hospital"] = "H9" if row["doctor"] in ("D1", "N0", "N1") else "H1"
    history.rows["sales"][0]["hospital"] = "H1"
    assert "D1@P9" not in [one.subject for one in found("SCREEN-SHARE")]


def test_a_doctor_without_neighbours_is_held_against_all_others(history: History, found: Found) -> None:
    history.add("organisations", code="H8", kind="hospital", city="1301")
    _share(history, 20, 20)
    for row in history.rows["sales"]:
        row["hospital"] = "H8" if row["doctor"] == "D1" else "H1"
    assert "D1@P9" in [one.subject for one in found("SCREEN-SHARE")]


@pytest.mark.parametrize(("visits", "hits"), [(14, 0), (15, 1)])
def test_fifteen_visits_of_a_calendar_month(history: History, found: Found, visits: int, hits: int) -> None:
    for day in range(visits):
        history.add("prescriptions", patient="p", hospital="H1", time_ms=NOON_MS + day * DAY_MS)
    assert [one.subject for one in found("SCREEN-VISITS")] == ["p@2026-01"] * hits


def test_lines_and_prescriptions_of_one_visit_are_one_visit(history: History, found: Found) -> None:
    for day in range(14):
        for drug in ("X", "Y"):
            at_ms = NOON_MS + day * DAY_MS
            history.add("prescriptions", patient="p", hospital="H1", drug=drug, time_ms=at_ms)
    assert found("SCREEN-VISITS") == []
    history.add("prescriptions", patient="p", hospital="H1", department="骨科", time_ms=NOON_MS)
    assert len(found("SCREEN-VISITS")) == 1


def test_visits_of_two_months_are_not_added_up(history: History, found: Found) -> None:
    for day in range(20, 40):
        history.add("prescriptions", patient="p", hospital="H1", time_ms=NOON_MS + day * DAY_MS)
    assert found("SCREEN-VISITS") == []


@pytest.mark.parametrize(("days", "hospitals", "hits"), [(3, 3, 1), (2, 3, 0), (3, 2, 0)])
def test_three_hospitals_on_three_days(
    history: History, found: Found, days: int, hospitals: int, hits: int
) -> None:
    for day in range(days):
        for number in range(hospitals):
            history.add("prescriptions", patient="p", hospital=f"H{number}", time_ms=NOON_MS + day * DAY_MS)
    assert len(found("SCREEN-HOSPITALS")) == hits


@pytest.mark.parametrize(("last", "hits"), [(3000.99, 0), (3001.0, 1)])
def test_eight_thousand_yuan_to_the_cent_with_refunds_netted(
    history: History, found: Found, last: float, hits: int
) -> None:
    for amount, channel in ((5999.0, "dispensed"), (-1000.0, "returned"), (last, "dispensed")):
        history.add("sales", patient="p", amount=amount, channel=channel)
    assert len(found("SCREEN-SPENDING")) == hits
    assert all(one.screen.class_ == "NOTICE" for one in found("SCREEN-SPENDING"))
