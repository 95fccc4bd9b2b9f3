"""A case with a refused prescription as evidence, verified by an office that has only the package."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main
from contracts.facts import Json
from tests.api.serving import REGULATOR, site
from tests.catalogue.desk import DOCTOR, H1, PATIENT, Desk


@pytest.fixture(scope="module")
def referred(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The folder of an exported log with a case in it, and the case's id."""
    folder = tmp_path_factory.mktemp("referral")
    with site(folder) as made:
        desk = Desk(made)
        officers = [one.code for one in made.ring.officers()[:2]]
        refused = desk.post(desk.issue(members={"origin": {"authorship": "ai"}}), H1).json()
        assert refused["code"] == "ORIGIN_AI_GENERATED"
        members: dict[str, Json] = {
            "subject": DOCTOR,
            "rules": ["AUTHOR-5"],
            "evidence": [refused["id"]],
            "due": "2026-06-01T00:00:00Z",
            "reason": "核查",
        }
        case = desk.commit(desk.body("governance.case", REGULATOR, officers, members), REGULATOR)["id"]
        step: dict[str, Json] = {"case": case, "step": "notified", "reason": "送达"}
        desk.commit(desk.body("governance.case_step", REGULATOR, officers, step), REGULATOR)
        desk.commit(desk.body("governance.appeal", H1, [DOCTOR], {"case": case, "reason": "不服"}), H1)
        made.ledger.publish(force=True)
        made.ledger.export(folder / "log")
    yield folder, str(case)


def package(folder: Path, case: str, out: Path) -> dict[str, Any]:
    assert main(["referral", str(folder / "log"), "--case", case, "--out", str(out)]) == 0
    return dict(json.loads((out / "index.json").read_text("utf-8")))


def test_every_entry_of_the_package_verifies_offline(referred: tuple[Path, str], tmp_path: Path) -> None:
    folder, case = referred
    told = package(folder, case, tmp_path / "out")
    assert [one["part"] for one in told["entries"]] == ["evidence", "case", "step", "appeal"]
    assert told["entries"][0]["refused"] == ["ORIGIN_AI_GENERATED"]
    program = Path(sys.executable).with_name("rx-verify")
    for one in told["entries"]:
        receipt = tmp_path / "out/receipts" / f"{one['index']}.tlog-proof"
        entry = tmp_path / "out/entries" / f"{one['index']}.entry"
        words = [program, "receipt", receipt, "--entry", entry, "--trust", folder / "ledger/trust.json"]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and "VERIFIED" in done.stdout, done.stdout + done.stderr
    entry.write_bytes(entry.read_bytes().replace(b"time", b"tine", 1))
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 1


def test_the_package_names_no_patient(referred: tuple[Path, str], tmp_path: Path) -> None:
    package(*referred, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            assert PATIENT.encode() not in path.read_bytes()
    guide = (tmp_path / "out/README.txt").read_text("utf-8")
    assert "rx-verify receipt" in guide and "移送包" in guide


def test_what_is_missing_is_named(
    referred: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, case = referred
    assert main(["referral", str(folder / "log"), "--case", "0" * 64, "--out", str(tmp_path / "a")]) == 2
    assert "no case" in capsys.readouterr().err
    assert main(["referral", str(tmp_path), "--case", case, "--out", str(tmp_path / "b")]) == 2
    assert "rx export" in capsys.readouterr().err
    assert main(["referral", str(folder / "log"), "--case", case, "--out", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err
