"""An admission process: takes connections, admits, and asks the ledger's process for the rest.

Started by `api.processes.fleet` with two sockets and the settings. It ends with the channel to the ledger.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence

from api import logging_setup
from api.edge import Edge
from api.limits import Receive, Scope, Send
from api.processes.channel import Channel
from api.processes.distant import Behind, DistantIntake, Records
from api.server import Process, collect_less_often, process_of
from api.settings import Settings
from api.submissions import Submissions

_PR_SET_PDEATHSIG = 1  # prctl(2)


class Admission:
    """The ASGI application of an admission process."""

    def __init__(self, settings: Settings, line: socket.socket) -> None:
        self.settings = settings
        self._line = line
        self._process: Process | None = None

    def run(self, listener: socket.socket) -> None:
        """Serve until the ledger's process says so, has gone, or a signal comes."""
        self._process = process_of(self, lambda _: self._channel.tell("ready"))
        self._process.run(sockets=[listener])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""
        if scope["type"] != "lifespan":
            await self._edge(scope, receive, send)
            return
        await receive()
        await self._connect()
        await send({"type": "lifespan.startup.complete"})
        # A server that ends at once, its channel lost, cancels this instead of saying so.
        with contextlib.suppress(asyncio.CancelledError):
            await receive()
            self._channel.close()
            await send({"type": "lifespan.shutdown.complete"})

    async def _connect(self) -> None:
        records = Records()
        told: Mapping[str, Callable[..., None]] = {
            "record": records.keep, "changed": self._changed, "stop": self._stop,
        }  # fmt: skip
        self._channel = Channel({"receive": self._receive, "alive": self._alive}, told)
        self._channel.lost.add_done_callback(lambda _: self._stop(at_once=True))
        intake = self._intake = DistantIntake(self._channel, records, self.settings.tokens_max)
        self._behind = Behind(self._channel, self.settings)
        submissions = Submissions(intake, self.settings)
        self._edge = Edge(self.settings, submissions, intake.ended, self._behind)
        await asyncio.get_running_loop().create_unix_connection(self._channel.itself, sock=self._line)

    def _changed(self, version: int, keys: Sequence[str]) -> None:
        self._intake.changed(version, keys)

    async def _receive(self, number: int) -> object:
        return await self._behind.receive(number)

    async def _alive(self) -> None:
        """Answer at all: that is the answer."""

    def _stop(self, at_once: bool = False) -> None:
        if self._process is not None:
            self._process.should_exit = True
            self._process.force_exit = self._process.force_exit or at_once


def end_with_parent() -> None:
    """Have the system kill this process when the one that started it is gone, even where it hangs (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(arguments: Sequence[str]) -> None:
    """Serve on the listening socket of the first descriptor, with the ledger at the second."""
    end_with_parent()
    listener, line, settings = arguments
    logging_setup.configure()
    collect_less_often()
    admission = Admission(Settings(**json.loads(settings)), socket.socket(fileno=int(line)))
    admission.run(socket.socket(fileno=int(listener)))


if __name__ == "__main__":
    main(sys.argv[1:])
