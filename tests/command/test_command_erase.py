"""`rx erase`: it shows first, erases a whole consultation, and every proof still holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.command.service import open_ledger
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


def test_what_is_erased_is_gone_and_every_proof_still_holds(
    rx: Command, folder: Path, tmp_path: Path
) -> None:
    told = rx.json("erase", "--folder", folder, id_of(folder, "VISIT-1"), "--yes")
    assert told["erased"] is True
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
