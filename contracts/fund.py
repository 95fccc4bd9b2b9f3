"""What the fund did with a sale: paid it, or took the payment back. It stands with the sale in its pack."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.act import Act, State
from contracts.groups import SALE
from contracts.packs import Pack, given_back, sale_tags

SETTLED = "settled"
REFUNDED = "refunded"
_DONE = {"settlement.settled": SETTLED, "settlement.refunded": REFUNDED}


def sales_named(act: Act, pack: Pack) -> list[State]:
    """Return the pack's sales that the act names: by prescription, code, and number where both have one.

    Not by the shop that holds the prescription: after a return another one may hold it.
    """
    numbers = set(sale_tags(act))
    sales = [sale for sale in pack.record.get("sales", []) if sale["rx"] == act.rx_id]
    return [sale for sale in sales if numbers & set(sale["sale"]) or not (numbers and sale["sale"])]


def standing(sales: Iterable[State]) -> list[State]:
    """Return the sales of which something is still with the patient."""
    return [sale for sale in sales if not given_back(sale)]


def paid(sales: Iterable[State]) -> list[State]:
    """Return the sales that the fund paid and did not take back."""
    return [sale for sale in sales if sale.get("fund") == SETTLED]


def owed(sales: Iterable[State]) -> list[State]:
    """Return the sales that stand and that the fund has not paid, or whose payment it took back."""
    return [sale for sale in standing(sales) if sale.get("fund") != SETTLED]


def payable(sales: Iterable[State]) -> list[State]:
    """Return the sales owed that the shop dispensed by its own statement: of others a report alone tells."""
    return [sale for sale in owed(sales) if SALE[0] in sale["channels"]]


def refundable(sales: Iterable[State]) -> list[State]:
    """Return the sales whose payment is taken back: of those paid the ones that came back, else all."""
    known = paid(sales)
    return [sale for sale in known if given_back(sale)] or known


def done_record(act: Act, pack: Pack) -> State:
    """Return the pack's record after the fund paid the sale named, or took its payment back."""
    done = _DONE[act.type]
    named = sales_named(act, pack)
    this = payable(named) if done == SETTLED else refundable(named)
    sales = [{**sale, "fund": done} if sale in this else sale for sale in pack.record.get("sales", [])]
    return {**pack.record, "sales": sales}
