"""Reads of prescriptions, chains, packs and receipts: who may see what, and 404 for the rest.

Every method is called from a thread of its own; none writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.logged import statement_of
from api.ports import LedgerPort, LocatedPort, is_erased
from api.problems import Problem, of_rejected
from api.tokens import Caller
from contracts import campaign_view, keys, standing_view, status_of
from contracts.errors import Rejected
from contracts.facts import Json
from contracts.fund import REFUNDED, SETTLED
from contracts.packs import given_back, well_formed
from contracts.quantity import decimal_text
from contracts.reading import GROUPS, MASKED, MASKED_FOR, OFFICES, masked, part_of
from contracts.statements import strict_json
from contracts.statements.schema import CODE, SHORT, ListOf, Record, Text, unknown_member, validate
from contracts.time import to_text

MEMBERS = ("hospital", "pharmacy", "regulator", *OFFICES)
SEES_ALL_SALES = ("regulator", "fund", "drug_administration")
SEES_PACKS = ("hospital", "pharmacy", *SEES_ALL_SALES)
_NUMBERS = ("hiRxno", "hospRxno", "mdtrtId")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_CODES = Record({"codes": ListOf(Text(100, 0), 100, 1)})


class Reads:
    """Answers look-ups from committed state."""

    def __init__(self, ledger: LedgerPort) -> None:
        self._ledger = ledger

    # -- prescriptions ---------------------------------------------------------------------------

    def find_prescription(self, caller: Caller, body: bytes) -> dict[str, Any]:
        """Return the `rx` of a number, and its content for who may see it. Raises RX_NOT_FOUND."""
        kind, value = _one_member(body, _NUMBERS)
        if caller.role not in MEMBERS:
            raise Problem("RX_NOT_FOUND")
        found = self._numbered(kind, value, caller.organisation)
        rx = str((found or {}).get("rx", ""))
        record = self._state(keys.rx(rx)) if rx else None
        if record is None:
            raise Problem("RX_NOT_FOUND", pointer=f"/{kind}")
        if self._part(caller, record):
            return self._prescription(caller, rx, record)
        return {"rx": rx}

    def prescription(self, caller: Caller, rx: str, access: str = "") -> dict[str, Any]:
        """Return state, lines and history of a prescription; a valid `access` statement lifts the mask.

        Raises RX_NOT_FOUND also where hidden, FIELD_FORBIDDEN for an access that opens nothing here.
        """
        record = self._state(keys.rx(rx)) if _HEX64.fullmatch(rx) else None
        if record is None or not self._part(caller, record):
            raise Problem("RX_NOT_FOUND")
        return self._prescription(caller, rx, record, self._opened_by(access, caller, rx))

    def _opened_by(self, access: str, caller: Caller, rx: str) -> frozenset[str]:
        """Which groups an access statement opens to the caller."""
        if not access:
            return frozenset()
        record = self._state(keys.access(access)) if _HEX64.fullmatch(access) else None
        if record is None or (record["organisation"], record["rx"]) != (caller.organisation, rx):
            raise Problem("FIELD_FORBIDDEN")
        if record["until"] <= self._ledger.time_ms:
            raise Problem("FIELD_FORBIDDEN")
        return frozenset(record["groups"])

    def _numbered(self, kind: str, value: str, organisation: str) -> dict[str, Any] | None:
        scope = "" if kind == "hiRxno" else organisation
        for tag in self._ledger.tag("codes", value):
            found = self._state(keys.number(kind, tag, scope))
            if found is not None:
                return found
        return None

    def _part(self, caller: Caller, record: Mapping[str, Any]) -> str:
        return part_of(caller.organisation, caller.role, record)

    def _prescription(
        self, caller: Caller, rx: str, record: Mapping[str, Any], unmasked: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        content = self._state(keys.rx_content(rx)) or {}
        try:
            opened, erased = self._ledger.disclosures(rx), False
        except Exception as error:
            if not is_erased(error):
                raise
            opened, erased = {}, True
        part = self._part(caller, record)
        hidden = set(MASKED) - unmasked if part in MASKED_FOR else set()
        return {
            "rx": rx,
            "status": status_of(record, content, self._ledger.time_ms),
            "marks": record["marks"],
            "issuer": record["issuer"],
            "prescriber": record["prescriber"],
            "consultation": record["consultation"],
            "holder": record.get("holder"),
            "issued": to_text(record["issued"]),
            "expires": to_text(record["expires"]),
            "lines": _lines(opened.get("lines"), content.get("lines", [])),
            "disclosures": {
                name: masked(opened[name]) if name in hidden else opened[name]
                for name in GROUPS[part]
                if name in opened
            },
            "masked": sorted(hidden & opened.keys()),
            "erased": erased,
            "history": [self._event(located) for located in self._ledger.history(rx)],
        }

    def _event(self, located: LocatedPort) -> dict[str, Any]:
        entry = json.loads(self._ledger.entry(located.index))
        id_, payload = statement_of(entry)
        return {
            "index": located.index,
            "leaf": located.leaf,
            "id": id_,
            "type": payload["type"],
            "organisation": payload["iss"],
            "signers": payload["signers"],
            "time": to_text(entry["time"]),
            "flags": [flag["code"] for flag in entry["verdict"]["flags"]],
        }

    # -- chains ----------------------------------------------------------------------------------

    def find_chain(self, caller: Caller, body: bytes) -> dict[str, Any]:
        """Return ids and leaves of a consultation, or of a pharmacist's last duty entry.

        Raises Problem NOT_FOUND where there is none that the caller may see.
        """
        name, value = _one_member(body, ("mdtrtId", "pharmacist"))
        if name == "mdtrtId":
            return self._consultation(caller, value)
        return self._duty(caller, value)

    def _consultation(self, caller: Caller, visit: str) -> dict[str, Any]:
        found = self._numbered("mdtrtId", visit, caller.organisation)
        identifier = str((found or {}).get("consultation", ""))
        record = self._state(keys.consultation(identifier)) if identifier else None
        if record is None:
            raise Problem("NOT_FOUND", pointer="/mdtrtId")
        answer = {"consultation": identifier, "opened": self._link(identifier), "closed": None}
        if "close" in record:
            answer["closed"] = self._link(record["close"])
        return answer

    def _duty(self, caller: Caller, pharmacist: str) -> dict[str, Any]:
        code_is_valid = _holds(pharmacist)
        licence = self._state(keys.licence(pharmacist)) if code_is_valid else None
        may_see = caller.role == "regulator" or caller.organisation in (licence or {}).get("sites", ())
        if licence is None or not may_see:
            raise Problem("NOT_FOUND", pointer="/pharmacist")
        chain = self._ledger.history(pharmacist)
        if not chain:
            return {"pharmacist": pharmacist, "duty": None}
        event = self._event(chain[-1])
        duty = {name: event[name] for name in ("id", "leaf", "index", "type", "time")}
        return {"pharmacist": pharmacist, "duty": duty}

    def _link(self, statement_id: str) -> dict[str, Any]:
        record = self._state(keys.leaf(statement_id)) or {}
        return {"id": statement_id, "leaf": record.get("leaf")}

    # -- packs -----------------------------------------------------------------------------------

    def find_packs(self, caller: Caller, body: bytes) -> dict[str, Any]:
        """Return what the ledger knows of trace codes, in their order. Raises TRACE_FORMAT and others."""
        value = _parsed(body)
        if isinstance(value, dict) and value.keys() == {"code"}:
            value = {"codes": [value["code"]]}
        _check(value, _CODES)
        if caller.role not in SEES_PACKS:
            raise Problem("FIELD_FORBIDDEN")
        codes = [str(code) for code in _items(value)]
        for place, code in enumerate(codes):
            if not well_formed(code):
                raise Problem("TRACE_FORMAT", pointer=f"/codes/{place}")
        return {"codes": [self._pack(caller, code) for code in codes]}

    def _pack(self, caller: Caller, code: str) -> dict[str, Any]:
        record = self._pack_record(code)
        sales = [sale for sale in record.get("sales", []) if not given_back(sale)]
        answer: dict[str, Any] = {
            "code": code,
            "sold": _times_sold(record, sales),
            "state": record.get("state", "stocked" if record.get("in") else "unknown"),
        }
        if caller.role in SEES_ALL_SALES or caller.organisation == record.get("org"):
            answer["seller"] = record.get("org")
            answer["at"] = to_text(record["at"]) if "at" in record else None
            seen = [sale for sale in record.get("sales", []) if _shown(caller, sale, record)]
            answer["prescriptions"] = [sale["rx"] for sale in seen if not given_back(sale)]
            answer["corrected"] = [_correction(sale) for sale in seen if "corrected" in sale]
            answer["swap_awaits"] = [sale["took"]["sale"] for sale in seen if "took" in sale]
            answer.update(_paid(seen))
        elif sales:
            answer["elsewhere"] = True
        if caller.role in SEES_ALL_SALES:
            answer["received_by"] = record.get("in", [])
            answer["booked_out"] = record.get("gone", {})
        else:
            answer["received_here"] = caller.organisation in record.get("in", ())
            answer["booked_out"] = record.get("gone", {}).get(caller.organisation)
        return answer

    def pack_for_anybody(self, code: str) -> dict[str, Any]:
        """Return {"code","sold","day"?} of a pack: how often it was sold, and the day of the one sale."""
        code = code.strip()
        if not well_formed(code):
            return {"code": code[:20], "sold": "malformed"}
        record = self._pack_record(code)
        if record.get("state") == "left":
            return {"code": code, "sold": "came_back"}
        sales = [sale for sale in record.get("sales", []) if not given_back(sale)]
        sold = _times_sold(record, sales)
        # Of one code on two packs the log knows a sale and a refusal: who holds either pack must hear of it.
        # A refusal of before the sale was another shop's wrong scan, put right since.
        if sold == "once" and self._caught_ms(code) >= record["at"]:
            return {"code": code, "sold": "tried_again"}
        if len(sales) == 1 and record["state"] != "opened":
            return {"code": code, "sold": sold, "day": self._local_day(record["at"])}
        return {"code": code, "sold": sold}

    def _pack_record(self, code: str) -> dict[str, Any]:
        tags = self._ledger.tag("codes", code)
        return next((found for tag in tags if (found := self._state(keys.trace_code(tag)))), {})

    def _caught_ms(self, code: str) -> int:
        """When a sale of the pack was last refused because another shop had sold it; -1 for never."""
        tried = (self._state(keys.caught(tag)) for tag in self._ledger.tag("codes", code))
        return max((one["at"] for one in tried if one is not None), default=-1)

    def _local_day(self, time_ms: int) -> str:
        offset = (self._state(keys.GENESIS) or {}).get("utc_offset_minutes", 0)
        return to_text(time_ms + offset * 60_000)[:10]

    # -- standing --------------------------------------------------------------------------------

    def standing(self, code: str) -> dict[str, Any]:
        """Return the public standing of an institution or a registered person. Raises Problem NOT_FOUND."""
        found = standing_view(code, self._ledger.time_ms, self._ledger.read) if _holds(code) else None
        if found is None:
            raise Problem("NOT_FOUND")
        return found

    def campaign(self, statement_id: str) -> dict[str, Any]:
        """Return a campaign's progress. Raises Problem NOT_FOUND."""
        known = _HEX64.fullmatch(statement_id)
        found = campaign_view(statement_id, self._ledger.time_ms, self._ledger.read) if known else None
        if found is None:
            raise Problem("NOT_FOUND")
        return found

    # -- receipts --------------------------------------------------------------------------------

    def receipt(self, statement_id: str) -> bytes:
        """Return the newest tlog-proof of a committed statement. Raises Problem NOT_FOUND."""
        found = self._ledger.receipt(statement_id) if _HEX64.fullmatch(statement_id) else None
        if found is None:
            raise Problem("NOT_FOUND")
        return found

    def _state(self, key: str) -> dict[str, Any] | None:
        raw = self._ledger.read(key)
        found: dict[str, Any] | None = None if raw is None else json.loads(raw)
        return found


def _shown(caller: Caller, sale: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether a sale is shown with its prescription: to a shop only its own, not those before it."""
    return caller.role in SEES_ALL_SALES or sale.get("shop", record.get("org")) == caller.organisation


def _correction(sale: Mapping[str, Any]) -> dict[str, str]:
    """Of which prescription's sale it was found that it took another pack, by which statement and when."""
    by = sale["corrected"]
    return {"rx": sale["rx"], "id": by["id"], "at": to_text(by["at"])}


def _paid(sales: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What the fund did: prescriptions whose sale of the pack it paid, and whose payment it took back."""
    done = [(sale["fund"], sale["rx"]) for sale in sales if "fund" in sale]
    return {word: [rx for fund, rx in done if fund == word] for word in (SETTLED, REFUNDED)}


def _lines(disclosed: Json, counted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each line as prescribed, with what was handed out and what is left, in the smallest unit."""
    told = disclosed if isinstance(disclosed, list) else [{} for _ in counted]
    found: list[dict[str, Any]] = []
    for line, count in zip(told, counted, strict=False):
        members = dict(line) if isinstance(line, dict) else {}
        left = max(0, count["units"] - count["sold"])
        quantities = {"prescribed": count["units"], "dispensed": count["sold"], "remaining": left}
        members["drug"] = count["drug"]
        members["units"] = {name: decimal_text(units) for name, units in quantities.items()}
        found.append(members)
    return found


def _one_member(body: bytes, names: tuple[str, ...]) -> tuple[str, str]:
    value = _parsed(body)
    members = list(value) if isinstance(value, dict) else []
    if len(members) != 1:
        raise Problem("QUERY_INVALID", facts={"one_of": ", ".join(names)})
    name = members[0]
    if name not in names:
        raise of_rejected(unknown_member(members, names, "/"))
    _check(value, Record({name: SHORT}))
    return name, str(value[name]) if isinstance(value, dict) else ""


def _times_sold(record: Mapping[str, Any], sales: Sequence[Mapping[str, Any]]) -> str:
    """How often a pack was sold; parts of an opened one are the sales of the one shop that opened it."""
    if len(sales) > 1 and record.get("state") != "opened":
        return "more_than_once"
    return "once" if sales else "never"


def _parsed(body: bytes) -> Json:
    try:
        return strict_json.parse(body)
    except Rejected as error:
        raise of_rejected(error) from None


def _check(value: Json, kind: Record) -> None:
    try:
        validate(value, kind)
    except Rejected as error:
        raise of_rejected(error) from None


def _holds(code: str) -> bool:
    try:
        validate(code, CODE)
    except Rejected:
        return False
    return True


def _items(value: Json) -> list[Json]:
    codes = value.get("codes") if isinstance(value, dict) else None
    return codes if isinstance(codes, list) else []
