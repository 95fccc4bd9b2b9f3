"""A log that was handed over: exactly the keys that it names sign, for readers of the old and the new key."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.builder import ORIGIN, LogBuilder, NoteSigner
from tests.verifier.checking import check_folder, refused_at
from verifier.base64url import encode
from verifier.errors import AUTHORITY, CHECKPOINT, TREE
from verifier.receipt_check import check_receipt
from verifier.report import Report
from verifier.trust import parse_trust

OLD, NEW, THIRD = (NoteSigner(ORIGIN, seed, 1) for seed in (1, 7, 8))
HOUR_MS = 3_600_000


class HandedOver(LogBuilder):
    """A log whose checkpoint `signers` sign."""

    signers: tuple[NoteSigner, ...] = (OLD,)

    def checkpoint(self, size: int | None = None, root: bytes | None = None) -> bytes:
        text = super().checkpoint(size, root).partition(b"\n\n")[0] + b"\n"
        return text + b"\n" + b"".join(signer.line(text) for signer in (*self.signers, *self.witnesses))

    def hand_over(self, key: NoteSigner, until_ms: int | None = None, **changed: Any) -> None:
        holder = changed.pop("holder", key)
        message = f"rx-log-key/v1\0{ORIGIN}\0{key.vkey}".encode()
        members = {"log_vkey": key.vkey, "possession": encode(holder.key.sign(message))}
        if until_ms is not None:
            members["overlap_until"] = datetime.fromtimestamp(until_ms / 1000, UTC).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            )
        self.add("governance.log_key", {**members, **changed}, self.officers)


@pytest.fixture
def builder() -> HandedOver:
    made = HandedOver()
    made.genesis()
    return made


def read(builder: HandedOver, folder: Path, *pinned: NoteSigner, known: tuple[Path, ...] = ()) -> Report:
    vkeys = [key.vkey for key in pinned]
    trust = builder.trust(log_keys=vkeys, policy=trust_policy(builder, vkeys[0]))
    return check_folder(builder.write(folder / "log"), trust, known=known)


def trust_policy(builder: HandedOver, vkey: str) -> str:
    names = "".join(f"witness w{at} {one.vkey}\n" for at, one in enumerate(builder.witnesses, 1))
    return f"log {vkey}\n{names}group all 2 w1 w2\nquorum all\n"


@pytest.mark.parametrize("pinned", [(OLD,), (NEW,), (OLD, NEW)], ids=["old", "new", "both"])
def test_while_both_sign_a_reader_of_either_key_is_served(
    builder: HandedOver, tmp_path: Path, pinned: tuple[NoteSigner, ...]
) -> None:
    builder.hand_over(NEW, builder.time + HOUR_MS)
    builder.organisation("HOS", "hospital")
    builder.signers = (OLD, NEW)
    assert read(builder, tmp_path, *pinned).exit_code == 0


def test_after_the_overlap_the_new_key_alone_signs(builder: HandedOver, tmp_path: Path) -> None:
    builder.hand_over(NEW, builder.time + HOUR_MS)
    builder.time += 2 * HOUR_MS
    builder.organisation("HOS", "hospital")
    builder.signers = (NEW,)
    assert read(builder, tmp_path, NEW).exit_code == 0
    assert read(builder, tmp_path, OLD, NEW).exit_code == 0
    assert refused_at(read(builder, tmp_path, OLD), None, CHECKPOINT)  # its trust file is out of date


@pytest.mark.parametrize(
    "signers",
    [(OLD,), (OLD, NEW), (OLD, THIRD), (NEW, THIRD), (NEW, NEW)],
    ids=["old", "old and new", "old and third", "new and third", "new twice"],
)
def test_a_key_given_up_or_never_named_signs_nothing(
    builder: HandedOver, tmp_path: Path, signers: tuple[NoteSigner, ...]
) -> None:
    """Whoever stole the key that was given up could go on with it."""
    builder.hand_over(NEW)
    builder.signers = signers
    assert read(builder, tmp_path, OLD, NEW).exit_code == 1
    assert read(builder, tmp_path, OLD, NEW, THIRD).exit_code == 1


@pytest.mark.parametrize("signers", [(OLD,), (NEW,)], ids=["old", "new"])
def test_during_the_overlap_both_must_sign(
    builder: HandedOver, tmp_path: Path, signers: tuple[NoteSigner, ...]
) -> None:
    builder.hand_over(NEW, builder.time + HOUR_MS)
    builder.signers = signers
    assert refused_at(read(builder, tmp_path, OLD, NEW), None, CHECKPOINT)


def test_no_changed_byte_of_a_line_that_the_trust_file_does_not_pin_is_accepted(
    builder: HandedOver, tmp_path: Path
) -> None:
    builder.hand_over(NEW, builder.time + HOUR_MS)
    builder.signers = (OLD, NEW)
    assert read(builder, tmp_path, OLD).exit_code == 0
    file = tmp_path / "log/checkpoint"
    data = file.read_bytes()
    trust = builder.trust(log_keys=[OLD.vkey])
    for at in range(len(data)):
        file.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        assert check_folder(tmp_path / "log", trust).exit_code == 1, at


def test_the_overlap_counts_to_its_last_millisecond(builder: HandedOver, tmp_path: Path) -> None:
    until = builder.time + HOUR_MS
    builder.hand_over(NEW, until)
    builder.time = until - 1000
    builder.organisation("HOS", "hospital")
    builder.signers = (OLD, NEW)
    assert read(builder, tmp_path, OLD).exit_code == 0
    builder.time = until - 999
    builder.organisation("PHA", "pharmacy")
    assert refused_at(read(builder, tmp_path / "later", OLD), None, CHECKPOINT)
    builder.signers = (NEW,)
    assert read(builder, tmp_path / "later", NEW).exit_code == 0


NOT_PROVED = "nobody proved to hold the log's next key"
NOT_ITS_OWN = "the log's key is not an Ed25519 key in the log's name"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"holder": THIRD}, NOT_PROVED),
        ({"possession": encode(bytes(64))}, NOT_PROVED),
        ({"possession": "A"}, "base64url is malformed"),
        ({"log_vkey": "nonsense"}, "a verifier key is malformed"),
        ({"log_vkey": NoteSigner("other.example/log", 7, 1).vkey}, NOT_ITS_OWN),
        ({"log_vkey": NoteSigner(ORIGIN, 7, 4).vkey}, NOT_ITS_OWN),
        ({"log_vkey": OLD.vkey}, "the log's key was named before, or its handover runs still"),
    ],
    ids=["held by another", "no proof", "half a proof", "no key", "another name", "a witness's", "the same"],
)
def test_a_key_that_nobody_holds_or_that_is_not_new_is_named_at_its_entry(
    builder: HandedOver, tmp_path: Path, fault: dict[str, Any], reason: str
) -> None:
    builder.hand_over(NEW, **fault)
    builder.signers = (OLD, NEW)
    report = read(builder, tmp_path, OLD, NEW)
    assert (report.exit_code, report.index, report.message) == (1, 1, reason)


def test_a_handover_during_another_is_refused(builder: HandedOver, tmp_path: Path) -> None:
    builder.hand_over(NEW, builder.time + HOUR_MS)
    builder.hand_over(THIRD, builder.time + 2 * HOUR_MS)
    builder.signers = (NEW, THIRD)
    assert refused_at(read(builder, tmp_path, NEW, THIRD), 2, AUTHORITY)


def test_a_key_stolen_during_an_overlap_is_given_up_at_once(builder: HandedOver, tmp_path: Path) -> None:
    builder.hand_over(NEW, builder.time + HOUR_MS)
    builder.hand_over(THIRD)
    builder.signers = (THIRD,)
    assert read(builder, tmp_path, THIRD).exit_code == 0
    for signers in ((OLD, NEW), (NEW, THIRD), (OLD, NEW, THIRD)):
        builder.signers = signers
        assert read(builder, tmp_path, OLD, NEW, THIRD).exit_code == 1


def test_a_key_that_genesis_does_not_name_signs_nothing(builder: HandedOver, tmp_path: Path) -> None:
    builder.signers = (NEW,)
    assert refused_at(read(builder, tmp_path, NEW), None, CHECKPOINT)
    builder.signers = (OLD, NEW)
    assert refused_at(read(builder, tmp_path, OLD, NEW), None, CHECKPOINT)


def test_one_officer_hands_nothing_over(builder: HandedOver, tmp_path: Path) -> None:
    builder.officers = builder.officers[:1]
    builder.hand_over(NEW)
    builder.signers = (NEW,)
    assert refused_at(read(builder, tmp_path, NEW), 1, AUTHORITY)


def test_a_receipt_serves_readers_of_either_key(builder: HandedOver) -> None:
    builder.hand_over(NEW, builder.time + HOUR_MS)
    builder.signers = (OLD, NEW)
    for pinned in (OLD, NEW):
        trust = parse_trust(builder.trust(log_keys=[pinned.vkey], policy=trust_policy(builder, pinned.vkey)))
        report = check_receipt(builder.proof(1), trust, builder.entries[1], {})
        assert report.exit_code == 0, report.message
        assert any(text.startswith("1 signature lines") for text in report.not_checked)


def test_a_receipt_of_a_stolen_old_key_convinces_nobody_who_dropped_it(builder: HandedOver) -> None:
    builder.hand_over(NEW)
    builder.signers = (OLD,)
    trust = parse_trust(builder.trust(log_keys=[NEW.vkey], policy=trust_policy(builder, NEW.vkey)))
    assert check_receipt(builder.proof(1), trust, None, {}).exit_code == 1


def test_a_kept_checkpoint_of_a_key_that_was_given_up_is_no_false_alarm(
    builder: HandedOver, tmp_path: Path
) -> None:
    """A reader told to list a stolen key no more keeps what it signed before: that still binds the log."""
    kept = tmp_path / "kept"
    kept.write_bytes(builder.checkpoint())
    builder.hand_over(NEW)
    builder.signers = (NEW,)
    report = read(builder, tmp_path, NEW, known=(kept,))
    assert report.exit_code == 0 and report.levels["consistent"].startswith("with 1 checkpoint")
    assert read(builder, tmp_path, OLD, NEW, known=(kept,)).exit_code == 0


def test_whoever_stole_the_key_accuses_the_log_of_nothing(builder: HandedOver, tmp_path: Path) -> None:
    """With a reader who lists the stolen key no more; one who does is told of two histories."""
    builder.hand_over(NEW)
    forged = tmp_path / "forged"
    for size in (1, 9):
        builder.signers = (OLD,)
        forged.write_bytes(builder.checkpoint(size, root=bytes(32)))
        builder.signers = (NEW,)
        report = read(builder, tmp_path, NEW, known=(forged,))
        assert refused_at(report, None, CHECKPOINT) and "of a kept checkpoint: no log key" in report.message
        assert refused_at(read(builder, tmp_path, OLD, NEW, known=(forged,)), None, TREE)


def test_a_kept_checkpoint_of_another_log_is_told(builder: HandedOver, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(builder.checkpoint().replace(f"{ORIGIN}\n".encode(), b"other.example/log\n", 1))
    report = read(builder, tmp_path, OLD, known=(other,))
    assert refused_at(report, None, CHECKPOINT) and "another log" in report.message


def test_a_damaged_file_of_the_reader_is_not_called_the_logs(builder: HandedOver, tmp_path: Path) -> None:
    """A kept checkpoint that cannot be read was told of in the words for the log's own."""
    kept = tmp_path / "kept"
    for data in (b"junk", b"", builder.proof(0)[:-9], b"c2sp.org/tlog-proof@v1\n"):
        kept.write_bytes(data)
        report = read(builder, tmp_path, OLD, known=(kept,))
        assert refused_at(report, None, CHECKPOINT), data
        assert report.message.startswith("of a kept checkpoint: "), report.message
