"""A real ledger behind a real server on loopback, with the sandbox's cast registered."""

from __future__ import annotations

import argparse
import base64
import json
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from api.client.http import Client
from api.client.signing import Person, build
from api.command.init import add_arguments, run
from api.processes.fleet import Fleet
from api.sandbox import registrar
from api.sandbox.day import CORPUS, Day, load
from api.sandbox.keys import KeyRing
from api.sandbox.stage import ORIGIN, instant
from api.server import Process, Server, bound, create, process_of
from api.settings import Settings
from ledger.clock import SandboxClock
from ledger.local import Ledger
from tests.api.described import Described

DAY = load(CORPUS)
START_MS = min(step.time_ms for step in DAY.steps)
REGULATOR = DAY.cast["regulator"]["code"]


@dataclass(frozen=True, slots=True)
class Site:
    """What a test needs: the address, the ledger, who signs, and the clock."""

    address: str
    ledger: Ledger
    ring: KeyRing
    clock: SandboxClock
    http: httpx2.Client

    def client(self, organisation: str) -> Client:
        """Return a client with its own token."""
        return self.ring.client(self.address, organisation)

    def of_role(self, role: str) -> str:
        """Return the first organisation of a role."""
        return next(one["code"] for one in DAY.cast["organisations"] if one["role"] == role)

    def staff(self, role: str, organisation: str) -> Person:
        """Return the first person of a role who is registered at an organisation."""
        found = next(
            one for one in DAY.cast["people"] if one["role"] == role and organisation in one.get("sites", [])
        )
        return self.ring.person(found["code"], organisation)

    def opening(self, hospital: str, **disclosed: str) -> bytes:
        """Return a signed `consultation.opened` with a fresh jti."""
        doctor = self.staff("doctor", hospital)
        return build(
            "consultation.opened",
            {"doctor": doctor.code, "mode": "text"},
            {
                "identity": {"name": "测试", "certificate_number": "990000199001010017"},
                "clinical": {"first_visit": False},
                "identifiers": {"mdtrtId": disclosed.get("visit", "990000MZ1")},
            },
            iss=hospital,
            aud=ORIGIN,
            iat=self.clock.now_ms() // 1000,
            signers=[doctor],
        )

    def bearer(self, organisation: str) -> dict[str, str]:
        """Return the header with a fresh token."""
        return {"authorization": f"Bearer {self.client(organisation)._bearer()}"}

    def post(self, path: str, content: bytes, organisation: str, **headers: str) -> httpx2.Response:
        """Return the answer to a JSON body."""
        sent = {"content-type": "application/json", **self.bearer(organisation), **headers}
        return self.http.post(path, content=content, headers=sent)


def found_ledger(folder: Path, day: Day = DAY, roots: Sequence[Path] = ()) -> None:
    """Make a sandbox ledger as `rx init` does; `roots` are files of certificate roots."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    add_arguments(parser)
    regulator = day.cast["regulator"]
    words = ["--folder", str(folder), "--origin", ORIGIN, "--profile", "sandbox", "--json"]
    words += ["--clock", instant(START_MS - 86_400_000)]
    words += ["--regulator", regulator["code"], "--name", regulator["name"]]
    for officer in regulator["officers"]:
        words += ["--officer", officer["code"]]
    for root in roots:
        words += ["--certificate-root", str(root)]
    assert run(parser.parse_args(words)) == 0


@contextmanager
def serving(server: Server) -> Iterator[str]:
    """Serve from a thread of this process; give the address; stop, and hold it to its description."""
    ready = threading.Event()
    described = Described(server)
    with _in_thread(process_of(described, lambda _: ready.set()), bound("127.0.0.1", 0), ready) as address:
        yield address
    untold = sorted(set(described.missing))
    assert untold == [], f"the OpenAPI description does not say this: {untold}"


@contextmanager
def serving_apart(server: Server, ledger: Ledger, processes: int) -> Iterator[str]:
    """Serve with admission processes; give the address; stop."""
    ready = threading.Event()
    fleet = Fleet(server, ledger, lambda _: ready.set())
    with _in_thread(fleet, bound("127.0.0.1", 0, processes), ready) as address:
        yield address


@contextmanager
def _in_thread(
    running: Fleet | Process, listeners: list[socket.socket], ready: threading.Event
) -> Iterator[str]:
    port = listeners[0].getsockname()[1]
    thread = threading.Thread(target=running.run, kwargs={"sockets": listeners}, daemon=True)
    thread.start()
    try:
        assert ready.wait(20)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join(20)
        for listener in listeners:
            listener.close()


@contextmanager
def site(folder: Path, roots: Sequence[Path] = (), processes: int = 0, **changed: Any) -> Iterator[Site]:
    """A served sandbox ledger with the cast registered, its clock at the day's first step."""
    found_ledger(folder / "ledger", roots=roots)
    clock = SandboxClock(START_MS - 86_400_000)
    ledger = Ledger.open(folder / "ledger", clock)
    ring = KeyRing(folder / "keys", folder / "ledger" / "keys", DAY.cast)
    settings = Settings("https://ledger.example", sandbox=True, **changed)
    try:
        server = create(ledger, settings, clock=clock)
        with serving_apart(server, ledger, processes) if processes else serving(server) as address:
            registrar.register(DAY, ring, ring.client(address, REGULATOR), ORIGIN, clock.now_ms() // 1000)
            clock.set(START_MS)
            with httpx2.Client(base_url=address, timeout=20, trust_env=False) as http:
                yield Site(address, ledger, ring, clock, http)
    finally:
        ledger.close()


def raw(address: str, data: bytes) -> tuple[int, dict[str, Any]]:
    """Send bytes as they are and return status and JSON body of the first answer."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(data)
        answer = b""
        while True:
            try:
                chunk = connection.recv(65536)
            except ConnectionResetError:
                break
            answer += chunk
            if not chunk or _complete(answer):
                break
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), json.loads(body)


def until_closed(address: str, data: bytes) -> bytes:
    """Send bytes as they are; return all that comes until the server closes. Raises TimeoutError."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(data)
        with connection.makefile("rb") as answer:
            return answer.read()


def _complete(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(found and lengths) and len(body) >= int(lengths[0].split(b":")[1])


def unsigned(body: bytes) -> bytes:
    """Return a submission without its signatures, disclosures kept."""
    members: Mapping[str, Any] = json.loads(body)
    given = members["signatures"][0]["header"]["disclosures"]
    return json.dumps(
        {"payload": members["payload"], "signatures": [{"header": {"disclosures": given}}]}
    ).encode()


def payload_of(body: bytes) -> dict[str, Any]:
    """Return the payload of a submission."""
    text: str = json.loads(body)["payload"]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found
