"""Signers, authenticators and trees of the verifier's tests: no code of the writer."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from verifier.base64url import encode

ORIGIN = "ledger.example/rx-test"
START_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
ECDSA = ec.ECDSA(SHA256())
AAGUID = bytes(range(16))
UNIT = "Authenticator Attestation"
USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
AAGUID_TEXT = "00010203-0405-0607-0809-0a0b0c0d0e0f"


def compact(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def root_hash(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + root_hash(leaves[:split]) + root_hash(leaves[split:])).digest()


def inclusion(leaves: list[bytes], index: int) -> list[bytes]:
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*inclusion(leaves[:split], index), root_hash(leaves[split:])]
    return [*inclusion(leaves[split:], index - split), root_hash(leaves[:split])]


class NoteSigner:
    def __init__(self, name: str, seed: int, kind: int) -> None:
        self.name, self.kind = name, kind
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = self.key.public_key().public_bytes_raw()
        self.id = sha256(name.encode() + b"\n" + bytes([kind]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    def line(self, text: bytes, time: int = 1_700_000_000) -> bytes:
        if self.kind == 4:
            message = b"cosignature/v1\ntime %d\n" % time + text
            payload = self.id + time.to_bytes(8, "big") + self.key.sign(message)
        else:
            payload = self.id + self.key.sign(text)
        return f"\u2014 {self.name} {b64encode(payload).decode()}\n".encode()


@dataclass
class Authenticator:
    credential_id: bytes
    rp_id: str
    origin: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0

    def assertion(self, statement_id: str, **knobs: Any) -> dict[str, str]:
        self.count += 1
        challenge = sha256(b"rx-presence/v1\x00" + bytes.fromhex(statement_id)).digest()
        client = {
            "type": "webauthn.get",
            "challenge": encode(challenge),
            "origin": self.origin,
            "crossOrigin": False,
        }
        client.update(knobs.get("client", {}))
        client_data = knobs.get("client_data", json.dumps(client).encode())
        rp_hash = sha256(knobs.get("rp_id", self.rp_id).encode()).digest()
        count = knobs.get("count", self.count)
        data = rp_hash + bytes([knobs.get("flags", 5)]) + count.to_bytes(4, "big") + knobs.get("extra", b"")
        signature = self.key.sign(data + sha256(client_data).digest(), ECDSA)
        return {
            "credential_id": encode(self.credential_id),
            "authenticator_data": encode(data),
            "client_data_json": encode(client_data),
            "signature": encode(signature),
        }


@dataclass
class Person:
    code: str
    role: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    authenticator: Authenticator | None = None

    @property
    def public(self) -> dict[str, str]:
        return {"alg": "ES256", "spki": encode(spki(self.key))}

    @property
    def alg(self) -> str:
        return "ES256"

    @property
    def kid(self) -> str:
        return f"{self.code}#{sha256(spki(self.key)).hexdigest()[:16]}"

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.key.sign(message, ECDSA))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Maker:
    """The maker of an authenticator model: a root certificate and packed attestations."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._certificate(self.key.public_key(), "root", True)

    def _certificate(
        self, public: Any, name: str, ca: bool, unit: str = UNIT, extra: tuple[Any, bool] | None = None
    ) -> x509.Certificate:
        usage = dict.fromkeys(USAGES, False) | {"key_cert_sign" if ca else "digital_signature": True}
        now = datetime(2025, 1, 1, tzinfo=UTC)
        named = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        if name != "root":
            named.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(named))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=9000))
            .add_extension(x509.BasicConstraints(ca, None), True)
            .add_extension(x509.KeyUsage(**usage), True)
        )
        if extra is not None:
            builder = builder.add_extension(*extra)
        return builder.sign(self.key, SHA256())

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def attest(self, device: Authenticator, subject: str, **knobs: Any) -> tuple[bytes, bytes]:
        """An attestation object and its client data; `key`, `data` and `statement` change what is made."""
        challenge = sha256(b"rx-enrolment/v1\x00" + ORIGIN.encode() + b"\x00" + subject.encode()).digest()
        client = {"type": "webauthn.create", "challenge": encode(challenge), "origin": device.origin}
        client.update(knobs.get("client", {}))
        client_data = json.dumps(client).encode()
        numbers = device.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        data = sha256(device.rp_id.encode()).digest() + bytes([0x45]) + bytes(4) + knobs.get("aaguid", AAGUID)
        data += len(device.credential_id).to_bytes(2, "big") + device.credential_id
        data = knobs.get("data", lambda made: made)(data + cbor(knobs.get("key", lambda made: made)(cose)))
        leaf_key = ec.generate_private_key(ec.SECP256R1())
        made = {"public": leaf_key.public_key(), "ca": False, **knobs.get("leaf", {})}
        leaf = self._certificate(name="leaf", **made)
        signature = leaf_key.sign(data + sha256(client_data).digest(), ECDSA)
        statement = {"alg": -7, "sig": signature, "x5c": [leaf.public_bytes(Encoding.DER)]}
        statement = knobs.get("statement", lambda made: made)(statement)
        attestation = {"fmt": "packed", "attStmt": statement, "authData": data}
        return cbor({**attestation, **knobs.get("members", {})}), client_data


def cbor(value: Any) -> bytes:
    def head(major: int, number: int) -> bytes:
        if number < 24:
            return bytes([major << 5 | number])
        width = 1 if number < 256 else 2
        return bytes([major << 5 | 23 + width]) + number.to_bytes(width, "big")

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())
