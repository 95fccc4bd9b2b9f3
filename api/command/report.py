"""`rx report`: the monthly report of a pilot, from an exported log."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from api.command.exported import exported, local_time
from api.command.member import titled
from api.command.output import EXIT_OK, CommandError, language, tell, write_new
from api.reports.monthly import CLASSES, MonthFault, report
from api.words import word

EXAMPLE = (
    "examples:\n"
    "  rx report audit/log --month 2026-03\n"
    "  rx report audit/log --month 2026-03 --json > 2026-03.json\n"
    "  rx report audit/log --month 2026-03 --csv 2026-03.csv      a row for each institution\n"
    "verify the log first: rx-verify log audit/log --trust trust.json"
)
_COUNTED = ("statements", "accepted", "held", "refused", "acts_about_packs")
_COUNTED_ZH = ("声明", "接受", "暂存", "拒绝", "涉药业务")
_COLUMNS = {
    "code": "编码",
    "name": "名称",
    "role": "类别",
    "heard": "曾上传",
    "last": "最近上传",
    "silent": "停报",
    **dict(zip(_COUNTED, _COUNTED_ZH, strict=True)),
}
_HEADS = {"en": ("report", *_COUNTED[:4]), "zh": ("月报", *_COUNTED_ZH[:4])}
_STAGE_EN = {
    "needed": "{} needed since {} ({})",
    "met": "met",
    "not met": "not met",
    "none": "none needed yet",
    "next": "{} needed by {}",
}
_STAGE_ZH = {
    "needed": "应纳入 {}（期限 {}，{}）",
    "met": "已达到",
    "not met": "未达到",
    "none": "尚无到期要求",
    "next": "下一期限 {1} 前应纳入 {0}",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx report`."""
    parser.add_argument("log", type=Path, metavar="LOG", help="an exported log")
    parser.add_argument("--month", required=True, metavar="YYYY-MM", help="local month")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="new file: a row for each institution")


def run(options: argparse.Namespace) -> int:
    """Print the report and return 0."""
    try:
        with exported(options.log) as entries:
            genesis = next(entries)
            local = local_time(genesis)
            found = report(chain([genesis], entries), options.month)
    except MonthFault as fault:
        raise CommandError(str(fault), "give --month YYYY-MM") from None
    if options.csv is not None:
        text = as_csv(found, language() == "zh", local)
        write_new(options.csv, text.encode("utf-8-sig"))  # spreadsheets take UTF-8 by its mark
    tell(options, found, "\n".join(lines(found, language() == "zh", local)))
    return EXIT_OK


def as_csv(found: Mapping[str, Any], chinese: bool, local: Callable[[str], str]) -> str:
    """Return a row for each institution; a cell that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    heads = _COLUMNS.values() if chinese else _COLUMNS
    writer.writerow([*heads, *(word(name, chinese) for name in CLASSES)])
    for row in found["organisations"]:
        told = {**row, **row["classes"], "role": word(row["role"], chinese)}
        told |= {"last": local(row["last"])} if row["heard"] else {}
        writer.writerow([_cell(told.get(name, ""), chinese) for name in (*_COLUMNS, *CLASSES)])
    return out.getvalue()


def _cell(value: object, chinese: bool) -> str:
    text = ("否", "是")[value] if chinese and isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def lines(found: Mapping[str, Any], chinese: bool, local: Callable[[str], str]) -> Iterator[str]:
    """Yield the report for a terminal; `local` turns a time into the log's own."""
    total, stage = found["total"], found["monitored"]
    head = _HEADS["zh" if chinese else "en"]
    comma, colon = ("，", "：") if chinese else (", ", ": ")
    counts = (f"{said} {total[name]}" for said, name in zip(head[1:], _COUNTED, strict=False))
    yield f"{head[0]} {found['month']}{colon}{comma.join(counts)}"
    drugs, region = ("重点监测药品", "地区") if chinese else ("monitored drugs", "area")
    yield f"{drugs} {stage['drugs']}{comma}{_stage(stage, chinese)}"
    for area in stage.get("areas", ()):
        yield f"  {region} {area['area']}{colon}{drugs} {area['drugs']}{comma}{_stage(area, chinese)}"
    for name in ("rulebook_version", "knowledge_version"):
        if name in found["rules"]:
            yield f"{word(name, chinese)} {found['rules'][name]}"
    for code, count in sorted({**total["refusals"], **total["flags"]}.items()):
        yield f"  {code:<32}{count:>8}  {titled(code)}"
    for name, count in found["measures"].items():
        yield f"  {word(name, chinese):<32}{count:>8}"
    for row in found["organisations"]:
        said = ((word(name, chinese), count) for name, count in row["classes"].items() if count)
        classes = "  ".join(f"{name} {count}" for name, count in said)
        heard = _heartbeat(row, chinese, local)
        yield f"{row['code']:<14}{row['name'][:24]:<26}{heard:<27}{row['statements']:>7}  {classes}"


def _stage(stage: Mapping[str, Any], chinese: bool) -> str:
    """What the month requires since its last deadline, and which number is due by when."""
    said = _STAGE_ZH if chinese else _STAGE_EN
    needed, ahead = word(str(stage["needed"]), chinese), stage.get("next")
    met = said["met" if stage["met"] else "not met"]
    parts = [said["needed"].format(needed, stage["due"], met) if "due" in stage else said["none"]]
    if ahead:
        parts.append(said["next"].format(word(str(ahead["needed"]), chinese), ahead["due"]))
    return ("；" if chinese else "; ").join(parts)


def _heartbeat(row: Mapping[str, Any], chinese: bool, local: Callable[[str], str]) -> str:
    if not row["heard"]:
        return "从未上传" if chinese else "never heard of"
    if row["silent"]:
        return f"{'停报自' if chinese else 'silent since'} {local(row['last'])[:10]}"
    return local(row["last"])
