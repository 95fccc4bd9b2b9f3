"""Rounds of cosigning: whom it asks, what it keeps, and what a lying or silent witness can do."""

from __future__ import annotations

import errno
import threading
import time

import pytest

from api.witnesses.client import Reply
from api.witnesses.cosigning import Cosigner, CosigningError, parse_published, verified_line
from api.witnesses.policy import quorum_of
from tests.cosigning.witnesses import GrowingLog, WitnessDouble, deliver

SIZE_TYPE = "text/x.tlog.size"


def build(*doubles: WitnessDouble, needed: int, timeout_s: float = 5.0) -> tuple[GrowingLog, Cosigner]:
    log = GrowingLog()
    log.grow_to(5)
    policy = quorum_of(log.key, [one.witness for one in doubles], needed)
    return log, Cosigner(policy, log, timeout_s, deliver(*doubles))


def test_lines_of_all_witnesses_are_kept_with_the_checkpoint() -> None:
    doubles = WitnessDouble("a", 2), WitnessDouble("b", 3)
    log, cosigner = build(*doubles, needed=2)
    collected = cosigner.collect()
    assert collected.is_met
    assert collected.cosigned_by == ("a", "b")
    assert sorted(line for _, lines in log.added for line in lines) == sorted(
        one.line(one.requests[0]).rstrip("\n") for one in doubles
    )


def test_first_request_has_no_proof_and_the_next_one_starts_from_the_cosigned_size() -> None:
    double = WitnessDouble("a", 2)
    log, cosigner = build(double, needed=1)
    cosigner.collect()
    log.grow_to(9)
    cosigner.collect()
    assert double.requests[0].startswith(b"old 0\n\n" + b"ledger.example/rx-2026\n5\n")
    first, rest = double.requests[1].split(b"\n\n", 1)
    assert first.startswith(b"old 5\n")
    assert first.count(b"\n") == len(log.consistency_proof(5, 9))
    assert rest.startswith(b"ledger.example/rx-2026\n9\n")


def test_a_cosigned_checkpoint_is_not_sent_again() -> None:
    double = WitnessDouble("a", 2)
    _, cosigner = build(double, needed=1)
    cosigner.collect()
    cosigner.collect()
    assert len(double.requests) == 1


def test_after_a_restart_the_cosignatures_of_the_checkpoint_are_known() -> None:
    double = WitnessDouble("a", 2)
    log, cosigner = build(double, needed=1)
    cosigner.collect()
    policy = quorum_of(log.key, [double.witness], 1)
    again = Cosigner(policy, log, send=deliver(double)).collect()
    assert again.is_met
    assert len(double.requests) == 1
    assert len(log.added) == 1


class _FullLog(GrowingLog):
    """A log whose disk is full until somebody makes room."""

    full = True

    def add_cosignatures(self, size: int, lines: list[str]) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "no room")
        super().add_cosignatures(size, lines)


def test_cosignatures_that_found_no_room_are_kept_once_there_is_some() -> None:
    """The disk was full for a moment: a quiet log lacked its quorum until the next checkpoint."""
    double, log = WitnessDouble("a", 2), _FullLog()
    log.grow_to(5)
    cosigner = Cosigner(quorum_of(log.key, [double.witness], 1), log, send=deliver(double))
    fault = {"a": "cosignatures of size 5 not kept: OSError"}
    assert [cosigner.collect().faults for _ in range(2)] == [fault, fault]
    log.full = False
    assert cosigner.collect().faults == {}
    assert [size for size, _ in log.added] == [5] and len(double.requests) == 1


def test_nothing_is_kept_below_the_quorum_and_everything_once_it_is_met() -> None:
    silent = WitnessDouble("b", 3, lambda body: Reply(0, b"refused"))
    honest = WitnessDouble("a", 2)
    log, cosigner = build(honest, silent, needed=2)
    collected = cosigner.collect()
    assert not collected.is_met
    assert log.added == []
    assert "answered 0" in collected.faults["b"]
    silent.answer = None
    time.sleep(1.1)  # the pause after a first failure is one second
    assert cosigner.collect().is_met
    assert [len(lines) for _, lines in log.added] == [2]


def test_a_failed_witness_is_left_alone_for_a_while() -> None:
    double = WitnessDouble("a", 2, lambda body: Reply(500, b"internal"))
    _, cosigner = build(double, needed=1)
    cosigner.collect()
    cosigner.collect()
    assert len(double.requests) == 1


def test_409_makes_it_ask_again_from_the_size_that_the_witness_names() -> None:
    double = WitnessDouble("a", 2)

    def conflict(body: bytes) -> Reply:
        if body.startswith(b"old 3\n"):
            return Reply(200, double.line(body).encode())
        return Reply(409, b"3\n", SIZE_TYPE)

    double.answer = conflict
    log, cosigner = build(double, needed=1)
    assert cosigner.collect().is_met
    assert double.requests[1].split(b"\n\n")[0].count(b"\n") == len(log.consistency_proof(3, 5))


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(409, b"9\n", SIZE_TYPE), "has cosigned size 9, we publish 5"),
        (Reply(409, b"03\n", SIZE_TYPE), "answered 409: 03"),
        (Reply(409, b"-1\n", SIZE_TYPE), "answered 409: -1"),
        (Reply(409, b"4\n", "text/plain"), "answered 409"),
        (Reply(422, b"bad proof"), "answered 422: bad proof"),
        (Reply(403, b"unknown\x1b[31m key"), "answered 403: unknown[31m key"),
        (Reply(200, b""), "without exactly one cosignature"),
        (Reply(200, b"\xff\xfe"), "something other than text"),
    ],
)
def test_an_answer_that_is_no_cosignature_is_a_fault(reply: Reply, fault: str) -> None:
    double = WitnessDouble("a", 2, lambda body: reply)
    log, cosigner = build(double, needed=1)
    collected = cosigner.collect()
    assert fault in collected.faults["a"]
    assert log.added == []


def test_a_witness_that_names_another_size_each_time_is_asked_three_times() -> None:
    double = WitnessDouble("a", 2)
    double.answer = lambda body: Reply(409, f"{len(double.requests)}\n".encode(), SIZE_TYPE)
    _, cosigner = build(double, needed=1)
    assert "another size each time" in cosigner.collect().faults["a"]
    assert len(double.requests) == 3


def test_a_silent_witness_delays_a_round_by_the_time_out_only_and_counts_when_it_answers() -> None:
    release = threading.Event()
    slow = WitnessDouble("b", 3)

    def late(body: bytes) -> Reply:
        release.wait(10)
        return Reply(200, slow.line(body).encode())

    slow.answer = late
    log, cosigner = build(WitnessDouble("a", 2), slow, needed=1, timeout_s=0.2)
    started = time.monotonic()
    assert cosigner.collect().cosigned_by == ("a",)
    assert time.monotonic() - started < 2
    release.set()
    for _ in range(200):
        if len(log.added) == 2:
            break
        time.sleep(0.01)
    assert [len(lines) for _, lines in log.added] == [1, 1]
    assert len(slow.requests) == 1


def _own_line(flip: int) -> tuple[WitnessDouble, bytes, bytes]:
    double = WitnessDouble("a", 2)
    log = GrowingLog()
    log.grow_to(5)
    published = parse_published(log.published_checkpoint(), log.key)
    line = bytearray(double.line(b"old 0\n\n" + published.note).encode())
    if flip:
        line[flip] ^= 1
    return double, bytes(line), published.text


def test_every_changed_byte_of_a_cosignature_line_is_refused() -> None:
    double, line, text = _own_line(0)
    assert verified_line(line, double.key, text) == line.decode().rstrip("\n")
    for position in range(1, len(line) - 1):
        changed = bytearray(line)
        changed[position] ^= 1
        with pytest.raises(CosigningError):
            verified_line(bytes(changed), double.key, text)


def test_two_lines_of_one_key_are_refused_and_lines_of_others_left_out() -> None:
    double, line, text = _own_line(0)
    other = WitnessDouble("b", 3).line(b"old 0\n\n" + text + b"\nx")
    assert verified_line(other.encode() + line, double.key, text) == line.decode().rstrip("\n")
    with pytest.raises(CosigningError, match="exactly one"):
        verified_line(line + line, double.key, text)


def test_a_cosignature_over_another_tree_is_refused() -> None:
    double, line, _ = _own_line(0)
    fork = GrowingLog(entry="forged")
    fork.grow_to(5)
    text = parse_published(fork.published_checkpoint(), fork.key).text
    with pytest.raises(CosigningError, match="does not hold"):
        verified_line(line, double.key, text)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"no checkpoint\n",
        b"other.example/log\n5\nAAAA\n\n\xe2\x80\x94 other.example/log AAAA\n",
        b"ledger.example/rx-2026\n05\nAAAA\n\n\xe2\x80\x94 ledger.example/rx-2026 AAAA\n",
        b"ledger.example/rx-2026\n5\nAAAA\n\n\xe2\x80\x94 somebody.example/w AAAA\n",
        b"ledger.example/rx-2026\n5\nAAAA\nextension\n\n\xe2\x80\x94 ledger.example/rx-2026 AAAA\n",
    ],
)
def test_only_a_checkpoint_of_the_policys_log_is_sent(note: bytes) -> None:
    with pytest.raises(CosigningError):
        parse_published(note, GrowingLog().key)
