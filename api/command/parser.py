"""The parser of `rx`: what `--help` says, and what is said of wrong usage, in the reader's language."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from api.command import chinese_help
from api.command.chinese import in_chinese
from api.command.output import EXIT_USAGE, CommandError, complain, language, shown

_WIDTH_MIN = 20


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese where the environment asks for it; sub-commands are such too."""

    as_json = False

    def __init__(self, **settings: object) -> None:
        chinese = language() == "zh"
        form = _ChineseHelp if chinese else argparse.RawDescriptionHelpFormatter
        super().__init__(**{**settings, "formatter_class": form})  # type: ignore[arg-type]

    def format_help(self) -> str:
        """Return the help as the terminal can write it."""
        return shown(super().format_help(), sys.stdout)

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse; where --json is among the words, an error is JSON too."""
        self.as_json = "--json" in (sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print usage (not with --json), cause and fix on stderr, and leave."""
        if not self.as_json:
            self.print_usage(sys.stderr)
        complain(CommandError(message, f"see {self.prog} --help"), self.prog, self.as_json)
        self.exit(EXIT_USAGE)


class _ChineseHelp(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(in_chinese(heading or ""))

    def add_text(self, text: str | None) -> None:
        super().add_text(_example(in_chinese(text)) if text else text)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return in_chinese(action.help) if action.help else action.help

    def _split_lines(self, text: str, width: int) -> list[str]:
        # A Chinese character is two columns wide.
        return textwrap.wrap(text, max(width // 2, _WIDTH_MIN), break_on_hyphens=False)


def _example(text: str) -> str:
    for english, chinese in chinese_help.EXAMPLES.items():
        text = text.replace(english, chinese)
    return text
