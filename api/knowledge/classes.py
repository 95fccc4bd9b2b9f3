"""Which classes of drugs are known: those that the product's table, rule packs and defaults name (S46, S48).

A class is any text, so that a region may have its own. What is nearly a known one is a slip of the pen: the
bans and limits of that class would not hold for the drug.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from typing import Any

from api.knowledge.rows import read, shipped
from contracts.parameters import DEFAULTS

_LISTS = ("long_term_classes_excluded", "narcotic_classes", "online_classes_forbidden", "tcm_classes")
_ALIKE_MIN = 0.75  # narkotik for narcotic; a class of its own is further off


@lru_cache(maxsize=1)
def known_classes() -> frozenset[str]:
    """Return the classes of the product's drugs, and those that its packs and defaults name."""
    folder = resources.files("contracts").joinpath("rulebooks")
    packs = [json.loads(one.read_text("utf-8")) for one in folder.iterdir() if one.name.endswith(".json")]
    named = {class_ for _, class_ in named_classes([DEFAULTS, *(pack["parameters"] for pack in packs)])}
    return frozenset(named | {row["class"] for _, row in read(shipped(), ("class",))})


def named_classes(parameters: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Return each class that these parameters of rulebooks name, with the parameter."""
    return {(name, class_) for one in parameters for name in _LISTS for class_ in one.get(name, [])}


def meant_class(class_: str) -> str:
    """Return the known class that `class_` is most likely meant to be, "" where it is none of them nearly."""
    found = get_close_matches(class_.strip().lower(), sorted(known_classes()), 1, _ALIKE_MIN)
    return found[0] if found else ""
