"""What sales, returns, reports, deliveries and stock write into state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts import keys, lifecycle, parcels, uncoded
from contracts.act import Act, State
from contracts.corrected import records_after, sale_named
from contracts.effects.care import moved, under_newest_tag
from contracts.fund import done_record
from contracts.packs import Pack, given_back, left_shop, packs_of, returned_record, sale_tags, sold_record
from contracts.patient import patient_tags
from contracts.rules.prescribed import looked_at, prescribed_ms, purchases
from contracts.rules.profile import key_of_month, month_after, paid_after, watched
from contracts.rules.supply import (
    KeyOf,
    documents_shown,
    exemption_times,
    lasting_ms,
    lifted_by_reason,
    remembered_from,
    sales_of,
)
from contracts.sold_units import units_by_drug
from contracts.substance import substances
from contracts.told import content_after_report, content_after_sale

Writes = Iterator[tuple[str, State]]
_DESTROYED = "destroyed"
_SHOWN_MAX = 32  # for more patients than this a document was flagged long before
SOLD_ELSEWHERE = "TRACE_ALREADY_DISPENSED"


def dispensed(act: Act) -> Writes:
    """Packs are sold, lines are served, the patient is covered for longer."""
    yield from moved(act, **parcels.after_sale(act.rx or {}))
    units = units_by_drug(act)
    yield keys.rx_content(act.rx_id), content_after_sale(act, _content_after(act, units, 1))
    for pack in packs_of(act):
        yield _pack_key(pack), sold_record(act, pack)
    yield from uncoded.after(act, 1).items()
    yield from _covered(act, units, 1)
    yield from _of_the_month(act)
    yield from _reason_used(act)


def _reason_used(act: Act) -> Writes:
    """A declared reason helped the patient, and its documents were shown for this one."""
    if patient_tags(act) and lifted_by_reason(act):
        yield from under_newest_tag(act, keys.exemptions, {"at": exemption_times(act)})
    for key, patients in documents_shown(act).items():
        yield key, {"patients": patients[-_SHOWN_MAX:]}


def _of_the_month(act: Act) -> Writes:
    if watched(act) and patient_tags(act):
        yield from under_newest_tag(act, key_of_month(act), month_after(act))


def returned(act: Act) -> Writes:
    """Packs come back, the lines may be served again, the days are taken back."""
    marks = sorted({*(act.rx or {}).get("marks", []), "RETURNED"})
    yield from moved(act, marks=marks)
    units = units_by_drug(act)
    yield keys.rx_content(act.rx_id), _content_after(act, units, -1)
    for pack in packs_of(act):
        yield _pack_key(pack), returned_record(act, pack)
    if not left_shop(act):
        yield from uncoded.after(act, -1).items()
    yield from _covered(act, units, -1)
    yield from _of_the_month(act)


def reported(act: Act) -> Writes:
    """The same sale through another channel: marks the packs, moves nothing."""
    yield from _marked(act)
    content = uncoded.sold_content(act) if uncoded.taken_lots(act) else act.content
    content = content_after_report(act, content)
    if content is not act.content:
        yield keys.rx_content(act.rx_id), content
    for pack in packs_of(act):
        yield _pack_key(pack), sold_record(act, pack)


def _marked(act: Act) -> Writes:
    """The prescription with the mark that the act leaves on it (`lifecycle.MARKS`)."""
    marks = {*(act.rx or {}).get("marks", []), lifecycle.MARKS[act.type]} - {""}
    yield keys.rx(act.rx_id), {**(act.rx or {}), "marks": sorted(marks)}


def corrected(act: Act) -> Writes:
    """What the sale took under each wrong code it took under the right one: no status, no quantity moves.

    Of two swapped sales nothing moves before both are corrected.
    """
    yield from _marked(act)
    if "told" in act.content:  # a report may have named the right code before
        yield keys.rx_content(act.rx_id), content_after_sale(act, act.content)
    for pack in packs_of(act):
        sale = sale_named(act, pack)
        if sale is not None:  # TRACE-21 on trial: nothing to move
            yield from records_after(act, pack, sale).items()


def caught(act: Act, codes: tuple[str, ...]) -> Writes:
    """Packs that an act was refused because another institution sold them: a correction then comes late.

    A shop that is refused at its own counter has found its own wrong scan: that is held against nobody.
    Says nothing that the refused prescription would have to tell: judged again, the refusal is known by its
    entry and its disclosures alone (`contract.repeat_refusal`), and both must write the same.
    """
    if SOLD_ELSEWHERE not in codes:
        return
    for pack in packs_of(act):
        if pack.record.get("state") == "sold" and _sold_elsewhere(act, pack.record):
            yield keys.caught(pack.tags[0]), {"at": act.time_ms}


def _sold_elsewhere(act: Act, record: State) -> bool:
    """Whether another shop sold the pack; to the fund: whether under none of the numbers that it names."""
    if act.organisation.get("role") != "fund":
        return bool(record["org"] != act.organisation_code)
    numbers = set(sale_tags(act))
    named = [set(sale["sale"]) for sale in record["sales"] if not given_back(sale)]
    return all(numbers and sale and not numbers & sale for sale in named)


def paid(act: Act) -> Writes:
    """What the fund did stands with the sales that it names: no status, and no pack moves."""
    yield from _marked(act)
    for pack in packs_of(act):
        yield _pack_key(pack), done_record(act, pack)
    if uncoded.taken_lots(act):
        settled = act.type == "settlement.settled"
        content = uncoded.paid_content(act) if settled else uncoded.refunded_content(act)
        yield keys.rx_content(act.rx_id), content


def delivery(act: Act) -> Writes:
    """The parcel's step: what was sold until it was handed over left the shop, though it failed later."""
    known = parcels.known_after(act)
    if known != act.content.get("parcels", []):
        yield keys.rx_content(act.rx_id), {**act.content, "parcels": known}
    if parcels.is_of_another(act):
        yield keys.rx(act.rx_id), {**(act.rx or {}), **parcels.after(act)}
    else:
        yield from moved(act, **parcels.after(act))


def stock_received(act: Act) -> Writes:
    """Each pack came in here from a supplier."""
    for pack in packs_of(act):
        record = dict(pack.record)
        record["in"] = sorted({*record.get("in", []), act.organisation_code})
        if record.get("gone", {}).get(act.organisation_code, _DESTROYED) != _DESTROYED:
            record["gone"] = _gone_elsewhere(act, pack)
        for name, value in (("lot", pack.lot), ("expiry", pack.expiry), ("parent", pack.parent)):
            if value:
                record[name] = value
        yield _pack_key(pack), record


def stock_adjusted(act: Act) -> Writes:
    """Each pack left this shop's stock without a sale, or is there again; a destroyed one only when found."""
    reason, shop = str(act.payload["reason"]), act.organisation_code
    for pack in packs_of(act):
        before = pack.record.get("gone", {}).get(shop)
        left = {} if reason == "found" else {shop: _DESTROYED if before == _DESTROYED else reason}
        yield _pack_key(pack), {**pack.record, "gone": {**_gone_elsewhere(act, pack), **left}}


def _gone_elsewhere(act: Act, pack: Pack) -> dict[str, str]:
    """Which other shops booked the pack out, and why."""
    gone = pack.record.get("gone", {})
    return {shop: reason for shop, reason in gone.items() if shop != act.organisation_code}


def _pack_key(pack: Pack) -> str:
    return keys.trace_code(pack.tags[0])


def _content_after(act: Act, units: dict[str, int], direction: int) -> State:
    content = uncoded.sold_content(act) if direction > 0 else uncoded.returned_content(act)
    content = {**content, "lines": _served(act, units, direction)}
    paid = paid_after(act)
    return {**content, "paid": paid} if paid else content


def _served(act: Act, units: dict[str, int], direction: int) -> list[dict[str, Any]]:
    """The lines after `units` of each drug are served (1) or taken back (-1), line by line."""
    left = dict(units)
    lines: list[dict[str, Any]] = []
    for line in act.content.get("lines", []):
        room = line["units"] - line["sold"] if direction > 0 else line["sold"]
        moved_units = min(room, left.get(line["drug"], 0))
        left[line["drug"]] = left.get(line["drug"], 0) - moved_units
        lines.append({**line, "sold": line["sold"] + direction * moved_units})
    return lines


def _covered(act: Act, units: dict[str, int], direction: int) -> Writes:
    """The patient's purchases of each substance after the sale (1) or return (-1) of `units` of its drugs."""
    tags, since = patient_tags(act), remembered_from(act)
    for named in substances(units) if tags else []:
        if days_ms := lasting_ms(act, units, named):
            known = [sale for sale in sales_of(act, named) if sale["at"] > since]
            yield from _bought(act, keys.supply, named, _moved_days(act, known, days_ms * direction))
        elif (looked_at(act) or direction < 0) and (days_ms := prescribed_ms(act, units, named)):
            known = [sale for sale in purchases(act, named) if sale["at"] > since]
            if known or direction > 0:
                yield from _bought(act, keys.prescribed, named, _moved_days(act, known, days_ms * direction))


def _bought(act: Act, key_of: KeyOf, named: str, sales: list[dict[str, Any]]) -> Writes:
    yield from under_newest_tag(act, lambda tag: key_of(tag, named), {"sales": sales})


def _moved_days(act: Act, known: list[dict[str, Any]], days_ms: int) -> list[dict[str, Any]]:
    """The purchases after the act sold what lasts `days_ms`, or took it back where that is below 0."""
    if days_ms < 0:
        return _taken_back(known, act.rx_id, -days_ms)
    return [*known, {"rx": act.rx_id, "at": act.time_ms, "days_ms": days_ms}]


def _taken_back(sales: list[dict[str, Any]], rx: str, days_ms: int) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for sale in sales[::-1]:
        taken = min(days_ms, sale["days_ms"]) if sale["rx"] == rx else 0
        days_ms -= taken
        if sale["days_ms"] > taken:
            kept.append({**sale, "days_ms": sale["days_ms"] - taken})
    return kept[::-1]
