"""`rx import`: national messages to a serving ledger, at their own time and in their order."""

from __future__ import annotations

import json

import pytest

from tests.command.builders import DAY, ORIGIN, Command, Served


def test_a_cast_is_enrolled_and_its_messages_are_imported_at_their_own_time(
    rx: Command, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = served.work / "keys"
    enrolling = ("enrol", "--url", served.url, "--folder", served.folder, "--keys", keys)
    assert rx.json(*enrolling, DAY / "cast.json")["people"] == 13
    words = ("import", "--move-clock", "--url", served.url, "--origin", ORIGIN)
    words = (*words, "--outbox", served.work / "outbox.db")
    hospital = (*words, "--key", keys / "H99000000001.json", "--signer", f"doctor={keys}/D990000000002.json")
    steps = ("007-consultation-opened", "008-consultation-closed", "009-d001")
    assert rx.code(*hospital, *(DAY / f"{step}.json" for step in steps)) == 0
    assert rx.output.count("accepted") == 3
    assert rx.code(*hospital, DAY / "007-consultation-opened.json") == 0  # the clock stays where it is
    assert "committed before" in rx.output
    waited: list[int] = []
    monkeypatch.setattr("api.command.import_.time.sleep", waited.append)
    backlog = ("007-consultation-opened", "009-d001", "008-consultation-closed", "009-d001")
    assert rx.code(*hospital, "--apart", "60", *(DAY / f"{step}.json" for step in backlog)) == 0
    assert waited == [0, 60], "prescriptions alone wait, the first one for nothing"
    assert rx.code(*enrolling, DAY / "cast.json") == 1  # its people have their keys
    assert "fix: make a new ledger for a whole cast" in rx.error, "no prescription is to get a number"


def test_what_builds_on_a_refused_message_is_not_sent_to_be_refused_too(rx: Command, served: Served) -> None:
    """A consultation that could not be opened brought three refusals, two of which accuse the doctor."""
    keys = served.work / "keys"
    enrolling = ("enrol", "--url", served.url, "--folder", served.folder, "--keys", keys)
    assert rx.code(*enrolling, DAY / "cast.json") == 0
    bad = json.loads((DAY / "007-consultation-opened.json").read_bytes())
    del bad["certno"]
    (served.work / "opened.json").write_text(json.dumps(bad))
    words = ("import", "--move-clock", "--url", served.url, "--origin", ORIGIN)
    words = (*words, "--outbox", served.work / "outbox.db", "--key", keys / "H99000000001.json")
    words = (*words, "--signer", f"doctor={keys}/D990000000002.json")
    closed, issued = DAY / "008-consultation-closed.json", DAY / "009-d001.json"
    review, other = DAY / "010-d003.json", DAY / "037-consultation-opened.json"
    assert rx.code(*words, served.work / "opened.json", closed, issued, review, other, "--json") == 1
    told = [json.loads(line) for line in rx.output.splitlines()]
    waiting = {"outcome": "waiting", "waits_for": str(served.work / "opened.json")}
    assert told[:3] == [{"message": str(one), **waiting} for one in (closed, issued, review)]
    assert told[3]["message"] == str(other), "another consultation goes on"
    assert rx.code(*words, closed, issued) == 1
    assert rx.error.count("send its opening first") == 1, "the cause repeated the fix"
    assert f"{issued}: waits for {closed}" in rx.error and "never sent twice" in rx.error


def test_a_clock_that_stays_names_the_message(rx: Command, served: Served) -> None:
    keys = served.work / "keys"
    enrolling = ("enrol", "--url", served.url, "--folder", served.folder, "--keys", keys)
    assert rx.code(*enrolling, DAY / "cast.json") == 0
    words = ("import", "--move-clock", "--url", served.url, "--origin", ORIGIN)
    words = (*words, "--outbox", served.work / "outbox.db", "--key", keys / "P99000000001.json")
    words = (*words, "--signer", f"pharmacist={keys}/YS990000000001.json")
    assert rx.code(*words, DAY / "005-3503.json", DAY / "001-duty.json") == 0
    told = f"{DAY / '001-duty.json'}: the sandbox clock is later than this message"
    assert told in rx.error
    assert rx.code(*words, "--json", DAY / "001-duty.json") == 0
    assert json.loads(rx.error.splitlines()[0])["warning"].startswith(told)


def test_a_message_without_a_time_is_of_the_sandboxs_day(rx: Command, served: Served) -> None:
    """A 2207 has none: it was signed by the wall clock, months away, and everything after it waited."""
    keys = served.work / "keys"
    enrolling = ("enrol", "--url", served.url, "--folder", served.folder, "--keys", keys)
    assert rx.code(*enrolling, DAY / "cast.json") == 0, rx.error
    delivery = json.loads((DAY / "005-3503.json").read_bytes())
    del delivery["purcinfo"]["purc_retn_stoin_time"]
    (served.work / "delivery.json").write_text(json.dumps(delivery))
    words = ("import", "--url", served.url, "--origin", ORIGIN, "--outbox", served.work / "outbox.db")
    words = (*words, "--key", keys / "P99000000001.json")
    words = (*words, "--signer", f"pharmacist={keys}/YS990000000001.json")
    duty, timeless = DAY / "001-duty.json", served.work / "delivery.json"
    assert rx.code(*words, "--move-clock", duty, timeless) == 0
    assert rx.output.count("accepted") == 2
