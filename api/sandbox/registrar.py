"""Registering the cast: what a regulator does over HTTP before the first prescription is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.client.http import Client, Problem
from api.client.signing import Person, build
from api.sandbox import registry
from api.sandbox.day import Day
from api.sandbox.keys import KeyRing
from api.sandbox.registry import Planned
from contracts.facts import Json
from contracts.parameters import DEFAULTS
from contracts.rules.separation import OFFICIALS


def names(cast: Mapping[str, Any]) -> dict[str, str]:
    """Return the institutions' names by code."""
    return {each["code"]: each.get("name") or each["code"] for each in cast.get("organisations", [])}


def directory(cast: Mapping[str, Any]) -> dict[str, str]:
    """Return people's codes by certificate number: what an institution knows about its own staff."""
    return {each["certno"]: each["code"] for each in cast.get("people", []) if each.get("certno")}


def register(day: Day, ring: KeyRing, client: Client, audience: str, now_s: int) -> None:
    """Put organisations, people, keys, authenticators, rulebook and knowledge on the ledger.

    Raises CastRefused when the ledger does not take one of them.
    """
    office = _Office(ring, client, audience, now_s)
    for planned in registry.organisations(day.cast):
        office.submit(planned)
    for each in day.cast.get("organisations", []):
        office.enrol_key(ring.organisation(each["code"]))
    for each in day.cast.get("people", []):
        office.admit(each, _places(each, day))
    office.publish(day.cast)


def _places(each: Mapping[str, Any], day: Day) -> list[str]:
    """Return where a person holds an authenticator: the registered sites, and wherever the day signs.

    A doctor who signs at a hospital that the licence does not name must be refused for the licence,
    not for a missing authenticator.
    """
    known = set(names(day.cast))
    signed = [step.sender for step in day.steps if each["code"] in step.signers]
    return [place for place in dict.fromkeys([*each.get("sites", []), *signed]) if place in known]


class CastRefused(Problem):
    """The ledger did not take a record of the cast; the text says whose, which member, and why."""

    def __init__(self, planned: Planned, refusal: Problem) -> None:
        named = ("code", "person", "subject", "version")
        whose = next((str(planned.members[name]) for name in named if name in planned.members), "")
        where, why = refusal.body.get("pointer") or "", refusal.body.get("detail") or ""
        record = f"{planned.type} {whose}".rstrip()
        super().__init__(refusal.status, {**refusal.body, "record": record})
        place = f"{record} {where}".rstrip()
        self.args = (f"cast.json: {place}: {self.code}. {why}".strip(),)


class _Office:
    def __init__(self, ring: KeyRing, client: Client, audience: str, now_s: int) -> None:
        self._ring = ring
        self._client = client
        self._audience = audience
        self._now_s = now_s
        self._officers = ring.officers()

    def submit(self, planned: Planned, signers: Sequence[Person] = ()) -> str:
        """Return the id of a statement that the first officer signs, after `signers`.

        Raises CastRefused when the ledger does not take it.
        """
        body = build(
            planned.type,
            planned.members,
            planned.disclosures,
            iss=self._client.organisation,
            aud=self._audience,
            iat=self._now_s,
            signers=[*(signers or self._officers[:1])],
        )
        try:
            return str(self._client.submit(body).body["id"])
        except Problem as refusal:
            raise CastRefused(planned, refusal) from refusal

    def enrol_key(self, person: Person) -> None:
        """Register a key: its holder proves possession, an officer vouches."""
        members: dict[str, Json] = {
            "subject": person.code,
            "role": person.role,
            "key": person.key.public(),
        }
        self.submit(Planned("registry.key", members), [person, self._officers[0]])

    def admit(self, each: Mapping[str, Any], places: Sequence[str]) -> None:
        """Register a person with licence, key, and one authenticator for each place."""
        self.submit(registry.person(each), self._officers[: 2 if each["role"] in OFFICIALS else 1])
        licence = registry.licence(each)
        if licence is not None:
            self.submit(licence)
        person = self._ring.person(each["code"], "")
        self.enrol_key(person)
        for place in places:
            members: dict[str, Json] = {
                "person": each["code"],
                "organisation": place,
                **self._ring.attestation(each["code"], place, self._audience),
            }
            self.submit(Planned("registry.authenticator", members), [person, self._officers[0]])

    def publish(self, cast: Mapping[str, Any]) -> None:
        """Put rulebook and knowledge in force; both take two officers."""
        # A day of messages has no step that would look at what is held: its bursts are flagged.
        parameters: dict[str, Json] = {**DEFAULTS, "burst_hold": 0}
        rulebook = Planned("governance.rulebook", {"version": "sandbox-1", "parameters": parameters})
        self.submit(rulebook, self._officers[:2])
        parts: list[Json] = [self.submit(part) for part in registry.knowledge_parts(cast)]
        self.submit(
            Planned("governance.knowledge", {"version": "sandbox-1", "parts": parts}), self._officers[:2]
        )
