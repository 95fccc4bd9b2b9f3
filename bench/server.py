"""The measured server: a fresh sandbox ledger in a process of its own, and what it holds on disk."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.client.http import AccessKey, Client
from api.sandbox import processes, stage
from api.sandbox.keys import KeyRing
from bench import report
from bench.cast import HOSPITAL, OFFICERS, PHARMACY, REGULATOR, cast
from bench.load import Address
from bench.shadow import Shadow

ORIGIN = "rx.test/bench"
START_MS = 1_772_409_600_000  # 2026-03-02T00:00:00Z
_START_S = 60.0


class ServerFault(Exception):
    """The measured server did not start; the message holds what it wrote."""


@dataclass(frozen=True, slots=True)
class Running:
    """A running server and those who call it."""

    url: str
    folder: Path
    pid: int
    ring: KeyRing
    shadow: Shadow
    regulator: Client

    def address(self) -> Address:
        """Return the server's address with fresh tokens of hospital and pharmacy."""
        tokens = {}
        for organisation in (HOSPITAL, PHARMACY):
            person = self.ring.organisation(organisation)
            client = _Member(self.url, organisation, AccessKey(person.kid, person.key.alg, person.key.sign))
            tokens[organisation] = client.token()
            client.close()
        return Address(self.url, tokens)

    def set_clock(self, time_ms: int) -> None:
        """Move the ledger's clock."""
        self.regulator.set_clock(stage.instant(time_ms))

    @property
    def cpu_s(self) -> tuple[float, float]:
        """Processor seconds that the ledger's process has used so far, and that all have."""
        used = [report.cpu_s(pid) for pid in self._pids]
        return used[0], sum(used)

    @property
    def resident_mib(self) -> float:
        """Resident memory of all its processes."""
        return sum(report.resident_mib(pid) for pid in self._pids)

    @property
    def _pids(self) -> list[int]:
        return [self.pid, *report.children(self.pid)]

    @property
    def disk_bytes(self) -> int:
        """What the ledger's folder takes on disk."""
        return sum(path.stat().st_blocks * 512 for path in self.folder.rglob("*") if path.is_file())


class _Member(Client):
    """A client that gives its token away: the load generator builds requests by itself."""

    def token(self) -> str:
        return self._bearer()


@contextmanager
def running(work: Path, doctors: int, *extra: str) -> Iterator[Running]:
    """Give a server on loopback with an empty sandbox ledger; it is stopped whatever happens.

    `extra` are arguments of `rx serve`.
    """
    folder = work / "ledger"
    init(folder)
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}"
    where = ("--folder", str(folder), "--listen", f"127.0.0.1:{port}")
    command = processes.command("rx", "serve", *where, *extra)
    with (work / "server.log").open("w+b") as written:
        server = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
        try:
            _await(server, url, work / "server.log")
            ring = KeyRing(work / "keys", folder / "keys", cast(doctors))
            shadow = Shadow()
            shadow.time_ms = START_MS
            yield Running(url, folder, server.pid, ring, shadow, ring.client(url, REGULATOR))
        finally:
            server.terminate()
            server.wait()


def init(folder: Path) -> None:
    """Make a sandbox ledger with the benchmark's regulator."""
    who = [word for officer in OFFICERS for word in ("--officer", officer)]
    fixed = ("--folder", str(folder), "--origin", ORIGIN, "--profile", "sandbox", "--regulator", REGULATOR)
    processes.succeed("rx", "init", *fixed, "--clock", stage.instant(START_MS), *who)


def _await(server: subprocess.Popen[bytes], url: str, written: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback has no proxy
    ends = time.monotonic() + _START_S
    while server.poll() is None and time.monotonic() < ends:
        try:
            with direct.open(f"{url}/readyz", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise ServerFault(f"the server did not start: {written.read_text('utf-8', 'replace')[-2000:]}")
