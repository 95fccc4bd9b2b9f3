"""State values are parsed once and shared by all acts: nobody may change one in place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts import act
from tests.contracts.world import METFORMIN, P1, World, code


def test_no_rule_and_no_effect_changes_a_record_that_other_acts_will_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: dict[bytes, Any] = {}

    def remembered(raw: bytes) -> Any:
        return parsed.setdefault(raw, json.loads(raw))

    monkeypatch.setattr(act, "_parsed", remembered)
    world = World()
    world.open_duties()
    packs = [code("8990002", number) for number in (1, 2)]
    world.receive(packs)
    rx = world.ready()
    world.sell(rx, packs[:1], settlement="S1")
    sold = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": packs[0], "line": 0}]}
    told = {**sold, "lines": [{"drug": METFORMIN, "quantity": "1", "unit": "盒"}]}
    world.act("dispensing.reported", P1, ("YS990000000001",), {"rx": rx}, told)
    world.give_back(rx, packs[:1])
    world.sell(rx, packs[:1], lines=[{"drug": METFORMIN, "quantity": "9", "unit": "片", "split": True}])
    assert len(parsed) > 20
    assert {raw: json.loads(raw) for raw in parsed} == parsed
