"""The comparison report: a rule on trial, a prescription that it would have flagged, the log, the paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.command.main import main
from api.reports.shadow import compared, table
from tests.api.entries import organisation, said
from tests.api.serving import REGULATOR, site
from tests.catalogue.desk import H1, Desk

RULE = "PACE-5"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An exported log: three prescriptions of one drug out of one consultation, and a refused one."""
    folder = tmp_path_factory.mktemp("shadow")
    with site(folder) as made:
        desk = Desk(made)
        desk.issued()  # before the trial: not asked
        desk.commit(desk.rulebook(version="trial", parameters={"shadow_rules": [RULE]}), REGULATOR)
        desk.wait(1)
        seen = desk.consult()
        for _ in range(3):
            desk.count += 1
            desk.commit(desk.issue(after=seen), H1)
            desk.wait(60)
        assert desk.post(desk.issue(members={"validity_days": 9}), H1).status_code == 422
        made.ledger.publish(force=True)
        made.ledger.export(folder / "log")
        yield folder / "log"


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["shadow", *words]) == 0
    return capsys.readouterr().out


def test_the_report_counts_what_the_rule_would_have_added(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [trial] = json.loads(told(capsys, str(log), "--json"))["trials"]
    assert (trial["rule"], trial["code"], trial["would"]) == (RULE, "SPLIT_RX", "flag")
    assert (trial["asked"], trial["spoken"], trial["already_refused"]) == (3, 1, 1)
    assert len(trial["entries"]) == 1


def test_it_reads_in_both_languages(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C")
    assert "1 of 3 (33.33%)" in told(capsys, str(log))
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    chinese = told(capsys, str(log))
    assert "拆分处方" in chinese and "3 项中有 1 项（33.33%）" in chinese
    coded = chinese.replace(f"{RULE} SPLIT_RX", "")
    assert not re.search("[A-Za-z]{2}", coded), "a Chinese report had English lines"


def test_a_rule_that_nothing_was_asked_about_yet_is_shown_on_trial() -> None:
    """A log whose last entry is the rulebook was told to have no rule on trial, as if it had gone astray."""
    entries = [organisation("H1", "hospital"), rulebook("CLINICAL-17"), rulebook("CLINICAL-17", "PACE-5")]
    trials = compared(entries)
    told = [(one.rule, one.since, one.asked, one.spoken) for one in trials]
    assert told == [("CLINICAL-17", 1, 0, 0), ("PACE-5", 2, 0, 0)]
    assert "on trial since entry 1: would have spoken 0 of 0" in "\n".join(table(trials, chinese=False))
    assert "自第 1 条账目起试运行：0 项中有 0 项" in "\n".join(table(trials, chinese=True))


@pytest.mark.parametrize("named", [(), ("PACE-999",)])
def test_a_rulebook_without_a_rule_on_trial_shows_none(named: tuple[str, ...]) -> None:
    assert compared([rulebook(*named)]) == []


def rulebook(*shadowed: str) -> bytes:
    """A rulebook that puts rules on trial."""
    parameters = {"shadow_rules": list(shadowed)} if shadowed else {}
    return said("2026-03-01T00:00:00Z", "governance.rulebook", REGULATOR, "G1", parameters=parameters)


def test_what_is_no_log_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shadow", str(tmp_path)]) == 2
    assert "rx export" in capsys.readouterr().err
