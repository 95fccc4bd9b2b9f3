"""The national pack asks for what national law asks: R3, R4, R14 and S14, and stops nobody's honest care."""

from __future__ import annotations

from typing import Any

import pytest

from api.command.rulebook import load
from contracts import keys
from tests.contracts.world import DOCTOR, METFORMIN, World
from tests.knowledge.test_rule_packs import PACKS, world_under

NATIONAL = "national-2025"
GUARDED: dict[str, Any] = {"age": "4.0", "identity": {"guardian": {"name": "白母", "relation": "mother"}}}
CHECKER = {
    "kind": "interaction_check",
    "tool": "RxCheck",
    "version": "2",
    "vendor_code": "V9",
    "device_registration": "国械注准9",
    "output_commit": "ab" * 32,
    "edits": 0,
}

# Illnesses that R3 means: of heart and vessels, metabolism, lungs, bowels and liver; cancer, blood, kidneys,
# tuberculosis and HIV; of mind and nerves, eyes, joints and bones, skin; after a transplant; in pregnancy.
CHRONIC = """
I10.x00 I25.103 I21.900 I50.900x018 I48.x01 I63.900 I69.300 E10.900 E11.900 E03.900 E78.500 M10.900 E66.900
J44.900 J45.900 J30.400 J84.100 J47.x00 J96.100 B18.100 K74.600 K50.900 K51.900 K21.900 K76.000
C34.900 D45.x00 D46.900 D69.300 D50.900 N18.900 N04.900 N40.x00 A15.000 B20.900 B24.x01 Z21.x00
F20.900 F32.900 F41.900 F51.000 F90.000 G20.x00 G30.900 G40.900 G35.x00 G70.000 G43.900 H40.900 H35.300
M05.900 M06.900 M45.x00 M81.900 M17.900 M32.900 L40.000 L20.900 L80.x00 Z94.000 Z95.500 Z99.200 Q96.900
N80.900 E28.200 O10.000 O24.400 O99.200 R52.200 R73.900 Q21.000
""".split()  # noqa: SIM905 - a list of codes reads best as text
PASSING = """
J06.900 J00.x00 J02.900 J03.900 J11.100 J18.900 J20.900 J40.x00 A09.900 K52.900 K35.800 N39.000 N30.000
R51.x00 R05.x00 R50.900 R10.400 S93.400 T14.900 H10.300 H66.000 L50.900 L03.900 B01.900 B02.900 I40.900
O20.000 Z00.000 Z30.000 I33.000 G00.900 K29.100
""".split()  # noqa: SIM905


def _long(world: World, *diagnoses: str, days: str = "28") -> tuple[str, ...]:
    told = {"diagnoses": [{"code": one} for one in diagnoses], "business_type": "01"}
    return world.issue(clinical=told, line={"days": days}).codes


@pytest.fixture(scope="module")
def listed() -> tuple[str, ...]:
    return tuple(load(NATIONAL)["parameters"]["long_term_diagnoses"])


@pytest.mark.parametrize("illness", CHRONIC)
def test_a_chronic_illness_is_on_the_national_list(listed: tuple[str, ...], illness: str) -> None:
    """Whom it leaves out must come every week, and a doctor who is right is refused."""
    assert illness.upper().startswith(listed)


@pytest.mark.parametrize("illness", PASSING)
def test_what_passes_in_days_is_not_on_the_national_list(listed: tuple[str, ...], illness: str) -> None:
    assert not illness.upper().startswith(listed)


def test_no_beginning_on_the_national_list_says_what_another_said(listed: tuple[str, ...]) -> None:
    others = ((one, other) for one in listed for other in listed if one != other)
    assert not [pair for pair in others if pair[0].startswith(pair[1])]
    assert len(set(listed)) == len(listed)


def test_under_the_national_pack_a_cold_is_not_treated_for_four_weeks() -> None:
    world = world_under(NATIONAL)
    assert _long(world, "J06.900") == ("RX_DAYS_LIMIT",)
    assert _long(world, "J06.900", days="7") == ()
    assert _long(world, "J06.900", "I10.x00") == ()
    assert _long(world, "BNX080") == (), "Chinese medicine has its own names of chronic illnesses"


@pytest.mark.parametrize(
    ("cold", "days", "codes"), [(1, "7", ()), (1, "8", ("RX_DAYS_LIMIT",)), (0, "28", ())]
)
def test_under_the_national_pack_what_is_stored_specially_is_never_long(
    cold: int, days: str, codes: tuple[str, ...]
) -> None:
    """R4 names what storage asks more of; where an area decides otherwise for insulins, its pack says 0."""
    world = world_under(NATIONAL)
    key = keys.drug("part", METFORMIN)
    world.put(key, {**world.record(key), **({"special_storage": True} if cold else {})})
    assert _long(world, "E11.900", days=days) == codes


@pytest.mark.parametrize(
    ("department", "codes"),
    [
        ("内分泌科", ("PEDIATRIC_SPECIALIST_MISSING",)),
        ("心血管内科", ("PEDIATRIC_SPECIALIST_MISSING",)),
        ("A03.06", ("PEDIATRIC_SPECIALIST_MISSING",)),
        *((one, ()) for one in ("儿科", "小儿内分泌科", "新生儿科", "儿童保健科", "A07.11")),
        *((one, ()) for one in ("中医儿科", "A50.04", "眼科", "耳鼻咽喉科", "口腔科", "皮肤性病科", "A13")),
    ],
)
def test_under_the_national_pack_a_small_child_online_has_a_specialist(
    department: str, codes: tuple[str, ...]
) -> None:
    """R14: medicine and surgery are parted by age; eyes, ears, teeth and skin are not, and see children."""
    world = world_under(NATIONAL)
    key = keys.licence(DOCTOR)
    world.put(key, {**world.record(key), "scope": [department]})
    assert world.issue(clinical={"department": department}, **GUARDED).codes == codes


@pytest.mark.parametrize("registered", [False, True])
def test_under_the_national_pack_an_unregistered_tool_helps_nobody(registered: bool) -> None:
    world = world_under(NATIONAL)
    assist = {"authorship": "human_with_assist", "assist": [CHECKER]}
    if registered:
        known = {"vendor": "V9", "kinds": [CHECKER["kind"]], "fee": "licence"}
        year = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
        world.put(keys.tool("国械注准9", "2"), {**known, **year})
        world.put(keys.tool("国械注准9", ""), {**known, **year})
    assert ("TOOL_UNREGISTERED" in world.issue(origin=assist).codes) is not registered


@pytest.mark.parametrize(
    ("confirmed", "codes"),
    [({}, ("SEX_AGE_UNCONFIRMED",)), ({"diagnosis_confirmed": "已核对"}, ("RX_DAYS_LIMIT",))],
)
def test_a_slip_of_a_drop_down_is_corrected_and_no_violation_of_the_days(
    confirmed: dict[str, str], codes: tuple[str, ...]
) -> None:
    """S44: at 70 nobody has 试管内受精; who meant the gullet had broken the limit of days."""
    world = world_under(NATIONAL)
    clinical = {"diagnoses": [{"code": "Z31.200"}], "business_type": "01", **confirmed}
    assert world.issue(clinical=clinical, line={"days": "28"}).codes == codes
    meant = {**clinical, "diagnoses": [{"code": "K22.900"}]}
    assert world.issue(clinical=meant, line={"days": "28"}).codes == ()


def test_the_quantity_of_a_cold_that_calls_itself_long_is_capped_at_the_counter() -> None:
    world = world_under(NATIONAL)
    line = {"quantity": "3", "days": "7"}
    for illness, codes in (("J06.900", ("SUPPLY_QUANTITY",)), ("E11.900", ())):
        clinical = {"business_type": "01", "diagnoses": [{"code": illness}]}
        rx = world.ready(clinical=clinical, line=line)
        assert world.sell(rx, PACKS).codes == codes
