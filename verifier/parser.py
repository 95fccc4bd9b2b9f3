"""The parser of `rx-verify`, whose help speaks the reader's language; `rx-witness` has rows of its own."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

from verifier import chinese

_WIDTH_MIN = 20
COMMON = {
    "positional arguments": "位置参数",
    "options": "选项",
    "show this help message and exit": "显示本帮助并退出",
}
_ROWS = {
    **COMMON,
    "Check a prescription ledger's log or a receipt, trusting only your own trust file.": (
        "核验处方账本的日志或回执，只信任您自己的信任文件。"
    ),
    "Exit codes: 0 verified, 1 refused, 2 could not decide.": "退出码：0 通过，1 不通过，2 无法判定。",
    "check a whole log": "核验整个日志",
    "check one receipt": "核验一份回执",
    "Check every entry of an exported folder, or of a log served at an address.": (
        "核验导出文件夹或某地址所服务日志的每一条账目。"
    ),
    "Check that an entry stands in the log, without the log.": "无需日志即可核验某条账目已入账。",
    "Example: rx-verify log demo-out/log --trust demo-out/trust.json": (
        "示例：rx-verify log demo-out/log --trust demo-out/trust.json"
    ),
    "Example: rx-verify receipt r.tlog-proof --trust trust.json --entry r.entry": (
        "示例：rx-verify receipt r.tlog-proof --trust trust.json --entry r.entry"
    ),
    "processes": "进程数",
    "member's token, for an address": "成员令牌文件，用于地址",
    "a checkpoint or receipt kept from earlier: the log must still contain it": (
        "此前自存的检查点或回执：日志必须仍包含它"
    ),
    "the entry that the receipt is for": "回执所对应的账目",
    "an entry that registers a key, or a folder of entries or a log: needed for SM2 signatures": (
        "登记密钥的账目，或账目文件夹、日志：核验 SM2 签名时需要"
    ),
    "your trust file": "您的信任文件",
    "print the report as JSON": "以 JSON 输出报告",
}


class Parser(argparse.ArgumentParser):
    """An argument parser whose help is Chinese where the environment asks for it, as are its sub-commands."""

    rows: Mapping[str, str] = _ROWS
    as_json = False

    def __init__(self, **settings: object) -> None:
        form = partial(_ChineseHelp, self.rows) if chinese.wanted() else argparse.HelpFormatter
        super().__init__(**{**settings, "formatter_class": form})  # type: ignore[arg-type]

    def format_help(self) -> str:
        """Return the help as the terminal can write it."""
        encoding = sys.stdout.encoding or "utf-8"
        return super().format_help().encode(encoding, "replace").decode(encoding)

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse; where --json is among the words, an error is JSON too."""
        self.as_json = "--json" in (sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print usage and what is wrong with it on stderr (--json: an object with both), and leave."""
        if self.as_json:
            fault = {"error": message, "fix": f"see {self.prog} --help"}
            self.exit(2, f"{json.dumps(fault, ensure_ascii=False)}\n")
        self.print_usage(sys.stderr)
        told = f"{self.prog}: error: {message}\n"
        if chinese.wanted():
            see = f"  处理：见 {self.prog} --help"
            told = f"{self.prog}: {chinese.in_chinese(message)}\n{see}\n"
        self.exit(2, told)


class _ChineseHelp(argparse.HelpFormatter):
    def __init__(self, rows: Mapping[str, str], prog: str) -> None:
        super().__init__(prog)
        self._rows = rows

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(self._in_chinese(heading))

    def add_text(self, text: str | None) -> None:
        super().add_text(self._in_chinese(text))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return self._in_chinese(action.help)

    def _split_lines(self, text: str, width: int) -> list[str]:
        # A Chinese character is two columns wide.
        return textwrap.wrap(text, max(width // 2, _WIDTH_MIN), break_on_hyphens=False)

    def _in_chinese(self, text: str | None) -> str | None:
        return None if text is None else self._rows.get(text, text)
