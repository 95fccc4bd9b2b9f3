"""The `rx` command for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from api.sandbox import processes
from api.sandbox.processes import Children
from tests.command.builders import Command, Served, new_witness


@pytest.fixture
def rx(capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """`rx`, run in this process."""
    yield Command(capsys)
    structlog.reset_defaults()  # `rx serve` logs to a stream that ends with this test


@pytest.fixture
def served(rx: Command, tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "ledger"
    witnesses = {name: (new_witness(tmp_path / name, name), processes.free_port()) for name in ("w1", "w2")}
    words = [f"--witness={name}={vkey}@http://127.0.0.1:{port}" for name, (vkey, port) in witnesses.items()]
    facts = rx.init(folder, *words, "--quorum=2")
    port = processes.free_port()
    with Children(tmp_path / "logs") as children:
        for name, (_, own) in witnesses.items():
            where = ("--folder", str(tmp_path / name), "--listen", f"127.0.0.1:{own}")
            children.start(name, processes.command("rx-witness", "serve", *where, "--log", facts["vkey"]))
            children.wait_for(name, f"http://127.0.0.1:{own}/")
        where = ("--folder", str(folder), "--listen", f"127.0.0.1:{port}")
        children.start("ledger", processes.command("rx", "serve", *where))
        children.wait_for("ledger", f"http://127.0.0.1:{port}/readyz")
        yield Served(f"http://127.0.0.1:{port}", folder, tmp_path)
