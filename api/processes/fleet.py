"""The ledger's process of a server with admission processes: starts, keeps and stops them."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import structlog
import uvloop

from api.ports import LedgerPort
from api.processes.channel import Channel, ChannelLost
from api.processes.near import Hub
from api.server import SHUTDOWN_S, Server, stop_signals
from api.settings import Settings

_log = structlog.get_logger("rx")
_MODULE = "api.processes.admission"
_RESTART_S = 1.0
_GRACE_S = 2.0  # beyond what an admission process gives its own clients
_TICK_S = 0.1
_ALIVE_EVERY_S = 5.0
_ALIVE_S = 30.0  # the longest batch keeps a process for some seconds, its start on a busy machine too


class Fleet:
    """A server whose connections are taken by admission processes, one for each listening socket.

    Sets `should_exit` to true: `run` then answers what is under way and returns.
    """

    def __init__(self, server: Server, ledger: LedgerPort, on_ready: Callable[[int], None]) -> None:
        self.should_exit = False
        self._server = server
        self._ledger = ledger
        self._on_ready = on_ready

    def run(self, sockets: Sequence[socket.socket]) -> None:
        """Serve until a signal or `should_exit`. Raises OSError when a process cannot take connections."""
        uvloop.run(self._serve(sockets))

    async def _serve(self, sockets: Sequence[socket.socket]) -> None:
        with stop_signals(self._exit):
            hub = Hub(self._ledger, self._server.app)
            keepers = [_Keeper(hub, listener, self._server.settings) for listener in sockets]
            self._server.begin()
            kept = [asyncio.create_task(keeper.keep()) for keeper in keepers]
            try:
                await self._until(asyncio.gather(*(keeper.ready for keeper in keepers)))
                if not self.should_exit:
                    self._on_ready(int(sockets[0].getsockname()[1]))
                await self._until(asyncio.Future())
            finally:
                for listener in sockets:
                    listener.close()
                for keeper in keepers:
                    keeper.stop()
                await asyncio.gather(*kept)
                await self._server.end()

    async def _until(self, event: asyncio.Future[Any]) -> None:
        """Return with the event, or when `should_exit` is set. Raises what the event does."""
        while not self.should_exit and not event.done():
            await asyncio.wait([event], timeout=_TICK_S)
        if event.done():
            event.result()

    def _exit(self, _: int) -> None:
        self.should_exit = True


class _Keeper:
    """Keeps one admission process running."""

    def __init__(self, hub: Hub, listener: socket.socket, settings: Settings) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hub = hub
        self._listener = listener
        self._settings = json.dumps(asdict(settings))
        self._channel: Channel | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = asyncio.Event()

    async def keep(self) -> None:
        """Start the process, and again whenever it ends before `stop`."""
        while not self._stopping.is_set():
            try:
                await self._live()
            except Exception as error:  # no process, descriptor or thread is left: perhaps later
                _log.error("an admission process cannot be started", kind=type(error).__name__)
            if self._stopping.is_set():
                return
            if not self.ready.done():
                self.ready.set_exception(OSError("an admission process did not start"))
                return
            _log.error("an admission process has ended; another is started")
            await asyncio.sleep(_RESTART_S)

    def stop(self) -> None:
        """Let the process answer what is under way and end; one that does not is killed."""
        self._stopping.set()
        if self._channel is not None:
            self._channel.tell("stop")
        if self._process is not None:
            asyncio.get_running_loop().call_later(SHUTDOWN_S + _GRACE_S, self._process.kill)

    async def _live(self) -> None:
        channel, process = await self._started()
        self._hub.begin(channel)
        self._channel = channel
        if self._stopping.is_set():  # since the process was started
            channel.tell("stop")
        await _gone(channel, process)
        await asyncio.to_thread(_bury, process)

    async def _started(self) -> tuple[Channel, subprocess.Popen[bytes]]:
        """Return the channel to a new process. Where that fails no process and no descriptor is left."""
        ours, theirs = socket.socketpair()
        process = None
        try:
            self._process = process = self._start(theirs)
            channel = self._hub.open(self._is_ready)
            await asyncio.get_running_loop().create_unix_connection(channel.itself, sock=ours)
            return channel, process
        except Exception:
            ours.close()  # with its line the process ends
            if process is not None:
                await asyncio.to_thread(_bury, process)
            raise
        finally:
            theirs.close()

    def _start(self, line: socket.socket) -> subprocess.Popen[bytes]:
        descriptors = (self._listener.fileno(), line.fileno())
        words = (sys.executable, "-P", "-m", _MODULE)
        return subprocess.Popen(
            [*words, *(str(one) for one in descriptors), self._settings],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
        )

    def _is_ready(self) -> None:
        if not self.ready.done():
            self.ready.set_result(None)


async def _gone(channel: Channel, process: subprocess.Popen[bytes]) -> None:
    """Return once the process has hung up. One that does not answer is killed: its clients would wait."""
    while True:
        await asyncio.wait([channel.lost], timeout=_ALIVE_EVERY_S)
        try:
            await asyncio.wait_for(channel.ask("alive"), _ALIVE_S)
        except ChannelLost:
            return
        except TimeoutError:
            _log.error("an admission process hangs and is killed", silent_s=_ALIVE_S)
            process.kill()
            await channel.lost
            return


def _bury(process: subprocess.Popen[bytes]) -> None:
    """Return once a process without a channel is gone."""
    try:
        process.wait(SHUTDOWN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
