"""The demo replaces its own earlier folder and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.sandbox.output import OutputFault, prepare, write_receipt, write_verdict


def test_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    prepare(tmp_path / "out")
    write_verdict(tmp_path / "out", {"step": 1})
    write_receipt(tmp_path / "out", 1, b"proof", b"entry")
    prepare(tmp_path / "out")
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["receipts"]
    assert not list((tmp_path / "out" / "receipts").iterdir())


def test_foreign_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(OutputFault):
        prepare(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "x"
