"""One person's number, however it is written: nobody is somebody else for a blank (D7, R18)."""

from __future__ import annotations

import pytest

from contracts import resident_number
from contracts.tagging import told_apart
from ledger.tags import TagKeys
from tests.contracts.world import PATIENT, World, code

NUMBER = "99000019491231019X"  # its check character is an X
WRITTEN = [
    "99000019491231019x",
    "990000 19491231 019X",
    "９９００００１９４９１２３１０１９Ｘ",
    "990000-19491231-019X",
    "990000.19491231.019X",
    " 99000019491231019X\u3000",
    "990000491231019",
    "990000/19491231_019X",
    "990000\u200d19491231\u202f019X",
    "990000194912310I9X,",
    "99OOOO19491231O19Х",
    "٩٩٠٠٠٠١٩٤٩١٢٣١٠١٩X",
]


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    made.receive([code("8990002", number) for number in (1, 2)])
    return made


@pytest.mark.parametrize("written", WRITTEN)
def test_a_number_has_one_form(written: str) -> None:
    assert resident_number.plain(written) == NUMBER
    assert resident_number.is_one(written) and resident_number.check_digit_fits(written)
    assert resident_number.years_on(written, 20_000) == resident_number.years_on(NUMBER, 20_000)
    assert resident_number.sex_of(written) == resident_number.sex_of(NUMBER)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("e 1234 5678", "E12345678"),
        ("H0123456-7", "H01234567"),
        ("99000049123100", "99000049123100"),  # a digit too few: no old number
        ("99000049123100A", "99000049123100A"),
        ("862233445566778", "862233445566778"),  # fifteen digits, and no day among them
        ("99OOOO19491231O18X", "99OOOO19491231O18X"),  # read as digits its last one would be wrong
        ("——", ""),
        ("", ""),
    ],
)
def test_other_documents_are_told_apart_by_letters_and_digits(written: str, plain: str) -> None:
    assert resident_number.plain(written) == plain
    assert not resident_number.is_one(written)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_host_tags_a_person_once(written: str) -> None:
    keys = TagKeys({"people": [b"p" * 32], "codes": [b"c" * 32]})
    [tag] = keys.tag("people", NUMBER)
    assert keys.tag("people", written)[0] == tag
    assert len(keys.tag("people", written)) == 2, "and as it was written, for records of before"
    assert keys.tag("codes", "a b") != keys.tag("codes", "ab"), "other numbers are what they are"
    assert told_apart("codes", "a b") == ("a b",)


def test_what_was_bought_under_a_number_as_written_still_covers(world: World) -> None:
    """Records of before stand under the number with its blank: nobody buys twice for their sake."""
    rx = world.ready(patient=NUMBER.lower())
    assert world.sell(rx, [code("8990002", 1)]).codes == ()
    supply = [key for key in world.state if f"t.people.{NUMBER}" in key and "supply" in key]
    for key in supply:
        world.state[key.replace(NUMBER, NUMBER.lower())] = world.state.pop(key)
    again = world.ready(patient=NUMBER.lower())
    assert supply and world.sell(again, [code("8990002", 2)]).codes == ("SUPPLY_COVERED",)


@pytest.mark.parametrize("written", ["--", "——", "。", "…"])
def test_punctuation_is_nobodys_number(world: World, written: str) -> None:
    """Two strangers with a dash for a number were one patient."""
    found = world.issue(patient=written)
    assert found.codes[0] == "PLACEHOLDER_IDENTITY"


@pytest.mark.parametrize("written", WRITTEN)
def test_the_covered_period_is_not_dodged_by_writing_the_number_otherwise(world: World, written: str) -> None:
    """A full stop in the card number, and the same tablets were bought again the same day."""
    rx = world.ready(patient=NUMBER)
    assert world.sell(rx, [code("8990002", 1)]).codes == ()
    again = world.ready(patient=written)
    assert world.sell(again, [code("8990002", 2)]).codes == ("SUPPLY_COVERED",)


def test_a_small_x_at_the_prescription_is_no_other_patient(world: World) -> None:
    """Opened for X, written for x: the doctor had violated the consultation's binding."""
    seen = world.consult(patient=NUMBER)
    assert world.issue(*seen, patient=NUMBER.lower()).codes == ()


def test_a_guardian_is_not_the_child_with_blanks(world: World) -> None:
    told = {"guardian": {"certificate_number": "990000 19491231 019X"}}
    found = world.issue(patient=NUMBER, age="4.0", identity=told)
    assert "PEDIATRIC_GUARDIAN_MISSING" in found.codes


def test_a_number_that_was_written_plainly_keeps_its_tag() -> None:
    """Numbers that were written plainly have the tags that they had: nothing in state moves."""
    keys = TagKeys({"people": [b"p" * 32], "codes": [b"c" * 32]})
    assert told_apart("people", PATIENT) == (PATIENT,) and told_apart("people", NUMBER) == (NUMBER,)
    assert len(keys.tag("people", PATIENT)) == 1
