"""How the dataclasses that cross between our processes are pickled: as their fields, in order.

What `slots` and `frozen` give by default asks `dataclasses.fields` for each object, in Python: half of the
time that a submission's way to the ledger's process took.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from operator import attrgetter
from typing import Any

from contracts.decision import Finding
from contracts.facts import AdmissionRefusal, Credential, Facts, Presence, Signer

_CROSSING = (AdmissionRefusal, Credential, Facts, Finding, Presence, Signer)


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
