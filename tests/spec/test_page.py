"""`verifier/SPEC.md` says what the code does, and is enough: a stranger's few lines agree with it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.openapi.description import document
from api.settings import Settings
from contracts.statements.codepoints import FORBIDDEN
from tests.spec.examples import EXAMPLES
from tests.spec.generate import PAGE, marks, renewed, write_log
from tests.spec.tables import TABLES
from verifier.command import main

TEXT = PAGE.read_text(encoding="utf-8")
ECDSA = ec.ECDSA(SHA256(), deterministic_signing=True)


def test_the_page_is_as_generated() -> None:
    assert renewed(TEXT) == TEXT, "run python -m tests.spec.generate"
    assert marks(TEXT) == {*EXAMPLES, *TABLES}


@pytest.mark.parametrize(("name", "code"), [("log", 0), ("bad", 1), ("handed-over", 0)])
def test_the_verifier_judges_the_small_log(tmp_path: Path, name: str, code: int) -> None:
    write_log(tmp_path)
    trust = ["--trust", str(tmp_path / "trust.json")]
    assert main(["log", str(tmp_path / name), *trust]) == code
    assert main(["receipt", str(tmp_path / "receipt"), *trust, "--entry", str(tmp_path / "entry")]) == 0


def test_code_points_are_those_of_the_rule() -> None:
    categories = set(re.findall(r"categor(?:y|ies) `([A-Za-z ]+)`", TEXT)[0].split())
    ranges = re.findall(r"none of\s+`([0-9A-F– ]+)`", TEXT)[0].split()
    left_out = {
        point
        for first, _, last in (part.partition("–") for part in ranges)
        for point in range(int(first, 16), int(last or first, 16) + 1)
    }
    # A newer Python knows later characters, which the page leaves out by their age alone.
    same_age = unicodedata.unidata_version == "14.0.0"
    for point in range(0x110000):
        allowed = unicodedata.category(chr(point)) not in categories and point not in left_out
        if same_age or not allowed:
            assert (FORBIDDEN.search(chr(point)) is None) == allowed, hex(point)


def test_every_call_of_the_server_is_named() -> None:
    paths = document(Settings("http://127.0.0.1:8080", sandbox=True))["paths"]
    assert [path for path in paths if path.partition("{")[0] not in TEXT] == []


# -- a stranger: what follows knows the page alone -------------------------------------------------


def block(name: str, number: int = 0) -> list[str]:
    inside = TEXT.partition(f"<!-- example: {name} -->\n")[2].partition("<!-- end -->")[0]
    return inside.split("```\n")[2 * number + 1].splitlines()


def written(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01" + root(leaves[:split]) + root(leaves[split:]))


def secret(name: str) -> bytes:
    return sha(f"rx-spec/{name}".encode())


def scalar(name: str) -> ec.EllipticCurvePrivateKey:
    shown = next(line.split()[1] for line in block("whole submission") if line.startswith(f"{name} "))
    assert bytes.fromhex(shown) == secret(name)
    return ec.derive_private_key(int(shown, 16), ec.SECP256R1())


def shown_submission() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(block("whole submission", 1)[0])
    return found


def test_a_stranger_builds_the_same_submission() -> None:
    shown = shown_submission()
    payload = json.loads("\n".join(block("payload")))
    key, device = scalar("D990000000001"), scalar("D990000000001/authenticator")
    groups = [json.loads(unb64(text)) for text in shown["signatures"][0]["header"]["disclosures"]]
    made = [b64(written([b64(secret(f"11/salt/{group}")[:16]), group, value])) for _, group, value in groups]
    digests = [b64(sha(text.encode())) for text in made] + [b64(secret(f"11/decoy/{n}")) for n in range(3)]
    assert payload["_sd"] == sorted(digests)
    assert payload["jti"] == b64(secret("11/jti")[:16])
    encoded = b64(written(payload))
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    kid = f"D990000000001#{sha(spki)[:8].hex()}"
    protected = b64(written({"alg": "ES256", "kid": kid, "typ": "rx-statement+jws"}))
    r, s = decode_dss_signature(key.sign(f"{protected}.{encoded}".encode(), ECDSA))
    challenge = sha(b"rx-presence/v1\x00" + sha(written(payload)))
    client_data = next(line.split(None, 1)[1] for line in block("presence") if line.startswith("client"))
    assert json.loads(client_data)["challenge"] == b64(challenge)
    data = sha(b"hospital.example") + bytes([5]) + (2).to_bytes(4, "big")
    element = {
        "protected": protected,
        "signature": b64(r.to_bytes(32, "big") + s.to_bytes(32, "big")),
        "header": {
            "disclosures": made,
            "presence": {
                "credential_id": b64(secret("D990000000001/credential")),
                "authenticator_data": b64(data),
                "client_data_json": b64(client_data.encode()),
                "signature": b64(device.sign(data + sha(client_data.encode()), ECDSA)),
            },
        },
    }
    assert {"payload": encoded, "signatures": [element]} == shown


def test_a_stranger_verifies_the_shown_signature() -> None:
    shown = shown_submission()
    element = shown["signatures"][0]
    raw = unb64(element["signature"])
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    message = f"{element['protected']}.{shown['payload']}".encode()
    scalar("D990000000001").public_key().verify(der, message, ec.ECDSA(SHA256()))
    assert f"statement id        {sha(unb64(shown['payload'])).hex()}" in block("submission", 1)


def test_a_stranger_finds_leaf_root_and_receipt() -> None:
    shown = shown_submission()
    entry = json.loads("\n".join(block("entry")))
    del shown["signatures"][0]["header"]["disclosures"]
    leaf = sha(b"\x00" + written({**entry, "statement": shown}))
    leaves = [bytes.fromhex(line.split()[2]) for line in block("entries")[1:]]
    assert leaf == leaves[11]
    assert sha(b"\x00" + block("refusal")[0].encode()) == leaves[9]
    assert entry["prev"] == leaves[10].hex()
    receipt = block("receipt")
    assert receipt[1] == f"extra {base64.b64encode(leaf).decode()}"
    assert base64.b64decode(receipt[9]) == root(leaves)
    node = leaf
    for sibling in (leaves[10], root(leaves[8:10]), root(leaves[:8])):
        node = sha(b"\x01" + sibling + node)
    assert node == root(leaves)
