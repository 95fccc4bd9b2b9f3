"""`rx replay`: the verdicts of a ledger, judged again by its rules or looked at under an area's."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from api.command.output import EXIT_OK, EXIT_REFUSED, CommandError, in_language, language, tell
from api.command.rulebook import load
from api.command.service import open_ledger
from api.replay import Judged, replay
from contracts.errors import Rejected
from contracts.rules import RULES
from ledger.errors import LedgerError

EXAMPLE = (
    "examples:\n"
    "  rx replay --folder ledger                        is every verdict what the rules say?\n"
    "  rx replay --folder ledger --pack shanghai-2025   what an area's rules would have said about the past"
)
_SHOWN = 10
_STRENGTHS = {"refuse": "拒绝", "hold": "暂存", "flag": "标记"}
_SENTENCES = {rule.id: (rule.en, rule.zh) for rule in RULES}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx replay`."""
    parser.add_argument("--folder", type=Path, required=True, help="a ledger that no `rx serve` uses now")
    parser.add_argument("--pack", action="append", default=[], metavar="PACK", help="see rx rulebook")


def run(options: argparse.Namespace) -> int:
    """Print the comparison; 0 when every verdict is what the rules say, 1 when one is not."""
    parameters = {key: value for name in options.pack for key, value in load(name)["parameters"].items()}
    ledger, _ = open_ledger(options.folder)
    found = _Found()
    try:
        for judged in replay(ledger, parameters if options.pack else None):
            found.take(judged)
            if found.entries % 1000 == 0 and sys.stderr.isatty():
                print(f"\r{found.entries:,} of {ledger.size:,} entries", end="", file=sys.stderr, flush=True)
    except (LedgerError, Rejected) as error:
        cause = f"entry {found.entries} cannot be judged: {error.code}"
        raise CommandError(cause, "what was erased cannot be judged again") from None
    finally:
        ledger.close()
    tell(options, found.told(), "\n".join(found.lines()))
    return EXIT_REFUSED if found.different else EXIT_OK


class _Found:
    def __init__(self) -> None:
        self.entries = 0
        self.different: list[int] = []
        self.otherwise: Counter[tuple[str, str, str]] = Counter()
        self.examples: dict[tuple[str, str, str], list[int]] = {}

    def take(self, judged: Judged) -> None:
        """Count an entry; under other rules only what they add to what was said."""
        self.entries += 1
        if not judged.same:
            self.different.append(judged.index)
        said = {finding.rule for finding in judged.decision.findings}
        for finding in judged.otherwise.findings if judged.otherwise else ():
            if finding.rule not in said:
                what = (finding.rule, finding.code, finding.strength)
                self.otherwise[what] += 1
                self.examples.setdefault(what, []).append(judged.index)

    def told(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        added = [
            {"rule": rule, "code": code, "would": strength, "count": count, "entries": self._shown(what)}
            for what, count in sorted(self.otherwise.items())
            for rule, code, strength in [what]
        ]
        return {"entries": self.entries, "different": self.different, "otherwise": added}

    def _shown(self, what: tuple[str, str, str]) -> list[int]:
        return self.examples[what][:_SHOWN]

    def lines(self) -> list[str]:
        """Return the report for people."""
        chinese = language() == "zh"
        same = self.entries - len(self.different)
        text = f"{same:,} of {self.entries:,} entries are, byte for byte, what the rules say"
        lines = [in_language(text, f"{self.entries:,} 条账目中有 {same:,} 条与规则的裁决逐字节一致")]
        if self.different:
            shown = ", ".join(map(str, self.different[:_SHOWN]))
            lines.append(in_language(f"DIFFERENT: entries {shown}", f"不一致：账目 {shown}"))
        for what, count in sorted(self.otherwise.items()):
            rule, code, strength = what
            said = _SENTENCES[rule][chinese]
            shown = ", ".join(map(str, self._shown(what)))
            head = in_language(f"would {strength} {count}: ", f"将{_STRENGTHS[strength]} {count} 次：")
            lines.append(f"{rule} {code} {head}{said} {in_language('entries', '账目')} {shown}")
        return lines
