"""AUTHOR, of names: letters of several scripts in one name look like another name (security §5.2).

A name is kept as it stands on the document, rare characters and middle dots included; only what no document
has is told: a Latin or Cyrillic letter among Chinese ones, an а that is no a, a radical, a full-width letter.
"""

from __future__ import annotations

import re

from contracts.act import Act
from contracts.groups import ISSUE
from contracts.rules.base import Failed, rule

_LOOK_ALIKE = "look-alike"  # in no name on any document
# Twins named after their mother (王芳之女B), people whom nobody knows (无名氏A): a letter that numbers
# looks like no Chinese character.
_NUMBERED = re.compile("(.+)[A-Z]")
# Script, first and last code point; what is in none (dots, blanks, marks) belongs to every name.
_SCRIPTS = (
    ("latin", 0x41, 0x5A),
    ("latin", 0x61, 0x7A),
    ("latin", 0xC0, 0xD6),
    ("latin", 0xD8, 0xF6),
    ("latin", 0xF8, 0x24F),
    (_LOOK_ALIKE, 0x250, 0x2AF),  # phonetic letters
    ("greek", 0x370, 0x3FF),
    ("cyrillic", 0x400, 0x52F),
    ("armenian", 0x530, 0x58F),
    ("latin", 0x1E00, 0x1EFF),
    ("greek", 0x1F00, 0x1FFF),
    (_LOOK_ALIKE, 0x2E80, 0x2FDF),  # radicals: ⽩ is no 白
    ("han", 0x3007, 0x3007),  # 〇
    ("han", 0x3400, 0x9FFF),
    ("han", 0xF900, 0xFAFF),
    (_LOOK_ALIKE, 0xFF21, 0xFF3A),  # full-width letters
    (_LOOK_ALIKE, 0xFF41, 0xFF5A),
    (_LOOK_ALIKE, 0x1D400, 0x1D7FF),  # mathematical letters
    ("han", 0x20000, 0x3FFFF),
)


def scripts_of(name: str) -> set[str]:
    """Return which of the scripts whose letters are taken for each other a name is written in."""
    points = {ord(character) for character in name}
    return {script for script, first, last in _SCRIPTS if any(first <= point <= last for point in points)}


@rule(
    "AUTHOR-11",
    "NAME_CONFUSABLE",
    ISSUE,
    strength="flag",
    sources="security 5.2 S47",
    en="The patient's name mixes scripts: letters that look like others. Compare it with the document.",
    zh="患者姓名混用不同文字（形近字符），请与证件核对。",
)
def name_of_one_script(act: Act) -> None:
    """The letters of the patient's name are of one script, and none only looks like one of it."""
    name = str((act.disclosed("identity") or {}).get("name", ""))
    numbered = _NUMBERED.fullmatch(name)
    if numbered and scripts_of(numbered[1]) == {"han"}:
        return
    found = scripts_of(name)
    if len(found) > 1 or _LOOK_ALIKE in found:
        raise Failed({"member": "name"})


RULES = (name_of_one_script,)
