"""The benchmark measures acceptance: its lives are accepted, and its prediction of leaves holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import report, split
from bench.cast import HOSPITAL
from bench.lives import Ready
from bench.load import Address, Measured, _fault


def test_lives_are_accepted_by_a_ledger_that_the_author_never_asked(tmp_path: Path) -> None:
    parts = split.measure(tmp_path, lives=4, doctors=2)  # raises unless every statement is accepted
    assert parts.authentication_ms > 0
    assert parts.contract_ms > 0


def test_a_request_is_one_well_formed_message() -> None:
    address = Address("http://127.0.0.1:8080", {HOSPITAL: "t0ken"})
    head, _, body = address.single(Ready(HOSPITAL, b"{}")).partition(b"\r\n\r\n")
    assert body == b"{}"
    assert head.split(b"\r\n")[0] == b"POST /v1/statements HTTP/1.1"
    assert b"Content-Length: 2" in head
    assert address.batch([Ready(HOSPITAL, b"{}")] * 2).endswith(b"{}\n{}\n")


def test_a_check_is_asked_with_the_same_body() -> None:
    address = Address("http://127.0.0.1:8080", {HOSPITAL: "t0ken"})
    assert address.check(Ready(HOSPITAL, b"{}")).startswith(b"POST /v1/checks HTTP/1.1")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"HTTP/1.1 201 Created\r\n\r\n{}", False),
        (b'HTTP/1.1 200 OK\r\n\r\n{"outcome":"accepted"}', False),
        (b'HTTP/1.1 200 OK\r\n\r\n{"outcome":"refused"}', True),
        (b'HTTP/1.1 200 OK\r\n\r\n{"status":201}\n{"status":200}', True),
        (b'HTTP/1.1 200 OK\r\n\r\n{"status":409,"outcome":"accepted"}', True),
        (b"HTTP/1.1 422 X\r\n\r\n{}", True),
    ],
)
def test_only_what_is_committed_or_would_be_counts(answer: bytes, fault: bool) -> None:
    assert bool(_fault(answer, answer.index(b"\r\n\r\n"))) is fault


def test_percentiles_and_table_say_what_they_mean() -> None:
    assert report.percentile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert report.percentile([1.0], 0.99) == 1.0
    assert report.table([("name", "n"), ("a", "10")]) == "name   n\na     10"
    assert Measured().rate == 0.0


@pytest.mark.parametrize("seconds", [0.02])
def test_the_verify_rate_is_measured(seconds: float) -> None:
    assert report.verify_rate(seconds) > 100
