"""The log's key is handed over: which keys sign, across restarts, replays and a key that is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.clock import SandboxClock
from ledger.errors import BehindCheckpoint, LogKeyMissing
from ledger.folder import write_secret
from ledger.local import Ledger
from ledger.note import LogSigner, parse_note, verify_checkpoint
from tests.ledger.builders import ORIGIN, SEED, START_MS, facts, open_

HOUR_MS = 3_600_000
FIRST = LogSigner(ORIGIN, SEED).verifier_key


def signer_of(byte: int) -> LogSigner:
    return LogSigner(ORIGIN, bytes([byte]) * 32)


def make(folder: Path, byte: int) -> LogSigner:
    """A further key of the log, its seed in the ledger's folder."""
    signer = signer_of(byte)
    name = f"log.key.{signer.verifier_key.key_id.hex()}"
    write_secret(folder / name, (bytes([byte]) * 32).hex().encode())
    return signer


def signed_by(checkpoint: bytes) -> list[bytes]:
    """The ids of the keys under a checkpoint, which the tests of the note verify."""
    return [line.key_id for line in parse_note(checkpoint).signatures]


def hand_over(ledger: Ledger, signer: LogSigner, until_ms: int | None = None, name: str = "next") -> Any:
    named: dict[str, Any] = {"vkey": signer.verifier_key.text}
    if until_ms is not None:
        named["until"] = until_ms
    return ledger.submit(facts(name, next_key=named)).result(10)


def checkpoint_of(receipt: bytes | None) -> bytes:
    assert receipt is not None
    return receipt.partition(b"\n\n")[2]


def test_both_keys_sign_from_the_handover_to_the_end_of_the_overlap(folder: Path) -> None:
    clock = SandboxClock(START_MS)
    ledger = open_(folder, clock)
    old, new = FIRST, make(folder, 7).verifier_key
    before = ledger.submit(facts("before")).result(10)
    handed = hand_over(ledger, signer_of(7), START_MS + HOUR_MS)
    assert signed_by(checkpoint_of(before.receipt)) == [old.key_id]
    assert signed_by(checkpoint_of(handed.receipt)) == [old.key_id, new.key_id]
    for reader in ([old], [new], [old, new]):
        verify_checkpoint(checkpoint_of(handed.receipt), reader)
    clock.set(START_MS + HOUR_MS)
    last = ledger.submit(facts("at the end")).result(10)
    assert signed_by(checkpoint_of(last.receipt)) == [old.key_id, new.key_id]
    clock.set(START_MS + HOUR_MS + 1)
    after = ledger.submit(facts("after")).result(10)
    assert signed_by(checkpoint_of(after.receipt)) == [new.key_id]
    ledger.publish()
    assert signed_by(ledger.published_checkpoint()) == [new.key_id]
    ledger.close()


def test_a_stolen_key_signs_nothing_from_the_handover_on(folder: Path) -> None:
    ledger = open_(folder)
    handed = hand_over(ledger, make(folder, 7))
    assert signed_by(checkpoint_of(handed.receipt)) == [signer_of(7).verifier_key.key_id]
    ledger.close()


def test_a_handover_outlives_a_restart(folder: Path) -> None:
    ledger = open_(folder)
    hand_over(ledger, make(folder, 7), START_MS + HOUR_MS)
    ledger.publish()
    published = ledger.published_checkpoint()
    ledger.close()
    ledger = open_(folder)
    assert ledger.published_checkpoint() == published and len(signed_by(published)) == 2
    assert len(signed_by(checkpoint_of(ledger.submit(facts("later")).result(10).receipt))) == 2
    ledger.close()


def test_a_crash_before_the_publication_signs_with_both_keys_afterwards(folder: Path) -> None:
    ledger = open_(folder)
    hand_over(ledger, make(folder, 7), START_MS + HOUR_MS)
    ledger.close()  # nothing of it was published
    ledger = open_(folder)
    ledger.publish()
    assert len(signed_by(ledger.published_checkpoint())) == 2
    ledger.close()


def test_a_log_whose_next_key_is_not_here_is_not_handed_over(folder: Path) -> None:
    """It could never sign again."""
    ledger = open_(folder)
    size = ledger.size
    refused = hand_over(ledger, signer_of(7))
    assert (refused.outcome, refused.codes, refused.index) == ("refused", ("LOG_KEY_MISSING",), None)
    assert ledger.fault is None and ledger.size == size
    later = ledger.submit(facts("later")).result(10)
    assert later.index == size and signed_by(checkpoint_of(later.receipt)) == [FIRST.key_id]
    ledger.close()


def test_a_file_of_another_key_does_not_pass_for_the_next_one(folder: Path) -> None:
    ledger = open_(folder)
    name = f"log.key.{signer_of(7).verifier_key.key_id.hex()}"
    write_secret(folder / name, (b"\x08" * 32).hex().encode())
    assert hand_over(ledger, signer_of(7)).codes == ("LOG_KEY_MISSING",)
    ledger.close()


def test_a_ledger_without_the_key_that_has_to_sign_does_not_start(folder: Path) -> None:
    ledger = open_(folder)
    hand_over(ledger, make(folder, 7))
    ledger.close()
    next(folder.glob("log.key.*")).unlink()
    with pytest.raises(LogKeyMissing, match=r"log\.key\.[0-9a-f]{8}"):
        open_(folder)


def test_a_replay_of_before_the_handover_gives_the_first_receipt_while_its_key_is_kept(
    folder: Path
) -> None:
    clock = SandboxClock(START_MS)
    ledger = open_(folder, clock)
    first = ledger.submit(facts("a")).result(10)
    both = hand_over(ledger, make(folder, 7), START_MS + HOUR_MS)
    clock.set(START_MS + 2 * HOUR_MS)
    ledger.submit(facts("after")).result(10)
    ledger.publish()
    ledger.close()
    ledger = open_(folder, SandboxClock(START_MS + 2 * HOUR_MS))
    assert ledger.submit(facts("a")).result(10).receipt == first.receipt
    again = hand_over(ledger, signer_of(7), START_MS + HOUR_MS)
    assert again.outcome == "replayed" and again.receipt == both.receipt
    assert ledger.retire_log_keys() == ["log.key"]
    ledger.close()
    ledger = open_(folder, SandboxClock(START_MS + 2 * HOUR_MS))
    replay = ledger.submit(facts("a")).result(10)
    assert (replay.index, replay.leaf, replay.entry) == (first.index, first.leaf, first.entry)
    assert signed_by(checkpoint_of(replay.receipt)) == [signer_of(7).verifier_key.key_id]
    ledger.close()


def test_no_key_is_deleted_that_still_signs(folder: Path) -> None:
    ledger = open_(folder)
    make(folder, 7)
    assert ledger.retire_log_keys() == []  # made, not on the ledger yet
    hand_over(ledger, signer_of(7), START_MS + HOUR_MS)
    assert ledger.retire_log_keys() == []  # both sign
    assert len(list(folder.glob("log.key*"))) == 2
    ledger.close()


def test_a_third_key_follows_and_the_first_signs_no_more(folder: Path) -> None:
    clock = SandboxClock(START_MS)
    ledger = open_(folder, clock)
    hand_over(ledger, make(folder, 7), START_MS + HOUR_MS)
    clock.set(START_MS + 2 * HOUR_MS)
    third = make(folder, 8)
    handed = hand_over(ledger, third, START_MS + 3 * HOUR_MS, "again")
    expected = [signer_of(7).verifier_key.key_id, third.verifier_key.key_id]
    assert signed_by(checkpoint_of(handed.receipt)) == expected
    assert ledger.retire_log_keys() == ["log.key"]
    ledger.close()


def test_a_key_stolen_during_an_overlap_signs_nothing_more(folder: Path) -> None:
    ledger = open_(folder)
    hand_over(ledger, make(folder, 7), START_MS + HOUR_MS)
    third = make(folder, 8)
    handed = hand_over(ledger, third, name="again")
    assert signed_by(checkpoint_of(handed.receipt)) == [third.verifier_key.key_id]
    assert len(ledger.retire_log_keys()) == 2
    ledger.close()


def test_a_published_checkpoint_of_a_strange_key_is_not_continued(folder: Path) -> None:
    ledger = open_(folder)
    hand_over(ledger, make(folder, 7))
    ledger.publish()
    size, root = ledger.size, ledger._parts.log.tree.root(ledger.size)
    ledger.close()
    (folder / "log/checkpoint").write_bytes(signer_of(9).sign(size, root))
    with pytest.raises(BehindCheckpoint):
        open_(folder)


def test_an_entry_of_the_same_group_is_signed_by_both(folder: Path) -> None:
    ledger = open_(folder)
    named = {"vkey": make(folder, 7).verifier_key.text, "until": START_MS + HOUR_MS}
    batch = [(facts("before"), ()), (facts("next", next_key=named), ()), (facts("after"), ())]
    receipts = [future.result(10).receipt for future in ledger.submit_batch(batch)]
    assert {len(signed_by(checkpoint_of(one))) for one in receipts} == {2}
    assert json.loads(ledger.entry(2))["statement"] == {"payload": "next"}
    ledger.close()
