"""A queue for audits, drawn with the root of a checkpoint as the seed: nobody can choose who is in it (S59).

Sources: china-domain §9 S59. Each act has tickets by its weight; a ticket's value is a SHA-256 of root,
index and number, and the acts with the lowest tickets are drawn. Being drawn accuses nobody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from api.logged import statement_of
from api.words import word
from contracts.codes import CODES
from contracts.time import from_text

BILLS = ("prescription.issued", "dispensing.dispensed", "settlement.reported")
# Faults of data and notices weigh nothing: they accuse nobody.
CLASS_TICKETS = {"VIOLATION": 8, "SUSPICION": 4}
CASE_TICKETS, FREEZE_TICKETS, REMINDER_TICKETS = 8, 8, 4
_CLEARED = ("unfounded", "data_quality")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One act: its entry, its statement's id, tickets, and why it has more than one."""

    index: int
    id: str
    type: str
    weight: int
    why: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """Return the act for JSON."""
        return {**asdict(self), "why": list(self.why)}


@dataclass(slots=True)
class _Bill:
    index: int
    id: str
    type: str
    subjects: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(slots=True)
class _Known:
    """Bills and measures by the end of the log."""

    bills: list[_Bill] = field(default_factory=list)
    cases: dict[str, str] = field(default_factory=dict)  # subject by open case
    cleared: set[str] = field(default_factory=set)
    freezes: dict[str, tuple[str, int]] = field(default_factory=dict)
    reminders: dict[str, tuple[str, int]] = field(default_factory=dict)  # that nobody acknowledged
    time_ms: int = 0

    def measure(self, id_: str, payload: Mapping[str, Any]) -> None:
        """Take a case, a step of one, a freeze or its release, a reminder or its answer."""
        type_ = payload["type"]
        if type_ == "governance.case":
            self.cases[id_] = payload["subject"]
        elif type_ == "governance.freeze":
            self.freezes[id_] = (payload["subject"], from_text(payload["until"]))
        elif type_ == "governance.release":
            self.freezes.pop(payload["freeze"], None)
        elif type_ == "governance.case_step":
            self._step(payload)
        elif type_ == "governance.reminder":
            self.reminders[id_] = (payload["subject"], from_text(payload["due"]))
        elif type_ == "governance.acknowledgement":
            self.reminders.pop(payload["reminder"], None)

    def _step(self, payload: Mapping[str, Any]) -> None:
        if payload["step"] == "closed":
            self.cases.pop(payload["case"], None)
        elif payload.get("finding") in _CLEARED:
            self.cleared.add(payload["case"])
        elif "finding" in payload:
            self.cleared.discard(payload["case"])

    def weighed(self, bill: _Bill) -> Drawn:
        """Return a bill with its tickets."""
        flags = [(code, CLASS_TICKETS.get(CODES[code].class_, 0)) for code in bill.flags if code in CODES]
        parts = [
            *self._measures(bill.subjects),
            *((f"flag {code}", tickets) for code, tickets in flags if tickets),
        ]
        why = tuple(f"{text} +{tickets}" for text, tickets in parts)
        return Drawn(bill.index, bill.id, bill.type, 1 + sum(tickets for _, tickets in parts), why)

    def _measures(self, subjects: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        """Open cases, running freezes and overdue reminders of the subjects, each with its tickets."""
        open_ = {id_: who for id_, who in self.cases.items() if id_ not in self.cleared}
        running = {id_: who for id_, (who, until) in self.freezes.items() if until > self.time_ms}
        overdue = {id_: who for id_, (who, due) in self.reminders.items() if due < self.time_ms}
        weighing = (("case", open_, CASE_TICKETS), ("freeze", running, FREEZE_TICKETS))
        for kind, whose, tickets in (*weighing, ("reminder", overdue, REMINDER_TICKETS)):
            yield from ((f"{kind} {id_}", tickets) for id_ in sorted(whose) if whose[id_] in subjects)


def weights(entries: Iterable[bytes]) -> list[Drawn]:
    """Return every prescription, dispensing and settlement with its tickets, in the order of the log."""
    known = _Known()
    for index, raw in enumerate(entries):
        entry = json.loads(raw)
        known.time_ms = int(entry["time"])
        if "statement" not in entry:
            continue
        id_, payload = statement_of(entry)
        known.measure(id_, payload)
        if payload["type"] in BILLS:
            subjects = (payload["iss"], *(signer["code"] for signer in payload["signers"]))
            flags = tuple(sorted({flag["code"] for flag in entry["verdict"]["flags"]}))
            known.bills.append(_Bill(index, id_, payload["type"], subjects, flags))
    return [known.weighed(bill) for bill in known.bills]


def draw(weighed: Iterable[Drawn], root: bytes, count: int) -> list[Drawn]:
    """Return `count` acts (all, if there are fewer), lowest ticket first."""
    return sorted(weighed, key=lambda one: (_lowest(one, root), one.index))[:count]


def _lowest(one: Drawn, root: bytes) -> bytes:
    return min(
        hashlib.sha256(root + f"\n{one.index}\n{number}".encode()).digest() for number in range(one.weight)
    )


def table(drawn: Sequence[Drawn], chinese: bool = False) -> Iterator[str]:
    """Yield a line for each act."""
    for one in drawn:
        why = "; ".join(_why(text, chinese) for text in one.why) or "-"
        yield f"{one.index:>8}  {word(one.type, chinese):<22}{one.weight:>4}  {why}"
    yield "随机抽取，被抽中不代表存在问题" if chinese else "drawn by lot; being drawn accuses nobody"


def _why(text: str, chinese: bool) -> str:
    kind, _, rest = text.partition(" ")  # "flag CODE +4"
    return f"{word(kind, chinese)} {rest}"
