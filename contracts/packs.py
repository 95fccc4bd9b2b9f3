"""What the ledger knows about a pack: where it came in, where it went, how much of it is left.

One record for each trace code under `pvt/code/<tag>`:
{"in": [organisations], "parent"?: tag, "expiry"?, "lot"?, "state"?: "stocked"|"sold"|"opened"|"left",
"org"?: seller, "at"?, "gone"?: {organisation: reason},
"sales"?: [{"rx","shop","sale": [tags],"units","back"?,"spoilt"?,"channels": [types],"id"?,"at"?,"fund"?,
"took"?: {"tag","sale"},"corrected"?: {"id","at"}}]}.
A pack sold whole has one open sale, an opened one several; what is told through two channels is one
sale; `back` is what was returned of it, `spoilt` how much of that had left the shop and is not sold again;
`id` is the statement that dispensed it, `at` that statement's time, `fund` what the fund did last,
`took` which pack it took in truth, until the sale swapped with it is corrected too, `corrected` the statement
that found it to have taken another pack (corrected.py).
`gone` says who booked the pack out of stock without a sale, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contracts import keys, lifecycle
from contracts.act import Act, State
from contracts.errors import Rejected
from contracts.groups import ADJUSTMENT, CORRECTION, REPORTS, SALE
from contracts.quantity import MICRO, smallest_level
from contracts.sold_units import sold_units
from contracts.subjects import seller_of
from contracts.uncoded import is_uncoded, sale_numbers
from contracts.void_reports import is_void

_TELL_OF_SALES = (*SALE, *REPORTS, *CORRECTION, *ADJUSTMENT)
_FORM = re.compile(r"[0-9]{20}")
_LENGTH = 20
_MISREAD = str.maketrans(
    "０１２３４５６７８９" + ")!@#$%^&*(" + "）！＠＃＄％＾＆＊（" + "OoIl", "0123456789" * 3 + "0011"
)


@dataclass(frozen=True, slots=True)
class Pack:
    """One trace code of an act with the line it belongs to and what the ledger knows of it."""

    code: str
    tags: tuple[str, ...]
    drug: str  # "" where neither the act nor the code says it
    split: bool
    units: int  # taken by this act, in millionths of the smallest unit
    held: int  # in a full pack, likewise
    lot: str
    expiry: str
    parent: str  # tag, or ""
    record: State
    wrong: str = ""  # the code that a correction puts this one in the place of


def well_formed(code: str) -> bool:
    """Return whether `code` has the form of a trace code: twenty ASCII digits."""
    return _FORM.fullmatch(code) is not None


def proposed_code(code: str) -> str:
    """Return the trace code that a bad scan most likely meant, or "": for a person to confirm, never used.

    Full-width digits, digits typed with shift held (a scanner on another keyboard layout), letters that look
    like digits, blanks, and a beginning of the next code that was read along.
    """
    cleaned = "".join(code.split()).translate(_MISREAD)
    for candidate in (cleaned, cleaned[:_LENGTH]):
        if well_formed(candidate) and cleaned.startswith(candidate):
            return candidate
    return ""


def scanned(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the codes of an entry of `codes` with their members: a correction has the wrong one too."""
    yield from ((member, entry[member]) for member in ("wrong", "code") if member in entry)


def packs_of(act: Act) -> list[Pack]:
    """Return the packs of an act, in its order; [] when a code has no form of a trace code."""
    return act.once("packs", lambda: _packs(act))


def placed_packs(act: Act) -> list[tuple[int, Pack]]:
    """Return the packs, each with its place in the list of codes: packs without a code stand there too."""
    listed = enumerate(act.disclosed("codes") or [])
    places = [place for place, entry in listed if not is_uncoded(entry)]
    return list(zip(places, packs_of(act), strict=False))


def _packs(act: Act) -> list[Pack]:
    codes = [entry for entry in act.disclosed("codes") or [] if not is_uncoded(entry)]
    if not all(well_formed(text) for entry in codes for _, text in scanned(entry)):
        return []
    lines = act.disclosed("lines") or []
    return [_pack(act, entry, lines) for entry in codes]


def _pack(act: Act, entry: dict[str, Any], lines: list[dict[str, Any]]) -> Pack:
    line = lines[entry["line"]] if entry.get("line", len(lines)) < len(lines) else {}
    tags = act.tags("codes", entry["code"])
    drug = str(line.get("drug") or entry.get("drug") or _drug_meant(act, entry["code"]))
    known = act.drug_then(drug) or act.drug(drug)  # a pack holds what it did when it was prescribed
    held = smallest_level(known)[0] * MICRO if known else MICRO
    split = bool(line.get("split", entry.get("split", False)))
    parent = entry.get("parent")
    return Pack(
        entry["code"],
        tags,
        drug,
        split,
        _taken(act, line) if split and line else held,
        held,
        str(entry.get("lot", "")),
        str(entry.get("expiry", "")),
        act.tag("codes", parent) if parent else "",
        _as_found(act, tags),
        str(entry.get("wrong", "")),
    )


def _taken(act: Act, line: dict[str, Any]) -> int:
    try:
        return sold_units(act, line)
    except Rejected:
        return 0  # the unit's own rule refuses the act


def _drug_meant(act: Act, code: str) -> str:
    """The drug of a code that stands alone, as in a settlement: its product's, or the only one; or ""."""
    product = act.product(code[:7])
    if product is not None:
        return str(product["drug"])
    prescribed = {str(line["drug"]) for line in act.content.get("lines", ())}
    return prescribed.pop() if len(prescribed) == 1 else ""


def _as_found(act: Act, tags: tuple[str, ...]) -> State:
    """The pack's record as the act finds it: nothing is stopped by a report of a sale that never was.

    The report stays on record, as of a sale of which everything came back.
    """
    record = record_of(act, tags)
    told = act.type in _TELL_OF_SALES
    open_ = [sale for sale in record.get("sales", []) if not given_back(sale)] if told else []
    void = [sale for sale in open_ if is_void(act, tags, sale)]
    return without_reports(record, void) if void else record


def without_reports(record: State, void: list[State]) -> State:
    """Return a pack's record with these reports of no sale as given back."""
    sales = [_back(sale, net_units(sale), False) if sale in void else sale for sale in record["sales"]]
    return back_in_stock(record, sales)


def record_of(act: Act, tags: tuple[str, ...]) -> State:
    """Return what the ledger knows of a pack under any of its tags, or an empty record."""
    for tag in tags:
        found = act.state(keys.trace_code(tag))
        if found is not None:
            return found
    return {}


def sale_tags(act: Act) -> list[str]:
    """Return the tags of the numbers that name the sale: settlement id and retail document."""
    return act.once("sale", lambda: _sale_tags(act))


def _sale_tags(act: Act) -> list[str]:
    if act.type in CORRECTION:
        wrong = [record_of(act, act.tags("codes", one["wrong"])) for one in act.disclosed("codes") or []]
        sales = [sale for record in wrong for sale in record.get("sales", [])]
        return [tag for sale in sales if sale.get("id") == act.payload["sale"] for tag in sale["sale"]]
    return sale_numbers(act)


def same_sale(act: Act, record: State) -> State | None:
    """Return the sale in `record` that is this very sale told through another channel, or None.

    The same shop (whoever sold the pack since), code, and settlement id or retail document; where one of the
    two names no number (无 is none), the same prescription. A report told again is the same report (a re-send
    after a lost answer); a dispensing is told once, so that it never counts twice, and is never the sale of a
    report that came to nothing, which stands as given back. A correction has the numbers of its sale: a
    report may have told of that under the right code before.
    """
    tags = set(sale_tags(act))
    for sale in _likeliest(tags, record):
        if not _is_of_seller(act, sale, record):
            continue
        named = set(sale["sale"])
        is_this = tags & named if tags and named else sale["rx"] == act.rx_id
        if is_this and (act.type in REPORTS or not (SALE[0] in sale["channels"] or given_back(sale))):
            return dict(sale)
    return None


def _likeliest(tags: set[str], record: State) -> list[State]:
    """The sales of a pack, those first that have a number in common, and then those that stand."""
    return sorted(record.get("sales", []), key=lambda one: (not tags & set(one["sale"]), given_back(one)))


def _shop_of(sale: State, record: State) -> str:
    return str(sale.get("shop", record.get("org")) or "")


def _is_of_seller(act: Act, sale: State, record: State) -> bool:
    """Whether the act's shop made the sale; the fund, which names no shop, may mean any of the prescription.

    After a return another shop may hold it, and what is told late is still the first one's sale.
    """
    named = act.organisation.get("role") == "fund" and sale["rx"] == act.rx_id
    return bool(named or _shop_of(sale, record) == seller_of(act))


def newly_sold(act: Act) -> list[Pack]:
    """Return the packs that the act sells; a report of a sale on record sells nothing."""
    told = act.type in REPORTS
    return [pack for pack in packs_of(act) if not (told and same_sale(act, pack.record))]


def net_units(sale: State) -> int:
    """Return what a sale took and was not given back, in millionths of the smallest unit."""
    return int(sale["units"]) - int(sale.get("back", 0))


def spoilt_units(record: State) -> int:
    """Return what came back into a pack after it had left the shop, in millionths of the smallest unit."""
    return sum(int(sale.get("spoilt", 0)) for sale in record.get("sales", []))


def given_back(sale: State) -> bool:
    """Return whether all of a sale came back. It stays on record, for reports that arrive late."""
    return bool(sale.get("back", 0)) and net_units(sale) <= 0


def taken_apart_from_this(act: Act, record: State) -> int:
    """Return how much of a pack other sales took, in millionths of the smallest unit."""
    this = same_sale(act, record)
    return sum(net_units(sale) for sale in record.get("sales", []) if sale != this)


def sold_record(act: Act, pack: Pack) -> State:
    """Return the pack's record after this act sold it, or told of its sale through one channel more.

    A late report of a sale that was given back, or of a pack that left the shop, changes no state.
    """
    this = same_sale(act, pack.record)
    others = [sale for sale in pack.record.get("sales", []) if sale != this]
    sale = {
        **(this or {}),
        "rx": this["rx"] if this and SALE[0] in this["channels"] else act.rx_id,
        "shop": _shop_of(this, pack.record) if this else seller_of(act),
        "sale": sorted({*(this["sale"] if this else []), *sale_tags(act)}),
        "units": _units_taken(act, pack, this),
        "channels": sorted({*(this["channels"] if this else []), act.type}),
    }
    if act.type in SALE:
        sale |= {"id": act.facts.statement_id, "at": act.time_ms}
    record = {**pack.record, "sales": [*others, sale]}
    if this and (given_back(this) or pack.record.get("state") == "left"):
        return record
    opened = pack.split or pack.record.get("state") == "opened"
    return {
        **record,
        "org": sale["shop"],
        "state": "opened" if opened else "sold",
        "at": pack.record["at"] if this else act.time_ms,
    }


def units_told(act: Act, pack: Pack) -> int:
    """Return how much the act says that it takes; 0 where a settlement tells of part of a pack."""
    parted = pack.split or pack.record.get("state") == "opened"
    return 0 if act.type == "settlement.reported" and parted else pack.units


def _units_taken(act: Act, pack: Pack, this: State | None) -> int:
    """How much a sale took: what the shop that dispensed it says, until then the most that a report told."""
    if this and SALE[0] in this["channels"]:
        return int(this["units"])
    told = units_told(act, pack)
    return told if act.type in SALE or not this else max(told, int(this["units"]))


def may_come_back(act: Act, sale: State) -> bool:
    """Whether the act's prescription was served by the sale: of what is only reported no line knows."""
    return bool(sale["rx"] == act.rx_id) and SALE[0] in sale["channels"]


def left_shop(act: Act, sale: State | None = None) -> bool:
    """Return whether what comes back, of a sale, had left the shop: by the return's word, or a delivery's.

    What a courier took, for however short a while, is not sold again because somebody wrote that it never
    left. A parcel holds what was sold until it was handed over; of packs without codes no sale is known, so
    any parcel took them.
    """
    record = act.rx or {}
    if act.payload["left_shop"]:
        return True
    if "out" not in record:  # of parcels before they were remembered the status alone tells
        return bool(record.get("stage") in (lifecycle.IN_DELIVERY, lifecycle.DELIVERED))
    return bool(record["out"] > 0 and (sale or {}).get("at", 0) <= record["out"])


def returned_record(act: Act, pack: Pack) -> State:
    """Return the pack's record after this act gave it, or part of what was taken out of it, back."""
    left, opened = pack.units, pack.split or pack.record.get("state") == "opened"
    spoils, sales = bool(act.payload["left_shop"]), list(pack.record.get("sales", []))
    for place in _newest_or_named(act, sales):
        sale = sales[place]
        back = min(left, net_units(sale)) if may_come_back(act, sale) else 0
        left -= back
        spoils = spoils or (back > 0 and left_shop(act, sale))
        sales[place] = _back(sale, back, opened and spoils) if back else sale
    if spoils:
        return {**pack.record, "state": "opened" if opened else "left", "sales": sales}
    return back_in_stock(pack.record, sales)


def _newest_or_named(act: Act, sales: list[State]) -> list[int]:
    """The places of a pack's sales in the order in which a return means them: by number, then the newest."""
    tags = set(sale_tags(act))
    return sorted(range(len(sales)), key=lambda place: (not tags & set(sales[place]["sale"]), -place))


def back_in_stock(record: State, sales: list[State]) -> State:
    """Return a pack's record with these sales: opened while something is out of it, else in stock."""
    rest = any(net_units(sale) > 0 or sale.get("spoilt") for sale in sales)
    return {**record, "state": "opened" if rest else "stocked", "sales": sales}


def _back(sale: State, units: int, spoilt: bool) -> State:
    found = {**sale, "back": int(sale.get("back", 0)) + units}
    return {**found, "spoilt": int(sale.get("spoilt", 0)) + units} if spoilt else found
