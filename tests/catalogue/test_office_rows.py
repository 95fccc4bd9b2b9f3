"""Rows A over HTTP: what an office may not decide alone, nor for the past."""

from __future__ import annotations

from contracts.time import to_text
from tests.api.serving import REGULATOR
from tests.catalogue.desk import Desk


def test_a01_a_policy_with_one_signature(desk: Desk) -> None:
    officer = desk.site.ring.officers()[0].code
    body = desk.body("governance.rulebook", REGULATOR, [officer], {"version": "1", "parameters": {}})
    desk.refuse(body, REGULATOR, 403, "DUAL_CONTROL_REQUIRED", entry=True)


def test_a02_a_policy_for_the_past(desk: Desk) -> None:
    past = to_text(desk.site.clock.now_ms() - 1000)
    desk.refuse(desk.rulebook(effective_from=past), REGULATOR, 422, "POLICY_RETROACTIVE", entry=True)
