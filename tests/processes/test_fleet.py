"""Admission processes around one ledger: what is known at once, what a dead process costs, how all end."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.client.signing import Person, build, generate
from api.command import serve
from api.processes import fleet
from api.sandbox import processes
from api.sandbox.stage import ORIGIN
from api.server import bound
from tests.api.proof import prove
from tests.api.serving import REGULATOR, Site, site
from tests.api.test_faults import app_of
from tests.command.builders import Command
from tests.processes.test_near import Watched, hub_of_nothing


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


def _mine() -> list[int]:
    """The admission processes that this test process has started, from whichever thread."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        found += [int(one) for one in (task / "children").read_text("utf-8").split()]
    return [pid for pid in found if b"api.processes.admission" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _until(holds: Any, timeout_s: float = 20.0) -> None:
    ends = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < ends, "not within the time"
        time.sleep(0.02)


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _posted(site: Site, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """Send over a connection of its own, which any of the processes may take."""
    with httpx2.Client(base_url=site.address, timeout=20, trust_env=False) as http:
        sent = {"content-type": "application/json", **headers}
        found: dict[str, Any] = http.post("/v1/statements", content=body, headers=sent).json()
    return found


def _registration(person: Person, officer: Person, iat: int) -> bytes:
    members = {"subject": person.code, "role": person.role, "key": person.key.public()}
    who = [person, officer]
    return build("registry.key", members, {}, iss=REGULATOR, aud=ORIGIN, iat=iat, signers=who)


def test_a_key_is_known_to_every_process_once_its_registration_is_answered(apart: Site) -> None:
    hospital = apart.of_role("hospital")
    doctor, officer = apart.staff("doctor", hospital), apart.ring.officers()[0]
    office, desk = apart.bearer(REGULATOR), apart.bearer(hospital)
    iat = apart.clock.now_ms() // 1000
    for _ in range(25):
        renewed = Person(doctor.code, doctor.role, generate("ES256"), doctor.authenticator)
        opening = build(
            "consultation.opened",
            {"doctor": doctor.code, "mode": "text"},
            {
                "identity": {"name": "测试", "certificate_number": "990000199001010017"},
                "clinical": {"first_visit": False},
                "identifiers": {"mdtrtId": "990000MZ1"},
            },
            iss=hospital, aud=ORIGIN, iat=iat, signers=[renewed],
        )  # fmt: skip
        # Each process may have learned that there is no such key.
        assert _posted(apart, opening, desk)["code"] == "KEY_UNKNOWN"
        assert _posted(apart, _registration(renewed, officer, iat), office)["outcome"] == "accepted"
        assert _posted(apart, opening, desk).get("code") != "KEY_UNKNOWN"


def test_statements_of_many_desks_go_on_while_people_are_registered(apart: Site) -> None:
    hospital = apart.of_role("hospital")
    desk, office = apart.bearer(hospital), apart.bearer(REGULATOR)
    doctor, officer = apart.staff("doctor", hospital), apart.ring.officers()[0]
    iat = apart.clock.now_ms() // 1000
    openings = [apart.opening(hospital, visit=f"990000MZ{number}") for number in range(60)]
    renewals = [
        _registration(Person(doctor.code, doctor.role, generate("ES256")), officer, iat) for _ in range(60)
    ]
    with ThreadPoolExecutor(8) as desks:
        told = list(desks.map(lambda body: _posted(apart, body, desk), openings[:30]))
        mixed = desks.map(
            lambda pair: _posted(apart, *pair),
            [pair for two in zip(openings[30:], renewals, strict=False) for pair in
             ((two[0], desk), (two[1], office))],
        )  # fmt: skip
        told += list(mixed)
    assert {one.get("outcome") for one in told} == {"accepted"}
    assert len({one["index"] for one in told}) == len(told)


def test_a_killed_admission_process_is_replaced_and_all_are_gone_at_the_end(
    tmp_path: Path, log: io.StringIO
) -> None:
    others = set(_mine())
    with site(tmp_path, processes=2) as apart:
        started = set(_mine()) - others
        assert len(started) == 2
        victim = min(started)
        os.kill(victim, signal.SIGKILL)
        _until(lambda: len(set(_mine()) - others - {victim}) == 2)
        assert "an admission process has ended" in log.getvalue()
        desk = apart.bearer(apart.of_role("hospital"))
        assert all(_is_taken(apart, number, desk) for number in range(10))
        prove(apart.ledger, tmp_path)
    assert set(_mine()) <= others


def test_a_successor_that_cannot_be_started_at_first_is_started_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    """What kills a process, a machine without memory, also keeps another from being started."""
    others = set(_mine())
    with site(tmp_path, processes=2):
        failures = [OSError(12, "no memory"), RuntimeError("can't start new thread")]
        start = fleet._Keeper._start

        def starved(keeper: fleet._Keeper, line: socket.socket) -> Any:
            if failures:
                raise failures.pop()
            return start(keeper, line)

        monkeypatch.setattr(fleet._Keeper, "_start", starved)
        monkeypatch.setattr(fleet, "_RESTART_S", 0.05)
        victim = min(set(_mine()) - others)
        os.kill(victim, signal.SIGKILL)
        _until(lambda: len(set(_mine()) - others - {victim}) == 2)
    assert log.getvalue().count("cannot be started") == 2


def _is_taken(site: Site, number: int, desk: dict[str, str]) -> bool:
    body = site.opening(site.of_role("hospital"), visit=f"990000MZ{number}")
    for _ in range(50):  # the dead one's connections wait for its successor or break
        try:
            return bool(_posted(site, body, desk)["outcome"] == "accepted")
        except httpx2.TransportError:
            time.sleep(0.1)
    return False


@contextmanager
def _serve(rx: Command, folder: Path, *extra: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    rx.init(folder)
    where = ("--folder", str(folder), "--listen", "127.0.0.1:0", "--json", *extra)
    command = processes.command("rx", "serve", *where)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            yield server, json.loads(server.stdout.readline())["listening"]
        finally:
            server.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_ends_all_processes_and_exits_with_0(
    rx: Command, tmp_path: Path, number: signal.Signals
) -> None:
    with _serve(rx, tmp_path / "ledger", "--admission-processes", "2") as (server, url):
        children = _children(server.pid)
        assert len(children) == 2
        assert httpx2.get(f"{url}/readyz", trust_env=False).json()["status"] == "ready"
        server.send_signal(number)
        assert server.wait(30) == 0
        _until(lambda: all(_is_gone(pid) for pid in children))


def test_a_process_that_hangs_does_not_keep_the_server_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "SHUTDOWN_S", 0.2)
    monkeypatch.setattr(fleet, "_GRACE_S", 0.2)
    others = set(_mine())
    with site(tmp_path, processes=2) as apart:
        hanging = min(set(_mine()) - others)
        os.kill(hanging, signal.SIGSTOP)
        assert apart.ledger.fault is None
    assert set(_mine()) <= others


def test_a_process_that_hangs_is_killed_and_replaced_and_its_clients_are_answered_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    monkeypatch.setattr(fleet, "_ALIVE_EVERY_S", 0.05)
    others = set(_mine())
    with site(tmp_path, processes=1) as apart:
        hanging = (set(_mine()) - others).pop()
        desk = apart.bearer(apart.of_role("hospital"))
        os.kill(hanging, signal.SIGSTOP)
        usual_s = fleet._ALIVE_S
        monkeypatch.setattr(fleet, "_ALIVE_S", 0.5)
        with ThreadPoolExecutor(1) as pool:
            taken = pool.submit(_is_taken, apart, 1, desk)
            _until(lambda: _is_gone(hanging))
            monkeypatch.setattr(fleet, "_ALIVE_S", usual_s)  # on a busy machine a start takes longer
            assert taken.result(60)
        assert "hangs and is killed" in log.getvalue()
    assert set(_mine()) <= others


def test_admission_ends_with_a_ledger_process_that_was_killed(rx: Command, tmp_path: Path) -> None:
    """Left alone it would take connections that nobody answers, and keep the port."""
    with _serve(rx, tmp_path / "ledger", "--admission-processes", "2") as (server, url):
        children = _children(server.pid)
        server.kill()
        server.wait(30)
        _until(lambda: all(_is_gone(pid) for pid in children))
        with pytest.raises(httpx2.TransportError):
            httpx2.get(f"{url}/healthz", trust_env=False)


def test_a_process_that_hangs_does_not_outlive_a_ledger_that_was_killed(rx: Command, tmp_path: Path) -> None:
    """It kept the port: no server could be started again."""
    if sys.platform != "linux":  # elsewhere the channel alone ends it, when it goes on
        return
    with _serve(rx, tmp_path / "ledger", "--admission-processes", "2") as (server, _):
        children = _children(server.pid)
        os.kill(children[0], signal.SIGSTOP)
        server.kill()
        server.wait(30)
        _until(lambda: all(_is_gone(pid) for pid in children))


def test_a_second_server_does_not_share_the_port_of_the_first(rx: Command, tmp_path: Path) -> None:
    with _serve(rx, tmp_path / "one", "--admission-processes", "2") as (_, url):
        other = tmp_path / "two"
        rx.init(other)
        for count in ("0", "1", "2"):
            where = ("--folder", str(other), "--listen", url.removeprefix("http://"))
            done = processes.run("rx", "serve", *where, "--admission-processes", count)
            assert done.returncode == 2, count
            assert "cannot be listened on" in done.stderr


@pytest.mark.parametrize("count", ["-1", "x", "65"])
def test_a_number_of_processes_beyond_reason_is_wrong_usage(
    rx: Command, tmp_path: Path, count: str
) -> None:
    rx.init(tmp_path / "ledger")
    done = processes.run("rx", "serve", "--folder", str(tmp_path / "ledger"), "--admission-processes", count)
    assert done.returncode == 2
    assert "a number from 0 to 64" in done.stderr


def test_processes_that_cannot_start_end_the_server_instead_of_leaving_it_deaf(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fleet, "_MODULE", "api.processes.no_such_module")
    listeners = bound("127.0.0.1", 0, 2)
    ledger = Watched(ValueError())
    with pytest.raises(OSError, match="did not start"):
        fleet.Fleet(_Server(ledger), ledger, lambda _: None).run(listeners)  # type: ignore[arg-type]


def test_a_stop_before_the_processes_are_ready_is_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hangs while it starts kept a stop signal waiting for ever."""
    words = (sys.executable, "-c", "import time; time.sleep(60)")
    monkeypatch.setattr(
        fleet._Keeper, "_start", lambda _, line: subprocess.Popen(words, pass_fds=(line.fileno(),))
    )
    monkeypatch.setattr(fleet, "SHUTDOWN_S", 0.1)
    monkeypatch.setattr(fleet, "_GRACE_S", 0.1)
    ledger = Watched(ValueError())
    running = fleet.Fleet(_Server(ledger), ledger, lambda _: None)  # type: ignore[arg-type]
    thread = threading.Thread(target=running.run, args=(bound("127.0.0.1", 0, 2),), daemon=True)
    thread.start()
    time.sleep(0.5)
    running.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize("turns", range(6))
def test_a_stop_in_the_moment_of_starting_reaches_the_process(
    turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its channel was there before it was connected: telling it failed, and the server ended badly."""

    async def story() -> None:
        ledger, hub = hub_of_nothing()
        (listener,) = bound("127.0.0.1", 0)
        keeper = fleet._Keeper(hub, listener, app_of(ledger).settings)  # type: ignore[arg-type]
        kept = asyncio.create_task(keeper.keep())
        for _ in range(turns):
            await asyncio.sleep(0)
        keeper.stop()
        async with asyncio.timeout(15):
            await kept
        listener.close()

    asyncio.run(story())


@pytest.mark.parametrize(("cores", "processes"), [(1, 0), (2, 1), (3, 1), (4, 2), (64, 2)])
def test_half_of_the_cores_admit_and_two_at_most(
    cores: int, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(cores))
    assert serve._processes_default() == processes


def test_where_the_system_does_not_tell_its_cores_every_command_still_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each asks for the default, and on macOS there was none."""
    monkeypatch.delattr(os, "sched_getaffinity")
    assert serve._processes_default() == 0


class _Server:
    """A server without periodic work."""

    def __init__(self, ledger: Any) -> None:
        self.app = app_of(ledger)
        self.settings = self.app.settings

    def begin(self) -> None:
        pass

    async def end(self) -> None:
        pass


def test_one_socket_needs_no_sharing_and_many_have_one_port() -> None:
    for count in (0, 1, 3):
        sockets: Sequence[socket.socket] = bound("127.0.0.1", 0, count)
        assert len({one.getsockname()[1] for one in sockets}) == 1
        assert len(sockets) == max(1, count)
        for one in sockets:
            one.close()


@pytest.mark.parametrize("second", [0, 1, 2])
@pytest.mark.parametrize("first", [1, 2])
def test_an_address_is_taken_from_the_first_moment(first: int, second: int) -> None:
    """Two servers started in the same second shared a port: each answered half of the connections."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(one) for one in bound("127.0.0.1", 0, first)]
        with pytest.raises(OSError):
            bound("127.0.0.1", sockets[0].getsockname()[1], second)


def test_a_body_that_is_still_coming_is_pulled_by_the_ledgers_process(apart: Site) -> None:
    """A call that is not hot goes through the channel, its body piece by piece."""
    hospital = apart.of_role("hospital")

    def pieces() -> Iterator[bytes]:
        yield b'{"national_number":'
        time.sleep(0.05)
        yield b' "nobody"}'

    headers = {"content-type": "application/json", **apart.bearer(hospital)}
    found = apart.http.post("/v1/prescriptions:lookup", content=pieces(), headers=headers)
    assert found.status_code in (200, 404, 422)
    assert found.headers["x-request-id"]


def test_a_body_without_end_is_refused_and_stops_nobody(apart: Site) -> None:
    headers = {"content-type": "application/json", **apart.bearer(apart.of_role("hospital"))}
    stopped = threading.Event()

    def endless() -> Iterator[bytes]:
        while not stopped.is_set():
            yield b" " * 8192

    found = apart.http.post("/v1/chains:lookup", content=endless(), headers=headers)
    stopped.set()
    assert found.json()["code"] == "BODY_TOO_LARGE"
    assert apart.http.get("/readyz").json()["status"] == "ready"
