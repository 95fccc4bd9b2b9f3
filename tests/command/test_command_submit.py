"""`rx submit` before anything is sent: what it reads of a statement by itself."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from api.client.signing import Person, build, generate
from api.command import submit
from api.command.output import CommandError
from contracts.statements import submission
from tests.command.builders import Command


class Ledger:
    """Notes whether it was asked to move its clock, and takes no statement."""

    clocks: list[str]

    def __init__(self) -> None:
        self.clocks = []

    def set_clock(self, instant: str) -> None:
        self.clocks.append(instant)

    def origin(self) -> str:
        return "x/y"

    def submit(self, body: bytes) -> Any:
        raise CommandError("it was sent", "nothing")

    def close(self) -> None:
        pass


def test_a_file_that_is_no_outbox_is_named_and_left_alone(rx: Command, tmp_path: Path) -> None:
    """It ended in a traceback: whoever mistook the file knew neither what was wrong nor what to name."""
    key, draft = tmp_path / "P1.json", tmp_path / "draft.json"
    draft.write_text('{"type": "duty.opened"}' * 99)
    assert rx.code("keygen", "--code", "P1", "--folder", tmp_path) == 0
    words = ("import", "--url", "http://127.0.0.1:9", "--key", key, "--origin", "x/y", draft)
    for wrong in (draft, tmp_path, key / "outbox.db"):
        assert rx.code(*words, "--outbox", wrong) == 2
        assert f"{wrong} is no outbox" in rx.error and "fix: " in rx.error
    assert draft.read_text() == '{"type": "duty.opened"}' * 99


STOCK = {
    "infno": "3503",
    "purcinfo": {"manu_lotnum": "1", "expy_end": "2028-12-31"},
    "drugtracinfo": [{"drug_trac_codg": "89920080000000000001", "fixmedins_hilist_id": "L1"}],
}
MAPPING = "local_code,local_name,local_spec,sex,code\nL1,二甲双胍,,,XA10BAA008A001010199990\n"


def test_a_hospitals_own_codes_are_translated_by_a_mapping_without_faults_alone(
    rx: Command, tmp_path: Path
) -> None:
    message, mapping, out = tmp_path / "3503.json", tmp_path / "own.csv", tmp_path / "out"
    message.write_text(json.dumps(STOCK), "utf-8")
    assert rx.code("keygen", "--code", "P1", "--folder", tmp_path) == 0
    words = ("import", "--url", "http://127.0.0.1:9", "--key", tmp_path / "P1.json", "--origin", "x/y")
    words = (*words, "--outbox", tmp_path / "o.db", "--out", out, "--mapping", mapping, message)
    words = (*words, "--signer", f"pharmacist={tmp_path}/P1.json")
    mapping.write_text(MAPPING.replace("二甲双胍", "阿卡波糖"), "utf-8")
    assert rx.code(*words) == 2 and not out.exists()
    assert "faults in mapping or table: 1" in rx.error and "rx knowledge" in rx.error
    mapping.write_text(MAPPING.replace("L1", "L2"), "utf-8")
    assert rx.code(*words) == 1 and "fixmedins_hilist_id is not mapped" in rx.error
    mapping.write_text(MAPPING, "utf-8")
    assert rx.code(*words) == 0
    sent = submission.parse((out / "3503.submission.json").read_bytes(), unsigned_allowed=True)
    assert any("XA10BAA008A001010199990" in str(one.value) for one in sent.opened)


def _body(iat: int | None) -> bytes:
    """A submission that is well formed but for its claimed time, if it has one."""
    signer = Person("YS990000000001", "pharmacist", generate("ES256"))
    members = {"consultation": "0" * 64}
    body = json.loads(build("duty.closed", members, {}, iss="P1", aud="x/y", iat=7, signers=[signer]))
    payload = json.loads(base64.urlsafe_b64decode(body["payload"] + "=="))
    del payload["iat"]
    claimed = payload if iat is None else {**payload, "iat": iat}
    body["payload"] = base64.urlsafe_b64encode(json.dumps(claimed).encode()).decode().rstrip("=")
    return json.dumps(body).encode()


@pytest.mark.parametrize(("iat", "clocks"), [(None, []), (1_772_416_800, ["2026-03-02T02:00:00Z"])])
def test_a_statement_without_a_claimed_time_moves_no_clock_and_is_sent_to_be_refused(
    rx: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, iat: int | None, clocks: list[str]
) -> None:
    """It ended in a traceback: the form of a statement is the ledger's to judge."""
    ledger = Ledger()
    monkeypatch.setattr(submit, "member", lambda *_: ledger)
    (tmp_path / "body.json").write_bytes(_body(iat))
    words = ("submit", "--url", "http://127.0.0.1:1", "--key", tmp_path / "k", "--move-clock")
    assert rx.code(*words, tmp_path / "body.json") == 2
    assert "it was sent" in rx.error
    assert ledger.clocks == clocks
