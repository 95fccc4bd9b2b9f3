"""What a log says of whom a measure may concern: features with their proof, their rule and their end (S57).

Made from the log alone, so anybody with the log gets the same bytes. Errors of data are no feature, nor is
what speaks of somebody else than the subject (contracts/codes/about.py). A department's acts are those of who
is registered in it, at its institution. Of vendors and insured persons, whom no entry names beside an act, a
log tells measures alone (of the insured the columns tell more: api/screening/insured.py). What is older than
the window is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.logged import statement_of
from api.reports.attribution import Attribution, Said, said
from contracts.codes import CODES
from contracts.quantity import DAY_MS
from contracts.rules import RULES
from contracts.time import to_text

WINDOW_DAYS = 90
SHOWN = 20  # entries cited for a feature
APPEAL = {
    "en": "Measures and cases may be appealed against (governance.appeal); wrong data is corrected.",
    "zh": "对每项措施与案件均可提交 governance.appeal 申诉；数据错误以 corrects 更正。",
}
_MEASURES = ("freeze", "score", "case", "reminder", "repair", "release", "appeal", "self_report", "case_step")
_TOLD = ("type", "reason", "step", "finding", "until", "points", "kind", "responsibility")


class ProfileFault(Exception):
    """The log registers nobody of this code."""


@dataclass(slots=True)
class Feature:
    """How often a code was said of the subject within the window, where, and until when it counts."""

    code: str
    entries: list[int] = field(default_factory=list)
    last_ms: int = 0
    rules: set[str] = field(default_factory=set)

    def told(self, window_days: int) -> dict[str, Any]:
        """Return the feature: what it means, how often, by which rules, its proof, and when it ends."""
        row = CODES[self.code]
        return {
            "code": self.code,
            "class": row.class_,
            "en": row.title,
            "zh": row.zh_title,
            "times": len(self.entries),
            "rules": [rule.id for rule in RULES if rule.id in self.rules],
            "entries": self.entries[-SHOWN:],
            "last": to_text(self.last_ms),
            "expires": to_text(self.last_ms + window_days * DAY_MS),
        }


def profile(entries: Iterable[bytes], subject: str, window_days: int = WINDOW_DAYS) -> dict[str, Any]:
    """Return the subject's profile at the log's last entry. Raises ProfileFault, ValueError, KeyError."""
    acts = list(_acts(entries, subject))
    role = next((_role(act.payload) for act in acts if _registers(act.payload, subject)), "")
    if not role:
        raise ProfileFault(f"nobody of code {subject} is registered in this log")
    now_ms = acts[-1].time_ms
    recent = [act for act in acts if act.time_ms > now_ms - window_days * DAY_MS]
    return {
        "subject": subject,
        "role": role,
        "as_of": to_text(now_ms),
        "window_days": window_days,
        "acts": sum(subject in act.whose for act in recent),
        "features": [one.told(window_days) for one in _features(recent)],
        "measures": list(_measures(acts, subject)),
        "appeal": APPEAL,
    }


@dataclass(frozen=True, slots=True)
class _Act:
    """An entry, whose it is, and the codes said of it that speak of the subject."""

    index: int
    time_ms: int
    payload: Mapping[str, Any]  # with the statement's id; {} of a refusal
    whose: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]]  # each with its rules


def _acts(entries: Iterable[bytes], subject: str) -> Iterator[_Act]:
    attribution, staff = Attribution(), _Staff(subject)
    for index, raw in enumerate(entries):
        entry = json.loads(raw)
        payload = _payload(entry)
        act: Said = said(entry, payload)
        if payload:
            attribution.learn(payload)
            staff.learn(payload)
        own = staff.one_of(act)
        refusals, flags = attribution.speak_of(act, own or subject)
        whose = (act.organisation, *act.people, *((subject,) if own else ()))
        codes = {code: _rules_of(entry, act.type, code) for code in (*refusals, *flags)}
        yield _Act(index, int(entry["time"]), payload, whose, codes)


def _rules_of(entry: Mapping[str, Any], type_: str, code: str) -> tuple[str, ...]:
    """The rules that said a code: a flag names its own, a refusal none: all that judge its statement."""
    if "refused" not in entry:
        return tuple(flag["rule"] for flag in entry["verdict"]["flags"] if flag["code"] == code)
    return tuple(rule.id for rule in RULES if rule.code == code and type_ in rule.on)


class _Staff:
    """Who is registered in the department that a profile is of; nobody where it is of somebody else."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._department: tuple[str, str] | None = None
        self._of: dict[str, str] = {}

    def learn(self, payload: Mapping[str, Any]) -> None:
        """Take note of a registration; the latest counts."""
        if payload["type"] == "registry.person":
            self._of[payload["code"]] = str(payload.get("department", ""))
        elif payload["type"] == "registry.department" and payload["code"] == self._subject:
            self._department = (payload["organisation"], payload["name"])

    def one_of(self, act: Said) -> str:
        """Return the first of the department who signed an act of its institution, or "".

        An appeal is the person's own.
        """
        if self._department is None or act.organisation != self._department[0]:
            return ""
        if act.type.startswith("governance."):
            return ""
        return next((code for code in act.people if self._of.get(code) == self._department[1]), "")


def _payload(entry: Mapping[str, Any]) -> dict[str, Any]:
    if "refused" in entry:
        return {}
    identifier, payload = statement_of(entry)
    return {**payload, "id": identifier}


# What registers a subject, the member that names it, and what it is where the statement has no role.
_REGISTERED = {
    "registry.organisation": ("code", ""),
    "registry.person": ("code", ""),
    "registry.department": ("code", "department"),
    "registry.tool": ("vendor", "vendor"),
    "registry.vendor": ("code", "vendor"),
    "registry.insured": ("code", "insured"),
}


def _registers(payload: Mapping[str, Any], subject: str) -> bool:
    member, _ = _REGISTERED.get(str(payload.get("type", "")), ("", ""))
    return bool(member) and payload.get(member) == subject


def _role(payload: Mapping[str, Any]) -> str:
    _, role = _REGISTERED[str(payload["type"])]
    return role or str(payload["role"])


def _features(acts: Iterable[_Act]) -> list[Feature]:
    found: dict[str, Feature] = {}
    for act in acts:
        for code, rules in act.codes.items():
            if code in CODES and CODES[code].class_ != "DATA_QUALITY":
                feature = found.setdefault(code, Feature(code))
                feature.entries.append(act.index)
                feature.last_ms = act.time_ms
                feature.rules.update(rules)
    return [found[code] for code in sorted(found)]


def _measures(acts: Iterable[_Act], subject: str) -> Iterator[dict[str, Any]]:
    """Measures that name the subject, what became of them, and its appeals.

    They end by their own rules, not with the window. Whoever was cleared is shown cleared: steps, findings
    and releases stand beside the case or freeze that they belong to.
    """
    own: set[str] = set()
    for act in acts:
        payload = act.payload
        family, _, name = str(payload.get("type", "")).partition(".")
        if family != "governance" or name not in _MEASURES:
            continue
        matter = payload.get("case") or payload.get("freeze") or payload.get("score")
        if payload.get("subject") == subject:
            own.add(str(payload.get("id", "")))
        elif matter not in own and not (name == "appeal" and subject in act.whose):
            continue
        told = {member: payload[member] for member in _TOLD if member in payload}
        yield {"entry": act.index, "time": to_text(act.time_ms), **told}
