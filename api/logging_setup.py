"""One JSON line for each event, with ids and codes alone. Values of statements are never logged."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog

from contracts.errors import place_of

_WRITER = "ledger.writer"


def configure(stream: TextIO = sys.stderr, groups: bool = False) -> None:
    """Send our events, and those of libraries from WARNING on, to `stream` as JSON lines.

    With `groups` the ledger's writer tells of each group of entries that it has committed.
    """
    shared: list[structlog.types.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, _without_text, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream),  # a line at once: processes share the stream
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(("first", "last", "count"))],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_text,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_WRITER).setLevel(logging.INFO if groups else logging.NOTSET)


def _without_text(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Put the class and the place of an exception instead of it: its text could quote the input."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["kind"], event["at"] = type(error).__name__, place_of(error)
    return event
