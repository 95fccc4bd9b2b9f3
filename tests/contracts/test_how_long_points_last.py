"""Points take rights for as long as the rulebook says, whoever has them."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.office import DAY
from tests.contracts.test_subjects import DEPARTMENT, HELPED, INSURED, VENDOR, register_all, tool
from tests.contracts.world import DOCTOR, H1, World, code


@pytest.mark.parametrize(("points", "days"), [((12,), 1_095), ((6, 6), 365)])
@pytest.mark.parametrize(
    ("subject", "stopped"),
    [
        (DOCTOR, ("CONSULT_IN_VAIN", "SIGNER_SUSPENDED", "SUSPENDED_EMERGENCY")),
        (H1, ("CONSULT_IN_VAIN", "ORG_SUSPENDED")),
        (DEPARTMENT, ("DEPARTMENT_SUSPENDED", "SUSPENDED_EMERGENCY")),
        (INSURED, ("INSURED_OFFLINE",)),
        (VENDOR, ("TOOL_UNREGISTERED",)),
    ],
)
def test_points_take_rights_for_as_long_whoever_has_them(
    subject: str, stopped: tuple[str, ...], points: tuple[int, ...], days: int
) -> None:
    world = World()
    for key, value in world.state.items():
        world.state[key] = value.replace(b"2027-12-31", b"2031-12-31")
    register_all(world)
    tool(world, valid_to="2031-12-31")
    given = [{"id": f"{place}", "at": world.now_ms, "left": one} for place, one in enumerate(points)]
    world.put(keys.scores(subject), {"events": given})
    begun = world.now_ms
    for last in (True, False):
        world.now_ms = begun + days * DAY * 1000 - (DAY * 1000 if last else 0)
        told = _a_day(world)
        assert [one for one in stopped if one in told] == (list(stopped) if last else [])


def _a_day(world: World) -> set[str]:
    """Return every code of a day on which a doctor writes with a tool's help and the patient buys."""
    world.open_duties()
    opened = world.open_consultation()
    told = set(world.last.codes) if world.last else set()
    world.wait(360)
    after = world.close_consultation(opened)
    told |= set(world.issue(opened, after, origin=HELPED).codes)
    emergency = {"medical_type": "13", "long_term": False}
    told |= set(world.issue(opened, after, clinical=emergency, line={"days": "3"}).codes)
    world.receive([code("8990002", world.count)])
    return told | set(world.sell(world.ready(), [code("8990002", world.count - 1)]).codes)
