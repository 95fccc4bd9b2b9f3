"""`rx init`: what it makes, what a reader can pin, what it never does."""

from __future__ import annotations

import json
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from api.command.service import open_ledger, policy_of
from contracts.statements import base64url
from tests.command.builders import CLOCK, ORIGIN, Command
from tests.cosigning.witnesses import WitnessDouble
from verifier.trust import parse_trust


def test_the_printed_leaf_is_that_of_entry_0_and_the_trust_file_pins_it(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    facts = rx.init(folder)
    ledger, clock = open_ledger(folder)
    try:
        entry = ledger.entry(0)
        assert clock.now_ms() == json.loads(entry)["time"] == 1_772_323_200_000
    finally:
        ledger.close()
    assert sha256(b"\x00" + entry).hexdigest() == facts["genesis"]
    trust = parse_trust((folder / "trust.json").read_bytes())
    assert trust.origin == ORIGIN
    assert trust.genesis.hex() == facts["genesis"]
    assert [key.text for key in trust.log_keys] == [facts["vkey"]]
    assert (folder / "log.vkey").read_text() == facts["vkey"] + "\n"


def test_the_genesis_names_what_was_asked_for(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder, "--regulator", "R1", "--name", "医疗保障局", "--officer", "G1", "--officer", "G2")
    ledger, _ = open_ledger(folder)
    try:
        statement = json.loads(ledger.entry(0))["statement"]
        genesis = json.loads(ledger.read("pub/genesis") or b"{}")
        credentials = [key for key in ("pub/person/G1", "pub/person/G2") if ledger.read(key)]
    finally:
        ledger.close()
    payload = json.loads(base64url.decode(statement["payload"]))
    assert payload["regulator"]["name"] == "医疗保障局"
    assert [signer["code"] for signer in payload["signers"]] == ["G1", "G2"]
    assert len(statement["signatures"]) == 2
    assert genesis["profile"] == "sandbox"
    assert genesis["origin"] == ORIGIN
    assert len(credentials) == 2


def test_secrets_are_readable_by_their_owner_alone(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder)
    kept = [*(folder / "keys").iterdir(), folder / "log.key", folder / "tag-keys.json"]
    assert len(kept) == 8
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)


def test_nothing_is_created_over_something(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    rx.init(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert rx.code("init", "--folder", folder, "--origin", ORIGIN, "--profile", "sandbox") == 2
    assert "not empty" in rx.error
    assert "fix:" in rx.error
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_witnesses_and_quorum_stand_in_the_trust_file(rx: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    doubles = [WitnessDouble(name, seed) for name, seed in (("H1", 2), ("R1", 3))]
    words = [f"--witness={one.witness.name}={one.key.text}@http://127.0.0.1:9/" for one in doubles]
    rx.init(folder, *words, "--quorum", "2")
    policy = policy_of(folder)
    assert [one.url for one in policy.witnesses] == ["http://127.0.0.1:9", "http://127.0.0.1:9"]
    assert not policy.is_met(["H1"])
    assert policy.is_met(["H1", "R1"])


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--clock", "yesterday"], "--clock is no time"),
        (["--witness", "nonsense"], "NAME=VKEY"),
        (["--quorum", "1"], "needs witnesses"),
        (["--officer", "G1"], "two officers"),
        (["--officer", "G1", "--officer", "G1"], "stands twice"),
        (["--officer", "G 1", "--officer", "G2"], "has not the form"),
        (["--utc-offset-minutes", "9999"], "has not the form"),
        (["--officer-key", "x.json"], "sandbox makes its own keys"),
        (["--profile", "production"], "--clock is for the sandbox alone"),
    ],
)
def test_wrong_arguments_are_named_and_create_nothing(
    rx: Command, tmp_path: Path, words: list[str], cause: str
) -> None:
    folder = tmp_path / "ledger"
    fixed = ["init", "--folder", str(folder), "--origin", ORIGIN, "--profile", "sandbox", "--clock", CLOCK]
    assert rx.code(*fixed, *words) == 2
    assert cause in rx.error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "origin",
    [
        *("", "http://ledger.example/rx", "https://ledger.example", "//ledger.example/rx", "/rx", "a b"),
        *("ledger.example/rx+1", "ledger.example/rx\n", "ledger.example/r\u00a0x", "ledger.example/r\u200bx"),
        *("ledger.example/rx?a=1", "ledger.example/rx#a", "ledger.example/", "ledger.example/" + "x" * 250),
    ],
)
def test_no_log_gets_a_name_for_ever_that_others_would_not_take(
    rx: Command, tmp_path: Path, origin: str
) -> None:
    assert rx.code("init", "--folder", tmp_path / "ledger", f"--origin={origin}", "--profile=sandbox") == 2
    assert "is no origin" in rx.error and "fix: for instance --origin ledger.example/rx-2026" in rx.error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("origin", ["ledger.example", "127.0.0.1:8080/rx", "ledger.example/湖南/rx-2026"])
def test_a_name_that_the_verifier_takes_founds_a_log(rx: Command, tmp_path: Path, origin: str) -> None:
    rx.json("init", "--folder", tmp_path / "ledger", "--origin", origin, "--profile", "sandbox")
    trust = parse_trust((tmp_path / "ledger" / "trust.json").read_bytes())
    assert [key.name for key in trust.log_keys] == [trust.origin] == [origin]


def production(folder: Path, keys: Path) -> list[str]:
    return [
        *("init", "--folder", str(folder), "--origin", ORIGIN, "--profile", "production"),
        *("--regulator", "R1", "--name", "Bureau", "--regulator-key", str(keys / "R1.json")),
        *("--relying-party-id", "bureau.example", "--relying-party-origin", "https://bureau.example"),
        *("--officer-key", str(keys / "G1.json"), "--officer-key", str(keys / "G2.json")),
    ]


def test_a_production_ledger_is_founded_with_given_keys_and_keeps_none(rx: Command, tmp_path: Path) -> None:
    keys, folder = tmp_path / "keys", tmp_path / "ledger"
    for code in ("R1", "G1", "G2"):
        rx.json("keygen", "--code", code, "--folder", keys)
    facts = rx.json(*production(folder, keys))
    assert facts["profile"] == "production"
    assert not (folder / "keys").exists()
    ledger, _ = open_ledger(folder)
    genesis = json.loads(ledger.read("pub/genesis") or b"{}")
    ledger.close()
    assert genesis["attestation_roots"] == []


def test_a_production_ledger_refuses_a_sandbox_authenticator(rx: Command, tmp_path: Path) -> None:
    keys, folder, sandbox = tmp_path / "keys", tmp_path / "ledger", tmp_path / "sandbox"
    rx.init(sandbox)
    root = sandbox / "keys" / "attestation-root.json"
    rx.json("keygen", "--code", "R1", "--folder", keys)
    rx.json("keygen", "--code", "G2", "--folder", keys)
    enrol = ("--enrol", "R1", "--attestation-root", root, "--origin", ORIGIN)
    made = rx.json("keygen", "--code", "G1", "--folder", keys, *enrol)["authenticator"]
    names = ("attestation_object", "client_data_json")
    (tmp_path / "enrolment.json").write_text(json.dumps({name: made[name] for name in names}))
    words = [*production(folder, keys), "--officer-authenticator", f"G1={tmp_path / 'enrolment.json'}"]
    assert rx.code(*words) == 2
    assert "HUM_" in rx.error
    assert not folder.exists()


def test_a_production_ledger_names_what_is_missing(rx: Command, tmp_path: Path) -> None:
    words = ("init", "--folder", tmp_path / "ledger", "--origin", ORIGIN, "--profile", "production")
    assert rx.code(*words) == 2
    for name in ("--regulator", "--name", "--regulator-key", "--relying-party-id", "--relying-party-origin"):
        assert name in rx.error
