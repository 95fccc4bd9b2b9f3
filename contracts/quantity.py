"""Exact quantities: decimals as integers of a millionth, units and doses without floats."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.errors import Rejected

MICRO = 1_000_000
DAY_MS = 86_400_000

PACKS = ("盒", "瓶", "支", "袋", "包", "板", "件", "管", "罐", "筒")
SMALL_UNITS = (
    *("片", "粒", "支", "瓶", "袋", "丸", "贴", "枚", "滴", "揿", "吸", "喷", "单位"),
    *("ml", "mL", "g", "mg", "IU", "U"),
)
NOT_NORMALISED = "㎎㎏㎍㎖㎗µμ℃０１２３４５６７８９ｍｇｌＭＧＬ"
_PLAIN = str.maketrans(
    {
        "㎎": "mg",
        "㎏": "kg",
        "㎍": "ug",
        "㎖": "ml",
        "µ": "u",
        "μ": "u",
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        **{chr(0xFF21 + place): chr(0x41 + place) for place in range(26)},
        **{chr(0xFF41 + place): chr(0x61 + place) for place in range(26)},
    }
)
_MASS_UG = {"ug": 1, "mcg": 1, "mg": 1_000, "g": 1_000_000, "kg": 1_000_000_000}
_MASS_UG |= {"微克": 1, "毫克": 1_000, "克": 1_000_000}


def micro(text: str) -> int:
    """Return a checked decimal string (schema form `decimal`) as an integer of a millionth."""
    whole, _, fraction = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole)) * MICRO + int((fraction + "000000")[:6]))


def decimal_text(millionths: int) -> str:
    """Return an amount that is not negative as its shortest decimal string."""
    whole, fraction = divmod(millionths, MICRO)
    return f"{whole}.{fraction:06d}".rstrip("0").rstrip(".") if fraction else str(whole)


def has_look_alike(unit: str) -> bool:
    """Return whether a sign in `unit` only looks like a letter of it, as in ㎎."""
    return any(character in NOT_NORMALISED for character in unit)


def check_unit(unit: str) -> None:
    """Return when `unit` is one we know, else raise UNIT_NOT_NORMALISED or UNIT_UNKNOWN."""
    if has_look_alike(unit):
        raise Rejected("UNIT_NOT_NORMALISED")
    if unit not in PACKS and unit not in SMALL_UNITS:
        raise Rejected("UNIT_UNKNOWN")


def proposed_unit(unit: str, of_dose: bool = False) -> str:
    """Return the unit that look-alike signs most likely mean, or "": for a person to confirm, never used."""
    found = "".join(unit.split()).translate(_PLAIN)
    return found if found in SMALL_UNITS or found in PACKS or (of_dose and found in _MASS_UG) else ""


def units_told_in(drug: Mapping[str, object]) -> list[str]:
    """Return the units in which a quantity of `drug` may be told: its smallest one, and packs."""
    _, smallest = smallest_level(drug)
    return list(dict.fromkeys((*((smallest,) if smallest in SMALL_UNITS else ()), *PACKS)))


def smallest_level(drug: Mapping[str, object]) -> tuple[int, str]:
    """Return how many smallest units one sale pack of `drug` holds, and that unit's name."""
    levels = drug.get("levels")
    for level in levels if isinstance(levels, list) else []:
        if level["level"] == 1:
            return int(level.get("units", 1)), str(level.get("unit", ""))
    return 1, ""


def units_of(drug: Mapping[str, object], quantity: str, unit: str) -> int:
    """Return `quantity` of `unit` in millionths of the drug's smallest unit.

    Raises UNIT_NOT_NORMALISED, UNIT_UNKNOWN or UNIT_INCOMPATIBLE.
    """
    check_unit(unit)
    per_pack, smallest = smallest_level(drug)
    if unit == smallest:
        return micro(quantity)
    if unit in PACKS:
        return micro(quantity) * per_pack
    raise Rejected("UNIT_INCOMPATIBLE")


def covered_ms(drug: Mapping[str, object], units: int) -> int | None:
    """Return for how long `units` (millionths) last at the label's maximum dose, in milliseconds.

    None where the label has no fixed maximum (titrated drugs): such a drug is never blocked
    automatically. Rounds down, in the patient's favour.
    """
    strength, dose = drug.get("strength"), drug.get("max_dose")
    if not isinstance(strength, dict) or not isinstance(dose, dict):
        return None
    held = amount_of(strength) * units
    taken = amount_of(dose) * MICRO
    if not comparable(strength["unit"], dose["unit"]) or taken <= 0:
        return None
    return held * int(dose["per_days"]) * DAY_MS // taken


def exceeds_label(drug: Mapping[str, object], dose: str, unit: str, times: int, hours: int) -> bool:
    """Return whether `dose`, by itself or taken `times` in `hours`, is above the label's maximum.

    False where the label has no fixed maximum, or `unit` cannot be compared with it.
    """
    most = drug.get("max_dose")
    given = _in_unit_of(drug, dose, unit, most["unit"]) if isinstance(most, dict) else None
    if not isinstance(most, dict) or given is None:
        return False
    allowed, period_h = amount_of(most) * MICRO, int(most["per_days"]) * 24
    return given > allowed or given * times * period_h > allowed * hours


def units_of_a_dose(drug: Mapping[str, object], dose: str, unit: str) -> int | None:
    """Return the millionths of the smallest unit that one dose uses: of ampoules and bottles whole ones.

    What is opened for a dose and not emptied is thrown away, or lasts longer (a pen). None where the strength
    is unknown, or `unit` cannot be compared with it.
    """
    plain, smallest, strength = unit.strip().translate(_PLAIN), smallest_level(drug)[1], drug.get("strength")
    if plain == smallest:
        used = micro(dose)
    elif isinstance(strength, dict) and amount_of(strength) > 0:
        taken = _in_unit_of(drug, dose, unit, strength["unit"])
        if taken is None:
            return None
        used = -(-taken // amount_of(strength))
    else:
        return None
    return -(-used // MICRO) * MICRO if smallest in PACKS else used


def _in_unit_of(drug: Mapping[str, object], dose: str, unit: str, wanted: str) -> int | None:
    """A dose as `amount_of(wanted) * MICRO` would be; None where the units cannot be compared."""
    plain = unit.strip().translate(_PLAIN)
    if comparable(plain, wanted):
        return amount_of({"amount": dose, "unit": plain}) * MICRO
    # A tablet is a dose; a pen or a bottle, which is counted too, may hold many.
    strength, counted = drug.get("strength"), plain == smallest_level(drug)[1] and plain not in PACKS
    if not isinstance(strength, dict) or not counted or not comparable(strength["unit"], wanted):
        return None
    return amount_of(strength) * micro(dose)


def amount_of(value: Mapping[str, str]) -> int:
    """Return a checked amount in millionths of its unit, of a mass in those of a microgram."""
    return micro(value["amount"]) * _MASS_UG.get(value["unit"].lower(), 1)


def comparable(one: str, other: str) -> bool:
    """Return whether amounts in these units can be compared: both are masses, or it is one unit."""
    both_mass = one.lower() in _MASS_UG and other.lower() in _MASS_UG
    return both_mass or one.lower() == other.lower()
