"""A log that is in order verifies; any changed byte of it does not, and the entry is named."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.verifier.builder import LogBuilder, NoteSigner, Person, root_hash
from tests.verifier.checking import check, check_folder, refused_at
from verifier.errors import CHECKPOINT, FORM, GENESIS, TREE, WITNESSES


@pytest.fixture(scope="module")
def builder() -> LogBuilder:
    builder = LogBuilder()
    builder.life(*builder.standard())
    builder.refuse("RX_EXPIRED", "CONSULT_STALE")
    builder.refuse("RX_EXPIRED")
    return builder


@pytest.fixture
def folder(builder: LogBuilder, tmp_path: Path) -> Path:
    return builder.write(tmp_path / "log")


def test_a_log_in_order_is_verified(builder: LogBuilder, folder: Path) -> None:
    report = check_folder(folder, builder.trust())
    assert (report.exit_code, report.message) == (0, "")
    assert report.counts["refused"] == 2
    assert report.refusals == {"CONSULT_STALE": 1, "RX_EXPIRED": 2}
    assert report.witnesses == ["w1", "w2"]
    assert list(report.levels) == [
        "parsed", "signed", "authorised", "included", "consistent", "witnessed", "replayed",
    ]  # fmt: skip
    assert report.to_text().startswith("SANDBOX")


def test_no_changed_byte_of_any_file_is_accepted(builder: LogBuilder, folder: Path) -> None:
    trust = builder.trust()
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        data = path.read_bytes()
        stride = 1 if path.name == "checkpoint" else 11
        for at in range(0, len(data), stride):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
            assert check_folder(folder, trust).exit_code == 1, (path.name, at)
        for other in (data[:-1], data + b"\n", b""):
            path.write_bytes(other)
            assert check_folder(folder, trust).exit_code == 1, path.name
        path.write_bytes(data)
    assert check_folder(folder, trust).exit_code == 0


def test_the_changed_entry_is_named(builder: LogBuilder, folder: Path) -> None:
    bundle = next((folder / "tile" / "entries").rglob("*.p/*"))
    data = bundle.read_bytes()
    start = 0
    for index, entry in enumerate(builder.entries):
        for at in (start, start + 1, start + 2, start + 1 + len(entry)):
            bundle.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
            assert refused_at(check_folder(folder, builder.trust()), index, TREE), (index, at - start)
        start += 2 + len(entry)


@pytest.mark.parametrize("name", ["extra", "tile/0/000", "tile/7/x", ".hidden", "tile/entries/001.p/1"])
def test_a_file_that_is_not_needed_is_refused(builder: LogBuilder, folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"x")
    assert refused_at(check_folder(folder, builder.trust()), None, TREE)


def test_a_missing_file_and_an_empty_folder_are_refused(builder: LogBuilder, folder: Path) -> None:
    (folder / "empty").mkdir()
    assert refused_at(check_folder(folder, builder.trust()), None, TREE)
    (folder / "empty").rmdir()
    next((folder / "tile" / "0").rglob("*.p/*")).unlink()
    assert refused_at(check_folder(folder, builder.trust()), None, TREE)


def test_a_checkpoint_by_another_log_or_key_is_refused(builder: LogBuilder, folder: Path) -> None:
    checkpoint = folder / "checkpoint"
    data = builder.checkpoint()
    text = data[: data.rindex(b"\n\n") + 1]
    thief = NoteSigner(builder.log.name, 9, 1)
    checkpoint.write_bytes(text + b"\n" + thief.line(text))
    assert check_folder(folder, builder.trust(0)).exit_code == 1
    checkpoint.write_bytes(data.replace(b"rx-test", b"rx-tess"))
    assert check_folder(folder, builder.trust(0)).exit_code == 1


def test_without_quorum_it_is_not_yet_witnessed(builder: LogBuilder, folder: Path) -> None:
    checkpoint = folder / "checkpoint"
    lines = checkpoint.read_bytes().split(b"\n")
    checkpoint.write_bytes(b"\n".join(lines[:6]) + b"\n")
    report = check_folder(folder, builder.trust())
    assert refused_at(report, None, WITNESSES)
    assert "not yet witnessed" in report.message
    assert check_folder(folder, builder.trust(1)).exit_code == 0
    checkpoint.write_bytes(b"\n".join(lines[:5]) + b"\n")
    assert check_folder(folder, builder.trust(1)).exit_code == 1
    assert check_folder(folder, builder.trust(0)).exit_code == 0
    checkpoint.write_bytes(b"\n".join([*lines[:4], lines[5]]) + b"\n")
    assert refused_at(check_folder(folder, builder.trust(0)), None, CHECKPOINT)


def test_a_cosignature_twice_or_of_a_stranger_is_refused(builder: LogBuilder, folder: Path) -> None:
    checkpoint = folder / "checkpoint"
    data = checkpoint.read_bytes()
    text = data[: data.rindex(b"\n\n") + 1]
    for line in (builder.witnesses[0].line(text), NoteSigner("witness.example/w3", 8, 4).line(text)):
        checkpoint.write_bytes(data + line)
        assert refused_at(check_folder(folder, builder.trust()), None, WITNESSES)


def test_another_genesis_profile_or_log_key_is_refused(builder: LogBuilder, folder: Path) -> None:
    pinned = builder.trust(genesis="00" * 32)
    assert refused_at(check_folder(folder, pinned), 0, GENESIS)
    assert refused_at(check_folder(folder, builder.trust(profile="production")), 0, GENESIS)


def test_a_log_that_begins_with_something_else_is_none(tmp_path: Path) -> None:
    """Its first entry may be pinned, and have been judged by nobody."""
    refused, stock = LogBuilder(), LogBuilder()
    refused.refuse("RX_EXPIRED", actor="REG")
    stock.add("stock.received", {}, [Person("PHC", "pharmacist")], iss="PHA")
    for number, builder in enumerate((refused, stock)):
        report = check_folder(builder.write(tmp_path / str(number)), builder.trust())
        assert refused_at(report, 0, GENESIS)
        assert report.message == "the first entry is not a genesis"


@pytest.mark.parametrize(("more", "is_right"), [(0, True), (1, False), (-1, False)])
def test_heads_are_of_the_size_of_the_log_before_them(more: int, is_right: bool, tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.standard()
    size = len(builder.leaves)
    builder.append({"heads": {"root": "ab" * 32, "size": size + more}, "time": builder.time})
    report = check_folder(builder.write(tmp_path / "log"), builder.trust())
    if is_right:
        assert report.exit_code == 0, report.to_text()
        return
    assert refused_at(report, size, FORM)
    assert report.message == "heads are of another size"


def test_several_bundles_and_processes(tmp_path: Path) -> None:
    builder = LogBuilder()
    people = builder.standard()
    for _ in range(8):
        builder.life(*people)
    for _ in range(600 - len(builder.leaves)):
        builder.refuse("RX_EXPIRED")
    folder = builder.write(tmp_path / "log")
    assert check_folder(folder, builder.trust()).exit_code == 0
    for path in folder.glob("tile/[01]/**/*"):
        if path.is_file():
            data = path.read_bytes()
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
            assert refused_at(check_folder(folder, builder.trust()), None, TREE)
            path.write_bytes(data)


def test_signatures_are_checked_by_several_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verifier.log_check.WORKERS_WORTHWHILE_FROM", 1)
    builder = LogBuilder()
    builder.life(*builder.standard())
    report = check_folder(builder.write(tmp_path / "log"), builder.trust(), workers=2)
    assert (report.exit_code, report.message) == (0, "")
    entry = builder.entries[5]
    at = entry.index(b'"signature":"') + 20
    builder.entries[5] = entry[:at] + (b"A" if entry[at : at + 1] != b"A" else b"B") + entry[at + 1 :]
    rebuild(builder)
    shutil.rmtree(tmp_path / "log")
    report = check_folder(builder.write(tmp_path / "log"), builder.trust(), workers=2)
    assert refused_at(report, 5, "signature")


def rebuild(builder: LogBuilder) -> None:
    from hashlib import sha256

    builder.leaves = [sha256(b"\x00" + entry).digest() for entry in builder.entries]


def test_a_kept_checkpoint_shows_a_rewrite_and_a_truncation(builder: LogBuilder, tmp_path: Path) -> None:
    folder = builder.write(tmp_path / "log")
    kept = tmp_path / "kept"
    for size in range(1, len(builder.leaves) + 1):
        kept.write_bytes(builder.checkpoint(size))
        assert check_folder(folder, builder.trust(), known=(kept,)).exit_code == 0
    kept.write_bytes(builder.proof(3))
    assert check_folder(folder, builder.trust(), known=(kept,)).exit_code == 0
    kept.write_bytes(builder.checkpoint(5, root=root_hash(builder.leaves[1:6])))
    report = check_folder(folder, builder.trust(), known=(kept,))
    assert refused_at(report, None, TREE) and "rewritten" in report.message
    longer = LogBuilder()
    longer.entries, longer.leaves = [*builder.entries], [*builder.leaves, b"\0" * 32]
    kept.write_bytes(longer.checkpoint())
    report = check_folder(folder, builder.trust(), known=(kept,))
    assert refused_at(report, None, TREE) and "shorter" in report.message


def test_an_empty_log_is_refused(tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.genesis()
    trust = builder.trust()
    builder.entries, builder.leaves = [], []
    assert refused_at(check_folder(builder.write(tmp_path / "log"), trust), None, GENESIS)


def test_a_log_with_nothing_but_genesis_is_verified(tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.genesis()
    assert check(builder, tmp_path).exit_code == 0


@pytest.mark.parametrize("size", [10**12, 2**63 - 1])
def test_a_size_that_nobody_can_hold_does_not_stop_the_verifier(
    builder: LogBuilder, folder: Path, size: int
) -> None:
    """The names of all the files that the log would need were first gathered, until the memory was full."""
    claimed = builder.checkpoint().replace(b"\n%d\n" % len(builder.leaves), b"\n%d\n" % size, 1)
    text = claimed[: claimed.rindex(b"\n\n") + 1]
    lines = b"".join(signer.line(text) for signer in (builder.log, *builder.witnesses))
    (folder / "checkpoint").write_bytes(text + b"\n" + lines)
    report = check_folder(folder, builder.trust())
    assert refused_at(report, None, TREE) and "a file is missing" in report.message


def test_what_lies_behind_a_link_is_not_passed_over(builder: LogBuilder, folder: Path) -> None:
    """A linked folder was neither looked into nor told of."""
    (folder.parent / "elsewhere").mkdir()
    (folder.parent / "elsewhere" / "entry").write_bytes(b"x")
    (folder / "more").symlink_to(folder.parent / "elsewhere")
    assert refused_at(check_folder(folder, builder.trust()), None, TREE)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(builder: LogBuilder, folder: Path) -> None:
    (folder / "checkpoint").unlink()
    os.mkfifo(folder / "checkpoint")
    assert refused_at(check_folder(folder, builder.trust()), None, TREE)
