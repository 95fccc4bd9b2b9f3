"""Refusals and faults as RFC 9457 problem documents, each with its row of the table of codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.codes import CODES
from contracts.decision import Finding
from contracts.errors import Rejected
from contracts.rules import RULES

MEDIA_TYPE = "application/problem+json"
ADMISSION_RULE = "ADMISSION"
_CLOSING = ("HTTP_BAD_REQUEST", "REQUEST_TIMEOUT")
_SENTENCES: Mapping[str, tuple[str, str]] = {rule.id: (rule.en, rule.zh) for rule in RULES}


@dataclass(slots=True)
class Problem(Exception):
    """A call ends in `code`, the decisive one of `codes`. `status` overrides the table's.

    `refusal` says where the refusal stands in the log, when it became an entry.
    """

    code: str
    codes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    pointer: str = ""
    facts: Mapping[str, int | str] = field(default_factory=dict)
    statement_id: str = ""
    refusal: Mapping[str, int | str] | None = None
    status_override: int | None = None
    retry_after_s: int | None = None
    allow: str = ""

    @property
    def status(self) -> int:
        """The HTTP status; a code that only flags decides nothing, so its row's 201 becomes 422."""
        status = self.status_override or CODES[self.code].status
        return status if status >= 400 else 422

    @property
    def headers(self) -> dict[str, str]:
        """Headers that the answer carries beside its type."""
        found = {"cache-control": "no-store"}
        if self.retry_after_s is not None:
            found["retry-after"] = str(self.retry_after_s)
        if self.allow:
            found["allow"] = self.allow
        if self.status == 401:
            found["www-authenticate"] = 'Bearer realm="rx"'
        if self.code in _CLOSING:
            # Where a request begins and ends is no longer sure.
            found["connection"] = "close"
        return found

    def body(self, catalogue: str, request_id: str) -> dict[str, Any]:
        """Return the problem document; `catalogue` is the address of the table without the code."""
        row = CODES[self.code]
        decisive = next((one for one in self.findings if one.code == self.code), None)
        rule = decisive.rule if decisive else None
        found: dict[str, Any] = {
            "type": f"{catalogue}{self.code}",
            "status": self.status,
            "title": row.title,
            "detail": row.detail,
            "code": self.code,
            "codes": list(self.codes or (self.code,)),
            "class": row.class_,
            "rule": None if rule == ADMISSION_RULE else rule,
            "fix": row.fix,
            "retry": row.retry,
            "request_id": request_id,
            "zh": {"title": row.zh_title, "detail": row.zh_detail, "fix": row.zh_fix},
        }
        optional = {
            "pointer": self.pointer or (decisive.told.get("pointer") if decisive else None),
            "facts": dict(self.facts),
            "id": self.statement_id,
            "findings": told(self.findings),
            "refusal": self.refusal,
        }
        found.update((name, value) for name, value in optional.items() if value)
        return found


def of_rejected(error: Rejected) -> Problem:
    """Return the problem that tells of a refused input."""
    return Problem(error.code, pointer=error.pointer, facts=error.facts)


def told(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as a caller sees them: the rule, its sentence in both languages, its facts."""
    return [_told(one) for one in findings if one.rule != ADMISSION_RULE]


def _told(finding: Finding) -> dict[str, Any]:
    english, chinese = _SENTENCES.get(finding.rule, ("", ""))
    return {
        "rule": finding.rule,
        "version": finding.version,
        "code": finding.code,
        "class": finding.class_,
        "strength": finding.strength,
        "facts": {**finding.facts, **finding.told},
        "detail": english,
        "zh": {"detail": chinese},
    }
