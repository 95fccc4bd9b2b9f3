"""A ledger served over HTTP: the application, the publishing beside it, and the process around both."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import threading
from collections.abc import Callable, Generator
from typing import Protocol

import structlog
import uvicorn

from api.app import App
from api.http_protocol import protocol_of
from api.limits import Receive, Scope, Send
from api.ports import ClockPort, CosignerPort, LedgerPort, fault_of
from api.settings import Settings

_log = structlog.get_logger("rx")
SHUTDOWN_S = 10
_BACKLOG = 2048  # as uvicorn has it


class Server:
    """The ASGI application with its periodic work: what is signed is published, then cosigned."""

    def __init__(self, app: App, ledger: LedgerPort, cosigner: CosignerPort | None) -> None:
        self.app = app
        self.settings = app.settings
        self._ledger = ledger
        self._cosigner = cosigner
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await self.app(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self.begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.end()
        await send({"type": "lifespan.shutdown.complete"})

    def begin(self) -> None:
        """Begin to publish and to collect cosignatures, in the running event loop."""
        self._tasks = [asyncio.create_task(self._repeat(work)) for work in self._periodic()]

    def _periodic(self) -> list[Callable[[], object]]:
        # Apart from one another: a witness that does not answer must not delay publishing.
        works: list[Callable[[], object]] = [self._ledger.publish]
        if self._cosigner is not None:
            works.append(self._cosigner.collect)
        return works

    async def _repeat(self, work: Callable[[], object]) -> None:
        told = ""
        while True:
            try:
                await asyncio.to_thread(work)
                told = ""
            except Exception as error:  # the next round tries again; readiness tells of lasting faults
                kind = type(error).__name__
                if kind != told:
                    _log.error("periodic work failed", kind=kind, code=fault_of(error).code)
                told = kind
            await asyncio.sleep(self.settings.publish_interval_s)

    async def end(self) -> None:
        """Stop that, and publish what is signed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await asyncio.to_thread(self._ledger.publish)
        except Exception as error:  # what is signed stays so and is published after the next start
            _log.error("last publishing failed", kind=type(error).__name__)


def create(
    ledger: LedgerPort,
    settings: Settings,
    cosigner: CosignerPort | None = None,
    clock: ClockPort | None = None,
) -> Server:
    """Return the server of a ledger. `clock` is a sandbox's standing clock, which its clients move."""
    return Server(App(ledger, settings, clock, cosigner), ledger, cosigner)


def bound(host: str, port: int, processes: int = 0) -> list[socket.socket]:
    """Return sockets that listen on the address, one for each of `processes` that share it, at least one.

    Port 0 takes a free one. Connections wait from now on. Raises OSError, also where another server listens
    on a shared address.
    """
    if processes < 2:
        return [_bound(host, port)]
    with _bound(host, port) as alone:  # sharing would let a second server of ours in unseen
        port = int(alone.getsockname()[1])
    return [_bound(host, port, socket.SO_REUSEPORT) for _ in range(processes)]


def _bound(host: str, port: int, *extra: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        for option in (socket.SO_REUSEADDR, *extra):
            listener.setsockopt(socket.SOL_SOCKET, option, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)  # bound alone, it would not keep others from binding to the same
    except OSError:
        listener.close()
        raise
    return listener


def collect_less_often() -> None:
    """Look for unreachable cycles after 50,000 new objects instead of 700.

    A submission is some hundreds of objects that live until its answer, so the default looked at all of
    them again and again: a fifth of the processor time. What cycles there are come of exceptions, and wait.
    """
    gc.freeze()
    gc.set_threshold(50_000)


class Served(Protocol):
    """An ASGI application that says how it is to be served."""

    settings: Settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""


def process_of(server: Served, on_ready: Callable[[int], None] = lambda _: None) -> Process:
    """Return the process around a server; its `run` takes bound sockets."""
    config = uvicorn.Config(
        server,
        loop="uvloop",
        http=protocol_of(server.settings),
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=server.settings.idle_timeout_s,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    return Process(config, on_ready)


class Process(uvicorn.Server):
    """uvicorn, but a stop signal ends `run` instead of the process: the ledger is to be closed."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, then tell the port."""
        await super().startup(sockets=sockets)
        if self.started and sockets:
            self._on_ready(int(sockets[0].getsockname()[1]))

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on SIGINT and SIGTERM, and do not raise them again afterwards."""
        with stop_signals(lambda number: self.handle_exit(number, None)):
            yield


@contextlib.contextmanager
def stop_signals(stop: Callable[[int], None]) -> Generator[None, None, None]:
    """Have `stop` called on SIGINT and SIGTERM where the running event loop is the main thread's."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
