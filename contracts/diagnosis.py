"""How the code of a diagnosis is compared: one illness is one, however its code was typed."""

from __future__ import annotations

_FULL_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)}


def plain(code: str) -> str:
    """Return a diagnosis code as rules compare it: in capitals, without blanks, no sign of full width.

    ICD-10 and the lists of a rulebook write codes so. " E11.900" and "Ｅ11.900" are no other illness: nobody
    lacks an indication, and nothing escapes, for that.
    """
    written = code if code.isascii() else code.translate(_FULL_WIDTH)
    return "".join(written.split()).upper()
