"""Running the contracts over a generated year, in memory: what each act gets, without signatures.

Admission is played only where an act has no signature at all; everything else of it (keys, presence) is
taken as good, because the year holds no signed bytes. Tags are keyed as a ledger keys them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.knowledge.table import drugs, parts, shipped
from api.province.registry import authenticator_of, key_of
from api.province.spill import Spill
from contracts import Context, Decision, execute, keys
from contracts.errors import Rejected
from contracts.facts import Facts, Presence, Signer
from contracts.statements import base64url, submission
from contracts.tagging import tagged_values
from contracts.types import TYPES

_KEY = b"a province that does not exist"
_WINDOW = {"valid_from": "2020-01-01", "valid_to": "2099-12-31"}
OUTSIDE = "outside"  # the outcome of an act that never came to the ledger
_REMEMBERED = 20_000
_CODE_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Tried:
    """An act with what the contracts said."""

    event: Mapping[str, Any]
    outcome: str
    codes: tuple[str, ...]
    classes: tuple[str, ...]
    spoke: tuple[tuple[str, str], ...] = ()  # (code, rule) of each finding


def tag(kind: str, value: str) -> str:
    """Return the keyed tag of a person's or a pack's number."""
    return hmac.digest(_KEY, f"{kind}:{value}".encode(), "sha256")[:16].hex()


def tagged(subject: str) -> str:
    """Return a label's subject as the columns know it: a number of a person or a pack as its tag."""
    return "@".join(tag_of(one) for one in subject.split("@"))


def tag_of(part: str) -> str:
    """Return the tag of a number of a person or a pack, anything else as it is."""
    if len(part) == _CODE_DIGITS and part.isdigit():
        return tag("codes", part)
    return tag("people", part) if part.startswith("990000") else part


class Trial:
    """State of a ledger that begins with a province's registry."""

    def __init__(self, registry: Mapping[str, Any]) -> None:
        self.state = Spill()
        self._ids = Spill()
        self._leaves = Spill()
        self._facts: dict[str, Facts] = {}
        self._register(registry)

    def run(self, events: Iterable[Mapping[str, Any]]) -> Iterator[Tried]:
        """Yield each act with its verdict, in order; what is accepted changes the state."""
        for event in events:
            yield self._try(event)

    def _try(self, event: Mapping[str, Any]) -> Tried:
        if "outside" in event:
            return Tried(event, OUTSIDE, (), ())
        if "again" in event:
            return self._decided(event, self._execute(self._facts[event["again"]], event["time"]))
        facts = self._facts_of(event)
        if not event["signers"]:
            code = _refused_at_admission(facts)
            return Tried(event, "refused", (code,), ("VIOLATION",))
        decision = self._execute(facts, event["time"])
        self._ids.update([(event["id"], facts.statement_id.encode())])
        self._remember(event["id"], facts)
        if decision.leaf is not None and decision.outcome == "accepted":
            self._leaves.update([(event["id"], decision.leaf.encode())])
        return self._decided(event, decision)

    def _remember(self, identifier: str, facts: Facts) -> None:
        """Keep what may be sent again within the day."""
        self._facts[identifier] = facts
        if len(self._facts) > _REMEMBERED:
            del self._facts[next(iter(self._facts))]

    @staticmethod
    def _decided(event: Mapping[str, Any], decision: Decision) -> Tried:
        classes = tuple(finding.class_ for finding in decision.findings)
        spoke = tuple((finding.code, finding.rule) for finding in decision.findings)
        return Tried(event, decision.outcome, decision.codes, classes, spoke)

    def _execute(self, facts: Facts, time_ms: int) -> Decision:
        decision = execute(facts, Context(time_ms), self.state.get)
        self.state.update(decision.writes)
        return decision

    def _facts_of(self, event: Mapping[str, Any]) -> Facts:
        claimed = event.get("claimed", {})
        payload = {
            "iss": event["iss"],
            "aud": "ledger.example/province",
            "jti": f"{claimed.get('jti', event['id']):>22}",
            "iat": claimed.get("iat", event["time"] // 1000),
            "type": event["type"],
            "signers": event["signers"],
            **self._resolved(event["members"]),
        }
        identifier = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        people = tuple(_signer(one["code"], one["role"], event["type"]) for one in event["signers"])
        opened = event["disclosures"]
        tags = {(kind, value): (tag(kind, value),) for kind, value in tagged_values(opened)}
        return Facts(identifier, payload, people, opened, b'{"payload":"","signatures":[]}', tags)

    def _resolved(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._reference(value) for name, value in members.items()}

    def _reference(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._reference(one) for one in value]
        if isinstance(value, str) and value.startswith("@"):
            kind, _, event = value.partition(":")
            found = (self._ids if kind == "@id" else self._leaves).get(event)
            return "0" * 64 if found is None else found.decode()
        return value

    # -- the first state --------------------------------------------------------------------------

    def _put(self, key: str, value: Mapping[str, Any]) -> None:
        self.state.update([(key, json.dumps(value).encode())])

    def _register(self, registry: Mapping[str, Any]) -> None:
        self._put(keys.GENESIS, {"origin": "province", "profile": "sandbox", "utc_offset_minutes": 480})
        for one in registry["organisations"]:
            self._put(keys.organisation(one["code"]), {**one, **_WINDOW})
        for one in registry["people"]:
            code = one["code"]
            self._put(keys.person(code), {"role": one["role"]})
            self._put(keys.key(key_of(code)), {"subject": code, "role": one["role"], "from": 0})
            self._put(keys.authenticator(authenticator_of(code)), {"person": code})
            self._put(keys.licence(code), {"sites": one["sites"], "scope": one["scope"], **_WINDOW})
        self._knowledge(registry["knowledge"])

    def _knowledge(self, entry: str) -> None:
        self._put(keys.KNOWLEDGE, {"versions": [{"id": "kb", "from": 0}]})
        self._put(keys.knowledge("kb"), {"parts": [entry]})
        known = [drug for part in parts(drugs(shipped())) for drug in part["members"]["drugs"]]
        self._put(keys.part(entry), {"drugs": 0, "classes": sorted({drug["class"] for drug in known})})
        for drug in known:
            self._put(keys.drug(entry, drug["code"]), drug)
            for level in drug["levels"]:
                found = {"drug": drug["code"], "level": level["level"]}
                self._put(keys.product(entry, level["product"]), found)


def _signer(code: str, role: str, type_: str) -> Signer:
    presence = Presence(authenticator_of(code), 0) if TYPES[type_].presence else None
    return Signer(code, role, key_of(code), presence)


def _refused_at_admission(facts: Facts) -> str:
    body = json.dumps({"payload": _encoded(facts), "signatures": []}).encode()
    try:
        submission.parse(body)
    except Rejected as refused:
        return refused.code
    return ""


def _encoded(facts: Facts) -> str:
    return base64url.encode(json.dumps(dict(facts.payload), ensure_ascii=False).encode())
