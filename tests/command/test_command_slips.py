"""A slip of who types a command is told before anything is sent: a ledger would keep its refusal for ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.client.signing import Person, build, generate
from api.sandbox import processes
from tests.command.builders import DAY, ORIGIN, REGULATOR, Command, Served

DUTY, OPENED, REVIEW = (DAY / f"{name}.json" for name in ("001-duty", "007-consultation-opened", "010-d003"))


def _size(served: Served) -> int:
    client = served.client()
    found = int(json.loads(client.get("/readyz"))["size"])
    client.close()
    return found


def test_a_slip_of_an_import_is_no_violation_for_ever(rx: Command, served: Served) -> None:
    """A forgotten --signer, another doctor's key or a mistyped --origin was sent, refused and kept."""
    keys = served.work / "keys"
    enrolling = ("enrol", "--url", served.url, "--folder", served.folder, "--keys", keys)
    assert rx.code(*enrolling, DAY / "cast.json") == 0
    before = _size(served)
    words = ("import", "--url", served.url, "--move-clock", "--outbox", served.work / "outbox.db")
    shop = (*words, "--key", keys / "P99000000001.json")
    hospital = (*words, "--key", keys / "H99000000001.json", "--origin", ORIGIN)
    pharmacist = f"pharmacist={keys}/YS990000000001.json"
    assert rx.code(*shop, "--origin", ORIGIN, DUTY) == 1
    assert "SIG_MISSING" in rx.error and "fix: give --signer pharmacist=FILE" in rx.error
    assert rx.code(*shop, "--origin", "rx.test/comand", "--signer", pharmacist, DUTY) == 2
    assert f"its origin is {ORIGIN}" in rx.error
    assert rx.code(*hospital, "--signer", f"doctor={keys}/D990000000001.json", OPENED) == 1
    assert "drCode names somebody who does not sign" in rx.error
    assert rx.code(*hospital, "--signer", f"pharmacist={keys}/D990000000002.json", OPENED) == 1
    assert "ROLE_FORBIDDEN" in rx.error and "--signer doctor=FILE" in rx.error
    assert _size(served) == before
    assert rx.code(*shop, "--origin", ORIGIN, "--signer", pharmacist, DUTY) == 0, "the slip left nothing"
    assert rx.code(*hospital, "--signer", f"doctor={keys}/D990000000002.json", OPENED) == 0
    assert _size(served) == before + 2


def _body(served: Served, aud: str, signers: list[Person]) -> Path:
    out = served.work / f"{len(list(served.work.iterdir()))}.json"
    named = {"iss": REGULATOR, "aud": aud, "iat": 1_772_323_200}
    out.write_bytes(build("registry.department", {}, {}, **named, signers=signers, unsigned=not signers))
    return out


def test_a_slip_of_a_submission_is_no_violation_for_ever(rx: Command, served: Served) -> None:
    before = _size(served)
    officer, doctor = (Person("G1", role, generate("ES256")) for role in ("officer", "doctor"))
    words = ("submit", "--url", served.url, "--key", served.key)
    assert rx.code(*words, _body(served, "rx.test/other", [officer])) == 2
    assert f"the log at {served.url} is not rx.test/other" in rx.error
    assert rx.code(*words, _body(served, ORIGIN, [])) == 2
    assert "registry.department has nobody who signs it" in rx.error
    assert rx.code(*words, _body(served, ORIGIN, [doctor])) == 2
    assert "give --signer officer=FILE" in rx.error
    assert rx.code(*words, "--check", _body(served, ORIGIN, [])) == 1, "a check is asked for unsigned"
    assert _size(served) == before
    assert rx.code(*words, _body(served, ORIGIN, [officer])) == 1, "what only the ledger knows, it judges"


@pytest.mark.parametrize("named", ["D2", "\u672a\u77e5", ""])
def test_a_signer_whom_the_draft_does_not_name_signs_nothing(rx: Command, tmp_path: Path, named: str) -> None:
    """Whoever is named by a placeholder is asked about by a rule, which accuses no signer."""
    draft = tmp_path / "draft.json"
    members = {"doctor": named, "mode": "video"}
    draft.write_text(json.dumps({"type": "consultation.opened", "members": members}))
    assert rx.code("keygen", "--code", "D1", "--folder", tmp_path) == 0
    words = ("--iss", "H1", "--origin", ORIGIN, "--signer", f"doctor={tmp_path}/D1.json")
    assert rx.code("sign", draft, *words) == (2 if named == "D2" else 0)
    assert ("doctor names somebody who does not sign" in rx.error) == (named == "D2")


def test_a_forgotten_signer_is_no_unsigned_submission(rx: Command, tmp_path: Path) -> None:
    """It was written without a word, exit 0, and refused for ever when it was sent."""
    draft, out = tmp_path / "draft.json", tmp_path / "out.submission"
    draft.write_text('{"type": "duty.closed", "members": {"site": "P1"}}')
    (tmp_path / "payload.json").write_text('{"type":"duty.closed","iss":"P1"}')
    for given in ((draft, "--iss", "P1", "--origin", ORIGIN), ("--payload", tmp_path / "payload.json")):
        assert rx.code("sign", *given, "--out", out) == 2
        assert "duty.closed has nobody who signs it" in rx.error and not out.exists()
        assert "fix: give --signer pharmacist=FILE" in rx.error
    assert rx.code("sign", draft, "--iss", "P1", "--origin", ORIGIN, "--unsigned", "--out", out) == 0


def test_a_freeze_by_one_officer_is_told_before_it_is_signed(rx: Command, tmp_path: Path) -> None:
    (tmp_path / "draft.json").write_text('{"type": "governance.freeze", "members": {}}')
    assert rx.code("keygen", "--code", "G1", "--folder", tmp_path) == 0
    words = ("--iss", REGULATOR, "--origin", ORIGIN, "--signer", f"officer={tmp_path}/G1.json")
    assert rx.code("sign", tmp_path / "draft.json", *words) == 2
    assert "governance.freeze takes more people than sign it" in rx.error


def test_a_draft_that_is_submitted_is_told_to_be_one(rx: Command, tmp_path: Path) -> None:
    """It was told to fill a field at the source, which a hospital's system does not have."""
    (tmp_path / "draft.json").write_text('{"type": "duty.closed", "members": {"site": "P1"}}')
    words = ("submit", "--url", "http://127.0.0.1:9", "--key", tmp_path / "P1.json")
    assert rx.code(*words, tmp_path / "draft.json") == 2
    assert "is a draft, not a submission" in rx.error and "rx sign" in rx.error


def test_tls_with_a_plain_server_is_told_to_be_that(rx: Command, served: Served) -> None:
    """It asked whether a server was running there, and one was."""
    plain = served.url.replace("http://", "https://")
    body = _body(served, ORIGIN, [Person("G1", "officer", generate("ES256"))])
    assert rx.code("submit", "--url", plain, "--key", served.key, body) == 2
    assert "does not speak TLS" in rx.error and "fix: give the address with http://" in rx.error
    assert rx.code("receipt", "--url", plain, "--out", served.work / "r", "0" * 64) == 2
    assert "no TLS is spoken there" in rx.error and "http://" in rx.error


def test_a_served_ledger_and_a_full_folder_are_told_what_to_do(rx: Command, served: Served) -> None:
    """The fix was "the message names the cause"."""
    out = ("--out", served.work / "columns")
    for words in (("columns", *out), ("replay",)):
        assert rx.code(*words, "--folder", served.folder) == 2
        assert "fix: stop the rx serve of this folder" in rx.error
    assert rx.code("backup", "--folder", served.folder, "--to", served.work) == 2
    assert "fix: name a new folder with --to" in rx.error


def test_a_folder_without_a_ledger_is_told_with_its_whole_path(rx: Command, tmp_path: Path) -> None:
    """Of /a/b/nope it said that nope holds no ledger: which nope?"""
    nope = tmp_path / "a" / "nope"
    assert rx.code("serve", "--folder", nope, "--listen", "127.0.0.1:0") == 2
    assert f"{nope} holds no ledger" in rx.error


def test_a_receipt_of_a_draft_is_wrong_usage_and_not_a_missing_witness(rx: Command, tmp_path: Path) -> None:
    """It was exit 1, by which a script waits for the witnesses for ever."""
    words = ("receipt", "--url", "http://127.0.0.1:9", "--out", tmp_path / "r")
    draft = '{"type": "duty.closed", "members": {}}'
    for content, cause in ((draft, "is a draft"), ("[]", "is no submission")):
        (tmp_path / "draft.json").write_text(content)
        assert rx.code(*words, tmp_path / "draft.json") == 2
        assert cause in rx.error and "fix: " in rx.error


@pytest.mark.parametrize("words", [("serve", "--foldr", "L"), ("submit",), ("init", "--profile", "x")])
def test_wrong_usage_is_json_for_a_machine(rx: Command, words: tuple[str, ...]) -> None:
    """It was the usage, in plain text, where every other error was JSON."""
    assert rx.code(*words, "--json") == 2
    told = json.loads(rx.error)
    assert told["error"] and told["fix"] == f"see rx {words[0]} --help"
    assert rx.code(*words) == 2 and rx.error.startswith("usage: rx ")


def test_a_token_is_written_over_no_key(rx: Command, served: Served) -> None:
    """The file that --out named was gone, whatever it was: a private key has no second copy."""
    words = ("token", "--url", served.url, "--key", served.key, "--out")
    assert rx.code(*words, served.work / "token") == 0 == rx.code(*words, served.work / "token")
    kept = served.work / "kept.json"
    kept.write_bytes(Path(served.key).read_bytes())
    assert rx.code(*words, kept) == 2
    assert "fix: it is no token and never replaced" in rx.error
    assert kept.read_bytes() == Path(served.key).read_bytes()


def test_columns_are_written_over_columns_alone(rx: Command, tmp_path: Path) -> None:
    ledger, out = tmp_path / "ledger", tmp_path / "columns"
    fixed = ("--origin", ORIGIN, "--profile", "sandbox", "--regulator", REGULATOR)
    assert rx.code("init", "--folder", ledger, *fixed) == 0
    words = ("columns", "--folder", ledger, "--out")
    assert rx.code(*words, out) == 0 == rx.code(*words, out)
    (out / "mine.txt").write_text("mine")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "sales.parquet").write_bytes(b"another program's")
    year = tmp_path / "year"
    year.mkdir()
    (year / "events.ndjson.gz").touch()
    evaluating = ("evaluate", year, "--columns")
    for command, folder in ((words, out), (words, foreign), (evaluating, out), (evaluating, foreign)):
        assert rx.code(*command, folder) == 2
        assert "holds other files than earlier columns" in rx.error and "fix: name another folder" in rx.error
    assert (foreign / "sales.parquet").read_bytes() == b"another program's"


def test_a_command_runs_where_a_folder_has_the_name_of_a_package_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The README's own steps make a folder `ledger`: a demo begun beside it ended in a traceback."""
    for name in ("ledger", "contracts", "api"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert "usage: rx" in processes.succeed("rx", "--help")
