"""`rx keygen` and `rx sign`: keys that are never replaced, submissions that authenticate."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest

from api.client.signers import load
from api.command.service import open_ledger
from contracts.errors import Rejected
from contracts.statements import base64url, submission
from contracts.statements.authenticate import authenticate
from tests.command.builders import ORIGIN, Command

REGULATOR = "R99000000001"


def sandbox(rx: Command, tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    rx.init(folder)
    return folder


def test_a_key_is_made_once(rx: Command, tmp_path: Path) -> None:
    facts = rx.json("keygen", "--code", "H1", "--folder", tmp_path)
    path = Path(facts["file"])
    assert path == tmp_path / "H1.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load(path, "organisation").kid == facts["kid"]
    before = path.read_bytes()
    assert rx.code("keygen", "--code", "H1", "--folder", tmp_path) == 2
    assert "never replaced" in rx.error
    assert path.read_bytes() == before


def test_the_site_that_an_authenticator_is_made_for_is_told(rx: Command, tmp_path: Path) -> None:
    """An institution registered without it has no authenticators; nothing said what it is called."""
    root = sandbox(rx, tmp_path) / "keys" / "attestation-root.json"
    enrol = ("--enrol", "H1", "--attestation-root", root, "--origin", ORIGIN)
    facts = rx.json("keygen", "--code", "D1", "--folder", tmp_path / "keys", *enrol)
    client_data = json.loads(base64url.decode(facts["authenticator"]["client_data_json"]))
    assert facts["relying_party"] == {"id": "h1.rx.test", "origins": [client_data["origin"]]}


@pytest.mark.parametrize("code", ["../H1", ".", "..", "a b", "", "x" * 33])
def test_a_code_that_names_no_plain_file_is_refused(rx: Command, tmp_path: Path, code: str) -> None:
    assert rx.code("keygen", f"--code={code}", "--folder", tmp_path / "keys") == 2
    assert not (tmp_path / "keys").exists()


def test_a_draft_becomes_a_submission_that_the_ledger_authenticates(
    rx: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sandbox(rx, tmp_path)
    draft = {
        "type": "registry.person",
        "members": {"code": "D1", "role": "doctor"},
        "disclosures": {"identity": {"name": "陆知微"}},
        "iat": 1_772_323_200,
    }
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(draft).encode())))
    words = ("--iss", REGULATOR, "--origin", ORIGIN)
    signer = f"officer={folder / 'keys' / 'G990000000001.json'}"
    assert rx.code("sign", "-", *words, "--signer", signer) == 0
    parsed = submission.parse(rx.output.strip().encode())
    ledger, _ = open_ledger(folder)
    facts = authenticate(parsed, ledger.read)
    ledger.close()
    assert facts.disclosures == {"identity": {"name": "陆知微"}}
    assert [(one.code, one.role) for one in facts.signers] == [("G990000000001", "officer")]


def test_an_unsigned_submission_names_who_would_sign(rx: Command, tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    draft.write_text('{"type": "duty.closed", "members": {"site": "P1"}}')
    out = tmp_path / "body.json"
    words = ("--iss", "P1", "--origin", ORIGIN, "--unsigned", "--signer", "pharmacist=Y1")
    facts = rx.json("sign", draft, *words, "--out", out)
    body = out.read_bytes()
    parsed = submission.parse(body, unsigned_allowed=True)
    assert parsed.statement_id == facts["id"]
    assert parsed.payload["signers"] == [{"code": "Y1", "role": "pharmacist"}]
    with pytest.raises(Rejected, match="SIG_MISSING"):
        submission.parse(body)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_draft_names_the_refused_record_that_it_corrects(rx: Command, tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    refused = "ab" * 32
    draft.write_text(f'{{"type": "duty.closed", "members": {{"site": "P1"}}, "corrects": "{refused}"}}')
    words = ("--iss", "P1", "--origin", ORIGIN, "--unsigned", "--signer", "pharmacist=Y1")
    rx.json("sign", draft, *words, "--out", tmp_path / "body.json")
    parsed = submission.parse((tmp_path / "body.json").read_bytes(), unsigned_allowed=True)
    assert parsed.payload["corrects"] == refused


def test_given_payload_bytes_are_signed_as_they_are(rx: Command, tmp_path: Path) -> None:
    folder = sandbox(rx, tmp_path)
    payload = b'{ "type":"duty.closed" , "iss":"P1" }'
    (tmp_path / "payload.json").write_bytes(payload)
    signer = f"officer={folder / 'keys' / 'G990000000001.json'}"
    assert rx.code("sign", "--payload", tmp_path / "payload.json", "--signer", signer) == 0
    assert submission.parse(rx.output.strip().encode()).payload_bytes == payload


@pytest.mark.parametrize(
    ("draft", "cause"),
    [
        ("not json", "is no JSON: Expecting value, line 1, column 1"),
        ('{"type": "x",\n "members" {}}', "line 2, column 12"),
        ("[]", "has not the form"),
        ('{"type": "banana", "members": {}}', "type is unknown"),
        ('{"type": "duty.closed", "members": {}, "extra": 1}', "unknown members: extra"),
        ('{"members": {}}', "has not the form"),
    ],
)
def test_a_bad_draft_is_named(rx: Command, tmp_path: Path, draft: str, cause: str) -> None:
    (tmp_path / "draft.json").write_text(draft)
    assert rx.code("sign", tmp_path / "draft.json", "--iss", "P1", "--origin", ORIGIN) == 2
    assert cause in rx.error


@pytest.mark.parametrize(
    ("signer", "cause"),
    [
        ("nobody.json", "ROLE=FILE"),
        ("doctor=nobody.json", "no usable signer"),
        ("wizard=nobody.json", "is none of"),
    ],
)
def test_a_bad_signer_is_named(rx: Command, tmp_path: Path, signer: str, cause: str) -> None:
    (tmp_path / "draft.json").write_text('{"type": "duty.closed", "members": {"site": "P1"}}')
    words = ("sign", tmp_path / "draft.json", "--iss", "P1", "--origin", ORIGIN, "--signer", signer)
    assert rx.code(*words) == 2
    assert cause in rx.error
