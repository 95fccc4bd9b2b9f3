"""A wrong scan put right: what a sale took under the wrong code it took under the right one.

The sale moves whole from one pack's record to the other's: its numbers, its time, what was told of it and
paid. On the wrong code it stays as given back, so that a report of it that arrives late sells nothing again.
"""

from __future__ import annotations

from contracts.act import Act, State
from contracts.fund import SETTLED
from contracts.packs import Pack, back_in_stock, given_back, record_of, same_sale


def wrong_record(act: Act, pack: Pack) -> State:
    """Return what the ledger knows of the code that `pack` takes the place of."""
    return record_of(act, act.tags("codes", pack.wrong))


def sale_named(act: Act, pack: Pack) -> State | None:
    """Return the sale that the act names as it stands under the wrong code, or None.

    None too where some of it came back, or where it was corrected: then that code has nothing to put right.
    """
    for sale in wrong_record(act, pack).get("sales", []):
        named = (sale.get("id"), sale["rx"]) == (act.payload["sale"], act.rx_id)
        if named and not sale.get("back"):
            return dict(sale)
    return None


def without_sale(act: Act, pack: Pack, sale: State) -> State:
    """Return the wrong code's record as if the sale had not sold it.

    A payment moves along; where the sale was paid under the right code too, this one is to be refunded.
    """
    record, told = wrong_record(act, pack), same_sale(act, pack.record) or {}
    moved = {"fund"} if told.get("fund") != SETTLED else set()
    undone = {name: value for name, value in sale.items() if name not in moved} | {"back": sale["units"]}
    return back_in_stock(record, [undone if one == sale else one for one in record["sales"]])


def with_sale(act: Act, pack: Pack, sale: State) -> State:
    """Return the right code's record as if the sale had sold it; a report of that is the same sale."""
    told = same_sale(act, pack.record) or {}
    earlier = [one for one in pack.record.get("sales", []) if one != told and not _undone(one, sale)]
    both = {name: sorted({*sale[name], *told.get(name, [])}) for name in ("sale", "channels")}
    opened = pack.split or pack.record.get("state") == "opened"
    return {
        **pack.record,
        "org": act.organisation_code,
        "state": "opened" if opened else "sold",
        "at": sale["at"],
        "sales": [*earlier, {**told, **sale, **both}],
    }


def _undone(one: State, sale: State) -> bool:
    """Whether it is this sale, which an earlier correction took from the code that was right after all."""
    return one.get("id") == sale["id"] and given_back(one)
