"""Ledger time, injected. Nothing else in the ledger asks what time it is."""

from __future__ import annotations

import time
from threading import Lock
from typing import Protocol


class Clock(Protocol):
    """Gives the present in milliseconds since 1970-01-01 UTC."""

    def now_ms(self) -> int:
        """Return the present time."""
        ...


class WallClock:
    """The machine's clock. Whom it makes you trust: the operator's time service."""

    def now_ms(self) -> int:
        """Return the machine's time."""
        return time.time_ns() // 1_000_000


class SandboxClock:
    """A clock that stands where it is set, and never goes back; with `runs` it is the machine's till then."""

    def __init__(self, start_ms: int, runs: bool = False) -> None:
        self._now_ms = start_ms
        self._runs = runs
        self._lock = Lock()

    @property
    def runs(self) -> bool:
        """Whether nobody has set it: it goes with the machine's."""
        return self._runs

    def now_ms(self) -> int:
        """Return the time last set; of a running one the machine's, never before its start."""
        return max(self._now_ms, time.time_ns() // 1_000_000) if self._runs else self._now_ms

    def set(self, time_ms: int) -> None:
        """Stop the clock there; its present time again is fine. Raises ValueError for an earlier one."""
        with self._lock:
            if time_ms < self.now_ms():
                raise ValueError("the sandbox clock never goes back")
            self._now_ms, self._runs = time_ms, False
