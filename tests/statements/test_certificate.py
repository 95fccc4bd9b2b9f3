"""Certificates at enrolment of a key: rows C01 to C03 and C07 to C10; time is left to the rule."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from api.client.signing import Person, PrivateKey, build, generate
from contracts import keys
from contracts.errors import Rejected
from contracts.facts import Facts
from contracts.statements import base64url, submission
from contracts.statements import certificate as certificates
from contracts.statements.authenticate import authenticate
from tests.statements.certificates import ENCIPHERING, FIRST, ISSUING, LAST, certificate, encoded, with_serial
from tests.statements.world import HOSPITAL, IAT, ORIGIN, World

NAME = f"urn:rx:org:{HOSPITAL}:person:D1"

ROOT_KEY = ec.generate_private_key(ec.SECP384R1())
MIDDLE_KEY = ec.generate_private_key(ec.SECP256R1())
ROOT = certificate("root", ROOT_KEY.public_key(), "root", ROOT_KEY, ca=True, usage=ISSUING)
MIDDLE = certificate("middle", MIDDLE_KEY.public_key(), "root", ROOT_KEY, ca=True, usage=ISSUING)
D1 = generate("ES256")
D1_KEY: Any = load_der_public_key(D1.spki)


def leaf(issuer: str = "middle", issuer_key: Any = MIDDLE_KEY, **changes: Any) -> x509.Certificate:
    arguments: dict[str, Any] = {"uri": NAME, **changes}
    return certificate("D1", arguments.pop("key", D1_KEY), issuer, issuer_key, **arguments)


def world() -> World:
    made = World()
    made.genesis(certificate_roots=[encoded(ROOT)])
    made.put(keys.licence("D1"), {"sites": [HOSPITAL]})
    return made


def enrol(chain: list[str], key: PrivateKey = D1, subject: str = "D1", role: str = "doctor") -> Facts:
    ledger = world()
    signers = [Person(subject, role, key), ledger.person("G1", "officer")]
    members: dict[str, Any] = {
        "subject": subject,
        "role": role,
        "key": key.public(),
        "certificates": chain,
    }
    body = build("registry.key", members, {}, iss="R1", aud=ORIGIN, iat=IAT, signers=signers)
    return authenticate(submission.parse(body), ledger.read)


def test_genesis_may_name_more_roots_than_a_chain_is_long() -> None:
    """Each of the twenty that SPEC allows counts: from the seventh on every certified key was refused."""
    others = [leaf("root", ROOT_KEY, uri="").public_bytes(Encoding.DER) for _ in range(19)]
    chain = [one.public_bytes(Encoding.DER) for one in (leaf(), MIDDLE)]
    roots = [*others, ROOT.public_bytes(Encoding.DER)]
    assert certificates.verify(chain, roots, "D1", {HOSPITAL}, D1.spki)


def test_window_reaches_the_facts() -> None:
    for chain in ([leaf(), MIDDLE], [leaf(), MIDDLE, ROOT], [leaf("root", ROOT_KEY)]):
        window = enrol([encoded(item) for item in chain]).certificate_window
        assert window == (int(FIRST.timestamp()) * 1000, int(LAST.timestamp()) * 1000 + 999)


def test_organisation_name() -> None:
    key = generate("ES256")
    public: Any = load_der_public_key(key.spki)
    own = leaf(key=public, uri="urn:rx:org:H2")
    assert enrol([encoded(own), encoded(MIDDLE)], key, "H2", "organisation").certificate_window


OTHER_KEY = ec.generate_private_key(ec.SECP256R1())
SELF_SIGNED = certificate("D1", D1_KEY, "D1", OTHER_KEY, uri=NAME)
FALSE_ISSUER = certificate("false", OTHER_KEY.public_key(), "middle", MIDDLE_KEY)
NARROW = certificate(
    "narrow", OTHER_KEY.public_key(), "root", ROOT_KEY, ca=True, usage=ISSUING, path_length=0
)
BELOW_NARROW = certificate("middle", MIDDLE_KEY.public_key(), "narrow", OTHER_KEY, ca=True, usage=ISSUING)
WEAK_KEY = rsa.generate_private_key(65537, 1024)
WEAK = certificate("weak", WEAK_KEY.public_key(), "root", ROOT_KEY, ca=True, usage=ISSUING)
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")

CHAINS: dict[str, tuple[list[x509.Certificate], str]] = {
    "C01": ([SELF_SIGNED], "CERT_UNTRUSTED"),
    "unknown-root": ([leaf("nobody", OTHER_KEY)], "CERT_UNTRUSTED"),
    "root-name-only": ([leaf("root", OTHER_KEY)], "CERT_UNTRUSTED"),
    "C07": ([leaf("false", OTHER_KEY), FALSE_ISSUER, MIDDLE], "CERT_CHAIN"),
    "broken-link": ([leaf("middle", OTHER_KEY), MIDDLE], "CERT_CHAIN"),
    "wrong-order": ([MIDDLE, leaf()], "CERT_CHAIN"),
    "path-length": ([leaf(), BELOW_NARROW, NARROW], "CERT_CHAIN"),
    "weak-issuer": ([leaf("weak", WEAK_KEY), WEAK], "CERT_CHAIN"),
    "C08": ([leaf(usage=ENCIPHERING), MIDDLE], "CERT_USAGE"),
    "issuer-as-leaf": ([leaf(usage=ISSUING, ca=True), MIDDLE], "CERT_USAGE"),
    "C09": ([leaf(uri="urn:rx:org:H2:person:D1"), MIDDLE], "CERT_NAME_CONSTRAINT"),
    "other-person": ([leaf(uri=f"urn:rx:org:{HOSPITAL}:person:D2"), MIDDLE], "CERT_NAME_CONSTRAINT"),
    "no-name": ([leaf(uri=""), MIDDLE], "CERT_NAME_CONSTRAINT"),
    "C10": ([leaf(extra=UNKNOWN), MIDDLE], "CERT_CHAIN"),
    "other-key": ([leaf(key=OTHER_KEY.public_key()), MIDDLE], "CERT_CHAIN"),
}


@pytest.mark.parametrize(("chain", "code"), CHAINS.values(), ids=CHAINS.keys())
def test_refuses(chain: list[x509.Certificate], code: str) -> None:
    with pytest.raises(Rejected) as refused:
        enrol([encoded(item) for item in chain])
    assert refused.value.code == code


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@pytest.mark.parametrize(("serial", "accepted"), [(1, True), (0, False), (-1, False)])
def test_a_serial_number_that_another_release_would_not_load_is_refused_by_this_one(
    serial: int, accepted: bool
) -> None:
    """The same bytes were accepted, with a warning that a later `cryptography` turns into a refusal."""
    chain = [base64url.encode(with_serial(leaf(), MIDDLE_KEY, serial)), encoded(MIDDLE)]
    if accepted:
        assert enrol(chain).certificate_window
        return
    with pytest.raises(Rejected) as refused:
        enrol(chain)
    assert refused.value.code == "CERT_CHAIN"


@pytest.mark.parametrize("garbage", ["QQ", "MAA", encoded(MIDDLE)[:-8]])
def test_no_certificate_at_all(garbage: str) -> None:
    with pytest.raises(Rejected) as refused:
        enrol([garbage])
    assert refused.value.code == "CERT_CHAIN"


def test_key_without_certificate_needs_none() -> None:
    ledger = world()
    signers = [Person("D1", "doctor", D1), ledger.person("G1", "officer")]
    members: dict[str, Any] = {"subject": "D1", "role": "doctor", "key": D1.public()}
    body = build("registry.key", members, {}, iss="R1", aud=ORIGIN, iat=IAT, signers=signers)
    facts = authenticate(submission.parse(body), ledger.read)
    assert facts.certificate_window is None
    assert [(signer.code, signer.role) for signer in facts.signers] == [("D1", "doctor"), ("G1", "officer")]


@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # a change may make it negative
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=2))
@settings(max_examples=200, deadline=None)
def test_no_changed_certificate_raises_anything_else(place: int, change: bytes) -> None:
    ders = [LEAF_DER, MIDDLE.public_bytes(Encoding.DER)]
    which = place % 2
    place %= len(ders[which])
    ders[which] = ders[which][:place] + change + ders[which][place + 1 :]
    if ders[which] in (LEAF_DER, MIDDLE.public_bytes(Encoding.DER)):
        return
    with pytest.raises(Rejected):
        certificates.verify(ders, [ROOT.public_bytes(Encoding.DER)], "D1", [HOSPITAL], D1.spki)


LEAF_DER = leaf().public_bytes(Encoding.DER)
