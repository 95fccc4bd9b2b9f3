"""Signing on the client's side: keys, payloads with their disclosures, submissions.

    person = Person("D001", "doctor", generate("ES256"))
    body = build("prescription.cancelled", {"rx": rx}, {"clinical": {"reason": "…"}},
                 iss="H001", aud="example.org/rx", iat=1780000000, signers=[person])
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from api.client import key_files
from api.client.authenticator import SoftwareAuthenticator
from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements import base64url, disclosures, jws, keys, presence, sm2, strict_json
from contracts.types import TYPES

KEY_FORMAT = "rx-key/v1"
SALT_BYTES = 16
_DIGEST_BYTES = 32


class PrivateKey:
    """A key pair of ES256 or SM2-SM3. `private` is its DER: PKCS #8, for SM2 RFC 5915."""

    def __init__(self, alg: str, private: bytes, spki: bytes) -> None:
        self.alg = alg
        self.spki = spki
        self._private = private
        self._p256 = _load_p256(private) if alg == keys.ES256 else None

    def kid(self, subject: str) -> str:
        """Return the key id under which `subject` uses this key."""
        return keys.key_id(subject, self.spki)

    def public(self) -> dict[str, Json]:
        """Return {"alg","spki"} as payloads carry it."""
        return {"alg": self.alg, "spki": base64url.encode(self.spki)}

    def sign(self, message: bytes) -> bytes:
        """Return the raw r‖s signature of `message`, 64 bytes."""
        if self._p256 is not None:
            der = self._p256.sign(message, ec.ECDSA(SHA256()))
        else:
            der = sm2.sign(self._private, message)
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def save(self, path: Path) -> None:
        """Write the key pair to `path`, readable by its owner alone."""
        members = {"format": KEY_FORMAT, "alg": self.alg, "spki": base64url.encode(self.spki)}
        key_files.write(path, {**members, "private": base64url.encode(self._private)})

    @classmethod
    def load(cls, path: Path) -> PrivateKey:
        """Return the key pair in `path`. Raises ValueError, OSError, Rejected."""
        members = key_files.read(path, KEY_FORMAT)
        private, spki = (base64url.decode(str(members.get(name))) for name in ("private", "spki"))
        return cls(str(members.get("alg")), private, spki)


def generate(alg: str) -> PrivateKey:
    """Return a new key pair. Raises Rejected: SIG_ALG_FORBIDDEN, SIG_ALG_UNAVAILABLE."""
    if alg == keys.SM2_SM3:
        return PrivateKey(alg, *sm2.generate())
    if alg != keys.ES256:
        raise Rejected("SIG_ALG_FORBIDDEN")
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return PrivateKey(
        alg, private, key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs: a code, the registered role, a key and the authenticator in hand."""

    code: str
    role: str
    key: PrivateKey
    authenticator: SoftwareAuthenticator | None = None

    @property
    def kid(self) -> str:
        """The key id of this person's key."""
        return self.key.kid(self.code)


def build(
    type: str,
    members: Mapping[str, Json],
    opened: Mapping[str, Json],
    *,
    iss: str,
    aud: str,
    iat: int,
    signers: Sequence[Person],
    corrects: str | None = None,
    unsigned: bool = False,
) -> bytes:
    """Return the body of a submission of `type`: payload, disclosures, signatures, presence.

    `opened` maps a disclosure group to its value. `unsigned` leaves signatures out, as the check
    before an act does. Raises KeyError for an unknown type, Rejected where a key cannot sign.
    """
    encoded = [disclosures.make(group, value, _salt()) for group, value in opened.items()]
    digests = [disclosures.digest(text) for text in encoded]
    decoys = TYPES[type].digests - len(digests)
    digests += [base64url.encode(secrets.token_bytes(_DIGEST_BYTES)) for _ in range(decoys)]
    payload: dict[str, Json] = {
        "iss": iss,
        "aud": aud,
        "jti": _jti(iat),
        "iat": iat,
        "type": type,
        "signers": [{"code": person.code, "role": person.role} for person in signers],
        "_sd": [*sorted(digests)],
        "_sd_alg": "sha-256",
        **members,
    }
    if corrects is not None:
        payload["corrects"] = corrects
    present = TYPES[type].presence
    return sign(strict_json.dumps(payload), encoded, [] if unsigned else signers, present)


def sign(payload: bytes, encoded: Sequence[str], signers: Sequence[Person], present: bool) -> bytes:
    """Return the body that carries `payload` signed by `signers`, or unsigned if there are none.

    `encoded` are its disclosures; `present` adds the assertion of each signer's authenticator.
    """
    text = base64url.encode(payload)
    challenge = presence.challenge(hashlib.sha256(payload).hexdigest()) if present else None
    elements: list[Json] = [_element(person, text, challenge) for person in signers]
    elements = elements or [{}]
    first = elements[0]
    if encoded and isinstance(first, dict):
        header = first.get("header")
        first["header"] = {**(header if isinstance(header, dict) else {}), "disclosures": [*encoded]}
    return strict_json.dumps({"payload": text, "signatures": elements})


def protected_header(person: Person) -> str:
    """Return the encoded protected header of a signature by `person`."""
    header = {"alg": person.key.alg, "kid": person.kid, "typ": jws.TYPE}
    return base64url.encode(strict_json.dumps(header))


def _element(person: Person, payload: str, challenge: bytes | None) -> dict[str, Json]:
    protected = protected_header(person)
    signature = person.key.sign(jws.signing_input(protected, payload))
    element: dict[str, Json] = {"protected": protected, "signature": base64url.encode(signature)}
    if challenge is not None and person.authenticator is not None:
        element["header"] = {"presence": {**person.authenticator.assertion(challenge)}}
    return element


def _jti(iat: int) -> str:
    """128 random bits behind the time: ids of one hour then lie on neighbouring pages of a large ledger."""
    return f"{iat:08x}{base64url.encode(secrets.token_bytes(SALT_BYTES))}"


def _salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def _load_p256(private: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_der_private_key(private, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a P-256 key")
    return key
