"""Which disclosed values become keyed tags, so that state can find them without knowing them (D7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from contracts import resident_number
from contracts.evidence import document_numbers
from contracts.facts import Json
from contracts.types import TAGGED

# Blanks, what nobody sees, and punctuation, Chinese and full-width too: a table of our own, because an
# interpreter's follows its version of Unicode. 〇 and 々 are no punctuation, + < = > ↑ no more than letters.
_BLANK_OR_POINT = re.compile(
    r"[\s\x00-\x1f!-#%-*,-/:;?@\[-\]_{}\x7f-\xa1\xa7\xab\xad\xb6\xb7\xbb\xbf"
    r"\u2000-\u206f\u3000-\u3003\u3008-\u3011\u3014-\u301f\u3030\u303d\u30fb"
    r"\ufe10-\ufe19\ufe30-\ufe52\ufe54-\ufe61\ufe63\ufe68\ufe6a\ufe6b\ufeff"
    r"\uff01-\uff03\uff05-\uff0a\uff0c-\uff0f\uff1a\uff1b\uff1f\uff20"
    r"\uff3b-\uff3d\uff3f\uff5b\uff5d\uff5f-\uff65]"
)


def told_apart(kind: str, value: str) -> tuple[str, ...]:
    """Return the forms in which a host tags a value, the first the one that newer records stand under.

    A person's number has one tag, however it is written; as it was written it was tagged before.
    """
    plain = resident_number.plain(value) if kind == "people" else value
    return (plain, value) if plain and plain != value else (value,)


def plain_opinion(text: str) -> str:
    """Return a reviewer's text without blanks and punctuation: what is left tells two opinions apart (S7)."""
    return _BLANK_OR_POINT.sub("", text)


def tagged_values(disclosures: Mapping[str, Json]) -> set[tuple[str, str]]:
    """Return the (kind, value) pairs to tag, per `contracts.types.TAGGED`; empty values have none.

    Of the evidence of a declared reason the numbers of its documents are tagged, not its words; an opinion
    without its blanks and punctuation.
    """
    return _documents(disclosures) | _opinions(disclosures) | {
        (kind, value)
        for group, paths in TAGGED.items()
        if group in disclosures
        for path, kind in paths
        for value in _at(disclosures[group], path.split("/"))
    }


def _documents(disclosures: Mapping[str, Json]) -> set[tuple[str, str]]:
    numbers = (document_numbers(text) for text in _at(disclosures.get("exemption"), ["evidence"]))
    return {("codes", number) for each in numbers for number in each}


def _opinions(disclosures: Mapping[str, Json]) -> set[tuple[str, str]]:
    texts = map(plain_opinion, _at(disclosures.get("clinical"), ["opinion"]))
    return {("codes", text) for text in texts if text}


def _at(value: Json, path: Sequence[str]) -> Iterator[str]:
    if not path:
        if isinstance(value, str) and value:
            yield value
    elif path[0] == "*":
        for item in value if isinstance(value, list) else ():
            yield from _at(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])
