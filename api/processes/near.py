"""The ledger's end: what the admission processes may ask, and what they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.app import App
from api.intake import RecordsChanged
from api.ports import AnswerPort, LedgerPort, Unit
from api.processes.channel import Channel, Handler
from api.tokens import Caller
from contracts.decision import Finding, Outcome

KNOWN = (RecordsChanged,)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer without what only the ledger's process needs; see `api.ports.AnswerPort`."""

    outcome: Outcome
    codes: tuple[str, ...]
    findings: tuple[Finding, ...]
    statement_id: str
    index: int | None
    leaf: str | None
    entry: bytes | None
    receipt: bytes | None

    @staticmethod
    def of(answer: AnswerPort) -> Told:
        """Return what an admission process is told."""
        return Told(
            answer.outcome, answer.codes, answer.findings, answer.statement_id, answer.index, answer.leaf,
            answer.entry, answer.receipt,
        )  # fmt: skip


class Hub:
    """One ledger and the channels of its admission processes. Made within the event loop that serves them.

    `version` counts changes to the records that admission reads. It is raised after reads see a change and
    before the change is answered, and each channel is told before that answer: work that was admitted at an
    older version is given back.
    """

    def __init__(self, ledger: LedgerPort, app: App) -> None:
        self._ledger = ledger
        self._app = app
        self._loop = asyncio.get_running_loop()
        self._channels: set[Channel] = set()
        self._version = 0
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
        channel.tell("changed", self._version, ())

    def check(self, version: int) -> None:
        """Return when nothing has changed since. Raises RecordsChanged."""
        if version != self._version:
            raise RecordsChanged

    def _changed(self, keys: Sequence[str]) -> None:
        # In the writer's thread; the answer to the change comes to the loop after this call does.
        self._version += 1
        self._loop.call_soon_threadsafe(self._tell, self._version, tuple(keys))

    def _tell(self, version: int, keys: Sequence[str]) -> None:
        for channel in self._channels:
            channel.tell("changed", version, keys)


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

    async def commit(self, version: int, unit: Unit) -> list[Told]:
        self._hub.check(version)
        return [Told.of(answer) for answer in await self._app.intake.commit(unit)]

    async def call(self, number: int, scope: MutableMapping[str, Any]) -> list[MutableMapping[str, Any]]:
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            piece: MutableMapping[str, Any] = await self.channel.ask("receive", number)
            return piece

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return sent
