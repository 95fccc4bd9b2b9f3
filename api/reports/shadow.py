"""What rules on trial would have said, counted from the log alone: what two officers decide on (S66)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.logged import statement_of
from api.words import word
from contracts.contract import SHADOW
from contracts.rules import RULES

_SHOWN = 20  # entries cited for a rule
_RULES = {rule.id: rule for rule in RULES}


@dataclass(slots=True)
class Trial:
    """One rule on trial: acts it was asked about, how many it would have stopped or flagged, and which.

    `since` is the entry of the first rulebook that put it there.
    """

    rule: str
    since: int
    asked: int = 0
    spoken: int = 0
    already_refused: int = 0
    entries: list[int] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Return the figures with the rule's own sentence."""
        rule = _RULES[self.rule]
        return {
            "rule": self.rule,
            "code": rule.code,
            "would": rule.strength,
            "since": self.since,
            "asked": self.asked,
            "spoken": self.spoken,
            "share": self.spoken / self.asked if self.asked else 0.0,
            "already_refused": self.already_refused,
            "entries": self.entries,
            "en": rule.en,
            "zh": rule.zh,
        }


def compared(entries: Iterable[bytes]) -> list[Trial]:
    """Return a Trial for each rule that any rulebook of the log put on trial, by id.

    `asked` counts accepted acts of the rule's types under such a rulebook; `already_refused` those that
    other rules refused, so that a reader sees what the rule would add.
    """
    trials: dict[str, Trial] = {}
    shadowed: dict[str, list[str]] = {}  # rules on trial by rulebook
    for index, raw in enumerate(entries):
        entry = json.loads(raw)
        if "statement" in entry:
            identifier, payload = statement_of(entry)
            for rule in _learn(identifier, payload, shadowed):
                trials.setdefault(rule, Trial(rule, index))
            _count(index, payload["type"], entry["verdict"], shadowed, trials)
        elif "refused" in entry:
            _count(index, entry["refused"]["type"], entry["refused"], shadowed, trials)
    return [trials[rule] for rule in sorted(trials)]


def _learn(identifier: str, payload: Mapping[str, Any], shadowed: dict[str, list[str]]) -> list[str]:
    """Return the rules that a rulebook puts on trial, and remember them."""
    if payload["type"] != "governance.rulebook":
        return []
    named = payload["parameters"].get("shadow_rules", [])
    shadowed[identifier] = [rule for rule in named if rule in _RULES]
    return shadowed[identifier]


def _count(
    index: int,
    type_: str,
    verdict: Mapping[str, Any],
    shadowed: Mapping[str, list[str]],
    trials: dict[str, Trial],
) -> None:
    for rule in shadowed.get(verdict.get("rulebook", ""), ()):
        if type_ not in _RULES[rule].on:
            continue
        trial = trials[rule]
        if "flags" not in verdict:
            trial.already_refused += 1
            continue
        trial.asked += 1
        if any(flag["code"] == SHADOW and flag["rule"] == rule for flag in verdict["flags"]):
            trial.spoken += 1
            trial.entries = [*trial.entries, index][:_SHOWN]


def table(trials: Iterable[Trial], chinese: bool) -> Iterator[str]:
    """Yield the lines of the report."""
    for told in (trial.told() for trial in trials):
        named, entries = f"{told['rule']} {told['code']}", [str(entry) for entry in told["entries"]]
        spoken, asked, share = told["spoken"], told["asked"], f"{told['share']:.2%}"
        if chinese:
            yield f"{named}（{word(told['would'], chinese)}）：{told['zh']}"
            more = f"另有 {told['already_refused']} 项已被其他规则拒绝"
            since = f"自第 {told['since']} 条账目起试运行"
            yield f"  {since}：{asked} 项中有 {spoken} 项（{share}）会触发，{more}"
        else:
            yield f"{named} ({told['would']}): {told['en']}"
            more = f"{told['already_refused']} more were refused by other rules"
            since = f"on trial since entry {told['since']}"
            yield f"  {since}: would have spoken {spoken} of {asked} ({share}); {more}"
        if entries:
            yield f"  账目 {'、'.join(entries)}" if chinese else f"  entries {', '.join(entries)}"
