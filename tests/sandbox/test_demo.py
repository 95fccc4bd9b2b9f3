"""`rx demo` on real processes: every step as the day says, and the evidence that it promises."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from api.sandbox import processes
from api.sandbox.day import CORPUS, load

DAY = load(CORPUS)
# Steps signed with SM2: their keys cannot be found from the signature, the trust file pins them.
BY_SM2 = [
    step.number
    for step in DAY.steps
    if step.expect["outcome"] == "accepted" and {"D990000000002", "YS990000000004"} & set(step.signers)
]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("demo") / "demo-out"
    done = subprocess.run(
        processes.command("rx", "demo", "--out", str(folder)),
        capture_output=True,
        text=True,
        env=os.environ | {"LANG": "zh_CN.UTF-8", "LC_ALL": "", "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "127 步中 127 步与预期一致" in done.stdout
    assert "处方申报或其文件元数据标明由人工智能生成" in done.stdout
    return folder


def test_verdicts_name_every_step(out: Path) -> None:
    lines = [json.loads(line) for line in (out / "verdicts.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in lines] == [step.number for step in DAY.steps]
    for line, step in zip(lines, DAY.steps, strict=True):
        wanted = list(step.expect.get("codes", []))
        assert (line["outcome"], line["codes"][: len(wanted)]) == (step.expect["outcome"], wanted)
        assert line["class"] == step.expect.get("class")


def test_every_receipt_is_witnessed_and_proves_its_entry(out: Path) -> None:
    trust = ("--trust", str(out / "trust.json"))
    committed = [step.number for step in DAY.steps if step.expect["outcome"] != "refused"]
    assert len(list((out / "receipts").glob("*.tlog-proof"))) == len(committed)
    for number in (*committed[::13], committed[-1], *BY_SM2[:3]):
        proof = out / "receipts" / f"{number}.tlog-proof"
        entry = ("--entry", str(proof.with_suffix(".entry")))
        done = processes.run("rx-verify", "receipt", str(proof), *trust, *entry)
        assert done.returncode == 0, done.stdout + done.stderr


def test_regulator_and_hospital_each_witness_every_receipt(out: Path) -> None:
    """Witnesses that nobody runs, or one alone, would let the operator show two logs."""
    codes = " ".join(DAY.cast["witnesses"])
    assert {code[0] for code in DAY.cast["witnesses"]} == {"R", "H"}
    names = {f"witness.{code.lower()}.rx.test" for code in DAY.cast["witnesses"]}
    trust = json.loads((out / "trust.json").read_text("utf-8"))
    assert f"group witnesses 2 {codes}\nquorum witnesses" in trust["policy"]
    for proof in (out / "receipts").glob("*.tlog-proof"):
        lines = [line.split(" ")[1] for line in proof.read_text("utf-8").splitlines() if line[:2] == "— "]
        assert names <= set(lines), proof.name


def test_the_verifier_accepts_the_folder_afterwards(out: Path) -> None:
    done = processes.run("rx-verify", "log", str(out / "log"), "--trust", str(out / "trust.json"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (out / "log.vkey").read_text().startswith("rx.test/sandbox+")


def small_day(folder: Path) -> Path:
    """The day's first two messages; the second is expected to be refused, which it is not."""
    folder.mkdir()
    day = json.loads((CORPUS / "day.json").read_text("utf-8"))
    day["steps"] = day["steps"][:2]
    day["steps"][1]["expect"] = {"outcome": "refused", "codes": ["DUTY_CONCURRENT"]}
    for step in day["steps"]:
        shutil.copy(CORPUS / step["file"], folder)
    shutil.copy(CORPUS / "cast.json", folder)
    (folder / "day.json").write_text(json.dumps(day), "utf-8")
    return folder


def test_machines_are_told_each_step_and_what_came_of_it(tmp_path: Path) -> None:
    """--json printed the story for people, which no program reads."""
    day, out = small_day(tmp_path / "day"), tmp_path / "out"
    done = processes.run("rx", "demo", "--json", "--day", str(day), "--out", str(out))
    first, second, told = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["step"], first["outcome"], first["as_expected"]) == (1, "accepted", True)
    assert (second["step"], second["outcome"], second["as_expected"]) == (2, "accepted", False)
    assert told == {"steps": 2, "as_expected": 1, "audit": True, "out": str(out)}
    assert done.returncode == 1 and "pharmacist opens duty" in done.stderr


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    done = processes.run("rx", "demo", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "mine.txt" in done.stderr
