"""A decoction is one medicine of many herbs: the five drugs of R7 are those of Western prescriptions."""

from __future__ import annotations

import pytest

from contracts import keys
from tests.contracts.world import World, drug

HERBS = [f"T{number:02d}" for number in range(12)]
TABLETS = [f"XZ{number}" for number in range(6)]


@pytest.fixture
def world() -> World:
    made = World()
    for number, code in enumerate((*HERBS, *TABLETS)):
        class_ = "tcm_slices" if code in HERBS else "ordinary"
        made.put(keys.drug("part", code), drug(code, f"8991{number:03d}", 10, "g", **{"class": class_}))
    return made


def _codes(world: World, *drugs: str, business: str = "02") -> tuple[str, ...]:
    lines = [World.line(drug=code, days="5", unit="g") for code in drugs]
    return world.issue(lines=lines, clinical={"business_type": business}).codes


def test_a_decoction_of_a_dozen_herbs_is_no_breach(world: World) -> None:
    """Every doctor of Chinese medicine was refused with a VIOLATION for what each decoction is."""
    assert _codes(world, *HERBS) == ()


@pytest.mark.parametrize(("tablets", "codes"), [(5, ()), (6, ("RX_DRUGS_LIMIT",))])
def test_drugs_beside_herbs_are_counted_as_before(
    world: World, tablets: int, codes: tuple[str, ...]
) -> None:
    assert _codes(world, *HERBS, *TABLETS[:tablets]) == codes


def test_granules_of_herbs_are_herbs(world: World) -> None:
    """They never go online; at the counter a prescription of them has as many."""
    for code in HERBS:
        record = world.record(keys.drug("part", code))
        world.put(keys.drug("part", code), {**record, "class": "tcm_granules"})
    assert _codes(world, *HERBS, business="01") == ()
