from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.local import Ledger
from tests.ledger.builders import create, open_


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create(tmp_path / "ledger")
    return tmp_path / "ledger"


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    opened = open_(folder)
    yield opened
    opened.close()
