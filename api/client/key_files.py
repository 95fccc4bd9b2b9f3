"""Private keys and what goes with them in files that only their owner can read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def write(path: Path, members: dict[str, Any]) -> None:
    """Write JSON to `path`, readable by its owner alone; an older file is replaced as a whole."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(members, file, indent=1)
        file.write("\n")
    temporary.replace(path)


def read(path: Path, format_: str) -> dict[str, Any]:
    """Return the members of the file. Raises ValueError if it is not of `format_`."""
    members = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(members, dict) or members.get("format") != format_:
        raise ValueError(f"{path.name} is not a file of format {format_}")
    return members
