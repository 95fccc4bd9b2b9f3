"""Care at a distance: shadow links (S16), the regions that an institution serves (S17)."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from contracts.errors import Rejected
from contracts.types import TYPES
from tests.contracts.world import (
    DOCTOR,
    DOCTOR2,
    H1,
    H2,
    OFFICERS,
    PATIENT,
    REGULATOR,
    World,
    code,
    drug,
)

APP = "APP-1"
REFUSED = ("CHANNEL_UNREGISTERED",)


@pytest.fixture
def world() -> World:
    return World()


def register(world: World, hospital: str = H1, **changed: Any) -> Decision:
    window = {"valid_from": "2026-03-02", "valid_to": "2026-03-02"}
    members = {"code": APP, "organisation": hospital, "name": "小程序", **window, **changed}
    return world.act("registry.channel", REGULATOR, OFFICERS[:1], members)


def require(world: World, **parameters: Any) -> None:
    members = {"version": "1", "parameters": {"channels_required": 1, **parameters}}
    world.act("governance.rulebook", REGULATOR, OFFICERS, members)


def opened(world: World, channel: str = APP, **given: Any) -> tuple[str, ...]:
    world.open_consultation(channel=channel, **given)
    assert world.last is not None
    return world.last.codes


def test_a_registered_channel_carries_a_whole_purchase(world: World) -> None:
    require(world)
    world.open_duties()
    pack = code("8990002", 1)
    world.receive([pack])
    assert register(world).codes == ()
    consultation, after = world.consult(channel=APP)
    rx = world.ready(consultation=consultation, after=after)
    assert world.sell(rx, [pack]).codes == ()


@pytest.mark.parametrize("required", [False, True])
def test_a_channel_that_nobody_registered_is_refused_required_or_not(world: World, required: bool) -> None:
    if required:
        require(world)
    register(world)
    assert opened(world, "WECHAT-GROUP") == REFUSED
    assert opened(world) == ()


def test_the_channel_of_another_hospital_is_refused(world: World) -> None:
    register(world, H2)
    assert opened(world) == REFUSED
    assert opened(world, doctor=DOCTOR2, hospital=H2) == ()


def test_a_platform_of_two_hospitals_is_registered_for_each_and_ends_for_each(world: World) -> None:
    register(world)
    register(world, H2, valid_from="2026-01-01", valid_to="2026-03-01")
    assert opened(world) == ()
    assert opened(world, doctor=DOCTOR2, hospital=H2) == REFUSED


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        ({"valid_from": "2026-03-02", "valid_to": "2026-03-02"}, ()),
        ({"valid_from": "2026-03-03", "valid_to": "2026-12-31"}, REFUSED),
        ({"valid_from": "2026-01-01", "valid_to": "2026-03-01"}, REFUSED),
    ],
)
def test_a_channel_is_open_from_its_first_to_its_last_day(
    world: World, days: dict[str, str], codes: tuple[str, ...]
) -> None:
    register(world, **days)
    assert opened(world) == codes


def test_a_later_registration_ends_a_channel(world: World) -> None:
    register(world)
    register(world, valid_from="2026-01-01", valid_to="2026-03-01")
    assert opened(world) == REFUSED


def test_without_a_channel_only_where_none_is_required(world: World) -> None:
    assert opened(world, "") == ()
    require(world)
    assert opened(world, "") == REFUSED
    assert opened(world, "", mode="counter") == ()


def test_what_no_registered_channel_carried_is_never_dispensed(world: World) -> None:
    """The check of row S16: a private link, then everything that somebody could try with it."""
    require(world)
    world.open_duties()
    world.receive([code("8990002", 1)])
    consultation, after = world.consult(channel="WECHAT-GROUP")
    assert keys.consultation(consultation) not in world.state
    issued = world.issue(consultation, after)
    assert (issued.outcome, issued.codes[0]) == ("refused", "CONSULT_NOT_OPEN")
    rx = world.last_id
    assert world.claim(rx).codes == ("RX_NOT_FOUND",)
    sold = world.sell(rx, [code("8990002", 1)])
    assert sold.outcome == "refused" and "RX_NOT_FOUND" in sold.codes


def test_a_counter_is_no_way_round_a_required_channel(world: World) -> None:
    require(world)
    consultation, after = world.consult(mode="counter")
    assert world.issue(consultation, after).codes == REFUSED
    consultation, after = world.consult(mode="counter")
    assert world.issue(consultation, after, clinical={"business_type": "01"}).codes == ()


def test_a_counter_with_a_registered_channel_may_end_online(world: World) -> None:
    require(world)
    register(world)
    consultation, after = world.consult(mode="counter", channel=APP)
    assert world.issue(consultation, after).codes == ()


def test_a_counter_is_no_matter_where_no_channel_is_required(world: World) -> None:
    consultation, after = world.consult(mode="counter")
    assert world.issue(consultation, after).codes == ()


def test_what_online_means_is_the_rulebooks(world: World) -> None:
    require(world, business_types_online=["01"])
    consultation, after = world.consult(mode="counter")
    assert world.issue(consultation, after).codes == ()


def test_a_consultation_without_channel_is_judged_by_the_rules_of_its_time(world: World) -> None:
    consultation, after = world.consult()
    require(world)
    assert world.issue(consultation, after).codes == ()


def test_care_that_began_through_a_channel_is_finished_after_its_last_day(world: World) -> None:
    register(world)
    world.wait(15 * 3600)  # local 23:00 of the last day
    consultation = world.open_consultation(channel=APP)
    world.wait(3600)
    after = world.close_consultation(consultation)
    assert world.issue(consultation, after).codes == ()
    assert opened(world) == REFUSED


@pytest.mark.parametrize(("named", "codes"), [(APP, ()), ("APP-2", REFUSED)])
def test_the_close_and_the_prescription_name_no_other_channel(
    world: World, named: str, codes: tuple[str, ...]
) -> None:
    register(world)
    register(world, code="APP-2")
    numbers = {"identifiers": {"hiRxno": "9", "channel": named}}
    consultation, after = world.consult(channel=APP)
    assert world.issue(consultation, after, disclosures=numbers).codes == codes
    consultation = world.open_consultation(channel=APP)
    assert closed(world, consultation, named).codes == codes


def test_a_close_does_not_bring_a_channel_to_a_consultation_that_had_none(world: World) -> None:
    register(world)
    assert closed(world, world.open_consultation(), APP).codes == REFUSED


def closed(world: World, consultation: str, channel: str) -> Decision:
    counts = {"doctor_turns": 1, "patient_turns": 1, "unread_patient_messages": 0}
    clinical = {**counts, "drug_chosen_before_consultation": False}
    disclosures = {"identifiers": {"channel": channel}, "clinical": clinical}
    members = {"consultation": consultation, "doctor": DOCTOR}
    return world.act("consultation.closed", H1, (DOCTOR,), members, disclosures)


def test_an_unknown_channel_is_a_suspicion_and_no_violation(world: World) -> None:
    world.open_consultation(PATIENT, channel="TYPING-ERROR")
    assert world.last is not None
    assert world.last.findings[0].class_ == "SUSPICION"


def test_a_hospital_does_not_register_its_own_channels(world: World) -> None:
    window = {"valid_from": "2026-03-02", "valid_to": "2026-03-02"}
    members = {"code": APP, "organisation": H1, "name": "小程序", **window}
    found = world.act("registry.channel", H1, (DOCTOR,), members)
    assert {"ROLE_FORBIDDEN", "ORG_SCOPE"} <= set(found.codes)
    assert opened(world) == REFUSED


def test_a_channel_of_an_unknown_hospital_is_not_registered(world: World) -> None:
    assert register(world, "H0").codes == ("CODE_UNKNOWN",)


def test_a_channel_ends_after_it_begins(world: World) -> None:
    assert register(world, valid_to="2026-03-01").codes == ("TIME_ORDER",)


# -- the region (S17) --------------------------------------------------------------------------------

GRANULES = "XT00AAA001"
SICHUAN, GUANGDONG = "51", "44"


def register_hospital(world: World, *regions: str, modes: tuple[str, ...] = ("internet",)) -> Decision:
    window = {"valid_from": "2025-01-01", "valid_to": "2027-12-31"}
    place = {"site": "510700", "latitude_microdegrees": 31_467_000, "longitude_microdegrees": 104_679_000}
    members = {
        "code": H1,
        "name": "绵阳门诊部",
        "role": "hospital",
        "licence": "L",
        "service_modes": list(modes),
        **window,
        **place,
        **({"regions": list(regions)} if regions else {}),
    }
    return world.act("registry.organisation", REGULATOR, OFFICERS[:1], members)


def test_the_clinic_of_mianyang_hears_three_reasons_in_one_answer(world: World) -> None:
    """The check of row S17: no internet service registered, another province, granules by mail."""
    register_hospital(world, SICHUAN, modes=())
    world.put(keys.drug("part", GRANULES), drug(GRANULES, "8990009", 10, "袋", **{"class": "tcm_granules"}))
    line = {"drug": GRANULES, "unit": "袋", "dose": "1", "dose_unit": "袋"}
    found = world.issue(line=line, region=GUANGDONG)
    assert found.outcome == "refused"
    assert [one.rule for one in found.findings] == ["LICENCE-5", "LICENCE-6", "CLINICAL-6"]
    assert found.codes == ("ORG_SCOPE", "DRUG_ONLINE_FORBIDDEN")


@pytest.mark.parametrize(
    ("regions", "region", "refused"),
    [
        ((SICHUAN,), SICHUAN, False),
        ((SICHUAN,), GUANGDONG, True),
        ((SICHUAN, GUANGDONG), GUANGDONG, False),
        (("5107",), SICHUAN, False),
        (("440100",), SICHUAN, True),
        ((), GUANGDONG, False),
    ],
)
def test_online_a_hospital_serves_the_provinces_of_its_list(
    world: World, regions: tuple[str, ...], region: str, refused: bool
) -> None:
    register_hospital(world, *regions)
    found = world.issue(region=region)
    assert found.codes == (("ORG_SCOPE",) if refused else ())
    assert [one.rule for one in found.findings] == (["LICENCE-6"] if refused else [])


def test_a_patient_from_afar_is_treated_at_the_counter(world: World) -> None:
    register_hospital(world, SICHUAN)
    assert world.issue(region=GUANGDONG, clinical={"business_type": "01"}).codes == ()


def test_a_prescription_that_names_no_region_is_not_judged_by_it(world: World) -> None:
    register_hospital(world, SICHUAN)
    assert world.issue().codes == ()


def test_a_later_registration_without_a_list_opens_every_region(world: World) -> None:
    register_hospital(world, SICHUAN)
    register_hospital(world)
    assert world.issue(region=GUANGDONG).codes == ()


@pytest.mark.parametrize(
    ("region", "code"), [("510700", "SCHEMA_LENGTH"), ("5", "SCHEMA_LENGTH"), ("SC", "SCHEMA_TYPE")]
)
def test_a_public_region_is_a_province_and_no_more(region: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        TYPES["prescription.issued"].members["region?"].check(region)
    assert refused.value.code == code


def test_a_list_of_regions_is_never_empty() -> None:
    with pytest.raises(Rejected):
        TYPES["registry.organisation"].members["regions?"].check([])
