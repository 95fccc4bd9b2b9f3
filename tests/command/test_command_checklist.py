"""The operator's checklist: each item has a case in which it holds and one in which it does not."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from api.command import checklist
from api.command.service import policy_of
from api.witnesses.cosigning import parse_published
from ledger.note import with_signature_lines
from tests.command.builders import Command
from tests.cosigning.witnesses import WitnessDouble

WITNESSES = WitnessDouble("w1", 2), WitnessDouble("w2", 3)


def cosign(folder: Path, *witnesses: WitnessDouble) -> None:
    """Replace the cosignatures of the published checkpoint, as `rx serve` writes them."""
    path = folder / "log" / "checkpoint"
    note = parse_published(path.read_bytes(), policy_of(folder).log).note
    lines = [one.line(b"old 0\n\n" + note) for one in witnesses]
    path.write_bytes(with_signature_lines(note, lines))


@pytest.fixture
def ledger(rx: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(checklist, "COSIGNED_WITHIN_S", 0.5)
    folder = tmp_path / "ledger"
    rx.init(folder, *(f"--witness={one.witness.name}={one.key.text}" for one in WITNESSES))
    cosign(folder, *WITNESSES)
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


@pytest.mark.parametrize("name", ["ledger.db", "vault.db", "keys.db"])
def test_a_store_that_lost_a_file_fails(ledger: Path, name: str) -> None:
    (ledger / name).write_bytes(b"")
    [store] = [one for one in checklist.checked(ledger) if one.id == "store"]
    assert (store.state, store.found) == ("fail", name)


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


def test_a_dead_witness_fails(ledger: Path) -> None:
    cosign(ledger, WITNESSES[0])
    path = ledger / "log" / "checkpoint"
    os.utime(path, (time.time() - 60, time.time() - 60))
    found = {one.id: one for one in checklist.checked(ledger)}["cosigned"]
    assert (found.state, found.found) == ("fail", "+w1, -w2")


def test_a_checkpoint_of_this_moment_gets_the_time_to_be_cosigned(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cosign(ledger)
    monkeypatch.setattr("api.command.checklist.time.sleep", lambda _: cosign(ledger, *WITNESSES))
    assert states(ledger)["cosigned"] == "ok"


def test_a_checkpoint_that_nobody_cosigns_fails_in_the_end(ledger: Path) -> None:
    cosign(ledger)
    assert states(ledger)["cosigned"] == "fail"


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


def test_the_checklist_goes_out_as_data_with_every_item(rx: Command, ledger: Path) -> None:
    """S67: what the operator shows to an inspector, and what a machine reads every night."""
    told = rx.json("checklist", "--folder", ledger)["items"]
    items = {one.id: one for one in checklist.checked(ledger)}
    assert [one["id"] for one in told] == list(items)
    for one in told:
        assert one["state"] in ("ok", "ask") and one["en"] == items[one["id"]].en and one["zh"]
