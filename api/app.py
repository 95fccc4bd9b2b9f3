"""The application of one ledger: its parts, and the routes of every call but the hot ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

import orjson
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api import catalogue, log_routes, patient, patient_prescription, sandbox_routes
from api.checks import Checks
from api.edge import HEAD, Edge
from api.intake import Intake
from api.limits import (
    FORM,
    JSON,
    Head,
    Receive,
    Scope,
    Send,
    UnknownReads,
    check_body,
    check_query,
    read_body,
)
from api.metrics import CONTENT_TYPE, Metrics
from api.openapi.calls import QUERIES
from api.openapi.description import document
from api.ports import ClockPort, CosignerPort, LedgerPort, fault_of
from api.problems import Problem
from api.reads import Reads
from api.replies import Reply, json_reply
from api.settings import Settings
from api.signed_steps import steps_for_anybody
from api.submissions import Submissions
from api.tokens import Caller, TokenRefused, Tokens

Handler = Callable[[Head, Request], Awaitable[Reply]]
_NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


def _oauth(error: str, description: str, zh: str) -> dict[str, object]:
    """RFC 6749 keeps error_description to ASCII, so the Chinese one stands apart, as in problem documents."""
    return {"error": error, "error_description": description, "zh": {"detail": zh}}


class App:
    """The ASGI application of one ledger."""

    def __init__(
        self,
        ledger: LedgerPort,
        settings: Settings,
        clock: ClockPort | None = None,
        cosigner: CosignerPort | None = None,
    ) -> None:
        self.settings = settings
        self._ledger = ledger
        self._clock = clock if settings.sandbox else None
        self._metrics = Metrics(ledger, cosigner)
        self.tokens = Tokens(ledger, settings)
        self.intake = Intake(ledger, self.tokens, self._metrics)
        self._checks = Checks(ledger, self.tokens, settings)
        self._reads = Reads(ledger)
        self._unknown = UnknownReads(settings.unknown_reads_per_minute_max)
        self._packs_asked = UnknownReads(settings.public_packs_per_minute_max)
        self._prescriptions_asked = UnknownReads(settings.public_prescriptions_per_minute_max)
        self._openapi = orjson.dumps(document(settings))
        submissions = Submissions(self.intake, settings)
        self._routes = self._fastapi()
        self._edge = Edge(settings, submissions, self._metrics.ended, self._routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        await self._edge(scope, receive, send)

    # -- routes ----------------------------------------------------------------------------------

    def _fastapi(self) -> FastAPI:
        table: tuple[tuple[str, str, Handler], ...] = (
            ("POST", "/v1/checks", self._check),
            ("POST", "/v1/prescriptions:lookup", self._find_prescription),
            ("POST", "/v1/chains:lookup", self._find_chain),
            ("POST", "/v1/trace-codes:lookup", self._find_packs),
            ("GET", "/v1/prescriptions/{rx}", self._prescription),
            ("GET", "/v1/receipts/{statement_id}", self._receipt),
            ("GET", "/v1/standing/{code}", self._standing),
            ("GET", "/v1/campaigns/{statement_id}", self._campaign),
            ("POST", "/token", self._token),
            ("GET", "/log/checkpoint", self._checkpoint),
            ("GET", "/log/tile/{path:path}", self._tile),
            ("GET", "/healthz", self._health),
            ("GET", "/readyz", self._ready),
            ("GET", "/metrics", self._show_metrics),
            ("GET", "/openapi.json", self._show_openapi),
            ("GET", "/packs", self._pack),
            ("GET", "/prescriptions", self._signed_prescription),
            ("GET", "/errors", self._codes),
            ("GET", "/errors/{code}", self._code),
            ("GET", "/sandbox/clock", self._show_clock),
            ("PUT", "/sandbox/clock", self._set_clock),
        )
        routes: list[BaseRoute] = [
            Route(path, _Endpoint(self._answer, handler, QUERIES.get(path)), methods=[method])
            for method, path, handler in table
        ]
        app = FastAPI(routes=routes, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
        app.add_exception_handler(HTTPException, self._unrouted)
        return app

    async def _unrouted(self, request: Request, error: Exception) -> Response:
        head: Head = request.scope[HEAD]
        problem = Problem("NOT_FOUND")
        if isinstance(error, HTTPException) and error.status_code == 405:
            problem = Problem("METHOD_NOT_ALLOWED", allow=(error.headers or {}).get("Allow", ""))
        reply = self._edge.problem(head, problem)
        headers = {**reply.headers, "x-request-id": head.request_id}
        return Response(reply.body, reply.status, headers, reply.content_type)

    async def _answer(self, head: Head, send: Send, work: Awaitable[Reply]) -> None:
        await self._edge.answer(head, send, work)

    async def _check(self, head: Head, request: Request) -> Reply:
        return await self._checks.answer(head, request.receive)

    async def _find_prescription(self, head: Head, request: Request) -> Reply:
        caller, body = await self._looked_up(head, request)
        return await self._read(caller, lambda: json_reply(self._reads.find_prescription(caller, body)))

    async def _find_chain(self, head: Head, request: Request) -> Reply:
        caller, body = await self._looked_up(head, request)
        return await self._read(caller, lambda: json_reply(self._reads.find_chain(caller, body)))

    async def _find_packs(self, head: Head, request: Request) -> Reply:
        caller, body = await self._looked_up(head, request)
        return await self._read(caller, lambda: json_reply(self._reads.find_packs(caller, body)))

    async def _prescription(self, head: Head, request: Request) -> Reply:
        caller = self.tokens.caller(head)
        rx, access = request.path_params["rx"], request.query_params.get("access", "")
        return await self._read(caller, lambda: json_reply(self._reads.prescription(caller, rx, access)))

    async def _looked_up(self, head: Head, request: Request) -> tuple[Caller, bytes]:
        check_body(head, (JSON,), self.settings.lookup_bytes_max)
        caller = self.tokens.caller(head)
        return caller, await read_body(
            request.receive, self.settings.lookup_bytes_max, self.settings.body_timeout_s
        )

    async def _read(self, caller: Caller, read: Callable[[], Reply]) -> Reply:
        """Answer a read of members; who asks for too much that does not exist is stopped for a while."""
        self._unknown.check(caller.organisation)
        try:
            return await asyncio.to_thread(read)
        except Problem as problem:
            if problem.status == 404:
                self._unknown.count(caller.organisation)
            raise

    async def _receipt(self, head: Head, request: Request) -> Reply:
        receipt = await asyncio.to_thread(self._reads.receipt, request.path_params["statement_id"])
        return Reply(200, receipt, "text/plain; charset=utf-8", {"cache-control": "no-cache"})

    async def _pack(self, head: Head, request: Request) -> Reply:
        code = request.query_params.get("code")
        if code is None:
            return patient.asked(None, head.accept)
        # One count for everybody: behind a proxy all have one address, which limits each (api/PROXY.md).
        self._packs_asked.check("")
        self._packs_asked.count("")
        found = await asyncio.to_thread(self._reads.pack_for_anybody, code)
        return patient.asked(found, head.accept)

    async def _signed_prescription(self, head: Head, request: Request) -> Reply:
        rx = request.query_params.get("rx", "").strip().lower()
        if not rx:
            return patient_prescription.asked("", None, head.accept)
        self._prescriptions_asked.check("")
        self._prescriptions_asked.count("")
        found = await asyncio.to_thread(steps_for_anybody, self._ledger, rx)
        return patient_prescription.asked(rx, found, head.accept)

    async def _standing(self, head: Head, request: Request) -> Reply:
        code = request.path_params["code"]
        return json_reply(await asyncio.to_thread(self._reads.standing, code))

    async def _campaign(self, head: Head, request: Request) -> Reply:
        identifier = request.path_params["statement_id"]
        return json_reply(await asyncio.to_thread(self._reads.campaign, identifier))

    async def _token(self, head: Head, request: Request) -> Reply:
        try:
            check_body(head, (FORM,), self.settings.lookup_bytes_max)
            form = await read_body(
                request.receive, self.settings.lookup_bytes_max, self.settings.body_timeout_s
            )
            return Reply(200, orjson.dumps(self.tokens.issue(form, head.host)), headers=_NO_STORE)
        except TokenRefused as error:
            told = _oauth(error.error, str(error), error.zh)
            return Reply(error.status, orjson.dumps(told), headers=_NO_STORE)
        except Problem as problem:
            wanted = f"{problem.code}: send one small form, {FORM.decode()}, not compressed"
            zh = f"{problem.code}：请发送一个未压缩的小表单，类型为 {FORM.decode()}"
            told = _oauth("invalid_request", wanted, zh)
            return Reply(problem.status, orjson.dumps(told), headers=problem.headers)

    async def _checkpoint(self, head: Head, request: Request) -> Reply:
        return await asyncio.to_thread(log_routes.checkpoint, self._ledger)

    async def _tile(self, head: Head, request: Request) -> Reply:
        path = request.path_params["path"]
        log_routes.check_tile_access(self.tokens, head, path)
        return await asyncio.to_thread(log_routes.tile, self._ledger, path)

    async def _health(self, head: Head, request: Request) -> Reply:
        return json_reply({"status": "ok"})

    async def _ready(self, head: Head, request: Request) -> Reply:
        if self._ledger.fault is not None:
            fault = fault_of(self._ledger.fault)
            raise Problem(fault.code, retry_after_s=fault.retry_after_s)
        return json_reply({"status": "ready", "size": self._ledger.size})

    async def _show_metrics(self, head: Head, request: Request) -> Reply:
        return Reply(200, await asyncio.to_thread(self._metrics.render), CONTENT_TYPE)  # it reads the store

    async def _show_openapi(self, head: Head, request: Request) -> Reply:
        return Reply(200, self._openapi, headers={"cache-control": "no-cache"})

    async def _codes(self, head: Head, request: Request) -> Reply:
        return catalogue.listing()

    async def _code(self, head: Head, request: Request) -> Reply:
        return catalogue.entry(request.path_params["code"], head.accept)

    async def _show_clock(self, head: Head, request: Request) -> Reply:
        return sandbox_routes.show_clock(self._clock)

    async def _set_clock(self, head: Head, request: Request) -> Reply:
        if self._clock is None:
            raise Problem("NOT_FOUND")
        if request.client is None or request.client.host not in sandbox_routes.LOOPBACK:
            self.tokens.caller(head)  # from elsewhere a sandbox, too, wants to know who moves its time
        body = await read_body(request.receive, self.settings.lookup_bytes_max, self.settings.body_timeout_s)
        return sandbox_routes.set_clock(self._clock, body)


class _Endpoint:
    """A route's end as plain ASGI: FastAPI's own handling costs more than most of these answers."""

    def __init__(
        self,
        answer: Callable[[Head, Send, Awaitable[Reply]], Awaitable[None]],
        handler: Handler,
        query: Collection[str] | None,
    ) -> None:
        self._answer = answer
        self._handler = handler
        self._query = query

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head: Head = scope[HEAD]
        await self._answer(head, send, self._checked(head, Request(scope, receive)))

    async def _checked(self, head: Head, request: Request) -> Reply:
        if self._query is not None:
            check_query(request.scope, self._query)
        return await self._handler(head, request)
