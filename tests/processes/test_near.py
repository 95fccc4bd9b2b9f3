"""The ledger's end: who is told of a change, whose work is given back."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from api.intake import RecordsChanged
from api.processes import near
from api.processes.near import Hub
from tests.api.test_faults import BrokenLedger, app_of


class Watched(BrokenLedger):
    """Keeps whom it is to tell of changes."""

    def watch(self, told: Any) -> None:
        self.told = told


def test_every_process_is_told_of_a_change_and_only_work_that_rests_on_it_is_given_back() -> None:
    async def story() -> None:
        ledger, hub = hub_of_nothing()
        heard: list[tuple[Any, ...]] = []
        channels = [hub.open(lambda: None) for _ in range(2)]
        for channel in channels:
            channel.tell = lambda *told: heard.append(told)  # type: ignore[method-assign]
            hub.begin(channel)
        await asyncio.to_thread(ledger.told, ["pub/key/x"])
        await asyncio.sleep(0)
        with pytest.raises(RecordsChanged):
            hub.check(0, ["pub/genesis", "pub/key/x"])
        hub.check(0, ["pub/genesis", "pub/key/y"])
        hub.check(1, ["pub/genesis", "pub/key/x"])
        changes = [told for told in heard if told[2]]
        assert changes == [("changed", 1, ("pub/key/x",))] * 2

    asyncio.run(story())


def test_of_changes_long_ago_it_is_only_known_that_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "_CHANGES_MAX", 3)

    async def story() -> None:
        ledger, hub = hub_of_nothing()
        for number in range(8):
            ledger.told([f"pub/key/{number % 5}"])
        await asyncio.sleep(0)
        assert hub.version == 8
        asked = ((4, "pub/key/x", False), (5, "pub/key/x", True), (7, "pub/key/2", False))
        for version, key, is_known in asked:
            with contextlib.nullcontext() if is_known else pytest.raises(RecordsChanged):
                hub.check(version, [key])

    asyncio.run(story())


def test_a_ledger_goes_on_without_the_event_loop_that_was_to_be_told() -> None:
    """Its writer stopped for good at the first registration after the server."""

    async def leave() -> Watched:
        return hub_of_nothing()[0]

    asyncio.run(leave()).told(["pub/key/x"])


def hub_of_nothing() -> tuple[Watched, Hub]:
    """Return the hub of a ledger that fails at everything, within the running event loop."""
    ledger = Watched(ValueError())
    return ledger, Hub(ledger, app_of(ledger))  # type: ignore[arg-type]
