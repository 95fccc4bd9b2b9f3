"""The edge: every request gets an id and a checked head; whatever is raised becomes a problem document.

The two hot calls are answered here directly, everything else by the application behind. A fault of
ours is a 503 with a code, never a 500, and its cause goes to the log alone.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from api.limits import Head, Receive, Scope, Send, check_query, read_head
from api.ports import fault_of
from api.problems import Problem
from api.replies import Reply, problem_reply
from api.settings import Settings
from api.submissions import Submissions
from contracts.errors import place_of

HEAD = "rx.head"
_log = structlog.get_logger("rx")

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class Edge:
    """The ASGI application as requests meet it. `behind` finds the checked head in its scope."""

    def __init__(
        self, settings: Settings, submissions: Submissions, ended: Callable[[str, int], None], behind: Asgi
    ) -> None:
        self._settings = settings
        self._submissions = submissions
        self._ended = ended
        self._behind = behind
        self._catalogue = settings.catalogue_address("")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        head = read_head(scope, self._settings)
        if head.fault is not None:
            await self.problem(head, head.fault).send(send, head.request_id)
            return
        path = scope["path"]
        if path == "/v1/statements":
            await self.answer(head, send, self._single(scope, head, receive))
        elif path == "/v1/statements:batch":
            await self.answer(head, send, self._batch(scope, head, receive))
        else:
            scope[HEAD] = head
            await self._behind(scope, receive, send)

    async def answer(self, head: Head, send: Send, work: Awaitable[Reply]) -> None:
        """Send what `work` returns, or what it raises as a problem."""
        try:
            reply = await work
        except Problem as problem:
            reply = self.problem(head, problem)
        except (Exception, asyncio.CancelledError) as error:  # cancelled: the server ends before this does
            reply = self._fault(head, error)
        with contextlib.suppress(ConnectionError):  # whoever asked has left
            await reply.send(send, head.request_id)

    def problem(self, head: Head, problem: Problem) -> Reply:
        """Count and log a problem, and return it as an answer."""
        if not problem.findings:
            self._ended(problem.code, problem.status)
        _log.info(
            "refused",
            request_id=head.request_id,
            organisation=head.organisation,
            code=problem.code,
            status=problem.status,
            statement_id=problem.statement_id or None,
        )
        return problem_reply(problem, self._catalogue, head.request_id)

    def _fault(self, head: Head, error: BaseException) -> Reply:
        fault = fault_of(error)
        # Texts of exceptions could quote the input: the class and the place in our code must do.
        kind, at = type(error).__name__, place_of(error)
        _log.error("fault", request_id=head.request_id, code=fault.code, kind=kind, at=at)
        self._ended(fault.code, 503)
        problem = Problem(fault.code, retry_after_s=fault.retry_after_s)
        return problem_reply(problem, self._catalogue, head.request_id)

    async def _single(self, scope: Scope, head: Head, receive: Receive) -> Reply:
        _only_post(scope)
        check_query(scope, ())
        return await self._submissions.single(head, receive)

    async def _batch(self, scope: Scope, head: Head, receive: Receive) -> Reply:
        _only_post(scope)
        check_query(scope, ())
        return await self._submissions.batch(head, receive, self._catalogue)


def _only_post(scope: Scope) -> None:
    if scope["method"] != "POST":
        raise Problem("METHOD_NOT_ALLOWED", allow="POST")
