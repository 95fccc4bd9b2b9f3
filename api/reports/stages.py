"""How many drugs an area must watch in a month: `monitored_stages` by their deadlines (T4, S32)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_STAGE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})=([0-9]{1,6}|all)")  # by this day so many are watched
_ALL = "all"


def stage_of(month: str, watched: int, catalogue: int, stages: Iterable[str]) -> dict[str, Any]:
    """Return what is needed in a local month, since when, whether it is met, and the next deadline.

    `needed` is that of the last deadline that has passed by the month's end, a number or "all"; None before
    the first one, when nothing can be missed. `next` is absent after the last one.
    """
    found = (_STAGE.fullmatch(stage) for stage in stages)
    known = sorted((stage[1], stage[2]) for stage in found if stage)
    passed = [stage for stage in known if stage[0][: len(month)] <= month]
    told: dict[str, Any] = {"needed": None, "met": True}
    if passed:
        due, text = passed[-1]
        told = {"needed": _needed(text), "due": due, "met": _is_met(text, watched, catalogue)}
    ahead = known[len(passed) :]
    return {**told, "next": {"needed": _needed(ahead[0][1]), "due": ahead[0][0]}} if ahead else told


def _needed(text: str) -> int | str:
    return text if text == _ALL else int(text)


def _is_met(text: str, watched: int, catalogue: int) -> bool:
    return watched == catalogue > 0 if text == _ALL else watched >= int(text)
