"""S57, T7: an insured person's profile is of a tag, has its proof and its end, and can be made again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main
from api.screening.insured import SHOWN, NobodyFault, insured
from api.screening.report import screened
from api.screening.screen import ENTRIES_MAX
from api.screening.tables import DAY_MS, Tables
from tests.screening.columns import NOON_MS, History

TAG = "4e96aa44fc2f310a5dd561685f9e699f"


@pytest.fixture
def history() -> History:
    """Fifteen visits in January; one purchase that came back in part, months later another patient's."""
    made = History()
    for day in range(15):
        at = {"time_ms": NOON_MS + day * DAY_MS, "patient": TAG, "hospital": f"H{day % 2}"}
        made.add("prescriptions", **at, doctor="D1", drug="X", days=7.0)
    made.add("sales", patient=TAG, drug="X", packs=2.0, days=14.0, amount=40.0, pharmacy="P1")
    made.add("sales", patient=TAG, drug="X", packs=-1.0, days=-7.0, amount=-20.0, channel="returned")
    made.add("sales", patient=TAG, drug="Y", channel="reported", pharmacy="P7")
    made.add("sales", patient="other", time_ms=NOON_MS + 60 * DAY_MS, drug="Z")
    return made


def made(history: History, folder: Path, window_days: int = 90, tag: str = TAG) -> dict[str, Any]:
    tables = Tables(history.write(folder))
    return insured(tables, list(screened(tables)), tag, window_days)


def test_numbers_and_drugs_are_the_persons_own_and_what_came_back_is_taken_off(
    history: History, tmp_path: Path
) -> None:
    found = made(history, tmp_path)
    assert found["numbers"] == {
        "prescriptions": 15,
        "hospitals": 2,
        "doctors": 1,
        "pharmacies": 1,
        "packs": 1.0,
        "amount": 20.0,
    }
    assert found["drugs"] == [{"drug": "X", "days_prescribed": 105.0, "days_bought": 7.0, "packs": 1.0}]
    assert (found["as_of"], found["role"], found["acts"]) == ("2026-03-02T04:00:00Z", "insured", 17)


def test_a_feature_of_an_insured_person_has_its_proof_and_its_end(history: History, tmp_path: Path) -> None:
    [visits] = [one for one in made(history, tmp_path)["features"] if one["code"] == "SCREEN-VISITS"]
    assert (visits["class"], visits["measure"], visits["limit"]) == ("NOTICE", 15.0, 15)
    assert len(visits["entries"]) == 15 and visits["expires"] == "2026-04-15T04:00:00Z"
    assert visits["en"] and visits["zh"] and visits["about"] == f"{TAG}@2026-01"


@pytest.mark.parametrize(("window_days", "kept"), [(46, 0), (47, 1)])
def test_what_is_older_than_the_window_is_no_feature_any_more(
    history: History, tmp_path: Path, window_days: int, kept: int
) -> None:
    """The last visit was on the fifteenth of January, the last row of all is of the second of March."""
    found = made(history, tmp_path, window_days)
    assert len([one for one in found["features"] if one["code"] == "SCREEN-VISITS"]) == kept
    assert found["numbers"]["prescriptions"] == kept


def test_of_many_entries_the_newest_are_cited(history: History, tmp_path: Path) -> None:
    for _ in range(SHOWN):
        history.add("prescriptions", patient=TAG, time_ms=NOON_MS, doctor="D1", drug="X")
    newest = history.add("prescriptions", patient=TAG, time_ms=NOON_MS, doctor="D1", drug="X")
    [visits] = [one for one in made(history, tmp_path)["features"] if one["code"] == "SCREEN-VISITS"]
    assert len(visits["entries"]) == SHOWN and visits["entries"][-1] == newest


def test_what_more_entries_prove_than_are_cited_ends_with_the_persons_last(
    history: History, tmp_path: Path
) -> None:
    """The thousand that are cited are the first: the profile forgot what goes on."""
    for number in range(ENTRIES_MAX):
        at_ms = NOON_MS + (number % 2) * DAY_MS
        history.add("prescriptions", patient=TAG, time_ms=at_ms, doctor="D1", drug="X", rx=f"v{number}")
    history.add("prescriptions", patient=TAG, time_ms=NOON_MS + 29 * DAY_MS, doctor="D1", drug="X", rx="last")
    [visits] = [one for one in made(history, tmp_path)["features"] if one["code"] == "SCREEN-VISITS"]
    assert visits["expires"] == "2026-04-30T04:00:00Z"


def test_nobody_of_the_tag_is_no_profile(history: History, tmp_path: Path) -> None:
    with pytest.raises(NobodyFault):
        made(history, tmp_path, tag="nobody")


def test_the_command_tells_the_same_again_and_in_chinese(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = history.write(tmp_path)
    assert main(["profile", str(folder), TAG, "--json"]) == 0
    first = capsys.readouterr().out
    assert main(["profile", str(folder), TAG, "--json"]) == 0
    assert capsys.readouterr().out == first
    told = json.loads(first)
    assert "governance.appeal" in told["appeal"]["en"] and told["features"]
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(["profile", str(folder), TAG]) == 0
    text = capsys.readouterr().out
    assert "参保人" in text and "处方数 15" in text and "SCREEN-VISITS" in text and "申诉" in text
    assert main(["profile", str(folder), "nobody"]) == 2


def test_thresholds_in_force_are_those_of_the_profile(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = history.write(tmp_path)
    rules = {"version": "strict", "rulebook": "ab", "screen_thresholds": ["SCREEN-VISITS visits_min 16"]}
    (folder / "in-force.json").write_text(json.dumps(rules))
    assert main(["profile", str(folder), TAG, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "SCREEN-VISITS" not in [one["code"] for one in told["features"]]
    assert told["rules"] == {"version": "strict", "rulebook": "ab"}
