"""The parts of a submission, each read by itself: what one check lets pass no later one is there to catch."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from contracts.errors import Rejected
from contracts.statements import base64url, cbor, disclosures, jws, keys, submission, x509_chain
from contracts.statements.x509_chain import ChainError
from tests.statements.certificates import FIRST, ISSUING, SIGNING, certificate
from tests.verifier.cbor_vectors import MALFORMED, VALUES

KEY, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
ROOT = certificate("root", KEY.public_key(), "root", KEY, ca=True, usage=ISSUING)


def refused(call: Any, *given: Any, **named: Any) -> tuple[str, str]:
    with pytest.raises(Rejected) as found:
        call(*given, **named)
    return found.value.code, found.value.pointer


@pytest.mark.parametrize("left", ["protected", "signature"])
def test_a_signature_has_its_header_and_a_header_its_signature(left: str) -> None:
    assert refused(jws.parse_element, {left: "QQ"}, "/signatures/0") == ("SIG_MISSING", "/signatures/0")


def test_disclosures_are_a_list() -> None:
    for value in ({}, {"W10": 1}, "W10", None):
        element = {"header": {"disclosures": value}}
        pointer = "/signatures/0/header/disclosures"
        assert refused(jws.parse_element, element, "/signatures/0") == ("SCHEMA_TYPE", pointer)


@pytest.mark.parametrize("header", ["[]", '"ES256"', "null"])
def test_a_protected_header_is_an_object(header: str) -> None:
    code, _ = refused(jws.parse_protected, base64url.encode(header.encode()))
    assert code == "SIG_HEADER_FORBIDDEN"


@pytest.mark.parametrize("value", [[1, "x", {}], ["salt", 2, {}], [None, "x", {}], ["salt", "x"]])
def test_a_disclosure_is_salt_group_and_value(value: list[Any]) -> None:
    encoded = base64url.encode(json.dumps(value).encode())
    assert refused(disclosures.parse, encoded, "/d") == ("SCHEMA_TYPE", "/d")


def test_a_group_is_of_the_type_and_opened_once() -> None:
    def given(group: str, salt: bytes) -> disclosures.Disclosure:
        return disclosures.parse(disclosures.make(group, {}, salt), "/d")

    one, again = given("patient", b"a" * 16), given("patient", b"b" * 16)
    digests = [disclosures.digest(each.encoded) for each in (one, again)]
    assert disclosures.match([one], digests, "prescription.issued") == {"patient": {}}
    assert refused(disclosures.match, [one, again], digests, "prescription.issued")[0] == "COMMIT_MISMATCH"
    strange = given("exemption", b"c" * 16)
    digests = [disclosures.digest(strange.encoded)]
    assert refused(disclosures.match, [strange], digests, "prescription.issued")[0] == "COMMIT_MISMATCH"


def test_an_unsigned_submission_has_one_element_for_its_disclosures() -> None:
    payload = base64url.encode(b'{"iss":"H1","type":"duty.closed"}')
    empty = {"header": {"disclosures": []}}

    def body(times: int) -> bytes:
        return json.dumps({"payload": payload, "signatures": [empty] * times}).encode()

    assert submission.parse(body(1), unsigned_allowed=True).type == "duty.closed"
    found = refused(submission.parse, body(2), unsigned_allowed=True)
    assert found == ("SCHEMA_LENGTH", "/signatures")
    assert refused(submission.parse, body(1))[0] == "SIG_MISSING"


def test_a_key_of_another_kind_is_none() -> None:
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert refused(keys.load, "ES256", spki)[0] == "SIG_ALG_FORBIDDEN"


@pytest.mark.parametrize(("data", "value"), VALUES.items())
def test_cbor_is_read_as_the_verifier_reads_it(data: str, value: cbor.Cbor) -> None:
    assert cbor.decode(bytes.fromhex(data)) == value


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
def test_cbor_that_the_verifier_refuses_is_refused(data: str) -> None:
    assert refused(cbor.decode, bytes.fromhex(data))[0] == "HUM_AUTH_DATA"


def test_a_list_or_map_of_an_attestation_has_256_items_at_most() -> None:
    def of(number: int) -> tuple[bytes, bytes]:
        head = number.to_bytes(2, "big")
        return b"\x99" + head + b"\x00" * number, b"\xb9" + head + b"".join(
            b"\x19" + (1000 + one).to_bytes(2, "big") + b"\x00" for one in range(number)
        )

    assert [len(cbor.decode(data)) for data in of(256)] == [256, 256]  # type: ignore[arg-type]
    for data in of(257):
        assert refused(cbor.decode, data)[0] == "HUM_AUTH_DATA"


def test_a_chain_has_one_to_six_certificates() -> None:
    der = ROOT.public_bytes(Encoding.DER)
    assert len(x509_chain.load([der] * 6)) == 6
    for ders in ([], [der] * 7, [b"der"]):
        with pytest.raises(ChainError):
            x509_chain.load(ders)


def test_a_root_is_no_end_entity() -> None:
    for chain in ([ROOT], [ROOT, ROOT]):
        with pytest.raises(ChainError) as found:
            x509_chain.check(chain, [ROOT])
        assert found.value.untrusted


@pytest.mark.parametrize(("digest", "is_taken"), [(hashes.SHA256(), True), (hashes.SHA224(), False)])
def test_a_link_is_signed_over_256_bits_at_least(digest: Any, is_taken: bool) -> None:
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in ("leaf", "root")]
    builder = (
        x509.CertificateBuilder(*reversed(names), OTHER.public_key(), x509.random_serial_number())
        .not_valid_before(FIRST)
        .not_valid_after(FIRST + timedelta(days=1))
        .add_extension(SIGNING, True)
    )
    leaf = builder.sign(KEY, digest)
    if is_taken:
        x509_chain.check([leaf], [ROOT])
        return
    with pytest.raises(ChainError):
        x509_chain.check([leaf], [ROOT])
