"""Old stock without trace codes (无码库): listed lots of a shop, which only become fewer (S69).

A pack without a code stands in an act's `codes` as an entry of its own with `uncoded` and its `lot`, so that
there are as many entries as packs. What the officer listed is public, one record for a shop and a drug:
{"lots": {lot: {"packs", "valid_to"}}}. How many were sold comes out of disclosures and is kept apart (D7):
{"taken": {lot: packs}}. Which of them the fund paid nobody could say, but how many of a prescription's: with
it they stand by drug and lot, [sold and not given back, paid and not taken back].
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from contracts import keys
from contracts.act import Act, State
from contracts.subjects import seller_of

Lot = tuple[str, str]  # drug, lot


def is_uncoded(entry: Mapping[str, Any]) -> bool:
    """Return whether an entry of `codes` stands for a pack without a code."""
    return bool(entry.get("uncoded"))


def taken_lots(act: Act) -> Counter[Lot]:
    """Return how many packs without codes the act names of each lot; what it leaves out is ""."""
    lines = act.disclosed("lines") or []
    found: Counter[Lot] = Counter()
    for entry in act.disclosed("codes") or []:
        if is_uncoded(entry):
            place = entry.get("line", len(lines))
            drug = lines[place]["drug"] if place < len(lines) else entry.get("drug", "")
            found[str(drug), str(entry.get("lot", ""))] += 1
    return found


def opens_a_pack(act: Act) -> bool:
    """Return whether the act takes part of a pack without a code: how much is left of it nobody could say."""
    lines = act.disclosed("lines") or []
    places = [entry for entry in act.disclosed("codes") or [] if is_uncoded(entry)]
    of_line = [lines[entry["line"]] for entry in places if entry.get("line", len(lines)) < len(lines)]
    return any(one.get("split") for one in (*places, *of_line))


def listed(act: Act, drug: str) -> dict[str, State]:
    """Return the listed lots of a drug at the shop whose sale the act tells of."""
    record = act.state(keys.uncoded(seller_of(act), drug)) or {"lots": {}}
    return dict(record["lots"])


def taken(act: Act, drug: str) -> dict[str, int]:
    """Return how many packs of each lot that shop has sold."""
    record = act.state(keys.uncoded_taken(seller_of(act), drug)) or {"taken": {}}
    return dict(record["taken"])


def after(act: Act, direction: int) -> dict[str, State]:
    """Return what is taken, by key, after the act's packs were taken (1) or put back unsold (-1)."""
    records: dict[str, dict[str, int]] = {}
    for (drug, lot), packs in taken_lots(act).items():
        lots = records.setdefault(keys.uncoded_taken(act.organisation_code, drug), taken(act, drug))
        lots[lot] = max(0, lots.get(lot, 0) + direction * packs)
    return {key: {"taken": lots} for key, lots in records.items()}


def sold_and_paid(act: Act, lot: Lot) -> tuple[int, int]:
    """Return how many packs without codes of a lot stand as sold on the prescription, and as paid."""
    drug, name = lot
    sold, paid = act.content.get("uncoded", {}).get(drug, {}).get(name, (0, 0))
    return int(sold), int(paid)


def content_after(act: Act, sold: int = 0, paid: int = 0) -> State:
    """Return the prescription's content after packs without codes are sold or paid (1), or undone (-1)."""
    found = {drug: dict(lots) for drug, lots in act.content.get("uncoded", {}).items()}
    for lot, packs in taken_lots(act).items():
        before = sold_and_paid(act, lot)
        found.setdefault(lot[0], {})[lot[1]] = [before[0] + sold * packs, before[1] + paid * packs]
    return {**act.content, "uncoded": found} if found else act.content
