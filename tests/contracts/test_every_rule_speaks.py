"""Every rule is made to speak by a story here: a rule that no test can make fail may be gone unseen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from contracts.rules import RULES

ROOT = Path(__file__).parents[2]


def test_no_rule_is_silent(tmp_path: Path) -> None:
    recorded = tmp_path / "spoken.json"
    # Random input is no story: what it happens to break proves nothing about a rule.
    words = ["-q", "-p", "tests.contracts.recorder", "-p", "no:cacheprovider", "tests/contracts"]
    left_out = ["--ignore=tests/contracts/test_hostile.py", f"--ignore={Path(__file__).relative_to(ROOT)}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *left_out],
        cwd=ROOT,
        env={**os.environ, "RECORDED": str(recorded), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    silent = {rule.id for rule in RULES} - set(json.loads(recorded.read_text("utf-8")))
    assert silent == set()
