"""A case with a refused prescription as evidence, verified by an office that has only the package."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main
from api.reports.referral import ReferralFault, is_cleared, pieces
from contracts.facts import Json
from contracts.statements import base64url
from tests.api.entries import said
from tests.api.serving import REGULATOR, site
from tests.catalogue.desk import DOCTOR, DOCTOR_SM2, H1, PATIENT, Desk


@dataclass(frozen=True, slots=True)
class Log:
    """An exported log of three cases: one, one of a doctor with an SM2 key, one that cleared the doctor."""

    folder: Path
    case: str
    case_sm2: str
    case_cleared: str


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """The log, exported."""
    folder = tmp_path_factory.mktemp("referral")
    with site(folder) as made:
        desk = Desk(made)
        refused = desk.post(desk.issue(members={"origin": {"authorship": "ai"}}), H1).json()
        assert refused["code"] == "ORIGIN_AI_GENERATED"
        case = opened(desk, DOCTOR, [refused["id"]])
        other = opened(desk, DOCTOR_SM2, [])
        unfounded = opened(desk, DOCTOR, [])
        take(desk, unfounded, "heard")
        take(desk, unfounded, "decided", finding="unfounded")
        made.ledger.publish(force=True)
        made.ledger.export(folder / "log")
    yield Log(folder, case, other, unfounded)


def opened(desk: Desk, subject: str, evidence: list[Json]) -> str:
    """A case against a doctor, who is notified and appeals."""
    officers = [one.code for one in desk.site.ring.officers()[:2]]
    members: dict[str, Json] = {
        "subject": subject,
        "rules": ["AUTHOR-5"],
        "evidence": evidence,
        "due": "2026-06-01T00:00:00Z",
        "reason": "核查",
    }
    case = desk.commit(desk.body("governance.case", REGULATOR, officers, members), REGULATOR)["id"]
    take(desk, case, "notified")
    desk.commit(desk.body("governance.appeal", H1, [subject], {"case": case, "reason": "不服"}), H1)
    return str(case)


def take(desk: Desk, case: str, name: str, **members: Json) -> None:
    """Two officers take a step of the case."""
    officers = [one.code for one in desk.site.ring.officers()[:2]]
    named: dict[str, Json] = {"case": case, "step": name, "reason": "送达", **members}
    desk.commit(desk.body("governance.case_step", REGULATOR, officers, named), REGULATOR)


@pytest.fixture
def referred(log: Log) -> tuple[Path, str]:
    """The folder of the log, and the first case's id."""
    return log.folder, log.case


def package(folder: Path, case: str, out: Path) -> dict[str, Any]:
    assert main(["referral", str(folder / "log"), "--case", case, "--out", str(out)]) == 0
    return dict(json.loads((out / "index.json").read_text("utf-8")))


def test_every_entry_of_the_package_verifies_offline(referred: tuple[Path, str], tmp_path: Path) -> None:
    folder, case = referred
    told = package(folder, case, tmp_path / "out")
    assert [one["part"] for one in told["entries"]] == ["evidence", "case", "step", "appeal"]
    assert told["entries"][0]["refused"] == ["ORIGIN_AI_GENERATED"]
    for one in told["entries"]:
        done = verified(folder, tmp_path / "out", one["index"])
        assert done.returncode == 0 and "VERIFIED" in done.stdout, done.stdout + done.stderr
    entry = tmp_path / "out/entries" / f"{told['entries'][-1]['index']}.entry"
    entry.write_bytes(entry.read_bytes().replace(b"time", b"tine", 1))
    assert verified(folder, tmp_path / "out", told["entries"][-1]["index"]).returncode == 1


def verified(folder: Path, out: Path, index: int) -> subprocess.CompletedProcess[str]:
    """The command of the package's README.txt, run on one entry."""
    guide = (out / "README.txt").read_text("utf-8")
    [line] = [line for line in guide.splitlines() if line.strip().startswith("rx-verify ")]
    trust = str(folder / "ledger/trust.json")
    words = [word.replace("N.", f"{index}.").replace("trust.json", trust) for word in line.split()[1:]]
    program = str(Path(sys.executable).with_name("rx-verify"))
    return subprocess.run([program, *words], cwd=out, capture_output=True, text=True, check=False)


def test_an_inspector_gets_from_the_number_of_an_entry_to_the_evidence_of_a_case(
    referred: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A refusal, a case, a step: findings cite numbers, and `"evidence": [72]` was SCHEMA_TYPE."""
    folder, case = referred
    pieces_told = package(folder, case, tmp_path / "out")["entries"]
    capsys.readouterr()
    numbers = [str(one["index"]) for one in pieces_told]
    assert main(["entry", str(folder / "log"), *numbers, "--json"]) == 0
    printed = capsys.readouterr().out
    shown = json.loads(printed)["entries"]
    same = ("leaf", "id", "time", "type")
    assert [[one[name] for name in same] for one in shown] == [
        [one[name] for name in same] for one in pieces_told
    ]
    assert shown[0]["outcome"] == "refused" and shown[0]["codes"] == ["ORIGIN_AI_GENERATED"]
    assert (shown[0]["institution"], shown[0]["signers"]) == (H1, [{"code": DOCTOR}])
    assert PATIENT not in printed
    assert main(["entry", str(folder / "log"), numbers[0]]) == 0
    assert "refused: ORIGIN_AI_GENERATED" in capsys.readouterr().out


def test_a_package_with_an_sm2_signature_needs_nothing_beside_it(log: Log, tmp_path: Path) -> None:
    """The receiving office was told to fetch the whole log, which it may not be able to get."""
    told = package(log.folder, log.case_sm2, tmp_path / "out")
    assert [one["part"] for one in told["entries"]] == ["key", "case", "step", "appeal"]
    assert told["entries"][0]["type"] == "registry.key"
    for one in told["entries"]:
        done = verified(log.folder, tmp_path / "out", one["index"])
        assert done.returncode == 0 and "VERIFIED" in done.stdout, done.stdout + done.stderr
    (tmp_path / "out/entries" / f"{told['entries'][0]['index']}.entry").unlink()
    without = verified(log.folder, tmp_path / "out", told["entries"][-1]["index"])
    assert without.returncode == 2, "an SM2 key does not follow from its signature"


def test_an_inspector_reads_the_times_of_a_case_in_local_time(
    referred: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A case notified in the morning in Beijing was listed in the middle of the night."""
    told = package(*referred, tmp_path / "out")
    printed = capsys.readouterr().out
    assert printed.count("+08:00  ") == len(told["entries"]) and "Z  " not in printed
    assert all(one["time"].endswith("Z") for one in told["entries"]), "machines read UTC"


def test_the_package_names_no_patient(referred: tuple[Path, str], tmp_path: Path) -> None:
    package(*referred, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            assert PATIENT.encode() not in path.read_bytes()
    guide = (tmp_path / "out/README.txt").read_text("utf-8")
    assert "rx-verify receipt" in guide and "移送包" in guide


def test_what_is_missing_is_named(
    referred: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, case = referred
    assert main(["referral", str(folder / "log"), "--case", "0" * 64, "--out", str(tmp_path / "a")]) == 2
    assert "no case" in capsys.readouterr().err
    assert main(["referral", str(tmp_path), "--case", case, "--out", str(tmp_path / "b")]) == 2
    assert "rx export" in capsys.readouterr().err
    assert main(["referral", str(folder / "log"), "--case", case, "--out", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err


DAY = "2026-02-03T00:00:00Z"


def statement(name: str, **members: Any) -> tuple[str, bytes]:
    """Id and entry of a statement of officers."""
    raw = said(DAY, f"governance.{name}", REGULATOR, "G1", reason=f"{name} {len(members)}", **members)
    return hashlib.sha256(base64url.decode(json.loads(raw)["statement"]["payload"])).hexdigest(), raw


def test_no_folder_is_written_about_who_was_cleared(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["referral", str(log.folder / "log"), "--case", log.case_cleared, "--out", str(tmp_path / "out")]
    assert main(asked) == 2 and "nobody is referred for what came to nothing" in capsys.readouterr().err
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(asked) == 2 and "不得移送" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_points_that_were_taken_back_are_shown_taken_back() -> None:
    """Scores were in the package and their repair was not: the other office saw points that nobody has."""
    case, opening = statement("case", subject="D1", evidence=[])
    score, scored = statement("score", subject="D1", points=3, case=case)
    other, of_another_case = statement("score", subject="D1", points=2, case="cd")
    _, repaired = statement("repair", score=score, points=3)
    _, repaired_elsewhere = statement("repair", score=other, points=2)
    found = pieces([opening, scored, of_another_case, repaired, repaired_elsewhere], case)
    assert [(one.index, one.part) for one in found] == [(0, "case"), (1, "score"), (3, "repair")]


CASE, OPENING = statement("case", subject="D1", evidence=[])


def step(name: str, case: str = CASE, **members: str) -> bytes:
    """A step of the case, or of another."""
    return statement("case_step", case=case, step=name, **members)[1]


VIOLATION = step("decided", finding="violation")


@pytest.mark.parametrize("finding", ["unfounded", "data_quality"])
@pytest.mark.parametrize("closed", [False, True])
def test_who_was_cleared_is_not_packed_for_another_office(finding: str, closed: bool) -> None:
    """The ledger refused the referral, and the package accused whom the office had cleared."""
    steps = [step("notified"), step("heard"), step("decided", finding=finding), step("closed")]
    with pytest.raises(ReferralFault, match="found no violation"):
        pieces([OPENING, *(steps if closed else steps[:-1])], CASE)


def test_who_won_the_appeal_is_not_packed_for_another_office() -> None:
    """The decision still stands before the one on the appeal; the last word counts."""
    won = step("appeal_decided", finding="unfounded")
    with pytest.raises(ReferralFault, match="found no violation"):
        pieces([OPENING, VIOLATION, won, step("closed")], CASE)


@pytest.mark.parametrize("finding", ["violation", "suspicion"])
def test_a_case_that_an_appeal_upheld_or_lightened_is_packed(finding: str) -> None:
    upheld = step("appeal_decided", finding=finding)
    assert len(pieces([OPENING, VIOLATION, upheld], CASE)) == 3


def test_another_case_that_was_cleared_keeps_no_package_back() -> None:
    other, opening = statement("case", subject="D2", evidence=[])
    cleared = step("decided", other, finding="unfounded")
    assert len(pieces([OPENING, opening, VIOLATION, cleared], CASE)) == 2
    assert len(pieces([OPENING, opening, cleared], CASE)) == 1, "nobody decided yet: a crime does not wait"


def test_the_office_that_has_the_accusation_gets_its_end() -> None:
    """Referred before the decision, cleared by it: to keep that back would leave the accusation standing."""
    _, referred = statement("referral", case=CASE, to="990000 公安局", package="ab" * 32)
    found = pieces([OPENING, referred, step("decided", finding="unfounded")], CASE)
    assert [one.part for one in found] == ["case", "referral", "step"]
    assert is_cleared(found) and not is_cleared(found[:-1])
