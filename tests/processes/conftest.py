"""A served ledger with two admission processes, the cast registered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import log
from tests.api.proof import prove
from tests.api.serving import Site, site
from tests.command.conftest import rx

__all__ = ["log", "rx"]


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Site]:
    """The site; at the end its log must still verify."""
    with site(tmp_path, processes=2) as made:
        yield made
        prove(made.ledger, tmp_path)
