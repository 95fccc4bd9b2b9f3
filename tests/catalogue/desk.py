"""A hospital and a pharmacy that submit over HTTP, and what must hold after every bad input.

`Desk.refuse` sends something bad and checks the common expectation of the catalogue: the status and
code, no echo, no entry but at most one refusal, no other state changed, the next valid one served.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from api.client.authenticator import Behaviour
from api.client.http import AccessKey, Client
from api.client.signing import Person, build, generate, protected_header
from api.sandbox.stage import ORIGIN
from contracts.facts import Json
from contracts.statements import base64url, jws, presence
from tests.api.serving import REGULATOR, Site

METFORMIN = "XA10BAA001A001010029999"
H1, H2, P1, P2 = "H99000000001", "H99000000002", "P99000000001", "P99000000002"
DOCTOR, DOCTOR_SM2 = "D990000000001", "D990000000002"
PHARMACIST, YS1, YS2, YS3, YS4 = "HY990000000001", *(f"YS99000000000{n}" for n in (1, 2, 3, 4))
PATIENT = "990000195507190221"
# A refusal is counted, opens a ticket for wrong data, and counts for a doctor's pace; it writes nothing else.
OF_A_REFUSAL = ("pub/quota/", "pub/refused/", "pub/ticket", "pub/issue", "pvt/trips/", "pvt/caught/")
Lines = list[dict[str, Json]]


@dataclass
class Desk:
    """Builds what people sign and keeps count, so that each row stands alone."""

    site: Site
    count: int = 0
    packs: int = 500
    witness: str = ""  # a prescription that nothing bad may change
    suspects: set[int] = field(default_factory=set)  # entries inside an announced window of compromise

    # -- building ------------------------------------------------------------------------------

    def person(self, code: str, organisation: str) -> Person:
        """A member of the cast at an organisation."""
        return self.site.ring.person(code, organisation)

    def body(
        self,
        type_: str,
        organisation: str,
        signers: list[str],
        members: Mapping[str, Json],
        groups: Mapping[str, Json] | None = None,
        shift_s: int = 0,
    ) -> bytes:
        """A well-signed submission."""
        people = [self.person(code, organisation) for code in signers]
        iat = self.site.clock.now_ms() // 1000 + shift_s
        return build(type_, members, groups or {}, iss=organisation, aud=ORIGIN, iat=iat, signers=people)

    def post(self, body: bytes, organisation: str) -> httpx2.Response:
        """Submit."""
        return self.site.post("/v1/statements", body, organisation)

    def commit(self, body: bytes, organisation: str) -> dict[str, Any]:
        """Submit what is good; returns the answer."""
        answer = self.post(body, organisation)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def wait(self, seconds: int) -> None:
        """Let ledger time pass."""
        self.site.clock.set(self.site.clock.now_ms() + seconds * 1000)

    def consult(self) -> tuple[str, str]:
        """A whole consultation: its id and the leaf of its close."""
        self.count += 1
        self.wait(60)
        groups: dict[str, Json] = {
            "identity": {"name": "白芷若", "certificate_number": PATIENT},
            "identifiers": {"mdtrtId": f"990000CAT{self.count}"},
            "clinical": {"first_visit": False},
        }
        members: dict[str, Json] = {"doctor": DOCTOR, "mode": "text"}
        opened = self.commit(self.body("consultation.opened", H1, [DOCTOR], members, groups), H1)["id"]
        self.wait(300)
        turns: dict[str, Json] = {"doctor_turns": 3, "patient_turns": 3, "unread_patient_messages": 0}
        clinical: dict[str, Json] = {"clinical": {**turns, "drug_chosen_before_consultation": False}}
        members = {"consultation": opened, "doctor": DOCTOR}
        closed = self.commit(self.body("consultation.closed", H1, [DOCTOR], members, clinical), H1)
        return opened, closed["leaf"]

    def issue(self, **changed: Any) -> bytes:
        """A good prescription after a consultation of its own; `changed` spoils one thing."""
        consultation, after = changed.pop("after", None) or self.consult()
        line: dict[str, Json] = {
            "drug": METFORMIN,
            "quantity": "1",
            "unit": "盒",
            "days": "20",
            **changed.pop("line", {}),
        }
        groups: dict[str, Json] = {
            "identity": {"name": "白芷若", "certificate_number": PATIENT},
            "patient": {"age": "70", "sex": "2"},
            "identifiers": {"hiRxno": f"99{self.count:024d}", **changed.pop("identifiers", {})},
            "clinical": {
                "business_type": "02",
                "type_code": "1",
                "department": "内分泌科",
                "long_term": True,
                "refill": False,
                "first_visit": False,
                "diagnoses": [{"code": "E11.900"}],
            },
            "lines": [line],
        }
        members: dict[str, Json] = {
            "consultation": consultation,
            "after": after,
            "prescriber": DOCTOR,
            "validity_days": 3,
            "origin": {"authorship": "human"},
            **changed.pop("members", {}),
        }
        return self.body("prescription.issued", H1, [DOCTOR], members, groups, **changed)

    def issued(self) -> str:
        """The id of a committed prescription."""
        return str(self.commit(self.issue(), H1)["id"])

    def act(self, type_: str, rx: str, pharmacy: str = P1, **given: Any) -> bytes:
        """A step on a prescription by the pharmacy's people, or by the hospital's."""
        pair = [YS1, YS2] if pharmacy == P1 else [YS3, YS4]
        if type_ == "review.hospital":
            members: dict[str, Json] = {"reviewer": PHARMACIST, "decision": given.get("decision", "approved")}
            opinion: dict[str, Json] = {"clinical": {"opinion": f"同意 {rx[:8]}"}}
            return self.body(type_, H1, [PHARMACIST], {"rx": rx, **members}, opinion)
        if type_ == "review.pharmacy":
            members = {"reviewer": pair[0], "second_reviewer": pair[1], "decision": "approved"}
            opinion = {"clinical": {"opinion": f"通过 {rx[:8]}"}}
            return self.body(type_, pharmacy, pair, {"rx": rx, **members}, opinion)
        if type_ == "prescription.cancelled":
            hospital, doctor = given.get("by", (H1, DOCTOR))
            return self.body(type_, hospital, [doctor], {"rx": rx})
        return self.body(type_, pharmacy, pair[:1], {"rx": rx})

    def sale(self, rx: str, codes: list[str], pharmacy: str = P1, **given: Any) -> bytes:
        """A sale of whole packs."""
        pair = [YS1, YS2] if pharmacy == P1 else [YS3, YS4]
        self.count += 1
        lines: Lines = [
            {"drug": METFORMIN, "quantity": str(len(codes)), "unit": "盒", **given.get("line", {})}
        ]
        groups: dict[str, Json] = {
            "identifiers": {"setl_id": f"990000S{self.count}"},
            "lines": [*lines],
            "codes": [{"code": code, "line": 0} for code in codes],
        }
        members: dict[str, Json] = {"rx": rx, "preparer": pair[1], "checker": pair[0]}
        return self.body("dispensing.dispensed", pharmacy, pair, members, groups)

    def ready(self, pharmacy: str = P1) -> str:
        """A prescription that a pharmacy may dispense."""
        rx = self.issued()
        for step in ("review.hospital", "prescription.claimed", "review.pharmacy"):
            body = self.act(step, rx, pharmacy)
            self.commit(body, H1 if step == "review.hospital" else pharmacy)
        return rx

    def code(self) -> str:
        """A fresh trace code of the drug."""
        self.packs += 1
        return f"8990002{self.packs:013d}"

    def open_duties(self) -> None:
        """Everybody on duty, as at the start of a day."""
        for code, shop in ((YS1, P1), (YS2, P1), (YS3, P2), (YS4, P2)):
            self.commit(self.body("duty.opened", shop, [code], {"site": shop}), shop)
        self.witness = self.issued()

    def courier(self) -> Client:
        """A courier's client: an organisation that is registered for this alone."""
        code = f"C9900000{self.count:05d}"
        members: dict[str, Json] = {
            "code": code,
            "name": "快递",
            "role": "courier",
            "licence": "K",
            "valid_from": "2025-01-01",
            "valid_to": "2027-12-31",
            "service_modes": [],
            "site": "990000",
            "latitude_microdegrees": 0,
            "longitude_microdegrees": 0,
        }
        officer = self.site.ring.officers()[0]
        self.commit(self.body("registry.organisation", REGULATOR, [officer.code], members), REGULATOR)
        own = Person(code, "organisation", generate("ES256"))
        enrolled: dict[str, Json] = {"subject": code, "role": "organisation", "key": own.key.public()}
        iat = self.site.clock.now_ms() // 1000
        body = build("registry.key", enrolled, {}, iss=REGULATOR, aud=ORIGIN, iat=iat, signers=[own, officer])
        self.commit(body, REGULATOR)
        return Client(self.site.address, code, AccessKey(own.kid, own.key.alg, own.key.sign))

    # -- the common expectation ------------------------------------------------------------------

    def state_of_witness(self) -> str:
        """What a reader sees of the prescription that nothing bad may change."""
        found = self.site.http.get(f"/v1/prescriptions/{self.witness}", headers=self.site.bearer(H1))
        assert found.status_code == 200, found.text
        return found.text

    def _entries(self, size: int) -> list[tuple[Any, ...]]:
        """The first entries, with all that their first receipts are made from."""
        columns = "idx, bytes, leaf, statement_id, signed_size"
        return self.site.ledger._parts.store.rows(
            f"SELECT {columns} FROM entry WHERE idx < ? ORDER BY idx", (size,)
        )

    def _state(self) -> dict[str, bytes]:
        """The whole state, but for what a refusal may write: that it happened."""
        both = "SELECT key, value FROM public_state UNION ALL SELECT key, value FROM vault.private_state"
        rows: dict[str, bytes] = dict(self.site.ledger._parts.store.rows(both))
        return {key: value for key, value in rows.items() if not key.startswith(OF_A_REFUSAL)}

    def refuse(
        self, body: bytes, organisation: str, status: int, code: str, entry: bool | None = None
    ) -> dict[str, Any]:
        """Send something bad: the given answer, and nothing changed but at most one refusal entry."""
        size, before = self.site.ledger.size, self.state_of_witness()
        entries, state = self._entries(size), self._state()
        answer = self.post(body, organisation)
        told: dict[str, Any] = answer.json()
        assert (answer.status_code, told["code"]) == (status, code), answer.text
        assert told["codes"][0] == code and told["zh"]["fix"] and told["request_id"]
        assert PATIENT not in answer.text and "白芷若" not in answer.text
        self._check_log(size, code, entry)
        assert self.state_of_witness() == before
        assert self._entries(size) == entries, "an accepted entry, or its receipt, is another"
        assert {key for key, _ in self._state().items() ^ state.items()} == set()
        assert self.post(self.site.opening(H1, visit=f"990000N{size}"), H1).status_code == 201
        return told

    def _check_log(self, size: int, code: str, entry: bool | None) -> None:
        grown = self.site.ledger.size - size
        assert grown in (0, 1)
        if entry is not None:
            assert grown == int(entry)
        if grown:
            written = json.loads(self.site.ledger.entry(size))
            assert written["refused"]["codes"][0] == code
            assert "statement" not in written

    # -- spoiling --------------------------------------------------------------------------------

    def with_header(self, **changed: Any) -> bytes:
        """A good statement whose protected header is another."""

        def change(element: dict[str, Any]) -> None:
            header = json.loads(base64url.decode(element["protected"]))
            header.update(changed)
            element["protected"] = base64url.encode(json.dumps(header).encode())

        return self.with_element(change)

    def with_element(self, change: Callable[[dict[str, Any]], None], by: str = DOCTOR) -> bytes:
        """A good statement by a doctor whose signature element is changed."""
        members: dict[str, Json] = {"doctor": by, "mode": "text"}
        groups: dict[str, Json] = {
            "identity": {"name": "白芷若", "certificate_number": PATIENT},
            "identifiers": {"mdtrtId": "990000X"},
            "clinical": {"first_visit": False},
        }
        envelope = json.loads(self.body("consultation.opened", H1, [by], members, groups))
        change(envelope["signatures"][0])
        return json.dumps(envelope).encode()

    def with_presence(self, behaviour: Behaviour, challenge: bytes | None = None) -> bytes:
        """A good prescription whose assertion was made otherwise."""
        envelope = json.loads(self.issue())
        doctor = self.person(DOCTOR, H1)
        assert doctor.authenticator is not None
        payload = base64url.decode(envelope["payload"])
        wanted = challenge or presence.challenge(statement_id(payload))
        header = envelope["signatures"][0]["header"]
        header["presence"] = doctor.authenticator.assertion(wanted, behaviour)
        return json.dumps(envelope).encode()

    def resign(self, body: bytes, organisation: str, code: str, change: Callable[[Any], None]) -> bytes:
        """The submission with an edited payload, signed again by one person."""
        envelope = json.loads(body)
        payload = json.loads(base64url.decode(envelope["payload"]))
        change(payload)
        text = base64url.encode(json.dumps(payload).encode())
        person = self.person(code, organisation)
        element = envelope["signatures"][0]
        element["protected"] = protected_header(person)
        signed = person.key.sign(jws.signing_input(element["protected"], text))
        element["signature"] = base64url.encode(signed)
        return json.dumps({"payload": text, "signatures": [element]}).encode()

    def rulebook(self, **members: Json) -> bytes:
        """A rulebook by two officers."""
        officers = [one.code for one in self.site.ring.officers()]
        given: dict[str, Json] = {"version": "1", "parameters": {}, **members}
        return self.body("governance.rulebook", REGULATOR, officers[:2], given)


def statement_id(payload: bytes) -> str:
    """SHA-256 of the payload bytes, in hex."""
    return hashlib.sha256(payload).hexdigest()
