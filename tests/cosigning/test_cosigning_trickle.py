"""A witness that trickles its answer, or never ends it, holds nobody beyond the one time-out it is given."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from api.witnesses import continuation, cosigning
from api.witnesses.client import Reply, post
from api.witnesses.continuation import require_continued
from api.witnesses.cosigning import Cosigner
from api.witnesses.policy import Witness, quorum_of
from tests.cosigning.witnesses import GrowingLog, WitnessDouble

TIMEOUT_S = 0.3
HEAD = b"HTTP/1.1 200 OK\r\nX-Padding: "
BODY = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 60000\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"
ANSWERS = pytest.mark.parametrize("begun", [b"", HEAD, BODY, CHUNKS], ids=["line", "head", "body", "chunks"])


@dataclass
class Trickler:
    """Sends `begun` and then a byte now and then, until the other side has had enough."""

    begun: bytes = HEAD
    url: str = ""
    left: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._trickle, args=(connection,), daemon=True).start()

    def _trickle(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(self.begun)
            while True:
                time.sleep(TIMEOUT_S / 5)
                connection.sendall(b"x")
        self.left.release()


@pytest.fixture
def trickler() -> Iterator[Trickler]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Trickler(url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        threading.Thread(target=made.serve, args=(listener,), daemon=True).start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)


@ANSWERS
def test_a_trickled_answer_ends_with_the_time_out_and_its_connection_too(
    trickler: Trickler, begun: bytes
) -> None:
    trickler.begun = begun
    started = time.monotonic()
    reply = post(f"{trickler.url}/add-checkpoint", b"old 0\n\n", TIMEOUT_S)
    assert time.monotonic() - started < 5 * TIMEOUT_S
    assert (reply.status, reply.body) == (0, b"the answer took too long")
    assert trickler.left.acquire(timeout=10), "nothing is left behind to receive for ever"


def asked(trickler: Trickler) -> tuple[GrowingLog, Witness]:
    log = GrowingLog()
    log.grow_to(5)
    return log, Witness("w", WitnessDouble("w", 7).key, trickler.url)


def test_a_trickled_answer_does_not_hold_the_start(
    trickler: Trickler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(continuation, "TIMEOUT_S", TIMEOUT_S)
    log, witness = asked(trickler)
    started = time.monotonic()
    require_continued(quorum_of(log.key, [witness], 1), log)
    assert time.monotonic() - started < 5 * TIMEOUT_S


def test_a_witness_that_is_slow_with_each_of_its_answers_does_not_hold_the_start_longer() -> None:
    log, witness = asked(Trickler(url="http://w.example"))
    given: list[float] = []

    def slow(url: str, body: bytes, timeout_s: float) -> Reply:
        given.append(timeout_s)
        time.sleep(0.1)
        return Reply(409, b"%d\n" % (1 + len(given)), "text/x.tlog.size")

    require_continued(quorum_of(log.key, [witness], 1), log, send=slow)
    assert len(given) == 3 and given[0] <= continuation.TIMEOUT_S
    assert all(later <= earlier - 0.1 for earlier, later in pairwise(given))


def test_a_start_without_time_left_asks_nobody_for_longer(
    trickler: Trickler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(continuation, "TIMEOUT_S", -1.0)
    log, witness = asked(trickler)
    require_continued(quorum_of(log.key, [witness], 1), log)


def test_a_trickled_answer_is_counted_and_logged(
    trickler: Trickler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosigning, "BACKOFF_S_MAX", 0.0)
    log, witness = asked(trickler)
    cosigner = Cosigner(quorum_of(log.key, [witness], 1), log, TIMEOUT_S)
    deadline = time.monotonic() + 10
    with capture_logs() as events:
        while cosigner.failures["w"] < 2 and time.monotonic() < deadline:
            assert not cosigner.collect().is_met
        while not events and time.monotonic() < deadline:
            time.sleep(0.01)  # it is told after it is counted
    assert [(one["event"], one["cause"]) for one in events] == [
        ("witness does not cosign", "answered 0: the answer took too long")
    ]


def test_a_name_that_is_looked_up_for_ever_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does one with many addresses, each of them silent."""
    release = threading.Event()

    def look_up(*_: object, **__: object) -> list[object]:
        release.wait(30)
        raise OSError("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    started = time.monotonic()
    reply = post("http://witness.example/add-checkpoint", b"", TIMEOUT_S)
    took = time.monotonic() - started
    release.set()
    assert (reply.status, reply.body) == (0, b"the answer took too long") and took < 5 * TIMEOUT_S
