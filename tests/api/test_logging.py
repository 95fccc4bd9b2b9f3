"""The log of several processes on one stream: a line is one JSON document, whoever writes beside it."""

from __future__ import annotations

import io
import json
import logging

import structlog

from api import logging_setup


class _Pieces(io.StringIO):
    """Notes what arrives together: another process may write between two pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        """Note it."""
        self.pieces.append(text)
        return super().write(text)


def test_a_line_is_written_at_once(log: io.StringIO) -> None:
    stream = _Pieces()
    logging_setup.configure(stream)
    structlog.get_logger("rx").error("ours", code="X")
    logging.getLogger("library").warning("theirs")
    assert [json.loads(piece)["event"] for piece in stream.pieces] == ["ours", "theirs"]
    assert all(piece.endswith("\n") for piece in stream.pieces)
