"""A key's certificates (SPEC 5.6): what they do not prove is no key, and with them it ends."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.statements.certificates import ENCIPHERING, ISSUING, certificate, with_serial
from tests.verifier.builder import LogBuilder, Person
from tests.verifier.checking import check, refused_at
from tests.verifier.kit import START_MS
from verifier.base64url import encode
from verifier.certificates import check_chain
from verifier.errors import AUTHORITY

ROOT_KEY, OTHER_KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
ROOT = certificate("root", ROOT_KEY.public_key(), "root", ROOT_KEY, ca=True, usage=ISSUING)
NAME = "urn:rx:org:PHA:person:PHC"
NOW = datetime.fromtimestamp(START_MS / 1000, UTC)
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
WEAK_KEY = rsa.generate_private_key(65537, 1024)


def der(item: x509.Certificate) -> str:
    return encode(item.public_bytes(Encoding.DER))


def certified(folder: Path, new: Person, chain: list[str], roots: list[x509.Certificate], **more: Any) -> Any:
    """A log in which the pharmacist gets a second key with these certificates, and takes stock with it."""
    builder = LogBuilder()
    builder.standard(certificate_roots=[der(root) for root in roots])
    members = {"subject": "PHC", "role": "pharmacist", "key": new.public, "certificates": chain}
    members |= more.get("members", {})
    builder.add("registry.key", members, [new, builder.officers[0]], iss=more.get("iss", "PHA"))
    enrolled = len(builder.leaves) - 1
    builder.time += more.get("wait_ms", 0)
    builder.add("stock.received", {}, [new], iss="PHA")
    return check(builder, folder), enrolled


def leaf(new: Person, issuer: str = "root", issuer_key: Any = ROOT_KEY, **changes: Any) -> x509.Certificate:
    return certificate("D", new.key.public_key(), issuer, issuer_key, **{"uri": NAME, **changes})


@pytest.mark.parametrize("name", [NAME, "urn:rx:org:PHC"])
def test_the_right_certificate_proves_its_key(tmp_path: Path, name: str) -> None:
    new = Person("PHC", "pharmacist")
    report, _ = certified(tmp_path, new, [der(leaf(new, uri=name))], [ROOT])
    assert report.exit_code == 0, report.to_text()


def test_a_chain_may_bring_its_root_and_an_authority_between(tmp_path: Path) -> None:
    new = Person("PHC", "pharmacist")
    issuing: dict[str, Any] = {"ca": True, "usage": ISSUING, "path_length": 0}
    between = certificate("sub", OTHER_KEY.public_key(), "root", ROOT_KEY, **issuing)
    chain = [der(leaf(new, "sub", OTHER_KEY)), der(between), der(ROOT)]
    assert certified(tmp_path, new, chain, [ROOT])[0].exit_code == 0


BOTH = x509.KeyUsage(True, False, False, False, False, True, False, False, False)


FAULTS: dict[str, Any] = {
    "of an unknown root": lambda new: [leaf(new, "other", OTHER_KEY)],
    "for another key": lambda new: [leaf(Person("PHC", "pharmacist"))],
    "for another person": lambda new: [leaf(new, uri="urn:rx:org:PHA:person:DOC")],
    "at another place": lambda new: [leaf(new, uri="urn:rx:org:HOS:person:PHC")],
    "without a name": lambda new: [leaf(new, uri="")],
    "for enciphering": lambda new: [leaf(new, usage=ENCIPHERING)],
    "with an unknown critical extension": lambda new: [leaf(new, extra=UNKNOWN)],
    "over": lambda new: [leaf(new, first=datetime(2025, 1, 1, tzinfo=UTC), last=NOW)],
    "to come": lambda new: [leaf(new, first=NOW.replace(day=2))],
    "by a certificate that is no authority": lambda new: [
        leaf(new, "false", OTHER_KEY),
        certificate("false", OTHER_KEY.public_key(), "root", ROOT_KEY),
    ],
    "by an authority too deep": lambda new: [
        leaf(new, "low", OTHER_KEY),
        certificate("low", OTHER_KEY.public_key(), "sub", OTHER_KEY, ca=True, usage=ISSUING),
        certificate("sub", OTHER_KEY.public_key(), "root", ROOT_KEY, ca=True, usage=ISSUING, path_length=0),
    ],
    "the root itself": lambda new: [ROOT],
    "for issuing too": lambda new: [leaf(new, usage=BOTH)],
    "seven of them": lambda new: [leaf(new), *[ROOT] * 6],
}


@pytest.mark.parametrize("name", FAULTS)
def test_certificates_that_do_not_prove_the_key(tmp_path: Path, name: str) -> None:
    new = Person("PHC", "pharmacist")
    report, enrolled = certified(tmp_path, new, [der(one) for one in FAULTS[name](new)], [ROOT])
    assert refused_at(report, enrolled, AUTHORITY), report.to_text()


@pytest.mark.parametrize("text", ["AAAA", ""])
def test_bytes_that_are_no_certificate(tmp_path: Path, text: str) -> None:
    report, enrolled = certified(tmp_path, Person("PHC", "pharmacist"), [text], [ROOT])
    assert refused_at(report, enrolled, AUTHORITY)


@pytest.mark.parametrize(("name", "iss"), [("PHA", "REG"), ("REG", "REG"), ("PHA", "PHA")])
def test_a_certificate_names_the_submitter_or_a_place_of_the_licence(
    tmp_path: Path, name: str, iss: str
) -> None:
    new = Person("PHC", "pharmacist")
    chain = [der(leaf(new, uri=f"urn:rx:org:{name}:person:PHC"))]
    assert certified(tmp_path, new, chain, [ROOT], iss=iss)[0].exit_code == 0


@pytest.mark.parametrize(
    ("valid_to", "is_in_time"), [("2026-01-01T00:00:20Z", False), ("2026-12-01T00:00:00Z", True)]
)
def test_of_certificate_and_valid_to_the_earlier_counts(
    tmp_path: Path, valid_to: str, is_in_time: bool
) -> None:
    new = Person("PHC", "pharmacist")
    given = {"members": {"valid_to": valid_to}, "wait_ms": 60_000}
    report, _ = certified(tmp_path, new, [der(leaf(new))], [ROOT], **given)
    assert (report.exit_code == 0) == is_in_time


def test_genesis_may_name_more_roots_than_a_chain_is_long(tmp_path: Path) -> None:
    issuing: dict[str, Any] = {"ca": True, "usage": ISSUING}
    names = (f"root {number}" for number in range(19))
    others = [certificate(one, OTHER_KEY.public_key(), one, OTHER_KEY, **issuing) for one in names]
    new = Person("PHC", "pharmacist")
    assert certified(tmp_path, new, [der(leaf(new))], [*others, ROOT])[0].exit_code == 0


def test_a_weak_root_vouches_for_nobody(tmp_path: Path) -> None:
    new = Person("PHC", "pharmacist")
    weak = certificate("weak", WEAK_KEY.public_key(), "weak", WEAK_KEY, ca=True, usage=ISSUING)
    report, enrolled = certified(tmp_path, new, [der(leaf(new, "weak", WEAK_KEY))], [weak])
    assert refused_at(report, enrolled, AUTHORITY)


@pytest.mark.parametrize(("wait_ms", "is_in_time"), [(8_000, True), (60_000, False)])
def test_a_key_ends_with_its_certificates(tmp_path: Path, wait_ms: int, is_in_time: bool) -> None:
    new = Person("PHC", "pharmacist")
    short = leaf(new, first=datetime(2025, 1, 1, tzinfo=UTC), last=NOW.replace(second=30))
    report, enrolled = certified(tmp_path, new, [der(short)], [ROOT], wait_ms=wait_ms)
    assert (report.exit_code == 0) == is_in_time, report.to_text()
    assert is_in_time or refused_at(report, enrolled + 1, AUTHORITY)


def test_a_long_root_certificate_in_genesis_is_read(tmp_path: Path) -> None:
    """`rx init` took it, and every verification of that log failed for ever."""
    long = certificate(
        "root", ROOT_KEY.public_key(), "root", ROOT_KEY, ca=True, usage=ISSUING, uri="urn:" + "x" * 4000
    )
    assert len(der(long)) > 4096
    new = Person("PHC", "pharmacist")
    assert certified(tmp_path, new, [der(leaf(new))], [long])[0].exit_code == 0


def test_genesis_comes_from_its_regulator_and_names_each_officer_once(tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.genesis(iss="ANY")
    assert refused_at(check(builder, tmp_path / "a"), 0, AUTHORITY)
    builder = LogBuilder()
    one = {"code": "OFF1", "key": builder.officers[0].public, "authenticators": []}
    two = {"code": "OFF2", "key": builder.officers[1].public, "authenticators": []}
    builder.genesis(officers=[one, two, one])
    assert refused_at(check(builder, tmp_path / "b"), 0, AUTHORITY)


@pytest.mark.parametrize("chain", [[ROOT], [ROOT, ROOT]])
def test_a_root_attests_nothing_itself(chain: list[x509.Certificate]) -> None:
    """It is signed by a root, its own: a device with the maker's own certificate is none of its devices."""
    with pytest.raises(ValueError, match="no end entity"):
        check_chain(chain, [ROOT])


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@pytest.mark.parametrize(("serial", "is_proof"), [(1, True), (0, False), (-1, False)])
def test_a_serial_number_is_positive(tmp_path: Path, serial: int, is_proof: bool) -> None:
    new = Person("PHC", "pharmacist")
    report, enrolled = certified(tmp_path, new, [encode(with_serial(leaf(new), ROOT_KEY, serial))], [ROOT])
    assert report.exit_code == 0 if is_proof else refused_at(report, enrolled, AUTHORITY), report.to_text()
