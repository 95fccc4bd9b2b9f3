"""The witness as its operator runs it: two commands, HTTP, signals, limits."""

from __future__ import annotations

import ast
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from network.witness import chinese, command, server
from tests.witness.forkable_log import ORIGIN, Log, request_body
from verifier import note

NAME = "witness.hospital.example/w1"
LOG_KEY = Log().signer.verifier_key.text
PROGRAM = [sys.executable, "-m", "network.witness.command"]


class Running:
    """A witness process; the context ends it."""

    def __init__(self, folder: Path, *options: str) -> None:
        arguments = ["serve", "--json", "--folder", str(folder), "--listen", "127.0.0.1:0", "--log", LOG_KEY]
        self.process = subprocess.Popen(
            [*PROGRAM, *arguments, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            assert self.process.stdout is not None
            told = json.loads(self.process.stdout.readline())
        except BaseException:
            self.kill()
            raise
        self.key = note.parse_key(told["vkey"])
        self.address, _, self.prefix = told["listening"].removeprefix("http://").partition("/")

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes, str | None]:
        connection = http.client.HTTPConnection(self.address, timeout=20)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read(), response.getheader("Content-Type")
        finally:
            connection.close()

    def post(self, body: bytes) -> tuple[int, bytes, str | None]:
        return self.call("POST", "/add-checkpoint", body)

    def raw(self, data: bytes) -> bytes:
        host, _, port = self.address.partition(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while part := connection.recv(65_536):
                received += part
            return received


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    command.main(["keygen", "--folder", str(tmp_path / "witness"), "--name", NAME])
    return tmp_path / "witness"


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    with Running(folder) as witness:
        yield witness


def test_keygen_prints_the_key_that_serve_signs_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["keygen", "--folder", str(tmp_path / "w"), "--name", NAME]
    assert command.main(arguments) == 0
    printed = capsys.readouterr().out.strip()
    log = Log(8)
    with Running(tmp_path / "w") as witness:
        assert witness.key.text == printed
        status, body, _ = witness.post(log.request(0))
        assert status == 200
        line = note.parse_signature_line(body.decode().rstrip("\n"))
        assert note.verify(note.parse(log.checkpoint()).text, line, note.parse_key(printed))
    assert command.main(arguments) == 2
    told = capsys.readouterr().err
    assert "already" in told and "\n  fix: name another folder" in told
    assert command.main([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["fix"].startswith("name another folder")


def test_a_whole_conversation_over_http(running: Running) -> None:
    log = Log(300)
    assert running.post(log.request(5, 8)) == (409, b"0\n", "text/x.tlog.size")
    assert running.post(log.request(0, 200))[0] == 200
    assert running.post(log.request(0, 300)) == (409, b"200\n", "text/x.tlog.size")
    forged = log.fork(100, 300)
    assert running.post(forged.request(200, 300))[0] == 422
    assert running.post(b"nonsense")[0] == 400
    assert running.post(Log(3, origin="other.example").request(0))[0] == 404
    assert running.post(Log(3, seed=b"\5" * 32).request(0))[0] == 403
    status, line, _ = running.post(log.request(200, 300))
    assert status == 200
    monitored = running.call("GET", f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint")
    assert monitored[:2] == (200, log.checkpoint(300) + line)


def test_killed_and_started_again_it_remembers(folder: Path) -> None:
    log = Log(40)
    with Running(folder) as witness:
        assert witness.post(log.request(0, 20))[0] == 200
        witness.kill()
    with Running(folder) as witness:
        assert witness.post(log.fork(0, 40).request(0, 40))[0] == 409
        assert witness.post(log.request(20, 40))[0] == 200
        assert witness.stop() == 0


def test_it_stops_at_once_although_a_client_stays_connected(running: Running) -> None:
    connection = http.client.HTTPConnection(running.address, timeout=20)
    connection.request("GET", "/")
    connection.getresponse().read()
    assert running.stop() == 0
    connection.close()


def test_two_requests_on_one_connection(running: Running) -> None:
    log = Log(8)
    connection = http.client.HTTPConnection(running.address, timeout=20)
    for old, new in ((0, 5), (5, 8)):
        connection.request("POST", "/add-checkpoint", log.request(old, new))
        response = connection.getresponse()
        response.read()
        assert response.status == 200
    connection.close()


def test_a_prefix_is_served(folder: Path) -> None:
    log = Log(8)
    with Running(folder, "--prefix", "/w1/") as witness:
        assert witness.prefix == "w1"
        assert witness.call("POST", "/w1/add-checkpoint", log.request(0))[0] == 200
        assert witness.post(log.request(0))[0] == 404
        assert witness.call("GET", f"/w1/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint")[0] == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n", b"411"),
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 131073\r\n\r\n", b"413"),
        (b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9999999999999999999\r\n\r\n", b"413"),
        (b"POST /elsewhere HTTP/1.1\r\nHost: w\r\nContent-Length: 3\r\n\r\nabc", b"404"),
        (b"GET /checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET /../witness.key HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n", b"404"),
    ],
)
def test_what_is_not_a_request_is_refused_and_the_next_one_served(
    running: Running, head: bytes, status: bytes
) -> None:
    assert running.raw(head).split(b" ")[1] == status
    assert running.post(Log(8).request(0))[0] == 200


def test_a_request_cut_off_in_its_body_changes_nothing(running: Running) -> None:
    body = Log(8).request(0)
    head = f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    assert running.raw(head + body[:-1]) == b""
    assert running.post(body)[0] == 200


def test_more_connections_than_places_are_closed_and_then_served_again(running: Running) -> None:
    host, _, port = running.address.partition(":")
    count = server.CONNECTIONS_MAX + 5
    idle = [socket.create_connection((host, int(port)), timeout=20) for _ in range(count)]
    assert any(connection.recv(1) == b"" for connection in idle[-5:])
    for connection in idle:
        connection.close()
    for _ in range(50):
        try:
            assert running.post(Log(8).request(0))[0] in (200, 409)
            return
        except OSError:
            continue
    pytest.fail("not served again")


def test_a_store_whose_disk_fails_stops_the_process(folder: Path) -> None:
    log = Log(8)
    with Running(folder) as witness:
        (folder / "witness.db").write_bytes(b"not a database any more" * 1000)
        assert witness.post(log.request(0))[0] == 500
        assert witness.process.wait(timeout=20) == 1
        assert witness.process.stderr is not None
        assert "start it again" in witness.process.stderr.read()


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["serve", "--folder", "w", "--listen", "127.0.0.1:0", "--log", "not a key"],
        ["serve", "--folder", "w", "--listen", "nowhere", "--log", LOG_KEY],
        ["serve", "--folder", "w", "--listen", "127.0.0.1:99999", "--log", LOG_KEY],
        ["serve", "--folder", "w", "--listen", "127.0.0.1:0"],
        ["keygen", "--folder", "w"],
    ],
)
def test_wrong_usage_exits_with_2(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        command.main(options)
    assert exit_.value.code == 2
    assert "usage: rx-witness" in capsys.readouterr().err
    with pytest.raises(SystemExit) as exit_:
        command.main([*options, "--json"])
    assert exit_.value.code == 2 and json.loads(capsys.readouterr().err)["error"], "machines read JSON"


def test_the_key_of_a_witness_is_not_taken_for_a_logs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main(["keygen", "--folder", str(folder / "second"), "--name", NAME])
    witness_key = capsys.readouterr().out.split("\n")[-2]
    with pytest.raises(SystemExit):
        command.main(["serve", "--folder", str(folder), "--listen", "127.0.0.1:0", "--log", witness_key])


def test_serve_without_keygen_exits_with_2_and_names_the_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["serve", "--folder", str(tmp_path), "--listen", "127.0.0.1:0", "--log", LOG_KEY]
    assert command.main(arguments) == 2
    assert "\n  fix: make one with: rx-witness keygen" in capsys.readouterr().err


def test_a_taken_port_is_named_with_its_fix_and_is_no_fault_of_the_witness(
    folder: Path, running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    second = folder.parent / "second"
    command.main(["keygen", "--folder", str(second), "--name", "witness.hospital.example/w2"])
    arguments = ["serve", "--folder", str(second), "--listen", running.address, "--log", LOG_KEY]
    assert command.main(arguments) == 2
    told = capsys.readouterr().err
    assert f"rx-witness: {running.address} cannot be listened on: Address already in use\n" in told
    assert "  fix: free the port, or name another with --listen\n" in told


def test_every_sentence_of_a_witness_has_a_row_in_chinese() -> None:
    sources = Path(command.__file__).parent.glob("*.py")
    calls = [node for path in sources for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    faults = ("KeyFault", "StoreFault", "_CannotListen", "_Stopped", "_complain")
    raised = [one for one in calls if isinstance(one, ast.Call) and ast.unparse(one.func) in faults]
    texts = [text for one in raised for text in one.args if isinstance(text, (ast.Constant, ast.JoinedStr))]
    told = [template(text) for text in texts if template(text)]
    assert len(told) > 10 and set(told) - chinese.ROWS.keys() == set()


def template(text: ast.expr) -> str:
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in parts)


def test_an_operator_who_reads_chinese_is_told_in_chinese(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first line of a witness and what is wrong with it were English for everybody."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setattr("network.witness.server.WitnessServer.serve_forever", lambda *_, **__: None)
    words = ["--listen", "127.0.0.1:0", "--log", LOG_KEY]
    assert command.main(["serve", "--folder", str(folder), *words]) == 0
    assert " 服务地址 http://127.0.0.1:" in capsys.readouterr().out
    assert command.main(["serve", "--folder", str(tmp_path / "none"), *words]) == 2
    assert "请用 rx-witness keygen 生成" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main(["serve"])
    assert "缺少参数：--listen, --log, --folder" in capsys.readouterr().err


def test_a_bad_name_makes_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["keygen", "--folder", str(tmp_path), "--name", "two words"]) == 2
    assert "\n  fix: for instance --name" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_requests_are_those_of_the_specification() -> None:
    log = Log(8)
    assert log.request(0, 8).startswith(b"old 0\n\nledger.example/rx-2026\n8\n")
    assert request_body(6, log.tree.consistency_proof(6, 8), b"").count(b"\n") == 5


@pytest.mark.parametrize("words", [[], ["keygen"], ["serve"]])
def test_the_help_of_a_witness_is_chinese_but_for_commands(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SystemExit):
        command.main([*words, "--help"])
    text = capsys.readouterr().out
    assert text.startswith("用法：rx-witness") and "选项" in text
    left = re.sub(r"示例：.*", "", text.partition("\n\n")[2])
    assert re.findall(r"[a-z]{3,} [a-z]{2,}", left) == []
