"""Until when the law wants kept what came with entries of a ledger: rows R8, R9 and R28.

Of what one consultation brought about the longest counts, for it goes together. A refused act is no record of
care, and the registry is none either: the law's years are not about them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from api.logged import statement_of
from contracts import keys
from contracts.groups import CONSULTATION, HOSPITAL_ACTS, PHARMACY_ACTS
from contracts.parameters import DEFAULTS
from contracts.time import local_date
from ledger.errors import Erased
from ledger.local import Ledger

ONLINE = 15, "records of online care, 15 years (R9)"
PHARMACY = 5, "records of a pharmacy, 5 years (R28)"
NARCOTIC = 3, "prescriptions of narcotics and first-class psychotropics, 3 years (R8)"
TOXIC = 2, "prescriptions of toxic drugs and second-class psychotropics, 2 years (R8)"
ORDINARY = 1, "prescriptions, 1 year (R8)"
UNKNOWN = 3, "prescriptions of drugs that the drug table does not have, the longest: 3 years (R8)"
_OF_CLASS = {"narcotic": NARCOTIC, "psychotropic_1": NARCOTIC, "toxic": TOXIC, "psychotropic_2": TOXIC}
_ONLINE_BUSINESS = cast(list[str], DEFAULTS["business_types_online"])
Years = tuple[int, str]


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """The last local day on which something must be there, as text, and as what."""

    until: str
    why: str


def kept(ledger: Ledger, found: Mapping[str, list[int]]) -> Kept | None:
    """Return until when the entries under these data keys are kept, None where the law names no years."""
    genesis = _state(ledger, keys.GENESIS)
    ends = []
    for name, indexes in found.items():
        for index in indexes:
            entry = json.loads(ledger.entry(index))
            day = local_date(int(entry["time"]), genesis["utc_offset_minutes"])
            ends += [Kept(anniversary(day, years), why) for years, why in _years(ledger, name, entry)]
    return max(ends, default=None)


def today(ledger: Ledger) -> str:
    """Return the ledger's local date."""
    return local_date(ledger.time_ms, _state(ledger, keys.GENESIS)["utc_offset_minutes"])


def anniversary(day: str, years: int) -> str:
    """Return the same day so many years on; of a 29 February the first of March where there is none."""
    then = date.fromisoformat(day)
    try:
        return then.replace(year=then.year + years).isoformat()
    except ValueError:
        return then.replace(year=then.year + years, month=3, day=1).isoformat()


def _years(ledger: Ledger, name: str, entry: Mapping[str, Any]) -> Iterator[Years]:
    """Yield what the law asks of an entry under the data key `name`, which its consultation gives."""
    if "refused" in entry:
        return
    id_, payload = statement_of(entry)
    if payload["type"] in PHARMACY_ACTS:
        yield PHARMACY
    if payload["type"] not in HOSPITAL_ACTS:
        return
    opened = _opened(ledger, str(payload.get("rx", id_)))
    business = opened.get("clinical", {}).get("business_type")
    mode = _state(ledger, keys.consultation(name)).get("mode", "counter")
    if mode != "counter" or business in _ONLINE_BUSINESS:
        yield ONLINE
    elif payload["type"] not in CONSULTATION:
        yield max((_of_drug(ledger, line["drug"]) for line in opened.get("lines", ())), default=UNKNOWN)


def _of_drug(ledger: Ledger, code: str) -> Years:
    """What is asked of a drug's prescriptions: the most that any knowledge version makes of its class."""
    found = []
    for version in _state(ledger, keys.KNOWLEDGE).get("versions", ()):
        for part in _state(ledger, keys.knowledge(version["id"]))["parts"]:
            drug = _state(ledger, keys.drug(part, code))
            found += [_OF_CLASS.get(drug["class"], ORDINARY)] if drug else []
    return max(found, default=UNKNOWN)


def _opened(ledger: Ledger, id_: str) -> Mapping[str, Any]:
    """A statement's disclosures, or nothing where they were erased."""
    try:
        return ledger.disclosures(id_)
    except Erased:
        return {}


def _state(ledger: Ledger, key: str) -> dict[str, Any]:
    raw = ledger.read(key)
    return {} if raw is None else dict(json.loads(raw))
