"""Questions and answers between two processes of one server, over a pair of connected sockets.

Both ends ask and answer. What one end writes arrives in the order in which it was written. Only our own
processes hold these sockets, so the messages may be pickles.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import structlog

import api.processes.pickled  # noqa: F401 - how what crosses is pickled
from api.ports import fault_of
from contracts.errors import place_of

_log = structlog.get_logger("rx")
_LENGTH = struct.Struct(">I")
_QUESTION, _NOTICE, _ANSWER, _FAULT, _EXCEPTION = range(5)

Handler = Callable[..., Awaitable[Any]]


class ChannelLost(Exception):
    """The other process has gone; whether it took what it was asked is not known."""


class DistantFault(Exception):
    """The other process could not answer; `code` and `retry_after_s` are those of its fault."""

    def __init__(self, code: str, retry_after_s: int) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s


class Channel(asyncio.Protocol):
    """One end. `answers` holds what the other end may ask, `notices` what it may tell.

    Questions run as tasks; notices are taken at once. An exception of `known` reaches whoever asked as it
    is, any other as a DistantFault.
    """

    def __init__(
        self,
        answers: Mapping[str, Handler],
        notices: Mapping[str, Callable[..., None]],
        known: tuple[type[Exception], ...] = (),
    ) -> None:
        self._answers = answers
        self._notices = notices
        self._known = known
        self._received = bytearray()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.lost = asyncio.get_running_loop().create_future()

    def itself(self) -> Channel:
        """Return this channel: the factory that the event loop wants."""
        return self

    async def ask(self, name: str, *arguments: Any) -> Any:
        """Return the other end's answer. Raises DistantFault, ChannelLost, and what both ends know."""
        if self.lost.done():
            raise ChannelLost
        self._count += 1
        future = self._asked[self._count] = asyncio.get_running_loop().create_future()
        self._write(_QUESTION, self._count, (name, arguments))
        return await future

    def tell(self, name: str, *arguments: Any) -> None:
        """Tell the other end something that has no answer."""
        if not self.lost.done():
            self._write(_NOTICE, 0, (name, arguments))

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    # -- what the event loop calls ---------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to the other end."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take the messages that are complete."""
        self._received += data
        begin = 0
        while len(self._received) - begin >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(self._received, begin)
            end = begin + _LENGTH.size + size
            if len(self._received) < end:
                break
            with memoryview(self._received) as all_:
                message = pickle.loads(all_[begin + _LENGTH.size : end])
            begin = end
            self._take(*message)
        del self._received[:begin]

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits for an answer learns that none will come."""
        if not self.lost.done():
            self.lost.set_result(None)
        for future in self._asked.values():
            if not future.done():
                future.set_exception(ChannelLost())
        self._asked.clear()

    # -- messages --------------------------------------------------------------------------------

    def _write(self, kind: int, number: int, content: Any) -> None:
        data = pickle.dumps((kind, number, content), pickle.HIGHEST_PROTOCOL)
        self._transport.write(_LENGTH.pack(len(data)) + data)

    def _take(self, kind: int, number: int, content: Any) -> None:
        if kind == _QUESTION:
            task = asyncio.create_task(self._answer(number, *content))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif kind == _NOTICE:
            name, arguments = content
            self._notices[name](*arguments)
        else:
            self._answered(kind, self._asked.pop(number), content)

    def _answered(self, kind: int, future: asyncio.Future[Any], content: Any) -> None:
        if future.done():  # whoever asked was cancelled
            return
        if kind == _ANSWER:
            future.set_result(content)
        else:
            future.set_exception(DistantFault(*content) if kind == _FAULT else content)

    async def _answer(self, number: int, name: str, arguments: tuple[Any, ...]) -> None:
        try:
            self._reply(_ANSWER, number, await self._answers[name](*arguments))
        except self._known as error:
            self._reply(_EXCEPTION, number, error)
        except Exception as error:
            fault = fault_of(error)
            _log.error("fault", question=name, code=fault.code, kind=type(error).__name__, at=place_of(error))
            self._reply(_FAULT, number, (fault.code, fault.retry_after_s))

    def _reply(self, kind: int, number: int, content: Any) -> None:
        if not self.lost.done():
            self._write(kind, number, content)
