"""Who may sign and submit which statement, read from the tables that decide it (S67)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from api.words import word
from contracts.groups import KINDS, LICENSED
from contracts.types import TYPES

_HEAD = """# Roles · 岗位权限

Made from the statement types and rules by `rx roles --markdown`; a test fails when this page differs.
A signer or an organisation that a row does not name is refused (`ROLE_FORBIDDEN`, `ORG_SCOPE`).
本表由声明类型与规则生成；表中未列出的签名人或机构一律拒绝。

- **signers** 签名人: roles by position, the last position repeats · 按顺序，最后一项可重复。
- **number** 人数: how many people sign · 签名人数。
- **organisation** 提交机构: kind that may submit; `any` for every kind · 可提交的机构类别。
- **licence** 资质: a licence in force is required · 须资质有效。
- **presence** 在场: a fresh proof of presence is required · 须现场认证。
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What one statement type asks of those who sign and submit it; `organisations` is () for any kind."""

    type: str
    signers: tuple[tuple[str, ...], ...]
    signers_min: int
    signers_max: int
    organisations: tuple[str, ...]
    licence: bool
    presence: bool

    def told(self) -> dict[str, Any]:
        """Return the row for JSON."""
        return asdict(self)

    def cells(self) -> tuple[str, ...]:
        """Return the row's texts in the order of the table's columns."""
        signers = ", then ".join(" or ".join(roles) for roles in self.signers)
        least, most = self.signers_min, self.signers_max
        number = f"{least}-{most}" if most > least else f"{least}"
        organisations = " or ".join(self.organisations) or "any"
        return (self.type, signers, number, organisations, _mark(self.licence), _mark(self.presence))


def rows() -> list[Row]:
    """Return a Row for each statement type, in the order of the table of types."""
    return [
        Row(
            name,
            one.roles,
            one.signers_min,
            one.signers_max,
            KINDS.get(name, ()),
            name in LICENSED,
            one.presence,
        )
        for name, one in TYPES.items()
    ]


def page(found: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of ROLES.md."""
    yield from _HEAD.splitlines()
    yield from ("", "| statement | signers | number | organisation | licence | presence |")
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in found:
        yield f"| `{row.type}` | {' | '.join(row.cells()[1:])} |"


def table(found: Iterable[Row], chinese: bool = False) -> Iterator[str]:
    """Yield the lines for a terminal."""
    for row in found:
        if chinese:
            yield _in_chinese(row)
            continue
        type_, signers, number, organisations, licence, presence = row.cells()
        also = ", ".join(
            name for name, mark in (("licence", licence), ("presence", presence)) if mark == _mark(True)
        )
        yield f"{type_:<28}{number:<5}{signers}; {organisations}" + (f"; {also}" if also else "")


def _in_chinese(row: Row) -> str:
    """Return the line of a row: the type keeps its name beside the Chinese one, as drafts need it."""
    signers = "，其后 ".join(" 或 ".join(word(role, True) for role in roles) for roles in row.signers)
    organisations = " 或 ".join(word(kind, True) for kind in row.organisations) or "任何机构"
    also = "、".join(said for said, holds in (("须有资质", row.licence), ("须在场", row.presence)) if holds)
    said = "；".join(filter(None, (word(row.type, True), signers, organisations, also)))
    return f"{row.type:<28}{row.cells()[2]:<5}{said}"


def _mark(holds: bool) -> str:
    return "yes" if holds else "-"
