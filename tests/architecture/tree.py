"""The repository as the architecture tests see it: files that git knows or would add, parsed once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DYNAMIC = "(import by name)"
PACKAGES = ("contracts", "ledger", "network", "verifier", "api")


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is tracked, or untracked and not ignored, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = (Path(name) for name in listed.split("\0") if name)
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


def modules(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    """Yield path and syntax tree of each Python file below `packages`."""
    for path in files():
        if path.suffix == ".py" and path.parts[0] in packages:
            yield path, parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def imported(tree: ast.Module, path: Path) -> Iterator[tuple[str, int]]:
    """Yield the full name of each imported module with its line, wherever in the file the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield ".".join([*path.parts[: -node.level], node.module or ""]), node.lineno
            else:
                yield node.module or "", node.lineno
        elif isinstance(node, ast.Call) and _called(node) in ("__import__", "import_module"):
            yield DYNAMIC, node.lineno


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
