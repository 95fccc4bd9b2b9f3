"""The log of several processes on one stream: a line is one JSON document, whoever writes beside it."""

from __future__ import annotations

import io
import json
import logging
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from api import logging_setup
from contracts.decision import Context, Decision
from contracts.facts import Facts, Read
from ledger.clock import SandboxClock
from ledger.errors import ContractFault, Stopped
from ledger.local import Ledger
from tests.ledger.builders import CONTRACT, SECRET, START_MS, create, disclosures, facts, open_


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


@pytest.mark.parametrize("library", [False, True])
def test_no_line_quotes_the_number_that_a_fault_met(log: io.StringIO, library: bool) -> None:
    """asyncio and uvicorn log what they catch, with the exception's text."""
    try:
        int(f"{SECRET}x")
    except ValueError:
        (logging.getLogger("asyncio") if library else structlog.get_logger("rx")).exception("failed")
    line = json.loads(log.getvalue())
    assert (line["event"], line["kind"]) == ("failed", "ValueError")
    assert line["at"].startswith("tests.api.test_logging:") and SECRET not in log.getvalue()


@pytest.mark.parametrize("groups", [False, True])
def test_an_operator_who_knows_an_index_finds_when_its_group_came_in(
    log: io.StringIO, tmp_path: Path, groups: bool
) -> None:
    """One line for many statements, and none unless it is asked for; what is sent again is not told of."""
    logging_setup.configure(log, groups)
    create(tmp_path / "ledger")
    ledger = open_(tmp_path / "ledger")
    for names in ("a", "bcd", "d"):
        for future in ledger.submit_batch([(facts(name), disclosures()) for name in names]):
            future.result(10)
    ledger.close()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    told = [(one["event"], one["level"], one["first"], one["last"], one["count"]) for one in lines]
    assert told == [("committed", "info", *group) for group in ((0, 0, 1), (1, 1, 1), (2, 4, 3)) if groups]
    assert all(one["timestamp"] for one in lines) and SECRET not in log.getvalue()


def test_a_contract_that_fails_on_a_number_does_not_write_it_into_the_log(
    log: io.StringIO, tmp_path: Path
) -> None:
    def fails(item: Facts, context: Context, read: Read) -> Decision:
        raise ValueError(f"invalid literal for int(): '{SECRET}x'")

    create(tmp_path / "ledger")
    broken = replace(CONTRACT, execute=fails)
    ledger = Ledger.open(tmp_path / "ledger", SandboxClock(START_MS), contract=broken)
    with pytest.raises(ContractFault):
        ledger.submit(facts("a")).result(10)
    ledger.close()
    assert "ValueError at tests.api.test_logging:" in log.getvalue()
    assert facts("a").statement_id in log.getvalue() and SECRET not in log.getvalue()


def test_a_writer_that_fails_on_a_number_ends_without_printing_it(
    log: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise ValueError(SECRET)

    printed: list[object] = []
    create(tmp_path / "ledger")
    ledger = open_(tmp_path / "ledger")
    monkeypatch.setattr(threading, "excepthook", printed.append)
    monkeypatch.setattr(ledger._parts.store, "commit", fails)
    with pytest.raises(Stopped):
        ledger.submit(facts("a")).result(10)
    ledger.close()
    assert printed == [] and SECRET not in log.getvalue()
    assert "the writer failed: ValueError at tests.api.test_logging:" in log.getvalue()
