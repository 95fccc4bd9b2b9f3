"""Reports of a sale that never was: by a wrong scan, of a pack that stayed on the shelf."""

from __future__ import annotations

from contracts import keys, lifecycle
from contracts.act import Act, State, status_of

_NO_SALE = (lifecycle.CANCELLED, lifecycle.REFUSED, lifecycle.EXPIRED)
_STOCK = ["dispensing.reported"]
_PAID = "settled"  # `fund.SETTLED`, which imports the packs


def is_void(act: Act, tags: tuple[str, ...], sale: State) -> bool:
    """Return whether a sale of the pack with these tags is one that no dispensing can confirm any more.

    This shop told of it for its stock alone, on another prescription that allows no sale any more, that the
    shop let go, or that has been served with other packs. A settlement that it told of claims money, and what
    the fund paid stands: nobody takes those back by selling the pack again.
    """
    if sale["channels"] != _STOCK or sale.get("fund") == _PAID or sale["rx"] == act.rx_id:
        return False
    record, content = act.state(keys.rx(sale["rx"])), act.state(keys.rx_content(sale["rx"])) or {}
    if record is None or sale.get("shop") != act.organisation_code:
        return False
    let_go = record.get("holder") != act.organisation_code
    if let_go or status_of(record, content, act.time_ms) in _NO_SALE:
        return True
    told = [content.get("told", {}).get(tag) for tag in tags]
    return any(_has_no_room(content, one) for one in told if one is not None)


def _has_no_room(content: State, told: State) -> bool:
    lines = [line for line in content.get("lines", []) if told["drug"] in ("", line["drug"])]
    return bool(sum(line["units"] - line["sold"] for line in lines) < told["units"])
