"""Contracts compute with integers and strings and touch nothing outside their arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.test_imports import _is_pure_place
from tests.architecture.tree import PACKAGES, modules

# Names that read a clock, a file or the interpreter, or make a float.
READS = {"open", "input", "globals", "locals", "vars", "id", "hash"}
FORBIDDEN_NAMES = frozenset({*READS, "print", "eval", "exec", "compile", "float", "breakpoint"})
FORBIDDEN_ATTRIBUTES = frozenset({"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp", "timestamp"})


def _impurities(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()):
                yield node.lineno, "a float"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield node.lineno, "true division makes a float"
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_NAMES:
                yield node.lineno, f"{name}()"
            case ast.Call(func=ast.Attribute(attr=name)) if name in FORBIDDEN_ATTRIBUTES:
                yield node.lineno, f".{name}()"
            case ast.Global():
                yield node.lineno, "global state"


def test_contracts_are_pure() -> None:
    found = [
        f"{path}:{line}: {what}"
        for path, tree in modules("contracts")
        if _is_pure_place(path)
        for line, what in _impurities(tree)
    ]
    assert found == []


def test_no_assert_stands_in_the_product() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]
    assert found == []


def test_no_exception_is_swallowed_unseen() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert found == []
