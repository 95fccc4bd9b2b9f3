"""Self-reports of a subject that no case has named as evidence: officers are told of them (S26).

A report says in words what it is about, so nothing but a person can tell whether it is about a case: who
names it takes it as that. One that a case has named has been weighed, and is told of in no other.
"""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State

_KEPT = 100  # of a subject, the newest: more than anybody reads at a decision
Report = list[str | int]  # [id, time]


def unnamed(act: Act, subject: str) -> list[Report]:
    """Return [id, time] of the subject's reports that no case has named, the oldest first."""
    found: list[Report] = (act.state(keys.self_reports(subject)) or {"unnamed": []})["unnamed"]
    return found


def with_report(act: Act, subject: str) -> tuple[str, State]:
    """Return the subject's record with the report that the act is."""
    made: Report = [act.facts.statement_id, act.time_ms]
    return keys.self_reports(subject), {"unnamed": [*unnamed(act, subject), made][-_KEPT:]}


def without_named(act: Act, subject: str) -> tuple[str, State] | None:
    """Return the subject's record without what the act names as evidence; None where that changes nothing."""
    known = unnamed(act, subject)
    kept = [one for one in known if one[0] not in act.payload["evidence"]]
    return (keys.self_reports(subject), {"unnamed": kept}) if kept != known else None
