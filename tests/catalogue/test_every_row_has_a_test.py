"""Each row of the catalogue of bad inputs that concerns what exists is named by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = {"T": 14, "J": 15, "S": 13, "H": 15, "C": 10, "W": 10, "K": 7, "Q": 8, "D": 6, "P": 9}
# Admission cannot be asked for them: each with the reason.
EXCUSED = {
    "H12": "there is no session whose nonce could be used twice: one assertion is for one statement (D9)"
}
_RANGE = re.compile(r"\b([A-Za-z])(\d\d)_to_[a-z](\d\d)")
_ONE = re.compile(r"(?<![A-Za-z0-9])([A-Z])(\d\d)(?!\d)", re.IGNORECASE)
_IN_NAME = re.compile(r"_([a-z])(\d\d)(?=_|\b)")


def named() -> set[str]:
    """The rows that names, ids or sentences of tests mention."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        if path == Path(__file__):
            continue
        text = path.read_text("utf-8")
        for letter, first, last in _RANGE.findall(text):
            found |= {f"{letter.upper()}{number:02d}" for number in range(int(first), int(last) + 1)}
        for letter, number in [*_ONE.findall(text), *_IN_NAME.findall(text)]:
            found.add(f"{letter.upper()}{number}")
    return found


@pytest.mark.parametrize("letter", ROWS)
def test_every_row_is_named(letter: str) -> None:
    rows = {f"{letter}{number:02d}" for number in range(1, ROWS[letter] + 1)} - set(EXCUSED)
    assert rows <= named(), sorted(rows - named())
