"""The monthly report of an area's pilot, counted from an exported log alone (S33; S32, S41, S64).

The same log and month give the same bytes. An act counts with whoever acted, a code with those of whom it
speaks (contracts/codes/about.py); the total and the areas count both. Nobody of the insured is in a log, so
nobody is in the report.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from api.logged import statement_of
from api.reports.attribution import Attribution, Said, said
from api.reports.stages import stage_of
from api.reports.versions import Versions
from contracts.codes import CODES
from contracts.monitored import LIST, is_monitored
from contracts.parameters import AREAS, of_area
from contracts.quantity import DAY_MS
from contracts.time import to_text

SILENT_DAYS = 7  # an institution that sent nothing for so long is asked about
CLASSES = ("VIOLATION", "SUSPICION", "DATA_QUALITY", "NOTICE")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])\Z")  # as the logs have them
_STAGES = "monitored_stages"
_MEASURES = (
    *("case", "appeal", "self_report", "freeze", "release", "score", "repair", "reminder", "referral"),
)
# Whether a pack had a code stands in its content, which no log has: SCREEN-UNCODED tells the share.
_ABOUT_PACKS = ("dispensing.dispensed", "dispensing.reported", "settlement.reported", "stock.received")


class MonthFault(Exception):
    """The month is none of the form 2026-03."""


@dataclass(slots=True)
class Tally:
    """What one subject did in the month: statements by type and outcome, flags and refusals by code."""

    types: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def add(self, type_: str, outcome: str) -> None:
        """Count an act."""
        self.types[type_] += 1
        self.outcomes[outcome] += 1

    def speak(self, refusals: Iterable[str], flags: Iterable[str]) -> None:
        """Count what was said."""
        self.refusals.update(refusals)
        self.flags.update(flags)

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
    now_ms: int = 0  # the month is looked at from here: its end, or the last entry while it goes on
    organisations: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_ms: dict[str, int] = field(default_factory=dict)
    by_area: dict[str, Tally] = field(default_factory=dict)
    by_organisation: dict[str, Tally] = field(default_factory=dict)
    by_department: dict[str, Tally] = field(default_factory=dict)
    by_person: dict[str, Tally] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)
    cases: Counter[str] = field(default_factory=Counter)
    attribution: Attribution = field(default_factory=Attribution)
    versions: Versions = field(default_factory=Versions)

    def take(self, entry: Mapping[str, Any]) -> None:
        """Learn from an entry, and count it where it is of the month."""
        time_ms = int(entry["time"])
        self.now_ms = min(time_ms, self.end_ms - 1)
        if time_ms >= self.end_ms:
            return
        if "refused" in entry:
            self._take_act(said(entry, {}), "refused", time_ms)
            return
        id_, payload = statement_of(entry)
        self.versions.learn(id_, payload, time_ms)
        self._learn(payload)
        self._take_act(said(entry, payload), entry["verdict"]["outcome"], time_ms)
        if time_ms >= self.first_ms:
            self._count_case(payload)

    def _take_act(self, act: Said, outcome: str, time_ms: int) -> None:
        self.last_ms[act.organisation] = time_ms
        if time_ms >= self.first_ms:
            self._count(act, outcome)

    def _learn(self, payload: Mapping[str, Any]) -> None:
        self.attribution.learn(payload)
        type_ = payload["type"]
        if type_ == "registry.organisation":
            self.organisations[payload["code"]] = {"name": payload["name"], "role": payload["role"]}
        elif type_ == "registry.person":
            department = str(payload.get("department", ""))
            self.people[payload["code"]] = {"role": payload["role"], "department": department}

    def _count(self, act: Said, outcome: str) -> None:
        """Count an act with whoever acted, each code with whom it speaks of, all with area and total."""
        for whole in (self.total, self.by_area.setdefault(act.organisation[1:7], Tally())):
            whole.add(act.type, outcome)
            whole.speak(act.refusals, act.flags)
        own = self.by_organisation.setdefault(act.organisation, Tally())
        own.add(act.type, outcome)
        own.speak(*self.attribution.speak_of(act, act.organisation))
        self._count_people(act, outcome)

    def _count_people(self, act: Said, outcome: str) -> None:
        people = [code for code in dict.fromkeys(act.people) if code in self.people]
        tallies = [self.by_person.setdefault(code, Tally()) for code in people]
        named = dict.fromkeys(self.people[code]["department"] for code in people)
        names = (f"{act.organisation} {name}" for name in named if name)
        tallies += [self.by_department.setdefault(name, Tally()) for name in names]
        for tally in tallies:
            tally.add(act.type, outcome)
            tally.speak(*self.attribution.speak_of(act, people[0]))

    def _count_case(self, payload: Mapping[str, Any]) -> None:
        name = str(payload["type"]).partition(".")[2]
        if name == "case_step":
            self.cases[f"case {payload['step']}"] += 1
        elif name in _MEASURES:
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
    _, founded = statement_of(genesis)
    log = _Log(*month_of(month, int(founded["utc_offset_minutes"])))
    log.take(genesis)
    for entry in parsed:
        log.take(entry)
    return {
        "month": month,
        "profile": founded["profile"],
        "rules": log.versions.named(log.now_ms),
        "total": log.total.told(),
        "measures": dict(sorted(log.cases.items())),
        "monitored": _monitored(month, log.versions, log.now_ms),
        "areas": {area: log.by_area[area].told() for area in sorted(log.by_area)},
        "organisations": [_organisation(log, code) for code in sorted(log.organisations)],
        "departments": {name: log.by_department[name].told() for name in sorted(log.by_department)},
        "people": {
            code: {"role": log.people[code]["role"], **log.by_person[code].told()}
            for code in sorted(log.by_person)
        },
    }


def _organisation(log: _Log, code: str) -> dict[str, Any]:
    """An institution with its heartbeat (S41): when it was last heard of, and whether it is silent since.

    A month that is not over is looked at from the last entry.
    """
    tally = log.by_organisation.get(code, Tally())
    told: dict[str, Any] = {"code": code, **log.organisations[code], "heard": code in log.last_ms}
    if told["heard"]:
        last_ms = log.last_ms[code]
        told |= {"last": to_text(last_ms), "silent": log.now_ms - last_ms > SILENT_DAYS * DAY_MS}
    return {**told, "acts_about_packs": sum(tally.types[type_] for type_ in _ABOUT_PACKS), **tally.told()}


def _monitored(month: str, versions: Versions, at_ms: int) -> dict[str, Any]:
    """Monitored drugs of the knowledge in force against the stage of the month (S32, T4).

    Each area that sets a list or dates of its own is held against those.
    """
    drugs, parameters = versions.drugs(at_ms), versions.parameters(at_ms)
    told = {"catalogue": len(drugs), **_stage(month, drugs, of_area(parameters, ""))}
    areas: Mapping[str, Mapping[str, Any]] = parameters.get(AREAS, {})
    own = sorted(area for area, given in areas.items() if given.keys() & {_STAGES, LIST})
    if own:
        # An institution's code is a letter before its region.
        stages = {area: _stage(month, drugs, of_area(parameters, f"H{area}")) for area in own}
        told["areas"] = [{"area": area, **stage} for area, stage in stages.items()]
    return told


def _stage(
    month: str, drugs: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    watched = sum(is_monitored(parameters[LIST], code, drug) for code, drug in drugs.items())
    return {"drugs": watched, **stage_of(month, watched, len(drugs), parameters[_STAGES])}
