"""Receipts: a leaf's place, an entry's signatures without its log, and what is not known."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from tests.verifier.builder import LogBuilder, NoteSigner, Person
from verifier.entry import parse_entry
from verifier.receipt_check import check_receipt, keys_in, read_keys
from verifier.report import Report
from verifier.trust import parse_trust


@pytest.fixture(scope="module")
def builder() -> LogBuilder:
    builder = LogBuilder()
    builder.life(*builder.standard())
    builder.refuse("RX_EXPIRED")
    return builder


def check(builder: LogBuilder, data: bytes, entry: bytes | None = None, quorum: int = 2) -> Report:
    return check_receipt(data, parse_trust(builder.trust(quorum)), entry, {})


def test_every_entry_is_verified_with_and_without_its_bytes(builder: LogBuilder) -> None:
    for index, entry in enumerate(builder.entries):
        proof = builder.proof(index)
        for given in (None, entry):
            report = check(builder, proof, given)
            assert (report.exit_code, report.index, report.message) == (0, index, "")
            assert report.not_checked


def test_no_changed_byte_of_a_receipt_or_its_entry_is_accepted(builder: LogBuilder) -> None:
    index = len(builder.entries) - 3
    proof, entry = builder.proof(index), builder.entries[index]
    for at in range(len(proof)):
        data = proof[:at] + bytes([proof[at] ^ 1 << at % 8]) + proof[at + 1 :]
        assert check(builder, data).exit_code != 0, at
    for at in range(0, len(entry), 5):
        data = entry[:at] + bytes([entry[at] ^ 1]) + entry[at + 1 :]
        assert check(builder, proof, data).exit_code == 1, at


def test_the_entry_of_another_receipt_is_refused(builder: LogBuilder) -> None:
    assert check(builder, builder.proof(3), builder.entries[4]).exit_code == 1


def test_without_quorum_it_is_not_yet_witnessed(builder: LogBuilder) -> None:
    proof = builder.proof(4)
    early = proof[: proof.index("\u2014 witness".encode())]
    report = check(builder, early)
    assert (report.exit_code, report.step) == (1, "witnesses")
    assert "not yet witnessed" in report.to_text()
    assert check(builder, early, quorum=0).exit_code == 0


def test_a_new_witness_does_not_spoil_old_trust_but_a_false_name_does(builder: LogBuilder) -> None:
    proof = builder.proof(4)
    checkpoint = proof[proof.index(b"\n\n") + 2 :]
    text = checkpoint[: checkpoint.index(b"\n\n") + 1]
    report = check(builder, proof + NoteSigner("witness.example/w3", 8, 4).line(text))
    assert report.exit_code == 0
    assert "strangers" in report.to_text()
    assert check(builder, proof + NoteSigner("witness.example/w1", 8, 4).line(text)).exit_code == 1


def test_a_receipt_without_a_leaf_needs_the_entry(builder: LogBuilder) -> None:
    lines = builder.proof(4).split(b"\n")
    plain = b"\n".join([lines[0], *lines[2:]])
    assert check(builder, plain).exit_code == 2
    assert check(builder, plain, builder.entries[4]).exit_code == 0


def test_keys_are_read_from_a_log(builder: LogBuilder, tmp_path: Path) -> None:
    found = read_keys(builder.write(tmp_path / "log"))
    assert {kid.partition("#")[0] for kid in found} == {"OFF1", "OFF2", "DOC", "PHC"}
    index = len(builder.entries) - 3
    report = check_receipt(builder.proof(index), parse_trust(builder.trust()), builder.entries[index], found)
    assert report.exit_code == 0


def test_garbage_is_refused(builder: LogBuilder) -> None:
    for data in (b"", b"c2sp.org/tlog-proof@v1\n\n", b"\xff" * 100):
        assert check(builder, data).exit_code == 1


def test_a_receipt_does_not_vouch_for_an_entry_that_hides_how_much_it_commits_to(tmp_path: Path) -> None:
    """Another number of digests than the type has was seen in the log alone; `heads` of another size too."""
    builder = LogBuilder()
    _, pharmacist = builder.standard()
    builder.add("stock.received", {}, [pharmacist], iss="PHA", payload={"_sd": []})
    builder.append({"heads": {"root": "ab" * 32, "size": 4}, "time": builder.time})
    for index in (len(builder.entries) - 2, len(builder.entries) - 1):
        report = check(builder, builder.proof(index), builder.entries[index])
        assert (report.exit_code, report.index, report.step) == (1, index, "form")
    builder.append({"heads": {"root": "ab" * 32, "size": len(builder.entries)}, "time": builder.time})
    assert check(builder, builder.proof(len(builder.entries) - 1), builder.entries[-1]).exit_code == 0


def with_extra(proof: bytes, extra: bytes) -> bytes:
    lines = proof.split(b"\n")
    return b"\n".join([lines[0], b"extra " + b64encode(extra), *lines[2:]])


def test_what_a_receipt_says_of_its_leaf_is_a_leaf_hash_and_the_entrys(builder: LogBuilder) -> None:
    proof, leaf = builder.proof(4), builder.leaves[4]
    assert check(builder, with_extra(proof, leaf)).exit_code == 0
    for extra in (leaf[:31], leaf + b"\0", b""):
        for entry in (None, builder.entries[4]):
            report = check(builder, with_extra(proof, extra), entry)
            assert (report.exit_code, report.step) == (1, "tree")
            assert report.message == "the receipt's extra line is not a leaf hash"
    report = check(builder, with_extra(proof, builder.leaves[5]), builder.entries[4])
    assert report.message == "the entry is not the one that the receipt is for"


def test_the_first_entry_of_another_log_is_no_genesis_of_this_one(builder: LogBuilder) -> None:
    report = check_receipt(builder.proof(0), parse_trust(builder.trust(genesis="00" * 32)), None, {})
    assert (report.exit_code, report.index, report.step) == (1, 0, "genesis")
    assert report.message == "genesis is not the one that the trust file pins"


def test_a_receipt_vouches_for_no_statement_of_another_log_or_key() -> None:
    builder = LogBuilder()
    _, pharmacist = builder.standard()
    builder.add("stock.received", {}, [pharmacist], iss="PHA", aud="other.example/log")
    builder.add("stock.received", {}, [Named("PHC", "pharmacist")], iss="PHA")
    last = len(builder.entries) - 1
    for index, reason in (
        (last - 1, "a statement addressed to another log"),
        (last, "signature is not by the key that it names"),
    ):
        report = check(builder, builder.proof(index), builder.entries[index])
        assert (report.exit_code, report.message) == (1, reason)


def test_a_key_at_hand_is_of_the_algorithm_that_signed(builder: LogBuilder) -> None:
    index = len(builder.entries) - 2
    found = keys_in_log(builder)
    other = {kid: ("SM2-SM3", spki) for kid, (_, spki) in found.items()}
    trust = parse_trust(builder.trust())
    report = check_receipt(builder.proof(index), trust, builder.entries[index], other)
    assert (report.exit_code, report.step) == (1, "signature")
    assert report.message == "signed with another algorithm than the key's"


class Named(Person):
    """Signs in the name of a key that is another's."""

    @property
    def kid(self) -> str:
        return f"{self.code}#0011223344556677"


def keys_in_log(builder: LogBuilder) -> dict[str, tuple[str, bytes]]:
    found: dict[str, tuple[str, bytes]] = {}
    for entry in builder.entries:
        found |= keys_in(parse_entry(entry))
    return found
