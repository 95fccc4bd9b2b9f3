"""A cheap load generator: ready-made requests over keep-alive connections, one outstanding on each."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import uvloop

from bench.lives import Ready, Round

BATCH_LINES = 50
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length: "
# Of a batch's answer such a line is read no further: the two cores are the server's as well.
_COMMITTED = b'{"status":201,'


class LoadFault(Exception):
    """An answer was not the one that the benchmark measures."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests that one connection sends one after another; `statements` in all of them."""

    bodies: tuple[bytes, ...]
    statements: int


@dataclass(slots=True)
class Measured:
    """What came of a run: when it began and ended, and each request's latency."""

    statements: int = 0
    elapsed_s: float = 0.0
    latencies_s: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Accepted statements per second."""
        return self.statements / self.elapsed_s if self.elapsed_s else 0.0

    def add(self, other: Measured) -> None:
        """Count another run of the same kind to this one."""
        self.statements += other.statements
        self.elapsed_s += other.elapsed_s
        self.latencies_s += other.latencies_s


class Address:
    """A server and the tokens of those who send."""

    def __init__(self, url: str, tokens: dict[str, str]) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self._heads = {
            organisation: f"Host: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n".encode()
            for organisation, token in tokens.items()
        }

    def single(self, ready: Ready) -> bytes:
        """Return the request that submits one statement."""
        return self._request(b"/v1/statements", b"application/json", ready.organisation, ready.body)

    def check(self, ready: Ready) -> bytes:
        """Return the request that asks beforehand what a statement would get."""
        return self._request(b"/v1/checks", b"application/json", ready.organisation, ready.body)

    def batch(self, some: Sequence[Ready]) -> bytes:
        """Return the request that submits statements of one organisation together."""
        body = b"\n".join(ready.body for ready in some) + b"\n"
        return self._request(b"/v1/statements:batch", b"application/x-ndjson", some[0].organisation, body)

    def _request(self, path: bytes, kind: bytes, organisation: str, body: bytes) -> bytes:
        head = b"POST %b HTTP/1.1\r\n%bContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
        return head % (path, self._heads[organisation], kind, len(body)) + body


def one_at_a_time(address: Address, made: Round, connections: int) -> list[Requests]:
    """Return a round for so many connections: each sends whole lives, one statement after another."""
    shares: list[list[bytes]] = [[] for _ in range(connections)]
    for number, life in enumerate(made.lives):
        shares[number % connections] += [address.single(ready) for ready in life]
    return [Requests(tuple(share), len(share)) for share in shares if share]


def asked_before(address: Address, made: Round) -> Measured:
    """Send a round on one connection, each statement after its check; return the checks alone."""
    pairs = [
        request
        for life in made.lives
        for ready in life
        for request in (address.check(ready), address.single(ready))
    ]
    sent = send(address, [Requests(tuple(pairs), len(pairs))])
    checks = sent.latencies_s[0::2]
    return Measured(len(checks), sum(checks), checks)


def in_batches(address: Address, made: Round, connections: int = 1) -> list[Requests]:
    """Return a round as batches: every life's first step, then every second …, whole lives a connection."""
    shares = []
    for number in range(connections):
        batches = list(_batches(made.lives[number::connections]))
        shares.append(Requests(tuple(address.batch(batch) for batch in batches), sum(map(len, batches))))
    return shares


def _batches(lives: Sequence[list[Ready]]) -> Iterator[list[Ready]]:
    for position in range(max(len(life) for life in lives)):
        step = [life[position] for life in lives if position < len(life)]
        for at in range(0, len(step), BATCH_LINES):
            yield step[at : at + BATCH_LINES]


def send(address: Address, shares: Iterable[Requests]) -> Measured:
    """Send every share on a connection of its own, all at once. Raises LoadFault unless all are accepted."""
    return uvloop.run(_send(address, list(shares)))


async def _send(address: Address, shares: list[Requests]) -> Measured:
    loop = asyncio.get_running_loop()
    senders = [_Sender(share) for share in shares]
    for sender in senders:
        await loop.create_connection(sender.itself, address.host, address.port)
    started = time.perf_counter()
    for sender in senders:
        sender.start()
    done, _ = await asyncio.wait([sender.done for sender in senders])
    elapsed = time.perf_counter() - started
    for future in done:
        future.result()
    latencies = [latency for sender in senders for latency in sender.latencies_s]
    return Measured(sum(share.statements for share in shares), elapsed, latencies)


class _Sender(asyncio.Protocol):
    """One connection. Reads no more of an answer than its status, and batch answers to their end."""

    def __init__(self, share: Requests) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.latencies_s: list[float] = []
        self._bodies = iter(share.bodies)
        self._received = bytearray()
        self._sent_at = 0.0

    def itself(self) -> _Sender:
        """Return this sender: the factory that the event loop wants."""
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def start(self) -> None:
        """Send the first request."""
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(_END_OF_HEAD)
        if head < 0:
            return
        at = self._received.lower().find(_LENGTH, 0, head)
        end = self._received.index(b"\r\n", at)
        size = head + len(_END_OF_HEAD) + int(self._received[at + len(_LENGTH) : end])
        if len(self._received) < size:
            return
        self.latencies_s.append(time.perf_counter() - self._sent_at)
        fault = _fault(bytes(self._received[:size]), head)
        self._received.clear()
        if fault:
            self._end(LoadFault(fault))
        else:
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(LoadFault(f"the server closed a connection: {exc}"))

    def _next(self) -> None:
        body = next(self._bodies, None)
        if body is None:
            self._end(None)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(body)

    def _end(self, fault: LoadFault | None) -> None:
        if not self.done.done():
            if fault is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(fault)
        self._transport.close()


def _fault(answer: bytes, head: int) -> str:
    """Return what is wrong with an answer, "" when every statement in it was committed now."""
    status, body = answer[9:12], answer[head + len(_END_OF_HEAD) :]
    if status == b"201":
        return ""
    if status == b"200":
        told = [json.loads(line) for line in body.splitlines() if not line.startswith(_COMMITTED)]
        bad = [line for line in told if line.get("status") != 201 and not _would_be_accepted(line)]
        return f"a line of a batch was answered {bad[0]}" if bad else ""
    return f"answered {answer[:12].decode('ascii', 'replace')}: {body[:300].decode('utf-8', 'replace')}"


def _would_be_accepted(line: dict[str, object]) -> bool:
    return "status" not in line and line.get("outcome") == "accepted"
