"""Builds the package; with RX_COMPILED=1 the contracts are compiled (`make compiled`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from setuptools import setup

# As they are: what others derive from must be an ordinary class, what hands pointers to a C library keeps
# the form that was reviewed, and the rest runs once.
INTERPRETED = frozenset({"__init__.py", "errors.py", "sm2.py", "catalogue.py", "lifecycle_text.py"})


def compiled() -> list[Any]:
    """Return the extension modules of a compiled build, else none."""
    if os.environ.get("RX_COMPILED") != "1":
        return []
    from mypyc.build import mypycify  # at hand where mypy is: in a development environment

    sources = sorted(str(path) for path in Path("contracts").rglob("*.py") if path.name not in INTERPRETED)
    found: list[Any] = mypycify(["--follow-imports=silent", *sources], opt_level="2", debug_level="0")
    return found


setup(ext_modules=compiled())
