"""Two packs that set one parameter differently: who merges them hears which value counts (S31)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main
from api.command.rulebook import load

Printed = pytest.CaptureFixture[str]
YULIN_OFF = {
    "parameter": "indication_monitored_only",
    "values": [{"pack": "yulin-2025", "value": 0}, {"pack": "national-2025", "value": 1}],
    "counts": "national-2025",
}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en")


def pack(folder: Path, name: str, **parameters: Any) -> str:
    path = folder / f"{name}.json"
    path.write_text(json.dumps({**load("hebei-2025"), "name": name, "parameters": parameters}), "utf-8")
    return str(path)


def test_yulins_rule_on_uses_is_not_switched_off_without_a_word(capsys: Printed) -> None:
    assert main(["rulebook", "yulin-2025", "national-2025", "--draft"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["members"]["parameters"]["indication_monitored_only"] == 1
    [told] = printed.err.splitlines()
    assert told == (
        "indication_monitored_only: yulin-2025 says 0, national-2025 says 1. "
        "The later pack, national-2025, counts."
    )


def test_a_merged_pack_without_a_draft_says_it_too(capsys: Printed) -> None:
    assert main(["rulebook", "yulin-2025", "national-2025"]) == 0
    assert "national-2025, counts" in capsys.readouterr().err


def test_it_is_said_in_chinese(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(["rulebook", "yulin-2025", "national-2025", "--draft"]) == 0
    assert "yulin-2025 为 0，national-2025 为 1。以后列的规则包 national-2025 为准" in capsys.readouterr().err


def test_programs_read_it_on_both_ways(tmp_path: Path, capsys: Printed) -> None:
    words = ["rulebook", "yulin-2025", "national-2025", "--draft", "--json", "--out", str(tmp_path / "d")]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.err)["conflict"] == YULIN_OFF
    assert json.loads(printed.out)["conflicts"] == [YULIN_OFF]


@pytest.mark.parametrize(
    "words",
    [("national-2025",), ("national-2025", "hebei-2025"), ("hebei-2025", "yulin-2025"), ("hunan-2025",) * 2],
    ids=["one pack", "they agree", "they agree on what both set", "twice the same"],
)
def test_packs_that_agree_are_merged_without_a_word(words: tuple[str, ...], capsys: Printed) -> None:
    assert main(["rulebook", *words, "--draft"]) == 0
    assert capsys.readouterr().err == ""


DAYS = ("2026-10-01", "2026-10-02", "2026-10-03")


def test_of_lists_that_are_not_joined_what_is_left_out_is_named(tmp_path: Path, capsys: Printed) -> None:
    """Two hospitals' pairs of diagnoses: the second list stands alone, as a rulebook's list always does."""
    first = pack(tmp_path, "first", holidays=[*DAYS[:2]])
    second = pack(tmp_path, "second", holidays=[*DAYS[1:]])
    assert main(["rulebook", first, second, "--draft", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["members"]["parameters"]["holidays"] == [*DAYS[1:]]
    told = json.loads(printed.err)
    assert told["conflict"]["left_out"] == [DAYS[0]]
    assert told["warning"].endswith('Lists are not joined; left out: ["2026-10-01"].')


def test_a_longer_later_list_leaves_nothing_out(tmp_path: Path, capsys: Printed) -> None:
    first = pack(tmp_path, "first", holidays=[DAYS[0]])
    second = pack(tmp_path, "second", holidays=[*DAYS[:2]])
    assert main(["rulebook", first, second, "--draft"]) == 0
    told = capsys.readouterr().err
    assert "second, counts" in told and "left out" not in told


def test_three_packs_are_told_with_the_value_of_each(tmp_path: Path, capsys: Printed) -> None:
    paths = [pack(tmp_path, name, burst_patients=count) for name, count in (("a", 3), ("b", 4), ("c", 3))]
    assert main(["rulebook", *paths, "--draft"]) == 0
    assert "a says 3, b says 4, c says 3. The later pack, c, counts." in capsys.readouterr().err


def test_a_second_pack_of_a_region_adds_to_the_first(capsys: Printed) -> None:
    """The first was dropped as a whole, and nobody was told."""
    words = ["--area", "6108=yulin-2025", "--area", "6108=national-2025", "--draft"]
    assert main(["rulebook", "hebei-2025", *words]) == 0
    printed = capsys.readouterr()
    own = json.loads(printed.out)["members"]["parameters"]["areas"]["6108"]
    assert (own["indication_required"], own["indication_monitored_only"]) == (1, 1)
    assert "indication_monitored_only in region 6108: yulin-2025 says 0" in printed.err


def test_what_differs_from_the_whole_ledger_in_a_region_is_meant_so(capsys: Printed) -> None:
    assert main(["rulebook", "national-2025", "--area", "6108=yulin-2025", "--draft"]) == 0
    assert capsys.readouterr().err == ""
