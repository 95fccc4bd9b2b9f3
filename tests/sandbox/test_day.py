"""The sandbox's day comes out, step by step, as `day.json` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.sandbox.day import CORPUS, load
from api.sandbox.story import Verdict
from tests.sandbox.memory import play_day

DAY = load(CORPUS)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    return play_day(DAY, Path(tmp_path_factory.mktemp("day")))


def test_every_step_has_its_outcome_decisive_code_and_class(verdicts: list[Verdict]) -> None:
    different = {
        step.number: (step.expect, verdict.outcome, verdict.codes, verdict.class_)
        for step, verdict in zip(DAY.steps, verdicts, strict=True)
        if not verdict.meets(step.expect)
    }
    assert different == {}


def test_the_identical_message_gets_the_first_index_again(verdicts: list[Verdict]) -> None:
    first, again = verdicts[115], verdicts[126]
    assert (again.outcome, again.index, again.statement_id) == ("replayed", first.index, first.statement_id)
