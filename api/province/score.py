"""From verdicts to figures: recall on injected cases, false alarms on honest acts, with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.province.trial import OUTSIDE, Tried
from contracts.codes import ACCUSING, CODES
from contracts.rules import RULES

_Z = 1.959964  # 95 %, two sides
# Rules that cannot come up in the year, and why; tests/contracts and tests/catalogue have their cases.
NOT_IN_YEAR: Mapping[str, str] = {
    "OFFICE-16": "judged from signed bytes: the length of a knowledge part as it was received",
    "OFFICE-18": "tables of drugs are loaded before the year begins, and the loader finds it there",
    "PRESENCE-1": "judged from signed bytes: whether each signature has a presence proof",
    "PRESENCE-3": "judged from signed bytes: the authenticator's counter",
    "PRESENCE-5": "judged from signed bytes: by which of a person's keys was signed",
    "PRESENCE-6": "judged from signed bytes: the certificate of a new key",
    "PRESENCE-7": "judged from signed bytes: the certificate of a new key",
    "PRESENCE-10": "judged from signed bytes: what presence and certificates were held against",
    "PRESENCE-9": "judged from signed bytes: the authenticator's counter",
}


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (E. B. Wilson 1927); (0, 1) of no trials."""
    if trials == 0:
        return 0.0, 1.0
    share, square = hits / trials, _Z * _Z
    centre = (share + square / (2 * trials)) / (1 + square / trials)
    spread = (
        _Z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials)) / (1 + square / trials)
    )
    return max(0.0, centre - spread), min(1.0, centre + spread)


@dataclass(slots=True)
class Share:
    """So many of so many."""

    hits: int = 0
    trials: int = 0

    def count(self, hit: bool) -> None:
        """One trial more."""
        self.trials += 1
        self.hits += hit

    def told(self) -> dict[str, Any]:
        """Return hits, trials, share and its interval."""
        low, high = wilson(self.hits, self.trials)
        share = self.hits / self.trials if self.trials else 0.0
        return {"hits": self.hits, "of": self.trials, "share": share, "low": low, "high": high}


@dataclass(slots=True)
class Score:
    """What a run of the contracts over a labelled year comes to."""

    statements: int = 0
    accepted: int = 0
    outside: int = 0
    cases: dict[tuple[str, str], Share] = field(default_factory=dict)
    caught_by: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    rules: dict[str, Share] = field(default_factory=dict)
    accusing: dict[str, int] = field(default_factory=dict)
    lookalikes: dict[str, Share] = field(default_factory=dict)
    honest: Share = field(default_factory=Share)
    honest_sales: Share = field(default_factory=Share)
    alarms: dict[tuple[str, str], int] = field(default_factory=dict)
    for_screening: dict[str, int] = field(default_factory=dict)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def count(self, tried: Tried) -> None:
        """Take one verdict into account; what happened outside the ledger has none."""
        if tried.outcome == OUTSIDE:
            self.outside += 1
            return
        self.statements += 1
        self.accepted += tried.outcome == "accepted"
        label = tried.event.get("label", {})
        if "blind" in label:
            return  # neither a case of a rule nor an honest act: sight.py
        if "screen" in label and "case" in label:
            self.for_screening[label["screen"]] = self.for_screening.get(label["screen"], 0) + 1
            return
        if "case" in label:
            self._case(tried, (label["case"], label["codes"][0]), label)
        if "case" not in label or "lookalike" in label:
            self._honest(tried, label.get("lookalike", ""))

    def _case(self, tried: Tried, case: tuple[str, str], label: Mapping[str, Any]) -> None:
        codes = set(label["codes"]) & set(tried.codes)
        self.cases.setdefault(case, Share()).count(bool(codes))
        spoke = {rule for code, rule in tried.spoke if code in codes}
        self.caught_by.setdefault(case, set()).update(spoke)
        for rule in label.get("rules", ()):
            self.rules.setdefault(rule, Share()).count(rule in spoke)

    def without_case(self) -> list[str]:
        """Return the rules that no injected act asks for: nothing is known of their recall."""
        return [rule.id for rule in RULES if rule.id not in self.rules and rule.id not in NOT_IN_YEAR]

    def _honest(self, tried: Tried, lookalike: str) -> None:
        accused = any(class_ in ACCUSING for class_ in tried.classes)
        self.honest.count(accused)
        if tried.event["type"] == "dispensing.dispensed":
            self.honest_sales.count(accused)
        if lookalike:
            self.lookalikes.setdefault(lookalike, Share()).count(accused)
        for rule in {rule for code, rule in tried.spoke if CODES[code].class_ in ACCUSING}:
            self.accusing[rule] = self.accusing.get(rule, 0) + 1
        if accused:
            what = (_accusing(tried.codes), lookalike or "plain")
            self.alarms[what] = self.alarms.get(what, 0) + 1
            self.examples.setdefault(what, str(tried.event["id"]))

    def _of_rule(self, rule: str) -> dict[str, Any]:
        """What a rule caught itself of what it ought to catch, and how many honest acts it accused."""
        return {"rule": rule, **self.rules[rule].told(), "accused": self.accusing.get(rule, 0)}

    def told(self) -> dict[str, Any]:
        """Return all figures, for JSON."""
        return {
            "statements": self.statements,
            "accepted": self.accepted,
            "outside": self.outside,
            "cases": [
                {"case": case, "code": code, "rules": sorted(self.caught_by[case, code]), **share.told()}
                for (case, code), share in sorted(self.cases.items(), key=_in_order)
            ],
            "by_rule": [self._of_rule(rule.id) for rule in RULES if rule.id in self.rules],
            "rules": len(RULES),
            "rules_without_case": self.without_case(),
            "rules_not_in_year": [{"rule": rule, "why": why} for rule, why in NOT_IN_YEAR.items()],
            "lookalikes": [{"kind": kind, **share.told()} for kind, share in sorted(self.lookalikes.items())],
            "false_alarms": self.honest.told(),
            "false_alarms_at_sales": self.honest_sales.told(),
            "accused": [
                {"code": code, "who": who, "count": count, "first": self.examples[code, who]}
                for (code, who), count in sorted(self.alarms.items())
            ],
            "only_screening_sees": dict(sorted(self.for_screening.items())),
        }


def _accusing(codes: tuple[str, ...]) -> str:
    """The first code that accuses: a notice may stand before it."""
    return next((code for code in codes if CODES[code].class_ in ACCUSING), codes[0])


def _in_order(counted: tuple[tuple[str, str], Share]) -> tuple[int, int, str]:
    """S2 before S10, and the rows of the law behind them."""
    (case, code), _ = counted
    return "SRT".index(case[0]), int(case[1:]), code


def score(tried: Iterable[Tried]) -> Score:
    """Return the figures of a whole run."""
    found = Score()
    for one in tried:
        found.count(one)
    return found
