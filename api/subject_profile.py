"""What a log says of one institution or person: features with their proof, their rule and their end (S57).

Made from the log alone, so anybody with the log gets the same bytes. Errors of data are no feature, nobody of
the insured is in a log, and what is older than the window is forgotten.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.codes import CODES
from contracts.quantity import DAY_MS
from contracts.rules import RULES
from contracts.statements import base64url
from contracts.time import to_text

WINDOW_DAYS = 90
SHOWN = 20  # entries cited for a feature
APPEAL = {
    "en": "Measures and cases may be appealed against (governance.appeal); wrong data is corrected.",
    "zh": "对每项措施与案件均可提交 governance.appeal 申诉；数据错误以 corrects 更正。",
}
_MEASURES = ("freeze", "score", "case", "reminder", "repair", "release", "appeal", "case_step")
# What follows from a measure is no behaviour: the measure itself is told.
_CONSEQUENCES = ("STATE_FROZEN", "SIGNER_SUSPENDED", "ORG_SUSPENDED", "DEPARTMENT_SUSPENDED")
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
    parsed = [(index, json.loads(raw)) for index, raw in enumerate(entries)]
    acts = [(index, int(entry["time"]), *_read(entry)) for index, entry in parsed]
    role = next((str(told["role"]) for _, _, told, _, _ in acts if _registers(told, subject)), "")
    if not role:
        raise ProfileFault(f"nobody of code {subject} is registered in this log")
    now_ms = acts[-1][1]
    recent = [one for one in acts if one[1] > now_ms - window_days * DAY_MS]
    own = [one for one in recent if subject in one[3]]
    return {
        "subject": subject,
        "role": role,
        "as_of": to_text(now_ms),
        "window_days": window_days,
        "acts": len(own),
        "features": [one.told(window_days) for one in _features(own)],
        "measures": list(_measures(acts, subject)),
        "appeal": APPEAL,
    }


Act = tuple[int, int, Mapping[str, Any], set[str], list[str]]  # index, time, payload, whose, codes


def _read(entry: Mapping[str, Any]) -> tuple[Mapping[str, Any], set[str], list[str]]:
    """The payload of an entry, whose act it is, and the codes that were said of it."""
    if "refused" in entry:
        refused = entry["refused"]
        return {}, {refused["actor"], *refused.get("signers", ())}, list(refused["codes"])
    data = base64url.decode(entry["statement"]["payload"])
    payload = {**json.loads(data), "id": hashlib.sha256(data).hexdigest()}
    people = {payload["iss"], *(one["code"] for one in payload["signers"])}
    return payload, people, [flag["code"] for flag in entry["verdict"]["flags"]]


def _registers(payload: Mapping[str, Any], subject: str) -> bool:
    named = ("registry.organisation", "registry.person")
    return payload.get("type") in named and payload.get("code") == subject


def _features(own: Iterable[Act]) -> list[Feature]:
    found: dict[str, Feature] = {}
    for index, time_ms, _, _, codes in own:
        for code in codes:
            if code in CODES and CODES[code].class_ != "DATA_QUALITY" and code not in _CONSEQUENCES:
                feature = found.setdefault(code, Feature(code))
                feature.entries.append(index)
                feature.last_ms = time_ms
    return [found[code] for code in sorted(found)]


def _measures(acts: Iterable[Act], subject: str) -> Iterator[dict[str, Any]]:
    """Measures that name the subject, what became of them, and its appeals.

    They end by their own rules, not with the window. Whoever was cleared is shown cleared: steps, findings
    and releases stand beside the case or freeze that they belong to.
    """
    own: set[str] = set()
    for index, time_ms, payload, people, _ in acts:
        family, _, name = str(payload.get("type", "")).partition(".")
        if family != "governance" or name not in _MEASURES:
            continue
        matter = payload.get("case") or payload.get("freeze") or payload.get("score")
        if payload.get("subject") == subject:
            own.add(str(payload.get("id", "")))
        elif matter not in own and not (name == "appeal" and subject in people):
            continue
        told = {member: payload[member] for member in _TOLD if member in payload}
        yield {"entry": index, "time": to_text(time_ms), **told}
