"""A class of drugs that a pack names and no drug has: a slip of the pen in a ban would ban nothing (S48).

The ledger takes it, for a drug table may come later. Whoever makes the rulebook is asked to look again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from api.command.output import warn
from api.knowledge.classes import known_classes, named_classes

Packs = Iterable[Mapping[str, Any]]


def name_unfamiliar(options: argparse.Namespace, packs: Packs) -> None:
    """Print on stderr each class that the product's packs, drugs and defaults do not know."""
    named = named_classes(pack["parameters"] for pack in packs)
    for parameter, class_ in sorted(one for one in named if one[1] not in known_classes()):
        en = f"{parameter}: no drug of the product's table is of class {class_}: compare it with yours"
        zh = f"{parameter}：产品自带药品表中没有类别 {class_}，请与本地药品表核对写法"
        warn(options, en, zh, {"unfamiliar_class": {"parameter": parameter, "class": class_}})
