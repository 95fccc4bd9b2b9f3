"""National messages become statements: one adapter for each kind of message.

`convert` never sends anything: it reads a message, asks the look-ups for the numbers that the
message names, and returns a draft that people sign (`api.client`). Who signs is never read from a
message. What a message lacks is a MessageError that names the field and the fix.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from api.national import consultations, pharmacy, prescriptions, sales
from api.national.context import ConsultationLink, Context, Draft, Lookups, Profile
from api.national.errors import MessageError
from api.national.fields import Fields, parse
from api.national.numbers import numbers_of

__all__ = [
    "KINDS",
    "ConsultationLink",
    "Context",
    "Draft",
    "Lookups",
    "MessageError",
    "Profile",
    "convert",
    "kind_of",
    "message_digest",
    "numbers_of",
]

_STATEMENT_ID = re.compile("[0-9a-f]{64}")
Adapter = Callable[[Fields, Context], Draft]

KINDS: Mapping[str, Adapter] = {
    "D001": prescriptions.issued,
    "D003": prescriptions.reviewed,
    "D004": prescriptions.cancelled,
    "7203": pharmacy.claimed,
    "7204": pharmacy.reviewed,
    "7205": pharmacy.delivered,
    "7206": sales.dispensed,
    "3505": sales.reported,
    "3505A": sales.reported,
    "2207": sales.settled,
    "3506": sales.returned,
    "3506A": sales.returned,
    "3503": sales.received,
    "3503A": sales.received,
    "3504": sales.sent_back,
    "3504A": sales.sent_back,
    "CONSULTATION-OPENED": consultations.opened,
    "CONSULTATION-CLOSED": consultations.closed,
    "DUTY": consultations.duty,
}
# A message without `infno` is known by a member that no other kind has.
_SIGNS = (
    ("rxdrugdetail", "D001"),
    ("undoTime", "D004"),
    ("undoRea", "D004"),
    ("pharChkTime", "D003"),
    ("pharChkOpnn", "D003"),
    ("doctorTurns", "CONSULTATION-CLOSED"),
    ("closed", "CONSULTATION-CLOSED"),
    ("opened", "CONSULTATION-OPENED"),
    ("action", "DUTY"),
    ("rchk_phar_code", "7204"),
    ("dspeer_code", "7206"),
    ("delv_no", "7205"),
)


# A duty's site is part of its statement; what a download answered (7203) may name the prescribing hospital.
_NAMES_ANOTHER = ("DUTY", "7203")
_TELL_OF_THEMSELVES = ("H", "P")  # funds and couriers, whose codes begin otherwise, tell of a shop


def message_digest(message: bytes) -> str:
    """Return the SHA-256 of the message's bytes in hex: what the disclosure `message` carries."""
    return hashlib.sha256(message).hexdigest()


def kind_of(message: bytes) -> str:
    """Return the kind of `message`. Raises MessageError when it is none that can be imported."""
    fields = Fields.of("", parse(message))
    number = (fields.text("infno") or "").upper()
    if number in KINDS:
        return number
    for name, kind in _SIGNS:
        if fields.has(name):
            return kind
    raise MessageError(
        "SCHEMA_REQUIRED",
        "infno",
        f"name the kind of the message, one of {', '.join(KINDS)}",
        f"请注明报文类型，可为 {'、'.join(KINDS)}",
    )


def convert(kind: str, message: bytes, context: Context) -> Draft:
    """Return the draft of the statement that `message` of `kind` means.

    The disclosure `message` holds the kind and the digest of the exact bytes.
    Raises MessageError for what is missing or names another sender; Problem (`api.client.http`) where
    the ledger does not know a number that the message needs.
    """
    adapter = KINDS.get(kind.upper())
    if adapter is None:
        raise MessageError(
            "SCHEMA_TYPE",
            "",
            f"use one of the kinds {', '.join(KINDS)}",
            f"报文类型须为 {'、'.join(KINDS)} 之一",
        )
    fields = Fields.of(kind.upper(), parse(message))
    _check_sender(fields, context.sender)
    draft = adapter(fields, context)
    draft.disclosures["message"] = {"kind": kind.upper(), "digest": message_digest(message)}
    return replace(draft, corrects=_corrected(fields))


def _check_sender(fields: Fields, sender: str) -> None:
    """A message is of the institution that it names: filed by another, it would count as the other's act."""
    named = fields.within("mdtrtinfo").text("fixmedinsCode")
    tells = sender.startswith(_TELL_OF_THEMSELVES) and fields.kind not in _NAMES_ANOTHER
    if tells and named and named.upper() != sender.upper():
        raise MessageError(
            "TENANT_MISMATCH",
            fields.within("mdtrtinfo").path("fixmedinsCode"),
            "each institution sends its own messages",
            "各机构只能报送本机构的报文",
        )


def _corrected(fields: Fields) -> str | None:
    """The id in the refusal that a corrected record answers: `corrects` of the extension."""
    found = fields.extension().text("corrects")
    if found is not None and not _STATEMENT_ID.fullmatch(found):
        raise MessageError(
            "SCHEMA_TYPE",
            "extension/corrects",
            "give the id of the refusal: 64 hexadecimal digits",
            "请填写被拒记录的 id（64 位十六进制）",
        )
    return found
