"""Which drugs are one for the patient: the same substance, whoever made and packed it (T2, T8).

The national code of a western drug is X, class (5), name (4), form, pack, maker; of a Chinese patent medicine
Z, class (5), name (5), pack, maker (reference china-domain §5). Who takes two packs of one substance from
two makers takes twice as much of it. A code of another shape is a drug of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

_NAME_ENDS = {"X": 10, "Z": 11}


def substance(drug_code: str) -> str:
    """Return the part of a national drug code that names the substance."""
    return drug_code[: _NAME_ENDS.get(drug_code[:1], len(drug_code))]


def substances(drug_codes: Iterable[str]) -> list[str]:
    """Return the substances of these drugs, each once, in their order."""
    return list(dict.fromkeys(substance(code) for code in drug_codes))
