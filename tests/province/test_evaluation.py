"""What the contracts make of a labelled year: hard rules catch everything, honest people are left alone."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from api.command.evaluate import table
from api.command.main import main
from api.province.cast import drugs
from api.province.columns import Columns
from api.province.history import Expected, compared
from api.province.score import NOT_IN_YEAR, Score, Share, score, wilson
from api.province.sight import Sight
from api.province.trial import Trial, Tried
from api.province.year import Year
from api.screening.registry import SCREENS
from api.screening.screen import Screen
from api.screening.tables import SCHEMAS
from contracts.rules import RULES


@dataclass
class Run:
    """A judged year: figures of the rules, and of each screen; which honest acts a ledger refused."""

    score: Score
    screens: dict[str, Mapping[str, Any]]
    refused: set[str]  # kinds of look-alikes, "" of plain acts
    blind: list[dict[str, Any]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    year, refused = Year(11, 10_000), set()
    registry, score = year.registry(), Score()
    expected, columns = Expected(registry), Columns(registry, {one.code: one for one in drugs()})
    sight = Sight()
    for tried in Trial(registry).run(json.loads(event.line()) for event in year.events()):
        for taker in (score.count, expected.take, columns.take, sight.take):
            taker(tried)
        label = tried.event.get("label", {})
        if tried.outcome == "refused" and "case" not in label:
            refused.add(label.get("lookalike", ""))
    folder = tmp_path_factory.mktemp("columns")
    columns.write(folder)
    screens = {one["screen"]: one for one in compared(folder, expected, sight)}
    return Run(score, screens, refused, sight.told())


@pytest.fixture(scope="module")
def found(run: Run) -> Score:
    return run.score


def test_every_injected_case_is_caught(found: Score) -> None:
    missed = {
        case: (share.hits, share.trials) for case, share in found.cases.items() if share.hits < share.trials
    }
    assert missed == {}


def test_each_rule_has_a_case_or_a_reason_why_it_has_none(found: Score) -> None:
    """Of 163 rules 77 had neither: a year without a miss said nothing of them."""
    assert found.without_case() == []
    assert not found.rules.keys() & NOT_IN_YEAR.keys(), "what the year shows needs no reason"
    assert found.rules.keys() <= {rule.id for rule in RULES}
    assert NOT_IN_YEAR.keys() <= {rule.id for rule in RULES}


def test_each_rule_catches_itself_what_it_ought_to(found: Score) -> None:
    """ORG_SCOPE 17 of 17 was said by three rules together: which of them missed one nobody could read."""
    assert {rule: share for rule, share in found.rules.items() if share.hits < share.trials} == {}
    assert found.accusing.keys() == {"PACE-7"}


def test_no_honest_act_is_accused_but_a_busy_clinics(found: Score) -> None:
    """Three patients with one monitored drug in ten minutes are flagged by design, whoever they are."""
    assert found.alarms.keys() == {("SAME_DRUG_BURST", "busy_clinic")}
    assert found.honest_sales.hits == 0
    assert found.honest.trials > 8_000 and found.honest_sales.trials > 500


def test_honest_acts_are_refused_for_a_slip_alone(run: Run) -> None:
    """A refusal that is a notice accuses nobody, so no figure told of one at an honest payment."""
    assert run.refused == {"bad_scan", "slip"}


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.id)
def test_each_screen_finds_what_was_injected_and_accuses_nobody_else(run: Run, screen: Screen) -> None:
    told = run.screens[screen.id]
    assert told["found"] == told["of"] > 0
    assert (told["lookalikes_named"], told["honest_accused"]) == (0, [])


def test_what_the_product_says_it_cannot_see_happens_and_is_not_seen(run: Run) -> None:
    """Whatever is seen here is blind no longer: make it a case, and take its limit out of coverage.py."""
    assert [one["kind"] for one in run.blind if not one["of"]] == []
    assert {one["kind"]: one["by"] for one in run.blind if one["seen"]} == {}


def test_what_single_acts_cannot_show_is_counted_as_such(found: Score) -> None:
    assert found.for_screening.keys() <= {screen.id for screen in SCREENS}
    assert len(found.for_screening) > 10 and found.outside > 50


def test_typing_and_scanning_errors_of_honest_people_are_refused_without_accusing() -> None:
    year = Year(11, 10_000)
    trial = Trial(year.registry())
    scans = [
        tried
        for tried in trial.run(json.loads(event.line()) for event in year.events())
        if tried.event.get("label", {}).get("lookalike") == "bad_scan"
    ]
    refused = [tried for tried in scans if tried.outcome == "refused"]
    assert len(refused) * 2 == len(scans)
    codes = [tried.event["disclosures"]["codes"][0]["code"] for tried in refused]
    assert {code.isascii() for code in codes} == {True, False}, "of another layout, and with more behind it"
    assert {tried.classes for tried in refused} == {("DATA_QUALITY",)}


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
    ],
)
def test_wilsons_interval(hits: int, trials: int, low: float, high: float) -> None:
    assert wilson(hits, trials) == pytest.approx((low, high), abs=5e-5)


def tried(outcome: str, codes: tuple[str, ...], classes: tuple[str, ...], /, **label: object) -> Tried:
    event = {"id": "x", "type": "dispensing.dispensed", **({"label": label} if label else {})}
    return Tried(event, outcome, codes, classes)


def test_a_missed_case_is_reported_as_missed() -> None:
    told = score([tried("accepted", (), (), case="S1", codes=["ORIGIN_AI_GENERATED"])]).told()
    assert [(one["hits"], one["of"]) for one in told["cases"]] == [(0, 1)]


def test_a_rule_that_no_case_asks_is_told_and_not_left_out() -> None:
    """44 rules had no case and nothing said so: a table of catches looked as if it spoke for all of them."""
    label = {"case": "S45", "codes": ["PACE_TOO_FAST"], "rules": ["PACE-1"]}
    event = {"id": "x", "type": "", "label": label}
    spoke = (("PACE_TOO_FAST", "PACE-1"), ("PACE_NOTICE", "PACE-4"))
    found = score([Tried(event, "refused", ("PACE_TOO_FAST",), ("VIOLATION", "NOTICE"), spoke)])
    told = found.told()
    assert told["cases"][0]["rules"] == ["PACE-1"]
    unasked = {rule.id for rule in RULES} - {"PACE-1", *NOT_IN_YEAR}
    assert set(told["rules_without_case"]) == unasked
    page = "\n".join(table({**told, "seconds": 1.0, "blind": []}))
    assert f"recall is not known: {len(unasked)} of {len(RULES)}" in page and "PACE-4" in page
    assert f"RULES.md names: {len(NOT_IN_YEAR)}" in page and "authenticator's counter" in page


def test_what_another_rule_caught_no_rule_caught_itself() -> None:
    label = {"case": "S17", "codes": ["ORG_SCOPE"], "rules": ["LICENCE-6"]}
    event = {"id": "x", "type": "", "label": label}
    honest = {"id": "y", "type": ""}
    by_another, by_itself = ((("ORG_SCOPE", rule),) for rule in ("LICENCE-5", "LICENCE-6"))
    acts = [
        Tried(event, "refused", ("ORG_SCOPE",), ("VIOLATION",), by_another),
        Tried(event, "refused", ("ORG_SCOPE",), ("VIOLATION",), by_itself),
        Tried(honest, "refused", ("ORG_SCOPE",), ("VIOLATION",), by_another),
    ]
    found = score(acts)
    assert found.cases["S17", "ORG_SCOPE"] == Share(2, 2)
    assert found.rules == {"LICENCE-6": Share(1, 2)} and found.accusing == {"LICENCE-5": 1}
    (told,) = found.told()["by_rule"]
    assert (told["rule"], told["hits"], told["of"], told["accused"]) == ("LICENCE-6", 1, 2, 0)
    lines = list(table({**found.told(), "seconds": 1.0, "blind": []}))
    assert any(line.split()[:3] == ["LICENCE-6", "1", "2"] for line in lines)


def test_who_is_accused_is_told_by_the_code_that_accuses() -> None:
    """The third declared journey was told as SUPPLY_EXEMPT, a notice that accuses nobody."""
    codes = ("SUPPLY_EXEMPT", "EXEMPTION_REPEATED")
    found = score([tried("accepted", codes, ("NOTICE", "SUSPICION"), lookalike="travel")])
    assert found.alarms == {("EXEMPTION_REPEATED", "travel"): 1}


def test_what_must_be_noted_is_missed_when_unseen_and_a_false_alarm_when_accused() -> None:
    label = {"case": "S47", "codes": ["QTY_RANGE"], "lookalike": "slip"}
    unseen = tried("accepted", (), (), **label)
    accused = tried("refused", ("ROLE_FORBIDDEN",), ("VIOLATION",), **label)
    noted = tried("refused", ("QTY_RANGE",), ("DATA_QUALITY",), **label)
    found = score([unseen, accused, noted])
    assert found.cases["S47", "QTY_RANGE"] == Share(1, 3)
    assert found.lookalikes["slip"] == Share(1, 3)


def test_the_wrong_code_is_no_catch() -> None:
    told = score([tried("refused", ("TIME_SKEW",), ("DATA_QUALITY",), case="S1", codes=["X"])]).told()
    assert told["cases"][0]["hits"] == 0


@pytest.mark.parametrize(
    ("classes", "alarms"),
    [(("VIOLATION",), 1), (("SUSPICION",), 1), (("NOTICE",), 0), (("DATA_QUALITY",), 0)],
)
def test_only_accusations_are_false_alarms(classes: tuple[str, ...], alarms: int) -> None:
    found = score([tried("accepted", ("ROLE_FORBIDDEN",), classes, lookalike="travel")])
    assert (found.honest.hits, found.honest_sales.hits) == (alarms, alarms)
    assert found.lookalikes["travel"] == Share(alarms, 1)


def test_the_command_prints_the_table_and_writes_the_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    year, columns = tmp_path / "year", tmp_path / "columns"
    assert main(["generate", "--seed", "3", "--out", str(year)]) == 0
    assert main(["evaluate", str(year), "--columns", str(columns)]) == 0
    told = capsys.readouterr().out
    assert "ORIGIN_AI_GENERATED" in told and "honest dispensings" in told and "travel" in told
    for name, schema in SCHEMAS.items():
        assert dict(pl.read_parquet_schema(columns / f"{name}.parquet")) == dict(schema)
    sales = pl.read_parquet(columns / "sales.parquet")
    told_by = {"dispensed", "reported", "settled", "returned", "paid", "refunded", "corrected", "wrong"}
    assert set(sales["channel"].unique()) == told_by
    assert not sales["patient"].str.starts_with("990000").any()


def test_what_happened_outside_is_beside_the_judged_and_the_figures_add_up() -> None:
    refused = tried("refused", ("ROLE_FORBIDDEN",), ("VIOLATION",))
    found = score([tried("accepted", (), ()), refused, tried("outside", (), ())])
    first, second, *_ = table({**found.told(), "seconds": 1.0, "blind": []})
    assert first == "2 statements judged in 1.0 s (2/s): 1 accepted, 1 not"
    assert second == "besides them 1 acts happened outside the ledger, which judges none of these"


def test_who_reads_chinese_is_told_the_figures_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table, its heads and what it says of the rules were English for everybody."""
    found = score([tried("accepted", (), ()), tried("outside", (), ())]).told()
    screen = {"screen": "SCREEN-OPEN", "class": "VIOLATION", "found": 1, "of": 1, "low": 0.2, "high": 1.0}
    screen |= {"lookalikes": 2, "lookalikes_named": 0, "honest_accused": [], "named_without_accusing": 0}
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    found |= {"seconds": 1.0, "blind": Sight().told(), "screening": [{**screen, "missed": []}]}
    lines = list(table(found))
    english = [line for line in lines if re.search(r"[a-z]{3}", line.replace("--columns", ""))]
    assert english == []
    assert lines[0] == "裁决 1 份声明，用时 1.0 s (1/s)：接受 1 份，未接受 0 份"
    (of_screen,) = (line for line in lines if line.startswith("SCREEN-OPEN"))
    assert re.sub(" +", " ", of_screen) == "SCREEN-OPEN 违规 1 1 100.00% 20.00% - 100.00% 0 / 2 无"


def test_a_reader_of_six_hundred_lines_finds_the_totals_at_their_end() -> None:
    caught = tried("refused", ("ROLE_FORBIDDEN",), ("VIOLATION",), case="S2", codes=["ROLE_FORBIDDEN"])
    missed = tried("accepted", (), (), case="S2", codes=["ROLE_FORBIDDEN"], rules=["PACE-1"])
    honest = [tried("accepted", (), ()), tried("refused", ("ROLE_FORBIDDEN",), ("VIOLATION",))]
    screen = {"screen": "SCREEN-OPEN", "class": "VIOLATION", "found": 1, "of": 2, "low": 0.2, "high": 1.0}
    screen |= {"lookalikes": 2, "lookalikes_named": 0, "honest_accused": [], "named_without_accusing": 0}
    told = {**score([caught, missed, *honest]).told(), "seconds": 1.0, "blind": []}
    lines = list(table({**told, "screening": [{**screen, "missed": ["D1"]}]}))
    short = [re.sub(" +", " ", line).strip() for line in lines[lines.index("in short") :]]
    assert short[1:] == [
        "injected acts caught 1 of 2",
        "rules that caught themselves all that they ought to 0 of 1",
        "honest acts accused 1 of 2",
        "honest dispensings accused 1 of 2",
        "screens that found all of their subjects 0 of 1",
        "look-alikes named by screens 0 of 2",
        "acts in blind corners seen 0 of 0",
    ]
    assert not any("screens" in line for line in table(told) if line.startswith("  screens"))


def test_a_run_of_minutes_says_on_a_terminal_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was shown for a minute: is it still running?"""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("LC_ALL", "C")
    year = tmp_path / "year"
    assert main(["generate", "--seed", "3", "--out", str(year)]) == 0
    assert main(["evaluate", str(year), "--columns", str(tmp_path / "columns")]) == 0
    shown = terminal.getvalue()
    assert "1,000 statements judged, day " in shown and f"1 of {len(SCREENS)} screens" in shown
    assert shown.endswith("\r\x1b[K"), "the answer begins a line of its own"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_whom_a_screen_missed_is_named() -> None:
    screen = {"screen": "SCREEN-SHARE", "class": "SUSPICION", "found": 1, "of": 2, "low": 0.1, "high": 0.9}
    screen |= {"lookalikes": 0, "lookalikes_named": 0, "honest_accused": [], "named_without_accusing": 0}
    told = {**score([]).told(), "seconds": 1.0, "blind": []}
    assert "missed: SCREEN-SHARE D1@P1" in table({**told, "screening": [{**screen, "missed": ["D1@P1"]}]})


def test_what_is_no_year_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tmp_path)]) == 2
    assert "rx generate" in capsys.readouterr().err
