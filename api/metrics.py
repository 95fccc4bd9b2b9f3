"""Counters for operators. Labels are outcomes and codes: never an id, never a person."""

from __future__ import annotations

import json
import math
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from api.ports import AnswerPort, CosignerPort, LedgerPort

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Metrics:
    """The counters of one server, in a registry of their own."""

    def __init__(self, ledger: LedgerPort, cosigner: CosignerPort | None = None) -> None:
        self._registry = CollectorRegistry()
        self._submissions = Counter(
            "rx_submissions", "Submissions by outcome.", ["outcome"], registry=self._registry
        )
        self._refusals = Counter(
            "rx_refusals", "Refusals by decisive code, and whether they became entries.",
            ["code", "recorded"], registry=self._registry,
        )  # fmt: skip
        self._faults = Counter("rx_faults", "Answers with status 5xx.", ["code"], registry=self._registry)
        self._problems = Counter(
            "rx_problems", "Calls that ended before a verdict.", ["code"], registry=self._registry
        )
        self.seconds = Histogram(
            "rx_submission_seconds", "Time from admission to the durable answer, by request.",
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        size = Gauge("rx_log_size", "Entries in the signed log.", registry=self._registry)
        size.set_function(lambda: ledger.size)
        queued = Gauge("rx_queue_size", "Submissions that wait for the writer.", registry=self._registry)
        queued.set_function(lambda: ledger.queued)
        if cosigner is not None:
            self._watch(ledger, cosigner)
        self._outcomes = {
            outcome: self._submissions.labels(outcome)
            for outcome in ("accepted", "held", "refused", "replayed")
        }

    def _watch(self, ledger: LedgerPort, cosigner: CosignerPort) -> None:
        entries = Gauge(
            "rx_uncosigned_entries", "Entries that no cosigned checkpoint covers.", registry=self._registry
        )
        entries.set_function(lambda: ledger.size - ledger.cosigned_size)
        age = Gauge(
            "rx_uncosigned_seconds", "Ledger time since the oldest of them.", registry=self._registry
        )
        age.set_function(lambda: _uncosigned_s(ledger))
        failures = Gauge(
            "rx_witness_failures", "Requests in a row that brought no cosignature.", ["witness"],
            registry=self._registry,
        )  # fmt: skip
        conflicts = Gauge(
            "rx_witness_conflict", "1 where the log does not hold what the witness has cosigned.",
            ["witness"], registry=self._registry,
        )  # fmt: skip
        for name in cosigner.failures:
            failures.labels(name).set_function(partial(_failures, cosigner, name))
            conflicts.labels(name).set_function(partial(_conflict, cosigner, name))

    def answered(self, answer: AnswerPort) -> None:
        """Count a verdict."""
        self._outcomes[answer.outcome].inc()
        if answer.outcome == "refused":
            self._refusals.labels(answer.codes[0], "no" if answer.index is None else "yes").inc()

    def ended(self, code: str, status: int) -> None:
        """Count a call that ended without a verdict."""
        (self._faults if status >= 500 else self._problems).labels(code).inc()

    def render(self) -> bytes:
        """Return the text that Prometheus reads."""
        return generate_latest(self._registry)


def _failures(cosigner: CosignerPort, name: str) -> float:
    return cosigner.failures[name]


def _conflict(cosigner: CosignerPort, name: str) -> float:
    return cosigner.conflicts[name]


def _uncosigned_s(ledger: LedgerPort) -> float:
    """Read from the entry itself: a restart does not make the witnesses look well."""
    first = ledger.cosigned_size
    if first >= ledger.size:
        return 0.0
    try:
        return max(0.0, (ledger.time_ms - int(json.loads(ledger.entry(first))["time"])) / 1000)
    except Exception:  # a store that cannot be read is told elsewhere, and must not hide the other figures
        return math.nan
