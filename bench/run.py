"""`make bench`: a table of what this machine reaches, with what a reader needs to compare it.

python -m bench.run                            about two minutes, up to 10^4 entries and some more
python -m bench.run --entries 1000000          fills the log further and measures again (make bench)
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.sandbox import processes
from bench import load, report, split
from bench.cast import cast
from bench.lives import Author, Round
from bench.load import Measured
from bench.server import ORIGIN, START_MS, Running, running
from bench.setting import register

DOCTORS = 400  # of a round's lives each has a doctor, as many as see patients at the same minute
FIRST_ENTRIES = 10_000
ROUND_MS = 60_000
CONNECTIONS = (1, 32, 256)
BATCH_CONNECTIONS = (1, 4, 16)
CHECKS = "checks before the act, 1 connection"
CHECK_LIMIT_MS = 300.0  # a counter waits no longer for the answer (S53)


@dataclass(slots=True)
class Figures:
    """One table: what was reached at a size of the log."""

    entries: int
    by_load: dict[str, Measured] = field(default_factory=dict)
    cpu_ms: float = 0.0
    ledger_cpu_ms: float = 0.0  # of it, where admission is apart
    resident_mib: float = 0.0
    bytes_per_entry: float = 0.0
    verified_per_s: float = 0.0


class Bench:
    """Runs rounds of lives through one server, each at a standing time of its own."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.time_ms = START_MS
        self.entries = 1
        self._author = Author(server.ring, server.shadow, ORIGIN, DOCTORS)

    def begin(self) -> None:
        """Send the pharmacists on duty: the first statements beside the registry."""
        address = self.server.address()
        for ready in self._author.duties():
            load.send(address, [load.Requests((address.single(ready),), 1)])
            self.entries += 1

    def measure(self, lives: int) -> Figures:
        """Return figures at the present size; takes three rounds of lives, and two short ones."""
        figures = Figures(self.entries)
        for connections in CONNECTIONS:
            made, address = self.prepare(max(20, lives // 8) if connections == 1 else lives)
            used = self.server.cpu_s
            sent = load.send(address, load.one_at_a_time(address, made, connections))
            figures.by_load[f"one at a time, {connections} connections"] = sent
            if connections == 32:
                spent = [now - before for now, before in zip(self.server.cpu_s, used, strict=True)]
                figures.ledger_cpu_ms, figures.cpu_ms = (one / sent.statements * 1000 for one in spent)
        for connections in BATCH_CONNECTIONS:
            made, address = self.prepare(max(lives, load.BATCH_LINES * connections))
            name = f"batches of {load.BATCH_LINES}, {connections} connection{'s' * (connections > 1)}"
            figures.by_load[name] = load.send(address, load.in_batches(address, made, connections))
        made, address = self.prepare(max(20, lives // 8))
        figures.by_load[CHECKS] = load.asked_before(address, made)
        figures.resident_mib = self.server.resident_mib
        figures.bytes_per_entry = self.server.disk_bytes / self.entries
        return figures

    def fill(self, entries: int) -> None:
        """Write lives in batches until the log has at least so many entries."""
        while self.entries < entries:
            missing = (entries - self.entries) // 11 + 1
            made, address = self.prepare(min(1_000, missing))
            load.send(address, load.in_batches(address, made))
            _say(f"  {self.entries:,} entries, server {self.server.resident_mib:.0f} MiB")

    def prepare(self, lives: int) -> tuple[Round, load.Address]:
        """Return the signed statements of so many lives, a minute later, and where they are sent."""
        self.time_ms += ROUND_MS
        made = self._author.round(self.time_ms, lives)
        self.server.set_clock(self.time_ms)
        address = self.server.address()
        for ready in made.stock:
            load.send(address, [load.Requests((address.single(ready),), 1)])
        self.entries += len(made.stock) + made.statements
        gc.collect()
        return made, address


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark, print its tables, and return 0."""
    options = _parser().parse_args(arguments)
    gc.freeze()
    with tempfile.TemporaryDirectory(prefix="rx-bench-", dir=options.folder) as name:
        work = Path(name)
        machine = report.hardware(work)
        _say(report.table(machine))
        _say("\nprocessor time per statement, without a server …")
        parts = split.measure(work)
        all_figures = _run(work, options)
        _print(parts, all_figures)
        if options.json:
            print(json.dumps(_facts(machine, parts, all_figures)))
    return 0


def _run(work: Path, options: argparse.Namespace) -> list[Figures]:
    found = []
    given = options.admission_processes
    extra = () if given is None else ("--admission-processes", given)
    with running(work, DOCTORS, *extra) as server:
        bench = Bench(server)
        _say("registering the cast …")
        count = enrol_cast(server)
        bench.entries = count
        bench.begin()
        _say(f"filling to {FIRST_ENTRIES:,} entries …")
        bench.fill(FIRST_ENTRIES)
        _say("measuring …")
        found.append(bench.measure(options.lives))
        found[0].verified_per_s = _verify(server, work, bench.entries)
        if options.entries > bench.entries:
            _say(f"filling to {options.entries:,} entries …")
            bench.fill(options.entries)
            _say("measuring …")
            found.append(bench.measure(options.lives))
            found[1].verified_per_s = _verify(server, work, bench.entries)
    return found


def enrol_cast(server: Running) -> int:
    """Register the cast over HTTP and return how many entries there are then."""
    sent: list[bytes] = []

    def send(body: bytes) -> Any:
        sent.append(body)
        return server.regulator.submit(body).body

    genesis = server.regulator.get("/log/tile/entries/000.p/1")[2:]
    statement = json.dumps(json.loads(genesis)["statement"]).encode()
    register(send, statement, server.ring, server.shadow, cast(DOCTORS), ORIGIN)
    return len(sent) + 1


def _verify(server: Running, work: Path, entries: int) -> float:
    """Return how many entries a second `rx-verify log` checks with one process."""
    out = work / f"log-{entries}"
    _await_published(server, entries)
    key = str(server.folder / "keys" / f"{server.regulator.organisation}.json")
    processes.succeed("rx", "export", "--url", server.url, "--key", key, str(out))
    started = time.perf_counter()
    trust = str(server.folder / "trust.json")
    processes.succeed("rx-verify", "log", str(out), "--trust", trust, "--workers", "1")
    return entries / (time.perf_counter() - started)


def _await_published(server: Running, entries: int) -> None:
    for _ in range(600):
        if int(server.regulator.get("/log/checkpoint").split(b"\n")[1]) >= entries:
            return
        time.sleep(0.1)
    raise RuntimeError("the last entries were not published within a minute")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="What the server and the verifier reach here.")
    parser.add_argument("--entries", type=int, default=0, help="fill further and measure again, e.g. 1000000")
    parser.add_argument(
        "--lives", type=int, default=400, help="of each measured round, 11 statements each (400)"
    )
    parser.add_argument("--folder", type=Path, help="on the disk to be measured (the temporary folder)")
    parser.add_argument("--admission-processes", metavar="N", help="of rx serve (its default)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON at the end")
    return parser


def _print(parts: split.Split, all_figures: Sequence[Figures]) -> None:
    for figures in all_figures:
        rows = [(f"at {figures.entries:,} entries", "statements/s", "p50 ms", "p99 ms")]
        for name, sent in figures.by_load.items():
            milliseconds = [latency * 1000 for latency in sent.latencies_s]
            p50, p99 = (report.percentile(milliseconds, share) for share in (0.5, 0.99))
            rows.append((name, f"{sent.rate:,.0f}", f"{p50:.2f}", f"{p99:.2f}"))
        _say("\n" + report.table(rows))
        slowest = report.percentile(figures.by_load[CHECKS].latencies_s, 0.99) * 1000
        _say(f"p99 of a check: {slowest / CHECK_LIMIT_MS:.3f} of the limit of {CHECK_LIMIT_MS:.0f} ms")
        told = parts.authentication_ms + parts.contract_ms + parts.commit_ms
        _say(
            f"server processor time per statement (32 connections) {figures.cpu_ms:.2f} ms, "
            f"{figures.ledger_cpu_ms:.2f} in the ledger's process: "
            f"HTTP and waiting {max(0.0, figures.cpu_ms - told):.2f}, "
            f"authentication {parts.authentication_ms:.2f}, contract {parts.contract_ms:.2f}, "
            f"commit {parts.commit_ms:.2f}"
        )
        _say(
            f"verifier {figures.verified_per_s:,.0f} entries/s on one core; "
            f"{figures.bytes_per_entry:,.0f} bytes on disk per entry; "
            f"server {figures.resident_mib:.0f} MiB resident"
        )
    if len(all_figures) == 2:
        ratio = all_figures[1].cpu_ms / all_figures[0].cpu_ms
        _say(f"\ncost per statement at the larger size: {ratio:.2f} times that at the smaller")


def _facts(
    machine: Sequence[tuple[str, str]], parts: split.Split, all_figures: Sequence[Figures]
) -> dict[str, Any]:
    return {
        "machine": dict(machine),
        "split_ms": {
            "authentication": parts.authentication_ms,
            "contract": parts.contract_ms,
            "commit": parts.commit_ms,
        },
        "figures": [
            {
                "entries": each.entries,
                "statements_per_s": {name: sent.rate for name, sent in each.by_load.items()},
                "p50_ms": {
                    name: report.percentile(sent.latencies_s, 0.5) * 1000
                    for name, sent in each.by_load.items()
                },
                "p99_ms": {
                    name: report.percentile(sent.latencies_s, 0.99) * 1000
                    for name, sent in each.by_load.items()
                },
                "cpu_ms": each.cpu_ms,
                "ledger_cpu_ms": each.ledger_cpu_ms,
                "resident_mib": each.resident_mib,
                "bytes_per_entry": each.bytes_per_entry,
                "verified_per_s": each.verified_per_s,
            }
            for each in all_figures
        ],
    }


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
