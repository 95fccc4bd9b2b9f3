"""The outsider's view at the end of the day: verify the export, change a byte, see it named."""

from __future__ import annotations

import re
from pathlib import Path

from api.sandbox import processes
from api.sandbox.story import Narrator
from api.sandbox.tamper import changed_copy


def is_cosigned(checkpoint: bytes, size: int, witnesses: int) -> bool:
    """Say whether a checkpoint covers `size` entries and carries a line of each witness."""
    lines = checkpoint.decode("utf-8", "replace").splitlines()
    if len(lines) < 3 or not lines[1].isdigit():
        return False
    signatures = sum(1 for line in lines if line.startswith("— "))
    return int(lines[1]) >= size and signatures >= 1 + witnesses


def export(ledger: Path, log: Path) -> None:
    """Write the log of a stopped ledger into the folder `log`. Raises ProcessFault."""
    processes.succeed("rx", "export", "--folder", str(ledger), str(log))


def run(out: Path, work: Path, index: int, narrator: Narrator) -> bool:
    """Verify `out/log`, then a copy with one byte of entry `index` changed; say whether both went right."""
    trust = ("--trust", str(out / "trust.json"))
    narrator.say("\nrx-verify log: the log as it was exported", "\nrx-verify log：导出的日志")
    whole = processes.run("rx-verify", "log", str(out / "log"), *trust)
    narrator.output(whole.stdout + whole.stderr)
    place = changed_copy(out / "log", work / "changed", index)
    narrator.say(
        f"rx-verify log: a copy in which byte {place} of entry {index} was changed",
        f"rx-verify log：副本，其中第 {index} 条的第 {place} 字节被改动",
    )
    changed = processes.run("rx-verify", "log", str(work / "changed"), *trust)
    narrator.output(changed.stdout + changed.stderr)
    return whole.returncode == 0 and changed.returncode == 1 and _named(changed.stdout) == index


def _named(shown: str) -> int | None:
    """Return the entry that the verifier's answer, its last line, names first, in whichever language."""
    found = re.search("[0-9]+", shown.strip().rpartition("\n")[2])
    return int(found[0]) if found else None
