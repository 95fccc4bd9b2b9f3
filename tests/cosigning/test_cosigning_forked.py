"""A backup was restored while a witness was away, and the log grew past it: back again, it shows the fork."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.metrics import Metrics
from api.witnesses import cosigning
from api.witnesses.client import Reply
from api.witnesses.continuation import NotContinued, require_continued
from api.witnesses.cosigning import Cosigner
from api.witnesses.policy import Witness, quorum_of
from ledger.clock import SandboxClock
from ledger.local import Ledger
from tests.api.serving import START_MS, found_ledger
from tests.cosigning.test_cosigning_witness import policy_of, serving
from tests.cosigning.witnesses import GrowingLog, WitnessDouble, deliver

SIZE = "text/x.tlog.size"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A witness that failed is asked again at once."""
    monkeypatch.setattr(cosigning, "BACKOFF_S_MAX", 0.0)


@pytest.fixture
def witness_of_110(tmp_path: Path) -> Iterator[Witness]:
    """A real witness that has cosigned 110 entries."""
    log = GrowingLog()
    log.grow_to(110)
    with serving(tmp_path / "w", log) as witness:
        assert Cosigner(policy_of(log, witness), log).collect().is_met
        yield witness


def restored(at: int, size: int) -> GrowingLog:
    """The same log up to `at`, then other entries up to `size`."""
    log = GrowingLog()
    log.grow_to(at)
    log.entry = "after the restore"
    log.grow_to(size)
    return log


def test_a_fork_that_grew_past_its_witness_while_it_was_away_is_critical(witness_of_110: Witness) -> None:
    log = restored(100, 150)
    cosigner = Cosigner(policy_of(log, witness_of_110), log)
    with capture_logs() as events:
        first, second = cosigner.collect(), cosigner.collect()
        log.grow_to(151)
        cosigner.collect()
    (told,) = [one for one in events if one["log_level"] == "critical"]
    assert (told["witness"], told["size"]) == ("bureau", 110)
    assert "does not continue what a witness has cosigned" in told["event"]
    assert "restore the newest backup" in told["remedy"]
    for collected in (first, second):
        assert not collected.is_met
        assert "does not continue its size 110: answered 422" in collected.faults["bureau"]


def test_the_cause_stays_what_the_witness_knows_until_the_fork_outgrows_it(witness_of_110: Witness) -> None:
    """The log told of "answered 400", as if the witness were broken, from the second request on."""
    log = restored(100, 100)
    cosigner = Cosigner(policy_of(log, witness_of_110), log)
    with capture_logs() as events:
        for size in (100, 100, 101, 109):
            log.grow_to(size)
            fault = f"has cosigned size 110, we publish {size}"
            assert cosigner.collect().faults == {"bureau": fault}
        log.grow_to(111)
        assert "does not continue its size 110" in cosigner.collect().faults["bureau"]
    assert [(one["log_level"], one.get("size"), one.get("cause")) for one in events] == [
        ("critical", 110, None),
        ("warning", None, "has cosigned size 110, we publish 100"),
        ("critical", 110, None),
    ]


def test_a_log_that_has_caught_up_with_a_larger_size_is_cosigned(witness_of_110: Witness) -> None:
    """Its entries came back: nothing that was remembered of the conflict stands in the way."""
    log = restored(105, 105)
    log.entry = "entry"
    cosigner = Cosigner(policy_of(log, witness_of_110), log)
    for size in (105, 106):
        log.grow_to(size)
        assert not cosigner.collect().is_met and cosigner.conflicts == {"bureau": True}
    log.grow_to(112)
    assert cosigner.collect().is_met and cosigner.conflicts == {"bureau": False}


def test_a_fork_longer_than_what_its_witness_knows_is_not_served_again(witness_of_110: Witness) -> None:
    log = restored(100, 150)
    with pytest.raises(NotContinued, match="cosigned 110 other entries, this log has published 150"):
        require_continued(policy_of(log, witness_of_110), log)


@pytest.mark.parametrize("size", [110, 111, 150])
def test_a_log_that_grew_honestly_past_its_witness_goes_on(witness_of_110: Witness, size: int) -> None:
    log = restored(110, size)
    policy = policy_of(log, witness_of_110)
    cosigner = Cosigner(policy, log)
    with capture_logs() as events:
        require_continued(policy, log)
        assert cosigner.collect().is_met
    assert events == [] and cosigner.conflicts == {"bureau": False}


def test_a_witness_that_is_behind_is_asked_with_the_proof_from_its_own_size() -> None:
    log = restored(5, 5)
    double = WitnessDouble("w", 7)
    double.answer = lambda body: Reply(409, b"3\n", SIZE) if body.startswith(b"old 5\n") else Reply(200, b"")
    require_continued(quorum_of(log.key, [double.witness], 1), log, send=deliver(double))
    head = double.requests[1].split(b"\n\n")[0]
    assert len(double.requests) == 2
    assert head.startswith(b"old 3\n") and head.count(b"\n") == len(log.consistency_proof(3, 5))


def test_a_witness_that_names_other_sizes_for_ever_keeps_no_ledger_from_starting() -> None:
    log = restored(5, 5)
    double = WitnessDouble("w", 7)
    double.answer = lambda body: Reply(409, b"%d\n" % (1 + len(double.requests) % 3), SIZE)
    require_continued(quorum_of(log.key, [double.witness], 1), log, send=deliver(double))
    assert len(double.requests) == 3


def test_a_refusal_by_a_witness_whose_size_is_not_known_is_no_fork() -> None:
    log = restored(5, 5)
    double = WitnessDouble("w", 7, lambda _: Reply(422, b"nothing is proven"))
    cosigner = Cosigner(quorum_of(log.key, [double.witness], 1), log, send=deliver(double))
    with capture_logs() as events:
        assert cosigner.collect().faults == {"w": "answered 422: nothing is proven"}
    assert events == [] and cosigner.conflicts == {"w": False}


def test_the_metrics_show_a_fork_until_the_witness_cosigns(tmp_path: Path) -> None:
    log = restored(5, 5)
    knows = {b"old 0": Reply(409, b"3\n", SIZE), b"old 3": Reply(422, b"fork")}
    double = WitnessDouble("w", 7, lambda body: knows[body[:5]])
    cosigner = Cosigner(quorum_of(log.key, [double.witness], 1), log, send=deliver(double))
    found_ledger(tmp_path / "ledger")
    ledger = Ledger.open(tmp_path / "ledger", SandboxClock(START_MS))
    try:
        metrics = Metrics(ledger, cosigner)
        for answer, shown in ((double.answer, b"1.0"), (None, b"0.0")):
            double.answer = answer
            cosigner.collect()
            assert b'rx_witness_conflict{witness="w"} ' + shown in metrics.render()
    finally:
        ledger.close()
