"""Where too few of a department write a drug, all who do are compared: by what each patient gets (T12)."""

from __future__ import annotations

import pytest

from api.screening.thresholds import adjusted
from tests.screening.columns import NOON_MS, History
from tests.screening.conftest import Found

DAY_MS, MONTH_MS = 86_400_000, 31 * 86_400_000
DRUG = "烟酰胺"


def _others(history: History, count: int = 5, **row: object) -> None:
    """Doctors of several departments who write it to a patient now and then."""
    for number in range(count):
        department = ("全科", "皮肤科", "老年科")[number % 3]
        mine = {"doctor": f"D{number}", "hospital": f"H{number}", "department": department, "drug": DRUG}
        history.add("sales", **{**mine, **row})


def _writes(history: History, months: int, patients: int, packs: float, **row: object) -> None:
    """D9 of a small department writes `packs` to each patient in each month."""
    mine = {"doctor": "D9", "hospital": "H9", "department": "营养科", "drug": DRUG, "packs": packs}
    for month in range(months):
        for patient in range(patients):
            at_ms = NOON_MS + month * MONTH_MS
            history.add("sales", **{**mine, "patient": f"mine{patient}", "time_ms": at_ms, **row})


def test_two_hundred_times_what_others_write_is_found_in_a_small_department(
    history: History, found: Found
) -> None:
    """Nobody was compared where fewer than five of the department write the drug: the published case."""
    _others(history)
    _writes(history, months=2, patients=1, packs=200.0)
    [one] = found("SCREEN-PEERS")
    assert (one.subject, one.measure, one.limit, one.count) == (f"D9@{DRUG}", 200.0, 50.0, 2)
    assert "known doctors of all departments" in one.sentence(chinese=False)
    assert "各科室医师" in one.sentence(chinese=True) and one.wider
    [department] = found("SCREEN-DEPARTMENT")
    assert (department.subject, department.measure) == (f"H9 营养科@{DRUG}", 200.0)
    assert "departments of all names" in department.sentence(chinese=False)
    assert "各类科室" in department.sentence(chinese=True)


@pytest.mark.parametrize(("packs", "hits"), [(49.9, 0), (50.0, 1)])
def test_fifty_times_each_patients_month_is_the_boundary(
    history: History, found: Found, packs: float, hits: int
) -> None:
    _others(history)
    _writes(history, months=3, patients=2, packs=packs)
    assert len(found("SCREEN-PEERS")) == len(found("SCREEN-DEPARTMENT")) == hits


def test_the_ratio_is_the_rulebooks() -> None:
    texts = ["SCREEN-PEERS ratio_wide_min 20", "SCREEN-DEPARTMENT ratio_wide_min 30"]
    named = {one.id: one.parameters.get("ratio_wide_min") for one in adjusted(texts)}
    assert (named["SCREEN-PEERS"], named["SCREEN-DEPARTMENT"]) == (20.0, 30.0)


@pytest.mark.parametrize(("others", "hits"), [(3, 0), (4, 1)])
def test_fewer_than_five_of_the_whole_province_are_compared_with_nobody(
    history: History, found: Found, others: int, hits: int
) -> None:
    _others(history, others)
    _writes(history, months=1, patients=1, packs=500.0)
    assert len(found("SCREEN-PEERS")) == len(found("SCREEN-DEPARTMENT")) == hits


@pytest.mark.parametrize(("packs", "doctors", "departments"), [(49.0, 0, 0), (50.0, 1, 0), (100.0, 1, 1)])
def test_a_few_packs_make_nobody_suspect_among_all_either(
    history: History, found: Found, packs: float, doctors: int, departments: int
) -> None:
    _others(history, packs=0.5)
    _writes(history, months=1, patients=1, packs=packs)
    assert len(found("SCREEN-PEERS")) == doctors
    assert len(found("SCREEN-DEPARTMENT")) == departments


@pytest.mark.parametrize("years", [1, 3])
def test_the_only_specialist_is_not_accused_of_the_own_speciality(
    history: History, found: Found, years: int
) -> None:
    """One haematologist among general practitioners: forty patients, three packs every month, for years."""
    _others(history, 8)
    _writes(history, months=12 * years, patients=40, packs=3.0)
    assert found("SCREEN-PEERS") == [] and found("SCREEN-DEPARTMENT") == []


def test_a_patient_who_needs_thirty_vials_a_month_makes_no_doctor_suspect(
    history: History, found: Found
) -> None:
    _others(history, 8)
    _writes(history, months=12, patients=3, packs=30.0)
    assert found("SCREEN-PEERS") == [] and found("SCREEN-DEPARTMENT") == []


def test_the_packs_of_a_month_count_together_however_often_they_are_written(
    history: History, found: Found
) -> None:
    _others(history)
    for day in range(25):
        _writes(history, months=1, patients=1, packs=2.0, time_ms=NOON_MS + day * DAY_MS)
    assert [one.measure for one in found("SCREEN-PEERS")] == [50.0]


def test_specialists_who_write_much_alike_are_no_outliers(history: History, found: Found) -> None:
    """Four of the speciality and three others: the middle is the speciality's own."""
    _others(history, 3)
    for number in range(4):
        _writes(history, months=6, patients=4, packs=60.0, doctor=f"S{number}", hospital=f"H1{number}")
    assert found("SCREEN-PEERS") == [] and found("SCREEN-DEPARTMENT") == []


def test_where_the_department_has_enough_nobody_else_is_asked(history: History, found: Found) -> None:
    """Five of the own department write it as much: what general practitioners write does not matter."""
    _others(history, 9)
    _writes(history, months=1, patients=60, packs=1.0, department="老年营养科")
    for number in range(5):
        _writes(history, months=1, patients=1, packs=200.0, doctor=f"S{number}", hospital=f"H1{number}")
    assert found("SCREEN-PEERS") == [] and found("SCREEN-DEPARTMENT") == []


@pytest.mark.parametrize(("packs", "hits"), [(180.0, 0), (181.0, 1)])
def test_where_peers_differ_widely_five_times_the_median_is_not_enough(
    history: History, found: Found, packs: float, hits: int
) -> None:
    for number, usual in enumerate((2, 2, 2, 20, 20, 38, 38, packs)):
        history.add("sales", doctor=f"D{number}", drug=DRUG, packs=float(usual))
    assert len(found("SCREEN-PEERS")) == hits


def test_of_unknown_patients_nothing_is_said_among_all(history: History, found: Found) -> None:
    """Their packs would be one patient's."""
    _others(history)
    _writes(history, months=1, patients=9, packs=60.0, patient=None)
    _writes(history, months=1, patients=9, packs=60.0, patient="未知")
    assert found("SCREEN-PEERS") == [] and found("SCREEN-DEPARTMENT") == []


def test_the_packs_of_unknown_patients_make_a_few_of_known_ones_no_more(
    history: History, found: Found
) -> None:
    _others(history, packs=0.5)
    _writes(history, months=1, patients=1, packs=49.0)
    _writes(history, months=1, patients=1, packs=60.0, patient=None)
    assert found("SCREEN-PEERS") == []


def test_an_unknown_doctor_is_nobody_among_all_either(history: History, found: Found) -> None:
    _others(history)
    _writes(history, months=1, patients=1, packs=500.0, doctor=None)
    assert found("SCREEN-PEERS") == []


def test_a_clinic_of_its_own_is_not_suspected_for_its_drug(history: History, found: Found) -> None:
    """An osteoporosis clinic writes calcitriol all year; general practice hardly does."""
    _others(history, 8)
    _writes(history, months=12, patients=14, packs=3.0, department="骨质疏松门诊")
    assert found("SCREEN-PEERS") == []


def test_an_oncology_department_is_not_suspected_for_its_cancer_drug(history: History, found: Found) -> None:
    for number in range(9):
        history.add("sales", hospital=f"H{number}", department="皮肤科", drug="奥希替尼")
    for patient in range(40):
        mine = {"hospital": "H1", "department": "肿瘤科", "drug": "奥希替尼", "patient": f"mine{patient}"}
        for month in range(12):
            history.add("sales", **mine, packs=1.0, time_ms=NOON_MS + month * MONTH_MS)
    assert found("SCREEN-DEPARTMENT") == []


def test_a_drug_of_few_doctors_has_no_peers(history: History, found: Found) -> None:
    for number in range(3):
        history.add("sales", doctor=f"D{number}", packs=1.0)
    history.add("sales", doctor="D9", packs=500.0)
    assert found("SCREEN-PEERS") == []


def test_small_departments_of_one_doctor_are_one_finding(history: History, found: Found) -> None:
    _others(history)
    _writes(history, months=1, patients=1, packs=300.0)
    _writes(history, months=1, patients=1, packs=300.0, department="减重门诊", patient="other")
    [one] = found("SCREEN-PEERS")
    assert one.count == 2
