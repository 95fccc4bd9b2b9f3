"""Every code that can be answered has its row, every row its explanation, every rule its line in RULES.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from contracts.codes import CODES
from contracts.rules import RULES
from tests.architecture.tree import ROOT, modules

CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z")
CLASSES = frozenset({"VIOLATION", "SUSPICION", "DATA_QUALITY", "NOTICE"})
RETRIES = frozenset({"never", "later", "after_change"})
CLIENT_STATUSES = {400, 401, 403, 404, 405, 408, 409, 410, 411, 413, 414, 415, 422, 429, 431}
STATUSES = frozenset({200, 201, *CLIENT_STATUSES, 500, 501, 503})
# Strings of these calls and names are codes, whatever they begin with.
RAISING = frozenset({"Rejected", "Refused", "Problem", "problem", "reject", "refuse", "Finding"})


def _strings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.match(node.value):
            yield node.value, node.lineno


def _raised(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]):
                yield from _strings(first) if name in RAISING else ()
            case ast.keyword(arg="code", value=ast.Constant() as value):
                yield from _strings(value)
            case ast.Assign(targets=[ast.Name(id="code")], value=value) | ast.AnnAssign(
                target=ast.Name(id="code"), value=ast.Constant() as value
            ):
                yield from _strings(value)


def test_every_raised_code_has_a_row() -> None:
    missing = [
        f"{path}:{line}: {value}"
        for path, tree in modules("contracts", "ledger", "api")
        for value, line in _raised(tree)
        if value not in CODES
    ]
    assert missing == []


def test_every_rule_has_a_code_with_a_row() -> None:
    assert {rule.code for rule in RULES} - set(CODES) == set()


def test_every_row_says_cause_and_fix_in_both_languages() -> None:
    for code, row in CODES.items():
        assert row.code == code
        assert row.status in STATUSES, code
        assert row.class_ in CLASSES, code
        assert row.retry in RETRIES, code
        assert all(text.strip() for text in (row.title, row.detail, row.fix)), code
        chinese = (row.zh_title, row.zh_detail, row.zh_fix)
        assert all(re.search(r"[\u4e00-\u9fff]", text) for text in chinese), code


def test_the_catalogue_of_rules_names_every_rule_with_its_code() -> None:
    text = (ROOT / "contracts" / "RULES.md").read_text(encoding="utf-8")
    missing = [
        rule.id
        for rule in RULES
        if not re.search(rf"^\|.*(?<![\w-]){re.escape(rule.id)}(?![\w-]).*{rule.code}", text, re.MULTILINE)
    ]
    assert missing == []
    named = set(re.findall(r"(?<![\w-])[A-Z]+-[0-9]+(?![\w-])", text))
    families = {rule.id.rpartition("-")[0] for rule in RULES}
    strangers = {name for name in named if name.rpartition("-")[0] in families} - {rule.id for rule in RULES}
    assert strangers == set()


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
