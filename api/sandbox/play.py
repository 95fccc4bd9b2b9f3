"""Playing a step: the message goes through its sender's desk, what comes back becomes a verdict."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from api.client.desk import Desk
from api.client.http import Answer, Problem, Unreachable
from api.national.errors import MessageError
from api.sandbox.day import Step
from api.sandbox.keys import KeyRing
from api.sandbox.story import Verdict
from contracts.codes import CODES


def play(step: Step, desk: Desk, ring: KeyRing) -> Verdict:
    """Return what came of a step. A bad message, a refusal and a lost answer are verdicts too."""
    signers = [ring.person(code, step.sender) for code in step.signers]
    try:
        return committed(desk.send(step.kind, step.message, signers))
    except MessageError as error:
        return _unusable(error)
    except Problem as problem:
        return _refused(problem)
    except Unreachable:
        return Verdict("unanswered")


def committed(answer: Answer) -> Verdict:
    """Return the verdict of a committed statement: its flags are the codes, unless it came again."""
    body = answer.body
    flags = [] if answer.replayed else body["verdict"]["flags"]
    return Verdict(
        "replayed" if answer.replayed else str(body["outcome"]),
        tuple(flag["code"] for flag in flags),
        flags[0]["class"] if flags else None,
        body["index"],
        explained(flags[0]["code"]) if flags else None,
        body["id"],
        base64.b64decode(body["entry"]),
    )


def _refused(problem: Problem) -> Verdict:
    refusal = problem.body.get("refusal") or {}
    unknown = {"detail": problem.body.get("error_description")}  # of an institution without a token
    told = {**(explained(problem.code) or unknown), **problem.body}
    return Verdict("refused", problem.codes, problem.class_, refusal.get("index"), told)


def _unusable(error: MessageError) -> Verdict:
    row = CODES.get(error.code)
    told = {"detail": error.sentence("en"), "zh": {"detail": error.sentence("zh")}}
    return Verdict("refused", (error.code,), row.class_ if row else "DATA_QUALITY", None, told)


def explained(code: str) -> Mapping[str, Any] | None:
    """Return what the table of codes says about `code`, in English and under `zh`."""
    row = CODES.get(code)
    if row is None:
        return None
    chinese = {"title": row.zh_title, "detail": row.zh_detail, "fix": row.zh_fix}
    return {"title": row.title, "detail": row.detail, "fix": row.fix, "zh": chinese}
