"""A ledger restored from yesterday agrees with itself; its witnesses know what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.witnesses.client import Reply
from api.witnesses.continuation import NotContinued, require_continued
from api.witnesses.cosigning import Cosigner, CosigningError
from api.witnesses.policy import WitnessPolicy, quorum_of
from tests.cosigning.test_cosigning_witness import policy_of, serving
from tests.cosigning.witnesses import GrowingLog, WitnessDouble, deliver

SIZE = "text/x.tlog.size"


def grown(size: int, entry: str = "entry") -> GrowingLog:
    log = GrowingLog(entry=entry)
    log.grow_to(size)
    return log


def test_a_log_that_a_real_witness_has_seen_or_not_yet_goes_on(tmp_path: Path) -> None:
    log = grown(5)
    with serving(tmp_path / "w", log) as witness:
        policy = policy_of(log, witness)
        require_continued(policy, log)  # it knows nothing of this log
        assert Cosigner(policy, log).collect().is_met
        require_continued(policy, log)
        log.grow_to(9)  # published, not yet shown: the process died in between
        require_continued(policy, log)
        assert Cosigner(policy, log).collect().is_met


@pytest.mark.parametrize("entry", ["entry", "other"])
def test_yesterdays_log_is_refused_by_a_real_witness_of_todays(tmp_path: Path, entry: str) -> None:
    today = grown(9)
    with serving(tmp_path / "w", today) as witness:
        policy = policy_of(today, witness)
        assert Cosigner(policy, today).collect().is_met
        with pytest.raises(NotContinued, match="bureau has cosigned 9 entries, this log has published 5"):
            require_continued(policy, grown(5, entry))


def test_other_entries_of_the_same_number_are_refused(tmp_path: Path) -> None:
    today = grown(9)
    with serving(tmp_path / "w", today) as witness:
        policy = policy_of(today, witness)
        assert Cosigner(policy, today).collect().is_met
        with pytest.raises(NotContinued, match="9 other entries"):
            require_continued(policy, grown(9, "other"))


def quorum(*doubles: WitnessDouble) -> WitnessPolicy:
    return quorum_of(GrowingLog().key, [one.witness for one in doubles], 1)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(0, b"no answer"),
        Reply(404, b"unknown log"),
        Reply(503, b"later"),
        Reply(409, b"900", "text/plain"),
        Reply(409, b"many", SIZE),
        Reply(409, b"4", SIZE),
        Reply(409, b"0", SIZE),
    ],
    ids=lambda reply: f"{reply.status} {reply.body.decode()} {reply.content_type}",
)
def test_a_witness_that_is_silent_broken_or_behind_keeps_no_ledger_from_starting(reply: Reply) -> None:
    double = WitnessDouble("w", 7, lambda _: reply)
    require_continued(quorum(double), grown(5), send=deliver(double))
    assert double.requests[0].startswith(b"old 5\n\n")


@pytest.mark.parametrize(
    "reply", [Reply(409, b"6\n", SIZE), Reply(409, b"5", SIZE), Reply(422, b"another root")]
)
def test_one_witness_of_several_that_knows_more_is_enough(reply: Reply) -> None:
    honest, knowing = WitnessDouble("w1", 7), WitnessDouble("w2", 8, lambda _: reply)
    send = deliver(honest, knowing)
    with pytest.raises(NotContinued, match="witness w2"):
        require_continued(quorum(honest, knowing), grown(5), send=send)


def test_without_witnesses_to_ask_nothing_is_asked() -> None:
    require_continued(quorum_of(GrowingLog().key, [], None), GrowingLog())  # nothing is published yet


def test_a_checkpoint_of_another_log_is_named() -> None:
    double = WitnessDouble("w", 7)
    with pytest.raises(CosigningError):
        require_continued(quorum(double), GrowingLog(), send=deliver(double))
