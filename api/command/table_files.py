"""Tables that `rx knowledge` reads, what it writes of them, and how it tells their faults."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from api.command.chinese import in_chinese
from api.command.output import EXIT_REFUSED, CommandError, read_file, tell, warn, write_new
from api.knowledge.table import Fault

_LINES_NAMED = 12


def text_of(path: Path) -> str:
    """Return a table's text. Raises CommandError where it cannot be read, or is not UTF-8."""
    try:
        return read_file(path, "the table").decode("utf-8")
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8", "save the table as CSV UTF-8") from None


def written(path: Path, draft: dict[str, object]) -> str:
    """Return the path of a new file with the draft as JSON. Raises CommandError where it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_new(path, json.dumps(draft, ensure_ascii=False, indent=1).encode("utf-8") + b"\n", 0o644)
    return str(path)


def faulty(options: argparse.Namespace, faults: tuple[Fault, ...]) -> int:
    """Print every fault of a table with its fix, and return 1."""
    told = [{"line": one.line, "column": one.column, "reason": one.reason, "fix": one.fix} for one in faults]
    lines = [f"line {one.line}, {one.column}: {one.reason} - {one.fix}" for one in faults]
    zh = [
        f"第 {one.line} 行，{one.column}：{in_chinese(one.reason)}；{in_chinese(one.fix)}" for one in faults
    ]
    text = "\n".join([*lines, f"{len(faults)} faults; nothing was written"])
    tell(options, {"faults": told}, text, "\n".join([*zh, f"共 {len(faults)} 处错误；未写入任何文件"]))
    return EXIT_REFUSED


def doubted(options: argparse.Namespace, doubts: Iterable[Fault]) -> None:
    """Print on stderr what a person should look at in a table, each doubt once with its lines."""
    lines = defaultdict(list)
    for one in doubts:
        lines[one.column, one.reason, one.fix].append(one.line)
    for (column, reason, fix), of in lines.items():
        named = ", ".join(map(str, of[:_LINES_NAMED])) + (" …" if len(of) > _LINES_NAMED else "")
        en = f"lines {named}: {column}: {reason} - {fix}"
        zh = f"第 {named} 行，{column}：{in_chinese(reason)}；{in_chinese(fix)}"
        warn(options, en, zh, {"doubt": {"lines": of, "column": column, "reason": reason, "fix": fix}})
