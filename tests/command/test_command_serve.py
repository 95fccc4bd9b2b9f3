"""`rx serve` as a process, and the commands of a member who talks to it."""

from __future__ import annotations

import base64
import hashlib
import json
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from api.client.http import Client
from api.client.signers import access_key
from api.command.service import open_ledger
from api.sandbox import processes
from api.sandbox.processes import Children
from ledger.clock import SandboxClock
from ledger.contract import form
from tests.command.builders import CLOCK, DAY, OFFICER, ORIGIN, REGULATOR, Command, Served, new_witness


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


def signed_person(rx: Command, served: Served, *extra: str) -> Path:
    out = served.work / "body.json"
    words = ("--iss", REGULATOR, "--origin", ORIGIN, "--out", out, *extra)
    rx.json("sign", _draft(served), *words)
    return out


def cosigned_checkpoint(served: Served, size: int, witnesses: int = 2) -> bytes:
    client = served.client()
    for _ in range(200):
        checkpoint = client.get("/log/checkpoint")
        if int(checkpoint.split(b"\n")[1]) >= size and checkpoint.count("\u2014".encode()) == witnesses + 1:
            return checkpoint
        time.sleep(0.1)
    raise AssertionError("no cosigned checkpoint within twenty seconds")


def test_a_submission_is_committed_once_proven_andcosigned_checkpoint(rx: Command, served: Served) -> None:
    body = signed_person(rx, served, "--signer", served.signer)
    proof, entry = served.work / "p.tlog-proof", served.work / "p.entry"
    words = ("submit", "--url", served.url, "--key", served.key, body)
    first: Any = rx.json(*words, "--receipt", proof, "--entry", entry)
    assert first["outcome"] == "accepted"
    assert first["index"] == 1
    again = rx.json(*words)
    assert (again["index"], again["leaf"]) == (1, first["leaf"])
    cosigned_checkpoint(served, 2)
    client = served.client()
    cosigned = served.work / "cosigned.tlog-proof"
    cosigned.write_bytes(client.receipt(first["id"]))
    client.close()
    trust = ("--trust", str(served.folder / "trust.json"))
    assert verify("receipt", cosigned, *trust, "--entry", entry) == 0
    assert verify("receipt", proof, *trust) in (0, 1)  # at once it may not be witnessed yet
    fetched = served.work / "fetched.tlog-proof"
    asked = ("receipt", "--url", served.url, "--trust", served.folder / "trust.json", "--wait", "20")
    told = rx.json(*asked, "--out", fetched, first["id"])
    assert (told["cosigned_by"], told["policy_met"]) == (["w1", "w2"], True)
    assert verify("receipt", fetched, *trust, "--entry", entry) == 0
    assert rx.code(*asked, "--out", served.work / "by-file", body) == 0
    assert (served.work / "by-file").read_bytes() == fetched.read_bytes()
    out = served.work / "audit"
    facts = rx.json("export", "--url", served.url, "--key", served.key, out)
    assert facts["size"] == 2
    assert verify("log", out, *trust) == 0


def test_a_refusal_has_exit_code_1_and_says_why(rx: Command, served: Served) -> None:
    body = json.loads(signed_person(rx, served, "--signer", served.signer).read_bytes())
    signature = body["signatures"][0]["signature"]
    body["signatures"][0]["signature"] = ("B" if signature[0] == "A" else "A") + signature[1:]
    (served.work / "bad.json").write_text(json.dumps(body))
    words = ("submit", "--url", served.url, "--key", served.key, served.work / "bad.json")
    assert rx.code(*words) == 1
    assert "SIG_" in rx.error
    assert "fix:" in rx.error
    assert rx.code(*words, "--json") == 1
    assert json.loads(rx.output)["codes"][0].startswith("SIG_")


def test_a_log_is_verified_over_http_with_a_token(rx: Command, served: Served) -> None:
    assert rx.code("token", "--url", served.url, "--key", served.key) == 0
    assert rx.output.strip()
    assert rx.code("token", "--url", served.url, "--key", served.key, "--out", served.work / "token") == 0
    assert stat.S_IMODE((served.work / "token").stat().st_mode) == 0o600
    trust = ("--trust", served.folder / "trust.json", "--token-file", served.work / "token")
    cosigned_checkpoint(served, 1)
    assert verify("log", f"{served.url}/log", *trust) == 0
    assert rx.code("token", "--url", "http://127.0.0.1:1", "--key", served.key) == 2


def test_a_statement_by_hand_moves_the_sandbox_to_its_time(rx: Command, served: Served) -> None:
    draft = _draft(served)
    draft.write_text(draft.read_text().replace("1772323200", "1772326800"))
    out = served.work / "later.json"
    words = ("--iss", REGULATOR, "--origin", ORIGIN, "--out", out, "--signer", served.signer)
    assert rx.code("sign", draft, *words) == 0
    sent = ("submit", "--url", served.url, "--key", served.key, out)
    assert rx.code(*sent) == 1 and "TIME_" in rx.error, "an hour ahead of the standing clock"
    assert rx.code(*sent, "--move-clock") == 0


def test_a_cast_is_not_enrolled_elsewhere(rx: Command, served: Served) -> None:
    enrolling = ("enrol", "--url", "http://127.0.0.1:1", "--keys", served.work / "keys")
    cast = json.loads((DAY / "cast.json").read_bytes())
    cast["regulator"]["code"] = "R99000000009"
    (served.work / "cast.json").write_text(json.dumps(cast))
    assert rx.code(*enrolling, "--folder", served.work, DAY / "cast.json") == 2
    assert rx.code(*enrolling, "--folder", served.folder, served.work / "cast.json") == 2
    assert "R99000000009" in rx.error
    assert rx.code(*enrolling, "--folder", served.folder, served.key) == 2
    assert rx.code(*enrolling, "--folder", served.folder, DAY / "cast.json") == 2  # nobody answers
    config = served.folder / "config.json"
    config.write_text(config.read_text().replace('"sandbox"', '"production"'))
    assert rx.code(*enrolling, "--folder", served.folder, DAY / "cast.json") == 2
    assert "production" in rx.error


def test_an_empty_submission_is_not_sent(rx: Command, served: Served) -> None:
    (served.work / "empty").write_bytes(b"\n")
    assert rx.code("submit", "--url", "http://127.0.0.1:1", "--key", served.key, served.work / "empty") == 2
    assert "empty" in rx.error


def test_a_refusal_names_each_reason_and_both_times(
    rx: Command, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = _draft(served)
    draft.write_text(draft.read_text().replace("1772323200", "1762323200"))
    out = served.work / "late.json"
    words = ("--iss", REGULATOR, "--origin", ORIGIN, "--out", out, "--signer", served.signer)
    assert rx.code("sign", draft, *words) == 0
    sent = ("submit", "--url", served.url, "--key", served.key, out)
    assert rx.code(*sent) == 1
    assert "PRESENCE-8: The claimed time" in rx.error
    assert "claimed 2025-11-05T06:13:20Z, ledger 2026-03-01T00:00:00Z" in rx.error
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert rx.code(*sent) == 1
    assert "申报时间与账本时间相差过大" in rx.error


def test_a_receipt_nobody_can_give_is_named(rx: Command, served: Served) -> None:
    out = served.work / "none.tlog-proof"
    assert rx.code("receipt", "--url", served.url, "--out", out, "ab" * 32) == 1
    assert "no such statement" in rx.error and not out.exists()
    assert rx.code("receipt", "--url", served.url, "--out", out, "AB") == 2
    assert rx.code("receipt", "--url", "ledger", "--out", out, "ab" * 32) == 2
    assert rx.code("receipt", "--url", "http://127.0.0.1:1", "--out", out, "ab" * 32) == 2
    assert rx.code("receipt", "--url", served.url, "--trust", served.key, "--out", out, "ab" * 32) == 2


def test_a_wait_in_vain_is_told_and_may_be_asked_again(rx: Command, tmp_path: Path) -> None:
    folder, port, out = tmp_path / "ledger", processes.free_port(), tmp_path / "genesis.tlog-proof"
    vkey = new_witness(tmp_path / "w1", "w1")
    rx.init(folder, f"--witness=w1={vkey}@http://127.0.0.1:{processes.free_port()}")
    with Children(tmp_path / "logs") as children:
        where = ("--folder", str(folder), "--listen", f"127.0.0.1:{port}")
        children.start("ledger", processes.command("rx", "serve", *where))
        children.wait_for("ledger", f"http://127.0.0.1:{port}/readyz")
        client = Client(f"http://127.0.0.1:{port}", *access_key(folder / "keys" / f"{REGULATOR}.json"))
        entry = json.loads(client.get("/log/tile/entries/000.p/1")[2:])
        client.close()
        payload = entry["statement"]["payload"]
        identifier = hashlib.sha256(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).hexdigest()
        words = ("receipt", "--url", f"http://127.0.0.1:{port}", "--wait", "0.1", "--out", out, identifier)
        assert rx.code(*words, "--trust", folder / "trust.json") == 1
        assert "not cosigned yet" in rx.error and not out.exists()
        words = tuple(word for word in words if word not in ("--wait", "0.1"))
        assert rx.code(*words, "--trust", folder / "trust.json") == 0
        assert "nobody but the log yet" in rx.output
        lonely = json.loads((folder / "trust.json").read_bytes())
        lonely["policy"] = f"log {lonely['policy'].split()[1]}\nquorum none\n"
        (tmp_path / "lonely.json").write_text(json.dumps(lonely))
        words = tuple(out.with_suffix(".lonely") if word == out else word for word in words)
        assert rx.code(*words, "--trust", tmp_path / "lonely.json") == 0
        assert "names no witness" in rx.output, "none is awaited where none is named"
        assert out.read_bytes().startswith(b"c2sp.org/tlog-proof@v1\n")


def test_a_check_writes_nothing(rx: Command, served: Served) -> None:
    body = signed_person(rx, served, "--unsigned", "--signer", f"officer={OFFICER}")
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
    signer = served.signer.replace("officer=", "pharmacist=")
    words = (*words, "--outbox", served.work / "outbox.db", "--signer", signer)
    assert rx.code(*words, message) == 1
    assert "infno" in rx.error
    corpus = served.work / "001-duty.json"
    corpus.write_text('{"fixmedinsCode":"P99000000001","action":"opened","time":"2026-03-02 08:00:00"}')
    out = served.work / "submissions"
    first = rx.json(*words, "--kind", "DUTY", "--out", out, corpus)
    assert Path(first["file"]).is_file()
    Path(first["file"]).unlink()
    assert rx.json(*words, "--kind", "DUTY", "--out", out, corpus)["id"] == first["id"]
    assert rx.code(*words, "--kind", "DUTY", corpus) == 1  # an officer opens no pharmacist's duty
    assert "refused" in rx.error
    assert rx.code(*words, "--kind", "DUTY", corpus, "--json") == 1
    told = json.loads(rx.output)
    assert told["code"] in told["codes"] and told["zh"] and told["message"] == str(corpus)


def test_a_sandbox_clock_goes_until_it_is_set(rx: Command, tmp_path: Path) -> None:
    """It once stood still from rx init: after five minutes everything was refused with TIME_SKEW."""
    folder = tmp_path / "ledger"
    fixed = ("--folder", folder, "--origin", ORIGIN, "--profile", "sandbox")
    rx.json("init", *fixed)
    ledger, clock = open_ledger(folder)
    try:
        assert isinstance(clock, SandboxClock) and clock.runs
        assert abs(clock.now_ms() - time.time_ns() // 1_000_000) < 5_000
        ahead = clock.now_ms() + 3_600_000
        with pytest.raises(ValueError, match="back"):
            clock.set(clock.now_ms() - 60_000)
        clock.set(ahead)
        assert (clock.runs, clock.now_ms()) == (False, ahead)
    finally:
        ledger.close()


def test_a_clock_that_was_given_stands_and_the_server_says_so(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder)
    command = processes.command("rx", "serve", "--folder", str(folder), "--listen", "127.0.0.1:0", "--json")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        try:
            facts = json.loads(server.stdout.readline() if server.stdout else b"{}")
            assert facts["clock_stands_at"] == CLOCK
        finally:
            server.send_signal(signal.SIGTERM)


def test_a_server_logs_the_groups_that_it_commits_where_it_is_asked_to(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder)
    words = ("serve", "--folder", str(folder), "--listen", "127.0.0.1:0", "--json", "--log-groups")
    command = processes.command("rx", *words)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stdout is not None and server.stderr is not None
        try:
            served = Served(json.loads(server.stdout.readline())["listening"], folder, tmp_path)
            body = signed_person(rx, served, "--signer", served.signer)
            assert rx.code("submit", "--url", served.url, "--key", served.key, body) == 0
        finally:
            server.send_signal(signal.SIGTERM)
        lines = [json.loads(line) for line in server.stderr]
    told = [(one["event"], one["first"], one["last"], one["count"]) for one in lines]
    assert told == [("committed", 1, 1, 1)]


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
                assert facts["size"] == 1 and facts["contracts"] == form()
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
