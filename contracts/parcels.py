"""A prescription's parcels: which are under way, and what a courier had once, wherever it is now.

Members of the prescription's record: "out": when a parcel last took what was sold until then, for good;
"under_way": the shops whose parcels neither arrived nor failed, the oldest first; "sent": nothing that was
sold waits in the shop. Records of before have "out" and "received", or none of them: the status alone tells.

Several packs may go in several parcels, one after the other, and no message says which pack is in which.
So one more parcel is known by a number of its own (`delv_no`), and there are no more than packs sold. The
prescription's content has the "parcels" that shops gave to couriers and that did not come back:
[[shop, tag of the number or ""], …].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts import lifecycle
from contracts.act import Act
from contracts.quantity import MICRO, smallest_level

_HANDED_OVER, _FAILED = "delivery.handed_over", "delivery.failed"
ENDS = ("delivery.received", _FAILED)
_ALL_SENT = (lifecycle.IN_DELIVERY, lifecycle.DELIVERED)


def under_way(record: Mapping[str, Any]) -> list[str]:
    """Return the shops whose parcels are under way, once for each parcel."""
    if "under_way" in record:
        return list(record["under_way"])
    in_delivery = record["stage"] == lifecycle.IN_DELIVERY
    is_out = record["out"] > record.get("received", 0) if "out" in record else in_delivery
    return [str(record.get("holder") or "")] if is_out else []


def follows(act: Act, status: str) -> bool:
    """Return whether a parcel's step follows: there is something to send, or a parcel that arrives or fails.

    What is under way arrives or fails whatever was sold, returned or cancelled meanwhile. Where everything
    was sent, one courier may hand a parcel to the next, and a parcel of another number may follow.
    """
    if act.type in ENDS:
        return bool(_meant(act))
    allowed = (status, act.type) in lifecycle.TRANSITIONS
    return allowed and (waits(act.rx or {}) or bool(_meant(act)) or _is_one_more(act))


def waits(record: Mapping[str, Any]) -> bool:
    """Return whether something that was sold may wait in the shop, to be sent or taken at the counter."""
    return record["stage"] not in _ALL_SENT and not record.get("sent", False)


def _is_one_more(act: Act) -> bool:
    """Whether a parcel is handed over by a number of its own, of more packs than there were parcels."""
    numbers = act.tags("codes", (act.disclosed("identifiers") or {}).get("delv_no", ""))
    own = [number for shop, number in _known(act) if shop == act.organisation_code]
    return bool(numbers) and not set(numbers) & set(own) and len(own) < _packs_sold(act)


def _known(act: Act) -> list[list[str]]:
    """The parcels told of; of those before they were counted the record tells that there was one."""
    record = act.rx or {}
    if "parcels" in act.content or not ("out" in record or record["stage"] in _ALL_SENT):
        return list(act.content.get("parcels", ()))
    return [[str(record.get("holder") or ""), ""]]


def _packs_sold(act: Act) -> int:
    """How many packs, opened ones whole, the lines tell as sold."""
    lines = (line for line in act.content.get("lines", []) if line["sold"] > 0)
    held = ((line["sold"], MICRO * smallest_level(act.drug(line["drug"]) or {})[0]) for line in lines)
    return sum(-(-sold // units) for sold, units in held)


def known_after(act: Act) -> list[list[str]]:
    """Return the parcels told of after the step: one more, or one fewer where it came back."""
    known, shop = _known(act), act.organisation_code
    number = act.tag("codes", (act.disclosed("identifiers") or {}).get("delv_no", ""))
    if act.type == _HANDED_OVER:
        is_new = waits(act.rx or {}) or _is_one_more(act)
        return [*known, [shop, number]] if is_new else known
    if act.type != _FAILED or is_of_another(act):
        return known
    own = [one for one in known if one[0] == shop]
    back = [one for one in own if one[1] == number] or own[-1:]
    for one in back[:1]:
        known.remove(one)
    return known


def is_own(act: Act) -> bool:
    """Return whether a parcel of the submitting shop's is under way, whoever holds the prescription now."""
    return act.type in ENDS and act.organisation_code in under_way(act.rx or {})


def _meant(act: Act) -> list[str]:
    """The parcels that the act may be about; who neither sent one nor holds the prescription has none."""
    record = act.rx or {}
    shops = under_way(record)
    if act.organisation_code not in shops and act.organisation_code != record.get("holder"):
        return shops  # a courier's; of another shop FLOW-10 says it
    return [shop for shop in shops if shop == act.organisation_code]


def after(act: Act) -> dict[str, Any]:
    """Return the members of the prescription's record that the parcel's step changes."""
    record = act.rx or {}
    shops = under_way(record)
    if act.type == _HANDED_OVER:
        if not (waits(record) or _is_one_more(act)):
            return {}  # from one courier to the next
        return {"out": act.time_ms, "under_way": [*shops, act.organisation_code], "sent": True}
    for shop in _meant(act)[:1]:
        shops.remove(shop)
    comes_back = act.type == _FAILED and not is_of_another(act)
    return {"under_way": shops, **({"sent": False} if comes_back else {})}


def is_of_another(act: Act) -> bool:
    """Return whether a parcel ends that is not of the shop that holds the prescription now.

    It says nothing of what that shop sold and sent since.
    """
    holder = str((act.rx or {}).get("holder") or "")
    return act.type in ENDS and _meant(act)[:1] != [holder]


def after_sale(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a sale changes of it: something waits in the shop again."""
    return {"sent": False} if record.get("sent") else {}
