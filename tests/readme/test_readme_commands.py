"""The commands of README and guide work: run in order in an empty folder, as a new user would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.sandbox.processes import free_port

ROOT = Path(__file__).parents[2]
STOP = re.compile(r"`(kill [^`]+)`")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
# The targets are the Makefile's own, without what would install again; `make test` is only shown, for its
# tests are those running now.
PRELUDE = """
set -euo pipefail
trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
make() {
  local only=""; [ "$1" != test ] || only=-n
  command make $only -f "$MAKEFILE" -o .venv/.installed-server -o .venv/.installed-dev "$@"
}
"""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["", ".zh-CN"])
def test_every_command_runs_from_the_readme_to_the_end_of_the_guide(language: str, tmp_path: Path) -> None:
    texts = [(ROOT / f"{name}{language}.md").read_text("utf-8") for name in ("README", "api/GUIDE")]
    found = [BLOCK.findall(text) for text in texts]
    assert all(len(one) >= 5 for one in found)
    blocks = [block for one in found for block in one]
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent, target_is_directory=True)
    (tmp_path / "api").symlink_to(ROOT / "api", target_is_directory=True)  # the messages of the demo
    for installed in (".installed-server", ".installed-dev"):
        (tmp_path / ".venv" / installed).touch()
    [stop] = STOP.findall(texts[0])  # at the end: Ctrl-C does not reach what runs in the background
    script = PRELUDE + "".join(blocks) + f"{stop}\nwait\necho STOPPED\n"
    for printed in ("8080", "8081", "8082"):
        script = script.replace(f"127.0.0.1:{printed}", f"127.0.0.1:{free_port()}")
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=os.environ | {"MAKEFILE": str(ROOT / "Makefile")},
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.rstrip().endswith("STOPPED"), "no server is left behind"
    assert done.stdout.count("VERIFIED") >= 6
    assert ".venv/bin/python -m pytest" in done.stdout, "what `make test` runs"
    told = r"ledger.example/trial: ([0-9]+) entries.*?accepted: entry ([0-9]+),"
    trial = re.search(told, done.stdout, re.DOTALL)
    assert trial is not None and trial[1] == trial[2], "what was accepted before the audit is in the audit"
    assert "entry 77  2026-03-02T" in done.stdout or "账目 77  2026-03-02T" in done.stdout, "of the finding"
    assert "CLINICAL-17 " in done.stdout, "the rule on trial is shown on trial"
    assert "will refuse this export" not in done.stderr, "what is exported has been cosigned"
    assert "the sandbox clock is later" not in done.stderr, "the messages stand in their order"
