"""What measures write: freezes and their release, points and repair, cases with their steps, appeals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts import keys
from contracts.act import Act, State
from contracts.effects.campaigns import counted
from contracts.patient import patient_tags
from contracts.quantity import DAY_MS
from contracts.rules.breaker import SCOPED, open_freezes
from contracts.rules.case import frozen_by_step, matter_subject, open_appeals
from contracts.self_reports import with_report, without_named
from contracts.time import from_text

Writes = Iterator[tuple[str, State]]
_PACE = ("PACE_TOO_FAST", "PACE_HOURLY_CAP", "PACE_DAILY_CAP")


def freeze(act: Act) -> Writes:
    """Officers freeze a subject, wholly or for one drug or class of drugs, until a time."""
    payload = act.payload
    record: State = {"scope": payload["scope"], "until": from_text(payload["until"]), "by": "officers"}
    record.update({name: payload[name] for name in (*SCOPED, "reason") if name in payload})
    for one in map(str, payload.get("evidence", ())):
        case = act.state(keys.case(one))
        if case is None:
            continue
        yield keys.case(one), {**case, "freezes": [*case.get("freezes", ()), act.facts.statement_id]}
        if case["subject"] == payload["subject"]:  # another's is not told here
            record.setdefault("case", one)
    yield from _frozen(act, str(payload["subject"]), record, [signer.code for signer in act.facts.signers])


def _frozen(act: Act, subject: str, record: State, deciders: Sequence[str] = ()) -> Writes:
    identifier = act.facts.statement_id
    opened = {"id": identifier, **record}
    yield keys.freezes(subject), {"freezes": [*open_freezes(act, subject), opened]}
    yield keys.freeze_of(identifier), {"subject": subject, "deciders": list(deciders)}


def release(act: Act) -> Writes:
    """Two roles end a freeze."""
    found = act.state(keys.freeze_of(str(act.payload["freeze"]))) or {"subject": ""}
    kept = [one for one in open_freezes(act, found["subject"]) if one["id"] != act.payload["freeze"]]
    yield keys.freezes(found["subject"]), {"freezes": kept}
    yield from _appeals_ended(act, found["subject"], str(act.payload["freeze"]))


def _appeals_restarted(act: Act, subject: str, matter: str) -> Writes:
    """Nobody can decide an appeal before the decision that it is against: its time runs from there."""
    waiting = open_appeals(act, subject)
    due_ms = act.time_ms + int(act.parameter("appeal_days")) * DAY_MS
    if any(one[1] == matter for one in waiting):
        moved = [[*one[:2], due_ms] if one[1] == matter else one for one in waiting]
        yield keys.appeals(subject), {"open": moved}


def _appeals_ended(act: Act, subject: str, matter: str) -> Writes:
    waiting = open_appeals(act, subject)
    if any(one[1] == matter for one in waiting):
        yield keys.appeals(subject), {"open": [one for one in waiting if one[1] != matter]}


def tripped(act: Act, codes: tuple[str, ...], doctor: str) -> Writes:
    """A prescription refused for its pace; the third within an hour freezes the doctor (T10, S11).

    Only limits of pace count, and a prescription counts once, however often it is sent or signed anew:
    nobody is frozen by a resending machine.
    """
    pace = [code for code in codes if code in _PACE]
    if not pace:
        return
    since = act.time_ms - int(act.parameter("freeze_trips_window_s")) * 1000
    earlier = (act.state(keys.trips(doctor)) or {"refused": []})["refused"]
    recent = [one for one in earlier if one[0] > since]
    this = _prescription_named(act)
    if any(one[1] == this for one in recent):
        return
    refused = [*recent, [act.time_ms, this]]
    if len(refused) < int(act.parameter("freeze_trips")):
        yield keys.trips(doctor), {"refused": refused}
        return
    until = act.time_ms + int(act.parameter("freeze_s")) * 1000
    yield keys.trips(doctor), {"refused": []}
    yield from _frozen(act, doctor, {"scope": "all", "until": until, "by": "rule", "code": pace[0]})


def _prescription_named(act: Act) -> str:
    """What stays of a prescription signed anew: tags of number and patient, else the statement's id.

    The number alone is the sender's to choose: one for everybody would count a whole burst once.
    """
    numbers = act.disclosed("identifiers") or {}
    named = (act.tag("codes", numbers.get(name, "")) for name in ("hiRxno", "hospRxno"))
    number, patient = next((tag for tag in named if tag), ""), patient_tags(act)
    return f"{number} {patient[0]}" if number and patient else act.facts.statement_id


def score(act: Act) -> Writes:
    """Points for a subject, with what they are for; standing and grade follow from them."""
    subject, identifier = str(act.payload["subject"]), act.facts.statement_id
    points = act.payload["points"]
    events = (act.state(keys.scores(subject)) or {"events": []})["events"]
    why = {name: act.payload[name] for name in ("case", "kind", "responsibility")}
    event = {"id": identifier, "at": act.time_ms, "points": points, "left": points, **why}
    yield keys.scores(subject), {"events": [*events, event]}
    yield keys.score_of(identifier), {"subject": subject}
    yield from _appeal_again(act)


def _appeal_again(act: Act) -> Writes:
    """Points may be appealed against like the decision that they follow, whose appeal may be over."""
    key = keys.case(str(act.payload["case"]))
    record = act.state(key)
    if record is None:
        return
    answered = "appeal_decided" in record["steps"]
    steps = {name: at for name, at in record["steps"].items() if name != "appeal_decided"}
    deciders = sorted({*record["deciders"], *(signer.code for signer in act.facts.signers)})
    again = {"appealed": record["appealed"] and not answered, "scored": act.time_ms}
    yield key, {**record, "steps": steps, "deciders": deciders, **again}


def repair(act: Act) -> Writes:
    """Points of one score are taken back, and with them what followed from them."""
    found = act.state(keys.score_of(str(act.payload["score"]))) or {"subject": ""}
    events = (act.state(keys.scores(found["subject"])) or {"events": []})["events"]
    yield (
        keys.scores(found["subject"]),
        {
            "events": [
                {**event, "left": event["left"] - act.payload["points"]}
                if event["id"] == act.payload["score"]
                else event
                for event in events
            ]
        },
    )


def case(act: Act) -> Writes:
    """A case is opened against a subject; what the subject itself had reported by then is its first step."""
    record = {
        "subject": act.payload["subject"],
        "opened": act.time_ms,
        "due": from_text(act.payload["due"]),
        "steps": _reported(act),
        "deciders": [],
        "appealed": False,
    }
    campaign = str(act.payload.get("campaign", ""))
    if campaign:
        record["campaign"] = campaign
    yield keys.case(act.facts.statement_id), record
    left = without_named(act, str(act.payload["subject"]))
    if left is not None:
        yield left
    yield from counted(act, campaign, "cases")


def _reported(act: Act) -> dict[str, int]:
    """The step of a case among whose evidence is a report of the subject's own; {} where there is none."""
    reports = (act.state(keys.self_report(str(one))) for one in act.payload["evidence"])
    own = [one["at"] for one in reports if one is not None and one["subject"] == act.payload["subject"]]
    return {"self_reported": min(own)} if own else {}


def self_report(act: Act) -> Writes:
    """The subject reports its own fault: for a case to name when it is opened, or in one that is open."""
    yield keys.self_report(act.facts.statement_id), {"subject": act.payload["subject"], "at": act.time_ms}
    if "case" not in act.payload:
        yield with_report(act, str(act.payload["subject"]))
    record = act.state(keys.case(str(act.payload.get("case", ""))))
    if record is not None:
        steps = {**record["steps"], "self_reported": act.time_ms}
        yield keys.case(str(act.payload["case"])), {**record, "steps": steps}


def case_step(act: Act) -> Writes:
    """A step is taken; who decided is remembered, because others must answer an appeal.

    What an appeal against a freeze has come to, when the freeze stays, is told by the same step.
    """
    identifier = str(act.payload["case"])
    freeze = frozen_by_step(act)
    if freeze is not None:
        yield keys.freeze_of(identifier), {**freeze, "answered": act.time_ms}
        yield from _appeals_ended(act, freeze["subject"], identifier)
        return
    record = act.state(keys.case(identifier)) or {}
    step = act.payload["step"]
    deciders = [signer.code for signer in act.facts.signers] if step == "decided" else record["deciders"]
    steps = {**record["steps"], step: act.time_ms}
    found = {"finding": act.payload["finding"]} if "finding" in act.payload else {}
    yield keys.case(identifier), {**record, "steps": steps, "deciders": deciders, **found}
    if step == "appeal_decided" and act.payload["finding"] != "violation":
        yield from _points_given_back(act, record["subject"], identifier)
    if step == "decided":
        yield from _appeals_restarted(act, record["subject"], identifier)
    if step in ("appeal_decided", "closed"):
        yield from _appeals_ended(act, record["subject"], identifier)
    if step == "closed":
        yield from counted(act, str(record.get("campaign", "")), "closed")


def _points_given_back(act: Act, subject: str, case_: str) -> Writes:
    """Who wins the appeal has the rights back at once: to wait for a repair would punish for nothing."""
    events = (act.state(keys.scores(subject)) or {"events": []})["events"]
    if any(event.get("case") == case_ and event["left"] for event in events):
        kept = [{**event, "left": 0} if event.get("case") == case_ else event for event in events]
        yield keys.scores(subject), {"events": kept}


def appeal(act: Act) -> Writes:
    """An appeal keeps its case open until it is decided, and waits with its time limit."""
    subject = matter_subject(act)
    matter = str(act.payload.get("case") or act.payload.get("freeze"))
    due_ms = act.time_ms + int(act.parameter("appeal_days")) * DAY_MS
    waiting = open_appeals(act, subject)
    yield keys.appeals(subject), {"open": [*waiting, [act.facts.statement_id, matter, due_ms]]}
    record = act.state(keys.case(str(act.payload.get("case", ""))))
    if record is not None:
        yield keys.case(str(act.payload["case"])), {**record, "appealed": True}
