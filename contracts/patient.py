"""Who the patient of an act is, as far as state may know: keyed tags of the number, never the number."""

from __future__ import annotations

from contracts import resident_number
from contracts.act import Act


def patient_misnamed(act: Act) -> bool:
    """Return whether the patient's number is a placeholder or was typed badly.

    AUTHOR-1 and AUTHOR-2 refuse it and accuse nobody. It names nobody either: held against another
    record it would make the patient look like somebody else, so no other rule looks at it (interface §4).
    """
    return act.once("patient misnamed", lambda: _misnamed(act))


def _misnamed(act: Act) -> bool:
    identity = act.disclosed("identity")
    if identity is None:
        return False
    number = identity.get("certificate_number", "")
    return act.is_placeholder(number) or not resident_number.check_digit_fits(str(number))


def patient_tags(act: Act) -> tuple[str, ...]:
    """Return the tags of the patient of the act: disclosed at issue, remembered afterwards; () for nobody."""
    if act.rx_id:
        return tuple(act.content.get("patient", ()))
    if patient_misnamed(act):
        return ()
    return act.tags("people", (act.disclosed("identity") or {}).get("certificate_number"))
