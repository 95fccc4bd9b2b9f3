"""The operator's checklist: each item has a case in which it holds and one in which it does not."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from api.command import checklist
from api.witness_policy import COSIGNATURE_V1, NoteKey
from tests.command.builders import Command


@pytest.fixture
def ledger(rx: Command, tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    keys = (NoteKey(f"{name}.example", COSIGNATURE_V1, os.urandom(32)) for name in ("w1", "w2"))
    rx.init(folder, *(f"--witness={key.name[:2]}={key.text}" for key in keys))
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"sandbox"', '"production"'))
    shutil.rmtree(folder / "keys")
    return folder


def states(folder: Path) -> dict[str, str]:
    return {one.id: one.state for one in checklist.checked(folder)}


def test_a_ledger_in_order_fails_nothing(ledger: Path) -> None:
    found = states(ledger)
    assert "fail" not in found.values()
    assert list(found.values()).count("ask") == 7


@pytest.mark.parametrize("name", ["log.key", "tag-keys.json", "vault.db", "keys.db", "ledger.db"])
def test_a_secret_that_others_read_fails(ledger: Path, name: str) -> None:
    (ledger / name).chmod(0o640)
    assert states(ledger)["secrets"] == "fail"


def test_a_sandbox_is_no_ledger_of_real_prescriptions(rx: Command, tmp_path: Path) -> None:
    rx.init(tmp_path / "sandbox")
    found = states(tmp_path / "sandbox")
    assert (found["profile"], found["officers"], found["witnesses"]) == ("fail", "ok", "fail")


def test_an_officers_key_beside_a_production_ledger_fails(ledger: Path) -> None:
    (ledger / "keys").mkdir()
    (ledger / "keys" / "G990000000001.json").write_text("{}")
    assert states(ledger)["officers"] == "fail"


def test_an_old_or_foreign_checkpoint_fails(ledger: Path) -> None:
    path = ledger / "log" / "checkpoint"
    week_ago = time.time() - checklist.CHECKPOINT_AGE_S_MAX
    os.utime(path, (week_ago + 60, week_ago + 60))
    assert states(ledger)["checkpoint"] == "ok"
    os.utime(path, (week_ago - 60, week_ago - 60))
    assert states(ledger)["checkpoint"] == "fail"
    path.write_bytes(path.read_bytes().replace(b"\n1\n", b"\n2\n"))
    assert states(ledger)["checkpoint"] == "fail"


def test_a_full_disk_fails(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checklist, "FREE_BYTES_MIN", 2**60)
    assert states(ledger)["disk"] == "fail"


def test_a_trust_file_that_is_none_fails(ledger: Path) -> None:
    (ledger / "trust.json").write_text("{}")
    assert states(ledger)["witnesses"] == "fail"


def test_the_command_says_it_in_both_languages(
    rx: Command, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rx.code("checklist", "--folder", ledger) == 0
    assert "ask  backup" in rx.output
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    (ledger / "log.key").chmod(0o644)
    assert rx.code("checklist", "--folder", ledger) == 1
    assert "仅属主可读" in rx.output and "log.key" in rx.output
    assert rx.code("checklist", "--folder", ledger / "log") == 2
