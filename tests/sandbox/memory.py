"""A ledger without disk or sockets: admission, contract and look-ups behind a mock transport.

It lets whole days be played in a second; `test_demo.py` plays the same day on the real server.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2

import contracts
from api.client.attestation import AttestationRoot
from api.client.desk import Desk
from api.client.http import Client
from api.client.lookups import LedgerLookups
from api.client.outbox import Outbox
from api.client.signing import PrivateKey, generate
from api.genesis import AttestationRoot as Believed
from api.genesis import Foundation, Officer, Regulator, build_genesis
from api.national import Profile
from api.sandbox import registrar, registry
from api.sandbox.day import Day
from api.sandbox.keys import KeyRing
from api.sandbox.play import play
from api.sandbox.stage import ORIGIN
from api.sandbox.story import Verdict
from contracts import keys
from contracts.codes import CODES
from contracts.decision import Context, Decision
from contracts.errors import Rejected
from contracts.facts import AdmissionRefusal
from contracts.statements import authenticate, submission
from contracts.tagging import tagged_values
from ledger.tags import TagKeys

TAGS = TagKeys({"people": [b"p" * 32], "codes": [b"c" * 32]})


class MemoryLedger:
    """State in a dictionary, entries in a list, time as set."""

    def __init__(self, time_ms: int) -> None:
        self.time_ms = time_ms
        self.state: dict[str, bytes] = {}
        self.entries: list[bytes] = []
        self.placed: dict[str, dict[str, Any]] = {}

    def submit(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Admit, execute and apply; return status and answer."""
        try:
            parsed = submission.parse(body)
        except Rejected as error:
            return self._problem((error.code,), None)
        try:
            facts = authenticate.authenticate(parsed, self.state.get)
        except authenticate.Refused as error:
            if not error.recordable:
                return self._problem((error.code,), None)
            refusal = AdmissionRefusal(
                parsed.statement_id, parsed.type, parsed.organisation, error.code, error.signers
            )
            return self._answer(contracts.record_refusal(refusal, Context(self.time_ms), self.state.get), "")
        tags = TAGS.tags(tagged_values(facts.disclosures))
        decision = contracts.execute(replace(facts, tags=tags), Context(self.time_ms), self.state.get)
        return self._answer(decision, facts.statement_id)

    def _answer(self, decision: Decision, identifier: str) -> tuple[int, dict[str, Any]]:
        if decision.outcome == "replayed":
            return 200, self.placed[identifier]
        index = None
        if decision.entry is not None:
            index = len(self.entries)
            self.entries.append(decision.entry)
        self.state.update(decision.writes)
        if decision.outcome == "refused":
            return self._problem(decision.codes, index)
        if decision.entry is None:
            raise AssertionError("accepted without an entry")
        self.placed[identifier] = {
            "id": identifier,
            "index": index,
            "leaf": decision.leaf,
            "entry": base64.b64encode(decision.entry).decode(),
            "outcome": decision.outcome,
            "verdict": json.loads(decision.entry)["verdict"],
        }
        return 201, self.placed[identifier]

    def _problem(self, codes: tuple[str, ...], index: int | None) -> tuple[int, dict[str, Any]]:
        row = CODES[codes[0]]
        body: dict[str, Any] = {"code": codes[0], "codes": list(codes), "class": row.class_}
        if index is not None:
            body["refusal"] = {"index": index}
        return row.status, body

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one HTTP request."""
        path = request.url.path
        if path == "/token":
            return httpx2.Response(200, json={"access_token": "t", "expires_in": 300})
        if path == "/v1/statements":
            status, body = self.submit(request.content)
        else:
            status, body = self._found(path, json.loads(request.content), request.headers["x-organisation"])
        return httpx2.Response(status, json=body)

    def _found(self, path: str, asked: Mapping[str, str], organisation: str) -> tuple[int, dict[str, Any]]:
        if path.startswith("/v1/prescriptions"):
            (kind, value) = next(iter(asked.items()))
            owner = "" if kind == "hiRxno" else organisation
            found = self._value(keys.number(kind, TAGS.tag("codes", value)[0], owner))
            if not found or "rx" not in found:
                return self._problem(("RX_NOT_FOUND",), None)
            return 200, {"rx": found["rx"]}
        if "pharmacist" in asked:
            found = self._value(keys.head(asked["pharmacist"]))
            return 200, {"duty": found}
        found = self._value(keys.number("mdtrtId", TAGS.tag("codes", asked["mdtrtId"])[0], organisation))
        if found is None:
            return self._problem(("NOT_FOUND",), None)
        record = self._value(keys.consultation(found["consultation"])) or {}
        answer: dict[str, Any] = {"opened": {"id": found["consultation"]}}
        if "close" in record:
            leaf = (self._value(keys.leaf(record["close"])) or {})["leaf"]
            answer["closed"] = {"id": record["close"], "leaf": leaf}
        return 200, answer

    def _value(self, key: str) -> dict[str, Any] | None:
        raw = self.state.get(key)
        return None if raw is None else json.loads(raw)


class MemoryRing(KeyRing):
    """Keys whose clients call a ledger in memory."""

    ledger: MemoryLedger

    def client(self, address: str, organisation: str) -> Client:
        def handle(request: httpx2.Request) -> httpx2.Response:
            request.headers["x-organisation"] = organisation
            return self.ledger.handle(request)

        made = super().client(address, organisation)
        return Client(address, organisation, made._key, httpx2.MockTransport(handle))


def found(day: Day, folder: Path, time_ms: int) -> tuple[MemoryLedger, MemoryRing]:
    """Return a ledger with its genesis, and the cast's keys."""
    founders = folder / "founders"
    founders.mkdir(parents=True)
    root = AttestationRoot.generate()
    root.save(founders / "attestation-root.json")
    regulator = day.cast["regulator"]
    for code in [regulator["code"], *(each["code"] for each in regulator["officers"])]:
        generate("ES256").save(founders / f"{code}.json")
    key = PrivateKey.load(founders / f"{regulator['code']}.json")
    ring = MemoryRing(folder / "keys", founders, day.cast)
    ring.ledger = MemoryLedger(time_ms)
    host = registry.host(regulator["code"])
    body = build_genesis(
        Foundation(
            ORIGIN,
            "sandbox",
            f"{ORIGIN}+00000000+AQ",
            {kind: TAGS.newest_id(kind) for kind in ("people", "codes")},
            (Believed(root.aaguid, root.certificate, sandbox=True),),
        ),
        Regulator(regulator["code"], regulator["name"], key.alg, key.spki, host, (f"https://{host}",)),
        [Officer(person) for person in ring.officers()],
        time_ms // 1000,
    )
    status, answer = ring.ledger.submit(body)
    if status != 201:
        raise AssertionError(answer)
    return ring.ledger, ring


def play_day(day: Day, folder: Path) -> list[Verdict]:
    """Register the cast, play every step at its time, return the verdicts."""
    start_ms = min(step.time_ms for step in day.steps) - 86_400_000
    ledger, ring = found(day, folder, start_ms)
    regulator = ring.client("http://127.0.0.1:1", day.cast["regulator"]["code"])
    registrar.register(day, ring, regulator, ORIGIN, start_ms // 1000)
    outbox = Outbox(folder / "outbox.db")
    desks: dict[str, Desk] = {}
    verdicts: list[Verdict] = []
    for step in day.steps:
        ledger.time_ms = step.time_ms
        if step.sender not in desks:
            client = ring.client("http://127.0.0.1:1", step.sender)
            lookups = LedgerLookups(client, registrar.directory(day.cast))
            desks[step.sender] = Desk(
                step.sender, ORIGIN, client, outbox, lookups, lambda: ledger.time_ms // 1000, Profile()
            )
        verdicts.append(play(step, desks[step.sender], ring))
    outbox.close()
    return verdicts
