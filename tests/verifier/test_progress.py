"""The progress of a long audit: told on a terminal, silent in a pipe, gone when it ends."""

from __future__ import annotations

import io

import pytest

from verifier.progress import ProgressBar


class _Stream(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_who_waits_at_a_terminal_sees_how_far_it_is_and_a_pipe_gets_nothing(terminal: bool) -> None:
    stream = _Stream(terminal)
    bar = ProgressBar(stream)
    bar(15, 30)
    bar(30, 30)
    bar.close()
    shown = stream.getvalue()
    if not terminal:
        assert shown == ""
        return
    assert f"[{'#' * 15}{'.' * 15}] 15/30 entries" in shown and f"[{'#' * 30}] 30/30 entries" in shown
    assert shown.endswith("\r\x1b[K"), "the line is left empty"
