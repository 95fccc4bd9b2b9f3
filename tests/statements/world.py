"""A small registry in memory: a ledger's state as authentication reads it, and the people in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.client.attestation import AttestationRoot
from api.client.authenticator import SoftwareAuthenticator
from api.client.signing import Person, PrivateKey, build, generate, sign
from contracts import keys
from contracts.errors import Rejected
from contracts.facts import Facts, Json
from contracts.statements import base64url, strict_json, submission
from contracts.statements.authenticate import Refused, authenticate

ORIGIN = "rx.example.org/log"
HOSPITAL = "H99000000001"
RELYING_PARTY = {"id": "h1.example.org", "origins": ["https://h1.example.org"]}
IAT = 1_780_000_000

LINE: dict[str, Json] = {
    "drug": "86900001000001",
    "name": "阿莫西林胶囊",
    "quantity": "2",
    "unit": "盒",
    "days": "7",
    "dose": "0.5",
    "dose_unit": "g",
    "frequency": "tid",
}
GROUPS: dict[str, Json] = {
    "identity": {"name": "张三", "certificate_type": "01", "certificate_number": "110101199003070011"},
    "patient": {"age": "36", "sex": "1"},
    "identifiers": {"hiRxno": "990000202601010001", "hospRxno": "RX1", "mdtrtId": "M1"},
    "clinical": {
        "business_type": "1",
        "type_code": "1",
        "department": "内科",
        "long_term": False,
        "refill": False,
        "first_visit": False,
        "diagnoses": [{"code": "J06.9", "name": "急性上呼吸道感染"}],
    },
    "lines": [LINE],
}


@dataclass
class World:
    """State as bytes by key, the attestation root, and a counter for the codes of new people."""

    state: dict[str, bytes] = field(default_factory=dict)
    root: AttestationRoot = field(default_factory=AttestationRoot.generate)

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Set a state value."""
        self.state[key] = strict_json.dumps(value)

    @property
    def read(self) -> Callable[[str], bytes | None]:
        """The state as contracts read it."""
        return self.state.get

    def genesis(self, profile: str = "sandbox", certificate_roots: list[str] | None = None) -> None:
        """Set the ledger's own facts and the hospital."""
        roots = [self.root.genesis_member()]
        self.put(
            keys.GENESIS,
            {
                "origin": ORIGIN,
                "profile": profile,
                "attestation_roots": roots,
                "certificate_roots": certificate_roots or [],
            },
        )
        self.put(keys.organisation(HOSPITAL), {"role": "hospital", "relying_party": RELYING_PARTY})

    def person(self, code: str, role: str = "doctor", alg: str = "ES256", usage: str = "statement") -> Person:
        """Register somebody with a key and an authenticator."""
        key = generate(alg)
        self.register_key(code, role, key, usage)
        authenticator = SoftwareAuthenticator(str(RELYING_PARTY["id"]), "https://h1.example.org")
        credential = base64url.encode(authenticator.credential_id)
        self.put(keys.authenticator(credential), {"person": code, "public_key": _spki(authenticator)})
        return Person(code, role, key, authenticator)

    def register_key(self, code: str, role: str, key: PrivateKey, usage: str = "statement") -> None:
        """Register a key of somebody."""
        self.put(keys.key(key.kid(code)), {"subject": code, "role": role, "usage": usage, **key.public()})


def _spki(authenticator: SoftwareAuthenticator) -> str:
    key = authenticator.key.public_key()
    return base64url.encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def new_world() -> World:
    """Return a world with genesis and one hospital."""
    world = World()
    world.genesis()
    return world


def issue(
    person: Person,
    members: dict[str, Json] | None = None,
    groups: dict[str, Json] | None = None,
    **changes: Any,
) -> bytes:
    """Return a prescription that `person` issues, of valid form unless changed."""
    arguments: dict[str, Any] = {"iss": HOSPITAL, "aud": ORIGIN, "iat": IAT, "signers": [person], **changes}
    public: dict[str, Json] = {
        "consultation": "ab" * 32,
        "after": "cd" * 32,
        "prescriber": person.code,
        "validity_days": 3,
        **(members or {}),
    }
    return build("prescription.issued", public, GROUPS if groups is None else groups, **arguments)


def facts_of(body: bytes, world: World) -> Facts:
    """Return the facts of a body."""
    return authenticate(submission.parse(body), world.read)


def refusal(body: bytes, world: World) -> Refused:
    """Return the refusal that a well-formed body meets."""
    parsed = submission.parse(body)
    with pytest.raises(Refused) as refused:
        authenticate(parsed, world.read)
    return refused.value


def parse_code(body: bytes) -> str:
    """Return the code with which a body is not even parsed."""
    with pytest.raises(Rejected) as refused:
        submission.parse(body)
    return refused.value.code


def edited(body: bytes, change: Any) -> bytes:
    """Return the body after `change` has edited its parsed envelope."""
    envelope = json.loads(body)
    change(envelope)
    return json.dumps(envelope).encode()


def resigned(body: bytes, person: Person, change: Any, present: bool = True) -> bytes:
    """Return the body with an edited payload, signed again."""
    envelope = json.loads(body)
    payload = json.loads(base64url.decode(envelope["payload"]))
    change(payload)
    given = envelope["signatures"][0].get("header", {}).get("disclosures", [])
    return sign(strict_json.dumps(payload), given, [person], present)
