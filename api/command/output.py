"""What every `rx` command shares: exit codes, errors with cause and fix, text or JSON on stdout."""

from __future__ import annotations

import argparse
import json
import locale
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from api.command import chinese

EXIT_OK, EXIT_REFUSED, EXIT_USAGE = 0, 1, 2


class CommandError(Exception):
    """The command cannot go on. `cause` says what is wrong, `fix` what to do; neither is personal."""

    def __init__(self, cause: str, fix: str = "", exit_code: int = EXIT_USAGE) -> None:
        super().__init__(cause)
        self.cause = cause
        self.fix = fix
        self.exit_code = exit_code


def tell(options: argparse.Namespace, facts: Mapping[str, object], text: str, zh: str = "") -> None:
    """Print `facts` as one line of JSON with --json, else `text`, or `zh` for who reads Chinese."""
    told = json.dumps(facts, ensure_ascii=False, sort_keys=True) if options.json else in_language(text, zh)
    _wipe()
    print(shown(told, sys.stdout), flush=True)


def warn(
    options: argparse.Namespace, text: str, zh: str, facts: Mapping[str, object] | None = None
) -> None:
    """Print what the reader should know beside the answer on stderr; --json: an object with `facts`."""
    as_json = json.dumps({"warning": text, **(facts or {})}, ensure_ascii=False)
    told = as_json if options.json else in_language(text, zh)
    print(shown(told, sys.stderr), file=sys.stderr)


def progress(text: str, zh: str) -> None:
    """Overwrite the last line of a terminal; what is not read by a person is not disturbed."""
    _wipe()
    if sys.stderr.isatty():
        print(shown(in_language(text, zh), sys.stderr), end="", file=sys.stderr, flush=True)


def _wipe() -> None:
    """Empty the last line of a terminal, where a progress may stand: an answer begins a line of its own."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def shown(text: str, stream: TextIO) -> str:
    """Return `text` as `stream` can write it: a narrow terminal must not end a command."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def in_language(text: str, zh: str) -> str:
    """Return `zh` where the environment asks for Chinese and there is one, else `text`."""
    return zh if zh and language() == "zh" else text


def complain(error: CommandError, command: str, as_json: bool) -> None:
    """Print the error on stderr in the reader's language: cause and fix, or a JSON object with both."""
    if as_json:
        print(json.dumps({"error": error.cause, "fix": error.fix}, ensure_ascii=False), file=sys.stderr)
        return
    cause = in_language(error.cause, chinese.in_chinese(error.cause))
    fix = in_language(error.fix, chinese.in_chinese(error.fix))
    lines = [f"{command}: {cause}", *([in_language(f"  fix: {fix}", f"  处理：{fix}")] if fix else [])]
    print(shown("\n".join(lines), sys.stderr), file=sys.stderr)


def read_file(path: Path, what: str) -> bytes:
    """Return the bytes of a file, of standard input where `path` is `-`. Raises CommandError."""
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise CommandError(
            f"{what} cannot be read: {path}: {error.strerror}", "name a readable file"
        ) from None


def write_new(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Return once `path`, which did not exist, holds `data`. Raises CommandError: nothing is replaced."""
    try:
        path.touch(mode, exist_ok=False)
        path.write_bytes(data)
    except FileExistsError:
        raise CommandError(f"{path} exists already", "it is never replaced: name another file") from None
    except OSError as error:
        raise CommandError(
            f"{path} cannot be written: {error.strerror}", "choose a writable folder"
        ) from None


def address(text: str) -> tuple[str, int]:
    """Return host and port of HOST:PORT, for argparse."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise argparse.ArgumentTypeError("must be HOST:PORT, for instance 127.0.0.1:8080")
    return host.strip("[]") or "127.0.0.1", int(port)


def language() -> str:
    """Return `zh` where the environment asks for Chinese, else `en`."""
    # The environment first: a container without that locale still says what its user reads.
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "zh" if os.environ[name].lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
