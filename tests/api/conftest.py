"""One served ledger for all tests of this folder, and what the server logged."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from api import logging_setup
from tests.api.proof import prove
from tests.api.serving import Site, site


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server logs during the test."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    logging_setup.configure(stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], _ = before
    root.setLevel(before[1])
    logging.getLogger("ledger.writer").setLevel(logging.NOTSET)


@pytest.fixture(scope="session", params=[0, 2], ids=["one", "apart"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served sandbox ledger with the cast registered; at the end its log must still verify.

    Everything holds for one process and for two that admit beside the ledger's.
    """
    folder = tmp_path_factory.mktemp("api")
    with site(folder, processes=request.param, unknown_reads_per_minute_max=100_000) as made:
        yield made
        prove(made.ledger, folder)


@pytest.fixture
def hospital(served: Site) -> str:
    """A hospital's code."""
    return served.of_role("hospital")


@pytest.fixture
def pharmacy(served: Site) -> str:
    """A pharmacy's code."""
    return served.of_role("pharmacy")


@pytest.fixture
def small_log(tmp_path: Path) -> tuple[Path, str]:
    """An exported log of the registered cast with one consultation, and the hospital that held it."""
    with site(tmp_path) as made:
        code = made.of_role("hospital")
        made.post("/v1/statements", made.opening(code), code)
        made.ledger.publish(force=True)
        made.ledger.export(tmp_path / "audit")
    return tmp_path / "audit", code
