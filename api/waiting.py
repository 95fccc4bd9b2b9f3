"""From the ledger's thread to the event loop: whatever is answered meanwhile comes over in one turn.

asyncio.wrap_future wakes the loop once for each answer, and each time both threads fight for the interpreter
lock. The writer answers whole groups.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Waiter:
    over: asyncio.Future[None]
    missing: int


class Waiting:
    """Those who wait for answers, in one event loop."""

    def __init__(self) -> None:
        self._ready: deque[_Waiter] = deque()
        self._is_woken = False

    async def results(self, futures: Sequence[Future[T]]) -> list[T | BaseException]:
        """Return the results once all are there, an exception in the place of a result that it withheld.

        A caller who is cancelled cancels what has not begun.
        """
        if not futures:
            return []
        waiter = _Waiter(asyncio.get_running_loop().create_future(), len(futures))
        for future in futures:
            future.add_done_callback(partial(self._done, waiter))
        try:
            await waiter.over
        except asyncio.CancelledError:
            # From the last on: the writer may begin meanwhile, from the first on. What it still finds is then
            # the beginning of the unit, and nothing is judged without what stands before it.
            for future in reversed(futures):
                future.cancel()
            raise
        return [future.exception() or future.result() for future in futures]

    def _done(self, waiter: _Waiter, future: Future[T]) -> None:
        # Any thread. First into the queue, then the question whether a turn is coming: that turn says so no
        # longer before it empties the queue, so one of the two sees the other.
        self._ready.append(waiter)
        if self._is_woken:
            return
        self._is_woken = True
        try:
            waiter.over.get_loop().call_soon_threadsafe(self._turn)
        except RuntimeError:  # the loop has ended, and with it whoever waited
            self._is_woken = False

    def _turn(self) -> None:
        self._is_woken = False
        while self._ready:
            waiter = self._ready.popleft()
            waiter.missing -= 1
            if waiter.missing == 0 and not waiter.over.done():
                waiter.over.set_result(None)
