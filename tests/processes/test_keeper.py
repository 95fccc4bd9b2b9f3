"""A process that cannot be reached is not left behind."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import warnings
from typing import Any

import pytest

from api.processes import fleet
from api.server import bound
from tests.api.test_faults import app_of
from tests.processes.test_near import hub_of_nothing


def test_a_process_to_which_no_line_leads_is_ended_before_another_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It went on by itself, and kept a share of the connections, which nobody answered."""
    begun: list[subprocess.Popen[bytes]] = []
    start = fleet._Keeper._start

    def noted(keeper: fleet._Keeper, line: Any) -> subprocess.Popen[bytes]:
        begun.append(start(keeper, line))
        return begun[-1]

    async def unconnected(*_: object, **__: object) -> None:
        raise OSError(24, "too many open files")

    async def story() -> None:
        ledger, hub = hub_of_nothing()
        (listener,) = bound("127.0.0.1", 0)
        keeper = fleet._Keeper(hub, listener, app_of(ledger).settings)  # type: ignore[arg-type]
        monkeypatch.setattr(asyncio.get_running_loop(), "create_unix_connection", unconnected)
        async with asyncio.timeout(30):
            await keeper.keep()
        assert isinstance(keeper.ready.exception(), OSError)
        listener.close()

    monkeypatch.setattr(fleet._Keeper, "_start", noted)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        asyncio.run(story())
        gc.collect()
    assert [process.returncode is not None for process in begun] == [True]
