"""Clients that are slow, leave or ask first, at calls whose body another process pulls."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.api.proof import prove
from tests.api.serving import Site, site
from tests.api.test_slow_clients import answered


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with admission processes and short time limits."""
    folder = tmp_path_factory.mktemp("hasty")
    with site(folder, processes=2, header_timeout_s=0.5, body_timeout_s=0.5, idle_timeout_s=1) as made:
        yield made
        prove(made.ledger, folder)


def _head(site: Site, length: str, *more: str) -> bytes:
    token = site.bearer(site.of_role("hospital"))["authorization"]
    lines = ["POST /v1/checks HTTP/1.1", "Host: a", "Content-Type: application/json"]
    return "\r\n".join([*lines, f"Authorization: {token}", length, *more, "", ""]).encode()


def test_a_body_that_does_not_come_is_answered_with_408(hasty: Site) -> None:
    found = answered(hasty.address, _head(hasty, "Content-Length: 100") + b"{")
    assert found.startswith(b"HTTP/1.1 408") and b"REQUEST_TIMEOUT" in found


def test_a_body_in_pieces_is_read_to_its_end(hasty: Site) -> None:
    found = answered(hasty.address, _head(hasty, "Content-Length: 4") + b"{", b"  ", b"}")
    assert found.startswith(b"HTTP/1.1 422") and b"SCHEMA_REQUIRED" in found


def test_who_asks_before_sending_a_body_is_told_to_go_on(hasty: Site) -> None:
    found = answered(hasty.address, _head(hasty, "Content-Length: 2", "Expect: 100-continue"), b"{}")
    assert found.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 422")


def test_who_asks_without_a_token_is_refused_before_the_body(hasty: Site) -> None:
    head = _head(hasty, "Content-Length: 2", "Expect: 100-continue").replace(b"Bearer ", b"Bearer x")
    assert answered(hasty.address, head).startswith(b"HTTP/1.1 401")


def test_clients_that_leave_cost_nobody_else_anything(hasty: Site) -> None:
    host, port = hasty.address.removeprefix("http://").split(":")
    before = hasty.http.get("/metrics").text
    for _ in range(20):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(_head(hasty, "Content-Length: 100") + b"{")
    time.sleep(0.3)
    assert hasty.http.get("/readyz").json()["status"] == "ready"
    assert _faults(hasty.http.get("/metrics").text) == _faults(before)


def _faults(metrics: str) -> list[str]:
    return [line for line in metrics.splitlines() if line.startswith("rx_faults_total")]
