"""The links between entries: unique ids, time, and the leaf of the entry before in each chain.

Memory: about 50 bytes for each statement and 120 for each prescription or consultation. Whose prescription
it is rides on its head as four bytes more, which cost nothing: an object's size is rounded up to 16. Ids are
kept as their first 16 bytes; finding two statements that share those takes 2^64 tries.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.entry import Accepted
from verifier.errors import AUTHORITY, VerificationError
from verifier.members import get_hex64, get_text, optional_hex64
from verifier.statement import Statement

_ID_BYTES = 16
_LEAF_BYTES = 32


@dataclass(slots=True)
class Chains:
    """The heads of all chains as of the entry before."""

    time: int = 0
    ids: set[bytes] = field(default_factory=set)
    openings: dict[bytes, bytes] = field(default_factory=dict)
    closings: dict[bytes, bytes] = field(default_factory=dict)
    prescriptions: dict[bytes, bytes] = field(default_factory=dict)  # leaf, number of the prescriber
    prescribers: dict[str, bytes] = field(default_factory=dict)
    duties: dict[str, bytes] = field(default_factory=dict)

    def advance(self, time: int) -> None:
        """Move to an entry's time. Raises VerificationError if the ledger's clock went back."""
        if time < self.time:
            raise VerificationError(AUTHORITY, "ledger time goes back")
        self.time = time

    def holds(self, statement_id: str) -> bool:
        """Return whether a statement of this id was committed."""
        return _short(statement_id) in self.ids

    def link(self, entry: Accepted, leaf: bytes) -> None:
        """Take an accepted entry into its chain.

        Raises VerificationError if its id is taken, if `prev` is not the leaf that its type asks
        for, or if what the signer saw (`after`) was not the last of its chain.
        """
        statement = entry.statement
        identifier = _short(statement.id)
        if identifier in self.ids:
            raise VerificationError(AUTHORITY, "a statement was committed before")
        expected = self._previous(statement)
        if (None if entry.prev is None else bytes.fromhex(entry.prev)) != expected:
            raise VerificationError(AUTHORITY, "prev is not the entry before in its chain")
        if statement.type in ("prescription.issued", "duty.opened"):
            after = optional_hex64(statement.payload, "after")
            if (None if after is None else bytes.fromhex(after)) != expected:
                raise VerificationError(AUTHORITY, "after is not the entry that the signer had to see")
        if statement.type in ("prescription.cancelled", "prescription.renewed"):
            self._check_prescriber(statement)
        if statement.type == "dispensing.corrected" and not self.holds(get_hex64(statement.payload, "sale")):
            raise VerificationError(AUTHORITY, "names what no earlier entry of the log is")
        self.ids.add(identifier)
        self._move(statement, identifier, leaf)

    def _check_prescriber(self, statement: Statement) -> None:
        head = self.prescriptions[_short(get_hex64(statement.payload, "rx"))]
        if any(self.prescribers.get(code) != head[_LEAF_BYTES:] for code, _ in statement.signers):
            raise VerificationError(AUTHORITY, "cancelled or renewed by somebody else than its prescriber")

    def _previous(self, statement: Statement) -> bytes | None:
        payload = statement.payload
        if statement.type == "consultation.closed":
            return _known(self.openings, get_hex64(payload, "consultation"))
        if statement.type == "prescription.issued":
            return _known(self.closings, get_hex64(payload, "consultation"))
        if statement.type in ("duty.opened", "duty.closed"):
            return self.duties.get(statement.signers[0][0])
        if "rx" in payload:
            return _known(self.prescriptions, get_hex64(payload, "rx"))[:_LEAF_BYTES]
        return None

    def _move(self, statement: Statement, identifier: bytes, leaf: bytes) -> None:
        payload = statement.payload
        if statement.type == "consultation.opened":
            self.openings[identifier] = leaf
        elif statement.type == "consultation.closed":
            self.closings[_short(get_hex64(payload, "consultation"))] = leaf
        elif statement.type == "prescription.issued":
            number = len(self.prescribers).to_bytes(4, "big")
            self.prescriptions[identifier] = leaf + self.prescribers.setdefault(
                get_text(payload, "prescriber"), number
            )
        elif statement.type in ("duty.opened", "duty.closed"):
            self.duties[statement.signers[0][0]] = leaf
        elif "rx" in payload:
            rx = _short(get_hex64(payload, "rx"))
            self.prescriptions[rx] = leaf + self.prescriptions[rx][_LEAF_BYTES:]


def _short(statement_id: str) -> bytes:
    return bytes.fromhex(statement_id)[:_ID_BYTES]


def _known(heads: dict[bytes, bytes], statement_id: str) -> bytes:
    leaf = heads.get(_short(statement_id))
    if leaf is None:
        raise VerificationError(AUTHORITY, "names what no earlier entry of the log is")
    return leaf
