"""A progress bar on a terminal; silence everywhere else."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_BAR_CHARACTERS = 30
_INTERVAL_S = 0.1


class ProgressBar:
    """Shows done and total on standard error; `close` leaves the line empty."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._is_shown = self._stream.isatty()
        self._start = time.monotonic()
        self._drawn = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Draw the state at most ten times a second."""
        now = time.monotonic()
        if not self._is_shown or (now - self._drawn < _INTERVAL_S and done < total):
            return
        self._drawn = now
        filled = _BAR_CHARACTERS * done // max(total, 1)
        rate = done / max(now - self._start, 0.001)
        bar = "#" * filled + "." * (_BAR_CHARACTERS - filled)
        self._stream.write(f"\r[{bar}] {done}/{total} entries, {rate:,.0f}/s")
        self._stream.flush()

    def close(self) -> None:
        """Wipe the line."""
        if self._is_shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
