"""Cosigning through a real witness over loopback, and what the network itself may do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.witnesses.client import post
from api.witnesses.cosigning import Cosigner
from api.witnesses.policy import COSIGNATURE_V1, Witness, WitnessPolicy, parse_key, quorum_of
from network.witness.key import generate
from network.witness.protocol import Witness as WitnessService
from network.witness.server import WitnessServer
from network.witness.store import Store
from tests.cosigning.witnesses import GrowingLog
from verifier.note import parse_key as parse_log_key


@contextmanager
def serving(folder: Path, log: GrowingLog, name: str = "bureau") -> Iterator[Witness]:
    folder.mkdir()
    cosigner = generate(folder, f"witness.example/{name}")
    Store.create(folder)
    store = Store(folder)
    service = WitnessService(
        cosigner, [parse_log_key(log.signer.verifier_key.text)], store, lambda: 1_700_000_000
    )
    with WitnessServer(("127.0.0.1", 0), service) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Witness(name, parse_key(cosigner.key.text, COSIGNATURE_V1), server.url)
        server.shutdown()
        thread.join()
    store.close()


def policy_of(log: GrowingLog, witness: Witness) -> WitnessPolicy:
    return quorum_of(log.key, [witness], 1)


def test_a_real_witness_cosigns_a_growing_log_across_our_restarts(tmp_path: Path) -> None:
    log = GrowingLog()
    log.grow_to(3)
    with serving(tmp_path / "w", log) as witness:
        assert Cosigner(policy_of(log, witness), log).collect().is_met
        log.grow_to(700)
        # A new cosigner knows nothing of the witness's size: the witness tells it.
        restarted = Cosigner(policy_of(log, witness), log)
        assert restarted.collect().is_met
        log.grow_to(701)
        assert restarted.collect().is_met
    assert [size for size, _ in log.added] == [3, 700, 701]


def test_a_fork_signed_with_the_stolen_log_key_gets_no_cosignature(tmp_path: Path) -> None:
    log = GrowingLog()
    log.grow_to(8)
    with serving(tmp_path / "w", log) as witness:
        assert Cosigner(policy_of(log, witness), log).collect().is_met
        for size in (8, 20):
            fork = GrowingLog(entry="forged")
            fork.grow_to(size)
            collected = Cosigner(policy_of(fork, witness), fork).collect()
            assert not collected.is_met
            assert "answered 422" in collected.faults["bureau"]
        shorter = GrowingLog()
        shorter.grow_to(5)
        faults = Cosigner(policy_of(shorter, witness), shorter).collect().faults
        assert "has cosigned size 8, we publish 5" in faults["bureau"]


def test_a_fork_shown_to_two_witnesses_is_refused_by_both(tmp_path: Path) -> None:
    """The regulator's and a hospital's: whoever stole the log key must win both over, and wins neither."""
    log = GrowingLog()
    log.grow_to(8)
    with serving(tmp_path / "a", log) as regulator, serving(tmp_path / "b", log, "hospital") as hospital:
        both = [regulator, hospital]
        met = Cosigner(quorum_of(log.key, both, 2), log).collect()
        assert met.is_met and met.faults == {}
        fork = GrowingLog(entry="forged")
        fork.grow_to(20)
        for needed in (1, 2):
            collected = Cosigner(quorum_of(fork.key, both, needed), fork).collect()
            assert not collected.is_met
            assert set(collected.faults) == {"bureau", "hospital"}
            assert all("answered 422" in fault for fault in collected.faults.values())
        log.grow_to(9)
        assert Cosigner(quorum_of(log.key, both, 2), log).collect().is_met, "the true log goes on"


def test_no_answer_a_cut_answer_and_an_endless_answer_are_status_0() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}/add-checkpoint"
        endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000
        cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"

        def serve() -> None:
            for answer in (b"", cut, b"nonsense\r\n\r\n", endless):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        replies = [post(url, b"old 0\n\n", 5.0) for _ in range(4)]
        thread.join()
    assert replies[0].status == 0
    assert replies[2].status == 0
    assert replies[3].status == 0
    assert b"too long" in replies[3].body
    assert post(url, b"", 1.0).status == 0


def test_a_redirect_is_not_followed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        reply = post(f"http://127.0.0.1:{port}/add-checkpoint", b"old 0\n\n", 5.0)
        thread.join()
    assert reply.status == 302
