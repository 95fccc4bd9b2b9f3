"""What PROXY.md says of the server is what the server does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.settings import KIB, Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "api/PROXY.md").read_text("utf-8")
SETTINGS = Settings("https://ledger.example")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("head complete within", f"{SETTINGS.header_timeout_s:g} s"),
        ("body complete within", f"{SETTINGS.body_timeout_s:g} s"),
        ("idle connection", f"{SETTINGS.idle_timeout_s} s"),
        ("one head", f"{SETTINGS.header_bytes_max // KIB} KiB, {SETTINGS.header_fields_max} fields"),
        ("`POST /v1/statements`, `/v1/checks`", f"{SETTINGS.body_bytes_max // KIB} KiB"),
        (
            "`POST /v1/statements:batch`",
            f"{SETTINGS.batch_bytes_max // KIB // KIB} MiB, {SETTINGS.batch_lines_max:,} lines",
        ),
    ],
)
def test_the_limits_of_the_page_are_the_settings(row: str, said: str) -> None:
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| {row} |"))
    assert line.split("|")[2].strip() == said


def test_the_example_keeps_an_idle_connection_shorter_than_the_server() -> None:
    upstream = re.search(r"upstream ledger \{.*keepalive_timeout (\d+)s", PAGE)
    assert upstream is not None and int(upstream[1]) < SETTINGS.idle_timeout_s


def test_the_tests_that_the_page_names_exist() -> None:
    for name in (
        "tests/api/test_transport.py",
        "tests/api/test_slow_clients.py",
        "tests/catalogue",
        "tests/proxy",
    ):
        assert (ROOT / name).exists()
