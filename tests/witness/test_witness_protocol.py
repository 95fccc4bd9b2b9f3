"""Every answer of C2SP tlog-witness, and that no two histories are ever cosigned."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import EMPTY_ROOT
from ledger.note import LogSigner, encode, with_signature_lines
from network.witness.key import KEY_FILE, Cosigner, KeyFault, generate, load
from network.witness.protocol import Answer, Refused, Witness, parse_request
from network.witness.store import STORE_FILE, Seen, Store, StoreFault
from tests.witness.forkable_log import ORIGIN, Log, request_body
from verifier import note

NAME = "witness.example/w1"
TIME_S = 1_700_000_000


class Clock:
    def __init__(self) -> None:
        self.time_s = TIME_S

    def __call__(self) -> int:
        return self.time_s


class Bench:
    """A witness, its clock and what it was configured with; `restart` opens the same folder again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.logs = [note.parse_key(Log().signer.verifier_key.text)]
        Store.create(folder)
        self.open()

    def open(self) -> None:
        self.store = Store(self.folder)
        self.witness = Witness(Cosigner(NAME, b"\2" * 32), self.logs, self.store, self.clock)

    def restart(self) -> None:
        self.store.close()
        self.open()

    def post(self, body: bytes) -> Answer:
        return self.witness.add_checkpoint(body)

    def size(self) -> int:
        with self.store.transaction() as transaction:
            seen = transaction.seen(ORIGIN)
        return seen.size if seen else 0


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.store.close()


def check_cosigned(answer: Answer, signed: bytes, time_s: int = TIME_S) -> None:
    """The answer's line is this witness's signature over this checkpoint, made at this time."""
    assert answer.status == 200
    lines = answer.body.decode().split("\n")
    assert len(lines) == 2 and lines[1] == ""
    key = Cosigner(NAME, b"\2" * 32).key
    text = note.parse(signed).text
    assert note.verify(text, note.parse_signature_line(lines[0]), key) == time_s


def test_the_published_cosignature_is_made_byte_for_byte(bench: Bench) -> None:
    root = bytes.fromhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
    signed = LogSigner(ORIGIN, b"\1" * 32).sign(8, root)
    assert bench.post(request_body(0, [], signed)).body.decode() == (
        "\u2014 witness.example/w1 3xwKNQAAAABlU/EACpR7zHsLZwlz9wR1OjAMQMroQc1twQKhfVFpcJ9isgo+"
        "/L1pF8xFb/qrQHfhBY/d5a4vaQ3nI3iPA+A/ob4tCg==\n"
    )
    published = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
    assert bench.witness.key.text == published


def test_a_log_that_grows_is_cosigned_at_every_step(bench: Bench) -> None:
    log = Log(300)
    for old, new in ((0, 1), (1, 2), (2, 8), (8, 8), (8, 255), (255, 256), (256, 300)):
        check_cosigned(bench.post(log.request(old, new)), log.checkpoint(new))
        assert bench.size() == new


def test_the_empty_tree_is_cosigned_only_with_its_own_root(bench: Bench) -> None:
    log = Log(3)
    wrong = log.signer.sign(0, log.tree.root(1))
    assert bench.post(request_body(0, [], wrong)).status == 422
    check_cosigned(bench.post(log.request(0, 0)), log.checkpoint(0))
    check_cosigned(bench.post(log.request(0, 3)), log.checkpoint(3))
    assert log.tree.root(0) == EMPTY_ROOT


def test_an_unknown_log_is_404(bench: Bench) -> None:
    other = Log(3, origin="other.example/log")
    assert bench.post(other.request(0)).status == 404


def test_a_checkpoint_without_a_signature_of_the_logs_key_is_403(bench: Bench) -> None:
    stranger = Log(3, seed=b"\5" * 32)
    assert bench.post(stranger.request(0)).status == 403


def test_a_failing_signature_of_the_logs_key_is_403(bench: Bench) -> None:
    log = Log(3)
    line = note.parse(log.checkpoint(2)).signatures[0]
    forged = f"\u2014 {line.name} {encode(line.key_id + line.payload)}"
    text = note.parse(log.checkpoint(3)).text
    assert bench.post(request_body(0, [], text + f"\n{forged}\n".encode())).status == 403
    both = with_signature_lines(log.checkpoint(3), [forged])
    assert bench.post(request_body(0, [], both)).status == 403


def test_signatures_of_others_are_ignored(bench: Bench) -> None:
    log = Log(3)
    noise = f"\u2014 somebody.example {encode(bytes(68))}"
    signed = with_signature_lines(log.checkpoint(), [noise])
    check_cosigned(bench.post(request_body(0, [], signed)), signed)
    stored = bench.witness.checkpoint(sha256(ORIGIN.encode()).hexdigest())
    assert b"somebody" not in stored.body


def test_an_old_size_above_the_checkpoint_is_400(bench: Bench) -> None:
    log = Log(8)
    bench.post(log.request(0))
    assert bench.post(request_body(8, [], log.checkpoint(5))).status == 400


def test_another_old_size_than_the_witnesss_is_409_with_its_size(bench: Bench) -> None:
    log = Log(8)
    answer = bench.post(log.request(5, 8))
    assert (answer.status, answer.body, answer.content_type) == (409, b"0\n", "text/x.tlog.size")
    bench.post(log.request(0, 6))
    answer = bench.post(log.request(0, 8))
    assert (answer.status, answer.body, answer.content_type) == (409, b"6\n", "text/x.tlog.size")
    assert bench.size() == 6


def test_a_proof_that_does_not_hold_is_422(bench: Bench) -> None:
    log = Log(8)
    bench.post(log.request(0, 6))
    good = log.tree.consistency_proof(6, 8)
    for proof in ([], good[:-1], [*good, good[0]], [*good[1:], good[0]], [bytes(32), *good[1:]]):
        assert bench.post(request_body(6, proof, log.checkpoint(8))).status == 422
    assert bench.size() == 6


def test_an_equal_size_with_another_root_is_422(bench: Bench) -> None:
    log = Log(8)
    bench.post(log.request(0, 8))
    forged = log.fork(7, 8)
    assert bench.post(request_body(8, [], forged.checkpoint())).status == 422


def test_a_proof_where_none_belongs_is_422(bench: Bench) -> None:
    log = Log(8)
    assert bench.post(request_body(0, [bytes(32)], log.checkpoint(8))).status == 422
    bench.post(log.request(0, 8))
    assert bench.post(request_body(8, [bytes(32)], log.checkpoint(8))).status == 422


@pytest.mark.parametrize("at", [0, 1, 100, 199])
def test_a_fork_signed_with_the_stolen_log_key_is_never_cosigned(bench: Bench, at: int) -> None:
    log = Log(300)
    bench.post(log.request(0, 200))
    forged = log.fork(at, 300)
    assert bench.post(forged.request(200, 300)).status == 422  # its own best proof
    honest_proof = log.tree.consistency_proof(200, 300)
    assert bench.post(request_body(200, honest_proof, forged.checkpoint())).status == 422
    assert bench.post(forged.request(0, 300)).status == 409  # as if the witness had seen nothing
    assert bench.post(forged.request(at, 300)).status == 409
    assert bench.post(request_body(200, [], forged.checkpoint(200))).status == 422
    check_cosigned(bench.post(log.request(200, 300)), log.checkpoint(300))  # the honest log goes on


def test_a_log_that_was_cut_back_is_not_cosigned(bench: Bench) -> None:
    log = Log(8)
    bench.post(log.request(0, 8))
    assert bench.post(request_body(8, [], log.checkpoint(5))).status == 400
    assert bench.post(log.request(5, 5)).status == 409


def test_both_keys_of_a_log_count_while_they_overlap(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    old, new = Log(8), Log(8, seed=b"\7" * 32)
    bench.logs.append(note.parse_key(new.signer.verifier_key.text))
    bench.restart()
    check_cosigned(bench.post(old.request(0, 5)), old.checkpoint(5))
    check_cosigned(bench.post(new.request(5, 8)), new.checkpoint(8))
    bench.store.close()


def test_logs_are_kept_apart(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    other = Log(5, origin="other.example/log", seed=b"\7" * 32)
    bench.logs.append(note.parse_key(other.signer.verifier_key.text))
    bench.restart()
    log = Log(8)
    check_cosigned(bench.post(log.request(0, 8)), log.checkpoint(8))
    check_cosigned(bench.post(other.request(0, 5)), other.checkpoint(5))
    assert bench.size() == 8
    bench.store.close()


def test_a_restart_keeps_what_was_cosigned(bench: Bench) -> None:
    log = Log(8)
    bench.post(log.request(0, 6))
    bench.restart()
    assert bench.post(log.request(0, 8)).status == 409
    check_cosigned(bench.post(log.request(6, 8)), log.checkpoint(8))


def test_a_clock_that_goes_back_does_not_date_a_cosignature_earlier(bench: Bench) -> None:
    log = Log(8)
    bench.post(log.request(0, 6))
    bench.clock.time_s -= 3600
    check_cosigned(bench.post(log.request(6, 8)), log.checkpoint(8), TIME_S)
    bench.clock.time_s += 7200
    check_cosigned(bench.post(log.request(8, 8)), log.checkpoint(8), TIME_S + 3600)


def test_a_monitor_gets_the_newest_cosigned_checkpoint(bench: Bench) -> None:
    log = Log(8)
    origin_hash = sha256(ORIGIN.encode()).hexdigest()
    assert bench.witness.checkpoint(origin_hash).status == 404
    bench.post(log.request(0, 6))
    line = bench.post(log.request(6, 8)).body.decode()
    answer = bench.witness.checkpoint(origin_hash)
    assert (answer.status, answer.body) == (200, log.checkpoint(8) + line.encode())
    for unknown in ("", "0" * 64, origin_hash.upper(), ORIGIN):
        assert bench.witness.checkpoint(unknown).status == 404


def test_of_many_requests_at_once_exactly_one_history_is_cosigned(bench: Bench) -> None:
    log = Log(40)
    bench.post(log.request(0, 20))
    requests = [log.request(20, size) for size in range(21, 31)]
    requests += [log.fork(20, 40).request(20, size) for size in range(21, 31)]
    barrier = Barrier(len(requests))
    answers: list[tuple[int, bytes]] = []

    def send(body: bytes) -> None:
        barrier.wait()
        answers.append((bench.post(body).status, body))

    threads = [Thread(target=send, args=(body,)) for body in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers) == [200] + [409] * (len(requests) - 1)
    winner = parse_request(next(body for status, body in answers if status == 200))
    assert bench.size() == winner.checkpoint.size


def test_two_processes_on_one_folder_cannot_cosign_two_histories(bench: Bench) -> None:
    log = Log(40)
    second = Store(bench.folder)
    other = Witness(Cosigner(NAME, b"\2" * 32), bench.logs, second, bench.clock)
    bench.post(log.request(0, 20))
    assert other.add_checkpoint(log.fork(0, 30).request(0, 30)).status == 409
    check_cosigned(other.add_checkpoint(log.request(20, 30)), log.checkpoint(30))
    assert bench.post(log.fork(20, 30).request(20, 30)).body == b"30\n"
    second.close()


def test_a_failed_commit_releases_no_cosignature(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(8)
    bench.post(log.request(0, 6))
    connection = bench.store._connection

    class FailingConnection:
        in_transaction = True

        def execute(self, statement: str, *arguments: object) -> sqlite3.Cursor:
            if statement == "commit":
                raise sqlite3.OperationalError("disk I/O error")
            return connection.execute(statement, *arguments)

    monkeypatch.setattr(bench.store, "_connection", FailingConnection())
    with pytest.raises(sqlite3.OperationalError):
        bench.post(log.request(6, 8))
    monkeypatch.undo()
    assert bench.size() == 6


def test_the_store_itself_refuses_to_shrink_or_to_change_a_tree(bench: Bench) -> None:
    seen = Seen(8, bytes(32), TIME_S, b"")
    with bench.store.transaction() as transaction:
        transaction.remember(ORIGIN, seen)
    for worse in (Seen(7, bytes(32), TIME_S, b""), Seen(8, b"\1" * 32, TIME_S, b"")):
        with pytest.raises(StoreFault), bench.store.transaction() as transaction:
            transaction.remember(ORIGIN, worse)
    assert bench.size() == 8


def test_the_store_is_durable_before_an_answer_leaves(bench: Bench) -> None:
    assert bench.store._connection.execute("pragma journal_mode").fetchone() == ("delete",)
    assert bench.store._connection.execute("pragma synchronous").fetchone() == (3,)


def test_a_missing_or_emptied_store_is_never_made_anew(tmp_path: Path) -> None:
    with pytest.raises(StoreFault):
        Store(tmp_path)
    (tmp_path / STORE_FILE).touch()
    with pytest.raises(StoreFault):
        Store(tmp_path)
    with pytest.raises(StoreFault):
        Store.create(tmp_path)


def test_a_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    made = generate(tmp_path, NAME)
    assert load(tmp_path).key == made.key
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyFault):
        generate(tmp_path, NAME)


@pytest.mark.parametrize(
    "content", ["", "name\n", "name\nzz\n", "name\n00\n", "a b\n" + "00" * 32 + "\n", "\n\n\n\n"]
)
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / KEY_FILE).write_text(content)
    with pytest.raises(KeyFault):
        load(tmp_path)


HASH_LINE = encode(bytes(32)).encode()
SIGNED = Log(8).checkpoint(8)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\n", b"old 0", b"old 0\n", b"old 0\n\n", SIGNED, b"\n" + SIGNED, b"old 0\n" + SIGNED,
        b"old\n\n" + SIGNED, b"old 00\n\n" + SIGNED, b"old 01\n\n" + SIGNED, b"old -1\n\n" + SIGNED,
        b"old  0\n\n" + SIGNED, b"old 0 \n\n" + SIGNED, b"Old 0\n\n" + SIGNED, b"old 0\r\n\r\n" + SIGNED,
        b"old 9223372036854775808\n\n" + SIGNED, b"old " + b"9" * 5000 + b"\n\n" + SIGNED,
        b"old \xd9\xa1\n\n" + SIGNED, b"old 0\n\n\n" + SIGNED, b"old 0\n\n" + SIGNED[:-1],
        b"old 0\n\n" + SIGNED + b"\n", b"old 0\n\n" + SIGNED.replace(b"\n8\n", b"\n08\n"),
        b"old 0\nAAAA\n\n" + SIGNED, b"old 0\nnot base64\n\n" + SIGNED, b"old 0\n\xff\n\n" + SIGNED,
        b"old 0\n" + HASH_LINE[:-2] + b"B=\n\n" + SIGNED, b"old 0\n" + HASH_LINE + b" \n\n" + SIGNED,
        b"old 0\n" + (HASH_LINE + b"\n") * 64 + b"\n" + SIGNED,
        b"old 0\n\n" + SIGNED.replace(b"\n\n", b"\nextension\n\n"),
    ],
)  # fmt: skip
def test_a_malformed_request_is_400(bench: Bench, body: bytes) -> None:
    assert bench.post(body).status == 400
    assert bench.size() == 0


def test_sixty_three_proof_lines_are_read(bench: Bench) -> None:
    assert bench.post(request_body(0, [bytes(32)] * 63, SIGNED)).status == 422


def test_a_request_with_any_bit_changed_is_refused(bench: Bench) -> None:
    log = Log(8)
    bench.post(log.request(0, 6))
    good = log.request(6, 8)
    for place in range(len(good)):
        for bit in range(8):
            changed = bytearray(good)
            changed[place] ^= 1 << bit
            assert bench.post(bytes(changed)).status in (400, 403, 404, 409, 422)
    assert bench.size() == 6


@given(st.binary(max_size=200))
def test_noise_is_refused_as_malformed(noise: bytes) -> None:
    for body in (noise, b"old 0\n" + noise, b"old 0\n\n" + noise):
        with pytest.raises(Refused) as refused:
            parse_request(body)
        assert refused.value.answer.status == 400
