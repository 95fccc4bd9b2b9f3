"""One act of the year as a line of JSON, and its label.

`@id:<event>` and `@leaf:<event>` in `members` stand for the statement id and the leaf of an earlier act,
which only a ledger knows. `again` names an act that is sent once more, byte for byte. `outside` is an act
of an institution that is not on the ledger: no rule judges it, its records come with the columns alone.
`claimed` says of `iat` (s) and `jti` what the sender says, where it is not the act's time and id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FIRST_MS = 1_767_196_800_000  # 2026-01-01 00:00 at UTC+8
DAYS = 365
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Label:
    """Why an act is not plain honest care: an injected `case` (a row S…, R…, T…) or a legitimate `lookalike`.

    Both, where an honest act must be noted or sent back and nobody accused for it. `codes` are those of which
    one would be right, `rules` the ids of those that ought to say it, each of them; `screen` names the screen
    that ought to find `subject` in history, or, of a look-alike, must not. `blind` is the kind of a case that
    nothing is expected to see.
    """

    case: str = ""
    codes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    lookalike: str = ""
    screen: str = ""
    subject: str = ""
    blind: str = ""

    def told(self) -> dict[str, Any]:
        """Return the label's members that say something."""
        members = {
            "case": self.case,
            "codes": list(self.codes),
            "rules": list(self.rules),
            "lookalike": self.lookalike,
            "screen": self.screen,
            "subject": self.subject,
            "blind": self.blind,
        }
        return {name: value for name, value in members.items() if value}


@dataclass(frozen=True, slots=True)
class Event:
    """An act: when (ms), which type, by whom at which institution, and what it says."""

    id: str
    time_ms: int
    type: str
    iss: str
    signers: tuple[tuple[str, str], ...]
    members: Mapping[str, Any] = field(default_factory=dict)
    disclosures: Mapping[str, Any] = field(default_factory=dict)
    label: Label | None = None
    again: str = ""
    outside: bool = False
    claimed: Mapping[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """Return the act as one line of JSON: the same act always gives the same bytes."""
        told: dict[str, Any] = {"id": self.id, "time": self.time_ms, "type": self.type, "iss": self.iss}
        if self.again:
            told["again"] = self.again
        else:
            told["signers"] = [{"code": code, "role": role} for code, role in self.signers]
            told["members"], told["disclosures"] = dict(self.members), dict(self.disclosures)
        if self.outside:
            told["outside"] = True
        if self.claimed:
            told["claimed"] = dict(self.claimed)
        if self.label is not None:
            told["label"] = self.label.told()
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
