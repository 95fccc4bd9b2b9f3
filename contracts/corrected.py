"""A wrong scan put right: what a sale took under the wrong code it took under the right one.

The sale moves whole from one pack's record to the other's: its numbers, its time, what was told of it and
paid. On the wrong code it stays as given back, so that a report of it that arrives late sells nothing again,
and names the correction, so that whoever looks that code up learns why it was sold once.

Two packs scanned the wrong way round stand each as sold by the other's sale. Each sale is corrected on its
own prescription and names the other one (`swapped_with`); the first correction only writes down which code
its sale took, the second one moves both. So no state in between has a pack sold twice or not at all, and one
correction alone moves nothing.
"""

from __future__ import annotations

from contracts import keys
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


def sale_swapped(act: Act, pack: Pack) -> State | None:
    """Return the other of two swapped sales as it stands under the right code, or None.

    Both packs stand as sold whole by the shop that corrects: opened ones hold both sales or they do not.
    """
    other = act.payload.get("swapped_with")
    sold_here = pack.record.get("state") == "sold" and pack.record["org"] == act.organisation_code
    if other == act.payload.get("sale") or not sold_here or wrong_record(act, pack).get("state") != "sold":
        return None
    found = (sale for sale in pack.record["sales"] if sale.get("id") == other and not sale.get("back"))
    return next((dict(sale) for sale in found), None) if other else None


def records_after(act: Act, pack: Pack, sale: State) -> dict[str, State]:
    """Return what the ledger knows, by key, of the wrong and the right code after `sale` was corrected."""
    wrong_key, right_key = keys.trace_code(act.tag("codes", pack.wrong)), keys.trace_code(pack.tags[0])
    wrong, other = wrong_record(act, pack), sale_swapped(act, pack)
    by = {"id": act.facts.statement_id, "at": act.time_ms}
    if other is None:
        told = same_sale(act, pack.record) or {}
        opened = pack.split or pack.record.get("state") == "opened"
        right = _with_sale(pack.record, sale, told, "opened" if opened else "sold", act.organisation_code)
        return {wrong_key: _without_sale(wrong, sale, told, by), right_key: right}
    word = other.get("took", {})
    if word.get("sale") != act.payload["sale"] or word["tag"] not in act.tags("codes", pack.wrong):
        return {wrong_key: _with_word(wrong, sale, {"tag": pack.tags[0], "sale": other["id"]})}
    shop = act.organisation_code
    return {
        wrong_key: _with_sale(_without_sale(wrong, sale, {}, by), other, {}, "sold", shop),
        right_key: _with_sale(_without_sale(pack.record, other, {}, by), sale, {}, "sold", shop),
    }


def _with_word(record: State, sale: State, took: State) -> State:
    """The wrong code's record with the word which pack the sale took, and from which sale; nothing moves."""
    sales = [{**one, "took": took} if one == sale else one for one in record["sales"]]
    return {**record, "sales": sales}


def _without_sale(record: State, sale: State, told: State, by: State) -> State:
    """The wrong code's record as if the sale had not sold it; `by` says which statement put it right.

    A payment moves along; where the sale was paid under the right code too, this one is to be refunded.
    """
    moved = {"took", *({"fund"} if told.get("fund") != SETTLED else ())}
    undone = {name: value for name, value in sale.items() if name not in moved}
    undone |= {"back": sale["units"], "corrected": by}
    return back_in_stock(record, [undone if one == sale else one for one in record["sales"]])


def _with_sale(record: State, sale: State, told: State, state: str, shop: str) -> State:
    """The right code's record as if the sale had sold it; a report of that (`told`) is the same sale."""
    earlier = [one for one in record.get("sales", []) if one != told and not _undone(one, sale)]
    both = {name: sorted({*sale[name], *told.get(name, [])}) for name in ("sale", "channels")}
    moved = {name: value for name, value in {**told, **sale, **both}.items() if name != "took"}
    return {**record, "org": shop, "state": state, "at": sale["at"], "sales": [*earlier, moved]}


def _undone(one: State, sale: State) -> bool:
    """Whether it is this sale, which an earlier correction took from the code that was right after all."""
    return one.get("id") == sale["id"] and given_back(one)
