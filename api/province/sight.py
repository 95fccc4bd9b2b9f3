"""Ground truth of blind cases: how many of those injected a rule or a screen has seen after all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from api.province.blind import BLIND
from api.province.score import wilson
from api.province.trial import Tried, tagged


class Sight:
    """Counts the blind cases, each with a subject of its own, and who has said anything of one."""

    def __init__(self) -> None:
        self._injected: dict[str, set[str]] = defaultdict(set)
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._by: dict[str, set[str]] = defaultdict(set)

    def take(self, tried: Tried) -> None:
        """Take an act: any finding of a rule is a sight of it."""
        label = tried.event.get("label", {})
        if "blind" not in label:
            return
        kind, subject = label["blind"], tagged(label["subject"])
        self._injected[kind].add(subject)
        if tried.spoke:
            self._seen[kind].add(subject)
            self._by[kind] |= {rule for _, rule in tried.spoke}

    def named(self, screen: str, subjects: Iterable[str]) -> set[str]:
        """Take the subjects of a screen; return those that are parts of a blind case."""
        found = set()
        for subject in subjects:
            parts = {subject, *subject.split("@")}
            for kind, injected in self._injected.items():
                seen = {one for one in injected if one in parts or one.split("@")[0] in parts}
                if seen:
                    found.add(subject)
                    self._seen[kind] |= seen
                    self._by[kind].add(screen)
        return found

    def told(self) -> list[dict[str, Any]]:
        """Return a row for each kind, for JSON."""
        rows = []
        for one in BLIND:
            kind, of = one.plan.name, len(self._injected[one.plan.name])
            low, high = wilson(len(self._seen[kind]), of)
            figures = {"seen": len(self._seen[kind]), "of": of, "low": low, "high": high}
            said = {"kind": kind, "case": one.row, "what": one.what, "why": one.why}
            rows.append({**said, **figures, "by": sorted(self._by[kind])})
        return rows
