"""The log handed over under a running server: what readers of either key find, and who cannot do it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.client.http import Problem
from api.client.signing import build
from api.command import checklist
from api.command.main import main
from api.sandbox.stage import ORIGIN
from contracts.time import to_text
from tests.api.proof import prove
from tests.api.serving import REGULATOR, Site, site

HOUR_MS = 3_600_000


@pytest.fixture(params=[0, 2], ids=["one", "apart"])
def handed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A served ledger of its own, in which tests of other pages do not stand."""
    with site(tmp_path, processes=request.param) as made:
        yield made


def next_key(tmp_path: Path, made: Site, name: str = "next", overlap_ms: int | None = HOUR_MS) -> Path:
    """Run `rx log-key` beside the server; return the new trust file, the draft beside it."""
    trust = tmp_path / f"{name}-trust.json"
    files = ["--draft", str(tmp_path / f"{name}.json"), "--trust", str(trust)]
    until = [] if overlap_ms is None else ["--overlap-until", to_text(made.clock.now_ms() + overlap_ms)]
    assert main(["log-key", "--folder", str(tmp_path / "ledger"), *files, *until]) == 0
    return trust


def submit(made: Site, draft: Path, officers: int = 2) -> str:
    given = json.loads(draft.read_bytes())
    now_s = made.clock.now_ms() // 1000
    signers = made.ring.officers()[:officers]
    body = build(
        given["type"], given["members"], {}, iss=REGULATOR, aud=ORIGIN, iat=now_s, signers=signers
    )
    return str(made.client(REGULATOR).submit(body).body["id"])


def verify(log: Path, trust: Path) -> int:
    words = [Path(sys.executable).with_name("rx-verify"), "log", log, "--trust", trust]
    return subprocess.run([str(word) for word in words], capture_output=True, check=False).returncode


def test_readers_of_either_trust_file_are_served_until_the_overlap_ends(
    handed: Site, tmp_path: Path
) -> None:
    trust = next_key(tmp_path, handed)
    submit(handed, tmp_path / "next.json")
    prove(handed.ledger, tmp_path)  # by the trust file of before
    assert verify(tmp_path / "log", trust) == 0
    handed.clock.set(handed.clock.now_ms() + HOUR_MS + 1)
    hospital = handed.of_role("hospital")
    handed.post("/v1/statements", handed.opening(hospital), hospital)
    handed.ledger.publish()
    handed.ledger.export(tmp_path / "later")
    assert verify(tmp_path / "later", trust) == 0
    assert verify(tmp_path / "later", tmp_path / "ledger/trust.json") == 1


def test_a_key_that_lies_nowhere_stops_no_server(handed: Site, tmp_path: Path) -> None:
    next_key(tmp_path, handed)
    seed = next((tmp_path / "ledger").glob("log.key.*"))
    kept = seed.read_bytes()
    seed.unlink()
    size = handed.ledger.size
    with pytest.raises(Problem) as missing:
        submit(handed, tmp_path / "next.json")
    assert (missing.value.code, missing.value.status) == ("LOG_KEY_MISSING", 409)
    assert handed.ledger.size == size and handed.ledger.fault is None
    seed.write_bytes(kept)
    submit(handed, tmp_path / "next.json")
    prove(handed.ledger, tmp_path)


def test_one_officer_or_a_strange_proof_hands_nothing_over(handed: Site, tmp_path: Path) -> None:
    next_key(tmp_path, handed)
    with pytest.raises(Problem) as alone:
        submit(handed, tmp_path / "next.json", officers=1)
    assert alone.value.code == "DUAL_CONTROL_REQUIRED"
    draft = json.loads((tmp_path / "next.json").read_bytes())
    draft["members"]["possession"] = "A" * 86
    (tmp_path / "forged.json").write_text(json.dumps(draft))
    with pytest.raises(Problem) as forged:
        submit(handed, tmp_path / "forged.json")
    assert (forged.value.code, forged.value.status) == ("SIG_INVALID", 422)
    prove(handed.ledger, tmp_path)


def test_the_second_line_of_the_log_passes_for_no_witness(
    handed: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`rx receipt --wait` would wait for nobody, and an export that lacks all witnesses would not say so."""
    next_key(tmp_path, handed)
    identifier = submit(handed, tmp_path / "next.json")
    handed.ledger.publish()
    out = tmp_path / "next.tlog-proof"
    words = ["receipt", "--url", handed.address, "--out", str(out), identifier]
    assert main([*words, "--wait", "0.1"]) == 1 and not out.exists()
    assert main(words) == 0 and out.read_bytes().count(f"— {ORIGIN} ".encode()) == 2
    assert "cosigned by nobody but the log yet" in capsys.readouterr().out
    key = tmp_path / "ledger/keys" / f"{REGULATOR}.json"
    assert main(["export", "--url", handed.address, "--key", str(key), str(tmp_path / "audit")]) == 0
    assert "no witness has cosigned this checkpoint" in capsys.readouterr().err


def test_one_handover_after_another_leaves_a_trust_file_for_all_of_the_log(
    handed: Site, tmp_path: Path
) -> None:
    """A key between that it did not list would hide what that key signed alone."""
    held = tmp_path / "ledger/trust.json"
    for name in ("second", "third"):
        trust = next_key(tmp_path, handed, name)
        submit(handed, tmp_path / f"{name}.json")
        handed.ledger.publish()
        handed.clock.set(handed.clock.now_ms() + HOUR_MS + 1)
        hospital = handed.of_role("hospital")
        handed.post("/v1/statements", handed.opening(hospital), hospital)
        handed.ledger.publish()
        held.write_bytes(trust.read_bytes())
        handed.ledger.export(tmp_path / name)
    assert len(json.loads(held.read_bytes())["log_keys"]) == 3
    assert verify(tmp_path / "second", held) == verify(tmp_path / "third", held) == 0


def test_an_old_trust_file_is_told_before_a_reader_is_refused(
    handed: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that an export suggests, with the trust file that it names, would fail without a word."""
    trust, held = next_key(tmp_path, handed, overlap_ms=None), tmp_path / "ledger/trust.json"
    submit(handed, tmp_path / "next.json")
    handed.ledger.publish()
    key = tmp_path / "ledger/keys" / f"{REGULATOR}.json"
    words = ["export", "--url", handed.address, "--key", str(key), "--trust"]
    assert main([*words, str(held), str(tmp_path / "old")]) == 0
    assert f"no log key of {held} signed it" in capsys.readouterr().err
    assert state_of_checkpoint(tmp_path) == "fail"
    held.write_bytes(trust.read_bytes())
    assert main([*words, str(held), str(tmp_path / "new")]) == 0 and capsys.readouterr().err == ""
    assert state_of_checkpoint(tmp_path) == "ok"


def state_of_checkpoint(tmp_path: Path) -> str:
    return next(one.state for one in checklist.checked(tmp_path / "ledger") if one.id == "checkpoint")
