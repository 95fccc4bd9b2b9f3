"""A ledger from creation to export, through its public face."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from contracts.decision import Context, Decision
from contracts.facts import AdmissionRefusal, Facts, Read
from ledger.changes import Changes
from ledger.clock import SandboxClock
from ledger.errors import AlreadyExists, AlreadyRunning, Erased, GenesisRefused, NotALedger
from ledger.local import Ledger
from ledger.merkle import check_consistency, check_inclusion, leaf_hash
from ledger.note import LogSigner, decode, parse_note, verify_checkpoint
from ledger.tiles import parse, split_bundle
from tests.ledger.builders import (
    CONTRACT,
    ORIGIN,
    SECRET,
    SEED,
    START_MS,
    create,
    disclosures,
    execute,
    facts,
    open_,
)

VKEY = LogSigner(ORIGIN, SEED).verifier_key


def receipt_holds(receipt: bytes, entry: bytes) -> int:
    """Check a receipt with nothing but its bytes; return its index."""
    head, _, checkpoint_bytes = receipt.partition(b"\n\n")
    _, extra, index_line, *hashes = head.decode().split("\n")
    index = int(index_line.removeprefix("index "))
    leaf = decode(extra.removeprefix("extra "))
    assert leaf == leaf_hash(entry)
    checkpoint = verify_checkpoint(checkpoint_bytes, [VKEY])
    check_inclusion(leaf, index, checkpoint.size, [decode(item) for item in hashes], checkpoint.root)
    return index


def test_create_writes_a_whole_ledger_with_genesis_as_entry_0(tmp_path: Path) -> None:
    leaf = create(tmp_path / "new")
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert {"ledger.db", "vault.db", "keys.db", "log", "log.key", "tag-keys.json", "config.json"} <= names
    for name in ("ledger.db", "vault.db", "keys.db", "log.key", "tag-keys.json"):
        assert (tmp_path / "new" / name).stat().st_mode & 0o077 == 0
    ledger = open_(tmp_path / "new")
    assert ledger.size == 1 and leaf_hash(ledger.entry(0)).hex() == leaf == ledger.config.genesis
    assert verify_checkpoint(ledger.published_checkpoint(), [VKEY]).size == 1
    assert json.loads(ledger.entry(0))["time"] == START_MS
    ledger.close()


def test_create_refuses_a_folder_with_anything_in_it(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(AlreadyExists):
        create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize(
    "changed",
    [
        {"type_": "duty.closed"},
        {"aud": "another.example/log"},
        {"log_vkey": LogSigner(ORIGIN, bytes(32)).verifier_key.text},
        {"log_vkey": "nonsense"},
        {"tag_keys": {"people": "00000000", "codes": "00000000"}},
        {"want": "refuse"},
        {"regulator": {"code": "another"}},
        {"officers": [{"code": "G1"}, {"code": "G2"}, {"code": "G1"}]},
    ],
)
def test_create_refuses_a_genesis_that_does_not_fit_and_leaves_nothing(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    with pytest.raises(GenesisRefused):
        create(tmp_path / "new", **changed)
    assert list(tmp_path.iterdir()) == []


def test_open_refuses_a_folder_without_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(NotALedger):
        open_(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_second_process_is_refused(ledger: Ledger, folder: Path) -> None:
    with pytest.raises(AlreadyRunning):
        open_(folder)


def test_an_accepted_statement_has_index_leaf_and_a_receipt_that_holds(ledger: Ledger) -> None:
    answer = ledger.submit(facts("a"), disclosures()).result(10)
    assert (answer.outcome, answer.index) == ("accepted", 1)
    assert answer.entry is not None and answer.receipt is not None
    assert leaf_hash(answer.entry).hex() == answer.leaf
    assert receipt_holds(answer.receipt, answer.entry) == 1
    assert ledger.find(answer.statement_id) is not None and ledger.entry(1) == answer.entry


def test_a_replay_gives_the_same_index_entry_and_receipt_for_ever(ledger: Ledger, folder: Path) -> None:
    first = ledger.submit(facts("a")).result(10)
    for number in range(5):
        ledger.submit(facts(f"later {number}")).result(10)
    ledger.publish()
    again = ledger.submit(facts("a")).result(10)
    ledger.close()
    reopened = open_(folder)
    once_more = reopened.submit(facts("a")).result(10)
    assert reopened.size == 7
    reopened.close()
    for replay in (again, once_more):
        assert replay.outcome == "replayed"
        assert (replay.index, replay.leaf, replay.entry) == (first.index, first.leaf, first.entry)
        assert replay.receipt == first.receipt


def test_one_payload_twice_in_one_batch_is_one_entry(ledger: Ledger) -> None:
    first, second = (f.result(10) for f in ledger.submit_batch([(facts("a"), ()), (facts("a"), ())]))
    assert (first.outcome, second.outcome) == ("accepted", "replayed")
    assert first.receipt == second.receipt and ledger.size == 2


def test_a_batch_sees_its_own_writes_and_readers_do_not_before_commit(folder: Path) -> None:
    seen: list[bytes | None] = []

    def spy(item: Facts, context: Context, read: Read) -> Decision:
        decision = execute(item, context, read)
        seen.append(ledger.read("pub/count/c"))
        return decision

    ledger = Ledger.open(folder, SandboxClock(START_MS), contract=replace(CONTRACT, execute=spy))
    answers = [f.result(10) for f in ledger.submit_batch([(facts(n, chain="c"), ()) for n in "abc"])]
    assert [json.loads(a.entry or b"")["count"] for a in answers] == [1, 2, 3]
    assert seen == [None, None, None] and ledger.read("pub/count/c") == b"3"
    ledger.close()


def test_many_waiting_submissions_share_one_commit(folder: Path) -> None:
    commits: list[str] = []
    ledger = open_(folder, hook=commits.append)
    commits.clear()
    futures = ledger.submit_batch([(facts(str(n)), disclosures()) for n in range(200)])
    indexes = [f.result(20).index for f in futures]
    assert indexes == list(range(1, 201)) and commits.count("before commit") == 1
    ledger.close()


def test_a_refusal_is_an_entry_that_takes_no_id(ledger: Ledger) -> None:
    refused = ledger.submit(facts("a", want="refuse"), disclosures()).result(10)
    assert (refused.outcome, refused.codes, refused.index) == ("refused", ("ROLE_FORBIDDEN",), 1)
    assert refused.receipt is None and ledger.find(refused.statement_id) is None
    item = AdmissionRefusal("ab" * 32, "duty.closed", "H1", "SIG_INVALID", ())
    assert ledger.submit(item, disclosures()).result(10).index == 2
    assert ledger.receipt("ab" * 32) is None and ledger.find("not an id") is None


def test_a_refused_copy_does_not_replace_the_disclosures_of_the_committed_one(ledger: Ledger) -> None:
    good = ledger.submit(facts("a"), disclosures()).result(10)
    bad = AdmissionRefusal(good.statement_id, "duty.closed", "H1", "SIG_INVALID", ())
    ledger.submit(bad, disclosures("other")).result(10)
    assert ledger.disclosures(good.statement_id) == {"identity": {"certificate_number": SECRET}}


def test_check_decides_and_writes_nothing(ledger: Ledger) -> None:
    assert ledger.check(facts("a", chain="c")).outcome == "accepted"
    assert ledger.size == 1 and ledger.read("pub/count/c") is None


def test_history_lists_a_chain_oldest_first(ledger: Ledger) -> None:
    for name, chain in (("a", "x"), ("b", "y"), ("c", "x")):
        ledger.submit(facts(name, chain=chain)).result(10)
    assert [located.index for located in ledger.history("x")] == [1, 3]
    assert ledger.history("unknown") == []


def test_private_state_and_plaintext_never_reach_ledger_db(ledger: Ledger, folder: Path) -> None:
    ledger.submit(facts("a", chain="c"), disclosures()).result(10)
    tag = ledger.tag("people", SECRET)[0]
    assert ledger.read(f"pvt/person/{tag}") == b'{"seen":1}'
    files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ledger.close()
    assert {"ledger.db-wal", "vault.db-wal"} <= files.keys()
    files |= {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    text = disclosures()[0].encode()
    for name, data in files.items():
        assert SECRET.encode() not in data and text not in data, name
        assert (b"pvt/" in data) == (name in ("vault.db", "vault.db-wal")), name


def test_destroying_a_data_key_erases_its_disclosures_and_no_other(ledger: Ledger, folder: Path) -> None:
    gone = ledger.submit(facts("a", chain="c1"), disclosures()).result(10)
    kept = ledger.submit(facts("b", chain="c2"), disclosures()).result(10)
    assert ledger.erase("c1") == 1
    with pytest.raises(Erased):
        ledger.disclosures(gone.statement_id)
    assert ledger.disclosures(kept.statement_id) == {"identity": {"certificate_number": SECRET}}
    later = ledger.submit(facts("d", chain="c1"), disclosures()).result(10)
    assert ledger.disclosures(later.statement_id)
    with pytest.raises(Erased):  # the new key of the same name does not bring the old content back
        ledger.disclosures(gone.statement_id)
    assert receipt_holds(ledger.receipt(gone.statement_id) or b"", gone.entry or b"") == 1
    assert ledger.audit() == 4


def test_erased_key_bytes_are_overwritten_in_the_file(ledger: Ledger, folder: Path) -> None:
    import sqlite3

    ledger.submit(facts("a", chain="c1"), disclosures()).result(10)
    ledger.close()
    with sqlite3.connect(folder / "keys.db") as keys:
        key = keys.execute("SELECT key FROM data_key").fetchone()[0]
    keys.close()
    reopened = open_(folder)
    assert key in (folder / "keys.db").read_bytes()
    reopened.erase("c1")
    for name in ("keys.db", "keys.db-wal"):
        assert key not in (folder / name).read_bytes()
    reopened.close()


def test_what_was_erased_stands_in_no_log_of_the_store(ledger: Ledger, folder: Path) -> None:
    """Key and ciphertext were written a moment ago: the files may not know them yet, their logs do."""
    gone = ledger.submit(facts("a", chain="c1"), disclosures()).result(10)
    store = ledger._parts.store
    key = store.rows("SELECT key FROM keys.data_key")[0][0]
    ciphertext = store.rows("SELECT ciphertext FROM vault.disclosure")[0][0]
    assert key in (folder / "keys.db-wal").read_bytes()
    ledger.erase("c1")
    for path in folder.iterdir():
        assert path.is_dir() or not (key in path.read_bytes() or ciphertext in path.read_bytes()), path.name
    with pytest.raises(Erased):
        ledger.disclosures(gone.statement_id)


@pytest.mark.parametrize("writes", [1, 2], ids=["content gone", "key gone"])
def test_an_erasure_broken_off_is_finished_by_the_next(folder: Path, writes: int) -> None:
    ledger = open_(folder)
    gone = ledger.submit(facts("a", chain="c1"), disclosures()).result(10)
    store = ledger._parts.store
    steps = [store.write_keys, store.empty_write_ahead_logs]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, steps[writes - 1].__name__, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.erase("c1")
    ledger.close()
    reopened = open_(folder)
    with pytest.raises(Erased):
        reopened.disclosures(gone.statement_id)
    assert reopened.erase("c1") == 2 - writes
    assert not reopened._parts.store.rows("SELECT key FROM keys.data_key")
    reopened.close()


def test_receipt_prefers_the_cosigned_then_the_published_then_the_signed_checkpoint(ledger: Ledger) -> None:
    answer = ledger.submit(facts("a")).result(10)
    entry = answer.entry or b""

    def size_of(receipt: bytes | None) -> int:
        assert receipt is not None and receipt_holds(receipt, entry) == 1
        return verify_checkpoint(receipt.partition(b"\n\n")[2], [VKEY]).size

    assert size_of(ledger.receipt(answer.statement_id)) == 2
    ledger.publish()
    line = parse_note(ledger.published_checkpoint()).signatures[0].text.replace("test ", "witness ")
    ledger.submit(facts("b")).result(10)
    assert size_of(ledger.receipt(answer.statement_id)) == 2
    ledger.publish()
    assert size_of(ledger.receipt(answer.statement_id)) == 3
    ledger.add_cosignatures(2, [line])
    ledger.add_cosignatures(2, [line])
    receipt = ledger.receipt(answer.statement_id) or b""
    assert size_of(receipt) == 2 and receipt.count(line.encode()) == 1


def test_published_folder_holds_what_the_server_serves(ledger: Ledger, folder: Path) -> None:
    ledger.submit_batch([(facts(str(n)), ()) for n in range(300)])[-1].result(20)
    ledger.publish()
    ledger.submit_batch([(facts(f"b{n}"), ()) for n in range(260)])[-1].result(20)
    ledger.publish()
    files = {str(p.relative_to(folder / "log")): p for p in (folder / "log").rglob("*") if p.is_file()}
    checkpoint = files.pop("checkpoint").read_bytes()
    assert checkpoint == ledger.published_checkpoint()
    assert verify_checkpoint(checkpoint, [VKEY]).size == 561
    for path, file in files.items():
        assert parse(path).path == path and ledger.tile(path) == file.read_bytes()
    assert "tile/0/000.p/1" not in files and "tile/entries/002.p/49" in files
    assert len(split_bundle(ledger.tile("tile/entries/002.p/7") or b"")) == 7
    for absent in ("tile/0/002.p/50", "tile/0/003", "tile/1/000.p/3", "tile/x", "checkpoint", "../lock"):
        assert ledger.tile(absent) is None


def test_force_repairs_a_damaged_published_folder(ledger: Ledger, folder: Path) -> None:
    ledger.submit(facts("a")).result(10)
    ledger.publish()
    tile = folder / "log" / "tile/entries/000.p/2"
    good = tile.read_bytes()
    tile.write_bytes(good[:-1])
    ledger.publish()
    assert tile.read_bytes() != good
    ledger.publish(force=True)
    assert tile.read_bytes() == good


def test_export_holds_one_checkpoint_and_exactly_its_files(ledger: Ledger, tmp_path: Path) -> None:
    ledger.submit_batch([(facts(str(n)), ()) for n in range(300)])[-1].result(20)
    ledger.export(tmp_path / "out")
    names = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*") if p.is_file()}
    hashes = {"tile/0/000", "tile/0/001.p/45", "tile/1/000.p/1"}
    assert names == {"checkpoint", *hashes, "tile/entries/000", "tile/entries/001.p/45"}


def test_consistency_proof_leads_from_one_published_checkpoint_to_the_next(ledger: Ledger) -> None:
    old = verify_checkpoint(ledger.published_checkpoint(), [VKEY])
    ledger.submit_batch([(facts(str(n)), ()) for n in range(9)])[-1].result(10)
    ledger.publish()
    new = verify_checkpoint(ledger.published_checkpoint(), [VKEY])
    check_consistency(old.size, old.root, new.size, new.root, ledger.consistency_proof(old.size, new.size))


def test_a_reopened_sandbox_clock_goes_on_where_the_ledger_stands(folder: Path) -> None:
    clock = SandboxClock(START_MS)
    ledger = open_(folder, clock)
    clock.set(START_MS + 5_000)
    ledger.submit(facts("a")).result(10)
    ledger.close()
    later = SandboxClock(START_MS)
    reopened = Ledger.open(folder, later, contract=CONTRACT)
    assert later.now_ms() == START_MS + 5_000
    reopened.close()


def test_entry_outside_the_log_is_an_index_error(ledger: Ledger) -> None:
    for index in (-1, 1):
        with pytest.raises(IndexError):
            ledger.entry(index)


def test_disclosures_move_to_no_other_statement(ledger: Ledger) -> None:
    from ledger.errors import DataDamaged

    answer = ledger.submit(facts("a"), disclosures()).result(10)
    moved = ("UPDATE vault.disclosure SET statement_id = zeroblob(32)", [()])
    ledger._parts.store.commit(Changes(vault=[moved]))
    with pytest.raises(DataDamaged):
        ledger.disclosures(answer.statement_id)


def test_facts_reach_the_contract_with_tags_only_the_ledger_can_make(ledger: Ledger) -> None:
    forged = replace(facts("a", chain="c"), tags={("people", SECRET): ("00000000.forged",)})
    ledger.submit(forged).result(10)
    assert ledger.read("pvt/person/00000000.forged") is None


def test_a_change_of_what_admission_reads_is_told_when_reads_see_it_and_before_the_answer(
    folder: Path, ledger: Ledger
) -> None:
    ledger.close()
    told: list[tuple[list[str], bytes | None, bool]] = []

    def writes(item: Facts, context: Context, read: Read) -> Decision:
        decision = execute(item, context, read)
        extra = (("pub/key/D1#0", b"new"), ("pub/keyring", b"x"), ("pvt/key/D1", b"x"))
        return replace(decision, writes=(*decision.writes, *extra))

    watched = Ledger.open(folder, SandboxClock(START_MS), contract=replace(CONTRACT, execute=writes))
    watched.submit(facts("plain")).result(10)
    is_sent = Event()

    def note(keys: Sequence[str]) -> None:
        assert is_sent.wait(10)
        told.append((list(keys), watched.read("pub/key/D1#0"), answered.done()))

    watched.watch(note)
    answered = watched.submit(facts("registers"))
    is_sent.set()
    answered.result(10)
    watched.close()
    assert told == [(["pub/key/D1#0"], b"new", False)]
