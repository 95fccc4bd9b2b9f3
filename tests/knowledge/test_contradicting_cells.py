"""Cells of a drug table that contradict each other are found at load, and no look-alikes (S46)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.command.main import main
from api.knowledge.classes import known_classes
from api.knowledge.table import COLUMNS, OPTIONAL, Fault, TableFault, doubts, drugs, read, shipped
from contracts.quantity import MICRO, covered_ms

Printed = pytest.CaptureFixture[str]
NAMES = (*COLUMNS, *OPTIONAL)
ROWS = {row["name"]: row for _, row in read(shipped(), COLUMNS, OPTIONAL)}
METFORMIN = ROWS["盐酸二甲双胍片"]  # 0.5g*60片, 2.55 g a day


def table(*rows: dict[str, str]) -> str:
    cells = [",".join(row[name] for name in NAMES) for row in rows]
    return "\n".join([",".join(NAMES), *cells]) + "\n"


def changed(**cells: str) -> dict[str, str]:
    return METFORMIN | cells


def faults(*rows: dict[str, str]) -> tuple[Fault, ...]:
    try:
        drugs(table(*rows))
    except TableFault as error:
        return error.faults
    return ()


def columns(*rows: dict[str, str]) -> list[tuple[int, str]]:
    return [(one.line, one.column) for one in faults(*rows)]


def test_nothing_in_the_shipped_table_is_doubted() -> None:
    assert len(drugs(shipped())) == 72 and doubts(shipped()) == []


# -- seven digits ----------------------------------------------------------------------------------


def test_a_carton_with_another_drugs_digits_is_found_before_honest_sales_are_refused() -> None:
    """Pack and carton were compared each with their own column: the carton's drug was told of a pack."""
    other = ROWS["阿卡波糖片"] | {"carton": METFORMIN["product"]}
    assert columns(METFORMIN, other) == [(3, "carton")]
    [told] = faults(METFORMIN, other)
    assert told.reason == f"{METFORMIN['product']} stands on line 2 too, in column product"
    first = METFORMIN | {"carton": ROWS["阿卡波糖片"]["product"]}
    assert columns(first, ROWS["阿卡波糖片"]) == [(3, "product")]


def test_a_carton_has_other_digits_than_its_packs() -> None:
    assert columns(changed(carton=METFORMIN["product"])) == [(2, "carton")]


def test_digits_that_differ_in_the_last_one_are_two_and_a_drug_may_have_no_carton() -> None:
    loose = {"carton": "", "packs": ""}
    assert columns(METFORMIN, ROWS["阿卡波糖片"] | {"carton": "8992007"}) == []
    assert columns(METFORMIN | loose, ROWS["阿卡波糖片"] | loose) == []


# -- dose and strength -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strength", "dose"),
    [("g", "ml"), ("mg", "片"), ("片", "g"), ("U", "IU"), ("g", "粒"), ("滴", "ml"), ("单位", "U")],
)
def test_a_dose_that_no_rule_can_compare_does_not_silence_the_days_covered(strength: str, dose: str) -> None:
    cells = {"spec": "", "strength_unit": strength, "max_dose_unit": dose}
    assert columns(changed(**cells)) == [(2, "max_dose_unit")]


@pytest.mark.parametrize(
    ("strength", "dose"),
    [
        *[("g", "mg"), ("ug", "kg"), ("mcg", "ug"), ("ml", "mL")],
        *[(unit, unit) for unit in ("片", "滴", "吸", "IU", "U", "单位", "ml", "袋", "喷")],
    ],
)
def test_a_dose_that_the_rules_compare_is_loaded(strength: str, dose: str) -> None:
    cells = {"spec": "", "strength_unit": strength, "max_dose_unit": dose}
    [drug] = drugs(table(changed(**cells)))
    assert covered_ms(drug, 60 * MICRO) is not None


def test_a_drug_without_a_highest_dose_is_titrated_and_no_fault() -> None:
    none = {"max_dose_amount": "", "max_dose_unit": "", "max_dose_per_days": ""}
    assert columns(changed(**none)) == [] and doubts(table(changed(**none))) == []


def test_a_highest_dose_without_a_strength_is_doubted_and_loaded() -> None:
    row = changed(spec="60片", strength_amount="", strength_unit="", max_dose_amount="5", max_dose_unit="片")
    assert columns(row) == []
    assert [one.column for one in doubts(table(row))] == ["strength_amount"]


# -- the text of the pack --------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["0.5g*60片", "60片", "0.5g×60片/盒", "０．５ｇ x 60 片", "500mg*60片"])
def test_units_that_the_packs_text_contradicts_are_found(spec: str) -> None:
    assert columns(changed(spec=spec, units="6")) == [(2, "units")]
    assert columns(changed(spec=spec, units="59")) == [(2, "units")]
    assert columns(changed(spec=spec)) == [] and doubts(table(changed(spec=spec))) == []


@pytest.mark.parametrize(
    ("amount", "unit", "found"),
    [("5", "g", True), ("0.05", "g", True), ("0.5", "mg", True), ("500", "mg", False), ("0.50", "g", False)],
)
def test_a_strength_that_the_packs_text_contradicts_is_found(amount: str, unit: str, found: bool) -> None:
    row = changed(strength_amount=amount, strength_unit=unit)
    assert columns(row) == ([(2, "strength_amount")] if found else [])


def test_a_strength_counted_in_pieces_says_nothing_of_their_weight() -> None:
    row = changed(strength_amount="1", strength_unit="片", max_dose_amount="5", max_dose_unit="片")
    assert columns(row) == [] and doubts(table(row)) == []


@pytest.mark.parametrize(
    "spec",
    [
        *["1.34mg/ml,1.5ml*1支", "0.5g*12片*5板", "10g:50ml*1瓶", "0.5g*60", "0.5g*30片/瓶", "每片0.5g"],
        *["0.5g*1盒", "0.5g*24粒"],
    ],
)
def test_a_text_with_two_meanings_is_doubted_and_never_guessed(spec: str) -> None:
    row = changed(spec=f'"{spec}"', units="6")
    assert columns(row) == []
    assert [one.column for one in doubts(table(row))] == ["spec"]


# -- ages, classes, diagnoses, codes ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "found"), [("90", "10", 1), ("11", "10", 1), ("10", "10", 0), ("90", "", 0)]
)
def test_ages_from_ninety_up_to_ten_are_found(low: str, high: str, found: int) -> None:
    assert columns(changed(age_years_min=low, age_years_max=high)) == [(2, "age_years_max")] * found


@pytest.mark.parametrize(
    ("class_", "meant"),
    [
        *[("narcotik", "narcotic"), ("Narcotic", "narcotic"), ("psycotropic_1", "psychotropic_1")],
        *[("vacine", "vaccine"), ("tcm_slice", "tcm_slices")],
    ],
)
def test_a_misspelt_class_does_not_free_a_drug_of_its_ban(class_: str, meant: str) -> None:
    [told] = faults(changed(**{"class": class_}))
    assert told.column == "class" and told.fix.startswith(f"write {meant},")


def test_a_class_that_rule_packs_name_is_known_and_one_of_the_own_is_doubted_alone() -> None:
    assert all(columns(changed(**{"class": one})) == [] for one in known_classes())
    own = changed(**{"class": "herbal"})
    assert columns(own) == [] and [one.column for one in doubts(table(own))] == ["class"]


@pytest.mark.parametrize(
    "said",
    ["糖尿病", "E11;糖尿病", "E11；I10", "E11-E14", "e11", "I50.900x018", "11", "DIABETES"],
)
def test_an_indication_that_no_diagnosis_begins_with_is_found(said: str) -> None:
    assert columns(changed(indications=said)) == [(2, "indications")]


@pytest.mark.parametrize(
    "said", ["C", "E11", "E11;I50.900X018", " E11 ; ", "M8000/0", "A18.001+M01.1*", "BNG010"]
)
def test_beginnings_of_diagnosis_codes_are_indications(said: str) -> None:
    assert columns(changed(indications=said)) == []


@pytest.mark.parametrize(
    "code",
    [
        *["12345", "XA10BA", "二甲双胍", "T12"],
        *[METFORMIN["code"][:-1], METFORMIN["code"] + "0", METFORMIN["code"].lower()],
    ],
)
def test_a_code_that_is_not_of_the_national_form_is_found(code: str) -> None:
    assert columns(changed(code=code)) == [(2, "code")]


@pytest.mark.parametrize(
    "code", ["XA10BAE021A010010201650", ROWS["百令胶囊"]["code"], "T001700266", "XSLY-2025-0001"]
)
def test_codes_of_the_country_and_of_a_hospitals_own_preparations_are_codes(code: str) -> None:
    assert columns(changed(code=code)) == []


# -- as it is told ---------------------------------------------------------------------------------


def test_every_contradiction_of_a_row_is_told_at_once_and_nothing_is_written(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    path = tmp_path / "own.csv"
    cells = {"code": "12345", "units": "6", "age_years_max": "1", "max_dose_unit": "ml", "class": "narcotik"}
    path.write_text(table(changed(**cells, indications="糖尿病")), "utf-8")
    assert main(["knowledge", "--table", str(path), "--out", str(tmp_path / "drafts")]) == 1
    told = capsys.readouterr().out
    assert "第 2 行，max_dose_unit：剂量单位 ml 与规格单位 g 无法比较" in told and "请改为 narcotic" in told
    assert "共 6 处错误" in told and not (tmp_path / "drafts").exists()


def test_a_doubt_is_said_beside_the_drafts_and_stops_nothing(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en")
    path = tmp_path / "own.csv"
    other = ROWS["阿卡波糖片"] | {"spec": "50mg*10片*3板"}
    path.write_text(table(changed(spec="0.5g*30片*2板"), other), "utf-8")
    assert main(["knowledge", "--table", str(path), "--out", str(tmp_path / "drafts"), "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.err)["doubt"]["lines"] == [2, 3]
    assert len(json.loads(printed.out)["files"]) == 2
    assert main(["knowledge", "--table", str(path)]) == 0
    assert "lines 2, 3: spec: the text is not compared" in capsys.readouterr().err
