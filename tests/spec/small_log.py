"""The small log that `verifier/SPEC.md` shows: twelve entries, the same bytes at every run.

Secrets are hashes of their names, signatures are those of RFC 6979, ids and salts are numbered; all else
goes the ordinary way, through `submission.parse`, `authenticate` and `contracts.execute`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from api.client.attestation import SANDBOX_AAGUID, AttestationRoot
from api.client.authenticator import SoftwareAuthenticator
from api.client.signing import Person, PrivateKey, sign
from contracts import Context, Decision, execute
from contracts.statements import base64url, disclosures, enrolment, log_key, strict_json, submission
from contracts.statements.authenticate import authenticate
from contracts.tagging import tagged_values
from contracts.time import from_text
from contracts.types import TYPES
from ledger import receipts
from ledger.merkle import Tree
from ledger.note import COSIGNATURE_V1, LogSigner, SignatureLine, VerifierKey, with_signature_lines
from ledger.tags import KINDS, TagKeys

ORIGIN = "ledger.example/rx-spec"
START_MS = from_text("2026-03-02T00:00:00Z")
COSIGNED_S = START_MS // 1000 + 600
REGULATOR, HOSPITAL, DOCTOR = "R99000000001", "H99000000001", "D990000000001"
OFFICERS = ("G990000000001", "G990000000002")
WITNESS = "witness.example/w1"
SITES: dict[str, dict[str, Any]] = {
    HOSPITAL: {"id": "hospital.example", "origins": ["https://rx.hospital.example"]},
    REGULATOR: {"id": "bureau.example", "origins": ["https://bureau.example"]},
}
_VALID = {"valid_from": "2026-01-01", "valid_to": "2027-12-31"}
_HOSPITAL: dict[str, Any] = {
    "code": HOSPITAL,
    "name": "Example Hospital",
    "role": "hospital",
    "licence": "L1",
    **_VALID,
    "service_modes": ["internet"],
    "site": "1 Example Road",
    "latitude_microdegrees": 39_900_000,
    "longitude_microdegrees": 116_400_000,
    "relying_party": SITES[HOSPITAL],
}
_ECDSA = ec.ECDSA(SHA256(), deterministic_signing=True)


def secret(name: str) -> bytes:
    """Return the 32 bytes that stand for a random value of this name."""
    return hashlib.sha256(f"rx-spec/{name}".encode()).digest()


def p256(name: str) -> ec.EllipticCurvePrivateKey:
    """Return the key whose private scalar is `secret(name)`."""
    return ec.derive_private_key(int.from_bytes(secret(name), "big"), ec.SECP256R1())


class FixedKey(PrivateKey):
    """A key that signs the same message with the same bytes."""

    def __init__(self, name: str) -> None:
        key = p256(name)
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        super().__init__("ES256", private, public)
        self._key = key

    def sign(self, message: bytes) -> bytes:
        """Return r‖s."""
        r, s = decode_dss_signature(self._key.sign(message, _ECDSA))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class FixedAuthenticator(SoftwareAuthenticator):
    """An authenticator that signs the same message with the same bytes."""

    @staticmethod
    def _sign(key: ec.EllipticCurvePrivateKey, data: bytes, client_data: bytes) -> bytes:
        return key.sign(data + hashlib.sha256(client_data).digest(), _ECDSA)


class FixedMaker(AttestationRoot):
    """A maker of authenticators with fixed certificates."""

    def __init__(self) -> None:
        self._root_key = p256("maker")
        super().__init__(SANDBOX_AAGUID, self._root_key, self._issued("maker", "Attestation Root"))

    def attest(self) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
        """Return the attestation key and its certificate."""
        return p256("attestation"), self._issued("attestation", "Authenticator Attestation").public_bytes(
            Encoding.DER
        )

    def _issued(self, name: str, unit: str) -> x509.Certificate:
        is_root = name == "maker"
        usage = x509.KeyUsage(not is_root, False, False, False, False, is_root, False, False, False)
        return (
            x509.CertificateBuilder()
            .subject_name(_name(unit))
            .issuer_name(_name("Attestation Root"))
            .public_key(p256(name).public_key())
            .serial_number(1 if is_root else 2)
            .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2046, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._root_key, SHA256(), ecdsa_deterministic=True)
        )


def _name(unit: str) -> x509.Name:
    values = {NameOID.COUNTRY_NAME: "CN", NameOID.ORGANIZATION_NAME: "Example"}
    values |= {NameOID.ORGANIZATIONAL_UNIT_NAME: unit, NameOID.COMMON_NAME: unit}
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in values.items()])


@dataclass(frozen=True)
class Step:
    """A submission, its time, and what became of it."""

    body: bytes
    submission: submission.Submission
    time_ms: int
    index: int
    decision: Decision

    @property
    def leaf(self) -> bytes:
        """The leaf hash of the entry."""
        return bytes.fromhex(self.decision.leaf or "")

    @property
    def entry(self) -> bytes:
        """The entry."""
        return self.decision.entry or b""


@dataclass
class SmallLog:
    """A log that grows by `send`; state is a dictionary, the host's part is done here."""

    state: dict[str, bytes] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    time_ms: int = START_MS
    tags: TagKeys = field(default_factory=lambda: TagKeys({kind: (secret(f"tag/{kind}"),) for kind in KINDS}))
    signer: LogSigner = field(default_factory=lambda: LogSigner(ORIGIN, secret("log")))
    maker: FixedMaker = field(default_factory=FixedMaker)
    next_signer: LogSigner | None = None  # signs too once the log was handed over
    witness: Ed25519PrivateKey = field(
        default_factory=lambda: Ed25519PrivateKey.from_private_bytes(secret("witness"))
    )

    def send(
        self,
        type_: str,
        organisation: str,
        signers: list[Person],
        members: dict[str, Any],
        opened: dict[str, Any] | None = None,
    ) -> Step:
        """Build, sign, judge and append one statement; ledger time is one second later each time."""
        index = len(self.steps)
        encoded = [
            disclosures.make(group, value, secret(f"{index}/salt/{group}")[:16])
            for group, value in (opened or {}).items()
        ]
        digests = [disclosures.digest(text) for text in encoded]
        decoys = TYPES[type_].digests - len(digests)
        digests += [base64url.encode(secret(f"{index}/decoy/{place}")) for place in range(decoys)]
        payload = {
            "iss": organisation,
            "aud": ORIGIN,
            "jti": base64url.encode(secret(f"{index}/jti")[:16]),
            "iat": self.time_ms // 1000,
            "type": type_,
            "signers": [{"code": person.code, "role": person.role} for person in signers],
            "_sd": sorted(digests),
            "_sd_alg": "sha-256",
            **members,
        }
        body = sign(strict_json.dumps(payload), encoded, signers, TYPES[type_].presence)
        return self._take(body, index)

    def _take(self, body: bytes, index: int) -> Step:
        parsed = submission.parse(body)
        facts = authenticate(parsed, self.state.get)
        facts = replace(facts, tags=self.tags.tags(tagged_values(facts.disclosures)))
        decision = execute(facts, Context(self.time_ms), self.state.get)
        self.state.update(decision.writes)
        step = Step(body, parsed, self.time_ms, index, decision)
        self.tree.append(step.leaf)
        self.steps.append(step)
        self.time_ms += 1000
        return step

    @property
    def witness_key(self) -> VerifierKey:
        """The witness's key as readers pin it."""
        return VerifierKey(WITNESS, COSIGNATURE_V1, self.witness.public_key().public_bytes_raw())

    def checkpoint(self) -> bytes:
        """The checkpoint of the whole log, signed and cosigned."""
        note = self.signer.sign(self.tree.size, self.tree.root())
        if self.next_signer is not None:
            second = self.next_signer.sign(self.tree.size, self.tree.root()).rpartition(b"\n\n")[2]
            note = with_signature_lines(note, [second.decode()])
        text = note.rpartition(b"\n\n")[0] + b"\n"
        signature = self.witness.sign(f"cosignature/v1\ntime {COSIGNED_S}\n".encode() + text)
        payload = COSIGNED_S.to_bytes(8, "big") + signature
        return with_signature_lines(note, [SignatureLine(WITNESS, self.witness_key.key_id, payload).text])

    def receipt(self, index: int) -> bytes:
        """The receipt of an entry under that checkpoint."""
        return receipts.for_index(self.tree, index, self.checkpoint())

    def trust(self) -> dict[str, Any]:
        """The trust file of a reader of this log."""
        vkey = self.signer.verifier_key.text
        return {
            "format": "rx-trust/v1",
            "origin": ORIGIN,
            "log_keys": [vkey],
            "genesis": self.steps[0].leaf.hex(),
            "profile": "sandbox",
            "policy": f"log {vkey}\nwitness w1 {self.witness_key.text}\nquorum w1\n",
        }

    def files(self) -> dict[str, bytes]:
        """The exported folder, by path; the log is smaller than one tile."""
        width = self.tree.size
        bundle = b"".join(len(step.entry).to_bytes(2, "big") + step.entry for step in self.steps)
        return {
            "checkpoint": self.checkpoint(),
            f"tile/0/000.p/{width}": b"".join(step.leaf for step in self.steps),
            f"tile/entries/000.p/{width}": bundle,
        }


def person(code: str, role: str, organisation: str) -> Person:
    """Return somebody whose keys have the names `<code>` and `<code>/authenticator`."""
    site = SITES[organisation]
    device = FixedAuthenticator(
        site["id"], site["origins"][0], p256(f"{code}/authenticator"), secret(f"{code}/credential")
    )
    return Person(code, role, FixedKey(code), device)


@cache
def build() -> SmallLog:
    """Return the log of the page."""
    return _built()


@cache
def handed_over() -> SmallLog:
    """Return that log with one entry more, which hands it over to its next key."""
    log = _built()
    seed = secret("log/next")
    vkey = LogSigner(ORIGIN, seed).verifier_key.text
    proof = Ed25519PrivateKey.from_private_bytes(seed).sign(log_key.message(ORIGIN, vkey))
    members = {
        "log_vkey": vkey,
        "possession": base64url.encode(proof),
        "overlap_until": "2026-04-01T00:00:00Z",
    }
    officers = [person(code, "officer", REGULATOR) for code in OFFICERS]
    log.send("governance.log_key", REGULATOR, officers, members)
    log.next_signer = LogSigner(ORIGIN, seed)
    return log


def _built() -> SmallLog:
    log = SmallLog()
    officers = [person(code, "officer", REGULATOR) for code in OFFICERS]
    doctor = person(DOCTOR, "doctor", HOSPITAL)
    _registry(log, officers, doctor)
    _knowledge(log, officers)
    _prescription(log, doctor)
    return log


def _registry(log: SmallLog, officers: list[Person], doctor: Person) -> None:
    def register(word: str, members: dict[str, Any], first: Person | None = None, **opened: Any) -> None:
        signers = [*([first] if first else []), officers[0]]
        log.send(f"registry.{word}", REGULATOR, signers, members, opened)

    log.send("governance.genesis", REGULATOR, officers, _genesis(log, officers))
    register("organisation", _HOSPITAL)
    register("person", {"code": DOCTOR, "role": "doctor"}, identity={"name": "甲医生"})
    licence = {"person": DOCTOR, "licence": "L2", "sites": [HOSPITAL], "scope": ["内分泌科"], **_VALID}
    register("licence", licence)
    register("key", {"subject": DOCTOR, "role": "doctor", "key": doctor.key.public()}, doctor)
    register("authenticator", {"person": DOCTOR, "organisation": HOSPITAL, **_enrolled(log, doctor)}, doctor)


def _genesis(log: SmallLog, officers: list[Person]) -> dict[str, Any]:
    regulator = {"code": REGULATOR, "name": "Example Bureau", "relying_party": SITES[REGULATOR]}
    return {
        "log_vkey": log.signer.verifier_key.text,
        "profile": "sandbox",
        "regulator": {**regulator, "key": FixedKey(REGULATOR).public()},
        "officers": [
            {"code": one.code, "key": one.key.public(), "authenticators": [_enrolled(log, one)]}
            for one in officers
        ],
        "tag_keys": {kind: log.tags.newest_id(kind) for kind in KINDS},
        "attestation_roots": [log.maker.genesis_member()],
        "certificate_roots": [],
        "utc_offset_minutes": 480,
    }


def _enrolled(log: SmallLog, who: Person) -> dict[str, Any]:
    if who.authenticator is None:
        raise ValueError("nobody without an authenticator is enrolled")
    return who.authenticator.enrol(enrolment.challenge(ORIGIN, who.code), log.maker).members()


def _knowledge(log: SmallLog, officers: list[Person]) -> None:
    drug: dict[str, Any] = {"code": "XA10BAA001", "name": "盐酸二甲双胍片", "class": "ordinary"}
    drug |= {"monitored": False, "online_forbidden": False}
    levels = [{"product": "8990002", "level": 1, "units": 60, "unit": "片"}]
    members = {"drugs": [{**drug, "levels": levels}], "recalls": []}
    part = log.send("governance.knowledge_part", REGULATOR, officers[:1], members)
    version = {"version": "2026-03", "parts": [part.submission.statement_id]}
    log.send("governance.knowledge", REGULATOR, officers, version)


_IDENTITY = {"name": "乙患者", "certificate_type": "01", "certificate_number": "990000195507190221"}
_TURNS = {"doctor_turns": 6, "patient_turns": 5, "unread_patient_messages": 0}
_CLINICAL: dict[str, Any] = {
    "business_type": "02",
    "type_code": "1",
    "department": "内分泌科",
    "long_term": True,
}
_CLINICAL |= {"refill": False, "first_visit": False, "diagnoses": [{"code": "E11.900"}]}
_LINE = {"drug": "XA10BAA001", "quantity": "1", "unit": "盒", "days": "28"}


def _prescription(log: SmallLog, doctor: Person) -> None:
    def act(type_: str, members: dict[str, Any], **opened: Any) -> Step:
        return log.send(type_, HOSPITAL, [doctor], members, opened)

    visit = {"mdtrtId": "M1"}
    opened = act(
        "consultation.opened",
        {"doctor": DOCTOR, "mode": "video"},
        identity=_IDENTITY,
        identifiers=visit,
        clinical={"first_visit": False},
    )
    consultation = opened.submission.statement_id
    issue: dict[str, Any] = {"consultation": consultation, "prescriber": DOCTOR, "validity_days": 3}
    issue["origin"] = {"authorship": "human"}
    numbers = {"hiRxno": "990000000001", "hospRxno": "RX1", **visit}
    groups: dict[str, Any] = {
        "identity": _IDENTITY,
        "patient": {"age": "70", "sex": "1"},
        "identifiers": numbers,
    }
    groups |= {"clinical": _CLINICAL, "lines": [_LINE]}
    early = act("prescription.issued", issue, **groups)
    log.time_ms += 300_000
    turns = {**_TURNS, "drug_chosen_before_consultation": False}
    close = act("consultation.closed", {"consultation": consultation, "doctor": DOCTOR}, clinical=turns)
    issue |= {"after": close.leaf.hex(), "corrects": early.submission.statement_id}
    act("prescription.issued", issue, **groups)


def decoded(text: str) -> Any:
    """Return the JSON value in a base64url text."""
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
