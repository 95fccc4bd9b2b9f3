"""One served ledger for the whole catalogue; at its end the log must still verify."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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
        served.ledger.publish(force=True)
        served.ledger.export(folder / "log")
        size = served.ledger.size
    verified = _verify(folder)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert f"{size} entries" in verified.stdout


def _verify(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("rx-verify")
    words = [str(program), "log", str(folder / "log"), "--trust", str(folder / "ledger" / "trust.json")]
    return subprocess.run(words, capture_output=True, text=True, check=False)
