"""Who may import whom: design page "architecture", section 1."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.architecture.tree import DYNAMIC, PACKAGES, imported, modules

# The command loads one of its own sub-commands, so that `rx --help` need not load them all.
MAY_IMPORT_BY_NAME = frozenset({"api/command/main.py"})

STANDARD = frozenset(sys.stdlib_module_names)
OWN = frozenset({*PACKAGES, "tests", "bench"})
WEB = {"fastapi", "starlette", "uvicorn", "uvloop", "httptools", "httpx2", "orjson"}
SERVER = frozenset({*WEB, "prometheus_client", "structlog"})

# What each folder may import beside the standard library.
ALLOWED = {
    "contracts": frozenset({"contracts"}),
    "contracts/statements": frozenset({"contracts", "cryptography"}),
    "ledger": frozenset({"ledger", "contracts", "cryptography", "sqlalchemy", "alembic"}),
    "verifier": frozenset({"verifier", "cryptography"}),
    "network": frozenset({"network", "contracts", "verifier", "cryptography"}),
    "api": frozenset({"api", "contracts", "cryptography", *SERVER}),
    # Columns off the write path: nothing that serves or writes loads polars.
    "api/province": frozenset({"api", "contracts", "polars"}),
    "api/screening": frozenset({"api", "polars"}),
    "api/reports": frozenset({"api", "contracts"}),
    # Readings of characters: one command loads them, and nothing that serves, writes or verifies.
    "api/knowledge": frozenset({"api", "contracts", "pypinyin"}),
    # The one place that puts the product together.
    "api/command": frozenset({"api", "contracts", "cryptography", "ledger", *SERVER}),
}
# What decides must come out the same on every host: no clock, randomness, environment, file or socket.
FORMS = {"__future__", "abc", "collections", "dataclasses", "enum", "types", "typing"}
VALUES = {"base64", "bisect", "datetime", "hashlib", "heapq", "json", "re", "string"}
PURE = frozenset({*FORMS, *VALUES, "functools", "itertools", "operator"})


def _rule_for(path: Path) -> frozenset[str]:
    places = [path, *path.parents]
    return next(ALLOWED[place.as_posix()] for place in places if place.as_posix() in ALLOWED)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_its_place_allows(package: str) -> None:
    forbidden = []
    for path, tree in modules(package):
        for name, line in imported(tree, path):
            top = name.partition(".")[0]
            if name == DYNAMIC and path.as_posix() in MAY_IMPORT_BY_NAME:
                continue
            if top not in _rule_for(path) and (top in OWN or top not in STANDARD):
                forbidden.append(f"{path}:{line}: {name}")
    assert forbidden == []


def _is_pure_place(path: Path) -> bool:
    # The catalogue writes RULES.md; it is a program beside the rules, imported by none of them.
    return path.parts[:2] != ("contracts", "statements") and path.name != "catalogue.py"


def test_contracts_decide_with_the_pure_part_of_the_standard_library() -> None:
    forbidden = [
        f"{path}:{line}: {name}"
        for path, tree in modules("contracts")
        if _is_pure_place(path)
        for name, line in imported(tree, path)
        if name.partition(".")[0] not in PURE | {"contracts"}
    ]
    assert forbidden == []


def test_the_verifier_runs_from_its_folder_alone() -> None:
    names = {name.partition(".")[0] for path, tree in modules("verifier") for name, _ in imported(tree, path)}
    assert names - STANDARD == {"verifier", "cryptography"}
