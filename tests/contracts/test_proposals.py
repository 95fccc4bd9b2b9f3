"""What a refusal for data proposes is accepted by that check when it is put in the message's place (S47)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contracts.codes.proposals import PROPOSALS
from contracts.decision import Decision
from contracts.time import from_text
from tests.contracts.fund import fund_says
from tests.contracts.office import case_rules, freeze, rulebook
from tests.contracts.test_corrected import OTHER_SACHETS, RIGHT, SACHETS, WRONG, correct, sold, stocked
from tests.contracts.test_handover import hand_over
from tests.contracts.test_subjects import HELPED, USED, tool
from tests.contracts.world import METFORMIN, OSELTAMIVIR, World
from tests.statements.test_spellings import MISSING, OF_FORMS

Story = Callable[[World], tuple[Decision, Callable[[Any], Decision]]]
STORIES: list[tuple[str, str, Story]] = []
AT_COUNTER = {"business_type": "01", "long_term": False, "diagnoses": [{"code": "Z31.200"}]}
CONFUSABLE = ["Z31.200=K22.900"]


def story(of: str, member: str = "proposed") -> Callable[[Story], Story]:
    """A refusal, and the same act with what its `member` proposes; tried for each code of `of`."""

    def keep(told: Story) -> Story:
        STORIES.extend((code_, member, told) for code_ in of.split())
        return told

    return keep


@pytest.fixture
def world() -> World:
    return stocked()


@pytest.mark.parametrize(("code_", "member", "told"), STORIES)
def test_what_is_proposed_is_accepted_by_the_check_that_proposed_it(
    world: World, code_: str, member: str, told: Story
) -> None:
    refused, again = told(world)
    [finding] = [one for one in refused.findings if one.code == code_]
    assert finding.told["member"]
    assert member in PROPOSALS[code_].members
    assert member not in finding.facts and member.encode() not in (refused.entry or b"")
    proposed = finding.told[member]
    for value in str(proposed).split(", ") if member == "one_of" else [proposed]:
        assert code_ not in again(value).codes


def test_each_code_that_proposes_something_has_its_story() -> None:
    told = {one for one, _, _ in STORIES} | {one for one, *_ in OF_FORMS} | {MISSING}
    assert told == {code_ for code_, one in PROPOSALS.items() if one.members}


def _line(world: World, given: dict[str, Any], member: str) -> tuple[Decision, Callable[[Any], Decision]]:
    return world.issue(line=given), lambda meant: world.issue(line={**given, member: meant})


@story("CODE_UNKNOWN")
def a_drugs_code_with_a_blank_in_small_letters(world: World) -> Any:
    return _line(world, {"drug": f" {METFORMIN.lower()}"}, "drug")


@story("CODE_UNKNOWN")
def a_rule_in_small_letters(world: World) -> Any:
    return case_rules(world, ["supply-1"]), lambda meant: case_rules(world, [meant])


@story("UNIT_UNKNOWN", "one_of")
def a_unit_that_nobody_knows(world: World) -> Any:
    return _line(world, {"unit": "坨"}, "unit")


@story("UNIT_UNKNOWN")
def a_unit_with_a_blank(world: World) -> Any:
    return _line(world, {"unit": "盒 "}, "unit")


@story("UNIT_NOT_NORMALISED")
def a_unit_with_a_look_alike_sign(world: World) -> Any:
    return _line(world, {"dose_unit": "㎎"}, "dose_unit")


@story("UNIT_NOT_NORMALISED", "one_of")
def a_quantity_in_full_width_letters(world: World) -> Any:
    return _line(world, {"unit": "ｍｇ"}, "unit")


@story("UNIT_INCOMPATIBLE", "one_of")
def a_unit_of_another_drug(world: World) -> Any:
    return _line(world, {"unit": "ml"}, "unit")


@story("TIME_ORDER", "latest")
def a_freeze_without_end(world: World) -> Any:
    return freeze(world, until="2099-01-01T00:00:00Z"), lambda meant: freeze(world, until=meant)


@story("TIME_RANGE", "latest")
def both_keys_for_ever(world: World) -> Any:
    refused = hand_over(world, "a", world.now_ms + 500 * 86_400_000)
    return refused, lambda meant: hand_over(world, "a", from_text(meant))


@story("TIME_SKEW", "ledger")
def a_clock_a_day_ahead(world: World) -> Any:
    refused = world.issue(iat=world.now_ms // 1000 + 86_400)
    return refused, lambda meant: world.issue(iat=world.now_ms // 1000 + (from_text(meant) > world.now_ms))


@story("IDENTITY_CONTRADICTS")
def a_mistyped_age(world: World) -> Any:
    rulebook(world, identity_age_years_max=2)
    return world.issue(age="4.0"), lambda meant: world.issue(age=meant)


@story("TOOL_CONTRADICTS")
def a_rivals_tool(world: World) -> Any:
    def named(vendor: str) -> Decision:
        return world.issue(origin={**HELPED, "assist": [{**USED, "vendor_code": vendor}]})

    tool(world)
    return named("V990000000002"), named


@story("SEX_AGE_IMPLAUSIBLE SEX_AGE_UNCONFIRMED")
def a_slip_in_a_drop_down(world: World) -> Any:
    def diagnosed(code_: str) -> Decision:
        clinical = {**AT_COUNTER, "diagnoses": [{"code": code_}]}
        return world.issue(clinical=clinical, age="73.0", line={"days": "5"})

    rulebook(world, diagnoses_confusable=CONFUSABLE)
    flagged = diagnosed("Z31.200")
    rulebook(world, diagnoses_confusable=CONFUSABLE, sex_age_confirmation_required=1)
    refused = diagnosed("Z31.200")
    both = Decision("refused", (), (*flagged.findings, *refused.findings))
    return both, diagnosed


@story("NOT_SETTLED", "correction")
def a_payment_that_moved_to_the_right_code(world: World) -> Any:
    rx, sale = sold(world, [WRONG])
    assert fund_says(world, "settled", rx, "S1", WRONG).codes == ()
    assert correct(world, rx, sale, [(WRONG, RIGHT)]).codes == ()
    corrected = {world.last_id: RIGHT}
    refused = fund_says(world, "refunded", rx, "S1", WRONG)
    return refused, lambda meant: fund_says(world, "refunded", rx, "S1", corrected[meant])


@story("TRACE_FORMAT")
def a_scanner_on_another_keyboard(world: World) -> Any:
    rx = world.ready()
    return world.sell(rx, [f"{WRONG[:-1]}!"]), lambda meant: world.sell(rx, [meant])


@story("TRACE_DUPLICATE_IN_EVENT", "place")
def a_pack_scanned_twice(world: World) -> Any:
    rx, scans = world.ready(line={"quantity": "2"}), [WRONG, RIGHT, WRONG]
    return world.sell(rx, scans), lambda place: world.sell(rx, scans[:place] + scans[place + 1 :])


@story("TRACE_COUNT_MISMATCH", "packs")
def a_pack_that_was_not_scanned(world: World) -> Any:
    rx, lines = world.ready(line={"quantity": "2"}), [{"drug": METFORMIN, "quantity": "2", "unit": "盒"}]
    return world.sell(rx, [WRONG], lines=lines), lambda packs: world.sell(
        rx, [WRONG, RIGHT][:packs], lines=lines
    )


@story("TRACE_COUNT_MISMATCH", "scanned")
def a_quantity_beyond_what_is_handed_out(world: World) -> Any:
    def told(quantity: object) -> Decision:
        return world.sell(rx, [WRONG], lines=[{"drug": METFORMIN, "quantity": str(quantity), "unit": "盒"}])

    rx = world.ready(line={"quantity": "2"})
    return told(2), told


@story("TRACE_COUNT_MISMATCH")
def a_code_of_a_line_that_is_not_there(world: World) -> Any:
    rx = world.ready()
    return world.sell(rx, [WRONG], listed=[{"code": WRONG, "line": 1}]), lambda line: world.sell(
        rx, [WRONG], listed=[{"code": WRONG, "line": line}]
    )


def _swaps(world: World) -> Callable[..., Decision]:
    """Part of an opened pack was sold; returned is its correction, with these members of the line."""
    given = {"drug": OSELTAMIVIR, "quantity": "6", "unit": "粒"}
    rx = world.ready(line={**given, "days": "2"})
    assert world.sell(rx, [SACHETS], lines=[{**given, "split": True}]).codes == ()
    sale, swap = world.last_id, [(SACHETS, OTHER_SACHETS)]
    return lambda **line: correct(world, rx, sale, swap, lines=[{**given, "split": True, **line}])


@story("TRACE_COUNT_MISMATCH")
def a_correction_of_another_quantity(world: World) -> Any:
    swapped = _swaps(world)
    return swapped(quantity="5"), lambda meant: swapped(quantity=meant)


@story("TRACE_COUNT_MISMATCH")
def a_correction_of_a_whole_pack(world: World) -> Any:
    swapped = _swaps(world)
    return swapped(split=False, quantity="1", unit="盒"), lambda meant: swapped(split=meant)


@story("SCHEMA_UNKNOWN_FIELD")
def a_parameter_with_a_letter_too_many(world: World) -> Any:
    return rulebook(world, freeze_s_maxx=1), lambda meant: rulebook(world, **{meant: 1})


@story("SCHEMA_TYPE")
def a_parameter_as_text(world: World) -> Any:
    return rulebook(world, freeze_s_max="３600"), lambda meant: rulebook(world, freeze_s_max=meant)


@pytest.mark.parametrize("given", [f"{METFORMIN[:-1]}9", "XX"])
def test_another_drugs_code_is_not_guessed(world: World, given: str) -> None:
    [finding] = world.issue(line={"drug": given}).findings
    assert (finding.code, finding.told) == ("CODE_UNKNOWN", {"line": 0, "member": "drug"})


def test_a_quantity_that_is_no_number_of_packs_has_no_count(world: World) -> None:
    rx, lines = world.ready(), [{"drug": METFORMIN, "quantity": "1.5", "unit": "盒"}]
    findings = {one.code: one.told for one in world.sell(rx, [WRONG], lines=lines).findings}
    assert findings["TRACE_COUNT_MISMATCH"] == {"line": 0, "member": "quantity", "scanned": 1}


def test_which_of_two_lines_a_code_belongs_to_is_not_guessed(world: World) -> None:
    line = {"drug": METFORMIN, "quantity": "1", "unit": "盒"}
    listed = [{"code": WRONG, "line": 0}, {"code": RIGHT, "line": 2}]
    found = world.sell(world.ready(line={"quantity": "2"}), [], lines=[line, line], listed=listed).findings
    told = {one.code: one.told for one in found}
    assert told["TRACE_COUNT_MISMATCH"] == {"member": "line", "place": 1}


def test_of_what_was_never_paid_no_correction_is_told(world: World) -> None:
    rx, _ = sold(world, [WRONG])
    [finding] = fund_says(world, "refunded", rx, "S1", WRONG).findings
    assert finding.told == {"member": "code", "place": 0}


def test_an_unknown_drugs_quantity_may_be_told_in_packs(world: World) -> None:
    found = world.issue(line={"drug": "XX", "unit": "坨"}).findings
    told = {one.code: one.told for one in found}
    assert told["UNIT_UNKNOWN"]["one_of"] == "盒, 瓶, 支, 袋, 包, 板, 件, 管, 罐, 筒"


def test_a_code_that_stands_beside_a_pack_without_one_keeps_its_place(world: World) -> None:
    coded, bare = {"code": WRONG, "drug": METFORMIN}, {"code": "", "uncoded": True, "lot": "L1"}
    found = fund_says(world, "refunded", world.ready(), "S1", bare, coded).findings
    assert [one.told for one in found if one.code == "NOT_SETTLED"] == [{"member": "code", "place": 1}]
