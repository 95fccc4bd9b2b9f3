"""What a reader sees of the demo: coloured on a terminal, plain wherever else the text goes."""

from __future__ import annotations

import io

import pytest

from api.sandbox.day import CORPUS, load
from api.sandbox.story import Narrator, Verdict


class _Stream(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(("outcome", "colour"), [("accepted", "32"), ("refused", "31")])
@pytest.mark.parametrize(("terminal", "no_colour"), [(True, ""), (False, ""), (True, "1")])
def test_a_refusal_stands_out_on_a_terminal_and_a_file_has_no_control_characters(
    monkeypatch: pytest.MonkeyPatch, outcome: str, colour: str, terminal: bool, no_colour: str
) -> None:
    monkeypatch.setenv("NO_COLOR", no_colour)
    stream = _Stream(terminal)
    Narrator("en", {}, stream).step(load(CORPUS).steps[0], Verdict(outcome), 480)
    shown = stream.getvalue()
    assert (f"\033[{colour}m" in shown) == ("\033" in shown) == (terminal and not no_colour)
