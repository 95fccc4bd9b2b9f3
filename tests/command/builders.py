"""Running `rx` in this process, a sandbox ledger made by it, and one that is served."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.client.http import Client
from api.client.signers import access_key
from api.command.main import main
from api.sandbox import processes

ORIGIN = "rx.test/command"
CLOCK = "2026-03-01T00:00:00Z"
DAY = Path(processes.__file__).parent / "corpus" / "day-one"
REGULATOR, OFFICER = "R99000000001", "G990000000001"


class Command:
    """Runs `rx` and gives what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.error = ""

    def code(self, *words: str | Path) -> int:
        """Return the exit code; what went to stderr stays in `error`."""
        try:
            found = main([str(word) for word in words])
        except SystemExit as left:  # argparse leaves this way
            found = int(left.code or 0)
        printed = self._capsys.readouterr()
        self.output, self.error = printed.out, printed.err
        return found

    def json(self, *words: str | Path) -> Any:
        """Return the JSON that the command printed; it must have succeeded."""
        assert self.code(*words, "--json") == 0, self.error
        return json.loads(self.output)

    def init(self, folder: Path, *words: str) -> Any:
        """Make a sandbox ledger."""
        fixed = ("--folder", folder, "--origin", ORIGIN, "--profile", "sandbox", "--clock", CLOCK)
        return self.json("init", *fixed, *words)


@dataclass(frozen=True, slots=True)
class Served:
    """A serving sandbox ledger with two witnesses."""

    url: str
    folder: Path
    work: Path

    @property
    def key(self) -> Path:
        return self.folder / "keys" / f"{REGULATOR}.json"

    @property
    def signer(self) -> str:
        return f"officer={self.folder / 'keys' / OFFICER}.json"

    def client(self) -> Client:
        return Client(self.url, *access_key(self.key))


def new_witness(folder: Path, name: str) -> str:
    arguments = ("keygen", "--folder", str(folder), "--name", f"{name}.example")
    return processes.succeed("rx-witness", *arguments).strip()
