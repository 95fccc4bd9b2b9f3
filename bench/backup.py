"""python -m bench.backup: what a backup costs those who use the ledger meanwhile; rounds take turns."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from subprocess import PIPE, Popen

from api.sandbox import processes
from bench import load, report
from bench.load import Measured
from bench.run import DOCTORS, Bench, enrol_cast
from bench.server import Running, running

CONNECTIONS = 32


def main() -> int:
    """Print the table and return 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.backup")
    parser.add_argument("--entries", type=int, default=60_000)
    parser.add_argument("--lives", type=int, default=300, help="of each round, 11 statements each (300)")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rx-bench-") as name:
        print(report.table([list(row) for row in report.hardware(Path(name))]))
        with running(Path(name), DOCTORS) as server:
            bench = Bench(server)
            bench.entries = enrol_cast(server)
            bench.begin()
            bench.fill(options.entries)
            rounds = [_both(bench, Path(name) / f"copy-{n}", options.lives) for n in range(options.rounds)]
    _print(rounds)
    return 0


def _both(bench: Bench, copy: Path, lives: int) -> tuple[Measured, Measured, str]:
    """Return a round alone, a round beside a backup, and what the backup was."""
    alone = _send(bench, lives)
    made, address = bench.prepare(lives)
    started = time.perf_counter()
    with Popen(_command(bench.server, copy), stdout=PIPE, text=True) as child:
        beside = load.send(address, load.one_at_a_time(address, made, CONNECTIONS))
        told = child.communicate()[0].split(" in ")[0]
    if child.returncode:
        raise RuntimeError("the backup was refused")
    return alone, beside, f"{told}, done within {time.perf_counter() - started:.1f} s"


def _command(server: Running, copy: Path) -> list[str]:
    return processes.command("rx", "backup", "--folder", str(server.folder), "--to", str(copy))


def _send(bench: Bench, lives: int) -> Measured:
    made, address = bench.prepare(lives)
    return load.send(address, load.one_at_a_time(address, made, CONNECTIONS))


def _print(rounds: list[tuple[Measured, Measured, str]]) -> None:
    rows = [[f"{CONNECTIONS} connections", "statements/s", "of alone", "p50 ms", "p99 ms", "longest ms"]]
    for alone, beside, told in rounds:
        for name, sent in (("alone", alone), (f"beside a backup of {told}", beside)):
            milliseconds = [1_000 * one for one in sent.latencies_s]
            figures = (*(report.percentile(milliseconds, share) for share in (0.5, 0.99)), max(milliseconds))
            share = f"{sent.rate / alone.rate:.2f}"
            rows.append([name, f"{sent.rate:,.0f}", share, *(f"{figure:.0f}" for figure in figures)])
    print(report.table(rows))


if __name__ == "__main__":
    sys.exit(main())
