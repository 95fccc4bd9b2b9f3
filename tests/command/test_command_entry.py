"""From the number of an entry, which findings cite, to its id, which a case names as evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command.builders import ORIGIN, REGULATOR, Command, Served


def test_an_entry_is_shown_from_wherever_its_log_lies(rx: Command, served: Served, tmp_path: Path) -> None:
    """No command turned the number of a finding into the id that `governance.case` wants."""
    key = served.folder / "keys" / f"{REGULATOR}.json"
    assert rx.code("export", "--url", served.url, "--key", key, tmp_path / "log") == 0
    [told] = rx.json("entry", tmp_path / "log", "0")["entries"]
    assert (told["entry"], told["type"], told["institution"]) == (0, "governance.genesis", REGULATOR)
    assert (told["outcome"], told["time"]) == ("accepted", "2026-03-01T00:00:00Z")
    assert [one["role"] for one in told["signers"]] == ["officer", "officer"]
    assert len(told["id"]) == len(told["leaf"]) == 64
    for place in ([served.folder], [served.url, "--key", key], [f"{served.url}/log/", "--key", key]):
        assert rx.json("entry", place[0], "0", *place[1:])["entries"] == [told], place


def test_a_person_reads_type_id_and_local_time(
    rx: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rx.init(tmp_path / "ledger")
    id_ = rx.json("entry", tmp_path / "ledger", "0")["entries"][0]["id"]
    monkeypatch.setenv("LC_ALL", "C")
    assert rx.code("entry", tmp_path / "ledger", "0") == 0
    assert "2026-03-01T08:00:00+08:00  governance.genesis  accepted" in rx.output and id_ in rx.output
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert rx.code("entry", tmp_path / "ledger", "0") == 0
    assert "账目 0" in rx.output and "创世  已入账" in rx.output and "监管人员" in rx.output
    assert "officer" not in rx.output and ORIGIN not in rx.output


def test_a_number_beyond_the_log_is_told_with_its_size(rx: Command, tmp_path: Path) -> None:
    rx.init(tmp_path / "ledger")
    assert rx.code("entry", tmp_path / "ledger", "0", "1") == 2
    assert "no entry 1: the last of this log is 0" in rx.error and "fix:" in rx.error and not rx.output
    assert rx.code("entry", tmp_path / "ledger", "-1") == rx.code("entry", tmp_path / "ledger", "abc") == 2


def test_what_is_no_log_is_named(rx: Command, tmp_path: Path) -> None:
    assert rx.code("entry", tmp_path, "0") == 2 and "rx export" in rx.error
    rx.init(tmp_path / "ledger")
    [bundle] = (tmp_path / "ledger/log/tile/entries/000.p").iterdir()
    bundle.write_bytes(b"\0\1")
    assert rx.code("entry", tmp_path / "ledger", "0") == 2 and "no exported log" in rx.error


def test_entries_at_an_address_are_for_members(rx: Command) -> None:
    assert rx.code("entry", "http://127.0.0.1:1", "0") == 2
    assert "members only" in rx.error and "--key" in rx.error
