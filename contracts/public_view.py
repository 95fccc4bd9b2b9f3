"""What anybody may know of an institution or a registered person: grade and status, never a patient (S29)."""

from __future__ import annotations

from typing import Any

from contracts import keys, subjects
from contracts.act import Act
from contracts.decision import Context
from contracts.facts import Facts, Read
from contracts.rules.breaker import frozen, open_freezes
from contracts.rules.case import open_appeals
from contracts.rules.credit import standing_of
from contracts.rules.reminder import open_reminders
from contracts.time import local_day, to_text, year_of

_SCORE = ("id", "case", "kind", "responsibility", "points", "left")


def standing_view(code: str, time_ms: int, read: Read) -> dict[str, Any] | None:
    """Return the public standing of `code` at `time_ms` by the rulebook in force, None if not registered.

    {"code","kind","role","status","until"?,"points_year","score","grade",
    "scores": [{"id","case","kind","responsibility","points","left","at"}],
    "freezes": [{"id","scope","drug"?,"drug_class"?,"until","by","case"?,"code"?}],
    "tickets": {"opened","closed"},
    "reminders": {"open","overdue"},"appeals": {"open","overdue"}}; status and grade are
    those of credit.py, or `frozen` where everything is; scores are those of the local year; times RFC 3339.
    """
    act = Act(Facts("", {"type": "", "iss": code}, (), {}, b""), Context(time_ms), read)
    found = subjects.found(act, code)
    if found is None:
        return None
    kind, record = found
    return {"code": code, "kind": kind, "role": record["role"], **_standing(act, code)}


def campaign_view(statement_id: str, time_ms: int, read: Read) -> dict[str, Any] | None:
    """Return the progress of a campaign, None where there is none of this id (S25).

    {"campaign","name","rules","regions","stages","done","next"?,"due","overdue","cases","closed"}.
    """
    act = Act(Facts("", {"type": "", "iss": ""}, (), {}, b""), Context(time_ms), read)
    record = act.state(keys.campaign(statement_id))
    if record is None:
        return None
    ahead = record["stages"][len(record["done"]) :]
    told = {**record, "due": to_text(record["due"]), "overdue": bool(ahead) and record["due"] < time_ms}
    return {"campaign": statement_id, **told, **({"next": ahead[0]} if ahead else {})}


def _standing(act: Act, code: str) -> dict[str, Any]:
    found = standing_of(act, code)
    stopped = found.status == "normal" and frozen(act, code)
    told: dict[str, Any] = {"status": "frozen" if stopped else found.status}
    if found.until:
        told["until"] = to_text(found.until)
    # The officers' own words may name somebody: they are for whom the freeze stops (BREAKER-1).
    shown = ({**one, "until": to_text(one["until"])} for one in open_freezes(act, code))
    freezes = [{name: one[name] for name in one if name != "reason"} for one in shown]
    tickets = act.state(keys.tickets(code)) or {"opened": 0, "closed": 0}
    points = {"points_year": found.points_year, "score": found.score, "grade": found.grade}
    waiting = {"reminders": open_reminders(act, code), "appeals": open_appeals(act, code)}
    counted = {
        name: {"open": len(open_), "overdue": sum(one[-1] < act.time_ms for one in open_)}
        for name, open_ in waiting.items()
    }
    return {**told, **points, "scores": _scores(act, code), "freezes": freezes, "tickets": tickets, **counted}


def _scores(act: Act, code: str) -> list[dict[str, Any]]:
    """What brought points in the local year, the oldest first: a grade without its reasons helps nobody."""
    events = (act.state(keys.scores(code)) or {"events": []})["events"]
    now = year_of(act.today)
    return [
        {**{name: event[name] for name in _SCORE if name in event}, "at": to_text(event["at"])}
        for event in events
        if year_of(local_day(event["at"], act.utc_offset_minutes)) == now
    ]
