"""A ledger's own history as columns for screening: entries from the log, content from the vault."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from api.logged import statement_of
from api.ports import is_erased
from api.reports.agreements import standing
from api.reports.versions import Versions
from api.screening.decided import drugs_in
from api.screening.tables import UTC_OFFSET_MS
from api.screening.thresholds import PARAMETER
from api.screening.writer import ColumnsWriter
from contracts.facts import Json
from contracts.quantity import DAY_MS, MICRO, covered_ms, smallest_level
from contracts.statements import disclosures
from contracts.time import local_day

_MICRODEGREES = 1e6
_EPOCH = date(1970, 1, 1)


class Place(Protocol):
    """Where an entry stands."""

    @property
    def index(self) -> int:
        """Its number in the log."""


class Source(Protocol):
    """What the columns need of a ledger."""

    @property
    def size(self) -> int:
        """How many entries there are."""

    def entry(self, index: int) -> bytes:
        """Return an entry."""

    def find(self, statement_id: str) -> Place | None:
        """Return where a committed statement stands, or None."""

    def disclosures(self, statement_id: str) -> Mapping[str, Json]:
        """Return a statement's opened disclosures. Raises with code ERASED."""

    def received(self, index: int) -> tuple[str, ...]:
        """Return the encoded disclosures of an entry, a refused one's too. Raises with code ERASED."""

    def tag(self, kind: str, value: str) -> tuple[str, ...]:
        """Return the keyed tags of a value, newest first."""


@dataclass(slots=True)
class _Known:
    """What registry, rulebook and knowledge statements said so far; of an institution the newest counts."""

    organisations: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    sites: dict[str, list[str]] = field(default_factory=dict)
    versions: Versions = field(default_factory=Versions)
    time_ms: int = 0

    def learn(self, id_: str, payload: Mapping[str, Any], time_ms: int) -> None:
        """Take an accepted statement; what is asked from now on is answered as of its time."""
        self.time_ms = time_ms
        self.versions.learn(id_, payload, time_ms)
        if payload["type"] == "registry.organisation":
            self.organisations[payload["code"]] = payload
        elif payload["type"] == "registry.licence":
            self.sites[payload["person"]] = list(payload["sites"])

    def in_force(self) -> dict[str, Any]:
        """Return which rulebook and knowledge count now, and the thresholds for screens."""
        named: dict[str, Any] = self.versions.named(self.time_ms)
        if "rulebook" not in named:
            return named
        thresholds = self.versions.parameters(self.time_ms).get(PARAMETER, [])
        version = named.pop("rulebook_version")
        return {**named, "version": version, PARAMETER: thresholds}

    def pack_days(self, code: str) -> float:
        """Return for how many days a pack lasts at the label's highest dose, 0 where that is not known."""
        drug = self._drug(code)
        lasts_ms = covered_ms(drug, smallest_level(drug)[0] * MICRO)
        return (lasts_ms or 0) / DAY_MS

    def smallest(self, code: str) -> tuple[int, str]:
        """Return how many smallest units a pack holds, and that unit's name."""
        return smallest_level(self._drug(code))

    def _drug(self, code: str) -> dict[str, Any]:
        return self.versions.drugs(self.time_ms).get(code, {})


@dataclass(slots=True)
class _About:
    """Which drugs an act is about. Refused ones have no id in the ledger, so their entries are kept."""

    source: Source
    refused: dict[str, int] = field(default_factory=dict)

    def drugs(self, id_: str) -> set[str]:
        """Return those that the act names, else those of the prescription that it names; erased ones none."""
        found = self.source.find(id_)
        index = found.index if found is not None else self.refused.get(id_)
        if index is None:
            return set()
        named = drugs_in(self._opened(index))
        if named or found is None:
            return named
        rx = statement_of(json.loads(self.source.entry(index)))[1].get("rx")
        return self.drugs(rx) if rx else named

    def _opened(self, index: int) -> dict[str, Any]:
        try:
            texts = self.source.received(index)
        except Exception as error:
            _only_erased(error)
            return {}
        return {one.group: one.value for one in (disclosures.parse(text, "") for text in texts)}


def _organisation(payload: Mapping[str, Any], today: int) -> dict[str, Any]:
    site = str(payload.get("site", ""))
    agreement, since = standing(payload["agreements"], today) if "agreements" in payload else (None, None)
    return {
        "code": payload["code"],
        "kind": payload["role"],
        "province": site[:2] or None,
        "city": site[:4] or None,
        "latitude": payload["latitude_microdegrees"] / _MICRODEGREES,
        "longitude": payload["longitude_microdegrees"] / _MICRODEGREES,
        "licence_to": date.fromisoformat(payload["valid_to"]),
        "registered_address": payload.get("registered_address"),
        "licensed_address": payload.get("licensed_address"),
        "agreement": agreement,
        "agreement_from": None if since is None else _EPOCH + timedelta(days=since),
    }


def columns(source: Source, progress: Callable[[int], None]) -> tuple[ColumnsWriter, int, dict[str, Any]]:
    """Return the columns of a ledger's history, how many acts had been erased, and what is in force now."""
    known, about = _Known(), _About(source)
    writer = ColumnsWriter(
        lambda kind, value: _first(source.tag(kind, value)), known.pack_days, known.smallest, about.drugs
    )
    erased = 0
    for index in range(source.size):
        progress(index)
        entry = json.loads(source.entry(index))
        if "refused" in entry:
            about.refused[entry["refused"]["digest"]] = index
        if "statement" not in entry:
            continue
        id_, payload = statement_of(entry)
        known.learn(id_, payload, int(entry["time"]))
        opened = _opened(source, id_)
        erased += opened is None
        act = {**payload, "members": payload, "disclosures": opened or {}}
        writer.act(index, entry["time"], id_, act)
    today = local_day(known.time_ms, UTC_OFFSET_MS // 60_000)
    for registered in known.organisations.values():
        writer.organisation(_organisation(registered, today))
    for person, sites in known.sites.items():
        for site in sites:
            writer.roster(person, site)
    return writer, erased, known.in_force()


def _first(tags: tuple[str, ...]) -> str:
    return tags[0] if tags else ""


def _opened(source: Source, id_: str) -> Mapping[str, Any] | None:
    try:
        return source.disclosures(id_)
    except Exception as error:
        _only_erased(error)
        return None


def _only_erased(error: Exception) -> None:
    if not is_erased(error):
        raise error
