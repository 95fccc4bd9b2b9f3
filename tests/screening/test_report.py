"""The registry is complete, reports say the same thing three ways, and bad input is named."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from api.command.main import main
from api.screening.page import as_html
from api.screening.registry import SCREENS
from api.screening.report import Finding, as_table, screened
from api.screening.screen import ENTRIES_MAX, FREQUENT, OVER_NEED, REPEATED, Screen
from api.screening.tables import SCHEMAS, WORDS, ColumnsFault, Tables
from api.words import ROWS
from contracts.parameters import DEFAULTS
from tests.screening.columns import History

HERE = Path(__file__).parent
TESTS = "".join(path.read_text("utf-8") for path in HERE.glob("test_screens_*.py"))


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.id)
def test_a_screen_is_complete(screen: Screen) -> None:
    assert re.search("[一-鿿]", screen.zh) and not re.search("[一-鿿]", screen.en)
    assert screen.en.endswith(".") and screen.zh.endswith("。") and screen.sources and screen.parameters
    assert screen.class_ in ("VIOLATION", "SUSPICION", "DATA_QUALITY", "NOTICE")
    assert f'"{screen.id}"' in TESTS, f"no test names {screen.id}"
    page = (HERE.parents[1] / "api/screening/README.md").read_text("utf-8")
    assert f"| {screen.id} | {screen.class_} |" in page


def test_placeholders_are_those_of_the_rulebook() -> None:
    assert list(WORDS) == DEFAULTS["placeholders"]


def test_each_behaviour_and_level_of_supervision_has_its_screens() -> None:
    for behaviour in (OVER_NEED, REPEATED, FREQUENT):
        assert any(screen.behaviour == behaviour for screen in SCREENS)
    assert {"organisation", "department", "person", "insured"} <= {screen.level for screen in SCREENS}


def test_columns_of_older_software_have_no_cases_and_are_screened(folder: Path) -> None:
    (folder / "cases.parquet").unlink()
    found = {screen.id: findings for screen, findings in screened(Tables(folder))}
    assert found["SCREEN-DRUG-CASES"] == [] and found["SCREEN-BALANCE"]


def test_ids_are_unique() -> None:
    assert len({screen.id for screen in SCREENS}) == len(SCREENS)


def test_the_page_of_columns_names_every_column() -> None:
    page = (HERE.parents[1] / "api/screening/COLUMNS.md").read_text("utf-8")
    for name, schema in SCHEMAS.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}.parquet`"))
        assert all(re.search(rf"\b{column}\b", row) for column in schema)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    history = History()
    history.add("organisations", code="<script>alert(1)</script>")
    for number in range(30):
        history.add("sales", pharmacy="<script>alert(1)</script>", code=f"k{number}")
    history.add("stock", pharmacy="<script>alert(1)</script>", code="k")
    return history.write(tmp_path / "columns")


def test_json_table_and_page_tell_the_same(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    assert main(["screen", str(folder), "--json", "--html", str(page)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told["screens"]] == [screen.id for screen in SCREENS]
    [balance] = [one for one in told["findings"] if one["screen"] == "SCREEN-BALANCE"]
    assert balance["count"] == 30 == len(balance["entries"])
    assert balance["limit"] == 1.0
    assert balance["en"].endswith("Check the entries (rx entry) before anybody is asked.")
    assert "指标 30.00，界限 1。先核对账目" in balance["zh"]
    assert told["by_level"]["organisation"]["SUSPICION"] == 1
    assert told["by_behaviour"].keys() == {OVER_NEED, REPEATED, FREQUENT}
    html = page.read_text("utf-8")
    assert "<script" not in html and "&lt;script&gt;" in html and "http" not in html
    assert "<svg" in html and "筛查报告" in html and ", 21 …</td>" in html
    assert main(["screen", str(folder)]) == 0
    assert "SCREEN-BALANCE" in capsys.readouterr().out


def test_a_finding_cites_its_entries_up_to_a_thousand_and_counts_all(tmp_path: Path) -> None:
    """A share of sixty packs was proved by twenty of them."""
    history = History()
    for number in range(ENTRIES_MAX + 1):
        history.add("sales", pharmacy="P1", code=f"k{number}")
    history.add("stock", pharmacy="P1", code="k")
    [(_, [finding])] = screened(Tables(history.write(tmp_path)), ["SCREEN-BALANCE"])
    assert finding.count == ENTRIES_MAX + 1 and len(finding.entries) == ENTRIES_MAX
    page = (HERE.parents[1] / "api/screening/README.md").read_text("utf-8")
    assert f"up to {ENTRIES_MAX:,} of them" in page


def test_the_table_speaks_chinese(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert main(["screen", str(folder), "--only", "SCREEN-BALANCE"]) == 0
    told = capsys.readouterr().out
    assert "账实不符" in told and "疑点" in told and "SUSPICION" not in told and "organisation" not in told
    assert "30 条账目：" in told and told.count(" …\n") == 1


def test_the_page_says_in_which_language_it_is_read_and_every_word_in_both(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    page = tmp_path / "report.html"
    assert main(["screen", str(folder), "--only", "SCREEN-BALANCE", "--html", str(page)]) == 0
    assert f"网页已写入 {page}" in capsys.readouterr().out
    html = page.read_text("utf-8")
    assert '<html lang="zh-CN">' in html and "SUSPICION 疑点" in html
    assert "organisation 机构" in html and "pharmacy 药店" in html


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.id)
def test_a_line_of_the_table_keeps_its_columns_apart_and_says_no_more_than_there_is(screen: Screen) -> None:
    """SCREEN-DRUG-GROWTHNOTICE; and three entries of three with dots, as if there were more."""
    found = Finding(screen, "D1", 1.0, 1.0, 1, (7,))
    _, _, first, second, *_ = as_table([(screen, [found])])
    assert first.split()[:3] == [screen.id, screen.class_, "1"]
    assert second.endswith("  1 entry: 7")
    three = Finding(screen, "D1", 1.0, 1.0, 3, (7, 8, 9))
    assert list(as_table([(screen, [three])]))[3].endswith("  3 entries: 7, 8, 9")
    words = {screen.class_, screen.level, screen.behaviour, *screen.subject.split("@")} - {""}
    assert words <= ROWS.keys(), "each word has a Chinese one"


@pytest.mark.parametrize(("count", "left"), [(4, []), (5, []), (6, ["1"]), (12, ["7"])])
def test_a_screen_that_shows_some_of_its_findings_says_how_many_more(count: int, left: list[str]) -> None:
    """SCREEN-SPENDING said 6 and listed 5: which was wrong?"""
    found = [Finding(SCREENS[0], f"D{number}", 1.0, 1.0, 1, (7,)) for number in range(count)]
    for chinese, more in ((False, r"… and (\d+) more"), (True, r"… 另有 (\d+) 项")):
        lines = list(as_table([(SCREENS[0], found)], chinese))
        assert re.findall(more, "\n".join(lines)) == left
        assert lines[0].startswith(("screen", "筛查")) and lines[1].endswith(("proof", "依据"))


@pytest.mark.parametrize("chinese", [False, True])
def test_a_finding_among_wider_peers_says_so_wherever_it_is_read(chinese: bool) -> None:
    """Who was compared with all departments is not said to have been compared with the own."""
    for screen in (one for one in SCREENS if one.wider != ("", "")):
        usual, wider = (Finding(screen, "D1", 60.0, 50.0, 1, (7,), among) for among in (False, True))
        lines = list(as_table([(screen, [usual, wider])], chinese))[3:6]
        assert [line.strip() == screen.wider[chinese] for line in lines] == [False, False, True]
        assert screen.wider[chinese] in wider.told()["zh" if chinese else "en"]
        assert screen.wider[chinese] not in usual.sentence(chinese)
        assert as_html([(screen, [wider])], "year", {}).count(screen.wider[chinese]) == 1
    assert sum(one.wider != ("", "") for one in SCREENS) == 2


def test_a_missing_file_column_or_kind_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stock = pl.read_parquet(folder / "stock.parquet")
    stock.drop("code").write_parquet(folder / "stock.parquet")
    with pytest.raises(ColumnsFault, match="no column code"):
        Tables(folder)
    stock.with_columns(pl.lit(1).alias("code")).write_parquet(folder / "stock.parquet")
    with pytest.raises(ColumnsFault, match="column code is"):
        Tables(folder)
    (folder / "stock.parquet").write_bytes(b"no parquet")
    with pytest.raises(ColumnsFault, match="no Parquet file"):
        Tables(folder)
    (folder / "stock.parquet").unlink()
    assert main(["screen", str(folder)]) == 2
    assert "stock.parquet is missing" in capsys.readouterr().err


def test_an_unknown_screen_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["screen", str(folder), "--only", "SCREEN-STARS"]) == 2
    assert "SCREEN-RING" in capsys.readouterr().err


def test_an_empty_history_has_no_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["screen", str(History().write(tmp_path)), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []


def _draft(path: Path, *thresholds: str) -> Path:
    members = {"version": "strict", "parameters": {"screen_thresholds": list(thresholds)}}
    path.write_text(json.dumps({"type": "governance.rulebook", "members": members}))
    return path


def test_a_rulebook_sets_thresholds_and_the_report_names_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = _draft(tmp_path / "draft.json", "SCREEN-BALANCE packs_min 31")
    page = tmp_path / "page.html"
    assert main(["screen", str(folder), "--json", "--rulebook", str(draft), "--html", str(page)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["id"]: one["version"] for one in told["screens"]} == {one.id: one.version for one in SCREENS}
    versions = {one.id: one.version for one in SCREENS}
    assert all(one["version"] == versions[one["screen"]] for one in told["findings"]) and told["findings"]
    assert all(f" v{one['version']} · " in page.read_text("utf-8") for one in told["findings"])
    assert told["rules"]["version"] == "strict" and "version: strict" in page.read_text("utf-8")
    assert not [one for one in told["findings"] if one["screen"] == "SCREEN-BALANCE"]
    noted = {"version": "now", "rulebook": "ab", "screen_thresholds": ["SCREEN-BALANCE packs_min 30"]}
    (folder / "in-force.json").write_text(json.dumps(noted))
    assert main(["screen", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rules"]["rulebook"] == "ab"
    assert [one["limit"] for one in told["findings"] if one["screen"] == "SCREEN-BALANCE"] == [30.0]


def test_going_back_to_an_older_rulebook_gives_its_findings_and_its_name_again(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """S35: what a version said can be said again; a finding that no version explains convinces nobody."""

    def told(version: str, packs: int) -> dict[str, Any]:
        draft = tmp_path / f"{version}.json"
        parameters = {"screen_thresholds": [f"SCREEN-BALANCE packs_min {packs}"]}
        members = {"version": version, "parameters": parameters}
        draft.write_text(json.dumps({"type": "governance.rulebook", "members": members}))
        words = ["screen", str(folder), "--json", "--only", "SCREEN-BALANCE", "--rulebook", str(draft)]
        assert main(words) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    older, newer, again = told("2026-1", 30), told("2026-2", 31), told("2026-1", 30)
    assert (len(older["findings"]), len(newer["findings"])) == (1, 0)
    assert again == older
    assert (older["rules"]["version"], newer["rules"]["version"]) == ("2026-1", "2026-2")


@pytest.mark.parametrize(
    "text",
    [
        "SCREEN-STARS packs_min 1",
        "SCREEN-BALANCE stars_min 1",
        "SCREEN-BALANCE packs_min many",
        "SCREEN-BALANCE packs_min -1",
        "SCREEN-BALANCE packs_min nan",
        "SCREEN-BALANCE packs_min inf",
        "SCREEN-BALANCE packs_min",
    ],
)
def test_a_threshold_that_is_none_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert main(["screen", str(folder), "--rulebook", str(_draft(tmp_path / "draft.json", text))]) == 2
    assert text in capsys.readouterr().err


def test_what_is_no_rulebook_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "draft.json").write_text("[]")
    assert main(["screen", str(folder), "--rulebook", str(tmp_path / "draft.json")]) == 2
