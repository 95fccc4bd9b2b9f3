"""What every command shares: help with an example, errors with cause and fix, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.command import output
from api.command.main import COMMANDS
from tests.command.builders import Command


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example_and_json(rx: Command, name: str) -> None:
    assert rx.code(name, "--help") == 0
    assert f"rx {name}" in rx.output.partition("example")[2]
    assert "--json" in rx.output


def test_the_command_without_words_names_its_commands(rx: Command) -> None:
    assert rx.code("--help") == 0
    for name in COMMANDS:
        assert name in rx.output
    assert rx.code() == 2
    assert rx.code("banana") == 2


def test_an_error_in_json_has_cause_and_fix(rx: Command, tmp_path: Path) -> None:
    assert rx.code("export", "--folder", tmp_path, tmp_path / "out", "--json") == 2
    assert json.loads(rx.error).keys() == {"error", "fix"}
    assert rx.output == ""


def test_who_reads_chinese_is_told_in_chinese_that_a_ledger_serves(
    rx: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first line of `rx serve` was English for everybody."""
    rx.init(tmp_path / "ledger")
    monkeypatch.setattr("api.command.serve.Fleet", Announced)
    monkeypatch.setattr("api.command.serve.process_of", Announced)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert rx.code("serve", "--folder", tmp_path / "ledger", "--listen", "127.0.0.1:0") == 0
    first, second = rx.output.splitlines()
    assert "沙箱" in first and first.endswith("服务地址 http://127.0.0.1:8080")
    assert second.startswith("沙箱时钟停在 2026-03-01T00:00:00Z")


class Announced:
    """A server that says that it is ready, and ends."""

    def __init__(self, *settings: Any) -> None:
        settings[-1](8080)

    def run(self, listeners: object) -> None:
        """Serve nobody."""


NOWHERE = Path(__file__) / "below-a-file"  # no folder can be made there, whoever asks


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "--day", NOWHERE),
        ("demo", "--out", NOWHERE),
        ("init", "--folder", NOWHERE, "--origin", "rx.test/x", "--profile", "sandbox"),
        ("keygen", "--code", "A1", "--folder", NOWHERE),
        ("generate", "--out", NOWHERE),
        ("knowledge", "--out", NOWHERE),
    ],
)
def test_whoever_names_a_wrong_folder_is_told_what_to_do(rx: Command, words: tuple[str | Path, ...]) -> None:
    """A demo's error named no fix, and `rx generate` to a place without rights ended in a traceback."""
    assert rx.code(*words) == 2
    cause, fix = rx.error.splitlines()
    assert cause.startswith(f"rx {words[0]}: {NOWHERE.parent}") and fix.startswith("  fix: ")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_ALL": "zh_CN"}, "zh"),
    ],
)
def test_the_demo_speaks_the_language_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert output.language() == expected


def test_a_quorum_of_nobody_is_refused(rx: Command, tmp_path: Path) -> None:
    """--quorum without --witness was passed over in silence, and trust.json's quorum stayed in force."""
    rx.init(tmp_path / "ledger")
    for number in ("0", "99"):
        assert rx.code("serve", "--folder", tmp_path / "ledger", "--quorum", number) == 2
        assert "none is given" in rx.error and "fix: name the witnesses" in rx.error
