"""The tables of `verifier/SPEC.md`, made from `contracts.types`, `contracts.forms` and the rules."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping

from contracts import forms, groups
from contracts.statement_type import StatementType
from contracts.statements.schema import (
    PERSON,
    SHORT,
    Anything,
    Boolean,
    Integer,
    Kind,
    ListOf,
    OneOf,
    Record,
    Text,
)
from contracts.types import COMMON, ROLES, TYPES

WIDTH = 150
_LONGEST = 2**53 - 1
_PAYLOAD_FORMS: Mapping[str, Kind] = {
    "KEY": forms.PUBLIC_KEY,
    "SITE": forms.RELYING_PARTY,
    "ENROLMENT": forms.AUTHENTICATOR,
    "DRUG": forms.DRUG,
}
_GROUP_FORMS: Mapping[str, Kind] = {
    "GUARDIAN": forms.GUARDIAN,
    "DIAGNOSIS": forms.DIAGNOSIS,
    "LINE_ISSUED": forms.LINE_ISSUED,
    "LINE_SOLD": forms.LINE_SOLD,
    "TRACE_CODE": forms.TRACE_CODE,
    "CORRECTED_CODE": forms.CORRECTED_CODE,
}


def form(kind: Kind, named: Mapping[str, Kind]) -> str:
    """Return a form as the page writes it; `named` forms stand by their name."""
    for name, known in named.items():
        if kind is known:
            return name
    if isinstance(kind, Record):
        return "{" + members(kind.members, named) + "}"
    if isinstance(kind, ListOf):
        return f"[{kind.low}..{kind.high} {form(kind.item, named)}]"
    if isinstance(kind, OneOf):
        return "|".join(kind.values)
    return _scalar(kind)


def _scalar(kind: Text | Integer | Boolean | Anything) -> str:
    if isinstance(kind, Boolean):
        return "bool"
    if isinstance(kind, Anything):
        return "any"
    if isinstance(kind, Integer):
        if kind == Integer():
            return "int"
        return f"int {kind.low}.." + ("" if kind.high == _LONGEST else str(kind.high))
    return _text(kind)


def _text(kind: Text) -> str:
    if kind.form == "base64url":
        return f"b64 {kind.high}"
    if kind.form == "region":
        return f"region {kind.high}"
    if kind.form:
        return "hex" if kind.form == "hex64" else kind.form
    if kind == PERSON:
        return "person"
    if kind == SHORT:
        return "text"
    return f"text {kind.high}" if kind.low == 1 else f"text {kind.low}..{kind.high}"


def members(found: Mapping[str, Kind], named: Mapping[str, Kind]) -> str:
    """Return members with their forms."""
    return ", ".join(f"{name}: {form(kind, named)}" for name, kind in found.items())


def _block(lines: list[tuple[str, str]]) -> Iterator[str]:
    """Yield a fenced block of `name  content`, wrapped between members."""
    width = max(len(name) for name, _ in lines) + 2
    yield "```"
    for name, content in lines:
        indent = " " * width
        # Broken after commas alone: other blanks are no-break spaces meanwhile.
        glued = re.sub("(?<!,) ", "\u00a0", content or "—")
        wrapped = textwrap.wrap(
            glued,
            WIDTH,
            initial_indent=name.ljust(width),
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from (line.replace("\u00a0", " ") for line in wrapped)
    yield "```"


def _definitions(named: Mapping[str, Kind]) -> list[tuple[str, str]]:
    found = []
    for name, kind in named.items():
        others = {other: known for other, known in named.items() if other != name}
        found.append((name, form(kind, others)))
    return found


def common_table() -> Iterator[str]:
    """The members of every payload."""
    yield from _block([(name, form(kind, {})) for name, kind in COMMON.items()])


def members_table() -> Iterator[str]:
    """The members of each type."""
    rows = [(name, members(type_.members, _PAYLOAD_FORMS)) for name, type_ in TYPES.items()]
    yield from _block([*_definitions(_PAYLOAD_FORMS), *rows])


def groups_table() -> Iterator[str]:
    """The groups of each type, with their number."""
    rows = [(f"{name} {len(type_.groups)}", ", ".join(type_.groups)) for name, type_ in TYPES.items()]
    yield from _block([row for row in rows if row[1]])


def group_forms_table() -> Iterator[str]:
    """The form of each group; `clinical` and `lines` depend on the type, `codes` of a correction too."""
    rows = [(name, form(kind, _GROUP_FORMS)) for name, kind in forms.SHARED_GROUPS.items()]
    for name, type_ in TYPES.items():
        for group, kind in type_.groups.items():
            if kind is not forms.SHARED_GROUPS.get(group.rstrip("?")):
                rows.append((f"{group.rstrip('?')} of {name}", form(kind, _GROUP_FORMS)))
    yield from _block([*_definitions(_GROUP_FORMS), *rows])


def roles_table() -> Iterator[str]:
    """Who signs each type, how many, from where, with licence and presence."""
    yield "| type | roles | signers | submitted by | licence | presence |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, type_ in TYPES.items():
        allowed = sorted({role for place in type_.roles for role in place}, key=ROLES.index)
        roles = "any" if len(allowed) == len(ROLES) else ", ".join(allowed)
        place = ", ".join(groups.KINDS.get(name, ())) or "any"
        licence = "yes" if name in groups.LICENSED else ""
        presence = "yes" if type_.presence else ""
        yield f"| `{name}` | {roles} | {_signers(type_)} | {place} | {licence} | {presence} |"


def _signers(type_: StatementType) -> str:
    least, most = type_.signers_min, type_.signers_max
    return str(least) if least == most else f"{least}..{most}"


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "common": common_table,
    "members": members_table,
    "groups": groups_table,
    "group forms": group_forms_table,
    "roles": roles_table,
}
