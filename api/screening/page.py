"""The inspector's page: one HTML file with plots that opens without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from api.screening.report import CLASSES, Finding, Results, behaviour, level, totals
from api.screening.screen import Screen
from api.words import word

_COLOURS = {"VIOLATION": "#b3261e", "SUSPICION": "#c77700", "DATA_QUALITY": "#3b6ea5", "NOTICE": "#6b7280"}
_SHOWN = 50  # rows of one screen on the page; the JSON has all
_ENTRIES_SHOWN = 20  # of one finding


def as_html(results: Results, folder: str, rules: Mapping[str, Any], chinese: bool = False) -> str:
    """Return the inspector's page: no script, nothing from elsewhere, every text escaped.

    Sentences stand in both languages; `chinese` says in which the page is read first.
    """
    counts = {
        class_: sum(len(found) for screen, found in results if screen.class_ == class_) for class_ in CLASSES
    }
    legend = "".join(
        f'<span style="color:{_COLOURS[class_]}">■ {_both(class_)} {count}</span> '
        for class_, count in counts.items()
    )
    sections = "".join(_section(screen, found) for screen, found in results)
    return (
        f'<!doctype html><html lang="{"zh-CN" if chinese else "en"}"><head><meta charset="utf-8">'
        "<title>Screening 筛查报告</title>"
        "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.3rem;"
        "text-align:left;overflow-wrap:anywhere}td.n{text-align:right}"
        "svg{display:block;margin:.5rem 0}</style></head><body>"
        f"<h1>Screening 筛查报告</h1><p>{escape(folder)}</p>"
        f"{_rules(rules)}<p>{legend}</p>{_overview(results)}"
        "<p>A finding is a reason to look, not a judgement; its entries prove it. "
        "筛查结果仅为核查线索，并非结论；所列账目编号可供核验。</p>"
        f"{_totals(results, behaviour, 'behaviour 行为')}{_totals(results, level, 'subject 主体')}"
        f"{sections}</body></html>\n"
    )


def _both(english: str) -> str:
    """A word in English and, where there is one, in Chinese."""
    return escape(" ".join(dict.fromkeys((english, word(english, chinese=True)))))


def _rules(rules: Mapping[str, Any]) -> str:
    """Which rulebook and knowledge the thresholds come from."""
    names = ("version", "rulebook", "knowledge_version", "knowledge")
    told = "".join(f"<li>{name}: {escape(str(rules[name]))}</li>" for name in names if name in rules)
    return f"<ul>{told}</ul>" if told else "<p>thresholds of the product 产品默认阈值</p>"


def _totals(results: Results, of: Callable[[Screen], str], title: str) -> str:
    head = "".join(f"<th>{_both(class_)}</th>" for class_ in CLASSES)
    rows = "".join(
        f"<tr><td>{_both(name)}</td>{''.join(f'<td>{count}</td>' for count in by_class.values())}</tr>"
        for name, by_class in totals(results, of).items()
    )
    return f"<table><tr><th>{title}</th>{head}</tr>{rows}</table>"


def _overview(results: Results) -> str:
    """A bar for each screen: how many findings."""
    most = max((len(found) for _, found in results), default=0) or 1
    bars = "".join(
        f'<text x="0" y="{22 * at + 15}" font-size="12">{screen.id}</text>'
        f'<rect x="170" y="{22 * at + 4}" width="{max(1, round(480 * len(found) / most))}" height="14" '
        f'fill="{_COLOURS[screen.class_]}"/>'
        f'<text x="660" y="{22 * at + 15}" font-size="12">{len(found)}</text>'
        for at, (screen, found) in enumerate(results)
    )
    height = 22 * len(results)
    return f'<svg width="720" height="{height}" role="img" aria-label="findings by screen">{bars}</svg>'


def _proof(found: Finding) -> str:
    """The first entries; the JSON has more of them (`ENTRIES_MAX`)."""
    first = ", ".join(str(entry) for entry in found.entries[:_ENTRIES_SHOWN])
    return first + (" …" if found.count > _ENTRIES_SHOWN else "")


def _section(screen: Screen, found: Sequence[Finding]) -> str:
    if not found:
        return f"<h2>{screen.id}</h2><p>{escape(screen.en)} {escape(screen.zh)}</p><p>— 0</p>"
    rows = "".join(
        f"<tr><td>{escape(one.sentence(chinese=False))}<br>{escape(one.sentence(chinese=True))}</td>"
        f'<td class="n">{one.measure:.2f}</td>'
        f'<td class="n">{one.count}</td>'
        f"<td>{_proof(one)}</td></tr>"
        for one in found[:_SHOWN]
    )
    parameters = ", ".join(f"{name} {value:g}" for name, value in screen.parameters.items())
    title = f"{screen.id} v{screen.version} · {_both(screen.class_)} · {len(found)}"
    return (
        f'<h2 style="color:{_COLOURS[screen.class_]}">{title}</h2>'
        f"<p>{escape(screen.en)} {escape(screen.zh)}<br>"
        f"<small>{escape(screen.sources)} · {escape(parameters)}</small></p>{_plot(found)}"
        f"<table><tr><th>{_subject(screen.subject)}</th><th>measure 指标</th><th>entries 账目数</th>"
        f"<th>proof 账目编号</th></tr>{rows}</table>"
    )


def _subject(kinds: str) -> str:
    """What a finding is about, such as `doctor@drug 医师@药品`."""
    return escape(f"{kinds} {'@'.join(word(kind, chinese=True) for kind in kinds.split('@'))}")


def _plot(found: Sequence[Finding]) -> str:
    """The strongest findings as bars, so that an outlier is seen at once."""
    shown = found[:40]
    most = max(one.measure for one in shown) or 1.0
    bars = "".join(
        f'<rect x="{16 * at}" y="{80 - round(78 * one.measure / most)}" width="12" '
        f'height="{round(78 * one.measure / most)}" fill="#444"><title>{escape(one.subject)}</title></rect>'
        for at, one in enumerate(shown)
    )
    return f'<svg width="{16 * len(shown)}" height="82" role="img" aria-label="measures">{bars}</svg>'
