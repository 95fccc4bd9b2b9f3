"""A clock that falls behind: writing stops and says so, reading and tokens go on, and it heals by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.serving import Site, site, unsigned

BEHIND_MS = 3_600_000


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Site]:
    """A served ledger whose machine's clock was set an hour back after an entry."""
    with site(tmp_path) as made:
        hospital = made.of_role("hospital")
        assert made.post("/v1/statements", made.opening(hospital), hospital).status_code == 201
        made.clock._now_ms -= BEHIND_MS
        yield made


def test_readiness_says_that_nothing_can_be_written_and_why(late: Site) -> None:
    """It said ready while every submission was answered 503."""
    ready = late.http.get("/readyz")
    assert (ready.status_code, ready.json()["code"]) == (503, "CLOCK_BACKWARDS")
    assert int(ready.headers["retry-after"]) > 0
    assert late.http.get("/healthz").status_code == 200
    late.clock._now_ms += BEHIND_MS
    assert late.http.get("/readyz").json()["status"] == "ready"


def test_nothing_is_written_and_afterwards_all_is(late: Site) -> None:
    hospital = late.of_role("hospital")
    body = late.opening(hospital, visit="990000MZ2")
    size = late.ledger.size
    refused = late.post("/v1/statements", body, hospital)
    assert (refused.status_code, refused.json()["code"]) == (503, "CLOCK_BACKWARDS")
    assert late.ledger.size == size
    late.clock._now_ms += BEHIND_MS
    assert late.post("/v1/statements", body, hospital).status_code == 201


def test_tokens_and_reads_go_on(late: Site) -> None:
    """An inspector could not read while the clock was being set right."""
    hospital = late.of_role("hospital")
    found = late.post("/v1/chains:lookup", b'{"mdtrtId":"990000MZ1"}', hospital)
    assert (found.status_code, found.json()["closed"]) == (200, None)
    assert late.http.get(f"/v1/standing/{hospital}").status_code == 200
    assert late.http.get("/log/checkpoint").status_code == 200
    unknown = late.http.get(f"/v1/prescriptions/{'a' * 64}", headers=late.bearer(hospital))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "RX_NOT_FOUND")
    identifier = found.json()["opened"]["id"]
    assert late.http.get(f"/v1/receipts/{identifier}").text.startswith("c2sp.org/tlog-proof@v1\n")
    assert late.http.get("/log/tile/0/000.p/1").status_code == 200


def test_a_check_says_what_a_submission_would_get(late: Site) -> None:
    """There is no honest verdict at a time that is known to be wrong."""
    hospital = late.of_role("hospital")
    answer = late.post("/v1/checks", unsigned(late.opening(hospital, visit="990000MZ3")), hospital)
    assert (answer.status_code, answer.json()["code"]) == (503, "CLOCK_BACKWARDS")
