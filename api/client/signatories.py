"""Whether those sign whom a statement takes and names, seen before it is signed or sent.

The ledger would refuse it and keep the refusal for ever, in the name of whoever signed; mostly it is a slip
of who typed the command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from api.national import MessageError
from contracts.act import plain
from contracts.facts import Json
from contracts.parameters import DEFAULTS
from contracts.types import TYPES

# Member -> what the national messages call it. Whom a rule finds in the ledger alone is the rule's to judge.
NAMED: Mapping[str, Mapping[str, str]] = {
    "consultation.opened": {"doctor": "drCode"},
    "consultation.closed": {"doctor": "drCode"},
    "prescription.issued": {"prescriber": "drCode"},
    "review.hold": {"reviewer": "reviewer"},
    "review.hospital": {"reviewer": "pharCode"},
    "review.pharmacy": {"reviewer": "phar_code", "second_reviewer": "rchk_phar_code"},
    "dispensing.dispensed": {"preparer": "dspeer_code", "checker": "pro_code"},
}
_PLACEHOLDERS = cast(list[str], DEFAULTS["placeholders"])
_THEMSELVES = ("let those sign whom it names", "请由所写人员本人签名")


def require_signers(
    type_: str, members: Mapping[str, Json], signers: Sequence[tuple[str, str]], national: bool = False
) -> None:
    """Return when `signers` (code, role) are as many as the type takes, of its roles, and those named.

    `national` gives a fault the name that its field has in messages. Raises MessageError.
    """
    whole = "" if national else type_
    _require_roles(type_, [role for _, role in signers], whole)
    signed = {code for code, _ in signers}
    for member, field in NAMED.get(type_, {}).items():
        named = members.get(member)
        # One that names nobody is asked about by a rule, which accuses no signer.
        if named not in signed and plain(named) not in ("", *_PLACEHOLDERS):
            raise MessageError("SIGNERS_MISMATCH", field if national else member, *_THEMSELVES)


def _require_roles(type_: str, roles: Sequence[str], whole: str) -> None:
    found = TYPES[type_]
    # The last place repeats.
    places = [*found.roles, *[found.roles[-1]] * found.signers_max]
    words = " ".join(f"--signer {'|'.join(place)}=FILE" for place in places[: found.signers_min])
    asked = (f"give {words}", f"请给出 {words}")
    if not roles:
        raise MessageError("SIG_MISSING", whole, *asked)
    if len(roles) < found.signers_min:
        raise MessageError("DUAL_CONTROL_REQUIRED", whole, *asked)
    fits = all(role in place for role, place in zip(roles, places, strict=False))
    if not fits or len(roles) > found.signers_max:
        raise MessageError("ROLE_FORBIDDEN", whole, *asked)
