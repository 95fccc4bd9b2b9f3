"""What the day is played on: a ledger that serves on loopback, and one process for each witness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.sandbox import processes
from api.sandbox.day import Day
from api.sandbox.processes import Children

ORIGIN = "rx.test/sandbox"
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Stage:
    """A running ledger: its address, and the folder that `rx init` made."""

    address: str
    folder: Path
    witnesses: int
    start_ms: int  # where the ledger's clock stands

    @property
    def founders(self) -> Path:
        """The folder of the keys that `rx init` made: officers, regulator, authenticators' root."""
        return self.folder / "keys"


def instant(time_ms: int) -> str:
    """Return a moment in milliseconds as an ISO text that ends in Z."""
    text = datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{time_ms % 1000:03}Z" if time_ms % 1000 else f"{text}Z"


def build(children: Children, work: Path, day: Day) -> Stage:
    """Return a ledger that serves, with the witnesses of the cast. Raises ProcessFault."""
    witnesses = {
        code: (_witness_key(work, code), processes.free_port()) for code in day.cast.get("witnesses", [])
    }
    ledger = work / "ledger"
    start_ms = min(step.time_ms for step in day.steps) - _DAY_MS
    processes.succeed("rx", *_init(ledger, day, start_ms, witnesses))
    vkey = (ledger / "log.vkey").read_text("utf-8").strip()
    for code, (_, port) in witnesses.items():
        listen = f"127.0.0.1:{port}"
        arguments = ("serve", "--folder", str(work / code), "--listen", listen, "--log", vkey)
        children.start(f"witness-{code}", processes.command("rx-witness", *arguments))
        children.wait_for(f"witness-{code}", f"http://{listen}/")
    port = processes.free_port()
    serve = ("serve", "--folder", str(ledger), "--listen", f"127.0.0.1:{port}")
    children.start("ledger", processes.command("rx", *serve))
    children.wait_for("ledger", f"http://127.0.0.1:{port}/readyz")
    return Stage(f"http://127.0.0.1:{port}", ledger, len(witnesses), start_ms)


def _witness_key(work: Path, code: str) -> str:
    name = f"witness.{code.lower()}.rx.test"
    return processes.succeed("rx-witness", "keygen", "--folder", str(work / code), "--name", name).strip()


def _init(
    ledger: Path, day: Day, start_ms: int, witnesses: Mapping[str, tuple[str, int]]
) -> list[str]:
    regulator: Mapping[str, Any] = day.cast["regulator"]
    arguments = ["init", "--folder", str(ledger), "--origin", ORIGIN, "--profile", "sandbox"]
    arguments += ["--clock", instant(start_ms)]
    arguments += ["--utc-offset-minutes", str(day.cast.get("utcOffsetMinutes", 480))]
    arguments += ["--regulator", regulator["code"], "--name", regulator["name"]]
    for officer in regulator["officers"]:
        arguments += ["--officer", officer["code"]]
    for code, (vkey, port) in witnesses.items():
        arguments += ["--witness", f"{code}={vkey}@http://127.0.0.1:{port}"]
    if witnesses:
        arguments += ["--quorum", str(len(witnesses))]
    return arguments
