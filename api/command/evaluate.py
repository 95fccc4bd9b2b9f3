"""`rx evaluate`: the contracts over a generated year: what they catch, whom they accuse wrongly."""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from api.command.chinese import in_chinese
from api.command.columns import require_no_other_files
from api.command.generate import EVENTS, REGISTRY
from api.command.output import EXIT_OK, CommandError, in_language, language, progress, read_file, tell
from api.province.cast import drugs
from api.province.columns import Columns
from api.province.event import DAY_MS, DAYS, FIRST_MS
from api.province.history import Expected, compared
from api.province.score import Score
from api.province.sight import Sight
from api.province.trial import Trial
from api.screening.registry import SCREENS
from api.words import word

_WIDE = 9 + 3 + 18  # of a share with its interval
EXAMPLE = "example: rx generate --seed 7 --statements 100000 --out province && rx evaluate province"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx evaluate`."""
    parser.add_argument("year", type=Path, metavar="FOLDER", help="made by rx generate")
    parser.add_argument(
        "--columns", type=Path, metavar="FOLDER", help="write the columns (replaced) and screen them"
    )


def run(options: argparse.Namespace) -> int:
    """Print the table and return 0; the figures are the answer, whatever they are."""
    if not (options.year / EVENTS).is_file():
        raise CommandError(f"{options.year} holds no year", "make one with rx generate")
    if options.columns is not None:
        require_no_other_files(options.columns)
    try:
        registry = json.loads(read_file(options.year / REGISTRY, "the registry"))
        events = _events(options.year / EVENTS)
        started = time.perf_counter()
        expected, sight = Expected(registry), Sight()
        found = _run(registry, events, options.columns, expected, sight)
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"{options.year} holds no year: {error}", "make one with rx generate") from None
    took_s = time.perf_counter() - started
    told = {**found.told(), "seconds": round(took_s, 1)}
    if options.columns is not None:
        told["screening"] = list(_screened_one_by_one(options.columns, expected, sight))
    told["blind"] = sight.told()
    tell(options, told, "\n".join(table(told)))
    return EXIT_OK


def _run(
    registry: Mapping[str, Any],
    events: Iterator[dict[str, Any]],
    folder: Path | None,
    expected: Expected,
    sight: Sight,
) -> Score:
    found, trial = Score(), Trial(registry)
    columns = Columns(registry, {one.code: one for one in drugs()}) if folder else None
    for tried in trial.run(events):
        for taker in (found.count, expected.take, sight.take):
            taker(tried)
        if columns is not None:
            columns.take(tried)
        if found.statements % 1_000 == 0:
            _progress(found.statements, tried.event["time"])
    if columns is not None and folder is not None:
        columns.write(folder)
    return found


def _progress(statements: int, time_ms: int) -> None:
    day = (time_ms - FIRST_MS) // DAY_MS + 1
    zh = f"已裁决 {statements:,} 份声明，第 {day}/{DAYS} 天"
    progress(f"{statements:,} statements judged, day {day} of {DAYS}", zh)


def _screened_one_by_one(
    folder: Path, expected: Expected, sight: Sight
) -> Iterator[Mapping[str, Any]]:
    for place, one in enumerate(compared(folder, expected, sight), 1):
        progress(f"{place} of {len(SCREENS)} screens", f"{len(SCREENS)} 项筛查中的 {place} 项")
        yield one


def _events(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def table(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the report, in the reader's language."""
    count, accepted = told["statements"], told["accepted"]
    took = f"{told['seconds']} s ({count / max(told['seconds'], 0.1):,.0f}/s)"
    yield in_language(
        f"{count:,} statements judged in {took}: {accepted:,} accepted, {count - accepted:,} not",
        f"裁决 {count:,} 份声明，用时 {took}：接受 {accepted:,} 份，未接受 {count - accepted:,} 份",
    )
    if told["outside"]:
        acts = f"{told['outside']:,}"
        english = f"besides them {acts} acts happened outside the ledger, which judges none of these"
        yield in_language(english, f"另有 {acts} 项业务发生在账本之外，账本不作裁决")
    yield ""
    yield from _cases(told["cases"])
    yield ""
    yield from _by_rule(told["by_rule"])
    yield ""
    yield from _without_case(told)
    yield ""
    yield from _lookalikes(told)
    yield ""
    yield from _accused(told)
    if "screening" in told:
        yield ""
        yield from _screening(told["screening"])
    yield ""
    yield from _blind(told)
    yield ""
    yield from _in_short(told)


def _cases(cases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What was caught of each injected case."""
    heads = ("案例", 6), ("代码", 30), ("查出", -8), ("共", -7), ("查全率", -9), ("   95% 区间", 24)
    english = f"{'case':<6}{'code':<30}{'caught':>8}{'of':>7}{'recall':>9}   {'95 % interval':<18}   by"
    yield in_language(english, _row(*heads, ("规则", 0)))
    for one in cases:
        caught = f"{one['case']:<6}{one['code']:<30}{one['hits']:>8}{one['of']:>7}{_share(one):<{_WIDE}}"
        yield f"{caught}   {', '.join(one['rules'])}".rstrip()


def _by_rule(rules: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What each rule caught itself of the injected acts that it ought to catch, and whom it accused."""
    heads = ("规则", 16), ("自行查出", -9), ("共", -7), ("查全率", -9), ("   95% 区间", 24), ("误指", -7)
    english = f"{'rule':<16}{'itself':>9}{'of':>7}{'recall':>9}   {'95 % interval':<21}{'accused':>7}"
    yield in_language(english, _row(*heads))
    for one in rules:
        caught = f"{one['rule']:<16}{one['hits']:>9}{one['of']:>7}{_share(one)}"
        yield f"{caught:<65}{one['accused']:>7}"


def _without_case(told: Mapping[str, Any]) -> Iterator[str]:
    """Which rules no injected act asks for: nothing is known here of what they miss."""
    rules, absent = told["rules_without_case"], told["rules_not_in_year"]
    english = f"rules without an injected case, whose recall is not known: {len(rules)} of {told['rules']}"
    yield in_language(english, f"没有注入案例、查全率未知的规则：{told['rules']} 条中的 {len(rules)} 条")
    for place in range(0, len(rules), 10):
        yield f"  {', '.join(rules[place : place + 10])}"
    english = f"rules that cannot come up in the year, whose tests RULES.md names: {len(absent)}"
    yield in_language(english, f"年内不会触发的规则，其测试见 RULES.md：{len(absent)} 条")
    for one in absent:
        yield f"  {one['rule']:<14}{in_language(one['why'], in_chinese(one['why']))}"


def _lookalikes(told: Mapping[str, Any]) -> Iterator[str]:
    """How often acts that only look like a case, and honest acts at all, were accused."""
    english = f"{'look-alike':<36}{'accused':>7} {'of':>7}{'share':>9}   95 % interval"
    heads = ("形似的正常业务", 36), ("误指", -7), ("共", -8), ("占比", -9), ("   95% 区间", 0)
    yield in_language(english, _row(*heads))
    rows = [(one["kind"], one) for one in told["lookalikes"]]
    rows.append((in_language("all honest acts", "全部正常业务"), told["false_alarms"]))
    rows.append((in_language("honest dispensings", "正常售药"), told["false_alarms_at_sales"]))
    for name, one in rows:
        yield f"{_row((name, 36))}{one['hits']:>7} {one['of']:>7}{_share(one)}"


def _accused(told: Mapping[str, Any]) -> Iterator[str]:
    """Whom the rules accuse wrongly, and what they leave to screens."""
    for one in told["accused"]:
        code, count, who, first = (one[name] for name in ("code", "count", "who", "first"))
        english = f"accused wrongly: {code} {count} times ({who}), first {first}"
        yield in_language(english, f"误指：{code} {count} 次（{who}），首次 {first}")
    acts = sum(told["only_screening_sees"].values())
    english = f"not for single acts: {acts} acts that only screens see (--columns)"
    yield in_language(english, f"单笔业务看不出：{acts} 项业务只有筛查才能发现（--columns）")


def _screening(screens: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What each screen found."""
    heads = ("筛查", 20), ("类别", 13), ("查出", -6), ("共", -5), ("查全率", -9), ("   95% 区间", 23)
    english = (
        f"{'screen':<20}{'class':<13}{'found':>6}{'of':>5}{'recall':>9}   {'95 % interval':<20}"
        f"{'look-alikes named':>17}   honest named besides"
    )
    yield in_language(english, _row(*heads, ("点名形似业务", -17), ("   另点名正常业务", 0)))
    for one in screens:
        yield _screened(one)
    for one in screens:
        for subject in one["missed"]:
            yield in_language(f"missed: {one['screen']} {subject}", f"漏查：{one['screen']} {subject}")


def _screened(one: Mapping[str, Any]) -> str:
    """A screen's line: recall, look-alikes that it named, and whom it accused or noted besides."""
    between = _between(one) if one["of"] else ""
    recall = f"{one['found'] / one['of']:.2%}" if one["of"] else ""
    of = in_language("of", "/")
    alike = f"{one['lookalikes_named']} {of} {one['lookalikes']}" if one["lookalikes"] else ""
    named = ", ".join(one["honest_accused"][:3]) or in_language("none", "无")
    if one["named_without_accusing"]:
        noted = one["named_without_accusing"]
        named = in_language(f"{noted} noted", f"提示 {noted} 个")
    class_ = _row((word(one["class"], language() == "zh"), 13))
    caught = f"{one['screen']:<20}{class_}{one['found']:>6}{one['of']:>5}"
    return f"{caught}{recall:>9}   {between:<20}{alike:>17}   {named}"


def _blind(told: Mapping[str, Any]) -> Iterator[str]:
    """What nothing is expected to see, apart from recall: neither hides the other."""
    alone = in_language("; no screen looked (--columns)", "；未经筛查（--columns）")
    looked = "" if "screening" in told else alone
    heads = ("盲区", 6), ("注入", -9), ("看出", -6), ("   所为，其下为看不出的原因", 0)
    english = f"{'blind':<6}{'injected':>9}{'seen':>6}   what was done, and below it why it is not seen"
    yield in_language(english, _row(*heads)) + looked
    for one in told["blind"]:
        what, why = (in_language(one[name], in_chinese(one[name])) for name in ("what", "why"))
        yield f"{one['case']:<6}{one['of']:>9}{one['seen']:>6}   {what}"
        yield f"{'':24}{why}"
        if one["by"]:
            yield f"{'':24}{in_language('seen by', '看出者')} {', '.join(one['by'])}"


def _in_short(told: Mapping[str, Any]) -> Iterator[str]:
    """The totals, for who does not read six hundred lines."""
    yield in_language("in short", "总计")
    yield _total("injected acts caught", "查出的注入业务", told["cases"])
    rules = [{"hits": one["hits"] == one["of"], "of": 1} for one in told["by_rule"]]
    yield _total("rules that caught themselves all that they ought to", "自行查出全部应查业务的规则", rules)
    yield _total("honest acts accused", "被误指的正常业务", [told["false_alarms"]])
    yield _total("honest dispensings accused", "被误指的正常售药", [told["false_alarms_at_sales"]])
    if "screening" in told:
        screens = [{"hits": not one["missed"], "of": 1} for one in told["screening"]]
        yield _total("screens that found all of their subjects", "查出全部对象的筛查", screens)
        named = [{"hits": one["lookalikes_named"], "of": one["lookalikes"]} for one in told["screening"]]
        yield _total("look-alikes named by screens", "被筛查点名的形似业务", named)
    blind = [{"hits": one["seen"], "of": one["of"]} for one in told["blind"]]
    yield _total("acts in blind corners seen", "被看出的盲区业务", blind)


def _total(english: str, zh: str, counted: Sequence[Mapping[str, Any]]) -> str:
    hits, of = (sum(one[name] for one in counted) for name in ("hits", "of"))
    return f"  {_row((in_language(english, zh), 52))}{hits:>9,} {in_language('of', '/')} {of:>9,}"


def _share(one: Mapping[str, Any]) -> str:
    return f"{one['share']:>9.2%}   {_between(one)}"


def _between(one: Mapping[str, Any]) -> str:
    return f"{one['low']:.2%} {in_language('to', '-')} {one['high']:.2%}"


def _row(*cells: tuple[str, int]) -> str:
    """Return texts, each in its width, on the right where it is negative; Chinese is two columns wide."""
    shown = []
    for text, width in cells:
        space = " " * (abs(width) - len(text) - sum(letter > "\u2e7f" for letter in text))
        shown.append(space + text if width < 0 else text + space)
    return "".join(shown)
