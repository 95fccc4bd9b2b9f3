"""A witness answers 409 and names no size: the older form of "another root for the same size", or a fault."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from api.witnesses import cosigning
from api.witnesses.client import Reply
from api.witnesses.continuation import NotContinued, require_continued
from api.witnesses.cosigning import Cosigner
from api.witnesses.policy import WitnessPolicy, quorum_of
from tests.cosigning.witnesses import GrowingLog, WitnessDouble, deliver

SIZE = "text/x.tlog.size"
NO_SIZE = Reply(409, b"", "")


def grown(size: int) -> GrowingLog:
    log = GrowingLog()
    log.grow_to(size)
    return log


def quorum(double: WitnessDouble) -> WitnessPolicy:
    return quorum_of(GrowingLog().key, [double.witness], 1)


class Knowing(WitnessDouble):
    """Names its `size`, unless it is asked from there: then it answers `reply`."""

    def __init__(self, size: int, reply: Reply) -> None:
        super().__init__("w", 7, self._decide)
        self._size, self._reply = size, reply

    def _decide(self, body: bytes) -> Reply:
        old = int(body.split(b"\n")[0].removeprefix(b"old "))
        return self._reply if old == self._size else Reply(409, b"%d\n" % self._size, SIZE)


@pytest.mark.parametrize("reply", [NO_SIZE, Reply(409, b"conflict", "text/plain"), Reply(409, b"5\n", SIZE)])
def test_other_entries_of_the_same_number_are_not_served_without_a_size_in_the_answer(reply: Reply) -> None:
    double = Knowing(5, reply)
    with pytest.raises(NotContinued, match="w has cosigned 5 other entries, this log has published 5"):
        require_continued(quorum(double), grown(5), send=deliver(double))


@pytest.mark.parametrize("reply", [NO_SIZE, Reply(409, b"5\n", SIZE), Reply(422, b"another root")])
def test_other_entries_of_the_same_number_are_critical_while_the_log_is_served(reply: Reply) -> None:
    double = Knowing(5, reply)
    cosigner = Cosigner(quorum(double), grown(5), send=deliver(double))
    with capture_logs() as events:
        assert "does not continue its size 5" in cosigner.collect().faults["w"]
    assert [(one["log_level"], one["size"]) for one in events] == [("critical", 5)]
    assert cosigner.conflicts == {"w": True}


def test_a_size_that_was_named_late_is_gone_on_from() -> None:
    """The first answer named none; from 0 the witness must name its own, and what it knows is then asked."""
    replies = [NO_SIZE, Reply(409, b"3\n", SIZE), Reply(200, b"")]
    double = WitnessDouble("w", 7, lambda _: replies[len(double.requests) - 1])
    with capture_logs() as events:
        require_continued(quorum(double), grown(5), send=deliver(double))
    assert [one.split(b"\n")[0] for one in double.requests] == [b"old 5", b"old 0", b"old 3"]
    assert events == []


@pytest.mark.parametrize(
    ("last", "known"),
    [
        ([Reply(409, b"6\n", SIZE)], "6 entries"),
        ([Reply(409, b"3\n", SIZE), Reply(422, b"fork")], "3 other entries"),
    ],
)
def test_what_a_witness_names_late_is_refused_as_if_named_at_once(last: list[Reply], known: str) -> None:
    replies = [NO_SIZE, *last]
    double = WitnessDouble("w", 7, lambda _: replies[len(double.requests) - 1])
    with pytest.raises(NotContinued, match=f"has cosigned {known}"):
        require_continued(quorum(double), grown(5), send=deliver(double))


@pytest.mark.parametrize(
    "from_0", [NO_SIZE, Reply(409, b"many", SIZE), Reply(409, b"900", "text/plain"), Reply(422, b"no")]
)
def test_a_refusal_that_never_names_a_size_does_not_pass_in_silence(from_0: Reply) -> None:
    double = WitnessDouble("w", 7, lambda body: from_0 if body.startswith(b"old 0\n") else NO_SIZE)
    with capture_logs() as events:
        require_continued(quorum(double), grown(5), send=deliver(double))
    assert [(one["log_level"], one["event"], one["witness"]) for one in events] == [
        ("warning", "a witness refuses, and does not tell what it has cosigned", "w")
    ]


def test_a_refusal_without_a_size_below_ours_is_no_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cosigning, "BACKOFF_S_MAX", 0.0)
    double = Knowing(3, Reply(409, b"", "text/plain"))
    cosigner = Cosigner(quorum(double), grown(5), send=deliver(double))
    with capture_logs() as events:
        assert cosigner.collect().faults == {"w": "answered 409: "}
        require_continued(quorum(double), grown(5), send=deliver(double))
    assert [one["log_level"] for one in events] == ["warning"] and cosigner.conflicts == {"w": False}
