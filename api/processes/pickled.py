"""How the dataclasses that cross between our processes are pickled: as their fields, in order.

What `slots` and `frozen` give by default asks `dataclasses.fields` for each object, in Python: half of the
time that a submission's way to the ledger's process took.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from operator import attrgetter
from typing import Any

from api.ports import ProofPort
from contracts.decision import Finding, Outcome
from contracts.facts import AdmissionRefusal, Credential, Facts, Presence, Signer

_CROSSING = (AdmissionRefusal, Credential, Facts, Finding, Presence, Signer)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer without what only the ledger's process needs; see `api.ports.AnswerPort`."""

    outcome: Outcome
    codes: tuple[str, ...]
    findings: tuple[Finding, ...]
    statement_id: str
    index: int | None
    leaf: str | None
    entry: bytes | None
    proof: ProofPort | None

    @property
    def receipt(self) -> bytes | None:
        """The receipt, checked and written out here. Raises InvariantError when it does not hold."""
        return self.proof.receipt() if self.proof else None


told_of: Callable[[object], tuple[Any, ...]] = attrgetter(*[field.name for field in fields(Told)])
"""The fields of an answer, in order: the process that is told makes a Told of them."""


def as_fields(one: type[Any]) -> None:
    """Have a dataclass of two fields or more pickled as its values, which make it again."""
    names = [field.name for field in fields(one)]
    copyreg.pickle(one, partial(_reduced, one, attrgetter(*names)))


def _reduced(
    one: type[Any], values: Callable[[Any], tuple[Any, ...]], of: object
) -> tuple[type[Any], tuple[Any, ...]]:
    return one, values(of)


for _class in _CROSSING:
    as_fields(_class)
