"""Running the verifier over a builder's log, for the tests."""

from __future__ import annotations

from pathlib import Path

from tests.verifier.builder import LogBuilder
from verifier.log_check import Options, check_log
from verifier.report import Report
from verifier.source import open_source
from verifier.trust import parse_trust


def check_folder(folder: Path, trust: bytes, **options: object) -> Report:
    return check_log(open_source(str(folder)), parse_trust(trust), Options(**options))  # type: ignore[arg-type]


def check(builder: LogBuilder, folder: Path, quorum: int = 2) -> Report:
    return check_folder(builder.write(folder / "log"), builder.trust(quorum))


def refused_at(report: Report, index: int | None, step: str) -> bool:
    return (report.exit_code, report.index, report.step) == (1, index, step)
