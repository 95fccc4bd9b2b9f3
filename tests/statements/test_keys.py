"""Keys, signatures and base64url: each way in which they can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from api.client.signing import PrivateKey, generate
from contracts.errors import Rejected
from contracts.statements import base64url, keys, sm2

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
MESSAGE = b"message"


def code_of(call: object, *arguments: object) -> str:
    """Return the code with which `call` refuses its arguments."""
    with pytest.raises(Rejected) as refused:
        call(*arguments)  # type: ignore[operator]
    return refused.value.code


def spki_of(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("alg", keys.ALGORITHMS)
def test_signature_verifies_and_corruptions_do_not(alg: str) -> None:
    private = generate(alg)
    public = keys.load(alg, private.spki)
    signature = private.sign(MESSAGE)
    public.verify(signature, MESSAGE)
    assert code_of(public.verify, signature, MESSAGE + b"x") == "SIG_INVALID"
    flipped = signature[:40] + bytes([signature[40] ^ 1]) + signature[41:]
    assert code_of(public.verify, flipped, MESSAGE) == "SIG_INVALID"
    for wrong in (
        b"",
        signature[:-1],
        signature + b"\0",
        bytes(64),
        b"\xff" * 64,
        signature[:32] + bytes(32),
    ):
        assert code_of(public.verify, wrong, MESSAGE) == "SIG_NOT_CANONICAL"


def test_twin_with_the_other_s_is_accepted() -> None:
    private = generate("ES256")
    signature = private.sign(MESSAGE)
    s = P256_ORDER - int.from_bytes(signature[32:], "big")
    keys.load("ES256", private.spki).verify(signature[:32] + s.to_bytes(32, "big"), MESSAGE)


def test_known_sm2_signature() -> None:
    # GB/T 32918.5-2017 annex A.2: public key, message and signature on the recommended curve.
    point = (
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    )
    spki = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004" + point)
    signature = bytes.fromhex(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    )
    keys.load("SM2-SM3", spki).verify(signature, b"message digest")


def test_keys_that_are_not_taken() -> None:
    p256, sm2_key = generate("ES256"), generate("SM2-SM3")
    rsa_spki = spki_of(rsa.generate_private_key(65537, 1024).public_key())
    p384 = spki_of(ec.generate_private_key(ec.SECP384R1()).public_key())
    compressed = ec.generate_private_key(ec.SECP256R1()).public_key()
    off_curve = p256.spki[:-1] + bytes([p256.spki[-1] ^ 1])
    assert code_of(keys.load, "ES256", rsa_spki) == "SIG_ALG_FORBIDDEN"
    assert code_of(keys.load, "ES256", p384) == "SIG_ALG_FORBIDDEN"
    assert code_of(keys.load, "none", p256.spki) == "SIG_ALG_FORBIDDEN"
    assert code_of(keys.load, "ES256", sm2_key.spki) == "SIG_ALG_KEY_MISMATCH"
    assert code_of(keys.load, "SM2-SM3", p256.spki) == "SIG_ALG_KEY_MISMATCH"
    assert code_of(keys.load, "ES256", off_curve) == "KEY_WEAK"
    assert code_of(keys.load, "SM2-SM3", sm2_key.spki[:27] + bytes(64)) == "KEY_WEAK"
    point = compressed.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    assert code_of(keys.load, "ES256", p256.spki[:26] + point) == "SIG_ALG_FORBIDDEN"


def test_without_the_library_sm2_is_refused_and_es256_works(monkeypatch: pytest.MonkeyPatch) -> None:
    private = generate("SM2-SM3")
    signed = generate("ES256")
    monkeypatch.setattr(sm2, "_library", lambda: None)
    keys.load.cache_clear()
    assert not sm2.available()
    assert code_of(keys.load, "SM2-SM3", private.spki) == "SIG_ALG_UNAVAILABLE"
    assert code_of(generate, "SM2-SM3") == "SIG_ALG_UNAVAILABLE"
    keys.load("ES256", signed.spki).verify(signed.sign(MESSAGE), MESSAGE)


@pytest.mark.parametrize("alg", keys.ALGORITHMS)
def test_key_file(alg: str, tmp_path: Path) -> None:
    private = generate(alg)
    private.save(tmp_path / "key.json")
    again = PrivateKey.load(tmp_path / "key.json")
    assert (tmp_path / "key.json").stat().st_mode & 0o777 == 0o600
    keys.load(alg, private.spki).verify(again.sign(MESSAGE), MESSAGE)
    assert again.kid("D1") == private.kid("D1")
    assert private.kid("D1").startswith("D1#") and len(private.kid("D1")) == 3 + 16


@given(st.binary(max_size=40))
@settings(max_examples=100, deadline=None)
def test_base64url_round_trip(data: bytes) -> None:
    assert base64url.decode(base64url.encode(data)) == data


@pytest.mark.parametrize(
    "text", ["QQ==", "QR", "Q", "Q Q", "QQ\n", "Q+8", "Q/8", "QQé", "QUJ", "====", "a" * 5]
)
def test_base64url_has_one_spelling(text: str) -> None:
    assert code_of(base64url.decode, text) == "B64_INVALID"
