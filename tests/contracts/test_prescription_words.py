"""Words of a prescription that lift nothing, and letters that accuse nobody."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.quantity import DAY_MS
from contracts.time import to_text
from tests.contracts.office import rulebook
from tests.contracts.world import METFORMIN, SEMAGLUTIDE, YS1, World, code


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([code("8990002", number) for number in range(1, 9)])
    return made


def _drug(world: World, named: str, **changed: Any) -> None:
    key = keys.drug("part", named)
    world.put(key, {**world.record(key), **changed})


@pytest.mark.parametrize(
    ("class_", "long_term", "codes"),
    [
        ("ordinary", True, ()),
        ("ordinary", False, ("SUPPLY_QUANTITY",)),
        ("antimicrobial", True, ("SUPPLY_QUANTITY",)),
        ("antimicrobial", False, ("SUPPLY_QUANTITY",)),
        ("psychotropic_2", True, ("SUPPLY_QUANTITY",)),
    ],
)
def test_the_word_long_lifts_no_cap_of_what_is_never_long(
    world: World, class_: str, long_term: bool, codes: tuple[str, ...]
) -> None:
    """Fifteen boxes of an antimicrobial on a prescription for seven days that called itself long (R4)."""
    _drug(world, METFORMIN, **{"class": class_})
    clinical = {"long_term": long_term, "business_type": "01"}
    rx = world.ready(line={"quantity": "3", "days": "7"}, clinical=clinical)
    assert world.sell(rx, [code("8990002", number) for number in (1, 2, 3)]).codes == codes


@pytest.mark.parametrize(("kept_apart", "codes"), [(0, ()), (1, ("SUPPLY_EXEMPT",))])
def test_what_needs_special_storage_is_long_where_no_rulebook_forbids_it(
    world: World, kept_apart: int, codes: tuple[str, ...]
) -> None:
    """A declared reason still lifts the cap, and leaves its notice."""
    rulebook(world, long_term_storage_excluded=kept_apart)
    _drug(world, METFORMIN, special_storage=True)
    clinical = {"long_term": True, "business_type": "01"}
    rx = world.ready(line={"quantity": "3", "days": "7"}, clinical=clinical)
    until = to_text(world.now_ms + 30 * DAY_MS)[:10]
    reason = {"exemption": {"reason": "travel", "evidence": "票号 990000", "until": until}}
    packs = [code("8990002", number) for number in (1, 2, 3)]
    assert world.sell(rx, packs, disclosures=reason).codes == codes


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        *((told, ()) for told in ("e11.900", " E11.900", "Ｅ11.900", "ｅ１１．９００　", "E 11.9")),
        *((told, ("INDICATION_MISSING",)) for told in ("e66.9", " E66.900", "Ｅ66.900", "E1", "XE11.900")),
    ],
)
def test_a_code_typed_otherwise_is_no_missing_indication(
    world: World, told: str, codes: tuple[str, ...]
) -> None:
    """A diagnosis in small or full-width letters was a drug without one: a suspicion of the doctor (S48)."""
    _drug(world, SEMAGLUTIDE, indications=["E11"])
    line = {"drug": SEMAGLUTIDE, "days": "14", "unit": "支"}
    assert world.issue(line=line, clinical={"diagnoses": [{"code": told}]}).codes == codes


@pytest.mark.parametrize("told", ["o80.0", "O80.0", " O80.0", "Ｏ80.0", "　O80.0"])
def test_a_code_typed_otherwise_hides_no_birth_of_a_mans(world: World, told: str) -> None:
    clinical = {"diagnoses": [{"code": told}]}
    disclosed = {"patient": {"age": "40.0", "sex": "1"}}
    assert "SEX_AGE_IMPLAUSIBLE" in world.issue(clinical=clinical, disclosures=disclosed).codes


@pytest.mark.parametrize(
    ("age", "codes"),
    [("-0.000001", ("QTY_RANGE",)), ("0", ()), ("130.0", ()), ("130.1", ("QTY_RANGE",))],
)
def test_an_age_that_nobody_has_is_a_typing_error(world: World, age: str, codes: tuple[str, ...]) -> None:
    """Minus one was a patient's age, and so were months typed as years (S47)."""
    found = world.issue(age=age, identity={"guardian": {"name": "白母"}})
    assert found.codes == codes
    assert not codes or found.findings[0].told == {"member": "age"}


def test_an_empty_second_reviewer_is_a_missing_name_and_accuses_nobody(world: World) -> None:
    """One pharmacist was said to have filled two roles, by a field that a machine left empty."""
    rx = world.issue().leaf and world.last_id
    world.approve(rx)
    world.claim(rx)
    assert world.review(rx, pair=(YS1,), second_reviewer="").codes == ("PLACEHOLDER_IDENTITY",)
    assert world.review(rx, pair=(YS1,)).codes[0] == "DUTY_SEPARATION"
