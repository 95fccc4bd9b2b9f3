"""Tables that `rx knowledge` reads, what it writes of them, and how it tells their faults."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from api.command.output import EXIT_REFUSED, CommandError, read_file, tell, write_new
from api.knowledge.table import Fault


def text_of(path: Path) -> str:
    """Return a table's text. Raises CommandError where it cannot be read, or is not UTF-8."""
    try:
        return read_file(path, "the table").decode("utf-8")
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8", "save the table as CSV UTF-8") from None


def written(path: Path, draft: dict[str, object]) -> str:
    """Return the path of a new file with the draft as JSON. Raises CommandError where it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_new(path, json.dumps(draft, ensure_ascii=False, indent=1).encode("utf-8") + b"\n", 0o644)
    return str(path)


def faulty(options: argparse.Namespace, faults: tuple[Fault, ...]) -> int:
    """Print every fault of a table with its fix, and return 1."""
    told = [{"line": one.line, "column": one.column, "reason": one.reason, "fix": one.fix} for one in faults]
    lines = [f"line {one.line}, {one.column}: {one.reason} - {one.fix}" for one in faults]
    tell(options, {"faults": told}, "\n".join([*lines, f"{len(faults)} faults; nothing was written"]))
    return EXIT_REFUSED
