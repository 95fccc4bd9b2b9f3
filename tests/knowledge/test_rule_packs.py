"""Areas' rule packs: accepted by the contracts, each does what its area decided (S31, S40, S52, S53)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main
from api.command.rulebook import check, load, shipped
from api.screening.thresholds import adjusted
from contracts.time import from_text
from tests.contracts.world import (
    DOCTOR,
    H1,
    METFORMIN,
    OFFICERS,
    P1,
    P2,
    PATIENT,
    PATIENT2,
    PHARMACIST,
    REGULATOR,
    SEMAGLUTIDE,
    YS1,
    YS2,
    World,
    code,
)
from tests.national.builders import day_message, drafted

NAMES = [pack["name"] for pack in shipped()]
DAY = 86_400
PACKS = [code("8990002", n) for n in range(1, 4)]


def world_under(*names: str) -> World:
    """A world in which the packs are in force, drafted by the command."""
    world = World()
    parameters = {key: value for name in names for key, value in load(name)["parameters"].items()}
    members = {"version": "+".join(names), "parameters": parameters}
    assert world.act("governance.rulebook", REGULATOR, OFFICERS, members).codes == ()
    world.wait(1)
    world.open_duties()
    world.receive(PACKS)
    world.receive(PACKS, P2, "YS990000000003")
    return world


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_is_well_formed_and_names_its_sources(name: str) -> None:
    pack = load(name)
    check(pack)
    assert pack["sources"] and pack["title"] and pack["zh_title"]
    world_under(name)


# What the areas published (china-domain R1-R3, T1, T2): a slip of the finger in a pack is seen.
PUBLISHED = {
    "national-2025": {
        "days_ordinary_max": 7,
        "days_emergency_max": 3,
        "days_long_max": 28,
        "monitored_stages": ["2025-12-31=50", "2026-06-30=100", "2026-12-31=all"],
        "centre_number_attributes": ["01"],
    },
    "hebei-2025": {"days_ordinary_max": 7, "days_long_max": 28, "days_long_evaluated_max": 84},
    "shanghai-2025": {
        "profile_visits_month_max": 15,
        "profile_hospitals_day": 3,
        "profile_hospital_days_max": 3,
        "profile_spent_month_yuan": 8000,
    },
    "tianjin-2026": {"guardian_below_age_years": 6},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_pack_holds_the_numbers_that_its_area_published(name: str) -> None:
    parameters = load(name)["parameters"]
    assert {key: parameters[key] for key in PUBLISHED[name]} == PUBLISHED[name]


def test_the_national_pack_says_by_which_figures_a_drug_is_of_a_class() -> None:
    """T5 and S56 without its figures: another version of the product would have judged by other ones."""
    texts = load("national-2025")["parameters"]["screen_thresholds"]
    classes = {one.id: one.parameters for one in adjusted(texts) if one.id.startswith("SCREEN-DRUG-")}
    said = {text.rpartition(" ")[0] for text in texts}
    assert said == {f"{screen} {name}" for screen, names in classes.items() for name in names}


def test_all_packs_are_in_force_together() -> None:
    world_under(*NAMES)


@pytest.mark.parametrize(("after_days", "codes"), [(11, ("SUPPLY_COVERED",)), (12, ())])
def test_hebei_intercepts_inside_the_covered_days_at_every_pharmacy(
    after_days: int, codes: tuple[str, ...]
) -> None:
    world = world_under("hebei-2025")
    world.sell(world.ready(), PACKS[:1])
    sold = world.now_ms
    rx = world.ready(P2)
    world.now_ms = sold + after_days * DAY * 1000
    world.put(f"pub/rx/{rx}", {**world.record(f"pub/rx/{rx}"), "expires": world.now_ms + DAY * 1000})
    assert world.sell(rx, PACKS[1:2], P2).codes == codes


def test_a_reason_passes_in_hebei() -> None:
    world = world_under("hebei-2025")
    world.sell(world.ready(), PACKS[:1])
    reason = {"exemption": {"reason": "travel", "evidence": "车票", "until": "2026-03-09"}}
    assert world.sell(world.ready(), PACKS[1:2], disclosures=reason).codes == ("SUPPLY_EXEMPT",)


@pytest.mark.parametrize(
    ("days", "evaluated", "codes"),
    [
        ("28", {}, ()),
        ("29", {}, ("RX_DAYS_LIMIT",)),
        ("84", {"evaluation": "稳定"}, ("RX_DAYS_LIMIT",)),
        ("84", {"evaluated": {"by": DOCTOR, "on": "2026-03-01", "consent": "ab" * 32}}, ()),
        ("85", {"evaluated": {"by": DOCTOR, "on": "2026-03-01", "consent": "ab" * 32}}, ("RX_DAYS_LIMIT",)),
    ],
)
def test_hebeis_twelve_weeks_are_evaluated_and_signed_above_four(
    days: str, evaluated: dict[str, Any], codes: tuple[str, ...]
) -> None:
    """R3 is national law: an area's twelve weeks do not take away what it asks above four."""
    world = world_under("hebei-2025")
    assert world.issue(clinical={"long_term": True, **evaluated}, line={"days": days}).codes == codes


def test_yulin_looks_at_the_indication_of_every_drug() -> None:
    metformin = {"indications": ["E11"]}
    for names, codes in ((("yulin-2025",), ("INDICATION_MISSING",)), (("national-2025",), ())):
        world = world_under(*names)
        key = f"pub/drug/part/{METFORMIN}"
        world.put(key, {**world.record(key), **metformin})
        assert world.issue(clinical={"diagnoses": [{"code": "I10.x00"}]}).codes == codes


@pytest.mark.parametrize(
    ("names", "codes"), [(("yulin-2025",), ("INDICATION_REQUIRED",)), (("national-2025",), ())]
)
def test_yulin_sells_nothing_beyond_its_use(names: tuple[str, ...], codes: tuple[str, ...]) -> None:
    """T3 blocks over-disease-scope at every pharmacy; a flag at the issue let the sale go on."""
    world = world_under(*names)
    key = f"pub/drug/part/{METFORMIN}"
    world.put(key, {**world.record(key), "indications": ["E11"]})
    rx = world.ready(clinical={"diagnoses": [{"code": "I10.x00"}]})
    assert world.sell(rx, PACKS[:1]).codes == codes
    other = world.ready(patient=PATIENT2, disclosures={"patient": {"age": "54.0", "sex": "1"}})
    assert world.sell(other, PACKS[1:2]).codes == ()


def test_hunan_confirms_monitored_drugs_by_video() -> None:
    world = world_under("hunan-2025")
    world.issue(line={"drug": SEMAGLUTIDE, "unit": "盒", "days": "14"})
    assert world.approve(world.last_id).codes == ("VIDEO_CONFIRMATION_MISSING",)


def test_hunans_video_confirmation_is_given_by_national_message() -> None:
    """D003 and 7204 left `video` behind: every imported approval of a monitored drug was a violation."""
    world = world_under("hunan-2025")
    world.issue(line={"drug": SEMAGLUTIDE, "unit": "盒", "days": "14"})
    members = {"rx": world.last_id, "decision": "approved"}

    def reviewed(message: dict[str, Any], iss: str, video: str, **by: str) -> tuple[str, ...]:
        draft = drafted(message.get("infno", "D003"), message | {"extension": {"video": video}})
        clinical = {"clinical": draft.disclosures["clinical"]}
        return world.act(draft.type, iss, tuple(by.values()), {**members, **by}, clinical).codes

    hospital, pharmacy = day_message("010-d003.json"), day_message("012-7204.json")
    assert reviewed(hospital, H1, "", reviewer=PHARMACIST) == ("VIDEO_CONFIRMATION_MISSING",)
    assert reviewed(hospital, H1, "ab" * 32, reviewer=PHARMACIST) == ()
    world.claim(members["rx"])
    pair = {"reviewer": YS1, "second_reviewer": YS2}
    assert reviewed(pharmacy, P1, "", **pair) == ("VIDEO_CONFIRMATION_MISSING",)
    assert reviewed(pharmacy, P1, "ab" * 32, **pair) == ()


def test_shanghai_counts_a_month() -> None:
    world = world_under("shanghai-2025")
    codes = []
    for _ in range(15):
        world.wait(DAY)
        codes.append(world.issue(patient=PATIENT).codes)
    assert codes[13:] == [(), ("PROFILE_VISITS",)]


def test_two_versions_live_side_by_side_and_each_day_has_its_own() -> None:
    world = World()
    later = {
        "version": "later",
        "parameters": {"validity_days_max": 1},
        "effective_from": "2026-03-03T00:00:00Z",
    }
    assert world.act("governance.rulebook", REGULATOR, OFFICERS, later).codes == ()
    assert world.issue(validity_days=3).codes == ()
    world.wait(DAY)
    assert world.issue(validity_days=3).codes == ("RX_VALIDITY_LIMIT",)


# -- the command --------------------------------------------------------------------------------


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["rulebook", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_pack_goes_out_and_in_and_is_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hebei.json"
    assert main(["rulebook", "hebei-2025", "--out", str(path)]) == 0
    capsys.readouterr()
    assert _json(capsys, str(path), "--draft") == _json(capsys, "hebei-2025", "--draft")


def verdicts(world: World) -> list[tuple[str, ...]]:
    """What comes of acts of which one area or another has a word to say: a child, a number, days, use, …"""
    key = f"pub/drug/part/{METFORMIN}"
    world.put(key, {**world.record(key), "indications": ["E11"]})
    child = {"age": "4.0", "identity": {"guardian": {"name": "白母", "relation": "mother"}}}
    long, evaluated = {"line": {"days": "60"}}, {"clinical": {"evaluation": "稳定"}}
    other_use = {"clinical": {"diagnoses": [{"code": "I10.x00"}]}}
    acts = ({}, child, {"number": ""}, long, {**long, **evaluated}, other_use)
    found = [world.issue(**given).codes for given in acts]
    world.issue(line={"drug": SEMAGLUTIDE, "unit": "盒", "days": "14"})
    found.append(world.approve(world.last_id).codes)
    dear = [{"drug": METFORMIN, "quantity": "1", "unit": "盒", "price": "8000"}]
    found.append(world.sell(world.ready(), PACKS[:1], lines=dear).codes)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_that_came_by_file_gives_the_same_verdicts(name: str, tmp_path: Path) -> None:
    """S31: another area takes over what one has tried, and it means the same there."""
    assert main(["rulebook", name, "--out", str(tmp_path / "pack.json")]) == 0
    own = verdicts(world_under(name))
    assert verdicts(world_under(str(tmp_path / "pack.json"))) == own
    assert own != verdicts(world_under()), "it says something of its own"


def test_the_later_pack_counts_and_a_rule_may_be_on_trial(capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "national-2025",
        "yulin-2025",
        "--draft",
        "--shadow",
        "PACE-5",
        "--from-time",
        "2026-09-01T00:00:00Z",
    )
    members = _json(capsys, *words)["members"]
    assert members["parameters"]["indication_monitored_only"] == 0
    assert members["parameters"]["shadow_rules"] == ["PACE-5"]
    assert members["effective_from"] == "2026-09-01T00:00:00Z"


TIANJIN = "2026-02-04T16:00:00Z"  # Shanghai's pack begins half a year before
BOTH = ("national-2025", "--area", "12=tianjin-2026", "--area", "31=shanghai-2025", "--draft")


@pytest.mark.parametrize(
    ("words", "today", "begins", "told"),
    [
        (("tianjin-2026", "--draft"), "2026-02-04T15:59:59Z", TIANJIN, f"in force from {TIANJIN}"),
        (("tianjin-2026", "--draft"), TIANJIN, None, f"{TIANJIN}, is past"),
        (("tianjin-2026", "shanghai-2025", "--draft"), "2025-08-01T00:00:00Z", TIANJIN, "latest"),
        (BOTH, "2025-08-01T00:00:00Z", TIANJIN, "latest"),
        (("hebei-2025", "--draft"), "2025-08-01T00:00:00Z", None, ""),
        (
            ("tianjin-2026", "--draft", "--from-time", "2027-01-01T00:00:00Z"),
            "2026-01-01T00:00:00Z",
            "2027-01-01T00:00:00Z",
            "",
        ),
    ],
)
def test_a_draft_begins_when_its_packs_do_and_not_before(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    today: str,
    begins: str | None,
    told: str,
) -> None:
    """Tianjin's rules were in force at once, half a year before their day, and nobody was told."""
    monkeypatch.setattr("api.command.rulebook.time.time", lambda: from_text(today) / 1000)
    assert main(["rulebook", *words]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["members"].get("effective_from") == begins
    assert told in printed.err and bool(told) == bool(printed.err)


def test_a_merged_pack_keeps_the_latest_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert _json(capsys, "tianjin-2026", "national-2025")["effective_from"] == TIANJIN


def test_the_list_speaks_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rulebook"]) == 0
    told = capsys.readouterr().out
    assert "Shanghai list" in told and "上海" in told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"parameters": {"nobody_knows": 1}}, "no rule has"),
        ({"parameters": {"credit_grades": ["900, 800, 700, 450"]}}, "four whole numbers"),
        ({"parameters": {"screen_thresholds": ["SCREEN-NONE ratio_min 1"]}}, "is no threshold"),
        ({"parameters": {"screen_thresholds": ["SCREEN-LONG days_min 1"]}}, "is no threshold"),
        ({"parameters": {"validity_days_max": "3"}}, "wrong form"),
        ({"parameters": {"validity_days_max": -1}}, "wrong form"),
        ({"effective_from": "2026-02-05"}, "effective_from is no time"),
        ({"effective_from": 2026}, "effective_from is no time"),
    ],
)
def test_a_pack_that_no_rule_could_read_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, Any], told: str
) -> None:
    path = tmp_path / "pack.json"
    path.write_text(json.dumps({**load("hebei-2025"), **changed}), "utf-8")
    assert main(["rulebook", str(path)]) == 2
    assert told in capsys.readouterr().err


def test_what_is_no_pack_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rulebook", "atlantis"]) == 2
    assert "hebei-2025" in capsys.readouterr().err
    path = tmp_path / "pack.json"
    path.write_text("{", "utf-8")
    assert main(["rulebook", str(path)]) == 2
    path.write_text("[]", "utf-8")
    assert main(["rulebook", str(path)]) == 2


def test_packs_of_several_areas_make_one_rulebook(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["national-2025", "--area", "31=shanghai-2025", "--area", "6108=yulin-2025", "--draft"]
    assert main(["rulebook", *words]) == 0
    parameters = json.loads(capsys.readouterr().out)["members"]["parameters"]
    assert parameters["areas"]["31"]["profile_visits_month_max"] == 15
    assert set(parameters["areas"]) == {"31", "6108"} and "profile_visits_month_max" not in parameters
    for wrong in ("shanghai-2025", "沪=shanghai-2025", "3101011=shanghai-2025", "31="):
        assert main(["rulebook", "national-2025", "--area", wrong, "--draft"]) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--draft", "--out", "draft.json"), "nothing was written"),
        (("hebei-2025", "--draft", "--from-time", "2026-09-01"), "--from-time"),
        (("hebei-2025", "--draft", "--shadow", "PACE-5", "--shadow", "CONSULT-4"), "CONSULT-4 is no rule"),
    ],
)
def test_a_draft_that_the_ledger_would_refuse_is_not_written_to_be_signed_by_two(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    told: str,
) -> None:
    """The first listed the packs and returned 0, without the file; the ledger alone refused the others."""
    monkeypatch.chdir(tmp_path)
    assert main(["rulebook", *words]) == 2
    assert told in capsys.readouterr().err and not list(tmp_path.iterdir())
