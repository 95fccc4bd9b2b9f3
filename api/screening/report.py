"""Findings as rows and as JSON, with totals by behaviour and by whom they concern."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.screening.registry import SCREENS
from api.screening.screen import Screen
from api.screening.tables import Tables
from api.words import word

_SHOWN = 5  # of a screen's findings, in the table
CLASSES = ("VIOLATION", "SUSPICION", "DATA_QUALITY", "NOTICE")
# What to do next with a finding of a class: a screen judges nobody.
_NEXT = {
    "VIOLATION": ("Check the entries (rx entry) and open a case.", "核对账目（rx entry）后立案。"),
    "SUSPICION": (
        "Check the entries (rx entry) before anybody is asked.",
        "先核对账目（rx entry），再行询问。",
    ),
    "DATA_QUALITY": ("Ask for corrected records; nobody is accused.", "请机构更正数据，不指控任何人。"),
    "NOTICE": ("For information; no accusation.", "仅供参考，不作指控。"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a screen says of one subject; `entries` are some of the `count` log entries that prove it."""

    screen: Screen
    subject: str
    measure: float
    limit: float
    count: int
    entries: tuple[int, ...]
    wider: bool = False

    def told(self) -> dict[str, Any]:
        """Return the finding for JSON."""
        return {
            "screen": self.screen.id,
            "version": self.screen.version,
            "class": self.screen.class_,
            "kind": self.screen.subject,
            "subject": self.subject,
            "level": self.screen.level,
            "behaviour": self.screen.behaviour or None,
            "measure": round(self.measure, 3),
            "limit": self.limit,
            "count": self.count,
            "entries": list(self.entries),
            "en": self.sentence(chinese=False),
            "zh": self.sentence(chinese=True),
        }

    def sentence(self, chinese: bool) -> str:
        """Return the finding in words: who, what, how much against which limit, what to do next."""
        english_next, chinese_next = _NEXT[self.screen.class_]
        if chinese:
            measured = f"指标 {self.measure:.2f}，界限 {self.limit:g}。"
            return f"{self.subject}：{self.said(chinese)}{measured}{chinese_next}"
        measured = f"Measure {self.measure:.2f}, limit {self.limit:g}."
        return f"{self.subject}: {self.said(chinese)} {measured} {english_next}"

    def said(self, chinese: bool) -> str:
        """Return what the screen says of such findings: with which peers, where there are several kinds."""
        english, zh = self.screen.wider if self.wider else (self.screen.en, self.screen.zh)
        return zh if chinese else english


def screened(
    tables: Tables, only: Sequence[str] = (), screens: Sequence[Screen] = SCREENS
) -> Iterator[tuple[Screen, list[Finding]]]:
    """Yield each screen with its findings, the strongest first, in the order of the registry."""
    for screen in screens:
        if only and screen.id not in only:
            continue
        # Of one subject's findings by one measure the order is that of their proof.
        order = ["measure", "subject", "count", "entries"]
        ordered = screen.found(tables).sort(order, descending=[name == "measure" for name in order])
        yield (
            screen,
            [
                Finding(
                    screen,
                    row["subject"],
                    row["measure"],
                    row["limit"],
                    row["count"],
                    tuple(row["entries"]),
                    row["wider"],
                )
                for row in ordered.iter_rows(named=True)
            ],
        )


Results = Sequence[tuple[Screen, Sequence[Finding]]]


def totals(results: Results, of: Callable[[Screen], str]) -> dict[str, dict[str, int]]:
    """Return how many findings each class has, by what `of` says of their screens; "" is left out."""
    found: dict[str, dict[str, int]] = {}
    for screen, findings in results:
        if of(screen):
            by_class = found.setdefault(of(screen), dict.fromkeys(CLASSES, 0))
            by_class[screen.class_] += len(findings)
    return found


def behaviour(screen: Screen) -> str:
    """Return which of the three behaviours a screen is about, or ""."""
    return screen.behaviour


def level(screen: Screen) -> str:
    """Return whom a screen's findings concern."""
    return screen.level


def as_json(results: Results, rules: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything: what each screen asks, what it found, totals by behaviour (S63) and level (S64)."""
    return {
        "rules": dict(rules),
        "by_behaviour": totals(results, behaviour),
        "by_level": totals(results, level),
        "screens": [
            {
                "id": screen.id,
                "version": screen.version,
                "class": screen.class_,
                "sources": screen.sources,
                "parameters": dict(screen.parameters),
                "en": screen.en,
                "zh": screen.zh,
                "findings": len(found),
            }
            for screen, found in results
        ],
        "findings": [finding.told() for _, found in results for finding in found],
    }


def as_table(results: Results, chinese: bool = False) -> Iterator[str]:
    """Yield the lines of the table: a line for each screen, and its five strongest findings of how many."""
    yield from _heads(chinese)
    for screen, found in results:
        said = screen.zh if chinese else screen.en
        yield f"{screen.id:<20}{word(screen.class_, chinese):<13}{len(found):>6}  {said}"
        for finding in found[:_SHOWN]:
            proof = _proof(finding, chinese)
            yield f"{'':<8}{finding.subject:<52}{finding.measure:>10.2f}  {proof}"
            if finding.wider:
                yield f"{'':<12}{finding.said(chinese)}"
        if (more := len(found) - _SHOWN) > 0:
            said = f"… 另有 {more} 项，见 --json" if chinese else f"… and {more} more, see --json"
            yield f"{'':<8}{said}"
    for of, head in ((behaviour, ("by behaviour", "按行为")), (level, ("by whom it concerns", "按对象"))):
        yield from ("", head[1] if chinese else head[0])
        for name, by_class in totals(results, of).items():
            counts = (f"{word(class_, chinese)} {count}" for class_, count in by_class.items())
            yield f"{word(name, chinese):<31}{'  '.join(counts)}"


def _heads(chinese: bool) -> Iterator[str]:
    if chinese:
        yield f"{'筛查':<18}{'类别':<11}{'项数':>4}  筛查内容"
        yield f"{'':<8}{'对象':<50}{'指标':>8}  依据"
        return
    yield f"{'screen':<20}{'class':<13}{'found':>6}  what it says"
    yield f"{'':<8}{'subject':<52}{'measure':>10}  proof"


def _proof(finding: Finding, chinese: bool) -> str:
    """How many entries prove it, and the first four."""
    first = ", ".join(str(entry) for entry in finding.entries[:4]) + (" …" if finding.count > 4 else "")
    if chinese:
        return f"{finding.count} 条账目：{first}"
    return f"{finding.count} {'entry' if finding.count == 1 else 'entries'}: {first}"
