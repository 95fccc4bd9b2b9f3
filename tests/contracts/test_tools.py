"""What a hospital says of a tool does not make its vendor or its fee any better (S13, S14)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.test_subjects import HELPED, USED, VENDOR, measure, points, strict, tool
from tests.contracts.world import World

RIVAL = "V990000000002"


@pytest.fixture
def world() -> World:
    return World()


def _helped(world: World, **changed: Any) -> tuple[str, ...]:
    """A prescription with this tool; None leaves a member out."""
    used = {name: value for name, value in {**USED, **changed}.items() if value is not None}
    return world.issue(origin={**HELPED, "assist": [used]}).codes


@pytest.mark.parametrize("version", ["1.2", "9.9", None])
def test_a_tool_paid_by_the_prescription_helps_nobody_whatever_the_rulebook_asks(
    world: World, version: str | None
) -> None:
    """The fee was looked at only where the rulebook lets no unregistered tool help."""
    tool(world, fee="per_prescription")
    assert _helped(world, version=version) == ("TOOL_UNREGISTERED",)


@pytest.mark.parametrize("version", ["9.9", None])
@pytest.mark.parametrize("stop", ["freeze", "suspend"])
def test_a_stopped_vendors_tool_does_not_pass_without_its_version(
    world: World, stop: str, version: str | None
) -> None:
    """Who left the version out, or wrote one that nobody registered, went on with a frozen vendor's tool."""
    tool(world)
    assert _helped(world, version=version) == ("ASSIST_DECLARED",)
    if stop == "suspend":
        points(world, VENDOR)
    else:
        measure(world, "freeze", subject=VENDOR, scope="all", until="2026-03-09T00:00:00Z")
    assert _helped(world, version=version)[0] == "TOOL_UNREGISTERED"
    assert _helped(world, version=version, device_registration="国械注准20263210009") == ("ASSIST_DECLARED",)


@pytest.mark.parametrize("fee", ["none", "licence", "per_use"])
def test_other_fees_are_no_matter_of_prescriptions(world: World, fee: str) -> None:
    tool(world, fee=fee)
    assert _helped(world) == ("ASSIST_DECLARED",)


def test_a_version_that_is_named_is_judged_by_itself(world: World) -> None:
    """The old version was paid by the prescription, the new one is not; left out, the new one is meant."""
    tool(world, fee="per_prescription")
    tool(world, version="2")
    assert _helped(world)[0] == "TOOL_UNREGISTERED"
    assert [_helped(world, version=version) for version in ("2", None)] == [("ASSIST_DECLARED",)] * 2


def test_where_tools_are_registered_only_a_version_is_named(world: World) -> None:
    """That one of another version is meant helps nobody there."""
    strict(world)
    tool(world)
    assert _helped(world) == ("ASSIST_DECLARED",)
    assert [_helped(world, version=version)[0] for version in ("9.9", None)] == ["TOOL_UNREGISTERED"] * 2


@pytest.mark.parametrize("version", ["1.2", None])
def test_a_tool_is_not_named_as_a_rivals(world: World, version: str | None) -> None:
    """A hospital could name whom it liked: a case against the tool would have met a competitor."""
    tool(world)
    assert _helped(world, version=version, vendor_code=RIVAL) == ("TOOL_CONTRADICTS",)
    assert world.last is not None
    [finding] = [one for one in world.last.findings if one.code == "TOOL_CONTRADICTS"]
    assert (finding.class_, finding.told) == (
        "DATA_QUALITY",
        {"member": "vendor_code", "pointer": "/origin/assist/0/vendor_code", "proposed": VENDOR},
    )


@pytest.mark.parametrize("vendor_code", [VENDOR, VENDOR.lower(), f" {VENDOR}", None, "无", ""])
def test_the_tools_own_vendor_or_none_is_named(world: World, vendor_code: str | None) -> None:
    tool(world)
    assert _helped(world, vendor_code=vendor_code) == ("ASSIST_DECLARED",)


def test_of_a_tool_that_nobody_registered_no_vendor_is_known(world: World) -> None:
    tool(world, device_registration="国械注准20263210002")
    assert _helped(world, vendor_code=RIVAL) == ("ASSIST_DECLARED",)


def test_each_tool_has_the_vendor_of_its_own_version(world: World) -> None:
    tool(world)
    tool(world, version="2", vendor=RIVAL)
    assert _helped(world, vendor_code=VENDOR) == ("ASSIST_DECLARED",)
    assert _helped(world, version="2", vendor_code=RIVAL) == ("ASSIST_DECLARED",)
    assert _helped(world, vendor_code=RIVAL)[0] == "TOOL_CONTRADICTS"
