"""What the outside judges need: Go, their programs built from the module proxy, and a log to judge."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.judges.logs import JudgedLog, build_log

ROOT = Path(__file__).parents[2]
BUILD_TIMEOUT_S = 900
# Deep enough for three levels of tiles, each with a full or a partial one.
DEEP_SIZE = 256 * 256 + 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.judges)
            item.add_marker(pytest.mark.timeout(BUILD_TIMEOUT_S))


@pytest.fixture(scope="session")
def go() -> str:
    """The go command. A judge that cannot be built has not judged, so its absence fails the tests."""
    path = shutil.which("go")
    if path is None:
        pytest.fail("The outside judges are Go programs: put `go` (1.24 or later) on PATH, or call .ci/run")
    return path


def _run(arguments: list[str], folder: Path, **environment: str) -> None:
    subprocess.run(
        arguments, cwd=folder, env={**os.environ, **environment}, check=True, timeout=BUILD_TIMEOUT_S
    )


def _installed(go: str, package: str) -> Path:
    binaries = ROOT / "build" / "judges"
    binaries.mkdir(parents=True, exist_ok=True)
    _run([go, "install", package], binaries, GOBIN=str(binaries))
    return binaries / package.partition("@")[0].rpartition("/")[2]


@pytest.fixture(scope="session")
def modlog(go: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our hundred lines on golang.org/x/mod/sumdb."""
    program = tmp_path_factory.mktemp("modlog") / "modlog"
    _run([go, "build", "-o", str(program), "."], Path(__file__).parent / "modlog")
    return program


@pytest.fixture(scope="session")
def fsck(go: str) -> Path:
    """Tessera's own check of a tlog-tiles log."""
    return _installed(go, "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4")


@pytest.fixture(scope="session")
def litewitness(go: str) -> Path:
    """Torchwood's witness."""
    return _installed(go, "filippo.io/torchwood/cmd/litewitness@v0.6.1")


@pytest.fixture(scope="session")
def deep_log(tmp_path_factory: pytest.TempPathFactory) -> JudgedLog:
    """A log of three tile levels, written by the ledger's export."""
    return build_log(tmp_path_factory.mktemp("deep"), DEEP_SIZE)


@pytest.fixture(scope="session")
def demo_log() -> JudgedLog:
    """The log that the demo leaves behind; the demo is played where nobody has done so yet."""
    out = ROOT / "demo-out"
    if not (out / "log" / "checkpoint").exists():
        _run([str(Path(sys.executable).with_name("rx")), "demo", "--out", str(out)], ROOT)
    return JudgedLog(out / "log", out / "log.vkey")


@pytest.fixture(params=["deep", "demo"])
def log(request: pytest.FixtureRequest) -> JudgedLog:
    """Each log in turn."""
    judged: JudgedLog = request.getfixturevalue(f"{request.param}_log")
    return judged
