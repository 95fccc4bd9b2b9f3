"""Each row of the catalogue of bad inputs is claimed by a test that sends it over HTTP.

A row counts when its id stands in the name, the docstring or a parametrize id of a test function
below tests/api or tests/catalogue; a mention in a comment or in other data is no proof.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("api", "catalogue")
ROWS = {"T": 14, "J": 15, "S": 13, "H": 15, "C": 10, "W": 10, "K": 7, "Q": 8, "D": 6, "P": 9, "A": 8}
# No test of these folders sends them: each with the reason.
EXCUSED = {
    "A03": "no message carries a verdict; rx-verify refuses entries judged by unknown rules",
    "A05": "there is one ledger with one regulator; no other province's reader exists to be refused",
    "A06": "asked of the rules in tests/contracts/test_measures.py, with every pair of officers",
    "A07": "reads find by exact members of a JSON body; there is no search filter",
}
_RANGE = re.compile(r"(?<![A-Za-z0-9])([a-z])(\d\d)[_ ]to[_ ]\1(\d\d)(?!\d)", re.IGNORECASE)
_ONE = re.compile(r"(?<![A-Za-z0-9])([A-Z])(\d\d)(?!\d)", re.IGNORECASE)
_ID = re.compile(r"([A-Z])(\d\d)(?:[a-z]|-[\w-]+)?")


def claimed(source: str) -> set[str]:
    """The rows that the test functions of a module claim."""
    tree = ast.parse(source)
    tables = dict(item for node in tree.body for item in _assigned(node))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            found |= _told(f"{node.name} {ast.get_docstring(node) or ''}")
            for word in _words(node.decorator_list, tables):
                found |= {letter + number for letter, number in _ID.findall(word) if _ID.fullmatch(word)}
    return found


def _assigned(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        return [(one.id, node.value) for one in node.targets if isinstance(one, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        return [(node.target.id, node.value)]
    return []


def _told(text: str) -> set[str]:
    spoken = text.replace("_", " ")
    rows = {f"{letter.upper()}{number}" for letter, number in _ONE.findall(spoken)}
    for letter, first, last in _RANGE.findall(spoken):
        rows |= {f"{letter.upper()}{number:02d}" for number in range(int(first), int(last) + 1)}
    return rows


def _words(decorators: list[ast.expr], tables: dict[str, ast.expr]) -> Iterator[str]:
    """The strings of the parametrize calls, and of the tables of the module that they name."""
    for one in decorators:
        if not (isinstance(one, ast.Call) and ast.unparse(one.func) == "pytest.mark.parametrize"):
            continue
        names = [node.id for node in ast.walk(one) if isinstance(node, ast.Name)]
        for part in [one, *(tables[name] for name in names if name in tables)]:
            for node in ast.walk(part):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _all_claimed() -> set[str]:
    paths = [path for folder in FOLDERS for path in (ROOT / "tests" / folder).rglob("test_*.py")]
    return set().union(*(claimed(path.read_text("utf-8")) for path in paths if path != Path(__file__)))


@pytest.mark.parametrize("letter", ROWS)
def test_every_row_is_claimed_or_excused(letter: str) -> None:
    rows = {f"{letter}{number:02d}" for number in range(1, ROWS[letter] + 1)}
    found = _all_claimed()
    assert rows <= found | set(EXCUSED), sorted(rows - found - set(EXCUSED))
    assert not rows & found & set(EXCUSED), "who has a test needs no excuse"


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("def test_w01_w02_order(): pass", {"W01", "W02"}),
        ("def test_k01_to_k03_codes(): pass", {"K01", "K02", "K03"}),
        ("def test_it():\n    'Row H12.'", {"H12"}),
        ("@pytest.mark.parametrize('a', [pytest.param(1, id='Q04b')])\ndef test_it(a): pass", {"Q04"}),
        ("X = {'C01': 1}\n@pytest.mark.parametrize('a', X.values(), ids=X)\ndef test_it(a): pass", {"C01"}),
        ("# H12\nH12 = 'H12'\ndef helper_h12(): pass", set()),
        ("def test_it():\n    send('H12')", set()),
        ("@pytest.mark.parametrize('a', ['20260101T000000Z', 'at T01'])\ndef test_it(a): pass", set()),
    ],
    ids=["name", "range", "docstring", "id", "table", "mention", "body", "data"],
)
def test_a_mention_is_no_claim(source: str, rows: set[str]) -> None:
    assert claimed(source) == rows
