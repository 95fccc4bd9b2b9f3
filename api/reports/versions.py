"""Which rulebook and which knowledge a log has in force at a time (D8), read from its statements alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.time import from_text


@dataclass(frozen=True, slots=True)
class _Version:
    from_ms: int
    id: str
    payload: Mapping[str, Any]


@dataclass(slots=True)
class Versions:
    """Learns from the statements of a log, in its order, and tells what was in force at a time.

    As the contracts have it: a version begins at its `effective_from`, or else with its entry; knowledge
    waits until all its parts are on the ledger.
    """

    _parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _known: dict[str, list[_Version]] = field(default_factory=dict)
    _drugs: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def learn(self, id_: str, payload: Mapping[str, Any], time_ms: int) -> None:
        """Take note of an accepted statement."""
        type_ = payload["type"]
        if type_ == "governance.knowledge_part":
            self._parts[id_] = payload["drugs"]
        elif type_ in ("governance.rulebook", "governance.knowledge"):
            begins = payload.get("effective_from")
            version = _Version(from_text(begins) if begins else time_ms, id_, payload)
            self._known.setdefault(type_, []).append(version)

    def named(self, at_ms: int) -> dict[str, str]:
        """Return ids and names of what was in force: {"rulebook"?, "rulebook_version"?, "knowledge"?, …}."""
        told: dict[str, str] = {}
        for name in ("rulebook", "knowledge"):
            version = self._at(f"governance.{name}", at_ms)
            if version is not None:
                told |= {name: version.id, f"{name}_version": str(version.payload["version"])}
        return told

    def parameters(self, at_ms: int) -> Mapping[str, Any]:
        """Return the parameters that the rulebook in force sets; {} before there is one."""
        version = self._at("governance.rulebook", at_ms)
        return version.payload["parameters"] if version is not None else {}

    def drugs(self, at_ms: int) -> dict[str, dict[str, Any]]:
        """Return the drugs of the knowledge in force by their national code."""
        version = self._at("governance.knowledge", at_ms)
        if version is None:
            return {}
        if version.id not in self._drugs:  # its parts are all there, so nothing of it changes any more
            parts = version.payload["parts"]
            self._drugs[version.id] = {drug["code"]: drug for part in parts for drug in self._parts[part]}
        return self._drugs[version.id]

    def _at(self, type_: str, at_ms: int) -> _Version | None:
        known = reversed(self._known.get(type_, ()))  # of two that begin at one moment the later one counts
        newest_first = sorted(known, key=lambda one: one.from_ms, reverse=True)
        return next((one for one in newest_first if one.from_ms <= at_ms and self._complete(one)), None)

    def _complete(self, version: _Version) -> bool:
        return all(part in self._parts for part in version.payload.get("parts", ()))
