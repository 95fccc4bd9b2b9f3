"""Answers as bytes: the one place where a body is encoded and sent."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from api.limits import Send
from api.ports import AnswerPort
from api.problems import MEDIA_TYPE, Problem

JSON = "application/json"
NO_STORE: Mapping[str, str] = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the server."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=lambda: NO_STORE)

    async def send(self, send: Send, request_id: str) -> None:
        """Send this answer; `request_id` is echoed."""
        headers = [
            (b"content-type", self.content_type.encode("ascii")),
            (b"content-length", b"%d" % len(self.body)),
            (b"x-request-id", request_id.encode("ascii")),
            (b"x-content-type-options", b"nosniff"),
        ]
        headers += [(name.encode("ascii"), value.encode("ascii")) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def json_reply(value: Any, status: int = 200) -> Reply:
    """Return `value` as a JSON answer."""
    return Reply(status, orjson.dumps(value))


def problem_reply(problem: Problem, catalogue: str, request_id: str) -> Reply:
    """Return a problem document as an answer."""
    body = orjson.dumps(problem.body(catalogue, request_id))
    return Reply(problem.status, body, MEDIA_TYPE, problem.headers)


def accepted_body(answer: AnswerPort) -> tuple[int, dict[str, Any]]:
    """Return status and body that tell of a committed statement: 201, or 200 when it came again."""
    entry = answer.entry or b""
    verdict = orjson.loads(entry)["verdict"]
    body = {
        "id": answer.statement_id,
        "index": answer.index,
        "leaf": answer.leaf,
        "entry": base64.b64encode(entry).decode("ascii"),
        "outcome": verdict["outcome"],
        "verdict": verdict,
        "receipt": (answer.receipt or b"").decode("utf-8"),
    }
    return (200 if answer.outcome == "replayed" else 201), body
