"""One substance is one drug, whoever made and packed it: another maker's pack hides nothing (T2, T8).

The rules know this too (contracts/substance.py; a test compares): said twice, for screens share no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Of a western drug and of a Chinese patent medicine: the substance; form, pack and maker follow.
_WESTERN = re.compile(r"(X[A-Z]\d\d[A-Z]{3}\d{3})[0-9A-Z]{0,13}", re.ASCII)
_PATENT = re.compile(r"(Z[A-Z]\d\d[A-Z]{3}\d{4})[0-9A-Z]{0,9}", re.ASCII)


def substance(code: str) -> str:
    """Return the part of a national drug code that names the substance; a code of another shape as it is."""
    found = _WESTERN.fullmatch(code) or _PATENT.fullmatch(code)
    return found[1] if found else code


def shared(codes: Iterable[str]) -> dict[str, str]:
    """Return the substance of each code of whose substance there is another code too."""
    packs: dict[str, set[str]] = {}
    for code in codes:
        packs.setdefault(substance(code), set()).add(code)
    return {code: named for named, found in packs.items() if len(found) > 1 for code in found}
