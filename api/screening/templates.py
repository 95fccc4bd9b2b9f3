"""Which texts of one author are one text: the same but for figures, marks and a few words (S6).

Two texts are alike by the pairs of neighbouring characters that they have in common (Jaccard). A text belongs
to the first one of its author that it resembles; only first texts are compared with, so that a chain of small
changes joins no strangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zlib import crc32

CHARACTERS_MIN = 30  # "stable, go on with the drug" is honestly the same for many
ALIKE_MIN = 0.6  # of all pairs of both: two of thirty words exchanged in each leave about 0.7
_MARKS = 8  # pairs of a text under which it is found: alike texts share one, all but once in a thousand times
_FOUND_MAX = 50  # who has written so many texts of their own that share a pair clones none of them
_WRITTEN = re.compile(r"[\u3400-\u9fff]")


class Templates:
    """Remembers the first texts of each author: about a kilobyte for each."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, int], list[str]] = {}

    def first(self, author: str, text: str) -> str | None:
        """Return the first text of this author that `text` resembles, perhaps itself; None for a short one.

        What is returned is without figures, marks and letters of codes, and so is what is compared.
        """
        kept = "".join(_WRITTEN.findall(text))
        if len(kept) < CHARACTERS_MIN:
            return None
        pairs = _pairs(kept)
        marks = sorted(crc32(pair.encode()) for pair in pairs)[:_MARKS]
        for other in self._candidates(author, marks):
            if other == kept or _alike(pairs, _pairs(other)) >= ALIKE_MIN:
                return other
        for mark in marks:
            found = self._first.setdefault((author, mark), [])
            if len(found) < _FOUND_MAX:
                found.append(kept)
        return kept

    def _candidates(self, author: str, marks: list[int]) -> Iterator[str]:
        seen: set[str] = set()
        for mark in marks:
            for other in self._first.get((author, mark), ()):
                if other not in seen:
                    seen.add(other)
                    yield other


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _alike(one: set[str], other: set[str]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)
