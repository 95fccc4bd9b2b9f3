"""What a knowledge part says of each drug and package, so that two parts can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.facts import Json
from contracts.written import encode

_DIGITS = 16  # of a digest in hex: who writes two texts with one contradicts nobody but himself


def said(drugs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield place, name and digest of what is said of each drug and of each of its packages.

    Names are `drug/<code>` and `product/<seven digits>`; of a package its drug is said too.
    """
    for place, drug in enumerate(drugs):
        yield f"/drugs/{place}", f"drug/{drug['code']}", _digest(dict(drug))
        for at, level in enumerate(drug["levels"]):
            yield f"/drugs/{place}/levels/{at}", f"product/{level['product']}", _digest([drug["code"], level])


def _digest(value: Json) -> str:
    return hashlib.sha256(encode(value)).hexdigest()[:_DIGITS]
