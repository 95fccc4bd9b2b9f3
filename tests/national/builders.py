"""Look-ups that know everything, and the messages of the sandbox's day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.national import ConsultationLink, Context, Draft, convert
from api.sandbox.day import CORPUS
from contracts.statements.schema import validate
from contracts.types import TYPES

RX = "a" * 64
OPENED = "b" * 64
LEAF = "c" * 64


class EverythingKnown:
    """Answers every look-up; `asked` records what was asked."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, str]] = []
        self.link: ConsultationLink | None = ConsultationLink(OPENED, LEAF)

    def prescription(self, numbers: Mapping[str, str]) -> str:
        self.asked.append(numbers)
        return RX

    def consultation(self, encounter: str) -> ConsultationLink | None:
        self.asked.append({"mdtrtId": encounter})
        return self.link

    def duty(self, pharmacist: str) -> str | None:
        self.asked.append({"pharmacist": pharmacist})
        return LEAF

    def person(self, certificate_number: str) -> str | None:
        return {"990000198512303019": "YS1", "990000199205143022": "YS2"}.get(certificate_number)


def day_message(name: str) -> dict[str, Any]:
    """Return a message of the sandbox's day by file name."""
    message: dict[str, Any] = json.loads((Path(CORPUS) / name).read_text("utf-8"))
    return message


def drafted(
    kind: str,
    message: Mapping[str, Any] | bytes,
    lookups: EverythingKnown | None = None,
    signers: tuple[str, ...] = ("YS990000000001",),
) -> Draft:
    """Convert and check every disclosure against the statement type's form."""
    body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
    draft = convert(kind, body, Context(lookups or EverythingKnown(), signers))
    type_ = TYPES[draft.type]
    forms = {name.rstrip("?"): form for name, form in type_.groups.items()}
    for group, value in draft.disclosures.items():
        validate(value, forms[group], f"/{group}")
    for name in type_.groups:
        assert name.endswith("?") or name in draft.disclosures, name
    for name, form in type_.members.items():
        if name.rstrip("?") in draft.members:
            validate(draft.members[name.rstrip("?")], form, f"/{name}")
        else:
            assert name.endswith("?"), name
    assert set(draft.members) <= {name.rstrip("?") for name in type_.members}
    return draft
