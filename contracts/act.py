"""One act under judgement: its facts, its time, and the state it touches, read once each.

Rules and effects see the world only through this class. Nothing here decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, TypeVar, cast

from contracts import keys, lifecycle, monitored
from contracts.decision import Context
from contracts.facts import Facts, Json, Read, Signer
from contracts.parameters import DEFAULTS, of_area
from contracts.time import local_day

State = dict[str, Any]
T = TypeVar("T")
_MISSING: State = {}
_UNREAD: State = {}
_NOUGHT = re.compile(r"[a-z]{0,2}00+")  # no number of anything, also behind the letter of a kind of code
_parse = json.JSONDecoder().raw_decode


def plain(value: Any) -> str:
    """Return a name or code to compare with placeholders: "" where it has no letter or is all noughts."""
    text = str(value or "").strip().lower()
    named = text.isalnum() or any(sign.isalnum() for sign in text)
    return text if named and not _NOUGHT.fullmatch(text) else ""


@lru_cache(maxsize=8_192)
def _parsed(raw: bytes) -> State:
    # The same people, drugs and rulebook act again and again. Shared: whoever changed a record in place
    # would change another act's past, so effects build new ones (tests/contracts/test_state_is_shared.py).
    found: State = _parse(raw.decode("ascii"))[0]  # as contracts.encode wrote it: nothing to detect or skip
    return found


class Act:
    """Facts in their context. `state` returns parsed values and remembers them."""

    def __init__(self, facts: Facts, context: Context, read: Read) -> None:
        self.facts = facts
        self.context = context
        self.time_ms = context.time_ms
        self.type = facts.type
        self.payload: Mapping[str, Any] = facts.payload
        self.organisation_code = facts.organisation
        self._read = read
        self._cache: dict[str, State | None] = {}
        self._derived: dict[str, object] = {}
        self._parameters: Mapping[str, Any] | None = None
        self._parts: tuple[str, ...] | None = None
        self.rx_id = str(facts.payload.get("rx", ""))
        """The id of the prescription that the act names, or ""."""
        self.consultation_id = str(facts.payload.get("consultation", ""))
        """The id of the consultation that the act names, or ""."""
        # What most rules ask for, worked out when the first does. Plain attributes: `cached_property` takes a
        # lock each time (until Python 3.12), and what writes to __dict__ cannot be compiled.
        self._rx: State | None = _UNREAD
        self._consultation: State | None = _UNREAD
        self._organisation = _UNREAD
        self._content = _UNREAD
        self._signers: tuple[Signer, ...] | None = None
        self._today: int | None = None
        self._status: str | None = None
        self.is_held = False  # set by the contract once the rules have spoken

    def state(self, key: str) -> State | None:
        """Return the parsed value under `key`, or None."""
        known = self._cache.get(key, _UNREAD)
        if known is not _UNREAD:
            return known
        raw = self._read(key)
        found = self._cache[key] = None if raw is None else _parsed(raw)
        return found

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` returned the first time that `name` was asked for: several rules need it."""
        if name not in self._derived:
            self._derived[name] = make()
        return cast(T, self._derived[name])

    def disclosed(self, group: str) -> Any:
        """Return the opened disclosure `group`, or None where it was not given."""
        return self.facts.disclosures.get(group)

    def tags(self, kind: str, value: Json) -> tuple[str, ...]:
        """Return the keyed tags of a disclosed value, the newest key's first; () when empty."""
        return self.facts.tags.get((kind, str(value)), ())

    def number(self, name: str) -> tuple[str, ...]:
        """Return the tags of a number disclosed under `identifiers`; () for none: empty, 无 and the like.

        Whoever writes that there is none names nothing: two who write so have no number in common.
        """
        value = (self.disclosed("identifiers") or {}).get(name, "")
        return () if self.is_placeholder(value) else self.tags("codes", value)

    def tag(self, kind: str, value: Json) -> str:
        """Return the newest tag of a disclosed value, or "" where there is no value."""
        found = self.tags(kind, value)
        return found[0] if found else ""

    # -- rulebook and knowledge of the act's day (D8) ------------------------------------------

    @property
    def rulebook_id(self) -> str | None:
        """The rulebook version in force now, or None before there is one."""
        return self.once("rulebook", lambda: self.version_at(keys.RULEBOOK, self.time_ms))

    @property
    def knowledge_id(self) -> str | None:
        """The knowledge version in force now: effective, and all its parts on the ledger."""
        return self.once("knowledge", lambda: self.version_at(keys.KNOWLEDGE, self.time_ms))

    def parameter(self, name: str) -> Any:
        """Return a parameter from the rulebook in force, for the organisation's area, else its default."""
        if self._parameters is None:
            self._parameters = self._parameters_of(self.rulebook_id)
        return self._parameters[name]

    def parameter_then(self, name: str) -> Any:
        """Return a parameter as it stood when the prescription was issued.

        What a prescription may be is settled on its day: a newer version judges newer prescriptions alone, so
        that nobody refuses on the way what was right when it was written.
        """
        if self.rx is None:
            return self.parameter(name)
        then = self.version_at(keys.RULEBOOK, self.rx["issued"])
        return self.once("parameters then", lambda: self._parameters_of(then))[name]

    def _parameters_of(self, version: str | None) -> Mapping[str, Any]:
        record = self.state(keys.rulebook(version)) if version else None
        given = record["parameters"] if record else None
        return of_area(given, self.organisation_code) if given else DEFAULTS

    def version_at(self, key: str, at_ms: int) -> str | None:
        """Return the version of `key`, rulebook or knowledge, that was in force at a time, or None."""
        record = self.state(key)
        for version in reversed(record["versions"] if record else ()):
            if version["from"] <= at_ms and self._complete(key, version["id"], at_ms):
                return str(version["id"])
        return None

    def _complete(self, key: str, version: str, at_ms: int) -> bool:
        if key != keys.KNOWLEDGE:
            return True
        record = self.state(keys.knowledge(version)) or _MISSING
        parts = (self.state(keys.part(part)) for part in record.get("parts", ()))
        return all(part and part.get("at", 0) <= at_ms for part in parts)

    def _knowledge_parts(self) -> tuple[str, ...]:
        if self._parts is None:
            self._parts = self.parts_of(self.knowledge_id)
        return self._parts

    def parts_of(self, version: str | None) -> tuple[str, ...]:
        """Return the parts that a knowledge version names, on the ledger or not."""
        record = self.state(keys.knowledge(version)) if version else None
        return tuple(record["parts"]) if record else ()

    def drug(self, code: str) -> State | None:
        """Return a drug of the knowledge in force by its national code.

        What was prescribed before it was struck off the list is still told of, as it stood on the
        prescription's day: else nobody knows what a box of it holds.
        """
        return self._first(lambda part: keys.drug(part, code))

    def drug_then(self, code: str) -> State | None:
        """Return a drug as the knowledge in force on the prescription's day tells (see `parameter_then`)."""
        return self._first_of(self._parts_then(), lambda part: keys.drug(part, code))

    def is_monitored(self, code: str) -> bool:
        """Return whether a drug is monitored here and now: in the institution's area, by what is in force."""
        return monitored.is_monitored(self.parameter(monitored.LIST), code, self.drug(code))

    def was_monitored(self, code: str) -> bool:
        """Return whether a drug was monitored here on the prescription's day (see `parameter_then`)."""
        return monitored.is_monitored(self.parameter_then(monitored.LIST), code, self.drug_then(code))

    def drug_known(self, code: str) -> bool:
        """Return whether any knowledge version still known tells of a drug, the one in force or another.

        One struck off the list is sold on for a while, and a measure may be about it.
        """
        return self._first_of(self._parts_known(), lambda part: keys.drug(part, code)) is not None

    def class_known(self, name: str) -> bool:
        """Return whether a drug of a knowledge version still known, whichever, is of this class.

        A part from before the classes stood beside it may have any.
        """
        parts = (self.state(keys.part(part)) for part in self._parts_known())
        return any(name in part.get("classes", (name,)) for part in parts if part is not None)

    def _parts_known(self) -> tuple[str, ...]:
        versions = (self.state(keys.KNOWLEDGE) or {"versions": []})["versions"]
        return tuple(dict.fromkeys(part for one in reversed(versions) for part in self.parts_of(one["id"])))

    def _parts_then(self) -> tuple[str, ...]:
        return self.once("parts then", self._parts_of_the_day)

    def _parts_of_the_day(self) -> tuple[str, ...]:
        then = self.version_at(keys.KNOWLEDGE, self.rx["issued"]) if self.rx else None
        return self.parts_of(then) if then else self._knowledge_parts()

    def product(self, product_id: str) -> State | None:
        """Return {"drug","level"} of the seven digits with which a pack's trace code begins; see `drug`."""
        return self._first(lambda part: keys.product(part, product_id))

    def recalled(self, drug_code: str, lot: str) -> bool:
        """Return whether the knowledge in force recalls this lot."""
        key_of = partial(keys.recall, drug_code=drug_code, lot=lot)
        return self._first_of(self._knowledge_parts(), key_of) is not None

    def _first(self, key_of: Callable[[str], str]) -> State | None:
        found = self._first_of(self._knowledge_parts(), key_of)
        return self._first_of(self._parts_then(), key_of) if found is None else found

    def _first_of(self, parts: Iterable[str], key_of: Callable[[str], str]) -> State | None:
        for part in parts:
            found = self.state(key_of(part))
            if found is not None:
                return found
        return None

    @property
    def signers(self) -> tuple[Signer, ...]:
        """Who signed; in a check before the act, who is named as going to sign."""
        if self._signers is None:
            self._signers = self.facts.signers
            if self.context.check and not self._signers:
                named = self.payload["signers"]
                self._signers = tuple(Signer(str(s["code"]), str(s["role"]), "") for s in named)
        return self._signers

    # -- who and where ------------------------------------------------------------------------

    @property
    def organisation(self) -> State:
        """The submitting organisation's record, or an empty one."""
        if self._organisation is _UNREAD:
            self._organisation = self.state(keys.organisation(self.organisation_code)) or _MISSING
        return self._organisation

    @property
    def utc_offset_minutes(self) -> int:
        """The ledger's local offset, from genesis."""
        return int((self.state(keys.GENESIS) or _MISSING).get("utc_offset_minutes", 0))

    @property
    def today(self) -> int:
        """The local day of the act, counted from 1970-01-01."""
        if self._today is None:
            self._today = local_day(self.time_ms, self.utc_offset_minutes)
        return self._today

    def is_placeholder(self, value: Any) -> bool:
        """Return whether a name or code only stands in for a person: empty, 未知, ——, D0000 and so on."""
        text = plain(value)
        return not text or text in self.parameter("placeholders")

    # -- the prescription and the consultation it names ---------------------------------------

    @property
    def rx(self) -> State | None:
        """The public state of the named prescription, or None."""
        if self._rx is _UNREAD:
            self._rx = self.state(keys.rx(self.rx_id)) if self.rx_id else None
        return self._rx

    @property
    def content(self) -> State:
        """The private state of the named prescription, or an empty one."""
        if self._content is _UNREAD:
            self._content = self.state(keys.rx_content(self.rx_id)) or _MISSING
        return self._content

    @property
    def status(self) -> str:
        """The status of the named prescription at the act's time; "" where there is none."""
        if self._status is None:
            record = self.rx
            self._status = status_of(record, self.content, self.time_ms) if record else ""
        return self._status

    @property
    def consultation(self) -> State | None:
        """The public state of the named consultation, or None."""
        if self._consultation is _UNREAD:
            known = self.consultation_id
            self._consultation = self.state(keys.consultation(known)) if known else None
        return self._consultation


def status_of(record: Mapping[str, Any], content: Mapping[str, Any], time_ms: int) -> str:
    """Return a prescription's status at `time_ms` from its public and private state."""
    lines = content.get("lines", [])
    prescribed = sum(line["units"] for line in lines)
    remaining = sum(max(0, line["units"] - line["sold"]) for line in lines)
    status = lifecycle.status_by_quantity(record["stage"], remaining, prescribed)
    if status in lifecycle.MAY_EXPIRE and time_ms >= record["expires"]:
        return lifecycle.EXPIRED
    return status
