"""Whom a measure may concern: registered people and institutions, departments, vendors, insured persons.

An insured person stands here under a code that an officer gave; which patient that is, the log does not
say: the number is a disclosure, its tag lies under `pvt/` (D7).
"""

from __future__ import annotations

from collections.abc import Callable

from contracts import keys
from contracts.act import Act, State
from contracts.groups import ISSUE, SALE

KINDS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("organisation", keys.organisation),
    ("person", keys.person),
    ("department", keys.department),
    ("vendor", keys.vendor),
    ("insured", keys.insured),
)
_SOLD_OR_SETTLED = (*SALE, "settlement.reported")
_UNHEARD = ("vendor", "insured")  # without keys or an institution of their own


def found(act: Act, code: str) -> tuple[str, State] | None:
    """Return kind and record of a registered subject, or None."""
    for kind, key_of in KINDS:
        record = act.state(key_of(code))
        if record is not None:
            return kind, record
    return None


def speaks_for(act: Act, subject: str) -> bool:
    """Return whether the act comes from `subject`: itself, somebody of the institution, or who writes for it.

    A department has no key: its hospital speaks for it. Vendors and insured persons have none either: an
    officer puts down what came from them, so that nobody is without appeal.
    """
    if subject == act.organisation_code or any(signer.code == subject for signer in act.signers):
        return True
    kind, record = found(act, subject) or ("", {})
    if kind == "department":
        return bool(record["organisation"] == act.organisation_code)
    by_officer = all(signer.role == "officer" for signer in act.signers)
    return kind in _UNHEARD and by_officer and act.organisation.get("role") == "regulator"


def department_of(act: Act) -> str:
    """Return the code of the registered department that issues, or had issued what the act names, or "".

    What was issued before the code was kept with it, or before the department was registered, names none.
    """
    return issuing_department(act) or str(act.content.get("department", ""))


def issuing_department(act: Act) -> str:
    """Return the code of the registered department that issues, or ""."""
    if act.type not in ISSUE:
        return ""
    name = str((act.disclosed("clinical") or {}).get("department", ""))
    return _code(act.state(keys.department_named(act.organisation_code, name)))


def seller_of(act: Act) -> str:
    """Return the shop whose sale the act tells of: the fund speaks of the one that holds the prescription."""
    if act.organisation.get("role") == "fund":
        return str((act.rx or {}).get("holder") or "")
    return act.organisation_code


def insured_of(act: Act) -> str:
    """Return the code of the registered insured person to whom the act sells, or ""."""
    return insured_tagged(act) if act.type in _SOLD_OR_SETTLED else ""


def insured_tagged(act: Act) -> str:
    """Return the code of the registered insured person whose prescription the act names, or ""."""
    for tag in act.content.get("patient", ()):
        code = _code(act.state(keys.insured_tagged(tag)))
        if code:
            return code
    return ""


def _code(record: State | None) -> str:
    return str((record or {}).get("code", ""))
