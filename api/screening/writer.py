"""Acts become columns: one writer for a ledger's own history and for a generated year (COLUMNS.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl

from api.screening import decided
from api.screening.amounts import Amounts, Smallest, shares
from api.screening.tables import SCHEMAS, is_placeholder
from api.screening.templates import Templates

# Which rows an act gives for each code that it lists: channel, the code's member, sign of packs and amounts.
_CHANNELS: Mapping[str, tuple[tuple[str, str, float], ...]] = {
    "dispensing.dispensed": (("dispensed", "code", 1.0),),
    "dispensing.reported": (("reported", "code", 1.0),),
    "settlement.reported": (("settled", "code", 1.0),),
    "dispensing.returned": (("returned", "code", -1.0),),
    "settlement.settled": (("paid", "code", 1.0),),
    "settlement.refunded": (("refunded", "code", -1.0),),
    "dispensing.corrected": (("corrected", "code", 1.0), ("wrong", "wrong", -1.0)),
}
_PRESENCES = {"duty.opened": "opened", "duty.closed": "closed", "review.pharmacy": "review"}
_CHUNK = 100_000
Row = dict[str, Any]
Tag = Callable[[str, str], str]


class ColumnsWriter:
    """Collects rows of accepted acts; `write` puts them into a folder of Parquet files.

    `tag` gives the tag of a (kind, value); `pack_days` for how many days a pack of a drug lasts at the
    label's highest dose (0: not known); `smallest` how many smallest units a pack holds, and that unit's
    name; `drugs_of` the drugs that an act, named by its id, is about.
    """

    def __init__(
        self,
        tag: Tag,
        pack_days: Callable[[str], float],
        smallest: Smallest,
        drugs_of: decided.DrugsOf,
    ) -> None:
        self._tag, self._pack_days, self._smallest, self._drugs_of = tag, pack_days, smallest, drugs_of
        self._amounts = Amounts(smallest)
        self._rows: dict[str, list[Row]] = {name: [] for name in SCHEMAS}
        self._frames: dict[str, list[pl.DataFrame]] = {name: [] for name in SCHEMAS}
        self._rx: dict[str, Row] = {}
        self._cancelled: set[str] = set()
        self._numbers: dict[str, str | None] = {}  # of sales, by statement
        # Of swapped sales whose other one is not corrected yet: by sale and wrong code.
        self._words: dict[tuple[str, str], tuple[tuple[str, str], list[Row]]] = {}
        self._templates = Templates()
        self._decided = decided.Decided()

    def organisation(self, row: Mapping[str, Any]) -> None:
        """Add an institution; members that are not columns are left out."""
        self._add("organisations", row)

    def roster(self, person: str, site: str) -> None:
        """Add a place at which a person is registered."""
        self._add("rosters", {"person": person, "site": site})

    def act(self, entry: int, time_ms: int, id_: str, act: Mapping[str, Any]) -> None:
        """Add what an accepted act says: {"type","iss","signers","members","disclosures"}.

        `members["rx"]` is the `id_` under which the prescription was added. Acts without their disclosures
        (erased) leave no row that needs them.
        """
        place = {"entry": entry, "time_ms": time_ms}
        type_ = act["type"]
        if type_ == "prescription.issued":
            self._prescription(id_, act, place)
        elif type_ == "prescription.cancelled":
            self._cancelled.add(str(act["members"]["rx"]))
        elif type_ in _CHANNELS:
            self._sale(id_, act, place)
        elif type_ == "stock.received":
            self._stock(act, place)
        elif type_ == "stock.adjusted":
            self._adjusted(act, place)
        elif type_ in decided.TYPES:
            self._decided.take(place, id_, act["members"])
        elif type_ in _PRESENCES:
            for one in act["signers"]:
                seen = {"person": one["code"], "site": act["iss"], "act": _PRESENCES[type_]}
                self._add("presences", {**place, **seen})

    def write(self, folder: Path) -> dict[str, int]:
        """Write a file for each table, replacing those of an earlier run; return how many rows each has."""
        folder.mkdir(parents=True, exist_ok=True)
        for row in self._decided.rows(self._drugs_of):
            self._add("cases", row)
        counts = {}
        for name in SCHEMAS:
            self._flush(name)
            table = pl.concat(self._frames[name])
            if name == "prescriptions":
                table = _without(table, self._cancelled)
            table.write_parquet(folder / f"{name}.parquet")
            counts[name] = len(table)
        return counts

    def _prescription(self, id_: str, act: Mapping[str, Any], place: Row) -> None:
        opened = act["disclosures"]
        if not {"lines", "clinical", "identity", "patient"} <= opened.keys():
            return
        clinical = opened["clinical"]
        row = {
            "rx": id_,
            "hospital": act["iss"],
            "department": clinical["department"],
            "doctor": act["members"]["prescriber"],
            "patient": self._tagged("people", opened["identity"].get("certificate_number")),
            "age": float(opened["patient"]["age"]),
            "sex": opened["patient"]["sex"],
            "diagnosis": next((one["code"] for one in clinical["diagnoses"]), None),
            "credential": self._credential(opened),
            "template": self._template(act["members"]["prescriber"], clinical.get("evaluation", "")),
        }
        self._rx[id_] = {**row, "drug": opened["lines"][0]["drug"]}
        for line in opened["lines"]:
            self._add("prescriptions", {**row, **place, "drug": line["drug"], "days": float(line["days"])})

    def _credential(self, opened: Mapping[str, Any]) -> str | None:
        """The tag of the patient's own identity check; a guardian's may stand for several children."""
        if _names_guardian(opened["identity"]):
            return None
        return self._tagged("codes", opened.get("identifiers", {}).get("authNo"))

    def _template(self, doctor: str, text: str) -> str | None:
        """The tag of the doctor's first text that this one resembles (`api.screening.templates`).

        The text itself stays in the vault, and whoever lacks the tag key cannot try texts.
        """
        first = self._templates.first(doctor, text)
        return None if first is None else self._tag("codes", f"template {first}") or None

    def _sale(self, id_: str, act: Mapping[str, Any], place: Row) -> None:
        opened, rx = act["disclosures"], self._rx.get(str(act["members"]["rx"]))
        if rx is None or "codes" not in opened:
            return
        lines, identifiers = opened.get("lines"), opened.get("identifiers", {})
        if act["type"] == "dispensing.dispensed":
            self._numbers[id_] = _number(identifiers)
        shop, pharmacist = self._seller(rx, act)
        named = {name: rx[name] for name in ("rx", "hospital", "department", "doctor", "patient")}
        rows: list[Row] = []
        amounts = self._amounts.by_drug(str(act["members"]["rx"]), act["type"], lines or ())
        for listed, (channel, member, sign) in product(opened["codes"], _CHANNELS[act["type"]]):
            line = lines[listed.get("line", 0)] if lines else {"drug": listed.get("drug") or rx["drug"]}
            packs = sign * self._packs(line)
            row = {
                "pharmacy": shop,
                "pharmacist": pharmacist,
                "drug": line["drug"],
                "code": None if listed.get("uncoded") else self._tagged("codes", listed[member]),
                "packs": packs,
                "days": packs * self._pack_days(line["drug"]),
                "amount": sign,
                "channel": channel,
                # A correction names the statement of its sale alone.
                "sale": _number(identifiers) or self._numbers.get(str(act["members"].get("sale"))),
            }
            rows.append({**named, **row, **place})
        _share(rows, amounts)
        if act["type"] == "dispensing.corrected":
            rows = self._moved(act["members"], opened["codes"], rows)
        for row in rows:
            self._add("sales", row)

    def _moved(self, members: Row, codes: list[Row], rows: list[Row]) -> list[Row]:
        """The rows of what a correction moved, two for each code: half a swap moves nothing yet."""
        sale, other = str(members.get("sale")), str(members.get("swapped_with", ""))
        moved: list[Row] = []
        for place, listed in enumerate(codes):
            own = rows[2 * place : 2 * place + 2]
            wrong, right = listed["wrong"], listed["code"]
            word, waiting = self._words.get((other, right), (None, []))
            if other and word != (sale, wrong):
                self._words[sale, wrong] = (other, right), own
                continue
            self._words.pop((other, right), None)
            self._words.pop((sale, wrong), None)
            moved += [*waiting, *own]
        return moved

    def _seller(self, rx: Row, act: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Which shop and pharmacist the act tells of: the fund speaks of the shop that sold."""
        signer = act["signers"][0]
        if signer.get("role") == "fund_officer":
            return rx.get("pharmacy"), None
        rx["pharmacy"] = act["iss"]
        return act["iss"], signer["code"]

    def _packs(self, line: Mapping[str, Any]) -> float:
        """How much of a pack one code stands for: a whole one, or what was taken out of it."""
        if not line.get("split"):
            return 1.0
        return float(line["quantity"]) / max(1, self._smallest(line["drug"])[0])

    def _stock(self, act: Mapping[str, Any], place: Row) -> None:
        opened = act["disclosures"]
        supplier = opened.get("identifiers", {}).get("supplier")
        for listed in opened.get("codes", ()):
            row = {"pharmacy": act["iss"], "supplier": supplier, "drug": listed.get("drug")}
            self._add("stock", {**row, **place, "code": self._tagged("codes", listed["code"])})

    def _adjusted(self, act: Mapping[str, Any], place: Row) -> None:
        for listed in act["disclosures"].get("codes", ()):
            row = {"pharmacy": act["iss"], "reason": act["members"]["reason"], "drug": listed.get("drug")}
            self._add("adjustments", {**row, **place, "code": self._tagged("codes", listed["code"])})

    def _tagged(self, kind: str, value: str | None) -> str | None:
        """The tag of a value, or none of a placeholder: its tag would make one person of all the unknown."""
        if value is None or is_placeholder(value):
            return None
        return self._tag(kind, value) or None

    def _add(self, name: str, row: Mapping[str, Any]) -> None:
        self._rows[name].append({column: row.get(column) for column in SCHEMAS[name]})
        if len(self._rows[name]) >= _CHUNK:
            self._flush(name)

    def _flush(self, name: str) -> None:
        self._frames[name].append(pl.DataFrame(self._rows[name], schema=dict(SCHEMAS[name])))
        self._rows[name] = []


def _without(prescriptions: pl.DataFrame, cancelled: set[str]) -> pl.DataFrame:
    """Prescriptions where of cancelled ones the visit alone stands: no days, body or check of anybody."""
    gone = pl.col("rx").is_in(list(cancelled))
    nothing = [pl.when(~gone).then(pl.col(name)).alias(name) for name in ("age", "sex", "credential")]
    days = pl.when(gone).then(0.0).otherwise(pl.col("days")).alias("days")
    return prescriptions.with_columns(*nothing, days)


def _names_guardian(identity: Mapping[str, Any]) -> bool:
    """Whether a guardian answered, by document or else by name, and not the patient under another word."""
    named = identity.get("guardian") or {}
    member = "name" if is_placeholder(named.get("certificate_number")) else "certificate_number"
    own = str(identity.get(member) or "").strip().upper()
    return not is_placeholder(named.get(member)) and str(named[member]).strip().upper() != own


def _share(rows: list[Row], amounts: Mapping[str, int]) -> None:
    """Give each row its part of what its drug comes to with the act; until then `amount` is the sign."""
    for channel, drug in {(row["channel"], row["drug"]) for row in rows}:
        own = [row for row in rows if (row["channel"], row["drug"]) == (channel, drug)]
        for row, part in zip(own, shares(amounts.get(drug, 0), len(own)), strict=True):
            row["amount"] *= part


def _number(identifiers: Mapping[str, Any]) -> str | None:
    """The number of a sale, or None."""
    return identifiers.get("setl_id") or identifiers.get("rtal_docno")
