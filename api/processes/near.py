"""The ledger's end: what the admission processes may ask, and what they are told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any

from api.app import App
from api.intake import RecordsChanged
from api.ports import Fault, LedgerPort, Unit
from api.processes.channel import Channel, Handler
from api.processes.pickled import told_of
from api.tokens import Caller

KNOWN = (RecordsChanged,)
_CHANGES_MAX = 50_000  # about 10 MB; work that was admitted before the oldest of them is admitted again


class Hub:
    """One ledger and the channels of its admission processes. Made within the event loop that serves them.

    `version` counts changes to the records that admission reads. It is raised after reads see a change and
    before the change is answered, and each channel is told before that answer: work that was admitted with
    records that have changed since is given back.
    """

    def __init__(self, ledger: LedgerPort, app: App) -> None:
        self.version = 0
        self._ledger = ledger
        self._app = app
        self._loop = asyncio.get_running_loop()
        self._channels: set[Channel] = set()
        self._changed_at: dict[str, int] = {}  # key -> version, the latest change last
        self._forgotten = 0
        ledger.watch(self._changed)

    def open(self, on_ready: Callable[[], None]) -> Channel:
        """Return the ledger's end of a channel to a new admission process, which tells when it is ready."""
        line = _Line(self, self._ledger, self._app)
        answers: Mapping[str, Handler] = {
            "caller": line.caller, "record": line.record, "commit": line.commit, "call": line.call,
        }  # fmt: skip
        channel = line.channel = Channel(
            answers, {"ended": self._app.intake.ended, "ready": on_ready}, KNOWN
        )
        channel.lost.add_done_callback(lambda _: self._channels.discard(channel))
        return channel

    def begin(self, channel: Channel) -> None:
        """Tell a connected process where the records stand; from now on it hears of each change."""
        self._channels.add(channel)
        channel.tell("changed", self.version, ())

    def check(self, version: int, read: Iterable[str]) -> None:
        """Return when none of the keys `read` has changed since `version`. Raises RecordsChanged."""
        at = self._changed_at
        if version < self._forgotten or any(at.get(key, 0) > version for key in read):
            raise RecordsChanged

    def _changed(self, keys: Sequence[str]) -> None:
        # In the writer's thread; the answer to the change comes to the loop after this call does.
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever is to be told
            self._loop.call_soon_threadsafe(self._tell, tuple(keys))

    def _tell(self, keys: Sequence[str]) -> None:
        self.version += 1
        for key in keys:
            self._changed_at.pop(key, None)
            self._changed_at[key] = self.version
        while len(self._changed_at) > _CHANGES_MAX:
            self._forgotten = self._changed_at.pop(next(iter(self._changed_at)))
        for channel in self._channels:
            channel.tell("changed", self.version, keys)


class _Line:
    """What one admission process may ask."""

    channel: Channel

    def __init__(self, hub: Hub, ledger: LedgerPort, app: App) -> None:
        self._hub = hub
        self._ledger = ledger
        self._app = app

    async def caller(self, token: str) -> tuple[Caller, float] | None:
        return self._app.tokens.find(token)

    async def record(self, key: str) -> None:
        # Read and told in one step: a change that this read does not see is told after it.
        self.channel.tell("record", key, self._ledger.read(key))

    async def commit(self, version: int, read: Iterable[str], unit: Unit) -> list[tuple[Any, ...] | Fault]:
        self._hub.check(version, read)
        answers = await self._app.intake.taken(unit)
        return [one if isinstance(one, Fault) else told_of(one) for one in answers]

    async def call(self, number: int, scope: MutableMapping[str, Any]) -> list[MutableMapping[str, Any]]:
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            piece: MutableMapping[str, Any] = await self.channel.ask("receive", number)
            return piece

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return sent
