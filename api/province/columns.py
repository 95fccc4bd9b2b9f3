"""The accepted acts of a year as the columns that screening reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.province.cast import Drug
from api.province.trial import OUTSIDE, Tried, tag
from api.screening.decided import drugs_in
from api.screening.writer import ColumnsWriter


class Columns:
    """Hands acts of a run to the writer of columns, and counts the entries that they would be."""

    def __init__(self, registry: Mapping[str, Any], drugs: Mapping[str, Drug]) -> None:
        self._writer = ColumnsWriter(
            tag,
            lambda drug: drugs[drug].pack_days if drug in drugs else 0.0,
            lambda drug: (drugs[drug].units, drugs[drug].unit) if drug in drugs else (1, ""),
            lambda event: self._drugs.get(event, ()),
        )
        self._drugs: dict[str, set[str]] = {}  # of labelled acts: the evidence of the year's cases
        self._entry = 0
        for one in registry["organisations"]:
            self._writer.organisation({**one, "kind": one["role"], "licence_to": None})
        for one in registry["people"]:
            for site in one["sites"]:
                self._writer.roster(one["code"], site)

    def take(self, tried: Tried) -> None:
        """Take an act: accepted ones have an entry with content, what is outside has books of its own."""
        event = tried.event
        if "label" in event and "disclosures" in event:
            self._drugs[event["id"]] = drugs_in(event["disclosures"])
        if tried.outcome in ("accepted", "held", OUTSIDE):
            members = {name: _without_mark(value) for name, value in event["members"].items()}
            self._writer.act(self._entry, event["time"], event["id"], {**event, "members": members})
        self._entry += tried.outcome != "replayed"

    def write(self, folder: Path) -> None:
        """Write the folder."""
        self._writer.write(folder)


def _without_mark(value: Any) -> Any:
    """An event that another one names: `@id:L7.2` is L7.2, alone or in a list."""
    if isinstance(value, list):
        return [_without_mark(one) for one in value]
    marked = isinstance(value, str) and value.startswith("@")
    return value.partition(":")[2] if marked else value
