"""What a verification found, for people and for machines. Ids, codes and counts, nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from verifier.errors import STEPS, Undecided, VerificationError

VERIFIED, REFUSED, UNDECIDED = 0, 1, 2
_WORDS = {VERIFIED: "verified", REFUSED: "refused", UNDECIDED: "could not decide"}
_SHOWN_MAX = 20


@dataclass(slots=True)
class Report:
    """`exit_code` is 0 only when nothing was found and nothing needed is missing."""

    subject: str  # "log" or "receipt"
    exit_code: int = UNDECIDED
    profile: str = ""
    origin: str = ""
    size: int = 0
    root: str = ""
    levels: dict[str, str] = field(default_factory=dict)
    step: str = ""
    message: str = ""
    index: int | None = None
    leaf: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)
    not_interpreted: dict[str, int] = field(default_factory=dict)
    suspects: list[int] = field(default_factory=list)
    witnesses: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)

    def fail(self, error: Exception) -> None:
        """Record why this is not verified; whatever nobody foresaw is a refusal too."""
        if isinstance(error, Undecided):
            self.exit_code, self.step, self.message = UNDECIDED, error.step, error.message
        elif isinstance(error, VerificationError):
            self.exit_code, self.step, self.message = REFUSED, error.step, error.message
            self.index = self.index if error.index is None else error.index
        else:
            self.exit_code, self.message = REFUSED, f"not understood ({type(error).__name__})"

    def to_json(self) -> str:
        """Return the report as one JSON object."""
        members = {
            "format": "rx-report/v1",
            "subject": self.subject,
            "outcome": _WORDS[self.exit_code],
            "exit": self.exit_code,
            "profile": self.profile,
            "sandbox": self.profile == "sandbox",
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "levels": self.levels,
            "fault": self._fault(),
            "index": self.index,
            "leaf": self.leaf,
            "counts": self.counts,
            "refusals": self.refusals,
            "flags": self.flags,
            "not_interpreted": self.not_interpreted,
            "suspects": self.suspects,
            "witnesses": self.witnesses,
            "not_checked": self.not_checked,
        }
        return json.dumps(members, indent=2, sort_keys=True)

    def to_text(self, say: Callable[[str], str] = str) -> str:
        """Return the report for a reader, the answer last; `say` puts a sentence into the reader's words."""
        lines = [say(f"{self.origin}: {self.size} entries, root {self.root}")] if self.root else []
        if self.profile == "sandbox":
            lines.insert(0, say("SANDBOX: this log proves nothing about real prescriptions."))
        lines += [f"  {say(name):<11} {say(value)}" for name, value in self.levels.items()]
        lines = [_ONE.sub(lambda found: _SINGULAR[found[0]], line) for line in lines]
        lines += _table(say("refused"), self.refusals) + _table(say("flags"), self.flags)
        lines += _table(say("signed, not interpreted"), self.not_interpreted)
        if self.suspects:
            more = ["…"] if len(self.suspects) > _SHOWN_MAX else []
            shown = ", ".join([*map(str, self.suspects[:_SHOWN_MAX]), *more])
            lines.append(say(f"SUSPECT (key compromised at that time): entries {shown}"))
        lines += [f"  {say(f'not checked: {text}')}" for text in self.not_checked]
        return "\n".join([*lines, self._answer(say)])

    def _answer(self, say: Callable[[str], str]) -> str:
        parts = [_WORDS[self.exit_code].upper()]
        if self.message:
            parts += [] if self.index is None else [f"entry {self.index}"]
            parts += [f"step {STEPS.index(self.step) + 1} ({self.step})"] if self.step in STEPS else []
            parts.append(self.message)
        return ": ".join(map(say, parts))

    def _fault(self) -> dict[str, str | int | None] | None:
        if not self.message:
            return None
        number = STEPS.index(self.step) + 1 if self.step in STEPS else None
        return {"step": self.step, "number": number, "message": self.message, "index": self.index}


_SINGULAR = {"1 entries": "1 entry", "1 signatures": "1 signature", "1 statements": "1 statement"}
_ONE = re.compile(rf"(?<![0-9])(?:{'|'.join(_SINGULAR)})")


def _table(title: str, counts: dict[str, int]) -> list[str]:
    return [f"  {title}:"] + [f"    {name:<28} {count}" for name, count in counts.items()] if counts else []
