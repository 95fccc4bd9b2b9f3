"""Torchwood's litewitness cosigns our log through the ledger's own cosigning, and refuses a fork of it."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.witnesses.cosigning import Collected, Cosigner, request_body
from api.witnesses.policy import COSIGNATURE_V1, ED25519, NoteKey, Witness, parse_key, quorum_of
from ledger.merkle import EMPTY_ROOT, Tree, leaf_hash
from ledger.note import LogSigner, with_signature_lines
from tests.judges.logs import ORIGIN, SEED, JudgedLog, entry
from tests.judges.ssh_agent import SshAgent
from verifier import note

NAME = "witness.example/lite"
START_TIMEOUT_S = 20
TABLES = """
CREATE TABLE IF NOT EXISTS log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS key (
    origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin)
);
"""


class GrowingLog:
    """The part of a ledger that cosigning sees: a log that grows between published checkpoints."""

    def __init__(self) -> None:
        self.signer = LogSigner(ORIGIN, SEED)
        self.beside: list[LogSigner] = []  # who signs too, while the key is handed over
        self.tree = Tree()
        self.lines: dict[int, list[str]] = {}

    def grow(self, size: int) -> None:
        for index in range(self.tree.size, size):
            self.tree.append(leaf_hash(entry(index)))

    def published_checkpoint(self) -> bytes:
        size, root = self.tree.size, self.tree.root(self.tree.size)
        notes = [signer.sign(size, root) for signer in (self.signer, *self.beside)]
        lines = [one.rpartition(b"\n\n")[2].decode() for one in notes[1:]]
        return with_signature_lines(notes[0], lines) if lines else notes[0]

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        return self.tree.consistency_proof(old, new)

    def add_cosignatures(self, size: int, lines: list[str]) -> None:
        self.lines.setdefault(size, []).extend(lines)


@dataclass(frozen=True, slots=True)
class RunningWitness:
    """A litewitness on loopback, its cosigning key and its database."""

    url: str
    key: NoteKey
    database: Path

    def collect(self, log: GrowingLog) -> Collected:
        witness = Witness("lite", self.key, self.url)
        return Cosigner(quorum_of(parse_key(log.signer.verifier_key.text, ED25519), [witness]), log).collect()

    def post(self, body: bytes) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"{self.url}/add-checkpoint", data=body, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def _register(database: Path, vkey: str) -> None:
    """Let litewitness know a log, still empty, in its own database: the tool for that is not to be had."""
    origin = vkey.partition("+")[0]
    connection = sqlite3.connect(database)
    connection.executescript(TABLES)
    connection.execute("INSERT INTO log VALUES (?, 0, ?)", (origin, b64encode(EMPTY_ROOT).decode()))
    connection.execute("INSERT INTO key VALUES (?, ?)", (origin, vkey))
    connection.commit()
    connection.close()


def _add_key(database: Path, vkey: str) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO key VALUES (?, ?)", (vkey.partition("+")[0], vkey))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_listening(process: subprocess.Popen[bytes], port: int, errors: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"litewitness does not listen: {errors.read_text()}")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for a Unix socket."""
    path = Path(tempfile.mkdtemp(prefix="lite-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def witness(litewitness: Path, folder: Path) -> Iterator[RunningWitness]:
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"litewitness").digest())
    _register(folder / "witness.db", LogSigner(ORIGIN, SEED).verifier_key.text)
    agent = SshAgent(folder / "agent", private)
    port = _free_port()
    errors = folder / "errors.txt"
    with errors.open("wb") as output:
        process = subprocess.Popen(
            [
                litewitness,
                f"-name={NAME}",
                f"-db={folder / 'witness.db'}",
                f"-ssh-agent={folder / 'agent'}",
                f"-key={agent.fingerprint}",
                f"-listen=127.0.0.1:{port}",
            ],
            stdout=output,
            stderr=output,
        )
    try:
        _await_listening(process, port, errors)
        key = NoteKey(NAME, COSIGNATURE_V1, private.public_key().public_bytes_raw())
        yield RunningWitness(f"http://127.0.0.1:{port}", key, folder / "witness.db")
    finally:
        process.kill()
        process.wait()
        agent.close()


def _check_cosignature(checkpoint: bytes, line: str, key: NoteKey) -> None:
    """Return when the independent verifier accepts the line as the witness's cosignature."""
    opened, signed_by = note.open_note(checkpoint + line.encode() + b"\n", [note.parse_key(key.text)])
    assert [one.name for one in signed_by] == [NAME]
    assert opened.text == checkpoint.partition(b"\n\n")[0] + b"\n"


def test_our_log_is_cosigned_as_it_grows(witness: RunningWitness) -> None:
    log = GrowingLog()
    for size in (5, 256, 300, 1000):
        log.grow(size)
        collected = witness.collect(log)
        assert collected.cosigned_by == ("lite",), collected.faults
        assert collected.is_met
        (line,) = log.lines[size]
        _check_cosignature(log.published_checkpoint(), line, witness.key)


def test_the_log_of_the_demo_is_cosigned(witness: RunningWitness, demo_log: JudgedLog) -> None:
    _register(witness.database, demo_log.verifier_key.read_text().strip())
    text, _, signatures = (demo_log.folder / "checkpoint").read_text().partition("\n\n")
    checkpoint = f"{text}\n\n{signatures.splitlines()[0]}\n".encode()
    status, answer = witness.post(request_body(0, [], checkpoint))
    assert status == 200, answer
    _check_cosignature(checkpoint, answer.decode().rstrip("\n"), witness.key)


def test_a_fork_signed_with_the_log_key_is_refused(witness: RunningWitness) -> None:
    log = GrowingLog()
    log.grow(40)
    assert witness.collect(log).is_met
    fork = GrowingLog()
    fork.tree = Tree(leaf_hash(f"other {index}".encode()) for index in range(50))
    collected = witness.collect(fork)
    assert not collected.is_met
    assert "422" in collected.faults["lite"]
    assert fork.lines == {}


def test_a_log_that_is_handed_over_is_cosigned_by_whichever_key_the_witness_knows(
    witness: RunningWitness
) -> None:
    log, following = GrowingLog(), LogSigner(ORIGIN, hashlib.sha256(b"next").digest())
    log.grow(5)
    assert witness.collect(log).is_met
    log.beside = [following]
    log.grow(9)
    assert witness.collect(log).is_met, "the line of a key that it was not told is passed over"
    log.signer, log.beside = following, []
    log.grow(12)
    assert "403" in witness.collect(log).faults["lite"]
    _add_key(witness.database, following.verifier_key.text)
    collected = witness.collect(log)
    assert collected.is_met, collected.faults
