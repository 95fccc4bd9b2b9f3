"""The folder that the demo leaves: it may replace an earlier demo's folder, never anything else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_OWN = ("log", "log.vkey", "trust.json", "receipts", "verdicts.jsonl")


class OutputFault(Exception):
    """The folder holds something that no demo made."""


def prepare(folder: Path) -> None:
    """Make `folder` exist and hold nothing. Raises OutputFault when it holds foreign files."""
    if folder.exists() and not folder.is_dir():
        raise OutputFault(f"{folder} is not a folder")
    folder.mkdir(parents=True, exist_ok=True)
    foreign = sorted(each.name for each in folder.iterdir() if each.name not in _OWN)
    if foreign:
        raise OutputFault(f"{folder} holds {foreign[0]}, which no demo wrote")
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
    (folder / "receipts").mkdir()


def write_verdict(folder: Path, verdict: Mapping[str, Any]) -> None:
    """Append one line to verdicts.jsonl."""
    with (folder / "verdicts.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(verdict, ensure_ascii=False) + "\n")


def write_receipt(folder: Path, step: int, receipt: bytes, entry: bytes) -> None:
    """Write the receipt of a step, and the entry that it proves."""
    (folder / "receipts" / f"{step}.tlog-proof").write_bytes(receipt)
    (folder / "receipts" / f"{step}.entry").write_bytes(entry)
