"""The standing clock of a sandbox: it moves when it is told to, and never back."""

from __future__ import annotations

from api.ports import ClockPort
from api.problems import Problem, of_rejected
from api.replies import Reply, json_reply
from contracts.errors import Rejected
from contracts.statements import strict_json
from contracts.statements.schema import TIME, Record, validate
from contracts.time import from_text, to_text

LOOPBACK = ("127.0.0.1", "::1")
_BODY = Record({"time": TIME})


def show_clock(clock: ClockPort | None) -> Reply:
    """Answer the clock's time. Raises Problem NOT_FOUND where there is no sandbox."""
    if clock is None:
        raise Problem("NOT_FOUND")
    return json_reply({"time": to_text(clock.now_ms())})


def set_clock(clock: ClockPort | None, body: bytes) -> Reply:
    """Move the clock to `time` and answer it; the present time again is fine.

    Raises Problem: NOT_FOUND (no sandbox), TIME_FORMAT, and TIME_ORDER with 409 for an earlier time.
    """
    if clock is None:
        raise Problem("NOT_FOUND")
    try:
        value = strict_json.parse_object(body)
        validate(value, _BODY)
    except Rejected as error:
        raise of_rejected(error) from None
    try:
        clock.set(from_text(str(value["time"])))
    except ValueError:
        clock_at = {"clock": to_text(clock.now_ms())}
        raise Problem("TIME_ORDER", pointer="/time", facts=clock_at, status_override=409) from None
    return show_clock(clock)
