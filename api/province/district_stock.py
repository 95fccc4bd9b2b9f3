"""Cases of the model district: old stock without codes, sold from a list that an officer keeps (S69)."""

from __future__ import annotations

from typing import Any

from api.province.event import Label
from api.province.life import Life
from api.province.office import officers
from api.province.registry import OFFICERS


def _list(life: Life, label: Label | None = None) -> None:
    lot: dict[str, Any] = {"organisation": life.shop.code, "drug": life.drug.code, "lot": life.name}
    officers(life, "registry.uncoded", OFFICERS[:1], **lot, packs=1, valid_to="2026-12-31", label=label)


def _without_code(life: Life, label: Label) -> None:
    listed = [{"code": "", "line": 0, "uncoded": True, "lot": life.name}]
    rx = life.ready()
    life.sell(rx, [""], listed=listed, label=label)
    if label.lookalike:
        life.report(rx, [""], label, listed=listed)
    life.drug = life.cast.by_name["替米沙坦片"]


def never_listed(life: Life, label: Label) -> None:
    _without_code(life, label)


def more_than_listed(life: Life, label: Label) -> None:
    drug = life.drug
    _list(life)
    _without_code(life, Label(lookalike="listed_old_stock"))
    life.drug, (life.patient,) = drug, life.cast.people_of(f"waiting {life.name}", 0, 1)
    _without_code(life, label)


def listed_twice(life: Life, label: Label) -> None:
    _list(life)
    _list(life, label)


def delivered_without_codes(life: Life, label: Label) -> None:
    by = ((life.shop.pharmacists[0], "pharmacist"),)
    listed = [{"code": "", "drug": life.drug.code, "uncoded": True, "lot": life.name}]
    groups = {"identifiers": {"supplier": "V990000", "invoice": life.name}, "codes": listed}
    life.act("stock.received", life.shop.code, by, {}, groups, label=label, wait_ms=60_000)
