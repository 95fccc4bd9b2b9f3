"""Screening a small history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api.screening.report import Finding, screened
from api.screening.tables import Tables
from tests.screening.columns import History

Found = Callable[[str], list[Finding]]


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture
def found(history: History, tmp_path: Path) -> Found:
    """What a screen finds in the history as it stands."""

    def find(screen: str) -> list[Finding]:
        tables = Tables(history.write(tmp_path / "columns"))
        [(_, findings)] = list(screened(tables, [screen]))
        return findings

    return find
