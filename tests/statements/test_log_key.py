"""The log's next key: only a vkey of this log whose holder signed comes in."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.signing import Person, build
from contracts.errors import Rejected
from contracts.facts import Facts
from contracts.statements import base64url, log_key, submission
from contracts.statements.authenticate import authenticate
from tests.statements.world import HOSPITAL, IAT, ORIGIN, World, new_world

KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)


def vkey(name: str = ORIGIN, kind: int = 1, public: bytes = KEY.public_key().public_bytes_raw()) -> str:
    packed = bytes([kind]) + public
    identifier = hashlib.sha256(name.encode() + b"\n" + packed).digest()[:4].hex()
    return f"{name}+{identifier}+{base64.b64encode(packed).decode()}"


def possession(text: str, audience: str = ORIGIN, key: Ed25519PrivateKey = KEY) -> str:
    return base64url.encode(key.sign(log_key.message(audience, text)))


@pytest.fixture(scope="module")
def world() -> World:
    return new_world()


@pytest.fixture(scope="module")
def officers(world: World) -> list[Person]:
    return [world.person("G1", "officer"), world.person("G2", "officer")]


def name_key(world: World, officers: list[Person], text: str, proof: str) -> Facts:
    members: dict[str, Any] = {"log_vkey": text, "possession": proof}
    body = build("governance.log_key", members, {}, iss=HOSPITAL, aud=ORIGIN, iat=IAT, signers=officers)
    return authenticate(submission.parse(body), world.read)


def test_a_key_that_its_holder_signed_comes_in(world: World, officers: list[Person]) -> None:
    facts = name_key(world, officers, vkey(), possession(vkey()))
    assert facts.payload["log_vkey"] == vkey() and len(facts.signers) == 2


OTHER = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)
REFUSED = {
    "of another key": (vkey(), possession(vkey(), key=OTHER), "SIG_INVALID"),
    "for another log": (vkey(), possession(vkey(), "other.example/log"), "SIG_INVALID"),
    "of another vkey": (vkey(), possession(vkey() + " "), "SIG_INVALID"),
    "cut short": (vkey(), base64url.encode(bytes(63)), "SIG_INVALID"),
    "key of another log": (
        vkey("other.example/log"),
        possession(vkey("other.example/log")),
        "SIG_AUDIENCE",
    ),
    "a witness's key": (vkey(kind=4), possession(vkey(kind=4)), "KEY_WEAK"),
    "too long": (vkey(public=bytes(33)), possession(vkey(public=bytes(33))), "KEY_WEAK"),
    "id of another key": (
        vkey().replace(vkey().split("+")[1], "00000000"),
        possession(vkey()),
        "KEY_WEAK",
    ),
    "no vkey": ("a key", possession("a key"), "KEY_WEAK"),
    "not base64": (f"{ORIGIN}+00000000+\u6bcf\u65e5", possession(vkey()), "KEY_WEAK"),
}


@pytest.mark.parametrize(("text", "proof", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_key_that_could_not_sign_this_log_is_refused(
    world: World, officers: list[Person], text: str, proof: str, code: str
) -> None:
    with pytest.raises(Rejected) as refused:
        name_key(world, officers, text, proof)
    assert refused.value.code == code


def test_one_key_has_one_text(world: World, officers: list[Person]) -> None:
    """33 bytes leave no unused bits in base64: only its padding and alphabet could differ."""
    for other in (vkey() + "=", vkey().replace("+A", "+ A"), vkey() + "\n"):
        with pytest.raises(Rejected):
            name_key(world, officers, other, possession(other))
