"""`rx-verify` as people run it: exit codes, JSON, one file, an address, and no stack traces."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.verifier.builder import LogBuilder
from tests.verifier.kit import ORIGIN
from verifier.command import main


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if "/entries/" in self.path and self.headers.get("Authorization") != "Bearer member":
            self.send_error(401)
            return
        super().do_GET()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    builder = LogBuilder()
    builder.life(*builder.standard())
    folder = tmp_path_factory.mktemp("place")
    builder.write(folder / "log")
    (folder / "trust.json").write_bytes(builder.trust())
    (folder / "r.tlog-proof").write_bytes(builder.proof(5))
    (folder / "r.entry").write_bytes(builder.entries[5])
    (folder / "token").write_text("member\n")
    return folder


@pytest.fixture
def address(place: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(place))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/log"
        server.shutdown()
        thread.join()


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def test_a_log_and_a_receipt_are_verified(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust = place / "trust.json"
    assert run("log", place / "log", "--trust", trust) == 0
    assert capsys.readouterr().out.rstrip().endswith("VERIFIED")
    receipt = ("receipt", place / "r.tlog-proof", "--trust", trust)
    assert run(*receipt, "--entry", place / "r.entry", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["outcome"], report["index"], report["sandbox"]) == ("verified", 5, True)


@pytest.mark.parametrize("number", ["0", "65", "-1", "two", "1.5", ""])
def test_another_number_of_processes_is_not_taken(
    number: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        run("log", place / "log", "--trust", place / "trust.json", f"--workers={number}")
    assert left.value.code == 2
    assert "a number from 1 to 64" in capsys.readouterr().err


def test_what_is_missing_leaves_it_undecided(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = place / "trust.json"
    assert run("log", place / "log", "--trust", tmp_path / "none") == 2
    assert run("log", tmp_path / "none", "--trust", trust) == 2
    (tmp_path / "bad").write_text("{}")
    assert run("log", place / "log", "--trust", tmp_path / "bad", "--json") == 2
    assert run("receipt", tmp_path / "none", "--trust", trust) == 2
    assert "COULD NOT DECIDE" in capsys.readouterr().out
    with pytest.raises(SystemExit) as usage:
        run("log")
    assert usage.value.code == 2


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_an_unforeseen_fault_tells_nobody_the_number_that_it_met(
    place: Path, form: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Texts of exceptions quote what they failed at; reports are passed on."""

    def fails(*_: object) -> Any:
        raise ValueError("invalid literal for int(): '990000199001010018x'")

    monkeypatch.setattr("verifier.command.check_receipt", fails)
    monkeypatch.setattr("verifier.command.check_log", fails)
    trust = ("--trust", place / "trust.json", *form)
    for words in (("receipt", place / "r.tlog-proof"), ("log", place / "log")):
        assert run(*words, *trust) == 1
        shown = capsys.readouterr()
        assert "ValueError" in shown.out and "990000" not in shown.out + shown.err


def test_an_address_is_verified_by_a_member(
    place: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = place / "trust.json"
    assert run("log", address, "--trust", trust, "--token-file", place / "token") == 0
    assert run("log", address, "--trust", trust) == 2
    assert run("log", "http://127.0.0.1:9/log", "--trust", trust) == 2
    assert "VERIFIED" in capsys.readouterr().out


def test_a_reader_without_a_token_is_told_where_to_get_one(
    place: Path, address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`the server answered 401` was all; and a token that was good at breakfast is not at lunch."""
    (place / "old").write_text("breakfast\n")
    monkeypatch.setenv("LC_ALL", "C")
    for words in ((), ("--token-file", place / "old")):
        assert run("log", address, "--trust", place / "trust.json", *words) == 2
        told = capsys.readouterr().out
        assert "401 for tile/entries" in told and "rx token" in told and "--token-file" in told
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run("log", address, "--trust", place / "trust.json") == 2
    assert "请用 --token-file 指定 rx token" in capsys.readouterr().out


def test_the_address_of_the_ledger_is_told_to_lack_the_logs_own_part(
    place: Path, address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    trust = ("--trust", place / "trust.json")
    assert run("log", address.removesuffix("/log"), *trust) == 2
    assert "the ledger's address with /log" in capsys.readouterr().out
    assert run("log", f"{address}/log", *trust) == 2
    assert "the server has no checkpoint\n" in capsys.readouterr().out, "it ends with /log already"


@pytest.mark.parametrize(
    ("origin", "told"),
    [("other.example/log", "other.example/log"), ("李雷 13800000000", "(name not shown)")],
)
def test_a_wrong_trust_file_is_told_whose_it_is(
    place: Path, tmp_path: Path, origin: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reader with the trust files of two ledgers was told `another log`, of neither which."""
    shutil.copytree(place / "log", tmp_path / "log")
    note = (tmp_path / "log/checkpoint").read_bytes()
    (tmp_path / "log/checkpoint").write_bytes(note.replace(ORIGIN.encode(), origin.encode(), 1))
    assert run("log", tmp_path / "log", "--trust", place / "trust.json", "--json") == 1
    message = json.loads(capsys.readouterr().out)["fault"]["message"]
    assert message == f"the checkpoint is of another log: of {told}, and the trust file of {ORIGIN}"


def test_a_broken_server_or_address_accuses_no_log(place: Path, tmp_path: Path) -> None:
    """An answer that is no HTTP, an address or a token that is none: nothing is known of the log."""

    class Broken(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            self.wfile.write(b"\0" * 100 + b"\r\n\r\n")

    trust = ("--trust", place / "trust.json")
    with ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            assert run("log", f"http://127.0.0.1:{server.server_address[1]}/log", *trust) == 2
        finally:
            server.shutdown()
            thread.join()
    for address in ("http://[::1", "http://a b/log"):
        assert run("log", address, *trust) == 2
    (tmp_path / "token").write_text("令牌")
    assert run("log", "http://127.0.0.1:9/log", *trust, "--token-file", tmp_path / "token") == 2


def test_an_answer_that_cannot_be_written_is_no_refusal(place: Path) -> None:
    """On a full disk, or without any output, a good log ended in a stack trace and a bad one's exit code."""
    trust = str(place / "trust.json")
    command = [sys.executable, "-m", "verifier", "log", str(place / "log"), "--trust", trust]
    for redirect, code in (("> /dev/full", 2), (">&-", 0)):
        words = ["sh", "-c", f'"$@" {redirect}', "sh", *command]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (code, "")


def test_one_file_does_the_same(place: Path, tmp_path: Path) -> None:
    """`make verifier` builds it; what it builds needs no more than `cryptography` beside Python."""
    shutil.copytree(ROOT / "verifier", tmp_path / "verifier")
    shutil.copy(ROOT / "Makefile", tmp_path)
    installed = tmp_path / ".venv" / ".installed-server"
    installed.parent.mkdir()
    installed.touch()
    words = ["make", "verifier", f"BIN={Path(sys.executable).parent}", "-o", ".venv/.installed-server"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    target = tmp_path / "dist" / "rx-verify.pyz"
    command = [sys.executable, str(target), "log", str(place / "log"), "--trust", str(place / "trust.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=place, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "VERIFIED" in done.stdout
    before = target.read_bytes()
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert target.read_bytes() == before, "the same sources are the same file"


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("log", "receipt"):
        with pytest.raises(SystemExit):
            run(command, "--help")
        assert f"Example: rx-verify {command}" in capsys.readouterr().out


def test_wrong_usage_is_json_for_a_machine(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["log", "log1", "--json"])
    told = json.loads(capsys.readouterr().err)
    assert left.value.code == 2 and "--trust" in told["error"] and told["fix"] == "see rx-verify log --help"
