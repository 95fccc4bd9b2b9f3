"""What the fund says in tests, and payments that stand from before it waited for the sale."""

from __future__ import annotations

from typing import Any

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import FUND_OFFICER, METFORMIN, World

FUND = "F99000000001"


def with_fund(world: World) -> World:
    """The world with a fund in it."""
    world.put(keys.organisation(FUND), {"role": "fund", "service_modes": []})
    return world


def fund_says(world: World, done: str, rx: str, number: str, *entries: str | dict[str, Any]) -> Decision:
    """The fund reports, pays ("settled") or takes back ("refunded") these codes, or packs without one."""
    listed = [one if isinstance(one, dict) else {"code": one, "drug": METFORMIN} for one in entries]
    disclosed = {"identifiers": {"setl_id": number}, "codes": listed}
    return world.act(f"settlement.{done}", FUND, (FUND_OFFICER,), {"rx": rx}, disclosed)


def paid_early(world: World, pack: str, fund: str = "settled") -> None:
    """A payment of what only a report told, as older ledgers have them."""
    key = keys.trace_code(f"t.codes.{pack}")
    record = world.record(key)
    world.put(key, {**record, "sales": [{**sale, "fund": fund} for sale in record["sales"]]})
