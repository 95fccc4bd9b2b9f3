"""A working day as data: `day.json` with its steps and messages, `cast.json` with who takes part."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.reading import OFFICES
from contracts.types import ROLES

ALGORITHMS = ("ES256", "SM2-SM3")
OFFICERS_MIN = 2  # who found the ledger and change the rules
_ROLES = (*ROLES, "hospital", "pharmacy", "regulator", "fund", *OFFICES)
CORPUS = Path(__file__).parent / "corpus" / "day-one"


@dataclass(frozen=True, slots=True)
class Step:
    """One message of the day and what must come of it."""

    number: int
    at: str  # UTC, as in day.json
    sender: str
    signers: tuple[str, ...]
    kind: str
    message: bytes
    story: str
    expect: Mapping[str, Any]

    @property
    def time_ms(self) -> int:
        """The step's ledger time in milliseconds."""
        return milliseconds(self.at)


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its cast."""

    steps: tuple[Step, ...]
    cast: Mapping[str, Any]


class DayError(Exception):
    """A folder holds no playable day; the message names the file and what is wrong with it."""


def milliseconds(text: str) -> int:
    """Return the moment of an ISO text in milliseconds since 1970; without offset it is UTC."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = datetime.fromisoformat(text + "+00:00")
    return round(moment.timestamp() * 1000)


def load(folder: Path) -> Day:
    """Return the day in `folder` (day.json, cast.json and the message files that it names).

    Raises DayError when a file is missing or not of that form.
    """
    day = _read(folder / "day.json")
    cast = cast_in(folder / "cast.json")
    listed = day.get("steps")
    if not isinstance(listed, list) or not listed:
        raise DayError(f"{folder / 'day.json'} has no steps")
    steps = tuple(_read_step(folder, position, each) for position, each in enumerate(listed))
    twice = [number for number, count in Counter(step.number for step in steps).items() if count > 1]
    if twice:
        raise DayError(f"{folder / 'day.json'}: step {twice[0]} stands there more than once")
    return Day(steps, cast)


def cast_in(path: Path) -> Mapping[str, Any]:
    """Return the cast in a file. Raises DayError when it is missing or not of that form."""
    cast = _read(path)
    _check_cast(path, cast)
    return cast


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8-sig"))
    except OSError as fault:
        raise DayError(f"{path} cannot be read: {fault.strerror}") from fault
    except ValueError as fault:
        raise DayError(f"{path} is not JSON: {fault}") from fault
    if not isinstance(value, dict):
        raise DayError(f"{path} is not a JSON object")
    return value


def _check_cast(path: Path, cast: Mapping[str, Any]) -> None:
    try:
        if len({each["code"] for each in cast["regulator"]["officers"]}) < OFFICERS_MIN:
            raise DayError(f"{path}: the regulator needs {OFFICERS_MIN} officers")
        named = [cast["regulator"]["code"], cast["regulator"]["name"]]
        named += [drug["medListCodg"] for drug in cast.get("drugs", [])]
        if not all(isinstance(text, str) for text in named):
            raise DayError(f"{path}: codes and names are strings")
        for member in (*cast.get("organisations", []), *cast.get("people", [])):
            if member["role"] not in _ROLES:
                known = f"it is one of {', '.join(_ROLES)}"
                raise DayError(f"{path}: {member['code']} has a role that nobody can have; {known}")
            if member.get("keyAlgorithm") not in (None, *ALGORITHMS):
                raise DayError(f"{path}: keyAlgorithm of {member['code']} is not {' or '.join(ALGORITHMS)}")
    except (KeyError, TypeError) as fault:
        raise DayError(f"{path}: {fault!r} is missing or has another form") from fault


def _read_step(folder: Path, position: int, value: Any) -> Step:
    try:
        return _step(folder, position, value)
    except KeyError as fault:
        found = f"{fault} is missing"
    except (AttributeError, TypeError, ValueError, OSError) as fault:
        found = str(fault)
    number = value.get("step", position + 1) if isinstance(value, dict) else position + 1
    raise DayError(f"{folder / 'day.json'}, step {number}: {found}")


def _step(folder: Path, position: int, value: Mapping[str, Any]) -> Step:
    milliseconds(value["at"])
    return Step(
        int(value.get("step", position + 1)),
        value["at"],
        value["sender"],
        tuple(_texts(value.get("signers"))),
        value["message"],
        _message(folder, value["file"]),
        value.get("story", ""),
        _expected(value.get("expect") or {}),
    )


def _expected(expect: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a step expects, {} where the day does not say."""
    return {**expect, "codes": _texts(expect.get("codes"))} if expect else {}


def _texts(value: Any) -> list[str]:
    """Return a list of texts; one text is a list of one, null is an empty one."""
    found = [value] if isinstance(value, str) else value or []
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise ValueError(f"{value!r} is not a list of texts")
    return found


def _message(folder: Path, name: str) -> bytes:
    path = (folder / name).resolve()
    if folder.resolve() not in path.parents:
        raise ValueError(f"{name} lies outside the day's folder")
    return path.read_bytes()
