"""SM2 through the verifier's own binding, against the client's keys and signatures."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from contracts.statements.sm2 import generate, sign
from tests.verifier.builder import LogBuilder, Person
from tests.verifier.checking import check, refused_at
from verifier import sm2
from verifier.base64url import encode
from verifier.entry import parse_entry
from verifier.receipt_check import check_receipt, keys_in
from verifier.trust import parse_trust


class Sm2Person(Person):
    """A signer with an SM2 key, made and used by the client's code."""

    def __init__(self, code: str, role: str) -> None:
        super().__init__(code, role)
        self.private, self.spki = generate()

    @property
    def public(self) -> dict[str, str]:
        return {"alg": self.alg, "spki": encode(self.spki)}

    @property
    def alg(self) -> str:
        return "SM2-SM3"

    @property
    def kid(self) -> str:
        return f"{self.code}#{sha256(self.spki).hexdigest()[:16]}"

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(sign(self.private, message))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@pytest.fixture
def person() -> Sm2Person:
    assert sm2.available(), "this suite runs where libcrypto of OpenSSL 3 is installed"
    return Sm2Person("PH2", "pharmacist")


def test_a_signature_verifies_and_no_changed_one_does(person: Sm2Person) -> None:
    signature = person.sign(b"message")
    assert sm2.is_key(person.spki)
    assert sm2.verify(person.spki, signature, b"message")
    assert not sm2.verify(person.spki, signature, b"massage")
    for at in (0, 31, 32, 63):
        changed = bytearray(signature)
        changed[at] ^= 1
        assert not sm2.verify(person.spki, bytes(changed), b"message")
    assert not sm2.verify(person.spki, b"\0" * 64, b"message")
    assert not sm2.verify(person.spki, b"\xff" * 64, b"message")
    assert not sm2.verify(person.spki[:-1], signature, b"message")
    assert not sm2.is_key(person.spki + b"\0")
    assert not sm2.is_key(b"")


def test_a_log_with_sm2_signatures(
    person: Sm2Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder = LogBuilder()
    builder.standard()
    builder.person(person, "PHA")
    builder.add("stock.received", {}, [person], iss="PHA")
    assert check(builder, tmp_path / "a").exit_code == 0
    value = json.loads(builder.entries[-1])
    index = len(builder.entries) - 1

    proof, entry = builder.proof(index), builder.entries[index]
    trust = parse_trust(builder.trust())
    key_entry = next(item for item in builder.entries if person.kid in str(keys_in(parse_entry(item))))
    assert check_receipt(proof, trust, entry, {}).exit_code == 2
    assert check_receipt(proof, trust, entry, keys_in(parse_entry(key_entry))).exit_code == 0

    with monkeypatch.context() as without:
        without.setattr(sm2, "available", lambda: False)
        report = check(builder, tmp_path / "a")
        assert report.exit_code == 2
        assert "2 SM2 signatures" in report.to_text()
        assert check_receipt(proof, trust, entry, keys_in(parse_entry(key_entry))).exit_code == 2

    builder.entries.pop(), builder.leaves.pop()
    other = person.sign(b"something else")
    value["statement"]["signatures"][0]["signature"] = encode(other)
    builder.append(value)
    assert refused_at(check(builder, tmp_path / "b"), index, "signature")


@pytest.mark.parametrize("form", ["compressed", "hybrid", "long length", "infinity"])
@pytest.mark.parametrize("has_sm2", [True, False])
def test_a_revoked_sm2_key_does_not_come_back_in_another_spelling(
    person: Sm2Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, has_sm2: bool
) -> None:
    """libcrypto reads a point in several forms: each was a key of its own kid; for infinity anybody signs."""
    builder = LogBuilder()
    builder.standard()
    builder.person(person, "PHA")
    revoked = {"kid": person.kid, "reason": "lost"}
    builder.add("registry.revocation", revoked, [builder.officers[0]])
    person.spki = spelled(person.spki, form)
    members = {"subject": person.code, "role": person.role, "key": person.public}
    builder.add("registry.key", members, [person, builder.officers[0]])
    monkeypatch.setattr(sm2, "available", lambda: has_sm2)
    assert refused_at(check(builder, tmp_path), len(builder.entries) - 1, "form")


def spelled(spki: bytes, form: str) -> bytes:
    algorithm, x, y = spki[2:23], spki[27:59], spki[59:]
    if form == "long length":
        return b"\x30\x81" + spki[1:]
    odd = y[-1] & 1
    points = {"compressed": bytes([2 + odd]) + x, "hybrid": bytes([6 + odd]) + x + y, "infinity": b"\0"}
    bits = b"\0" + points[form]
    body = algorithm + b"\x03" + bytes([len(bits)]) + bits
    return b"\x30" + bytes([len(body)]) + body
