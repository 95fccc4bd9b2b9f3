"""Which disclosed values become keyed tags, so that state can find them without knowing them (D7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from contracts import resident_number
from contracts.evidence import document_numbers
from contracts.facts import Json
from contracts.types import TAGGED


def told_apart(kind: str, value: str) -> tuple[str, ...]:
    """Return the forms in which a host tags a value, the first the one that newer records stand under.

    A person's number has one tag, however it is written; as it was written it was tagged before.
    """
    plain = resident_number.plain(value) if kind == "people" else value
    return (plain, value) if plain and plain != value else (value,)


def tagged_values(disclosures: Mapping[str, Json]) -> set[tuple[str, str]]:
    """Return the (kind, value) pairs to tag, per `contracts.types.TAGGED`; empty values have none.

    Of the evidence of a declared reason the numbers of its documents are tagged, not its words.
    """
    return _documents(disclosures) | {
        (kind, value)
        for group, paths in TAGGED.items()
        if group in disclosures
        for path, kind in paths
        for value in _at(disclosures[group], path.split("/"))
    }


def _documents(disclosures: Mapping[str, Json]) -> set[tuple[str, str]]:
    numbers = (document_numbers(text) for text in _at(disclosures.get("exemption"), ["evidence"]))
    return {("codes", number) for each in numbers for number in each}


def _at(value: Json, path: Sequence[str]) -> Iterator[str]:
    if not path:
        if isinstance(value, str) and value:
            yield value
    elif path[0] == "*":
        for item in value if isinstance(value, list) else ():
            yield from _at(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])
