"""The audit queue: weights with their reasons, the same draw for everybody, another list refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main
from api.reports.sampling import Drawn, draw
from contracts.facts import Json
from tests.api.serving import REGULATOR, site
from tests.catalogue.desk import DOCTOR, Desk


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The log with a prescription, then with a case against its doctor, then with that case cleared."""
    folder = tmp_path_factory.mktemp("sample")
    with site(folder) as made:
        desk = Desk(made)
        rx = desk.issued()
        officers = [one.code for one in made.ring.officers()[:2]]

        def export(name: str) -> Path:
            made.ledger.publish(force=True)
            made.ledger.export(folder / name)
            return folder / name

        found = {"plain": export("plain")}
        members: dict[str, Json] = {
            "subject": DOCTOR,
            "rules": ["AUTHOR-5"],
            "evidence": [rx],
            "due": "2026-06-01T00:00:00Z",
            "reason": "核查",
        }
        case = desk.commit(desk.body("governance.case", REGULATOR, officers, members), REGULATOR)["id"]
        found["case"] = export("case")
        for step in ({"step": "notified"}, {"step": "heard"}, {"step": "decided", "finding": "unfounded"}):
            said: dict[str, Json] = {"case": case, "reason": "核查", **step}
            desk.commit(desk.body("governance.case_step", REGULATOR, officers, said), REGULATOR)
        found["cleared"] = export("cleared")
    yield found


def words(log: Path, *more: str) -> list[str]:
    return ["sample", str(log), "--seed-from", str(log / "checkpoint"), "--count", "5", *more]


def told(log: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    assert main(words(log, "--json")) == 0
    return json.loads(capsys.readouterr().out)


def test_an_open_case_weighs_and_a_cleared_one_does_not(
    logs: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    by_log = {name: told(log, capsys)["drawn"][0] for name, log in logs.items()}
    assert by_log["case"]["weight"] == by_log["plain"]["weight"] + 8
    assert by_log["case"]["why"][0].startswith("case ")
    assert by_log["cleared"]["weight"] == by_log["plain"]["weight"]


def test_a_second_run_verifies_the_list(
    logs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(logs["case"], capsys)
    (tmp_path / "list").write_text(json.dumps(found), "utf-8")
    assert main(words(logs["case"], "--check", str(tmp_path / "list"))) == 0
    assert "accuses nobody" in capsys.readouterr().out
    found["drawn"][0]["index"] += 1
    (tmp_path / "list").write_text(json.dumps(found), "utf-8")
    assert main(words(logs["case"], "--check", str(tmp_path / "list"))) == 1
    for other in ("no list", "[]", '{"drawn": []}'):  # a file named by mistake accuses no office
        (tmp_path / "list").write_text(other, "utf-8")
        assert main(words(logs["case"], "--check", str(tmp_path / "list"))) == 2


def test_a_log_with_fewer_acts_than_asked_for_says_so_and_a_checked_list_is_called_the_same(
    logs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(words(logs["case"])) == 0
    short = capsys.readouterr()
    acts = short.out.count("prescription.issued")
    assert 0 < acts < 5 and f"the log holds {acts} acts" in short.err and "fewer than 5" in short.err
    assert "same list" not in short.out
    (tmp_path / "list").write_text(json.dumps(told(logs["case"], capsys)), "utf-8")
    checked = words(logs["case"], "--check", str(tmp_path / "list"))
    assert main(checked) == 0
    assert "same list" in capsys.readouterr().out
    assert main([*checked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] is True
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(checked) == 0
    chinese = capsys.readouterr()
    assert "名单一致：" in chinese.out and f"仅有 {acts} 项业务，少于 5 项" in chinese.err
    assert main([*words(logs["case"])[:-1], str(acts)]) == 0
    assert capsys.readouterr().err == "", "as many as asked for is nothing to tell"


def test_a_seed_of_another_log_is_refused(
    logs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = str(logs["case"] / "checkpoint")
    assert main(["sample", str(logs["plain"]), "--seed-from", later, "--count", "1"]) == 2
    assert "not of this log" in capsys.readouterr().err
    assert main(["sample", str(tmp_path), "--seed-from", later, "--count", "1"]) == 2
    assert "rx export" in capsys.readouterr().err
    assert main(["sample", str(logs["plain"]), "--seed-from", later, "--count", "0"]) == 2


def test_more_tickets_are_drawn_more_often() -> None:
    acts = [Drawn(index, "", "", 9 if index < 10 else 1, ()) for index in range(100)]
    first = [draw(acts, bytes([seed]) * 32, 1)[0].weight for seed in range(200)]
    assert 70 < first.count(9) < 130  # expected: 90 of 180 tickets, half of the draws
