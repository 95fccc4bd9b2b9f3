"""The suite runs the contracts in the form that was asked for: `make test`, or `make test COMPILED=1`."""

from __future__ import annotations

import os
import subprocess
import sys

from ledger.contract import form

ASKED = os.environ.get("RX_CONTRACTS", "interpreted")


def test_the_contracts_run_in_the_form_that_was_asked_for() -> None:
    assert form() == ASKED


def test_the_processes_that_tests_start_run_them_in_that_form_too() -> None:
    code = "from ledger.contract import form; print(form())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == f"{ASKED}\n"
