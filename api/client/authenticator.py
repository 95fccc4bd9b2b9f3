"""An authenticator in software: packed attestation and assertions as a security key makes them.

For the sandbox and for tests. Its root is listed in genesis as a sandbox root, which a production
profile refuses: this program claims that a person was verified and verifies nobody.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from api.client import key_files
from api.client.attestation import AttestationRoot, encode_cbor
from contracts.facts import Json
from contracts.statements import base64url

FORMAT = "rx-software-authenticator/v1"
_PRESENT_AND_VERIFIED = 0x05
_ATTESTED = 0x40
_ES256 = -7
_CREDENTIAL_ID_BYTES = 32


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How an authenticator and its browser answer; the defaults are an honest answer.

    The rest is what a careless or hostile one would send: `extra` bytes after the authenticator
    data, `client_data` instead of the honest clientDataJSON, another counter.
    """

    flags: int = _PRESENT_AND_VERIFIED
    type: str | None = None
    origin: str | None = None
    relying_party: str | None = None
    cross_origin: bool = False
    top_origin: str | None = None
    extra: bytes = b""
    sign_count: int | None = None
    client_data: bytes | None = None
    fmt: str = "packed"
    self_attested: bool = False


HONEST = Behaviour()


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What enrols a credential, in base64url as `registry.authenticator` carries it."""

    attestation_object: str
    client_data_json: str

    def members(self) -> dict[str, Json]:
        """Return both as payload members."""
        return {
            "attestation_object": self.attestation_object,
            "client_data_json": self.client_data_json,
        }


class SoftwareAuthenticator:
    """One credential for one organisation's site. With a `path` the counter survives a restart."""

    def __init__(
        self,
        relying_party: str,
        origin: str,
        key: ec.EllipticCurvePrivateKey | None = None,
        credential_id: bytes = b"",
        sign_count: int = 0,
        path: Path | None = None,
    ) -> None:
        self.relying_party = relying_party
        self.origin = origin
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.credential_id = credential_id or secrets.token_bytes(_CREDENTIAL_ID_BYTES)
        self.sign_count = sign_count
        self.path = path

    def assertion(self, challenge: bytes, behaviour: Behaviour = HONEST) -> dict[str, str]:
        """Return the presence header that answers `challenge`; the counter grows by one."""
        self.sign_count += 1
        if self.path is not None:
            self.save(self.path)
        client_data = self._client_data("webauthn.get", challenge, behaviour)
        data = self._data(behaviour.flags, behaviour) + behaviour.extra
        return {
            "credential_id": base64url.encode(self.credential_id),
            "authenticator_data": base64url.encode(data),
            "client_data_json": base64url.encode(client_data),
            "signature": base64url.encode(self._sign(self.key, data, client_data)),
        }

    def enrol(self, challenge: bytes, root: AttestationRoot, behaviour: Behaviour = HONEST) -> Enrolment:
        """Return the registration that answers `challenge`, attested under `root`."""
        client_data = self._client_data("webauthn.create", challenge, behaviour)
        data = self._data(behaviour.flags | _ATTESTED, behaviour) + self._credential(root)
        data += behaviour.extra
        return Enrolment(
            base64url.encode(
                encode_cbor(
                    {
                        "fmt": behaviour.fmt,
                        "attStmt": self._statement(root, data, client_data, behaviour),
                        "authData": data,
                    }
                )
            ),
            base64url.encode(client_data),
        )

    def save(self, path: Path) -> None:
        """Write credential and counter to `path`, readable by its owner alone."""
        private = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        key_files.write(
            path,
            {
                "format": FORMAT,
                "relying_party": self.relying_party,
                "origin": self.origin,
                "credential_id": base64url.encode(self.credential_id),
                "private": base64url.encode(private),
                "sign_count": self.sign_count,
            },
        )

    @classmethod
    def load(cls, path: Path) -> SoftwareAuthenticator:
        """Return the authenticator in `path`, which keeps its counter. Raises ValueError, OSError."""
        members = key_files.read(path, FORMAT)
        key = load_der_private_key(base64url.decode(members["private"]), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("not a P-256 key")
        credential_id = base64url.decode(members["credential_id"])
        origin = str(members["origin"])
        return cls(members["relying_party"], origin, key, credential_id, members["sign_count"], path)

    def _client_data(self, type_: str, challenge: bytes, behaviour: Behaviour) -> bytes:
        # WebAuthn §5.8.1.1: these members, in this order.
        if behaviour.client_data is not None:
            return behaviour.client_data
        members: dict[str, Any] = {
            "type": behaviour.type or type_,
            "challenge": base64url.encode(challenge),
            "origin": behaviour.origin or self.origin,
            "crossOrigin": behaviour.cross_origin,
        }
        if behaviour.top_origin is not None:
            members["topOrigin"] = behaviour.top_origin
        return json.dumps(members, separators=(",", ":")).encode("utf-8")

    def _data(self, flags: int, behaviour: Behaviour) -> bytes:
        # WebAuthn §6.1: hash of the relying party, flags, counter.
        name = behaviour.relying_party or self.relying_party
        count = self.sign_count if behaviour.sign_count is None else behaviour.sign_count
        return hashlib.sha256(name.encode("utf-8")).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _credential(self, root: AttestationRoot) -> bytes:
        # WebAuthn §6.5.1; the key as COSE EC2 (RFC 9053 §7.1.1).
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: _ES256, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        size = len(self.credential_id).to_bytes(2, "big")
        return UUID(root.aaguid).bytes + size + self.credential_id + encode_cbor(cose)

    def _statement(
        self, root: AttestationRoot, data: bytes, client_data: bytes, behaviour: Behaviour
    ) -> dict[str, Any]:
        if behaviour.fmt == "none":
            return {}
        if behaviour.self_attested:
            return {"alg": _ES256, "sig": self._sign(self.key, data, client_data)}
        key, certificate = root.attest()
        return {"alg": _ES256, "sig": self._sign(key, data, client_data), "x5c": [certificate]}

    @staticmethod
    def _sign(key: ec.EllipticCurvePrivateKey, data: bytes, client_data: bytes) -> bytes:
        return key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
