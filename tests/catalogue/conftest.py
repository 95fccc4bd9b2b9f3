"""One served ledger for the whole catalogue; at its end the log must still verify."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.proof import prove
from tests.api.serving import site
from tests.catalogue.desk import Desk


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """People at their desks; afterwards the exported log is verified by the independent program."""
    folder = tmp_path_factory.mktemp("catalogue")
    with site(folder, unknown_reads_per_minute_max=100_000) as served:
        made = Desk(served)
        made.open_duties()
        yield made
        prove(served.ledger, folder)
