"""A misspelt class of drugs in a pack bans nothing: who makes the rulebook is told (S48)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.command.main import main
from api.command.rulebook import load, shipped
from tests.knowledge.test_pack_conflicts import pack

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en")


@pytest.mark.parametrize(
    "parameter",
    ["long_term_classes_excluded", "narcotic_classes", "online_classes_forbidden", "tcm_classes"],
)
def test_a_misspelt_ban_is_named(parameter: str, tmp_path: Path, capsys: Printed) -> None:
    mine = pack(tmp_path, "mine", **{parameter: ["narcotic", "psycotropic_1"]})
    assert main(["rulebook", "national-2025", mine, "--draft"]) == 0
    [told] = [line for line in capsys.readouterr().err.splitlines() if "psycotropic_1" in line]
    assert told.startswith(f"{parameter}: no drug of the product's table is of class psycotropic_1")


def test_a_misspelt_ban_of_one_region_is_named_for_programs_too(tmp_path: Path, capsys: Printed) -> None:
    mine = pack(tmp_path, "mine", online_classes_forbidden=["vacine"])
    assert main(["rulebook", "hebei-2025", "--area", f"13={mine}", "--draft", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    expected = {"parameter": "online_classes_forbidden", "class": "vacine"}
    assert expected in [one.get("unfamiliar_class") for one in told]


@pytest.mark.parametrize("region", [False, True])
def test_a_misspelt_monitored_drug_is_named(region: bool, tmp_path: Path, capsys: Printed) -> None:
    """S32: a code with O for 0 is no drug's, and nobody would watch it."""
    mine = pack(tmp_path, "mine", monitored_drugs=["XA10BJAO01", "XA10BJA001", "XA10BJA002A001010199990"])
    asked = ["hebei-2025", "--area", f"13={mine}"] if region else [mine]
    assert main(["rulebook", *asked, "--draft", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    expected = {"parameter": "monitored_drugs", "code": "XA10BJAO01"}
    assert [one["unfamiliar_drug"] for one in told if "unfamiliar_drug" in one] == [expected]


def test_a_list_goes_out_in_a_pack_and_comes_in_for_a_region(tmp_path: Path, capsys: Printed) -> None:
    listed, exported = ["XA10BJA001", "XA10BJA002"], str(tmp_path / "exported.json")
    assert main(["rulebook", pack(tmp_path, "mine", monitored_drugs=listed), "--out", exported]) == 0
    capsys.readouterr()
    assert main(["rulebook", "national-2025", "--area", f"13={exported}", "--draft"]) == 0
    parameters = json.loads(capsys.readouterr().out)["members"]["parameters"]
    assert parameters["areas"]["13"] == {"monitored_drugs": listed} and "monitored_drugs" not in parameters


def test_all_drugs_are_no_misspelt_one(tmp_path: Path, capsys: Printed) -> None:
    assert main(["rulebook", pack(tmp_path, "mine", monitored_drugs=["all"])]) == 0
    assert capsys.readouterr().err == ""


def test_it_is_said_in_chinese(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(["rulebook", pack(tmp_path, "mine", tcm_classes=["tcm_slice"])]) == 0
    assert "没有类别 tcm_slice" in capsys.readouterr().err


@pytest.mark.parametrize("name", [one["name"] for one in shipped()])
def test_no_pack_of_the_product_is_doubted(name: str, capsys: Printed) -> None:
    assert load(name) and main(["rulebook", name]) == 0
    assert "no drug of" not in capsys.readouterr().err


def test_classes_of_the_products_drugs_are_known(tmp_path: Path, capsys: Printed) -> None:
    assert main(["rulebook", pack(tmp_path, "mine", online_classes_forbidden=["tcm_patent", "vaccine"])]) == 0
    assert capsys.readouterr().err == ""
