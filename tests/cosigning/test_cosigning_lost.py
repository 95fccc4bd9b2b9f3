"""A witness that is gone is told of: in the log once, in the metrics until it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.command.service import policy_of
from api.metrics import Metrics
from api.witnesses import cosigning
from api.witnesses.client import Reply
from api.witnesses.cosigning import Cosigner
from api.witnesses.policy import quorum_of
from ledger.clock import SandboxClock
from ledger.local import Ledger
from tests.api.serving import START_MS, found_ledger
from tests.cosigning.witnesses import GrowingLog, WitnessDouble, deliver


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A witness that failed is asked again at once."""
    monkeypatch.setattr(cosigning, "BACKOFF_S_MAX", 0.0)


def gone(body: bytes) -> Reply:
    return Reply(0, b"ConnectionRefusedError: refused")


def test_a_witness_that_is_gone_is_logged_once_with_its_cause_and_once_when_it_is_back() -> None:
    double, log = WitnessDouble("w1", 2), GrowingLog()
    cosigner = Cosigner(quorum_of(log.key, [double.witness], 1), log, send=deliver(double))
    with capture_logs() as events:
        for size, answer in ((1, None), (2, gone), (2, gone), (2, gone), (3, gone), (3, None), (4, None)):
            log.grow_to(size)
            double.answer = answer
            cosigner.collect()
    assert [(one["event"], one["witness"]) for one in events] == [
        ("witness does not cosign", "w1"),
        ("witness cosigns again", "w1"),
    ]
    assert events[0]["cause"] == "answered 0: ConnectionRefusedError: refused"


def test_one_lost_race_is_no_news() -> None:
    double, log = WitnessDouble("w1", 2), GrowingLog()
    log.grow_to(1)
    cosigner = Cosigner(quorum_of(log.key, [double.witness], 1), log, send=deliver(double))
    with capture_logs() as events:
        for answer in (gone, None):
            double.answer = answer
            cosigner.collect()
    assert events == []


@pytest.mark.parametrize(("cosigned", "told"), [(7, ["a witness has cosigned what this log lacks"]), (6, [])])
def test_a_witness_that_knows_more_than_was_ever_published_is_told_at_once(
    cosigned: int, told: list[str]
) -> None:
    """It was away when the ledger started: nobody else knows that entries are missing."""
    log = GrowingLog()
    log.grow_to(5)

    def knows_more(body: bytes) -> Reply:
        log.grow_to(6)  # meanwhile the next checkpoint goes out: a witness may know that one
        return Reply(409, b"%d" % cosigned, "text/x.tlog.size")

    double = WitnessDouble("w1", 2, knows_more)
    with capture_logs() as events:
        Cosigner(quorum_of(log.key, [double.witness], 1), log, send=deliver(double)).collect()
    assert [one["event"] for one in events] == told


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    found_ledger(tmp_path / "ledger")
    made = Ledger.open(tmp_path / "ledger", SandboxClock(START_MS))
    yield made
    made.close()


def figures(metrics: Metrics) -> dict[str, float]:
    lines = metrics.render().decode().splitlines()
    pairs = (line.split(" ") for line in lines if line.startswith(("rx_uncosigned", "rx_witness")))
    return {name: float(value) for name, value in pairs}


def test_the_metrics_show_what_no_witness_has_seen(ledger: Ledger, tmp_path: Path) -> None:
    double = WitnessDouble("w1", 2, gone)
    log = policy_of(tmp_path / "ledger").log
    cosigner = Cosigner(quorum_of(log, [double.witness], 1), ledger, send=deliver(double))
    metrics = Metrics(ledger, cosigner)
    cosigner.collect()
    found = figures(metrics)
    assert found['rx_witness_failures{witness="w1"}'] == 1
    assert (found["rx_uncosigned_entries"], found["rx_uncosigned_seconds"]) == (1, 86_400)
    double.answer = None
    cosigner.collect()
    assert set(figures(metrics).values()) == {0.0}


def test_a_ledger_without_witnesses_has_none_to_watch(ledger: Ledger) -> None:
    assert figures(Metrics(ledger)) == {}
