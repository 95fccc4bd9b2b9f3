"""What a reader sees of the demo: coloured on a terminal, plain wherever else the text goes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

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


@pytest.mark.parametrize(
    ("expect", "verdict", "told"),
    [
        ({}, Verdict("refused", ("SIG_MISSING",), "VIOLATION"), ""),
        ({"outcome": "held"}, Verdict("accepted"), "EXPECTED held"),
        (
            {"outcome": "refused", "codes": ["TRACE_LEVEL"], "class": "DATA_QUALITY"},
            Verdict("refused", ("TRACE_LEVEL",), "VIOLATION"),
            "EXPECTED refused TRACE_LEVEL (DATA_QUALITY)",
        ),
    ],
)
def test_a_reader_sees_what_was_expected_instead(
    expect: dict[str, Any], verdict: Verdict, told: str
) -> None:
    """Where only the class differed the line read like what had come out."""
    stream = _Stream(False)
    step = replace(load(CORPUS).steps[0], expect=expect)
    Narrator("en", {}, stream).step(step, verdict, 480)
    assert stream.getvalue().partition("EXPECTED")[2].strip() == told.removeprefix("EXPECTED").strip()


def test_a_reader_of_a_day_past_midnight_sees_the_date_change() -> None:
    """Six o'clock stood below eight in the evening, with nothing to tell that a night lay between."""
    stream = _Stream(False)
    narrator = Narrator("en", {}, stream)
    first = load(CORPUS).steps[0]
    for at in ("2026-03-02T15:59:59Z", "2026-03-02T16:00:00Z", "2026-03-02T16:00:01Z"):
        narrator.step(replace(first, at=at), Verdict("accepted"), 480)
    lines = stream.getvalue().splitlines()
    assert [line for line in lines if not line.startswith(("23:", "00:"))] == ["2026-03-03"]
    assert lines[1] == "2026-03-03"


def test_a_chinese_reader_sees_what_was_expected_in_chinese() -> None:
    stream = _Stream(False)
    step = replace(load(CORPUS).steps[0], expect={"outcome": "refused", "codes": ["SIG_MISSING"]})
    Narrator("zh", {}, stream).step(step, Verdict("accepted"), 480)
    assert "应为 拒绝 SIG_MISSING" in stream.getvalue()
