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
    """A clock that stands still until it is set, and never goes back."""

    def __init__(self, start_ms: int) -> None:
        self._now_ms = start_ms
        self._lock = Lock()

    def now_ms(self) -> int:
        """Return the time last set."""
        return self._now_ms

    def set(self, time_ms: int) -> None:
        """Move the clock; its present time again is fine. Raises ValueError for an earlier one."""
        with self._lock:
            if time_ms < self._now_ms:
                raise ValueError("the sandbox clock never goes back")
            self._now_ms = time_ms
