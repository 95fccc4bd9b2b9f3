"""What a log says of whom a measure may concern: features with their proof, their rule and their end (S57).

Made from the log alone, so anybody with the log gets the same bytes. Errors of data are no feature, nor is
what speaks of somebody else than the subject (contracts/codes/about.py); of departments, vendors and insured
persons, whom no entry names beside an act, a log tells measures alone (of the insured the columns tell more:
api/screening/insured.py). What is older than the window is forgotten.
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

    def told(self, window_days: int) -> dict[str, Any]:
        """Return the feature: what it means, how often, by which rules, its proof, and when it ends."""
        row = CODES[self.code]
        return {
            "code": self.code,
            "class": row.class_,
            "en": row.title,
            "zh": row.zh_title,
            "times": len(self.entries),
            "rules": [rule.id for rule in RULES if rule.code == self.code],
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
    codes: tuple[str, ...]


def _acts(entries: Iterable[bytes], subject: str) -> Iterator[_Act]:
    attribution = Attribution()
    for index, raw in enumerate(entries):
        entry = json.loads(raw)
        payload = _payload(entry)
        act: Said = said(entry, payload)
        if payload:
            attribution.learn(payload)
        refusals, flags = attribution.speak_of(act, subject)
        whose = (act.organisation, *act.people)
        yield _Act(index, int(entry["time"]), payload, whose, (*refusals, *flags))


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
        for code in act.codes:
            if code in CODES and CODES[code].class_ != "DATA_QUALITY":
                feature = found.setdefault(code, Feature(code))
                feature.entries.append(act.index)
                feature.last_ms = act.time_ms
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
