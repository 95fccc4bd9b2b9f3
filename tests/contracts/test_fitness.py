"""CLINICAL-9 to 12, split prescriptions, bursts, quantity caps and video."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import keys
from contracts.decision import Decision
from tests.contracts.office import rulebook
from tests.contracts.world import (
    DOCTOR,
    H1,
    METFORMIN,
    OSELTAMIVIR,
    PATIENT,
    PATIENT2,
    PHARMACIST,
    SEMAGLUTIDE,
    World,
    code,
    drug,
)

MORPHINE, MORPHINE_SLOW, MORPHINE_SHOT, METHYLPHENIDATE = "XN02AAA1", "XN02AAA2", "XN02AAA3", "XN06BAA1"
PROGESTERONE, FINASTERIDE, GROWTH = "XG03DAA1", "XG04CBA1", "XH01ACA1"
DAY = 86_400


@pytest.fixture
def world() -> World:
    made = World()
    made.open_duties()
    for name, form, class_ in (
        (MORPHINE, "片剂", "narcotic"),
        (MORPHINE_SLOW, "缓释片", "narcotic"),
        (MORPHINE_SHOT, "注射剂", "narcotic"),
        (METHYLPHENIDATE, "缓释片", "psychotropic_1"),
    ):
        add(made, drug(name, "8990100", 20, "片", form=form, **{"class": class_}))
    add(made, drug(PROGESTERONE, "8990101", 20, "粒", sex="2"))
    add(made, drug(FINASTERIDE, "8990102", 10, "片", sex="1"))
    add(made, drug(GROWTH, "8990103", 1, "支", age_years_min=3, age_years_max=17))
    add(made, {**made.record(keys.drug("part", SEMAGLUTIDE)), "indications": ["E11"]})
    add(made, {**made.record(keys.drug("part", OSELTAMIVIR)), "indications": ["J10", "J11"]})
    return made


def add(world: World, one: dict[str, Any]) -> None:
    world.put(keys.drug("part", one["code"]), one)


def issue(world: World, drug_code: str, days: str = "5", **given: Any) -> Decision:
    unit = given.pop("unit", "盒")
    codes = given.pop("diagnoses", ["E11.900"])
    clinical = {
        "business_type": "01",
        "long_term": False,
        "diagnoses": [{"code": one} for one in codes],
        **given.pop("clinical", {}),
    }
    line = {"drug": drug_code, "days": days, "unit": unit}
    return world.issue(line=line, clinical=clinical, **given)


# -- limits of a class ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "diagnosis", "most"),
    [
        (MORPHINE_SHOT, "R52.000", 1),
        (MORPHINE_SLOW, "R52.000", 7),
        (MORPHINE, "R52.000", 3),
        (MORPHINE_SHOT, "C34.900", 3),
        (MORPHINE, "C34.900", 7),
        (METHYLPHENIDATE, "F32.900", 7),
        (MORPHINE_SLOW, "C34.900", 15),
        (METHYLPHENIDATE, "F90.000", 15),
    ],
)
def test_narcotics_are_for_a_few_days(world: World, which: str, diagnosis: str, most: int) -> None:
    assert issue(world, which, str(most), diagnoses=[diagnosis]).codes == ()
    decision = issue(world, which, f"{most}.01", diagnoses=[diagnosis])
    assert decision.codes == ("RX_DAYS_LIMIT",)
    assert [finding.rule for finding in decision.findings] == ["CLINICAL-9"]


@pytest.mark.parametrize("diagnosis", ["C34.900", "R52.100", "R52.200"])
def test_lasting_pain_is_treated_as_that_of_cancer(world: World, diagnosis: str) -> None:
    """R6 names moderate and severe chronic pain beside cancer: its patients came back every third day."""
    assert issue(world, MORPHINE, "7", diagnoses=[diagnosis]).codes == ()
    assert issue(world, MORPHINE, "7.01", diagnoses=[diagnosis]).codes == ("RX_DAYS_LIMIT",)


@pytest.mark.parametrize(
    ("dose", "quantity", "diagnosis", "codes"),
    [
        ("10", "1", "R52.000", ()),
        ("10", "2", "R52.000", ("RX_DAYS_LIMIT",)),
        ("5", "1", "R52.000", ()),  # an ampoule that the dose does not empty is whole
        ("15", "2", "R52.000", ()),
        ("15", "3", "R52.000", ("RX_DAYS_LIMIT",)),
        ("10", "3", "C34.900", ()),
        ("10", "1", "R52.000", ()),
    ],
)
def test_a_day_of_injections_is_one_dose(
    world: World, dose: str, quantity: str, diagnosis: str, codes: tuple[str, ...]
) -> None:
    """Ten ampoules for one day were one day (R5)."""
    strength, class_ = {"amount": "10", "unit": "mg"}, {"class": "narcotic"}
    add(world, drug(MORPHINE_SHOT, "8990100", 10, "支", form="注射剂", strength=strength, **class_))
    line = {"drug": MORPHINE_SHOT, "days": "1", "quantity": quantity, "unit": "支"}
    told = {"business_type": "01", "long_term": False, "diagnoses": [{"code": diagnosis}]}
    assert world.issue(line={**line, "dose": dose, "dose_unit": "mg"}, clinical=told).codes == codes
    ampoules = {**line, "dose": "1", "dose_unit": "支"}
    known = () if quantity == "1" or diagnosis != "R52.000" else ("RX_DAYS_LIMIT",)
    assert world.issue(line=ampoules, clinical=told).codes == known, "said in ampoules it is the same"
    assert world.issue(line={**line, "dose": dose, "dose_unit": "ml"}, clinical=told).codes == ()


@pytest.mark.parametrize(("count", "codes"), [(5, ()), (6, ("RX_DRUGS_LIMIT",))])
def test_a_prescription_holds_at_most_five_drugs(world: World, count: int, codes: tuple[str, ...]) -> None:
    lines = [World.line(drug=f"XZ{number}", days="5") for number in range(count)]
    for number in range(count):
        add(world, drug(f"XZ{number}", f"8991{number:03d}", 10, "片"))
    assert world.issue(lines=lines).codes == codes


def test_two_lines_of_one_drug_are_one_drug(world: World) -> None:
    lines = [World.line(days="5") for _ in range(6)]
    assert world.issue(lines=lines).codes == ()


# -- fitness ----------------------------------------------------------------------------------


def test_semaglutide_without_diabetes_is_flagged(world: World) -> None:
    decision = issue(world, SEMAGLUTIDE, diagnoses=["E66.900"])
    assert (decision.outcome, decision.codes) == ("accepted", ("INDICATION_MISSING",))
    assert decision.findings[0].class_ == "SUSPICION"
    assert issue(world, SEMAGLUTIDE, diagnoses=["E66.900", "E11.900"], patient=PATIENT2).codes == ()


def test_a_monitored_second_drug_is_looked_at_too(world: World) -> None:
    lines = [World.line(days="5"), World.line(drug=SEMAGLUTIDE, days="5")]
    clinical = {"diagnoses": [{"code": "E66.900"}]}
    assert world.issue(lines=lines, clinical=clinical).codes == ("INDICATION_MISSING",)


def test_other_drugs_are_judged_by_indication_where_the_rulebook_says_so(world: World) -> None:
    assert issue(world, OSELTAMIVIR, diagnoses=["E11.900"]).codes == ()
    rulebook(world, indication_monitored_only=0)
    world.wait(1)
    assert issue(world, OSELTAMIVIR, diagnoses=["E11.900"]).codes == ("INDICATION_MISSING",)
    assert issue(world, METFORMIN, diagnoses=["Z00.000"]).codes == ()  # no indications known


@pytest.mark.parametrize(
    ("asked", "diagnosis", "codes"),
    [(1, "E66.900", ("INDICATION_REQUIRED",)), (1, "E11.900", ()), (0, "E66.900", ())],
)
def test_where_the_area_asks_for_it_a_drug_is_not_sold_beyond_its_use(
    world: World, asked: int, diagnosis: str, codes: tuple[str, ...]
) -> None:
    """T3 blocks at the counter; the prescription itself was flagged and stands, its other drugs are sold."""
    rulebook(world, indication_monitored_only=0, indication_required=asked)
    add(world, {**world.record(keys.drug("part", METFORMIN)), "indications": ["E11"]})
    add(world, {**world.record(keys.drug("part", OSELTAMIVIR)), "indications": [diagnosis[:3]]})
    world.wait(1)
    metformin, oseltamivir = code("8990002", 1), code("8990007", 1)
    world.receive([metformin])
    world.receive([oseltamivir], drug=OSELTAMIVIR)
    lines = [World.line(), World.line(drug=OSELTAMIVIR, days="5")]
    rx = world.ready(lines=lines, clinical={"diagnoses": [{"code": diagnosis}]})
    decision = world.sell(rx, [metformin])
    assert (decision.outcome, decision.codes) == ("refused" if codes else "accepted", codes)
    assert world.sell(rx, [oseltamivir], drug=OSELTAMIVIR).codes == ()


@pytest.mark.parametrize(
    ("which", "patient", "diagnosis", "fits"),
    [
        (PROGESTERONE, {"age": "30.0", "sex": "1"}, "E11.900", False),
        (PROGESTERONE, {"age": "30.0", "sex": "2"}, "E11.900", True),
        (FINASTERIDE, {"age": "60.0", "sex": "2"}, "E11.900", False),
        (FINASTERIDE, {"age": "60.0", "sex": "9"}, "E11.900", False),
        (GROWTH, {"age": "17.9", "sex": "1"}, "E11.900", True),
        (GROWTH, {"age": "18.0", "sex": "1"}, "E11.900", False),
        (GROWTH, {"age": "2.99", "sex": "1"}, "E11.900", False),
        # the published cases: retrieval of eggs at 73, IVF at 86, hysteroscopy of a man
        (METFORMIN, {"age": "73.0", "sex": "2"}, "Z31.200", False),
        (METFORMIN, {"age": "86.0", "sex": "2"}, "N97.900", False),
        (METFORMIN, {"age": "45.0", "sex": "1"}, "N80.000", False),
        (METFORMIN, {"age": "60.9", "sex": "2"}, "Z31.200", True),
        (METFORMIN, {"age": "12.0", "sex": "2"}, "N97.900", True),
        (METFORMIN, {"age": "40.0", "sex": "2"}, "N40.x00", False),
        (METFORMIN, {"age": "70.0", "sex": "1"}, "N40.x00", True),
    ],
)
def test_what_does_not_fit_sex_or_age_is_a_question_of_data_not_of_guilt(
    world: World, which: str, patient: dict[str, str], diagnosis: str, fits: bool
) -> None:
    decision = issue(world, which, diagnoses=[diagnosis], disclosures={"patient": patient}, identity=GUARDED)
    assert decision.outcome == "accepted"
    assert decision.codes == (() if fits else ("SEX_AGE_IMPLAUSIBLE",))
    assert {finding.class_ for finding in decision.findings} <= {"DATA_QUALITY"}


def test_what_the_doctor_confirms_after_a_second_look_is_a_notice_and_no_penalty(world: World) -> None:
    """S44: a screen that asks needs an answer that the ledger takes, or it asks for ever."""
    man = {"patient": {"age": "50.0", "sex": "1"}}
    clinical = {"diagnoses": [{"code": "N80.000"}], "diagnosis_confirmed": "病理证实，已核对身份证"}
    decision = world.issue(clinical=clinical, disclosures=man)
    assert (decision.outcome, decision.codes) == ("accepted", ("SEX_AGE_CONFIRMED",))
    assert (decision.findings[0].class_, decision.findings[0].told) == ("NOTICE", {"member": "sex"})


@pytest.mark.parametrize("word", ["未知", "无", "-"])
def test_a_placeholder_confirms_nothing_about_sex_and_age(world: World, word: str) -> None:
    man = {"patient": {"age": "50.0", "sex": "1"}}
    clinical = {"diagnoses": [{"code": "N80.000"}], "diagnosis_confirmed": word}
    assert world.issue(clinical=clinical, disclosures=man).codes == ("SEX_AGE_IMPLAUSIBLE",)


@pytest.mark.parametrize(("age", "codes"), [("60.9", ()), ("61.0", ("SEX_AGE_CONFIRMED",))])
def test_the_confirmed_age_is_noted_from_the_first_year_beyond(
    world: World, age: str, codes: tuple[str, ...]
) -> None:
    clinical = {"diagnoses": [{"code": "N97.900"}], "diagnosis_confirmed": "供卵，已核对"}
    woman = {"patient": {"age": age, "sex": "2"}}
    assert world.issue(clinical=clinical, disclosures=woman).codes == codes


def test_a_confirmation_that_nothing_needs_is_no_notice(world: World) -> None:
    assert world.issue(clinical={"diagnosis_confirmed": "已核对"}).codes == ()


GUARDED = {"guardian": {"name": "白术", "certificate_number": PATIENT2, "relation": "父"}}


# -- pace -------------------------------------------------------------------------------------


def test_the_third_prescription_of_one_drug_from_one_consultation_is_a_split(world: World) -> None:
    seen = world.consult()
    assert world.issue(*seen).codes == ()
    assert world.issue(*seen).codes == ()
    decision = world.issue(*seen)
    assert (decision.outcome, decision.codes) == ("accepted", ("SPLIT_RX",))
    assert decision.findings[0].class_ == "SUSPICION"
    assert world.issue(*seen, line={"drug": OSELTAMIVIR, "unit": "盒"}).codes == ()
    assert world.issue().codes == ()


def test_a_cancelled_prescription_is_no_part_of_a_split(world: World) -> None:
    seen = world.consult()
    world.issue(*seen)
    world.issue(*seen)
    cancelled = {"rx": world.last_id}
    reason = {"clinical": {"reason": "录入错误"}}
    assert world.act("prescription.cancelled", H1, (DOCTOR,), cancelled, reason).codes == ()
    assert world.issue(*seen).codes == ()


def test_the_same_patient_again_is_no_burst(world: World) -> None:
    codes = [issue(world, SEMAGLUTIDE, patient=PATIENT).codes for _ in range(2)]
    assert codes == [(), ()]


# -- quantity ---------------------------------------------------------------------------------


def _ready(world: World, quantity: str, long_term: bool, days: str = "7") -> str:
    line = {"quantity": quantity, "days": days}
    return world.ready(line=line, clinical={"long_term": long_term})


@pytest.mark.parametrize(
    ("boxes", "long_term", "codes"),
    [
        ("2", False, ()),  # 24 days at the label's highest dose
        ("3", False, ("SUPPLY_QUANTITY",)),
        ("3", True, ()),
    ],
)
def test_more_than_a_month_at_the_highest_dose_is_too_much(
    world: World, boxes: str, long_term: bool, codes: tuple[str, ...]
) -> None:
    packs = [code("8990002", n) for n in range(1, int(boxes) + 1)]
    world.receive(packs)
    rx = _ready(world, boxes, long_term)
    assert world.sell(rx, packs).codes == codes


def test_the_parts_of_one_prescription_count_together(world: World) -> None:
    packs = [code("8990002", n) for n in range(1, 4)]
    world.receive(packs)
    rx = _ready(world, "3", False)
    assert world.sell(rx, packs[:2]).codes == ()
    assert world.sell(rx, packs[2:]).codes == ("SUPPLY_QUANTITY",)


def test_one_pack_is_never_too_much(world: World) -> None:
    rulebook(world, supply_quantity_days_max=3)
    world.wait(1)
    world.receive([code("8990002", 1)])
    assert world.sell(_ready(world, "1", False), [code("8990002", 1)]).codes == ()


def test_no_heap_of_boxes_is_had_for_a_word_that_nobody_sees(world: World) -> None:
    """A declared reason lifted the cap without notice, and was never counted against the next one."""
    packs = [code("8990002", n) for n in range(1, 10)]
    world.receive(packs)
    reason = {"exemption": {"reason": "travel", "evidence": "票据", "until": "2026-08-20"}}
    codes = []
    for first in (0, 3, 6):
        rx = _ready(world, "3", False)
        codes.append(world.sell(rx, packs[first : first + 3], disclosures=reason).codes)
        world.wait(40 * DAY)
    assert codes == [("SUPPLY_EXEMPT",), ("SUPPLY_EXEMPT",), ("SUPPLY_EXEMPT", "EXEMPTION_REPEATED")]


def test_reasons_declared_again_and_again_are_noticed(world: World) -> None:
    packs = [code("8990002", n) for n in range(1, 5)]
    world.receive(packs)
    reason = {"exemption": {"reason": "travel", "evidence": "票据", "until": "2026-04-20"}}
    codes = []
    for pack in packs:
        rx = world.ready()
        codes.append(world.sell(rx, [pack], disclosures=reason).codes)
        world.wait(DAY)
    assert codes == [(), ("SUPPLY_EXEMPT",), ("SUPPLY_EXEMPT",), ("SUPPLY_EXEMPT", "EXEMPTION_REPEATED")]


@pytest.mark.parametrize(
    ("holidays", "days_early", "codes"),
    [
        (["2026-03-09"], 5, ()),
        (["2026-03-10"], 5, ("SUPPLY_COVERED",)),
        ([], 5, ("SUPPLY_COVERED",)),
        (["2026-03-06"], 8, ("SUPPLY_COVERED",)),
        (["no day"], 5, ("SUPPLY_COVERED",)),
    ],
)
def test_before_a_holiday_patients_may_come_a_week_early(
    world: World, holidays: list[str], days_early: int, codes: tuple[str, ...]
) -> None:
    rulebook(world, holidays=holidays)
    packs = [code("8990002", n) for n in (1, 2)]
    world.receive(packs)
    world.sell(world.ready(), packs[:1])  # for twelve days
    sold = world.now_ms
    world.now_ms = sold + (12 - days_early) * DAY * 1000
    rx = world.ready()
    world.now_ms = sold + (12 - days_early) * DAY * 1000 + 1_000_000
    assert world.sell(rx, packs[1:]).codes == codes


def test_a_rulebook_that_lets_patients_come_early_takes_nothing_away_on_a_holiday(world: World) -> None:
    rulebook(world, holidays=["2026-03-05"], supply_carry_over_s=10 * DAY)
    packs = [code("8990002", n) for n in (1, 2)]
    world.receive(packs)
    world.sell(world.ready(), packs[:1])  # for twelve days
    world.wait(3 * DAY)
    assert world.sell(world.ready(), packs[1:]).codes == ()


# -- video ------------------------------------------------------------------------------------


def test_a_monitored_drug_is_confirmed_by_video_where_the_area_asks(world: World) -> None:
    rulebook(world, video_confirmation=1)
    world.wait(1)
    issue(world, SEMAGLUTIDE)
    rx = world.last_id
    assert world.approve(rx).codes == ("VIDEO_CONFIRMATION_MISSING",)
    members = {"rx": rx, "reviewer": PHARMACIST, "decision": "approved"}
    seen = {"clinical": {"opinion": "同意", "video": "ab" * 32}}
    assert world.act("review.hospital", H1, (PHARMACIST,), members, seen).codes == ()
    world.issue()
    assert world.approve(world.last_id).codes == ()
    issue(world, SEMAGLUTIDE, patient=PATIENT2)
    assert world.approve(world.last_id, decision="refused").codes == ()


def test_the_pharmacy_too_confirms_a_monitored_drug_by_video(world: World) -> None:
    rulebook(world, video_confirmation=1)
    world.wait(1)
    issue(world, SEMAGLUTIDE)
    rx = world.last_id
    members = {"rx": rx, "reviewer": PHARMACIST, "decision": "approved"}
    seen = {"clinical": {"opinion": "同意", "video": "ab" * 32}}
    world.act("review.hospital", H1, (PHARMACIST,), members, seen)
    world.claim(rx)
    assert world.review(rx).codes == ("VIDEO_CONFIRMATION_MISSING",)
