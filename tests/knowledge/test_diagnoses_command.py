"""From a hospital's list of diagnoses to what its doctor is told: `rx knowledge --diagnoses` (S44)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.command.main import main
from api.command.rulebook import load
from contracts import keys
from tests.contracts.world import DOCTOR, OFFICERS, REGULATOR, World

LIST = "code,name\nZ31.200,试管内受精\nK22.900,食管内视镜检查后\nK22.800,食管内受检\nE11.900,2型糖尿病\n"
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(LIST, "utf-8")
    return path


def test_a_slip_in_the_drop_down_is_told_with_what_was_meant(own: Path, tmp_path: Path) -> None:
    """List, pairs, rulebook, and the woman of 73 whose gullet was looked at: nobody is accused."""
    assert main(["knowledge", "--diagnoses", str(own), "--out", str(tmp_path / "pairs")]) == 0
    pack, draft = tmp_path / "pairs" / "diagnoses.json", tmp_path / "rules.json"
    assert main(["rulebook", "hebei-2025", str(pack), "--draft", "--out", str(draft)]) == 0
    members = json.loads(draft.read_text("utf-8"))["members"]
    assert members["parameters"]["diagnoses_confusable"] == ["Z31.200=K22.800", "Z31.200=K22.900"]
    world = World()
    assert world.act("governance.rulebook", REGULATOR, OFFICERS, members).codes == ()
    world.wait(1)

    def written(code: str) -> tuple[str, ...]:
        clinical = {"business_type": "01", "long_term": False, "diagnoses": [{"code": code}]}
        return world.issue(clinical=clinical, age="73.0", line={"days": "5"}).codes

    assert written("Z31.200") == ("SEX_AGE_IMPLAUSIBLE",)
    assert world.last is not None
    [finding] = world.last.findings
    assert finding.class_ == "DATA_QUALITY"
    assert finding.told == {"member": "age", "proposed": "K22.800", "also_proposed": "K22.900"}
    assert keys.trips(DOCTOR) not in world.state and keys.scores(DOCTOR) not in world.state
    assert [written(code) for code in ("K22.800", "K22.900")] == [(), ()]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["initials", "4 diagnoses, 1 of them with limits of sex or age, 2 pairs"]),
        ("zh_CN.UTF-8", ["首字母", "诊断 4 条，其中 1 条限性别或年龄", "2 对"]),
    ],
)
def test_the_table_is_read_in_both_languages(
    own: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch, language: str, told: list[str]
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    assert main(["knowledge", "--diagnoses", str(own)]) == 0
    printed = capsys.readouterr()
    assert all(words in printed.out for words in told) and printed.err == ""
    assert '"diagnoses_confusable": ["Z31.200=K22.800", "Z31.200=K22.900"]' in printed.out
    [row] = [line for line in printed.out.splitlines() if line.endswith("食管内视镜检查后")]
    assert row.split() == ["SGNSJ", "Z31.200", "试管内受精", "K22.900", "食管内视镜检查后"]


def test_a_list_without_pairs_has_no_table(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "own.csv"
    path.write_text("code,name\nE11.900,2型糖尿病\n", "utf-8")
    assert main(["knowledge", "--diagnoses", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == '"diagnoses_confusable": []'


def test_machines_read_the_same(own: Path, capsys: Printed) -> None:
    assert main(["knowledge", "--diagnoses", str(own), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["diagnoses_confusable"] == ["Z31.200=K22.800", "Z31.200=K22.900"]
    assert told["pairs"][1] == {
        "code": "Z31.200",
        "name": "试管内受精",
        "meant": "K22.900",
        "meant_name": "食管内视镜检查后",
        "initials": "SGNSJ",
    }
    assert (told["diagnoses"], told["limited"], told["files"]) == (4, 1, [])


def test_the_limits_of_a_pack_count_where_one_is_named(own: Path, tmp_path: Path, capsys: Printed) -> None:
    pack = tmp_path / "area.json"
    parameters = {"diagnoses_reproduction": ["K22.8"]}
    own_pairs = ["K22.800=Z31.200", "K22.800=K22.900"]
    pack.write_text(json.dumps({**load("hebei-2025"), "parameters": parameters}), "utf-8")
    assert main(["knowledge", "--diagnoses", str(own), "--pack", str(pack), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["diagnoses_confusable"] == own_pairs


def test_what_was_left_off_is_said(tmp_path: Path, capsys: Printed) -> None:
    """A list that looks whole and is not deceives who signs it."""
    path = tmp_path / "own.csv"
    rows = [f"{'OK'[number % 2]}{number},试管内受精\n" for number in range(4_000)]
    path.write_text("code,name\n" + "".join(rows) + "J1," + "行" * 9 + "\n", "utf-8")
    assert main(["knowledge", "--diagnoses", str(path), "--json"]) == 0
    printed = capsys.readouterr()
    warned = [json.loads(line)["warning"] for line in printed.err.splitlines()]
    assert [text.partition(" ")[0] for text in warned[:2]] == ["2000", "1"]
    lines = len(json.loads(printed.out)["diagnoses_confusable"])
    assert warned[2].startswith(f"{10_000 - lines} pairs are left out")


def test_a_faulty_list_names_line_column_and_fix_and_writes_nothing(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "own.csv"
    path.write_text(LIST + "Z31.200,体外受精\n", "utf-8")
    assert main(["knowledge", "--diagnoses", str(path), "--out", str(tmp_path / "pairs")]) == 1
    told = capsys.readouterr().out
    assert "line 6, name" in told and "line 2" in told and "keep one of the two rows" in told
    assert not (tmp_path / "pairs").exists()


@pytest.mark.parametrize("words", [["--table", "t.csv"], ["--mapping", "m.csv"]])
def test_one_table_is_asked_about_at_a_time(own: Path, capsys: Printed, words: list[str]) -> None:
    assert main(["knowledge", "--diagnoses", str(own), *words]) == 2
    assert "alone" in capsys.readouterr().err
    assert main(["knowledge", "--pack", "hebei-2025"]) == 2


def test_written_pairs_are_never_written_over(own: Path, tmp_path: Path) -> None:
    words = ["knowledge", "--diagnoses", str(own), "--out", str(tmp_path)]
    assert [main(words), main(words)] == [0, 2]
