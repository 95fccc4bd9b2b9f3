"""Thresholds that a rulebook sets for screens, and which versions of rules a report rests on (S35).

A rulebook's parameter `screen_thresholds` holds texts such as "SCREEN-LONG ratio_min 1.5". `rx columns`
leaves what is in force beside the columns; `rx screen --rulebook` tries the draft of another one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.screening.registry import SCREENS
from api.screening.screen import Screen

IN_FORCE = "in-force.json"
PARAMETER = "screen_thresholds"


class ThresholdFault(Exception):
    """A threshold names no screen, no parameter of it, or no number."""


def in_force(folder: Path) -> dict[str, Any]:
    """Return what `rx columns` noted of rulebook and knowledge; empty for columns of another origin."""
    path = folder / IN_FORCE
    return dict(json.loads(path.read_bytes())) if path.is_file() else {}


def of_draft(draft: bytes) -> dict[str, Any]:
    """Return version and thresholds of a rulebook's draft. Raises ThresholdFault."""
    try:
        members = json.loads(draft)["members"]
        return {"version": str(members["version"]), PARAMETER: list(members["parameters"].get(PARAMETER, []))}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ThresholdFault("this is no draft of a rulebook") from None


def adjusted(texts: Iterable[str]) -> tuple[Screen, ...]:
    """Return all screens with the thresholds that `texts` set. Raises ThresholdFault."""
    given: dict[str, dict[str, float]] = {}
    for text in texts:
        screen, name, value = _parsed(text)
        given.setdefault(screen, {})[name] = value
    return tuple(replace(one, parameters={**one.parameters, **given.get(one.id, {})}) for one in SCREENS)


def _parsed(text: str) -> tuple[str, str, float]:
    known: Mapping[str, Screen] = {screen.id: screen for screen in SCREENS}
    words = str(text).split()
    try:
        screen, name, value = words
        if name not in known[screen].parameters or not 0 <= float(value) < float("inf"):
            raise ValueError
    except (ValueError, KeyError):
        shown = str(text)[:80]
        raise ThresholdFault(f"{shown!r} is no threshold") from None
    return screen, name, float(value)
