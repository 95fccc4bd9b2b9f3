"""`rx replay`: the verdicts of a ledger, judged again by its rules or looked at under an area's."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from api.command.output import EXIT_OK, EXIT_REFUSED, CommandError, in_language, progress, tell
from api.command.rulebook import load
from api.command.service import open_ledger
from api.reports.replay import Judged, replay
from api.words import word
from contracts.decision import Decision
from contracts.errors import Rejected
from contracts.rules import RULES
from ledger.errors import LedgerError

EXAMPLE = (
    "examples:\n"
    "  rx replay --folder ledger                        is every verdict what the rules say?\n"
    "  rx replay --folder ledger --pack shanghai-2025   what an area's rules would have said about the past"
)
_SHOWN = 10
_SENTENCES = {rule.id: (rule.en, rule.zh) for rule in RULES}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx replay`."""
    parser.add_argument("--folder", type=Path, required=True, help="a ledger that no `rx serve` uses now")
    parser.add_argument("--pack", action="append", default=[], metavar="PACK", help="see rx rulebook")


def run(options: argparse.Namespace) -> int:
    """Print the comparison; 0 when every verdict is what the rules say, 1 when one is not."""
    parameters = {key: value for name in options.pack for key, value in load(name)["parameters"].items()}
    ledger, _ = open_ledger(options.folder)
    found = Comparison(options.pack)
    try:
        for judged in replay(ledger, parameters if options.pack else None):
            found.take(judged)
            if found.entries % 1000 == 0:
                done, size = f"{found.entries:,}", f"{ledger.size:,}"
                progress(f"{done} of {size} entries", f"{size} 条账目中的 {done} 条")
    except (LedgerError, Rejected) as error:
        tell(options, found.told(), "\n".join(found.lines()))  # what stands before it was judged
        cause = f"entry {found.entries} cannot be judged: {error.code}"
        raise CommandError(cause, "what was erased cannot be judged again, nor what follows it") from None
    finally:
        ledger.close()
    tell(options, found.told(), "\n".join(found.lines()))
    return EXIT_REFUSED if found.different else EXIT_OK


class Comparison:
    """What judging again has shown so far; with packs also what they would have said otherwise."""

    def __init__(self, packs: Sequence[str] = ()) -> None:
        self.entries = 0
        self.different: list[int] = []
        self._versions: dict[tuple[str, int, int], list[int]] = {}
        self.judged_by_packs = 0
        self.otherwise: list[int] = []
        self._packs = packs
        # By what is said or no longer said: the entries where it is.
        self._added: dict[_What, list[int]] = {}
        self._dropped: dict[_What, list[int]] = {}

    def take(self, judged: Judged) -> None:
        """Count an entry."""
        self.entries += 1
        for changed in judged.versions:
            self._versions.setdefault(changed, []).append(judged.index)
        if not (judged.same or judged.versions):
            self.different.append(judged.index)
        if judged.otherwise is None:
            return
        self.judged_by_packs += 1
        was, would = _said(judged.decision), _said(judged.otherwise)
        for what in would - was:
            self._added.setdefault(what, []).append(judged.index)
        for what in was - would:
            self._dropped.setdefault(what, []).append(judged.index)
        if was != would or judged.decision.outcome != judged.otherwise.outcome:
            self.otherwise.append(judged.index)

    def told(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        versions = [
            {"rule": rule, "then": then, "now": now, "count": len(entries), "entries": entries[:_SHOWN]}
            for (rule, then, now), entries in sorted(self._versions.items())
        ]
        told = {"entries": self.entries, "different": self.different, "versions": versions}
        by_packs = {"packs": list(self._packs), "judged": self.judged_by_packs, "otherwise": self.otherwise}
        return {**told, **by_packs, "added": _rows(self._added), "dropped": _rows(self._dropped)}

    def lines(self) -> Iterator[str]:
        """Yield the report for people."""
        same = self.entries - len(self.different)
        but = (" but for rules' versions", "（规则版本号除外）") if self._versions else ("", "")
        text = f"{same:,} of {self.entries:,} entries are, byte for byte{but[0]}, what the rules say"
        yield in_language(text, f"{self.entries:,} 条账目中有 {same:,} 条与规则的裁决逐字节一致{but[1]}")
        for (rule, then, now), entries in sorted(self._versions.items()):
            text = f"  {rule} v{then} then, v{now} now, which says the same: entries {_shown(entries)}"
            zh = f"  {rule} 当时为 v{then}，现为 v{now}，结论相同：账目 {_shown(entries)}"
            yield in_language(text, zh)
        if self.different:
            shown = _shown(self.different)
            yield in_language(f"DIFFERENT: entries {shown}", f"不一致：账目 {shown}")
        if self._packs:
            yield from self._lines_of_packs()

    def _lines_of_packs(self) -> Iterator[str]:
        name, count, of = " + ".join(self._packs), len(self.otherwise), self.judged_by_packs
        first = in_language(": entries ", "：账目 ") + _shown(self.otherwise) if count else ""
        text = f"{name}: {count:,} of {of:,} differ{first}"
        yield in_language(text, f"{name}：{of:,} 条中有 {count:,} 条裁决不同{first}")
        if bare := self.entries - of:
            text = f"  {bare:,} refusals keep no content and cannot be judged by it"
            yield in_language(text, f"  另有 {bare:,} 条拒绝记录不含内容，无法以其裁决")
        yield from _lines_of_rules(self._added, "would", "将")
        yield from _lines_of_rules(self._dropped, "would not", "将不再")


class _What(NamedTuple):
    rule: str
    code: str
    strength: str


def _said(decision: Decision) -> set[_What]:
    return {_What(one.rule, one.code, one.strength) for one in decision.findings}


def _lines_of_rules(found: Mapping[_What, Sequence[int]], english: str, chinese: str) -> Iterator[str]:
    for what, entries in sorted(found.items()):
        head = f"{english} {what.strength} {len(entries)}: "
        head = in_language(head, f"{chinese}{word(what.strength, True)} {len(entries)} 次：")
        said = in_language(*_SENTENCES[what.rule])
        yield f"{what.rule} {what.code} {head}{said} {in_language('entries', '账目')} {_shown(entries)}"


def _shown(entries: Sequence[int]) -> str:
    return ", ".join(map(str, entries[:_SHOWN])) + (", …" if len(entries) > _SHOWN else "")


def _rows(found: Mapping[_What, Sequence[int]]) -> list[dict[str, Any]]:
    return [
        {**what._asdict(), "count": len(entries), "entries": entries[:_SHOWN]}
        for what, entries in sorted(found.items())
    ]
