"""Old stock without trace codes (无码库): listed lots of a shop, which only become fewer (S69).

A pack without a code stands in an act's `codes` as an entry of its own with `uncoded` and its `lot`, so that
there are as many entries as packs. What the officer listed is public, one record for a shop and a drug:
{"lots": {lot: {"packs", "valid_to"}}}. How many were sold comes out of disclosures and is kept apart (D7):
{"taken": {lot: packs}}. Which of them the fund paid nobody could say, but how many of a sale: with the
prescription each sale of a lot stands by its numbers, [{"drug", "lot", "sale": [tags], "packs", "back",
"paid", "told"}]; `told` says that only a report knows of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from contracts import keys
from contracts.act import Act, State
from contracts.groups import SALE
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


def sales_named(act: Act, lot: Lot) -> list[State]:
    """Return the prescription's sales of a lot that the act may mean: by number where both have one."""
    numbers = set(sale_numbers(act))
    sales = [one for one in act.content.get("uncoded", ()) if (one["drug"], one["lot"]) == lot]
    return [one for one in sales if numbers & set(one["sale"]) or not (numbers and one["sale"])]


def kept(sale: State) -> int:
    """Return how many packs of a sale did not come back."""
    return int(sale["packs"] - sale["back"])


def owed(sale: State) -> int:
    """Return for how many packs of a sale that did not come back the fund has not paid."""
    return max(0, kept(sale) - int(sale["paid"]))


def payable(sale: State) -> int:
    """Return for how many of the packs owed the shop told of the sale itself, and not a report alone."""
    return 0 if sale["told"] else owed(sale)


def sold_content(act: Act) -> State:
    """Return the prescription's content after its packs without codes were sold, or a report told of that."""
    told, sales = act.type not in SALE, list(act.content.get("uncoded", ()))
    for (drug, lot), packs in taken_lots(act).items():
        this = next((one for one in sales_named(act, (drug, lot)) if told or one["told"]), None)
        if told and this is not None:
            continue  # on record: a report sells nothing again
        new = {"drug": drug, "lot": lot, "sale": sale_numbers(act), "packs": packs, "told": told}
        sales = [*(one for one in sales if one is not this), {"back": 0, "paid": 0, **(this or {}), **new}]
    return _with(act, sales)


def returned_content(act: Act) -> State:
    """Return it after the act's packs came back: of sales that the shop told of itself."""
    return _moved(act, "back", 1, lambda sale: 0 if sale["told"] else kept(sale))


def paid_content(act: Act) -> State:
    """Return it after the fund paid for the act's packs."""
    return _moved(act, "paid", 1, payable)


def refunded_content(act: Act) -> State:
    """Return it after the fund took its payment back."""
    return _moved(act, "paid", -1, lambda sale: int(sale["paid"]))


def _moved(act: Act, member: str, sign: int, room: Callable[[State], int]) -> State:
    sales = list(act.content.get("uncoded", ()))
    for lot, left in taken_lots(act).items():
        for one in sales_named(act, lot):  # the oldest first: what came back is what is refunded
            most = min(left, room(one))
            sales[sales.index(one)] = {**one, member: one[member] + sign * most}
            left -= most
    return _with(act, sales)


def _with(act: Act, sales: list[State]) -> State:
    return {**act.content, "uncoded": sales} if sales else act.content


def sale_numbers(act: Act) -> list[str]:
    """Return the tags of the numbers that name the act's sale: settlement id and retail document."""
    return [tag for name in ("setl_id", "rtal_docno") for tag in act.number(name)]
