"""Receipts: a leaf's place, an entry's signatures without its log, and what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verifier.builder import LogBuilder, NoteSigner
from verifier.receipt_check import check_receipt, read_keys
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
