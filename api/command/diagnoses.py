"""`rx knowledge --diagnoses`: which diagnoses of a list a drop-down shows for the same letters (S44)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence

from api.command import rulebook
from api.command.output import EXIT_OK, CommandError, in_language, tell, warn
from api.command.table_files import faulty, text_of, written
from api.knowledge.diagnoses import (
    LINES_BYTES_MAX,
    NEIGHBOURS_MAX,
    PARAMETER,
    Alike,
    alike,
    diagnoses,
    limits,
)
from api.knowledge.initials import SPELLINGS_MAX
from api.knowledge.table import TableFault
from contracts.parameters import DEFAULTS

_PACK = "diagnoses.json"
_NAME_CHARACTERS_MAX = 30


def run(options: argparse.Namespace) -> int:
    """Print the pairs, write them as a rule pack if asked, and return 0; 1 where the list has faults."""
    if options.diagnoses is None or options.table is not None or options.mapping is not None:
        raise CommandError("--diagnoses stands with --pack and --out alone", "ask for tables one by one")
    parameters = {**DEFAULTS, **(rulebook.load(options.pack)["parameters"] if options.pack else {})}
    try:
        known = diagnoses(text_of(options.diagnoses))
    except TableFault as error:
        return faulty(options, error.faults)
    found = alike(known, limits(parameters))
    lines = found.lines()
    pack = _pack(options.diagnoses.stem, lines)
    files = [written(options.out / _PACK, pack)] if options.out else []
    _warn(options, found, len(lines))
    told = {
        "diagnoses": len(known),
        "limited": found.limited,
        "pairs": [
            {name: getattr(pair, name) for name in ("code", "name", "meant", "meant_name", "initials")}
            for pair in found.pairs
        ],
        PARAMETER: lines,
        "crowded": list(found.crowded),
        "unread": list(found.unread),
        "files": files,
    }
    text = "\n".join([*_table(found), f'"{PARAMETER}": {json.dumps(lines, ensure_ascii=False)}', *files])
    summary = _summary(len(known), found)
    tell(options, told, f"{text}\n{summary[0]}", f"{text}\n{summary[1]}")
    return EXIT_OK


def _table(found: Alike) -> Iterator[str]:
    """The pairs in columns as wide as they need; Chinese is two columns wide."""
    words = (("initials", "首字母"), ("written", "误选"), ("", ""), ("meant", "应为"), ("", ""))
    rows = [[in_language(*word) for word in words]]
    rows += [[one.initials, one.code, one.name, one.meant, one.meant_name] for one in found.pairs]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows if found.pairs else ():
        yield "  ".join(_padded(row, widths)).rstrip()


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)]


def _width(text: str) -> int:
    return len(text) + sum(letter > "\u2e7f" for letter in text)


def _summary(known: int, found: Alike) -> tuple[str, str]:
    pairs, limited = len(found.pairs), found.limited
    return (
        f"{known} diagnoses, {limited} of them with limits of sex or age, {pairs} pairs of the same initials",
        f"诊断 {known} 条，其中 {limited} 条限性别或年龄；首字母相同、易误选的 {pairs} 对",
    )


def _warn(options: argparse.Namespace, found: Alike, lines: int) -> None:
    """Say what was left off, on stderr: a list that looks whole and is not deceives."""
    if found.crowded:
        warn(
            options,
            f"{len(found.crowded)} diagnoses have more than {NEIGHBOURS_MAX} neighbours: the closest count",
            f"{len(found.crowded)} 条诊断的易混淆项超过 {NEIGHBOURS_MAX} 个，仅列最接近的",
        )
    if found.unread:
        warn(
            options,
            f"{len(found.unread)} names can be read in more than {SPELLINGS_MAX} ways: the usual ones count",
            f"{len(found.unread)} 条名称的读法超过 {SPELLINGS_MAX} 种，仅取较常用的",
        )
    if lines < len(found.pairs):
        warn(
            options,
            f"{len(found.pairs) - lines} pairs are left out of the rulebook's lines, {LINES_BYTES_MAX} bytes",
            f"规则手册条目上限 {LINES_BYTES_MAX} 字节，{len(found.pairs) - lines} 对未列入",
        )


def _pack(name: str, lines: list[str]) -> dict[str, object]:
    return {
        "name": f"diagnoses-{name[:_NAME_CHARACTERS_MAX]}",
        "title": f"Diagnoses of {name} that a drop-down shows for the same initials",
        "zh_title": f"{name} 中首字母相同、下拉框易误选的诊断",
        "sources": ["S44"],
        "parameters": {PARAMETER: lines},
    }
