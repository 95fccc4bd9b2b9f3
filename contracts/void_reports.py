"""Reports of a sale that never was: by a wrong scan, of a pack that stayed on the shelf."""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State
from contracts.groups import SALE


def is_void(act: Act, tags: tuple[str, ...], sale: State) -> bool:
    """Return whether a sale of the pack with these tags is one that no dispensing can confirm any more.

    This shop told of it by reports alone, for another prescription that has been served with other packs
    since. What the fund paid stands: that is the fund's to take back.
    """
    if SALE[0] in sale["channels"] or "fund" in sale or sale["rx"] == act.rx_id:
        return False
    content = act.state(keys.rx_content(sale["rx"])) or {}
    told = [content.get("told", {}).get(tag) for tag in tags]
    is_own = sale.get("shop") == act.organisation_code
    return is_own and any(_has_no_room(content, one) for one in told if one is not None)


def _has_no_room(content: State, told: State) -> bool:
    lines = [line for line in content.get("lines", []) if told["drug"] in ("", line["drug"])]
    return bool(sum(line["units"] - line["sold"] for line in lines) < told["units"])
