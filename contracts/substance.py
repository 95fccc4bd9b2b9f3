"""Which drugs are one for the patient: the same substance, whoever made and packed it (T2, T8).

The national code of a western drug is X, class (5), name (4), form, pack, maker; of a Chinese patent medicine
Z, class (5), name (5), pack, maker (reference china-domain §5). Who takes two packs of one substance from
two makers takes twice as much of it. A code of another shape is a drug of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Substance; form and pack; the rest is the maker. A hospital's own XSLY-2025-0001 is none of them.
_CODE = re.compile(r"(X[A-Z]\d\d[A-Z]{3}\d{3})([0-9A-Z]{0,8})[0-9A-Z]{0,5}", re.ASCII)
_PATENT = re.compile(r"(Z[A-Z]\d\d[A-Z]{3}\d{4})([0-9A-Z]{0,4})[0-9A-Z]{0,5}", re.ASCII)


def _parts(drug_code: str) -> tuple[str, str]:
    found = _CODE.fullmatch(drug_code) or _PATENT.fullmatch(drug_code)
    return (found[1], found[2]) if found else (drug_code, "")


def substance(drug_code: str) -> str:
    """Return the part of a national drug code that names the substance."""
    return _parts(drug_code)[0]


def presentation(drug_code: str) -> str:
    """Return the part of a national drug code that names substance, form and pack, whoever made it."""
    return "".join(_parts(drug_code))


def substances(drug_codes: Iterable[str]) -> list[str]:
    """Return the substances of these drugs, each once, in their order."""
    return list(dict.fromkeys(substance(code) for code in drug_codes))
