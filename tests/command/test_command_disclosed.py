"""A sealed list is opened with the submission that was kept, and nobody opens it otherwise (S22)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.client.signing import Person, build, generate
from contracts.statements import submission
from tests.command.builders import Command

TARGETS = [{"code": "P99000000001", "reason": "库存不符"}]


def _list(reason: str = "库存不符", disclosed: bool = True) -> bytes:
    signers = [Person(f"G99000000000{number}", "officer", generate("ES256")) for number in (1, 2)]
    members = {"name": "三月飞行检查", "opens": "2026-03-09T00:00:00Z"}
    opened = {"targets": [{"code": "P99000000001", "reason": reason}]} if disclosed else {}
    return build(
        "governance.inspection", members, opened, iss="R99000000001", aud="x/y", iat=7, signers=signers
    )


def _entry(body: bytes) -> bytes:
    statement = submission.parse(body).statement
    return json.dumps({"statement": statement, "time": 1_772_409_600_000, "verdict": {}}).encode()


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, Path]:
    """A submission that was kept, and its entry."""
    paths = tmp_path / "list.submission", tmp_path / "list.entry"
    body = _list()
    for path, data in zip(paths, (body, _entry(body)), strict=True):
        path.write_bytes(data)
    return paths


def test_a_sealed_list_is_shown_with_the_time_of_its_entry(rx: Command, kept: tuple[Path, Path]) -> None:
    told = rx.json("disclosed", kept[0], "--entry", kept[1])
    assert told["disclosed"] == {"targets": TARGETS}
    assert (told["type"], told["time"]) == ("governance.inspection", "2026-03-02T00:00:00Z")
    assert told["id"] == submission.parse(kept[0].read_bytes()).statement_id
    assert rx.code("disclosed", kept[0], "--entry", kept[1]) == 0
    assert "P99000000001" in rx.output and "2026-03-02T00:00:00Z" in rx.output


def test_another_list_of_the_same_name_is_not_the_sealed_one(rx: Command, kept: tuple[Path, Path]) -> None:
    kept[0].write_bytes(_list())
    assert rx.code("disclosed", kept[0], "--entry", kept[1]) == 1
    assert "another statement's" in rx.error


def test_a_list_that_was_exchanged_under_the_same_payload_has_no_digest(
    rx: Command, kept: tuple[Path, Path]
) -> None:
    sealed, other = (json.loads(body) for body in (kept[0].read_bytes(), _list("随机")))
    sealed["signatures"][0]["header"]["disclosures"] = other["signatures"][0]["header"]["disclosures"]
    kept[0].write_text(json.dumps(sealed))
    assert rx.code("disclosed", kept[0], "--entry", kept[1]) == 1
    assert "COMMIT_MISMATCH" in rx.error


@pytest.mark.parametrize("entry", [b"{}", b"[]", b'{"refused": {}, "time": 1}', b'{"statement": {}}'])
def test_what_is_no_entry_is_named(rx: Command, kept: tuple[Path, Path], entry: bytes) -> None:
    kept[1].write_bytes(entry)
    assert rx.code("disclosed", kept[0], "--entry", kept[1]) == 2
    assert "no entry of a statement" in rx.error


def test_a_submission_without_disclosures_shows_nothing(rx: Command, kept: tuple[Path, Path]) -> None:
    body = _list(disclosed=False)
    for path, data in zip(kept, (body, _entry(body)), strict=True):
        path.write_bytes(data)
    assert rx.code("disclosed", kept[0], "--entry", kept[1]) == 2
    assert "discloses nothing" in rx.error
