"""`rx erase`: it shows first, erases a whole consultation, and every proof still holds."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.command import retention
from api.command.service import open_ledger
from api.logged import statement_of
from api.sandbox import processes
from ledger.errors import Erased
from tests.api.serving import site
from tests.command.builders import Command


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A ledger with two open consultations."""
    with site(tmp_path) as made:
        hospital = made.of_role("hospital")
        for visit in ("VISIT-1", "VISIT-2"):
            answer = made.post("/v1/statements", made.opening(hospital, visit=visit), hospital)
            (tmp_path / visit).write_text(answer.json()["id"])
    capsys.readouterr()
    return tmp_path / "ledger"


def id_of(folder: Path, visit: str) -> str:
    return (folder.parent / visit).read_text()


def opened(folder: Path, visit: str) -> Any:
    ledger, _ = open_ledger(folder)
    try:
        return ledger.disclosures(id_of(folder, visit))
    finally:
        ledger.close()


def test_without_a_yes_it_shows_what_would_go(rx: Command, folder: Path) -> None:
    told = rx.json("erase", "--folder", folder, id_of(folder, "VISIT-1"))
    assert (told["erased"], told["types"], len(told["entries"])) == (False, ["consultation.opened"], 1)
    assert opened(folder, "VISIT-1")["identity"]
    assert rx.code("erase", "--folder", folder, id_of(folder, "VISIT-1")) == 0
    assert "would erase" in rx.output and "15 years" in rx.output
    assert f"until {told['kept_until']}" in rx.output


def test_what_is_erased_is_gone_and_every_proof_still_holds(
    rx: Command, folder: Path, tmp_path: Path
) -> None:
    told = rx.json("erase", "--folder", folder, id_of(folder, "VISIT-1"), "--yes", "--reason", " 法院裁定 ")
    assert (told["erased"], told["reason"]) == (True, "法院裁定")
    with pytest.raises(Erased):
        opened(folder, "VISIT-1")
    assert opened(folder, "VISIT-2")["identity"]
    assert rx.json("export", "--folder", folder, tmp_path / "log")["size"] > 2
    trust = folder / "trust.json"
    done = processes.run("rx-verify", "log", str(tmp_path / "log"), "--trust", str(trust))
    assert done.returncode == 0, done.stdout + done.stderr
    assert rx.code("erase", "--folder", folder, id_of(folder, "VISIT-1"), "--yes") == 2
    assert "erased already" in rx.error


@pytest.mark.parametrize("name", ["", "ab", "AB" * 32, "zz" * 32])
def test_what_is_no_id_is_told(rx: Command, folder: Path, name: str) -> None:
    assert rx.code("erase", "--folder", folder, name) == 2
    assert "64 lower-case hex digits" in rx.error


def test_of_what_is_not_in_the_ledger_nothing_goes(rx: Command, folder: Path) -> None:
    assert rx.code("erase", "--folder", folder, "0" * 64, "--yes") == 2
    assert opened(folder, "VISIT-1") and opened(folder, "VISIT-2")


# -- the years of the law --------------------------------------------------------------------------------


def test_a_record_of_online_care_went_within_its_years_and_nobody_was_asked_why(
    rx: Command, folder: Path
) -> None:
    for reason in ([], ["--reason", " "]):
        assert rx.code("erase", "--folder", folder, id_of(folder, "VISIT-1"), "--yes", *reason) == 2
        assert "the law wants this kept until 2041-" in rx.error and "(R9)" in rx.error
        assert "--reason TEXT" in rx.error
    assert opened(folder, "VISIT-1")


def test_who_reads_chinese_is_told_why_it_stays(
    rx: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert rx.code("erase", "--folder", folder, id_of(folder, "VISIT-1"), "--yes") == 2
    assert "依法须保存至 2041-" in rx.error and "互联网诊疗记录，15年（R9）" in rx.error
    assert "用 --reason 说明提前删除的理由" in rx.error
    assert rx.code("erase", "--folder", folder, id_of(folder, "VISIT-1")) == 0
    assert "依法须保存至 2041-" in rx.output


@pytest.mark.parametrize(("days", "code"), [(0, 2), (1, 0)])
def test_after_the_last_day_it_goes_without_a_reason(
    rx: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, days: int, code: int
) -> None:
    told = rx.json("erase", "--folder", folder, id_of(folder, "VISIT-1"))
    day = date.fromisoformat(told["kept_until"]) + timedelta(days)
    monkeypatch.setattr(retention, "today", lambda _: day.isoformat())
    assert rx.code("erase", "--folder", folder, id_of(folder, "VISIT-1"), "--yes") == code
    assert ("erased:" in rx.output, "reason" in rx.output) == (code == 0, False)


def test_the_reason_is_printed_with_what_was_erased(rx: Command, folder: Path) -> None:
    words = ("--yes", "--reason", "court order 12")
    assert rx.code("erase", "--folder", folder, id_of(folder, "VISIT-1"), *words) == 0
    assert rx.output.rstrip().endswith("reason: court order 12")


def test_of_a_doctors_name_the_law_names_no_years(rx: Command, folder: Path) -> None:
    """The registry is no record of care: who wants to be forgotten is."""
    ledger, _ = open_ledger(folder)
    entries = (json.loads(ledger.entry(index)) for index in range(ledger.size))
    told = (statement_of(entry) for entry in entries if "statement" in entry)
    person = next(id_ for id_, payload in told if payload["type"] == "registry.person")
    ledger.close()
    assert rx.code("erase", "--folder", folder, person) == 0
    assert "no row of the law" in rx.output
    assert rx.json("erase", "--folder", folder, person, "--yes")["kept_until"] is None
