"""A class or code of drugs that a pack names and no drug has: a slip of the pen would ban or watch nothing.

The ledger takes it, for a drug table may come later. Whoever makes the rulebook is asked to look again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from api.command.output import warn
from api.knowledge.classes import known_classes, named_classes
from api.knowledge.table import drugs, shipped
from contracts.monitored import ALL, LIST
from contracts.substance import substances

Packs = Iterable[Mapping[str, Any]]


def name_unfamiliar(options: argparse.Namespace, packs: Packs) -> None:
    """Print on stderr each class and code that the product's packs, drugs and defaults do not know."""
    given = [pack["parameters"] for pack in packs]
    named = named_classes(given)
    if named:
        _name_classes(options, sorted(one for one in named if one[1] not in known_classes()))
    codes = {str(code) for one in given for code in one.get(LIST, [])}
    if codes:
        listed = [str(drug["code"]) for drug in drugs(shipped())]
        _name_codes(options, sorted(codes - {ALL, *listed, *substances(listed)}))


def _name_classes(options: argparse.Namespace, unknown: Iterable[tuple[str, str]]) -> None:
    for parameter, class_ in unknown:
        en = f"{parameter}: no drug of the product's table is of class {class_}: compare it with yours"
        zh = f"{parameter}：产品自带药品表中没有类别 {class_}，请与本地药品表核对写法"
        warn(options, en, zh, {"unfamiliar_class": {"parameter": parameter, "class": class_}})


def _name_codes(options: argparse.Namespace, unknown: Iterable[str]) -> None:
    for code in unknown:
        en = f"{LIST}: no drug of the product's table has the code {code}: compare it with yours"
        zh = f"{LIST}：产品自带药品表中没有编码 {code}，请与本地药品表核对写法"
        warn(options, en, zh, {"unfamiliar_drug": {"parameter": LIST, "code": code}})
