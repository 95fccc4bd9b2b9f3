"""A class of drugs that a pack names and no drug has: a slip of the pen in a ban would ban nothing (S48).

The ledger takes it, for a drug table may come later. Whoever makes the rulebook is asked to look again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from api.command.output import warn
from api.knowledge.table import drugs, shipped
from contracts.parameters import DEFAULTS

_LISTS = ("long_term_classes_excluded", "narcotic_classes", "online_classes_forbidden", "tcm_classes")
Packs = Iterable[Mapping[str, Any]]


def name_unfamiliar(options: argparse.Namespace, packs: Packs, of_product: Packs) -> None:
    """Print on stderr each class that the product's packs, drugs and defaults do not know."""
    named = _named(pack["parameters"] for pack in packs)
    if not named:
        return
    usual = _named([DEFAULTS, *(pack["parameters"] for pack in of_product)])
    known = {class_ for _, class_ in usual} | {drug["class"] for drug in drugs(shipped())}
    for parameter, class_ in sorted(one for one in named if one[1] not in known):
        en = f"{parameter}: no drug of the product's table is of class {class_}: compare it with yours"
        zh = f"{parameter}：产品自带药品表中没有类别 {class_}，请与本地药品表核对写法"
        warn(options, en, zh, {"unfamiliar_class": {"parameter": parameter, "class": class_}})


def _named(parameters: Packs) -> set[tuple[str, str]]:
    return {(name, class_) for one in parameters for name in _LISTS for class_ in one.get(name, [])}
