"""Faults of the ledger and of ourselves: 503 with a code and a time to come back, never a 500."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import MutableMapping, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from api.admission import Admitted
from api.app import App
from api.limits import UnknownReads
from api.ports import fault_of
from api.problems import Problem
from api.settings import Settings
from api.tokens import Caller
from contracts.errors import InvariantError
from contracts.facts import AdmissionRefusal
from ledger.errors import (
    BehindCheckpoint,
    ClockBackwards,
    ContractFault,
    Erased,
    Overloaded,
    Stopped,
    StorageFault,
    StorageFull,
)

SETTINGS = Settings("http://ledger.example")
SECRET = "990000199001010017"


class BrokenLedger:
    """Fails in a given way wherever it is asked."""

    def __init__(self, error: Exception, late: bool = False) -> None:
        self.error = error
        self.late = late
        self.size = 1
        self.queued = 0
        self.fault: Exception | None = error

    def submit_batch(self, batch: Sequence[Any]) -> Sequence[Future[Any]]:
        """Fail at once, or in the future's own time."""
        if not self.late:
            raise self.error
        futures: list[Future[Any]] = [Future() for _ in batch]
        for future in futures:
            future.set_exception(self.error)
        return futures

    def __getattr__(self, name: str) -> Any:
        def fail(*_: object) -> Any:
            raise self.error

        return fail


async def ask(
    app: App, method: str, path: str, body: bytes | None = b"", **headers: str
) -> tuple[int, Any, dict[str, str]]:
    """Call the application directly; return status, JSON (a list of several lines) and headers.

    A body of None never comes.
    """
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        if body is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "headers": [(b"host", b"ledger.example"), *raw],
    }
    await app(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    told = [json.loads(line) for line in sent[1]["body"].splitlines()]
    return sent[0]["status"], told[0] if len(told) == 1 else told, found


def app_of(ledger: Any) -> App:
    """Return an application with a token "t" of hospital H1."""
    app = App(ledger, SETTINGS)
    known = {"t": (Caller("H1", "hospital"), 1e12)}
    vars(app.tokens)["find"] = known.get  # a broken ledger has no record of its key either
    return app


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Overloaded("full"), "OVERLOADED"),
        (ClockBackwards("late"), "CLOCK_BACKWARDS"),
        (StorageFull("disk"), "STORAGE_FULL"),
        (StorageFault("disk"), "STORAGE_ERROR"),
        (Stopped(StorageFault("disk")), "STORAGE_ERROR"),
        (Stopped(InvariantError("ours")), "DB_UNAVAILABLE"),
        (ContractFault("ours"), "DB_UNAVAILABLE"),
        (BehindCheckpoint("fork"), "DB_UNAVAILABLE"),
        (Erased("gone"), "DB_UNAVAILABLE"),
        (InvariantError("ours"), "DB_UNAVAILABLE"),
        (ValueError(SECRET), "DB_UNAVAILABLE"),
        (KeyError(SECRET), "DB_UNAVAILABLE"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_fault_is_503_with_its_code_and_no_word_of_its_cause(
    monkeypatch: pytest.MonkeyPatch, log: io.StringIO, error: Exception, code: str, late: bool
) -> None:
    work = AdmissionRefusal("a" * 64, "duty.closed", "H1", "SIG_MISSING", ())
    monkeypatch.setattr("api.intake.admit", lambda *_: Admitted(work, ()))
    app = app_of(BrokenLedger(error, late))
    head = {"authorization": "Bearer t", "content_type": "application/json"}
    status, body, headers = asyncio.run(ask(app, "POST", "/v1/statements", b"{}", **head))
    assert (status, body["code"]) == (503, code)
    assert int(headers["retry-after"]) >= 1
    head["content_type"] = "application/x-ndjson"
    line = asyncio.run(ask(app, "POST", "/v1/statements:batch", b"{}", **head))
    assert (line[0], line[1]["status"], line[1]["code"]) == (200, 503, code)
    assert SECRET not in log.getvalue() and SECRET not in json.dumps(body)


def test_our_own_mistake_about_one_line_withholds_no_other_answer(
    monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    work = AdmissionRefusal("a" * 64, "duty.closed", "H1", "SIG_MISSING", ())

    def admit(body: bytes, *_: object) -> Admitted:
        if body == b"[]":
            raise KeyError(SECRET)
        return Admitted(work, ())

    monkeypatch.setattr("api.intake.admit", admit)
    app = app_of(BrokenLedger(StorageFull("disk")))
    head = {"authorization": "Bearer t", "content_type": "application/x-ndjson"}
    status, body, _ = asyncio.run(ask(app, "POST", "/v1/statements:batch", b"{}\n[]\n{}", **head))
    assert status == 200
    assert [one["code"] for one in body] == ["STORAGE_FULL", "DB_UNAVAILABLE", "STORAGE_FULL"]
    assert "KeyError" in log.getvalue() and SECRET not in log.getvalue()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/v1/prescriptions/{'a' * 64}", b""),
        ("GET", f"/v1/receipts/{'a' * 64}", b""),
        ("GET", "/log/checkpoint", b""),
        ("GET", "/log/tile/0/000", b""),
        ("GET", "/readyz", b""),
        ("POST", "/v1/prescriptions:lookup", b'{"hiRxno":"1"}'),
        ("POST", "/v1/chains:lookup", b'{"mdtrtId":"1"}'),
        ("POST", "/v1/trace-codes:lookup", b'{"codes":["81234567000000000001"]}'),
    ],
)
def test_reads_of_a_broken_ledger_are_503(log: io.StringIO, method: str, path: str, body: bytes) -> None:
    app = app_of(BrokenLedger(RuntimeError(SECRET)))
    head = {"authorization": "Bearer t", "content_type": "application/json"}
    status, told, _ = asyncio.run(ask(app, method, path, body, **head))
    assert (status, told["code"]) == (503, "DB_UNAVAILABLE")
    assert SECRET not in log.getvalue()


def test_a_broken_ledger_leaves_the_process_healthy_but_not_ready() -> None:
    app = app_of(BrokenLedger(StorageFault("disk")))
    assert asyncio.run(ask(app, "GET", "/healthz"))[0] == 200
    assert asyncio.run(ask(app, "GET", "/readyz"))[1]["code"] == "STORAGE_ERROR"


def test_a_ledger_that_is_no_sandbox_has_no_clock_to_set() -> None:
    status, body, _ = asyncio.run(ask(app_of(BrokenLedger(ValueError())), "PUT", "/sandbox/clock", b"{}"))
    assert (status, body["code"]) == (404, "NOT_FOUND")


def test_an_overloaded_ledger_says_when_to_come_back() -> None:
    fault = fault_of(Overloaded("full"))
    assert (fault.code, fault.retry_after_s) == ("OVERLOADED", 1)


@pytest.mark.parametrize("path", ["/v1/statements", "/v1/statements:batch", "/v1/checks"])
def test_whoever_is_still_sending_when_the_server_ends_is_told_to_come_back(path: str) -> None:
    """uvicorn cancels what is left after ten seconds, and answered 500 in plain text."""

    async def story() -> tuple[int, Any, dict[str, str]]:
        kind = "application/x-ndjson" if path.endswith("batch") else "application/json"
        app = app_of(BrokenLedger(ValueError()))
        head = {"authorization": "Bearer t", "content_type": kind}
        asking = asyncio.create_task(ask(app, "POST", path, None, **head))
        await asyncio.sleep(0.01)
        asking.cancel()
        return await asking

    status, body, headers = asyncio.run(story())
    assert (status, body["code"]) == (503, "DB_UNAVAILABLE")
    assert int(headers["retry-after"]) >= 1


def test_asking_for_ids_at_random_is_stopped_for_a_while() -> None:
    now = [0.0]
    reads = UnknownReads(3, lambda: now[0])
    for _ in range(3):
        reads.check("H1")
        reads.count("H1")
    with pytest.raises(Problem, match="RATE_LIMITED") as stopped:
        reads.check("H1")
    assert stopped.value.status == 429
    assert stopped.value.headers["retry-after"] == "60"
    reads.check("H2")
    now[0] = 60.0
    reads.check("H1")


def test_random_ids_over_http_end_in_429() -> None:
    class Empty(BrokenLedger):
        def read(self, key: str) -> None:
            """Nothing is known."""

    app = app_of(Empty(ValueError()))

    async def probe() -> list[int]:
        paths = [f"/v1/prescriptions/{n:064x}" for n in range(SETTINGS.unknown_reads_per_minute_max + 5)]
        return [(await ask(app, "GET", path, authorization="Bearer t"))[0] for path in paths]

    found = asyncio.run(probe())
    assert found[:10] == [404] * 10
    assert found[-1] == 429
