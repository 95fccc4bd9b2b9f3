"""The letters that a Chinese name is looked up by in a drop-down: the first of each character's pinyin (S44).

Hospitals make these letters character by character, each with a table of its own, and nobody knows which
reading of 行 (X or H) it took. All readings of the library's table are taken, so that no collision is missed:
a pair too many is a proposal that a person looks at, one too few is not seen by anybody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice, product

from pypinyin import Style, pinyin

SPELLINGS_MAX = 256  # of one name: eight characters of two readings, or five of three


@dataclass(frozen=True, slots=True)
class Spelling:
    """Capital letters and digits; `unusual` of them are not their character's commonest reading."""

    letters: str
    unusual: int


def spellings(name: str) -> tuple[list[Spelling], bool]:
    """Return what may be typed for `name`, the usual first, and whether that is all of it.

    As input methods do: Latin letters and digits stand for themselves, full-width ones and Ⅱ as what they
    look like, and what no key types (punctuation, brackets, spaces, Greek) is left out. No spelling at all
    where nothing is left. Of more than SPELLINGS_MAX those with the fewest unusual readings are given.
    """
    plain = unicodedata.normalize("NFKC", name).upper()
    readings = [found for character in plain if (found := _readings(character))]
    if not readings:
        return [], True
    ways = _by_usage(readings)
    return list(islice(ways, SPELLINGS_MAX)), next(ways, None) is None


def _by_usage(readings: list[str]) -> Iterator[Spelling]:
    usual = [each[0] for each in readings]
    several = [place for place, each in enumerate(readings) if len(each) > 1]
    for unusual in range(len(several) + 1):
        for places in combinations(several, unusual):
            for others in product(*(readings[place][1:] for place in places)):
                changed = dict(zip(places, others, strict=True))
                letters = (changed.get(place, letter) for place, letter in enumerate(usual))
                yield Spelling("".join(letters), unusual)


@lru_cache(maxsize=65_536)
def _readings(character: str) -> str:
    """The first letters of a character's readings, the commonest first, each once; "" where it has none."""
    if character.isascii():
        return character if character.isalnum() else ""
    told = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    letters = (unicodedata.normalize("NFKD", each)[:1].upper() for each in (told[0] if told else ()))
    return "".join(dict.fromkeys(letter for letter in letters if letter.isascii() and letter.isalpha()))
