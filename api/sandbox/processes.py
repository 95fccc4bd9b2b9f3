"""The demo's child processes on loopback. Whatever happens, every one that was started is stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

_COMMANDS = {
    "rx": "from api.command.main import main",
    "rx-verify": "from verifier.command import main",
    "rx-witness": "from network.witness.command import main",
}
_START_S = 60.0
_STOP_S = 10.0


class ProcessFault(Exception):
    """A child process failed; the message holds its name and the last lines that it wrote."""


def command(name: str, *arguments: str) -> list[str]:
    """Return the command line of one of the product's commands under this very interpreter."""
    # The installed script may be absent or of another environment; the module is the one running.
    program = f"import sys; {_COMMANDS[name]}; sys.argv[0] = {name!r}; sys.exit(main())"
    # -P: the user's folder may hold one named as a package of ours (`ledger`, as the README has it).
    return [sys.executable, "-P", "-c", program, *arguments]


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it printed and its exit code."""
    return subprocess.run(
        command(name, *arguments), capture_output=True, text=True, encoding="utf-8", env=_environment()
    )


def succeed(name: str, *arguments: str) -> str:
    """Return what a command printed. Raises ProcessFault unless it exits with 0."""
    done = run(name, *arguments)
    if done.returncode != 0:
        raise ProcessFault(f"{name} {arguments[0]} ended with {done.returncode}: {_tail(done.stderr)}")
    return done.stdout


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONUTF8": "1"}


def _tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-12:])


class Children:
    """Child processes that end when this context ends, the last started first."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: list[tuple[str, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Children:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for _, child in reversed(self._children):
            _stop(child)

    def start(self, label: str, arguments: Sequence[str]) -> None:
        """Start a process; what it writes goes to `<logs>/<label>.log`."""
        with (self._logs / f"{label}.log").open("wb") as log:
            child = subprocess.Popen(
                arguments, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=_environment()
            )
        self._children.append((label, child))

    def wait_for(self, label: str, address: str) -> None:
        """Return once `address` answers at all. Raises ProcessFault when the process ends before."""
        ends = time.monotonic() + _START_S
        child = next(child for name, child in self._children if name == label)
        while time.monotonic() < ends:
            if child.poll() is not None:
                break
            if _answers(address):
                return
            time.sleep(0.05)
        raise ProcessFault(f"{label} did not start: {self._written(label)}")

    def check(self) -> None:
        """Return while every process runs. Raises ProcessFault with what a stopped one wrote last."""
        for label, child in self._children:
            if child.poll() is not None:
                raise ProcessFault(f"{label} ended with {child.returncode}: {self._written(label)}")

    def _written(self, label: str) -> str:
        return _tail((self._logs / f"{label}.log").read_text("utf-8", "replace"))


def _answers(address: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback has no proxy
    try:
        with direct.open(address, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code != 503
    except OSError:
        return False


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
