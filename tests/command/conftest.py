"""The `rx` command for the tests of this folder."""

from __future__ import annotations

import pytest

from tests.command.builders import Command


@pytest.fixture
def rx(capsys: pytest.CaptureFixture[str]) -> Command:
    """`rx`, run in this process."""
    return Command(capsys)
