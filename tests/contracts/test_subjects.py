"""Tools and vendors (S2, S13, S14), departments and insured persons as subjects of measures (S29)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import standing_view
from contracts.decision import Decision
from tests.contracts.office import EMERGENCY, score
from tests.contracts.world import (
    H1,
    H2,
    METFORMIN,
    OFFICERS,
    P1,
    PATIENT,
    PATIENT2,
    REGULATOR,
    YS1,
    World,
    code,
)

PACK, OTHER = code("8990002", 1), code("8990002", 2)
REGISTRATION = "国械注准20263210001"
USED = {"kind": "dose_check", "tool": "T", "version": "1.2", "device_registration": REGISTRATION}
HELPED = {"authorship": "human_with_assist", "assist": [USED]}
DEPARTMENT, INSURED, VENDOR = "K990000000001", "B990000000001", "V990000000001"


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([PACK, OTHER])
    return made


def office(world: World, type_: str, disclosures: Any = None, **members: Any) -> Decision:
    return world.act(type_, REGULATOR, OFFICERS[:1], members, disclosures)


def tool(world: World, **changed: Any) -> Decision:
    members = {
        "code": "T1",
        "version": "1.2",
        "kinds": ["dose_check"],
        "device_registration": REGISTRATION,
        "vendor": VENDOR,
        "vendor_name": "快方科技",
        "fee": "licence",
        "valid_from": "2026-03-02",
        "valid_to": "2026-03-02",
        **changed,
    }
    return office(world, "registry.tool", **members)


def measure(world: World, type_: str, **members: Any) -> Decision:
    return world.act(f"governance.{type_}", REGULATOR, OFFICERS, {"reason": "数据核查", **members})


def points(world: World, subject: str, amount: int = 9) -> Decision:
    return score(world, amount, subject)


def register_all(world: World) -> None:
    assert office(world, "registry.department", code=DEPARTMENT, organisation=H1, name="内分泌科").codes == ()
    patient = {"identity": {"name": "白芷若", "certificate_number": PATIENT}}
    assert office(world, "registry.insured", patient, code=INSURED).codes == ()


# -- tools ------------------------------------------------------------------------------------


def strict(world: World) -> None:
    parameters = {"tools_registered_only": 1}
    members = {"version": "1", "parameters": parameters}
    assert world.act("governance.rulebook", REGULATOR, OFFICERS, members).codes == ()


def test_a_registered_tool_may_help_and_an_unregistered_one_may_not(world: World) -> None:
    assert world.issue(origin=HELPED).codes == ("ASSIST_DECLARED",)
    strict(world)
    assert world.issue(origin=HELPED).codes[0] == "TOOL_UNREGISTERED"
    assert tool(world).codes == ()
    assert world.issue(origin=HELPED).codes == ("ASSIST_DECLARED",)
    assert world.issue().codes == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "1.3"},
        {"device_registration": "国械注准20263210002"},
        {"kinds": ["translation"]},
        {"fee": "per_prescription"},
        {"valid_from": "2026-03-03", "valid_to": "2026-03-03"},
        {"valid_from": "2026-03-01", "valid_to": "2026-03-01"},
    ],
)
def test_a_tool_registered_otherwise_is_not_registered(world: World, changed: dict[str, Any]) -> None:
    strict(world)
    assert tool(world, **changed).codes == ()
    assert world.issue(origin=HELPED).codes[0] == "TOOL_UNREGISTERED"


@pytest.mark.parametrize("only_registered", [False, True])
@pytest.mark.parametrize("stop", ["freeze", "suspend"])
def test_a_stopped_vendors_tool_helps_nobody(world: World, only_registered: bool, stop: str) -> None:
    """The tool of a vendor that was frozen and terminated went on helping to prescribe."""
    tool(world)
    if only_registered:
        strict(world)
    assert points(world, VENDOR, 8).codes == ()
    measure(world, "freeze", subject=VENDOR, scope="drug", drug=METFORMIN, until="2026-03-09T00:00:00Z")
    assert world.issue(origin=HELPED).codes == ("ASSIST_DECLARED",)
    if stop == "suspend":
        points(world, VENDOR, 1)
    else:
        measure(world, "freeze", subject=VENDOR, scope="all", until="2026-03-09T00:00:00Z")
    assert world.issue(origin=HELPED).codes[0] == "TOOL_UNREGISTERED"
    assert world.issue().codes == (), "the doctor writes without it"


def test_another_vendors_tool_still_helps(world: World) -> None:
    strict(world)
    tool(world)
    tool(world, vendor="V990000000002", version="2")
    measure(world, "freeze", subject="V990000000002", scope="all", until="2026-03-09T00:00:00Z")
    assert world.issue(origin=HELPED).codes == ("ASSIST_DECLARED",)


def test_a_tools_registration_ends_after_it_begins(world: World) -> None:
    assert tool(world, valid_to="2026-03-01").codes == ("TIME_ORDER",)


def test_a_case_may_be_opened_against_a_vendor(world: World) -> None:
    """The vendor of a machine that writes prescriptions is referred with its contract facts (S13)."""
    case = {"subject": VENDOR, "rules": ["AUTHOR-7"], "evidence": [], "due": "2026-04-02T00:00:00Z"}
    assert measure(world, "case", **case).codes == ("CODE_UNKNOWN",)
    tool(world, fee="per_prescription")
    assert measure(world, "case", **case).codes == ()
    assert points(world, VENDOR).codes == ()
    shown = standing_view(VENDOR, world.now_ms, world.read)
    assert shown is not None and (shown["kind"], shown["status"]) == ("vendor", "suspended")


def test_a_vendor_that_registered_no_tool_answers_for_it_without_an_invented_one(world: World) -> None:
    """The criminal one never comes to register: its case was refused until an officer made up a tool."""
    strict(world)
    case = {"subject": VENDOR, "rules": ["AUTHOR-6"], "evidence": [], "due": "2026-04-02T00:00:00Z"}
    assert measure(world, "case", **case).codes == ("CODE_UNKNOWN",)
    assert office(world, "registry.vendor", code=VENDOR, name="黑科技", reason="举报").codes == ()
    assert measure(world, "case", **case).codes == ()
    opened = {"case": world.facts_of_last.statement_id}
    assert measure(world, "referral", **opened, to="公安机关", package="0" * 64).codes == ()
    until = "2026-03-09T00:00:00Z"
    assert measure(world, "freeze", subject=VENDOR, scope="all", until=until).codes == ()
    assert points(world, VENDOR).codes == ()
    shown = standing_view(VENDOR, world.now_ms, world.read)
    assert shown is not None and (shown["kind"], shown["status"]) == ("vendor", "suspended")


def test_the_registration_of_a_vendor_registers_no_tool(world: World) -> None:
    """What it sells helps nobody, frozen or not; what it registers itself later does."""
    strict(world)
    office(world, "registry.vendor", code=VENDOR, name="快方科技", reason="举报")
    assert world.issue(origin=HELPED).codes[0] == "TOOL_UNREGISTERED"
    tool(world)
    assert world.issue(origin=HELPED).codes == ("ASSIST_DECLARED",)
    office(world, "registry.vendor", code=VENDOR, name="快方科技二", reason="更名")
    assert world.issue(origin=HELPED).codes == ("ASSIST_DECLARED",), "nor does it take one away"


def test_only_an_officer_of_the_regulator_registers_a_vendor(world: World) -> None:
    members = {"code": VENDOR, "name": "黑科技", "reason": "举报"}
    for organisation, signers in ((P1, (YS1,)), (REGULATOR, (YS1,)), (P1, OFFICERS[:1])):
        found = world.act("registry.vendor", organisation, signers, members)
        assert {"ROLE_FORBIDDEN", "ORG_SCOPE"} & set(found.codes), (organisation, signers)
    assert standing_view(VENDOR, world.now_ms, world.read) is None


# -- departments ------------------------------------------------------------------------------


def test_a_suspended_department_issues_nothing_but_emergencies(world: World) -> None:
    register_all(world)
    assert points(world, DEPARTMENT, 8).codes == ()
    assert world.issue().codes == ()
    points(world, DEPARTMENT, 1)
    assert world.issue().codes == ("DEPARTMENT_SUSPENDED",)
    assert world.issue(**EMERGENCY).codes == ("SUSPENDED_EMERGENCY",)
    long = {"medical_type": "13", "long_term": True}
    assert world.issue(clinical=long).codes == ("DEPARTMENT_SUSPENDED",)


@pytest.mark.parametrize(("further", "codes"), [(3, ()), (4, ("DEPARTMENT_SUSPENDED",))])
def test_a_department_of_the_lowest_grade_issues_nothing_but_emergencies(
    world: World, further: int, codes: tuple[str, ...]
) -> None:
    """Eleven points of two years are grade D, twelve grade E, and no year's sum suspends anybody."""
    register_all(world)
    world.now_ms -= 200 * 86_400_000
    points(world, DEPARTMENT, 8)
    world.now_ms += 200 * 86_400_000
    points(world, DEPARTMENT, further)
    assert world.issue().codes == codes
    assert world.issue(**EMERGENCY).outcome == "accepted"


def test_a_department_of_the_same_name_elsewhere_is_another(world: World) -> None:
    office(world, "registry.department", code=DEPARTMENT, organisation=H2, name="内分泌科")
    points(world, DEPARTMENT)
    assert world.issue().codes == ()


def test_a_department_belongs_to_a_registered_institution(world: World) -> None:
    found = office(world, "registry.department", code=DEPARTMENT, organisation="H99", name="内分泌科")
    assert found.codes == ("CODE_UNKNOWN",)


def test_a_frozen_department_issues_nothing(world: World) -> None:
    register_all(world)
    until = {"until": "2026-03-09T00:00:00Z", "scope": "all"}
    assert measure(world, "freeze", subject=DEPARTMENT, **until).codes == ()
    assert world.issue().codes == ("STATE_FROZEN",)


# -- insured persons --------------------------------------------------------------------------


def test_a_suspended_insured_person_pays_first_and_gets_the_drug(world: World) -> None:
    register_all(world)
    points(world, INSURED)
    decision = world.sell(world.ready(), [PACK], settlement="S1")
    assert (decision.outcome, decision.codes) == ("accepted", ("INSURED_OFFLINE",))
    assert decision.findings[0].class_ == "NOTICE"
    told = {"identifiers": {"setl_id": "S1"}, "codes": [{"code": PACK}]}
    settled = world.act("settlement.reported", P1, (YS1,), {"rx": world.facts_of_last.payload["rx"]}, told)
    assert settled.codes == ("INSURED_OFFLINE",)
    assert world.sell(world.ready(patient=PATIENT2), [OTHER]).codes == ()


@pytest.mark.parametrize(("given", "codes"), [(8, ()), (9, ("INSURED_OFFLINE",))])
def test_an_insured_person_with_eight_points_still_settles_at_once(
    world: World, given: int, codes: tuple[str, ...]
) -> None:
    register_all(world)
    points(world, INSURED, given)
    assert world.sell(world.ready(), [PACK]).codes == codes


def test_a_frozen_insured_person_buys_nothing_but_is_still_treated(world: World) -> None:
    register_all(world)
    rx = world.ready()
    measure(world, "freeze", subject=INSURED, scope="all", until="2026-03-09T00:00:00Z")
    decision = world.sell(rx, [PACK])
    assert decision.codes == ("STATE_FROZEN",)
    assert decision.findings[0].told == {}, "no shop is to learn what its customer is charged with"
    assert world.issue().codes == ()


def test_nothing_public_says_which_patient_a_code_stands_for(world: World) -> None:
    register_all(world)
    public = {key: value for key, value in world.state.items() if key.startswith("pub/")}
    shown = standing_view(INSURED, world.now_ms, world.read)
    assert shown is not None and (shown["kind"], shown["grade"]) == ("insured", "A")
    assert not any(PATIENT in f"{key}{value!r}" for key, value in public.items())


def test_an_insured_person_is_registered_by_a_number(world: World) -> None:
    found = office(world, "registry.insured", {"identity": {"name": "白芷若"}}, code=INSURED)
    assert found.codes == ("PLACEHOLDER_IDENTITY",)
    wrong = {"identity": {"name": "白芷若", "certificate_number": PATIENT[:-1] + "0"}}
    assert office(world, "registry.insured", wrong, code=INSURED).codes == ("ID_CHECKSUM",)
