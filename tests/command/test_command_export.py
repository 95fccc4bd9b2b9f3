"""`rx export` from a ledger's folder: what it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.command.output import CommandError
from api.command.receipt import cosigners
from api.command.service import open_ledger, policy_in
from tests.api.serving import site
from tests.command.builders import ORIGIN, Command
from tests.cosigning.witnesses import WitnessDouble
from verifier.command import main as verify


def test_an_export_holds_exactly_the_files_of_its_size(rx: Command, tmp_path: Path) -> None:
    folder, out = tmp_path / "ledger", tmp_path / "audit" / "log"
    rx.init(folder)
    facts = rx.json("export", "--folder", folder, out)
    assert facts == {"folder": str(out), "origin": ORIGIN, "size": 1}
    files = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert files == ["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"]
    assert rx.code("export", "--folder", folder, out) == 0
    assert rx.output.splitlines() == [
        f"1 entry of {ORIGIN} in {out}",
        f"verify them: rx-verify log {out} --trust {folder / 'trust.json'}",
    ]
    trust = rx.output.split()[-1]
    assert Path(trust).is_file(), "the command that it suggests can be run"


def test_a_folder_with_other_things_is_left_alone(rx: Command, tmp_path: Path) -> None:
    folder, out = tmp_path / "ledger", tmp_path / "out"
    rx.init(folder)
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    assert rx.code("export", "--folder", folder, out) == 1
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_a_ledger_in_use_is_not_opened_twice(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder)
    ledger, _ = open_ledger(folder)
    try:
        assert rx.code("export", "--folder", folder, tmp_path / "out") == 2
    finally:
        ledger.close()
    assert "DB_UNAVAILABLE" in rx.error


def test_no_ledger_is_named(rx: Command, tmp_path: Path) -> None:
    assert rx.code("export", "--folder", tmp_path, tmp_path / "out") == 2
    assert "rx init" in rx.error


def test_a_damaged_config_is_restored_and_no_new_ledger_is_founded(rx: Command, tmp_path: Path) -> None:
    """Of a ledger whose config.json was cut off it said that there is none, and to create one."""
    rx.init(tmp_path / "ledger")
    (tmp_path / "ledger" / "config.json").write_text("{")
    exported = ("export", "--folder", tmp_path / "ledger", tmp_path / "out")
    for words in (exported, ("checklist", "--folder", tmp_path / "ledger")):
        assert rx.code(*words) == 2
        assert "config.json cannot be read: restore it from its backup" in rx.error
        assert "rx init --folder" not in rx.error


def test_over_http_a_member_key_is_needed(rx: Command, tmp_path: Path) -> None:
    assert rx.code("export", "--url", "http://127.0.0.1:9", tmp_path / "out") == 2
    assert "--key" in rx.error
    words = ("export", "--url", "127.0.0.1:9", "--key", tmp_path / "H1.json", tmp_path / "out")
    assert rx.code(*words) == 2
    assert "no address" in rx.error


def test_a_trust_file_that_is_missing_leaves_no_export_behind(rx: Command, tmp_path: Path) -> None:
    """It was read last: the export stood there, the command failed, and the next found the folder full."""
    folder, out = tmp_path / "ledger", tmp_path / "out"
    rx.init(folder)
    assert rx.code("export", "--folder", folder, "--trust", tmp_path / "none.json", out) == 2
    assert "none.json" in rx.error and not out.exists()


WITNESSES = WitnessDouble("w1", 2), WitnessDouble("w2", 3)


def founded(rx: Command, folder: Path) -> Path:
    """A ledger that wants both witnesses."""
    rx.init(folder, *(f"--witness={one.witness.name}={one.key.text}" for one in WITNESSES), "--quorum=2")
    return folder


def cosign(folder: Path, size: int, *witnesses: WitnessDouble) -> None:
    ledger, _ = open_ledger(folder)
    try:
        note = ledger.published_checkpoint()
        ledger.add_cosignatures(size, [one.line(b"old 0\n\n" + note) for one in witnesses])
    finally:
        ledger.close()


def test_an_export_that_the_verifier_would_refuse_says_so_and_names_the_dead_witness(
    rx: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = founded(rx, tmp_path / "ledger")
    cosign(folder, 1, WITNESSES[0])
    assert rx.code("export", "--folder", folder, tmp_path / "out") == 0
    assert "rx-verify log will refuse this export: quorum not met, its checkpoint lacks w2." in rx.error
    assert verify(["log", str(tmp_path / "out"), "--trust", str(folder / "trust.json")]) == 1
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert rx.code("export", "--folder", folder, tmp_path / "out") == 0
    assert "检查点缺少 w2 的联署" in rx.error
    cosign(folder, 1, WITNESSES[1])
    assert rx.code("export", "--folder", folder, tmp_path / "again") == 0
    assert rx.error == ""
    assert verify(["log", str(tmp_path / "again"), "--trust", str(folder / "trust.json")]) == 0


def test_the_trust_file_of_another_log_is_named(rx: Command, tmp_path: Path) -> None:
    folder, other = founded(rx, tmp_path / "ledger"), founded(rx, tmp_path / "other")
    trust = other / "trust.json"
    trust.write_text(trust.read_text().replace(ORIGIN, "other.example/log"))
    assert rx.code("export", "--folder", folder, "--trust", trust, tmp_path / "out") == 2


def test_entries_that_an_export_leaves_out_are_counted(rx: Command, tmp_path: Path) -> None:
    with site(tmp_path) as made:
        size = made.ledger.size
        line = WITNESSES[0].line(b"old 0\n\n" + made.ledger.published_checkpoint())
        made.ledger.add_cosignatures(1, [line])
    assert rx.code("export", "--folder", tmp_path / "ledger", tmp_path / "out") == 0
    assert f"the {size - 1} newest entries are left out" in rx.error


def test_a_receipt_is_not_kept_by_the_trust_file_of_another_ledger(rx: Command, tmp_path: Path) -> None:
    """It was written, "cosigned by nobody but the log yet", and rx-verify refused it with that file later."""
    ledger, _ = open_ledger(founded(rx, tmp_path / "ledger"))
    receipt = b"c2sp.org/tlog-proof@v1\n\n" + ledger.published_checkpoint()
    ledger.close()
    assert cosigners(receipt, policy_in((tmp_path / "ledger" / "trust.json").read_bytes())) == []
    other = ("--folder", tmp_path / "other", "--origin", "another.test/log", "--profile", "sandbox")
    assert rx.code("init", *other) == 0
    with pytest.raises(CommandError, match=f"but {ORIGIN}"):
        cosigners(receipt, policy_in((tmp_path / "other" / "trust.json").read_bytes()))
