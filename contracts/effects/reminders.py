"""What reminders, acknowledgements and sealed inspections write."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import keys
from contracts.act import Act, State
from contracts.rules.reminder import open_reminders
from contracts.time import from_text

Writes = Iterator[tuple[str, State]]


def reminder(act: Act) -> Writes:
    """A subject is reminded; it stays open until somebody of the subject acknowledges it."""
    subject, identifier = str(act.payload["subject"]), act.facts.statement_id
    due = from_text(act.payload["due"])
    yield keys.reminder(identifier), {"subject": subject, "due": due}
    yield keys.reminders(subject), {"open": [*open_reminders(act, subject), [identifier, due]]}


def acknowledgement(act: Act) -> Writes:
    """The subject has read it and says what is done."""
    identifier = str(act.payload["reminder"])
    record = act.state(keys.reminder(identifier)) or {"subject": ""}
    kept = [one for one in open_reminders(act, record["subject"]) if one[0] != identifier]
    yield keys.reminder(identifier), {**record, "answered": act.facts.statement_id}
    yield keys.reminders(record["subject"]), {"open": kept}


def inspection(act: Act) -> Writes:
    """Nothing: the list is fixed by its digest in the log, and disclosed to the regulator alone (S22)."""
    yield from ()
