"""The client asks for tokens once, repeats what got no answer, and tells refusals from faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import httpx2
import pytest

from api.client.http import AccessKey, Client, Problem, Unreachable
from api.problems import Problem as Fault

KEY = AccessKey("P1#00", "ES256", lambda _: b"s" * 64)


def client(handler: Callable[[httpx2.Request], httpx2.Response], tokens: list[str] | None = None) -> Client:
    def handle(request: httpx2.Request) -> httpx2.Response:
        if request.url.path != "/token":
            return handler(request)
        if tokens is not None:
            tokens.append(parse_qs(request.content.decode())["client_assertion"][0])
        return httpx2.Response(200, json={"access_token": "t", "expires_in": 300})

    transport = httpx2.MockTransport(handle)
    return Client("http://127.0.0.1:1", "P1", KEY, transport, clock=lambda: 1000.0, pause=lambda _: None)


def test_one_token_serves_many_calls() -> None:
    tokens: list[str] = []
    subject = client(lambda request: httpx2.Response(201, json={"id": "x"}), tokens)
    assert [subject.submit(b"{}").status for _ in range(3)] == [201] * 3
    assert len(tokens) == 1
    assert len(tokens[0].split(".")) == 3


def test_a_forgotten_token_is_asked_for_again_once() -> None:
    answers = iter([401, 200])
    tokens: list[str] = []
    subject = client(lambda request: httpx2.Response(next(answers), json={}), tokens)
    assert subject.submit(b"{}").replayed
    assert len(tokens) == 2
    assert tokens[0] != tokens[1]


def test_a_refusal_carries_its_codes_and_is_not_repeated() -> None:
    asked: list[bytes] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.content)
        body = {"code": "FLOW_ORDER", "codes": ["FLOW_ORDER", "DUTY_SEPARATION"], "class": "VIOLATION"}
        return httpx2.Response(409, content=json.dumps(body))

    with pytest.raises(Problem) as raised:
        client(handler).submit(b"{}")
    assert (raised.value.code, raised.value.codes) == ("FLOW_ORDER", ("FLOW_ORDER", "DUTY_SEPARATION"))
    assert len(asked) == 1


def test_a_full_queue_and_a_lost_connection_are_waited_out() -> None:
    answers = iter([503, None, 201])

    def handler(request: httpx2.Request) -> httpx2.Response:
        status = next(answers)
        if status is None:
            raise httpx2.ReadError("gone")
        return httpx2.Response(status, json={})

    assert client(handler).submit(b"{}").status == 201


def test_no_answer_at_all_says_so() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    with pytest.raises(Unreachable):
        client(handler).submit(b"{}")


@pytest.mark.parametrize("path", ["/token", "/v1/statements"])
def test_what_the_ledger_says_of_a_passing_fault_is_told(path: str) -> None:
    """A clock that was wrong ended as "status 503": nobody could know that there was something to mend."""
    told = Fault("CLOCK_BACKWARDS").body("", "")

    def handle(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == path:
            return httpx2.Response(503, json=told)
        return httpx2.Response(200, json={"access_token": "t", "expires_in": 300})

    subject = Client("http://127.0.0.1:1", "P1", KEY, httpx2.MockTransport(handle), pause=lambda _: None)
    with pytest.raises(Unreachable, match="503 CLOCK_BACKWARDS") as raised:
        subject.submit(b"{}")
    assert raised.value.body == told


def test_a_service_that_is_not_started_is_what_the_reader_is_told_of() -> None:
    """`ConnectError` alone, with the advice to send again, sends a first user round in circles."""

    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    subject = Client("http://127.0.0.1:1", "P1", KEY, httpx2.MockTransport(refuse), pause=lambda _: None)
    with pytest.raises(Unreachable, match=r"nothing answers at http://127\.0\.0\.1:1: is rx serve running"):
        subject.submit(b"{}")


@pytest.mark.parametrize("asked", ["", "7", "3600", "x"])
def test_the_client_waits_as_long_as_the_ledger_asks_within_reason(asked: str) -> None:
    pauses: list[float] = []
    transport = httpx2.MockTransport(lambda _: httpx2.Response(503, headers={"Retry-After": asked}))
    subject = Client("http://127.0.0.1:1", "P1", KEY, transport, pause=pauses.append)
    with pytest.raises(Unreachable, match=r"gave no answer \(503\)"):
        subject.receipt("0" * 64)
    least = {"7": 7.0, "3600": 10.0}.get(asked, 0.0)
    assert pauses == [max(0.4, least), max(0.8, least), max(1.6, least), max(3.2, least)]
