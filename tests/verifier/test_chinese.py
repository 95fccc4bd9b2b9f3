"""What rx-verify says stands in Chinese too: every sentence of its source, whole and with its values."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verifier.builder import LogBuilder
from tests.verifier.checking import check
from verifier import chinese
from verifier.command import main
from verifier.report import Report

SOURCE = Path(chinese.__file__).parent
FAULTS = {"VerificationError", "Undecided", "_NotFound", "_untrusted"}
TOLD = ("levels", "message", "every", "NOT_REPLAYED")


def sentences() -> Iterator[str]:
    """Every sentence that a report may hold, `{}` for each value in it."""
    for path in SOURCE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            yield from filter(None, map(template, told(node)))


def told(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions by which a statement adds a sentence to a report."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name in FAULTS or name.endswith(("not_checked.append", "read_file", "say")):
            yield from parts(*node.args)
    elif isinstance(node, ast.Assign | ast.AugAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if any(name in ast.unparse(target) for name in TOLD) and node.value is not None:
            yield from parts(node.value)
    elif isinstance(node, ast.FunctionDef) and node.name in ("_consistent", "_shown"):
        returned = (one.value for one in ast.walk(node) if isinstance(one, ast.Return))
        yield from parts(*(one for one in returned if one is not None))


def parts(*expressions: ast.expr) -> Iterator[ast.expr]:
    for one in expressions:
        if isinstance(one, ast.IfExp):
            yield from parts(one.body, one.orelse)
        elif isinstance(one, ast.Dict):
            yield from parts(*one.values)
        else:
            yield one


def template(expression: ast.expr) -> str:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return expression.value
    if isinstance(expression, ast.JoinedStr):
        return "".join(
            str(each.value) if isinstance(each, ast.Constant) else "{}" for each in expression.values
        )
    return ""


def test_every_sentence_of_the_source_has_a_row() -> None:
    found = set(sentences())
    assert len(found) > 200 and {"signature is wrong", "entry is not the one in the tree"} <= found
    assert found - set(chinese.rows()) == set()


def test_a_row_keeps_every_value_and_says_something_else() -> None:
    for english, translated in chinese.rows().items():
        values = [f"{{{place}}}" for place in range(english.count("{}"))]
        assert all(translated.count(value) == 1 for value in values), english
        assert any("\u4e00" <= character <= "\u9fff" for character in translated), english
        assert chinese.in_chinese(english.replace("{}", "17")) != english


def test_a_changed_entry_is_named_in_chinese(tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.standard()
    builder.write(tmp_path / "log")
    bundle = next((tmp_path / "log/tile/entries").rglob("*.p/*"))
    bundle.write_bytes(bundle.read_bytes().replace(b'"accepted"', b'"accepteD"', 1))
    (tmp_path / "trust.json").write_bytes(builder.trust())
    shown = run(tmp_path, "zh_CN.UTF-8")
    assert "沙箱" in shown.splitlines()[0]
    assert shown.splitlines()[-1] == (
        "核验不通过 REFUSED: 第 0 条账目: 第 4 步（哈希树）: 账目与哈希树中的不是同一条"
    )
    assert "REFUSED: entry 0: step 4 (tree): entry is not the one in the tree" in run(tmp_path, "C.UTF-8")
    machine = [json.loads(run(tmp_path, name, "--json")) for name in ("zh_CN.UTF-8", "C.UTF-8")]
    assert machine[0] == machine[1], "machines read one language"


def run(folder: Path, locale: str, *words: str) -> str:
    command = [sys.executable, "-m", "verifier", "log", "log", "--trust", "trust.json", *words]
    environment = {"LANG": locale, "PYTHONPATH": str(SOURCE.parent), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    return done.stdout.decode("utf-8").strip()


def test_a_log_in_order_speaks_chinese_alone(tmp_path: Path) -> None:
    builder = LogBuilder()
    doctor, pharmacist = builder.standard()
    builder.life(doctor, pharmacist)
    builder.refuse("RX_EXPIRED")
    report = check(builder, tmp_path)
    shown = report.to_text(chinese.in_chinese)
    assert shown.endswith("核验通过 VERIFIED")
    assert "未核验：裁决" in shown and "由 w1, w2 联署" in shown
    for word in ("entries", "signatures", "statements", "not ", "step", "by "):
        assert word not in shown, word


@pytest.mark.parametrize(
    ("given", "is_chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, True),
        ({}, False),
    ],
)
def test_the_environment_says_which(
    given: dict[str, str], is_chinese: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert chinese.wanted() == is_chinese


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["recipt"], "不能为 'recipt'，可为"),
        (["receipt", "r"], "缺少参数：--trust"),
        (["receipt", "none", "--trust", "none"], "文件或文件夹不存在"),
    ],
)
def test_a_patient_with_a_wrong_word_or_file_is_told_in_chinese(
    words: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A patient has the verifier alone; what stopped it was in English, of argparse or of the system."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    try:
        code: object = main(words)
    except SystemExit as left:
        code = left.code
    assert code == 2
    shown = "".join(capsys.readouterr())
    assert told in shown and "error:" not in shown and "No such" not in shown


def test_one_is_no_plural() -> None:
    """A receipt of one entry had `1 signatures`."""
    levels = {"parsed": "all 1 entries", "signed": "1 signatures", "included": "all 21 entries"}
    shown = Report("log", origin="a", size=1, root="ab", levels=levels).to_text()
    assert "a: 1 entry, root ab" in shown and "all 1 entry" in shown
    assert "1 signature\n" in shown and "all 21 entries" in shown


def test_a_narrow_terminal_still_gets_its_answer(tmp_path: Path) -> None:
    builder = LogBuilder()
    builder.standard()
    builder.write(tmp_path / "log")
    (tmp_path / "trust.json").write_bytes(builder.trust())
    command = [sys.executable, "-m", "verifier", "log", "log", "--trust", "trust.json"]
    environment = {"LANG": "zh_CN.UTF-8", "PYTHONPATH": str(SOURCE.parent), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout.strip()[-8:]) == (0, b"VERIFIED")


@pytest.mark.parametrize("words", [[], ["log"], ["receipt"]])
def test_the_help_is_chinese_but_for_commands_and_names(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An inspector's first command was answered in English from its first to its last line."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SystemExit):
        main([*words, "--help"])
    text = capsys.readouterr().out
    assert text.startswith("用法：rx-verify")
    left = re.sub(r"示例：.*", "", text.partition("\n\n")[2])
    english = re.findall(r"[a-z]{3,} [a-z]{2,}", left)
    assert english == [] and "选项" in text


def test_the_help_of_others_stays_english(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert text.startswith("usage: rx-verify") and "check a whole log" in text
