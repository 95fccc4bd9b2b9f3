"""Who reads Chinese is told in Chinese what a command did, what went wrong, and what to do about it."""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import words
from api.client.http import Answer, Problem, Unreachable
from api.command import chinese, member, submit
from api.command.main import COMMANDS, build_parser, main
from api.command.output import CommandError, complain, tell
from api.reports.referral import Piece, parts
from api.reports.sampling import Drawn, table
from contracts.codes import CODES
from contracts.rules.case import BEFORE
from contracts.types import ROLES, TYPES

ROOT = Path(chinese.__file__).parents[2]
# Where causes and fixes are written; a year's own faults are for developers.
PLACES = ("api/command/*.py", "api/client/signers.py", "api/client/http.py", "api/genesis.py")
PLACES += ("api/knowledge/*.py", "api/sandbox/*.py", "api/reports/*.py", "api/screening/*.py", "ledger/*.py")
FAULTS = {"CommandError", "SignerFault", "Unreachable", "GenesisError", "ReferralFault", "ProfileFault"}
FAULTS |= {"NotALedger", "AlreadyExists", "LogKeyMissing", "unanswered"}
FAULTS |= {"MonthFault", "ColumnsFault", "ThresholdFault", "ExportRefused"}
FAULTS |= {"AlreadyRunning", "SchemaUnknown", "UnsafeStorage", "JournalElsewhere", "StoreMismatched"}
FAULTS |= {"BehindCheckpoint", "GenesisRefused", "StorageFull", "StorageFault", "DataDamaged", "LedgerAbsent"}
FAULTS |= {"NobodyFault", "BackupRefused", "BackupBroken", "DayError", "OutputFault", "ProcessFault"}


def sentences() -> Iterator[str]:
    """Every cause and fix of the sources above, `{}` for each value in it."""
    for path in (path for place in PLACES for path in ROOT.glob(place)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rpartition(".")[2]
                if name == "Fault":  # of a table: line, column, what and fix
                    yield from filter(None, map(template, node.args[2:]))
                elif name in FAULTS:
                    yield from filter(None, map(template, node.args))
                elif name == "read_file" and len(node.args) == 2:
                    yield template(node.args[1])


def template(expression: ast.expr) -> str:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return expression.value
    if isinstance(expression, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in expression.values)
    return ""


def test_every_cause_and_fix_has_a_row() -> None:
    found = {one for one in sentences() if any(letter.isalpha() for letter in one.replace("{}", ""))}
    assert len(found) > 120 and "the submission is empty" in found
    assert found - chinese.ROWS.keys() == set()


def test_a_row_keeps_every_value() -> None:
    for english, translated in chinese.ROWS.items():
        if "{}" in english:
            values = [f"{{{place}}}" for place in range(english.count("{}"))]
            assert all(translated.count(value) == 1 for value in values), english
            assert chinese.in_chinese(english.replace("{}", "17")) == translated.format(*["17"] * len(values))


def helps(parser: argparse.ArgumentParser) -> Iterator[str | None]:
    """What `--help` of a parser and of its sub-commands says, without their examples."""
    yield parser.description
    yield from (group.title for group in parser._action_groups)
    for action in parser._actions:
        yield action.help
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                yield from helps(sub)


def test_every_sentence_of_a_help_has_a_row() -> None:
    found = {one for one in helps(build_parser()) if one}
    assert len(found) > 120 and "made by rx init" in found
    untold = {one for one in found if not re.search(r"[\u4e00-\u9fff]", chinese.in_chinese(one))}
    assert untold == set()


@pytest.mark.usefixtures("reads_chinese")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_is_chinese_but_for_its_commands(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """LANG=zh_CN rx import --help was English from its first to its last line."""
    with pytest.raises(SystemExit):
        main([name, "--help"])
    usage, _, told = capsys.readouterr().out.partition("\n\n")
    assert usage.startswith(f"用法：rx {name} ")
    example = told[told.index("示例：") :]
    for line in example.splitlines()[1:]:
        for piece in re.split(r"\s{3,}", line.strip()):
            is_command = re.match(r"(rx|rx-verify|echo|--) |--", piece)
            assert is_command or not piece or re.search(r"[\u4e00-\u9fff]", piece), piece


def test_a_narrow_terminal_does_not_end_a_help() -> None:
    program = "from api.command.main import main; main(['import', '--help'])"
    environment = {**os.environ, "LC_ALL": "zh_CN", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"") and b"rx import" in done.stdout


@pytest.mark.usefixtures("reads_chinese")
def test_wrong_usage_is_told_in_chinese_with_a_fix(capsys: pytest.CaptureFixture[str]) -> None:
    """`rx: error: the following arguments are required` was English for everybody, and named no fix."""
    wrong = ("serve",), ("serve", "--folder", "x", "--listen", "y"), ("banana",), ("roles", "--markdown", "x")
    for typed in wrong:
        with pytest.raises(SystemExit):
            main(list(typed))
        for line in capsys.readouterr().err.splitlines()[-2:]:
            assert re.search(r"[\u4e00-\u9fff]", line), line


@pytest.fixture
def reads_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of LANG=zh_CN.UTF-8."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")


OPTIONS = argparse.Namespace(json=False)


@pytest.mark.usefixtures("reads_chinese")
def test_a_missing_file_is_told_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    cause = "the submission cannot be read: a.json: No such file or directory"
    complain(CommandError(cause, "name a readable file"), "rx submit", as_json=False)
    assert capsys.readouterr().err.splitlines() == [
        "rx submit: 提交内容无法读取：a.json：文件或文件夹不存在",
        "  处理：请指定可读取的文件",
    ]
    complain(CommandError(cause, "name a readable file"), "rx submit", as_json=True)
    assert "cannot be read" in capsys.readouterr().err, "machines read one language"


@pytest.mark.usefixtures("reads_chinese")
def test_a_verdict_is_told_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    flag = {"code": "PACE_NOTICE", "class": "NOTICE"}
    body = {"index": 7, "id": "ab", "outcome": "accepted", "verdict": {"flags": [flag]}}
    tell(OPTIONS, {}, submit.describe(Answer(201, body)))
    assert capsys.readouterr().out.splitlines() == [
        "已入账：第 7 条账目，编号 ab",
        "  标记 PACE_NOTICE (提示) 开方节奏较快",
    ]
    zh = {"detail": "处方已撤销。", "fix": "请重新开方。"}
    refusal = Problem(409, {"code": "RX_CANCELLED", "codes": ["RX_CANCELLED"], "id": "cd", "zh": zh})
    complain(member.refused(OPTIONS, refusal), "rx submit", as_json=False)
    assert capsys.readouterr().err.splitlines() == [
        "rx submit: 被拒绝：RX_CANCELLED 处方已撤销。",
        "  编号：cd",
        "  处理：请重新开方。",
    ]


@pytest.mark.usefixtures("reads_chinese")
def test_the_advice_of_a_second_code_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A hurried doctor read "nobody is accused", the advice of the typing error that stood first."""
    zh = {"detail": "年龄与证件不符。", "fix": "核对证件；不追究任何人。"}
    codes = ["IDENTITY_CONTRADICTS", "CONSULT_TOO_SHORT"]
    complain(member.refused(OPTIONS, Problem(422, {"codes": codes, "zh": zh})), "rx import", as_json=False)
    assert capsys.readouterr().err.splitlines() == [
        "rx import: 被拒绝：IDENTITY_CONTRADICTS, CONSULT_TOO_SHORT 年龄与证件不符。",
        f"  CONSULT_TOO_SHORT 的处理：{CODES['CONSULT_TOO_SHORT'].zh_fix}",
        "  处理：核对证件；不追究任何人。",
    ]


@pytest.mark.usefixtures("reads_chinese")
def test_a_passing_fault_of_the_ledger_is_told_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    zh = {"detail": "服务器时钟早于最新账目。", "fix": "请运维人员检查授时服务。"}
    address = "http://127.0.0.1:9 gave no answer"
    for fault in (
        Unreachable(f"{address} (503 CLOCK_BACKWARDS)", {"code": "CLOCK_BACKWARDS", "zh": zh}),
        Unreachable(f"{address} (ReadTimeout)"),
    ):
        complain(member.unanswered(fault), "rx submit", as_json=False)
    assert capsys.readouterr().err.splitlines() == [
        "rx submit: http://127.0.0.1:9 没有答复（503 CLOCK_BACKWARDS）",
        "  服务器时钟早于最新账目。",
        "  处理：请运维人员检查授时服务。",
        "rx submit: http://127.0.0.1:9 没有答复（ReadTimeout）",
        "  处理：请重新发送同一提交：重发始终安全",
    ]


CHECKED = {
    "outcome": "refused",
    "codes": ["SUPPLY_COVERED"],
    "findings": [
        {
            "rule": "SUPPLY-1",
            "facts": {"left_days": 20},
            "detail": "Still covered.",
            "zh": {"detail": "仍有余药。"},
        }
    ],
    "outlook": [
        {
            "drug": "XC08",
            "days": 28,
            "covered_until": "2026-03-22T00:00:00Z",
            "next": "2026-04-19T00:00:00Z",
        }
    ],
}


def test_a_check_beforehand_tells_reason_fix_and_outlook(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It printed codes alone: the counter knew neither why nor from when the drug may be bought."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert submit.told_check(OPTIONS, CHECKED) == 1
    assert capsys.readouterr().out.splitlines() == [
        "would be refused: SUPPLY_COVERED",
        "  SUPPLY-1: Still covered. (left_days 20)",
        f"  fix of SUPPLY_COVERED: {CODES['SUPPLY_COVERED'].fix}",
        "  XC08: lasts 28 days, may be bought again from 2026-04-19T00:00:00Z; "
        "earlier purchases last until 2026-03-22T00:00:00Z",
    ]
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert submit.told_check(OPTIONS, CHECKED) == 1
    assert capsys.readouterr().out.splitlines() == [
        "预计被拒绝: SUPPLY_COVERED",
        "  SUPPLY-1: 仍有余药。 (剩余天数 20)",
        f"  SUPPLY_COVERED 的处理：{CODES['SUPPLY_COVERED'].zh_fix}",
        "  XC08：可用 28 天，最早 2026-04-19T00:00:00Z 可再次购买；此前所购可用至 2026-03-22T00:00:00Z",
    ]


def test_a_check_of_what_is_committed_says_where_it_stands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = {**CHECKED, "outcome": "held", "findings": [], "outlook": [], "id": "ab"}
    verdict["committed"] = {"index": 7, "leaf": "cd"}
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert submit.told_check(OPTIONS, verdict) == 0
    assert capsys.readouterr().out.startswith("committed before: entry 7, id ab: SUPPLY_COVERED\n")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert submit.told_check(OPTIONS, verdict) == 0
    assert capsys.readouterr().out.startswith("此前已入账：第 7 条账目，编号 ab: SUPPLY_COVERED\n")


def test_every_class_role_and_statement_type_of_a_report_has_a_chinese_word() -> None:
    """Chinese reports were half in English: VIOLATION, doctor, dispensing.dispensed."""
    classes = {row.class_ for row in CODES.values()}
    steps = {f"case {step}" for step in BEFORE}
    findings = {"violation", "suspicion", "data_quality", "unfounded"}
    assert {*TYPES, *ROLES, *classes, *steps, *BEFORE, *findings} <= words.ROWS.keys()


def test_a_drawn_act_and_a_checklist_are_told_in_chinese() -> None:
    drawn = Drawn(7, "ab", "dispensing.dispensed", 5, ("flag NO_INBOUND +4",))
    assert next(table([drawn], chinese=True)).split() == ["7", "售药", "5", "标记", "NO_INBOUND", "+4"]
    assert next(table([drawn])).split()[1:] == ["dispensing.dispensed", "5", "flag", "NO_INBOUND", "+4"]
    raw = b'{"refused": {"digest": "ab", "type": "governance.appeal", "codes": ["X"]}, "time": 0}'
    assert next(parts([Piece(7, "evidence", "ab", raw)], str, chinese=True)).split()[1] == "证据"
    states = [words.word(state, chinese=True) for state in ("ok", "fail", "ask")]
    assert states == ["合格", "不合格", "待确认"]


@pytest.mark.usefixtures("reads_chinese")
def test_what_a_finding_says_is_told_in_chinese() -> None:
    finding = {"rule": "LICENCE-1", "facts": {"registered": "doctor", "closed": "still open"}}
    told = {**finding, "detail": "No.", "zh": {"detail": "无权。"}}
    assert member.reason(told) == "  LICENCE-1: 无权。 (登记为 医师, 结束 尚未结束)"


def test_where_an_unknown_member_stands_is_told() -> None:
    """The answer had it, `rx submit` dropped it."""
    facts = {"position": 2, "one_of": "assist, authorship"}
    problem = Problem(422, {"code": "SCHEMA_UNKNOWN_FIELD", "pointer": "/origin", "facts": facts})
    told = member.refused(OPTIONS, problem).cause.splitlines()
    assert told[1:] == ["  position 2", "  one_of assist, authorship", "  pointer: /origin"]


def test_elsewhere_nothing_changes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    tell(OPTIONS, {}, "done", "完成")
    complain(CommandError("the submission is empty", "x"), "rx submit", as_json=False)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("done\n", "rx submit: the submission is empty\n  fix: x\n")


@pytest.mark.usefixtures("reads_chinese")
def test_what_an_inspector_names_wrongly_is_told_in_chinese(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A ledger in use, a folder without columns, a half-written log, a wrong month were told in English."""
    for typed in (
        ("demo", "--day", tmp_path),
        ("demo", "--out", Path(__file__)),
        ("enrol", "--url", "http://127.0.0.1:9", "--folder", tmp_path, "--keys", tmp_path, tmp_path / "cast"),
        ("report", tmp_path, "--month", "2026-03"),
        ("report", tmp_path, "--month", "2026-13"),
        ("screen", tmp_path),
        ("screen", tmp_path, "--rulebook", Path(__file__)),
    ):
        assert main([str(word) for word in typed]) == 2
        for line in capsys.readouterr().err.splitlines():
            assert re.search(r"[\u4e00-\u9fff]", line), line


@pytest.mark.usefixtures("reads_chinese")
def test_a_member_is_named_as_it_stands_in_the_draft() -> None:
    """`freeze` of a release was told as 冻结, which no draft has."""
    told = {"rule": "OFFICE-5", "facts": {"member": "freeze", "required": "officer"}}
    assert member.reason(told) == "  OFFICE-5:  (字段 freeze, 须为 监管人员)"


@pytest.mark.parametrize(
    ("chinese", "told"),
    [
        (True, "(行号（从0计） 0, 时长 9 s, 可用至 2026-12-14, 售出时间 2026-12-14T04:22:00Z)"),
        (False, "(line 0, lasted 9 s, covered_until_date 2026-12-14, sold_at 2026-12-14T04:22:00Z)"),
    ],
)
def test_a_counter_reads_times_and_no_milliseconds(
    chinese: bool, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`covered_until_ms 1797229320000` stood before the date, and the names were English for everybody."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8" if chinese else "C.UTF-8")
    cover = {"covered_until_ms": 1797222120000, "covered_until_date": "2026-12-14"}
    facts = {"line": 0, "lasted_ms": 9000, **cover, "sold_at_ms": 1797222120000}
    assert member.reason({"rule": "SUPPLY-1", "facts": facts}).endswith(told)


def test_why_somebody_is_frozen_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"by": "rule", "code": "PACE_TOO_FAST"}
    told = {"rule": "BREAKER-1", "detail": "Frozen.", "facts": facts, "zh": {"detail": "已冻结。"}}
    for language, said in (
        ("C", f"Frozen. (by rule, code PACE_TOO_FAST {CODES['PACE_TOO_FAST'].title})"),
        ("zh_CN.UTF-8", f"已冻结。 (由 规则, 代码 PACE_TOO_FAST {CODES['PACE_TOO_FAST'].zh_title})"),
    ):
        monkeypatch.setenv("LC_ALL", language)
        assert member.reason(told) == f"  BREAKER-1: {said}"


def test_a_key_of_another_ledger_is_told_with_a_fix(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It said `invalid_client kid is not …`, in English for everybody, and nothing to do about it."""
    said = "kid is not a registered access key of the organisation in iss"
    problem = Problem(401, {"error": "invalid_client", "error_description": said})
    chinese_told = ("zh_CN", "被拒绝：invalid_client 密钥不是", "处理：")
    for language, cause, fix in (chinese_told, ("C", said, "fix: name a key")):
        monkeypatch.setenv("LC_ALL", language)
        complain(member.refused(OPTIONS, problem), "rx submit", as_json=False)
        told = capsys.readouterr().err
        assert cause in told and fix in told
