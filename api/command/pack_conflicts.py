"""Where several rule packs set one parameter differently: whoever merges them is told what counts (S31)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.command.output import warn


@dataclass(frozen=True, slots=True)
class Conflict:
    """One parameter with each pack's value, in the order of the packs: the last one counts."""

    parameter: str
    values: tuple[tuple[str, Any], ...]  # (name of the pack, its value)
    region: str = ""  # of --area; "" for the whole ledger

    @property
    def counts(self) -> str:
        """The pack whose value counts."""
        return self.values[-1][0]

    @property
    def left_out(self) -> list[Any]:
        """What earlier lists name and the last one does not: lists are not joined."""
        last = self.values[-1][1]
        if not isinstance(last, list):
            return []
        named = [item for _, value in self.values[:-1] for item in value if item not in last]
        return list(dict.fromkeys(named))

    def facts(self) -> dict[str, Any]:
        """Return what a program reads: the parameter, each pack's value, which counts, what is left out."""
        values = [{"pack": pack, "value": value} for pack, value in self.values]
        found = {"parameter": self.parameter, "values": values, "counts": self.counts}
        if isinstance(self.values[-1][1], list):
            found["left_out"] = self.left_out
        return {**found, "region": self.region} if self.region else found


def merged(packs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the parameters of all packs: of two that set one, the later counts, a list as a whole."""
    return {name: value for pack in packs for name, value in pack["parameters"].items()}


def conflicts(packs: Sequence[Mapping[str, Any]], region: str = "") -> Iterator[Conflict]:
    """Yield each parameter that two of the packs set to different values, by name."""
    for name in sorted(merged(packs)):
        setting = [pack for pack in packs if name in pack["parameters"]]
        said = tuple((str(pack["name"]), pack["parameters"][name]) for pack in setting)
        if any(value != said[0][1] for _, value in said):
            yield Conflict(name, said, region)


def name_them(options: argparse.Namespace, found: Sequence[Conflict]) -> None:
    """Print each conflict on stderr in the reader's language, with --json with its facts."""
    for one in found:
        warn(options, _english(one), _chinese(one), {"conflict": one.facts()})


def _english(one: Conflict) -> str:
    said = ", ".join(f"{pack} says {_shown(value)}" for pack, value in one.values)
    where = f" in region {one.region}" if one.region else ""
    lost = f" Lists are not joined; left out: {_shown(one.left_out)}." if one.left_out else ""
    return f"{one.parameter}{where}: {said}. The later pack, {one.counts}, counts.{lost}"


def _chinese(one: Conflict) -> str:
    said = "，".join(f"{pack} 为 {_shown(value)}" for pack, value in one.values)
    where = f"（地区 {one.region}）" if one.region else ""
    lost = f"列表不合并，未采用：{_shown(one.left_out)}。" if one.left_out else ""
    return f"{one.parameter}{where}：{said}。以后列的规则包 {one.counts} 为准。{lost}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
