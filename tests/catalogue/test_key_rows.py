"""C01 to C10 over HTTP: certificates at enrolment, revoked keys, and what was signed before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from api.client.signing import Person, build, generate
from api.sandbox.stage import ORIGIN
from contracts.statements import base64url
from tests.api.proof import prove
from tests.api.serving import REGULATOR, site
from tests.catalogue.desk import DOCTOR, H1, P1, P2, YS1, YS2, Desk
from tests.statements.certificates import ENCIPHERING, ISSUING, certificate, encoded

ROOT_KEY, OTHER_KEY = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
ROOT = certificate("root", ROOT_KEY.public_key(), "root", ROOT_KEY, ca=True, usage=ISSUING)
NEW = generate("ES256")
NEW_KEY: Any = load_der_public_key(NEW.spki)
NAME = f"urn:rx:org:{H1}:person:{DOCTOR}"
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def leaf(issuer: str = "root", issuer_key: Any = ROOT_KEY, **changes: Any) -> x509.Certificate:
    return certificate("D", NEW_KEY, issuer, issuer_key, **{"uri": NAME, **changes})


FALSE_ISSUER = certificate("false", OTHER_KEY.public_key(), "root", ROOT_KEY)
ROWS: dict[str, tuple[list[x509.Certificate], str]] = {
    "C01": ([certificate("D", NEW_KEY, "D", OTHER_KEY, uri=NAME)], "CERT_UNTRUSTED"),
    "C02": ([leaf(last=NOW - timedelta(days=1))], "CERT_EXPIRED"),
    "C03": ([leaf(first=NOW + timedelta(days=9))], "CERT_NOT_YET_VALID"),
    "C07": ([leaf("false", OTHER_KEY), FALSE_ISSUER], "CERT_CHAIN"),
    "C08": ([leaf(usage=ENCIPHERING)], "CERT_USAGE"),
    "C09": ([leaf(uri=f"urn:rx:org:H99000000002:person:{DOCTOR}")], "CERT_NAME_CONSTRAINT"),
    "C10": ([leaf(extra=UNKNOWN)], "CERT_CHAIN"),
}


@pytest.fixture(scope="module", params=[0, 1], ids=["in one process", "admission apart"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A ledger of its own, whose genesis allows the authority's root: what is revoked here stays here.

    Apart, admission reads the licence that a certificate's name is compared with from the ledger's process:
    it was refused that, and every key with a certificate got a 503.
    """
    folder = tmp_path_factory.mktemp("keys")
    root = folder / "root.der"
    root.write_bytes(ROOT.public_bytes(Encoding.DER))
    with site(folder, [root], processes=request.param, unknown_reads_per_minute_max=100_000) as served:
        made = Desk(served)
        made.open_duties()
        yield made
        report = prove(served.ledger, folder)
    assert report["suspects"] == sorted(made.suspects), "what row C06's keys signed, and nothing else"


def enrolment(desk: Desk, person: Person, chain: list[x509.Certificate] | None = None) -> bytes:
    members: dict[str, Any] = {"subject": person.code, "role": person.role, "key": person.key.public()}
    if chain is not None:
        members["certificates"] = [encoded(one) for one in chain]
    signers = [person, desk.site.ring.officers()[0]]
    iat = desk.site.clock.now_ms() // 1000
    return build("registry.key", members, {}, iss=REGULATOR, aud=ORIGIN, iat=iat, signers=signers)


@pytest.mark.parametrize(("chain", "code"), ROWS.values(), ids=ROWS.keys())
def test_a_certificate_that_proves_nothing(desk: Desk, chain: list[x509.Certificate], code: str) -> None:
    desk.refuse(enrolment(desk, Person(DOCTOR, "doctor", NEW), chain), REGULATOR, 422, code)


def test_the_right_certificate_enrols_its_key(desk: Desk) -> None:
    person = Person(DOCTOR, "doctor", generate("ES256"))
    public: Any = load_der_public_key(person.key.spki)
    right = certificate("D", public, "root", ROOT_KEY, uri=NAME)
    desk.commit(enrolment(desk, person, [right]), REGULATOR)


def revoke(desk: Desk, person: Person, **window: str) -> None:
    officer = desk.site.ring.officers()[0].code
    members: dict[str, Any] = {"kid": person.kid, "reason": "lost", **window}
    desk.commit(desk.body("registry.revocation", REGULATOR, [officer], members), REGULATOR)
    desk.wait(1)


def test_c04_a_key_revoked_a_second_before_signs_nothing_more(desk: Desk) -> None:
    lost = Person(YS1, "pharmacist", generate("ES256"))
    desk.commit(enrolment(desk, lost), REGULATOR)
    rx = desk.issued()
    desk.commit(desk.act("review.hospital", rx), H1)
    revoke(desk, lost)
    iat = desk.site.clock.now_ms() // 1000
    claim = build("prescription.claimed", {"rx": rx}, {}, iss=P1, aud=ORIGIN, iat=iat, signers=[lost])
    desk.refuse(claim, P1, 422, "CERT_REVOKED", entry=True)


@pytest.fixture
def second_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Person:
    """The doctor signs with another key from now, at the same authenticator."""
    key = generate("ES256")
    desk.commit(enrolment(desk, Person(DOCTOR, "doctor", key)), REGULATOR)
    monkeypatch.setitem(desk.site.ring._keys, DOCTOR, key)
    return desk.person(DOCTOR, H1)


def test_c05_what_was_signed_before_the_revocation_is_dispensed(desk: Desk, second_key: Person) -> None:
    rx = desk.ready()
    revoke(desk, second_key)
    desk.commit(desk.sale(rx, [desk.code()]), P1)
    desk.wait(40 * 86_400)  # what was sold here covers the patient no longer in the rows that follow


@pytest.mark.parametrize("reason", ["compromise", "lost"])
def test_c06_nothing_signed_inside_a_compromise_window_is_dispensed(
    desk: Desk, second_key: Person, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thief may have written it: the pharmacy is told, and the verifier names the entries.

    A window that came with another reason than compromise was ignored, and the drug handed out.
    """
    before = desk.ready()
    desk.wait(1)
    since = datetime.fromtimestamp(desk.site.clock.now_ms() / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    size = desk.site.ledger.size
    rx = desk.ready()
    suspects = [index for index in range(size, desk.site.ledger.size) if signed(desk, index, second_key)]
    assert len(suspects) == 3, "the consultation's begin and end and the prescription, no step of others"
    desk.suspects.update(suspects)
    revoke(desk, second_key, reason=reason, compromised_from=since)
    monkeypatch.undo()  # the doctor signs with the first key again
    desk.refuse(desk.sale(rx, [desk.code()]), P1, 409, "KEY_COMPROMISE_WINDOW", entry=True)
    desk.commit(desk.sale(before, [desk.code()]), P1)
    desk.wait(40 * 86_400)


def signed(desk: Desk, index: int, person: Person) -> bool:
    elements = json.loads(desk.site.ledger.entry(index)).get("statement", {}).get("signatures", [])
    headers = [json.loads(base64url.decode(element["protected"])) for element in elements]
    return person.kid in [header["kid"] for header in headers]


def in_one_batch(desk: Desk, first: bytes, second: bytes) -> list[dict[str, Any]]:
    """The answers to two lines that are committed together."""
    headers = {"content-type": "application/x-ndjson", **desk.site.bearer(REGULATOR)}
    answer = desk.site.http.post("/v1/statements:batch", content=first + b"\n" + second, headers=headers)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_what_is_registered_anew_in_the_same_commit_is_not_passed_over(desk: Desk) -> None:
    """A licence that moved, and a key whose certificate names the old place: rx-verify refused the log."""
    person = Person(YS2, "pharmacist", generate("ES256"))
    public: Any = load_der_public_key(person.key.spki)
    named = certificate("D", public, "root", ROOT_KEY, uri=f"urn:rx:org:{P1}:person:{YS2}")
    before = json.loads(desk.site.ledger.read(f"pub/licence/{YS2}") or b"{}")
    officer = desk.site.ring.officers()[0].code
    moved = desk.body("registry.licence", REGULATOR, [officer], {"person": YS2, **before, "sites": [P2]})
    first, second = in_one_batch(desk, moved, enrolment(desk, person, [named]))
    assert (first["status"], second["status"], second["code"]) == (201, 409, "RECORD_CHANGED")
    back = desk.body("registry.licence", REGULATOR, [officer], {"person": YS2, **before})
    desk.commit(back, REGULATOR)
    desk.wait(1)
    desk.commit(enrolment(desk, person, [named]), REGULATOR)
