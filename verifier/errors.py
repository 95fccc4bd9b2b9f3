"""The two ways a verification ends other than well, and the names of its steps.

`VerificationError` says that the evidence is bad; `Undecided` says that we could not look.
Neither message ever holds a value out of the evidence other than ids, codes, indices, sizes and
hashes, and names that `harmless` lets through: a report may be read by people who may not read a
prescription.
"""

from __future__ import annotations

import re

TRUST = "trust"
CHECKPOINT = "checkpoint"
WITNESSES = "witnesses"
TREE = "tree"
FORM = "form"
GENESIS = "genesis"
SIGNATURE = "signature"
AUTHORITY = "authority"
REFUSAL = "refusal"

STEPS = (TRUST, CHECKPOINT, WITNESSES, TREE, FORM, GENESIS, SIGNATURE, AUTHORITY, REFUSAL)
"""In the order in which `rx-verify log` takes them; a step's number is its place, from 1."""


_PRINTABLE = re.compile(r"[A-Za-z0-9._/-]{1,200}")


def harmless(name: str) -> str:
    """Return a file's or a log's name, which is whatever somebody typed: only harmless ones are repeated."""
    return name if _PRINTABLE.fullmatch(name) else "(name not shown)"


class VerificationError(Exception):
    """The evidence is bad at `step`; `index` names the entry when it is one entry's fault."""

    def __init__(self, step: str, message: str, index: int | None = None) -> None:
        super().__init__(message)
        self.step = step
        self.message = message
        self.index = index

    @property
    def order(self) -> tuple[int, int]:
        """Sorts faults: the first entry first, and within an entry the earliest step."""
        number = STEPS.index(self.step) if self.step in STEPS else len(STEPS)
        return (-1 if self.index is None else self.index, number)


class Undecided(Exception):
    """Something needed for an answer is missing: a file of the reader's, a library, the network."""

    def __init__(self, step: str, message: str) -> None:
        super().__init__(message)
        self.step = step
        self.message = message
