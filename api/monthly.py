"""The monthly report of an area's pilot, counted from an exported log alone (S33; S32, S41, S64).

The same log and month give the same bytes. Nobody of the insured is in a log, so nobody is in the report.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.codes import CODES
from contracts.parameters import AREAS, DEFAULTS
from contracts.quantity import DAY_MS
from contracts.statements import base64url
from contracts.time import to_text

SILENT_DAYS = 7  # an institution that sent nothing for so long is asked about
CLASSES = ("VIOLATION", "SUSPICION", "DATA_QUALITY", "NOTICE")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
_STAGES = "monitored_stages"
_STAGE = re.compile(r"([0-9]{4}-[0-9]{2})-[0-9]{2}=([0-9]{1,6})")  # by this day so many drugs are watched
_CODED = ("dispensing.dispensed", "dispensing.reported", "settlement.reported", "stock.received")


class MonthFault(Exception):
    """The month is none of the form 2026-03."""


@dataclass(slots=True)
class Tally:
    """What one subject did in the month: statements by type and outcome, flags and refusals by code."""

    types: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def add(self, type_: str, outcome: str, flags: Iterable[str], refusals: Iterable[str]) -> None:
        """Count one entry."""
        self.types[type_] += 1
        self.outcomes[outcome] += 1
        self.flags.update(flags)
        self.refusals.update(refusals)

    def told(self) -> dict[str, Any]:
        """Return the figures, each table in order of its names; classes sum flags and refusals."""
        classes = Counter[str]()
        for code, count in (*self.flags.items(), *self.refusals.items()):
            classes[CODES[code].class_ if code in CODES else "VIOLATION"] += count
        return {
            "statements": sum(self.types.values()),
            **{name: self.outcomes[name] for name in ("accepted", "held", "refused")},
            "types": dict(sorted(self.types.items())),
            "flags": dict(sorted(self.flags.items())),
            "refusals": dict(sorted(self.refusals.items())),
            "classes": {name: classes[name] for name in CLASSES},
        }


@dataclass(slots=True)
class _Log:
    """What the log says up to the end of the month."""

    first_ms: int
    end_ms: int
    now_ms: int = 0  # of the last entry that counts
    organisations: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_ms: dict[str, int] = field(default_factory=dict)
    by_organisation: dict[str, Tally] = field(default_factory=dict)
    by_department: dict[str, Tally] = field(default_factory=dict)
    by_person: dict[str, Tally] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)
    cases: Counter[str] = field(default_factory=Counter)
    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    monitored: set[str] = field(default_factory=set)

    def take(self, entry: Mapping[str, Any]) -> None:
        """Learn from an entry, and count it where it is of the month."""
        time_ms = int(entry["time"])
        if time_ms >= self.end_ms:
            return
        self.now_ms = time_ms
        if "refused" in entry:
            refused = entry["refused"]
            self.last_ms[refused["actor"]] = time_ms
            if time_ms >= self.first_ms:
                self._count(refused["actor"], refused.get("signers", ()), refused["type"], refused["codes"])
            return
        data = base64url.decode(entry["statement"]["payload"])
        payload, verdict = json.loads(data), entry["verdict"]
        self._learn(hashlib.sha256(data).hexdigest(), payload)
        self.last_ms[payload["iss"]] = time_ms
        if time_ms >= self.first_ms:
            signers = [one["code"] for one in payload["signers"]]
            flags = [flag["code"] for flag in verdict["flags"]]
            self._count(payload["iss"], signers, payload["type"], (), verdict["outcome"], flags)
            self._count_case(payload)

    def _learn(self, id_: str, payload: Mapping[str, Any]) -> None:
        type_ = payload["type"]
        if type_ == "registry.organisation":
            self.organisations[payload["code"]] = {"name": payload["name"], "role": payload["role"]}
        elif type_ == "registry.person":
            department = str(payload.get("department", ""))
            self.people[payload["code"]] = {"role": payload["role"], "department": department}
        elif type_ == "governance.rulebook":
            self.rules.update(rulebook=id_, rulebook_version=str(payload["version"]))
            self.parameters = payload["parameters"]
        elif type_ == "governance.knowledge_part":
            self.parts[id_] = payload["drugs"]
        elif type_ == "governance.knowledge":
            self.rules.update(knowledge=id_, knowledge_version=str(payload["version"]))
            drugs = [drug for part in payload["parts"] for drug in self.parts.get(part, ())]
            self.monitored = {drug["code"] for drug in drugs if drug["monitored"]}

    def _count(
        self,
        iss: str,
        signers: Iterable[str],
        type_: str,
        refusals: Sequence[str],
        outcome: str = "refused",
        flags: Sequence[str] = (),
    ) -> None:
        people = [code for code in dict.fromkeys(signers) if code in self.people]
        tallies = [self.total, self.by_organisation.setdefault(iss, Tally())]
        tallies += [self.by_person.setdefault(code, Tally()) for code in people]
        named = dict.fromkeys(self.people[code]["department"] for code in people)
        tallies += [self.by_department.setdefault(f"{iss} {name}", Tally()) for name in named if name]
        for tally in tallies:
            tally.add(type_, outcome, flags, refusals)

    def _count_case(self, payload: Mapping[str, Any]) -> None:
        name = str(payload["type"]).partition(".")[2]
        if name == "case_step":
            self.cases[f"case {payload['step']}"] += 1
        elif name in ("case", "appeal", "freeze", "release", "score", "repair", "reminder", "referral"):
            self.cases[name] += 1


def month_of(text: str, offset_minutes: int) -> tuple[int, int]:
    """Return the first and the following month's first moment of a local month, in ms. Raises MonthFault."""
    if not _MONTH.match(text):
        raise MonthFault(f"{text[:20]} is no month: 2026-03 is one")
    first = datetime(int(text[:4]), int(text[5:]), 1, tzinfo=UTC)
    following = (first + timedelta(days=31)).replace(day=1)
    shift = timedelta(minutes=offset_minutes)
    begin, end = (int((moment - shift).timestamp() * 1000) for moment in (first, following))
    return begin, end


def report(entries: Iterable[bytes], month: str) -> dict[str, Any]:
    """Return the report of a local month: totals, areas, institutions, departments, people, measures, drugs.

    Areas are the six digits of an institution's code. Raises MonthFault, ValueError, KeyError for what is
    no log of this product.
    """
    parsed = (json.loads(raw) for raw in entries)
    genesis = next(parsed)
    founded = json.loads(base64url.decode(genesis["statement"]["payload"]))
    log = _Log(*month_of(month, int(founded["utc_offset_minutes"])))
    log.take(genesis)
    for entry in parsed:
        log.take(entry)
    return {
        "month": month,
        "profile": founded["profile"],
        "rules": log.rules,
        "total": log.total.told(),
        "measures": dict(sorted(log.cases.items())),
        "monitored": _monitored(month, len(log.monitored), log.parameters),
        "areas": _areas(log),
        "organisations": [_organisation(log, code) for code in sorted(log.organisations)],
        "departments": {name: log.by_department[name].told() for name in sorted(log.by_department)},
        "people": {
            code: {"role": log.people[code]["role"], **log.by_person[code].told()}
            for code in sorted(log.by_person)
        },
    }


def _areas(log: _Log) -> dict[str, Any]:
    found: dict[str, Tally] = {}
    for code, tally in log.by_organisation.items():
        area = found.setdefault(code[1:7], Tally())
        for name in ("types", "outcomes", "flags", "refusals"):
            getattr(area, name).update(getattr(tally, name))
    return {name: found[name].told() for name in sorted(found)}


def _organisation(log: _Log, code: str) -> dict[str, Any]:
    """An institution with its heartbeat (S41): when it was last heard of, and whether it is silent since.

    A month that is not over is looked at from the last entry.
    """
    tally = log.by_organisation.get(code, Tally())
    told: dict[str, Any] = {"code": code, **log.organisations[code], "heard": code in log.last_ms}
    if told["heard"]:
        last_ms = log.last_ms[code]
        told |= {"last": to_text(last_ms), "silent": log.now_ms - last_ms > SILENT_DAYS * DAY_MS}
    return {**told, "coded": sum(tally.types[type_] for type_ in _CODED), **tally.told()}


def _monitored(month: str, drugs: int, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Monitored drugs of the knowledge in force against the stage of the month, by area too (S32, T4)."""
    areas = parameters.get(AREAS, {})
    own = {area: given[_STAGES] for area, given in sorted(areas.items()) if _STAGES in given}
    told = {"drugs": drugs, **_stage(month, drugs, parameters.get(_STAGES, DEFAULTS[_STAGES]))}
    if own:
        told["areas"] = [{"area": area, **_stage(month, drugs, stages)} for area, stages in own.items()]
    return told


def _stage(month: str, drugs: int, stages: Iterable[str]) -> dict[str, Any]:
    """After the last stage all are needed; which those are no log can tell, so nothing is said of it."""
    found = (_STAGE.fullmatch(stage) for stage in stages)
    ahead = sorted((stage[1], int(stage[2])) for stage in found if stage and month <= stage[1])
    if not ahead:
        return {"needed": "all"}
    return {"needed": ahead[0][1], "met": drugs >= ahead[0][1]}
