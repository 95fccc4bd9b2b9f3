"""Checking many signatures, in this process or in several."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType

from verifier.authority import Task
from verifier.errors import SIGNATURE, Undecided, VerificationError
from verifier.keys import can_check, check_signature

_CHUNK = 512
_WAITING_PER_WORKER_MAX = 4
Item = tuple[int, Task]


class Signatures:
    """Collects signatures and checks them in chunks, with bounded memory.

    `finish` must be called for the answer; `unchecked` counts those that this machine cannot
    check. A context manager, so that its processes always end.
    """

    def __init__(self, workers: int) -> None:
        self.checked = 0
        self.unchecked = 0
        self._faults: list[VerificationError] = []
        self._chunk: list[Item] = []
        self._waiting: deque[tuple[int, Future[tuple[int, list[tuple[int, str]]]]]] = deque()
        self._waiting_max = workers * _WAITING_PER_WORKER_MAX
        self._pool = ProcessPoolExecutor(workers) if workers > 1 else None

    def __enter__(self) -> Signatures:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def add(self, index: int, tasks: list[Task]) -> None:
        """Take the signatures of one entry. Raises VerificationError if an earlier one was bad."""
        for task in tasks:
            if can_check(task.algorithm):
                self._chunk.append((index, task))
            else:
                self.unchecked += 1
        if len(self._chunk) >= _CHUNK:
            self._send()
            self._raise_first()

    def finish(self) -> None:
        """Return when every signature taken was good. Raises the first entry's fault otherwise."""
        self._send()
        while self._waiting:
            self._collect()
        self._raise_first()

    def _send(self) -> None:
        chunk, self._chunk = self._chunk, []
        if not chunk:
            return
        if self._pool is None:
            self._answer(len(chunk), check_chunk(chunk))
            return
        try:
            self._waiting.append((len(chunk), self._pool.submit(check_chunk, chunk)))
        except BrokenProcessPool:
            raise Undecided(SIGNATURE, "a process that checks signatures died") from None
        if len(self._waiting) > self._waiting_max:
            self._collect()

    def _collect(self) -> None:
        size, future = self._waiting.popleft()
        try:
            self._answer(size, future.result())
        except BrokenProcessPool:
            raise Undecided(SIGNATURE, "a process that checks signatures died") from None

    def _answer(self, size: int, answer: tuple[int, list[tuple[int, str]]]) -> None:
        checked, faults = answer
        if checked != size:
            raise Undecided(SIGNATURE, "a process did not check every signature")
        self.checked += checked
        self._faults.extend(VerificationError(SIGNATURE, message, index) for index, message in faults)

    def _raise_first(self) -> None:
        if self._faults:
            # Chunks are answered in order, so that no earlier entry can still turn out bad.
            raise min(self._faults, key=lambda fault: fault.order)


def check_chunk(chunk: list[Item]) -> tuple[int, list[tuple[int, str]]]:
    """Return how many signatures were checked, and (index, message) of those that are bad."""
    faults: list[tuple[int, str]] = []
    for index, task in chunk:
        try:
            check_signature(task.algorithm, task.spki, task.signature, task.message)
        except VerificationError as error:
            faults.append((index, error.message))
        except Exception as error:
            faults.append((index, f"signature could not be checked ({type(error).__name__})"))
    return len(chunk), faults
