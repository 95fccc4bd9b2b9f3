"""The commands of the two readmes and guides exist: programs, sub-commands, options and make targets."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

READMES = ("README.md", "README.zh-CN.md")
GUIDES = ("api/GUIDE.md", "api/GUIDE.zh-CN.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
HERE_DOCUMENT = re.compile(r"<<'?(\w+)'?\n.*?^\1$", re.MULTILINE | re.DOTALL)
OWN = frozenset({"rx", "rx-verify", "rx-witness"})
# Programs that a reader has, or that the text tells the reader to install.
_INLINE = re.compile(r"(?:rx|rx-verify|rx-witness|make) [a-z]")
SHELL = {"cd", "cat", "cp", "ls", "less", "export", "sed", "sudo", "sleep"}
COMMON = frozenset({*SHELL, "git", "make", "python3", "curl", "jq", "go", "fsck"})


def commands(readme: str) -> Iterator[list[str]]:
    """Yield the words of each command in the sh blocks of a readme, prompts and comments left out."""
    for block in BLOCK.findall((ROOT / readme).read_text(encoding="utf-8")):
        block = HERE_DOCUMENT.sub("", block)
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words:
                yield words


@cache
def _help(*words: str) -> str:
    program = Path(sys.executable).with_name(words[0])
    done = subprocess.run([program, *words[1:], "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{' '.join(words)} --help: {done.stderr}"
    return done.stdout


def _check_own(program: str, arguments: list[str]) -> None:
    subcommands = [word for word in arguments[:1] if not word.startswith("-")]
    text = _help(program, *subcommands)
    for option in (word.partition("=")[0] for word in arguments if word.startswith("--")):
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text), f"{program} has no {option}"


def _check_target(arguments: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in (word for word in arguments if not word.startswith("-") and "=" not in word):
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), f"make has no target {target}"


@pytest.mark.parametrize("readme", [*READMES, *GUIDES])
def test_every_command_exists(readme: str) -> None:
    found = list(commands(readme))
    assert found
    for words in found:
        program = Path(words[0]).name
        assert program in OWN | COMMON, f"what is {words[0]}?"
        if program in OWN:
            _check_own(program, words[1:])
        elif program == "make":
            _check_target(words[1:])


@pytest.mark.parametrize("readme", [*READMES, *GUIDES])
def test_every_command_in_a_sentence_or_a_table_exists(readme: str) -> None:
    """`rx x` · `y` in a row, or `rx x --option` in a sentence: an old name would send a reader astray."""
    text = re.sub(r"^```.*?^```", "", (ROOT / readme).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = [shlex.split(each) for each in re.findall(r"`([^`\n]+)`", text) if _INLINE.match(each)]
    assert len(found) >= 5
    for words in found:
        if words[0] == "make":
            _check_target(words[1:])
        else:
            _check_own(words[0], words[1:])


@pytest.mark.parametrize("pair", [READMES, GUIDES], ids=lambda pair: pair[0])
def test_both_languages_show_the_same_commands(pair: tuple[str, str]) -> None:
    assert list(commands(pair[0])) == list(commands(pair[1]))
