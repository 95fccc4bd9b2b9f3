"""`rx log-key`: a key beside the present one, a draft that admission takes, a trust file for readers."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from contracts.statements import log_key
from ledger.note import LogSigner, parse_checkpoint_text, parse_note, parse_verifier_key
from tests.command.builders import ORIGIN, Command
from verifier.trust import parse_trust


@pytest.fixture
def folder(rx: Command, tmp_path: Path) -> Path:
    rx.init(tmp_path / "ledger")
    return tmp_path / "ledger"


def made(rx: Command, folder: Path, *words: str) -> tuple[dict[str, str], dict[str, object]]:
    """What the command told, and the draft that it wrote."""
    draft, trust = folder.parent / "next.json", folder.parent / "next-trust.json"
    told = rx.json("log-key", "--folder", folder, "--draft", draft, "--trust", trust, *words)
    return told, json.loads(draft.read_bytes())


def test_the_next_key_lies_beside_the_present_one_and_proves_itself(rx: Command, folder: Path) -> None:
    before = (folder / "log.key").read_bytes()
    told, draft = made(rx, folder, "--overlap-until", "2026-04-01T00:00:00Z")
    assert (folder / "log.key").read_bytes() == before
    file = folder / told["file"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert LogSigner(ORIGIN, bytes.fromhex(file.read_text())).verifier_key.text == told["vkey"]
    assert draft["type"] == "governance.log_key"
    members = draft["members"]
    assert isinstance(members, dict) and members["overlap_until"] == "2026-04-01T00:00:00Z"
    assert members["log_vkey"] == told["vkey"]
    log_key.check(members["log_vkey"], ORIGIN, members["possession"])


def test_readers_get_both_keys_and_the_same_witnesses(rx: Command, tmp_path: Path) -> None:
    vkey = "witness.example/w1+0984af44+BK8dA+nxt/e2Qr8HU75TrYrLed/OAzw5mMyGXula4mr0"
    rx.init(tmp_path / "ledger", "--witness", f"w1={vkey}@http://127.0.0.1:1")
    told, _ = made(rx, tmp_path / "ledger", "--overlap-until", "2026-04-01T00:00:00Z")
    before = parse_trust((tmp_path / "ledger/trust.json").read_bytes())
    after = parse_trust(Path(told["trust"]).read_bytes())
    assert [key.text for key in after.log_keys] == [before.log_keys[0].text, told["vkey"]]
    assert [key.text for key in after.policy.logs] == [told["vkey"]]
    assert after.policy.witnesses == before.policy.witnesses and after.genesis == before.genesis


def test_readers_are_not_told_to_trust_a_stolen_key(rx: Command, folder: Path) -> None:
    """Whoever has it could sign receipts for them."""
    told, draft = made(rx, folder)
    trust = parse_trust(Path(told["trust"]).read_bytes())
    assert [key.text for key in trust.log_keys] == [told["vkey"]] == [key.text for key in trust.policy.logs]
    assert isinstance(draft["members"], dict) and "overlap_until" not in draft["members"]
    words = ("--draft", folder.parent / "b.json", "--trust", folder.parent / "b-trust.json")
    assert rx.code("log-key", "--folder", folder, *words) == 0 and "the next key alone" in rx.output


def test_a_trust_file_of_before_the_last_handover_is_not_handed_on(rx: Command, folder: Path) -> None:
    """It would lack the key between: readers could not check what that one signed alone."""
    checkpoint = folder / "log/checkpoint"
    tree = parse_checkpoint_text(parse_note(checkpoint.read_bytes()).text)
    checkpoint.write_bytes(LogSigner(ORIGIN, bytes([7]) * 32).sign(tree.size, tree.root))
    words = ("--draft", folder.parent / "a", "--trust", folder.parent / "b")
    assert rx.code("log-key", "--folder", folder, *words) == 2
    assert "does not list a key that signs the log now" in rx.error
    assert list(folder.glob("log.key.*")) == [] and sorted(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("missing", ["trust.json", "log/checkpoint"])
def test_no_key_is_made_whose_draft_or_trust_file_cannot_be(rx: Command, folder: Path, missing: str) -> None:
    words = ("--draft", folder / "nowhere/a", "--trust", folder.parent / "b")
    assert rx.code("log-key", "--folder", folder, *words) == 2 and "choose a writable folder" in rx.error
    (folder / missing).write_bytes(b"[]")
    words = ("--draft", folder.parent / "a", "--trust", folder.parent / "b")
    assert rx.code("log-key", "--folder", folder, *words) == 2
    (folder / missing).unlink()
    assert rx.code("log-key", "--folder", folder, *words) == 2 and "cannot be read" in rx.error
    assert list(folder.glob("log.key.*")) == [] and sorted(folder.parent.iterdir()) == [folder]


def test_a_file_that_is_no_key_is_named_and_nothing_is_deleted(rx: Command, folder: Path) -> None:
    (folder / "log.key.copy").write_text("nonsense")
    assert rx.code("log-key", "--folder", folder, "--retire") == 2
    assert "log.key.copy cannot be read" in rx.error and "nothing was deleted" in rx.error
    assert len(list(folder.glob("log.key*"))) == 2


def test_each_run_makes_another_key_and_replaces_nothing(rx: Command, folder: Path) -> None:
    first, _ = made(rx, folder)
    words = ("--draft", folder.parent / "b.json", "--trust", folder.parent / "b-trust.json")
    second = rx.json("log-key", "--folder", folder, *words)
    assert parse_verifier_key(first["vkey"]) != parse_verifier_key(second["vkey"])
    assert len(list(folder.glob("log.key.*"))) == 2
    assert rx.code("log-key", "--folder", folder, *words) == 2 and "exists already" in rx.error
    assert len(list(folder.glob("log.key.*"))) == 2, "no key without its draft"


def test_nothing_is_deleted_before_the_handover_is_on_the_ledger(rx: Command, folder: Path) -> None:
    made(rx, folder)
    assert rx.json("log-key", "--folder", folder, "--retire") == {"deleted": []}
    assert len(list(folder.glob("log.key*"))) == 2
    assert rx.code("log-key", "--folder", folder, "--retire") == 0 and "no key here is over" in rx.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--draft", "a"), "give --draft FILE and --trust FILE, or --retire"),
        (("--draft", "a", "--trust", "b", "--overlap-until", "tomorrow"), "no time of the form"),
        (("--draft", "a", "--trust", "b", "--overlap-until", "2026-04-01"), "no time of the form"),
    ],
)
def test_wrong_usage_makes_no_key(rx: Command, folder: Path, words: tuple[str, ...], said: str) -> None:
    assert rx.code("log-key", "--folder", folder, *words) == 2
    assert said in rx.error and list(folder.glob("log.key.*")) == []


def test_a_folder_without_a_ledger_gets_no_key(rx: Command, tmp_path: Path) -> None:
    words = ("--draft", tmp_path / "a", "--trust", tmp_path / "b")
    assert rx.code("log-key", "--folder", tmp_path, *words) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_seed_that_is_not_in_the_folder_is_named_in_chinese(
    rx: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "log.key").rename(folder / "kept")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert rx.code("export", "--folder", folder, folder.parent / "out") == 2
    assert "LOG_KEY_MISSING：log.key." in rx.error and "缺失" in rx.error
