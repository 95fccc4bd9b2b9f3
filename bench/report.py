"""The machine of a run, its P-256 verify rate, and the table that a run prints."""

from __future__ import annotations

import os
import platform
import shutil
import ssl
import time
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from ledger.contract import form

CLOCK_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def hardware(folder: Path) -> list[tuple[str, str]]:
    """Return what a reader must know to compare figures: processor, memory, disk, versions."""
    cores = len(os.sched_getaffinity(0))
    free_gib = shutil.disk_usage(folder).free / 2**30
    return [
        ("processor", f"{_processor()}, {cores} cores for this run"),
        ("memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"),
        (
            "disk",
            f"{_file_system(folder)}, {free_gib:.0f} GiB free; fsync of 4 KiB {_fsync_ms(folder):.2f} ms",
        ),
        ("software", f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}, {platform.system()}"),
        ("contracts", form()),
        ("P-256 verify", f"{verify_rate():,.0f} /s on one core"),
    ]


def verify_rate(seconds: float = 0.5) -> float:
    """Return how many P-256 signatures one core verifies in a second, through the library we use."""
    key = ec.generate_private_key(ec.SECP256R1())
    algorithm = ec.ECDSA(SHA256())
    message = b"x" * 800
    signature = key.sign(message, algorithm)
    public = key.public_key()
    count, started = 0, time.process_time()
    while time.process_time() - started < seconds:
        for _ in range(100):
            public.verify(signature, message, algorithm)
        count += 100
    return count / (time.process_time() - started)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _file_system(folder: Path) -> str:
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    except OSError:
        return "unknown file system"
    target = str(folder.resolve())
    holding = [
        mount for mount in mounts if target == mount[1] or target.startswith(mount[1].rstrip("/") + "/")
    ]
    return max(holding, key=lambda mount: len(mount[1]))[2] if holding else "unknown file system"


def _fsync_ms(folder: Path, times: int = 20) -> float:
    path = folder / "fsync-probe"
    with path.open("wb") as file:
        started = time.perf_counter()
        for _ in range(times):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        elapsed = time.perf_counter() - started
    path.unlink()
    return elapsed / times * 1000


def cpu_s(pid: int) -> float:
    """Return the processor seconds that a process and its threads have used."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS_PER_S


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


def resident_mib(pid: int) -> float:
    """Return a process's resident memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie. At least one value."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned columns; the first is left, the others right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append("  ".join([row[0].ljust(widths[0]), *rest]).rstrip())
    return "\n".join(lines)
