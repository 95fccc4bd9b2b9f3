"""The form of entries, statements and keys (SPEC 5 and 6): each departure has its own reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.verifier.builder import LogBuilder, Person
from tests.verifier.kit import compact, spki
from verifier.base64url import decode, encode
from verifier.entry import ENTRY_BYTES_MAX, Accepted, Heads, Refused, parse_entry
from verifier.errors import FORM, VerificationError
from verifier.keys import ES256, SM2, check_key, check_signature
from verifier.members import get_day, get_time_ms

Change = Callable[[dict[str, Any]], Any]
HEX = "ab" * 32
FLAG = {"class": "NOTICE", "code": "SHADOW", "facts": {"days": 3, "of": HEX}, "rule": "PACE-4", "version": 1}


def accepted(change: Change) -> bytes:
    builder = LogBuilder()
    builder.add("stock.received", {}, [Person("PHC", "pharmacist")], iss="PHA")
    value = json.loads(builder.entries[-1])
    change(value)
    return compact(value)


def refused(**members: Any) -> bytes:
    said = {"actor": "HOS", "codes": ["RX_EXPIRED"], "digest": HEX, "type": "prescription.issued"}
    return compact({"refused": {**said, **members}, "time": 1})


def flagged(**members: Any) -> bytes:
    return accepted(lambda entry: entry["verdict"].update(flags=[{**FLAG, **members}]))


def of_payload(**members: Any) -> bytes:
    """An accepted entry with these members in its payload; None leaves one out."""

    def change(entry: dict[str, Any]) -> None:
        payload = {**json.loads(decode(entry["statement"]["payload"])), **members}
        left = {name: value for name, value in payload.items() if value is not None}
        entry["statement"]["payload"] = encode(compact(left))

    return accepted(change)


def of_header(**members: Any) -> bytes:
    """An accepted entry with these members in the protected header of its signature."""

    def change(entry: dict[str, Any]) -> None:
        element = entry["statement"]["signatures"][0]
        element["protected"] = encode(compact({**json.loads(decode(element["protected"])), **members}))

    return accepted(change)


def of_signature(**members: Any) -> bytes:
    return accepted(lambda entry: entry["statement"]["signatures"][0].update(members))


def repeated(times: int) -> bytes:
    """An accepted entry whose one signer and signature stand there so many times."""

    def change(entry: dict[str, Any]) -> None:
        statement = entry["statement"]
        payload = json.loads(decode(statement["payload"]))
        payload["signers"] *= times
        statement["payload"] = encode(compact(payload))
        statement["signatures"] *= times

    return accepted(change)


RIGHT = {
    "an accepted statement": (accepted(lambda entry: None), Accepted),
    "one that is held": (accepted(lambda entry: entry["verdict"].update(outcome="held")), Accepted),
    "one with what was before it": (accepted(lambda entry: entry.update(prev=HEX)), Accepted),
    "one with its rules": (
        accepted(lambda entry: entry["verdict"].update(rulebook=HEX, knowledge=HEX)),
        Accepted,
    ),
    "one with a flag": (flagged(), Accepted),
    "eight signatures": (repeated(8), Accepted),
    "the shortest jti": (of_payload(jti="a" * 22), Accepted),
    "the longest jti": (of_payload(jti="a" * 128), Accepted),
    "a type that nobody knows": (of_payload(type="x.y", _sd=["A" * 43]), Accepted),
    "a corrected one": (of_payload(corrects=HEX), Accepted),
    "a refusal": (refused(), Refused),
    "one that names whom it accuses": (refused(signers=["DOC"]), Refused),
    "heads": (compact({"heads": {"root": HEX, "size": 3}, "time": 1}), Heads),
}


@pytest.mark.parametrize(("data", "kind"), RIGHT.values(), ids=RIGHT.keys())
def test_a_form_of_the_specification_is_read(data: bytes, kind: type) -> None:
    assert isinstance(parse_entry(data), kind)


MEMBERS = "members are missing or unknown"
FAULTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "entry is empty or too long"),
    "more than an entry may have": (b"1" * (ENTRY_BYTES_MAX + 1), "entry is empty or too long"),
    "another order of members": (b'{"time":1,"refused":{}}', "entry is not in canonical form"),
    "no object": (b"[]", "not a JSON object"),
    "a time that is text": (compact({"heads": {}, "time": "1"}), "time is not an integer in range"),
    "a time that is true": (compact({"heads": {}, "time": True}), "time is not an integer in range"),
    "a time before 1970": (compact({"heads": {}, "time": -1}), "time is not an integer in range"),
    "a time after 9999": (compact({"heads": {}, "time": 253_402_300_800_000}), "time is not an integer"),
    "no content": (compact({"time": 1}), MEMBERS),
    "two contents": (compact({"heads": {}, "refused": {}, "time": 1}), MEMBERS),
    "heads with more": (compact({"heads": {"root": HEX, "size": 3, "x": 1}, "time": 1}), MEMBERS),
    "a root in capitals": (compact({"heads": {"root": "AB" * 32, "size": 3}, "time": 1}), "root is not"),
    "a verdict with more": (accepted(lambda entry: entry["verdict"].update(note="")), MEMBERS),
    "no verdict": (accepted(lambda entry: entry.pop("verdict")), MEMBERS),
    "another outcome": (
        accepted(lambda entry: entry["verdict"].update(outcome="refused")),
        "verdict has an unknown outcome",
    ),
    "a rulebook that is null": (
        accepted(lambda entry: entry["verdict"].update(rulebook=None)),
        "rulebook is not a digest in hex",
    ),
    "flags that are no list": (accepted(lambda entry: entry["verdict"].update(flags={})), "is not a list"),
    "a flag that is text": (accepted(lambda entry: entry["verdict"].update(flags=["x"])), "is not an object"),
    "a flag of another class": (flagged(**{"class": "CRIME"}), "a flag is malformed"),
    "a flag without a rule": (flagged(rule=""), "a flag is malformed"),
    "a flag whose version is text": (flagged(version="1"), "version is not an integer in range"),
    "a flag that tells what is true": (flagged(facts={"is": True}), "neither an integer nor an id"),
    "a flag that tells a list": (flagged(facts={"of": [1]}), "neither an integer nor an id"),
    "a flag with text for a code": (flagged(code="zhang san"), "a code is malformed"),
    "a refusal twice for one code": (refused(codes=["RX_EXPIRED"] * 2), "a refusal is malformed"),
    "a refusal that accuses nobody": (refused(signers=[]), "a refusal is malformed"),
    "a refusal of no type": (refused(type="Prescription"), "a refusal of no type"),
    "a refusal of bytes": (refused(codes=["JSON_SYNTAX"]), "a refusal for what is never recorded"),
    "a signer of a refusal that is a number": (refused(signers=[1]), "is not a string"),
    "a statement with disclosures": (accepted(lambda entry: entry["statement"].update(header={})), MEMBERS),
    "an empty issuer": (of_payload(iss=""), "iss is empty"),
    "an empty audience": (of_payload(aud=""), "aud is empty"),
    "no issuer": (of_payload(iss=None), "iss is not a string"),
    "a short jti": (of_payload(jti="a" * 21), "jti is too short or too long"),
    "a long jti": (of_payload(jti="a" * 129), "jti is too short or too long"),
    "signed in milliseconds": (of_payload(iat=1_767_225_600_000), "iat is not an integer in range"),
    "a type without a dot": (of_payload(type="stock"), "type is malformed"),
    "a type in capitals": (of_payload(type="Stock.received"), "type is malformed"),
    "a type of 65 characters": (of_payload(type="a." + "b" * 63), "type is malformed"),
    "another hash": (of_payload(_sd_alg="sha-384"), "_sd_alg is not sha-256"),
    "digests out of order": (of_payload(type="x.y", _sd=["Q" + "A" * 42, "A" * 43]), "not a sorted list"),
    "a digest twice": (of_payload(type="x.y", _sd=["A" * 43] * 2), "not a sorted list"),
    "a digest with another text": (of_payload(type="x.y", _sd=["A" * 42 + "B"]), "not a sorted list"),
    "seventeen digests": (
        of_payload(type="x.y", _sd=sorted(letter + "A" * 42 for letter in "ABCDEFGHIJKLMNOPQ")),
        "another number of digests",
    ),
    "a correction of no digest": (of_payload(corrects="the last"), "corrects is not a digest"),
    "a signer with more": (of_payload(signers=[{"code": "PHC", "role": "pharmacist", "name": "x"}]), MEMBERS),
    "another signer than signed": (
        of_payload(signers=[{"code": "PH2", "role": "pharmacist"}]),
        "signers and signatures differ",
    ),
    "no signature": (repeated(0), "signed by nobody, or by more than eight"),
    "nine signatures": (repeated(9), "signed by nobody, or by more than eight"),
    "a short signature": (of_signature(signature="AAAA"), "does not have 64 bytes"),
    "a signature in other text": (of_signature(signature="A" * 85 + "B"), "base64url is not canonical"),
    "an empty header": (of_signature(header={}), MEMBERS),
    "a presence with more": (of_signature(header={"presence": {"note": ""}}), MEMBERS),
    "another algorithm": (of_header(alg="none"), "a protected header is malformed"),
    "another kind of signature": (of_header(typ="JWT"), "a protected header is malformed"),
    "a key without its hash": (of_header(kid="PHC"), "a protected header is malformed"),
    "a key with a name of its own": (of_header(jwk={}), MEMBERS),
}


@pytest.mark.parametrize(("data", "reason"), FAULTS.values(), ids=FAULTS.keys())
def test_another_form_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason) as found:
        parse_entry(data)
    assert found.value.step == FORM


@pytest.mark.parametrize(("more", "is_read"), [(0, True), (1, False)])
def test_an_entry_has_65_535_bytes_at_most(more: int, is_read: bool) -> None:
    """C2SP tlog-tiles gives its length two bytes."""
    begun = ["x" * 4000 + str(number) for number in range(15)]
    last = "y" * (ENTRY_BYTES_MAX + more - len(refused(signers=[*begun, ""])))
    data = refused(signers=[*begun, last])
    assert len(data) == ENTRY_BYTES_MAX + more
    if is_read:
        assert isinstance(parse_entry(data), Refused)
        return
    with pytest.raises(VerificationError, match="entry is empty or too long"):
        parse_entry(data)


def public(key: Any, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> bytes:
    return bytes(key.public_key().public_bytes(Encoding.DER, form))


OWN = ec.generate_private_key(ec.SECP256R1())
COMPRESSED = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + (
    OWN.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
)
KEYS: dict[str, tuple[str, bytes, str]] = {
    "an algorithm that nobody knows": ("RS256", spki(OWN), "a key is of an unknown algorithm"),
    "no key": (ES256, b"key", "a public key is malformed"),
    "one on another curve": (ES256, public(ec.generate_private_key(ec.SECP384R1())), "not on P-256"),
    "one of RSA": (ES256, public(rsa.generate_private_key(65537, 2048)), "not on P-256"),
    "one of Ed25519": (ES256, public(ed25519.Ed25519PrivateKey.generate()), "not on P-256"),
    "a point in its short form": (ES256, COMPRESSED, "not in canonical DER"),
    "P-256 for SM2": (SM2, spki(OWN), "not an SM2 key"),
}


@pytest.mark.parametrize(("algorithm", "key", "reason"), KEYS.values(), ids=KEYS.keys())
def test_what_is_no_key_of_its_algorithm_is_refused(algorithm: str, key: bytes, reason: str) -> None:
    """One key has one encoding: in another it would be another name for the same signer."""
    with pytest.raises(VerificationError, match=reason) as found:
        check_key(algorithm, key)
    assert found.value.step == FORM


def test_a_signature_of_an_algorithm_that_nobody_knows_is_none() -> None:
    with pytest.raises(VerificationError, match="signature is of an unknown algorithm"):
        check_signature("RS256", spki(OWN), bytes(64), b"message")


TIMES = {
    "1970-01-01T00:00:00Z": 0,
    "2024-02-29T23:59:59Z": 1_709_251_199_000,
    "2026-01-01T00:00:00.007Z": 1_767_225_600_007,
}


@pytest.mark.parametrize(("text", "ms"), TIMES.items())
def test_a_time_is_in_utc_with_seconds_or_milliseconds(text: str, ms: int) -> None:
    assert get_time_ms({"at": text}, "at") == ms


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00"),
        "2026-01-01T00:00:00.07Z",
        *("2026-01-01T00:00Z", "20260101T000000Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "", "now"),
        *("2026-01-01T00:00:60Z", "2026-01-01t00:00:00z", "２026-01-01T00:00:00Z", "2026-01-01T00:00:00Z\n"),
    ],
)
def test_another_spelling_of_a_time_is_none(text: str) -> None:
    with pytest.raises(VerificationError, match="at is not a time"):
        get_time_ms({"at": text}, "at")


@pytest.mark.parametrize(("text", "day"), [("1970-01-01", 0), ("2024-02-29", 19_782)])
def test_a_date_is_counted_from_1970(text: str, day: int) -> None:
    assert get_day({"on": text}, "on") == day


@pytest.mark.parametrize(
    "text", ["20260101", "2026-1-1", "2026-02-29", "2026-W01-1", "", "２026-01-01", "2026-01-01Z"]
)
def test_another_spelling_of_a_date_is_none(text: str) -> None:
    with pytest.raises(VerificationError, match="on is not a date"):
        get_day({"on": text}, "on")
