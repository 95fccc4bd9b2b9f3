"""What the independent program says of a served ledger's log after everything bad was sent to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ledger.local import Ledger


def prove(ledger: Ledger, folder: Path) -> dict[str, Any]:
    """Publish, export to `folder`/log and verify; returns the report, which covers every entry.

    `folder` holds the ledger as `site` made it. Raises AssertionError if anything is not proven.
    """
    ledger.publish(force=True)
    ledger.export(folder / "log")
    program = Path(sys.executable).with_name("rx-verify")
    words = [program, "log", folder / "log", "--trust", folder / "ledger" / "trust.json", "--json"]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["size"] == ledger.size, report
    return report
