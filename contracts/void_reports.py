"""Reports of a sale that never was: by a wrong scan, of a pack that stayed on the shelf."""

from __future__ import annotations

from contracts import keys, lifecycle
from contracts.act import Act, State, status_of
from contracts.groups import SALE
from contracts.uncoded import sale_numbers

_NO_SALE = (lifecycle.CANCELLED, lifecycle.REFUSED, lifecycle.EXPIRED)
_STOCK = ["dispensing.reported"]
_PAID = "settled"  # `fund.SETTLED`, which imports the packs


def is_void(act: Act, tags: tuple[str, ...], sale: State) -> bool:
    """Return whether a sale of the pack with these tags is one that no dispensing can confirm any more.

    This shop told of it for its stock alone, on another prescription that allows no sale any more, or has
    been served with other packs; or on this one, under the number of a bill that was written anew.
    """
    if not is_unclaimed(sale):
        return False
    if sale["rx"] == act.rx_id:
        return act.type in SALE and _is_of_another_bill(act, sale)
    record, content = act.state(keys.rx(sale["rx"])), act.state(keys.rx_content(sale["rx"])) or {}
    if record is None or sale.get("shop") != act.organisation_code:
        return False
    if status_of(record, content, act.time_ms) in _NO_SALE:
        return True
    told = [content.get("told", {}).get(tag) for tag in tags]
    return any(_has_no_room(content, one) for one in told if one is not None)


def is_unclaimed(sale: State) -> bool:
    """Whether a shop told of the sale for its stock alone.

    A settlement that it told of claims money, and what the fund paid stands: nobody takes those back by
    selling the pack again.
    """
    return bool(sale["channels"] == _STOCK and sale.get("fund") != _PAID)


def _is_of_another_bill(act: Act, sale: State) -> bool:
    """Whether this shop dispenses under another number now the pack that it told of on this prescription."""
    numbers = set(sale_numbers(act))
    is_other = bool(numbers and sale["sale"]) and not numbers & set(sale["sale"])
    return is_other and sale.get("shop") == act.organisation_code


def _has_no_room(content: State, told: State) -> bool:
    lines = [line for line in content.get("lines", []) if told["drug"] in ("", line["drug"])]
    return bool(sum(line["units"] - line["sold"] for line in lines) < told["units"])
