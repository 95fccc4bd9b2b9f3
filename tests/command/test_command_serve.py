"""`rx serve` as a process, and the commands of a member who talks to it."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.client.http import Client
from api.client.signers import access_key
from api.sandbox import processes
from api.sandbox.processes import Children
from tests.command.builders import ORIGIN, Command

REGULATOR, OFFICER = "R99000000001", "G990000000001"


@dataclass(frozen=True, slots=True)
class Served:
    """A serving sandbox ledger with two witnesses."""

    url: str
    folder: Path
    work: Path

    @property
    def key(self) -> Path:
        return self.folder / "keys" / f"{REGULATOR}.json"

    @property
    def signer(self) -> str:
        return f"officer={self.folder / 'keys' / OFFICER}.json"

    def client(self) -> Client:
        return Client(self.url, *access_key(self.key))


@pytest.fixture
def served(rx: Command, tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "ledger"
    witnesses = {name: (_witness(tmp_path / name, name), processes.free_port()) for name in ("w1", "w2")}
    words = [f"--witness={name}={vkey}@http://127.0.0.1:{port}" for name, (vkey, port) in witnesses.items()]
    facts = rx.init(folder, *words, "--quorum=2")
    port = processes.free_port()
    with Children(tmp_path / "logs") as children:
        for name, (_, own) in witnesses.items():
            where = ("--folder", str(tmp_path / name), "--listen", f"127.0.0.1:{own}")
            children.start(name, processes.command("rx-witness", "serve", *where, "--log", facts["vkey"]))
            children.wait_for(name, f"http://127.0.0.1:{own}/")
        where = ("--folder", str(folder), "--listen", f"127.0.0.1:{port}")
        children.start("ledger", processes.command("rx", "serve", *where))
        children.wait_for("ledger", f"http://127.0.0.1:{port}/readyz")
        yield Served(f"http://127.0.0.1:{port}", folder, tmp_path)


def _witness(folder: Path, name: str) -> str:
    arguments = ("keygen", "--folder", str(folder), "--name", f"{name}.example")
    return processes.succeed("rx-witness", *arguments).strip()


def verify(*words: str | Path) -> int:
    """Return the exit code of rx-verify, a process of its own."""
    return processes.run("rx-verify", *(str(word) for word in words)).returncode


def _draft(served: Served, code: str = "D1") -> Path:
    path = served.work / f"{code}.json"
    draft = {
        "type": "registry.person",
        "members": {"code": code, "role": "doctor"},
        "disclosures": {"identity": {"name": "陆知微"}},
        "iat": 1_772_323_200,
    }
    path.write_text(json.dumps(draft), "utf-8")
    return path


def _signed(rx: Command, served: Served, *extra: str) -> Path:
    out = served.work / "body.json"
    words = ("--iss", REGULATOR, "--origin", ORIGIN, "--out", out, *extra)
    rx.json("sign", _draft(served), *words)
    return out


def _cosigned(served: Served, size: int) -> bytes:
    client = served.client()
    for _ in range(200):
        checkpoint = client.get("/log/checkpoint")
        if int(checkpoint.split(b"\n")[1]) >= size and checkpoint.count("\u2014".encode()) == 3:
            return checkpoint
        time.sleep(0.1)
    raise AssertionError("no cosigned checkpoint within twenty seconds")


def test_a_submission_is_committed_once_proven_and_cosigned(rx: Command, served: Served) -> None:
    body = _signed(rx, served, "--signer", served.signer)
    proof, entry = served.work / "p.tlog-proof", served.work / "p.entry"
    words = ("submit", "--url", served.url, "--key", served.key, body)
    first: Any = rx.json(*words, "--receipt", proof, "--entry", entry)
    assert first["outcome"] == "accepted"
    assert first["index"] == 1
    again = rx.json(*words)
    assert (again["index"], again["leaf"]) == (1, first["leaf"])
    _cosigned(served, 2)
    client = served.client()
    cosigned = served.work / "cosigned.tlog-proof"
    cosigned.write_bytes(client.receipt(first["id"]))
    client.close()
    trust = ("--trust", str(served.folder / "trust.json"))
    assert verify("receipt", cosigned, *trust, "--entry", entry) == 0
    assert verify("receipt", proof, *trust) in (0, 1)  # at once it may not be witnessed yet
    out = served.work / "audit"
    facts = rx.json("export", "--url", served.url, "--key", served.key, out)
    assert facts["size"] == 2
    assert verify("log", out, *trust) == 0


def test_a_refusal_has_exit_code_1_and_says_why(rx: Command, served: Served) -> None:
    body = json.loads(_signed(rx, served, "--signer", served.signer).read_bytes())
    signature = body["signatures"][0]["signature"]
    body["signatures"][0]["signature"] = ("B" if signature[0] == "A" else "A") + signature[1:]
    (served.work / "bad.json").write_text(json.dumps(body))
    words = ("submit", "--url", served.url, "--key", served.key, served.work / "bad.json")
    assert rx.code(*words) == 1
    assert "SIG_" in rx.error
    assert "fix:" in rx.error
    assert rx.code(*words, "--json") == 1
    assert json.loads(rx.output)["codes"][0].startswith("SIG_")


def test_a_check_writes_nothing(rx: Command, served: Served) -> None:
    body = _signed(rx, served, "--unsigned", "--signer", f"officer={OFFICER}")
    words = ("submit", "--url", served.url, "--key", served.key, "--check", body)
    verdict = rx.json(*words)
    assert verdict["outcome"] == "accepted"
    assert verdict["not_checked"] == ["signature", "presence"]
    assert rx.code(*words) == 0
    assert rx.output == "would be accepted\n"
    assert served.client().get("/log/checkpoint").split(b"\n")[1] == b"1"


def test_an_unusable_message_is_named_and_a_usable_one_kept_in_the_outbox(
    rx: Command, served: Served
) -> None:
    message = served.work / "duty.json"
    message.write_text("{}")
    words = ("import", "--url", served.url, "--key", served.key, "--origin", ORIGIN)
    words = (*words, "--outbox", served.work / "outbox.db", "--signer", served.signer)
    assert rx.code(*words, message) == 1
    assert "infno" in rx.error
    corpus = Path(processes.__file__).parent / "corpus" / "day-one" / "001-duty.json"
    out = served.work / "submissions"
    first = rx.json(*words, "--kind", "DUTY", "--out", out, corpus)
    assert Path(first["file"]).is_file()
    Path(first["file"]).unlink()
    assert rx.json(*words, "--kind", "DUTY", "--out", out, corpus)["id"] == first["id"]
    assert rx.code(*words, "--kind", "DUTY", corpus) == 1  # an officer opens no pharmacist's duty
    assert "refused" in rx.error


def test_a_stopped_server_goes_on_where_it_was(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder)
    for _ in range(2):
        command = processes.command(
            "rx", "serve", "--folder", str(folder), "--listen", "127.0.0.1:0", "--json"
        )
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
            try:
                facts = json.loads(server.stdout.readline() if server.stdout else b"{}")
                assert facts["size"] == 1
                client = Client(facts["listening"], *access_key(folder / "keys" / f"{REGULATOR}.json"))
                assert client.get("/readyz")
                assert rx.code("export", "--folder", folder, tmp_path / "out") == 2
                client.close()
            finally:
                server.send_signal(signal.SIGTERM)
            assert server.wait(30) == 0


def test_no_ledger_and_a_taken_port_are_named(rx: Command, served: Served) -> None:
    assert rx.code("serve", "--folder", served.work / "nothing") == 2
    assert "rx init" in rx.error
    other = served.work / "other"
    rx.init(other)
    taken = served.url.removeprefix("http://")
    done = processes.run("rx", "serve", "--folder", str(other), "--listen", taken)
    assert done.returncode == 2
    assert "cannot be listened on" in done.stderr
