"""Running `rx` in this process, and a sandbox ledger made by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main

ORIGIN = "rx.test/command"
CLOCK = "2026-03-01T00:00:00Z"


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
