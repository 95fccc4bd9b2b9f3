"""Admission far from its ledger: what it keeps, when it forgets, when it looks again."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import MutableMapping, Sequence
from typing import Any, cast

import pytest

from api.admission import Admitted
from api.edge import Edge
from api.intake import RecordsChanged
from api.limits import Head
from api.problems import Problem
from api.processes import distant
from api.processes.channel import Channel, ChannelLost
from api.processes.distant import Behind, DistantIntake, Records
from api.settings import Settings
from api.submissions import Submissions
from api.tokens import Caller
from contracts import keys
from contracts.errors import InvariantError
from contracts.facts import Facts
from tests.api.test_faults import ask

SETTINGS = Settings("http://ledger.example")
KEY, OTHER = keys.key("D1#0123456789abcdef"), keys.organisation("H1")
WORK = Facts("a" * 64, {}, (), {}, b"")


class FakeChannel:
    """Answers from a table and notes what it was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[Any, ...]] = []

    async def ask(self, name: str, *arguments: Any) -> Any:
        """Return the next answer of that name, or raise it."""
        self.asked.append((name, *arguments))
        found = self.answers[name]
        answer = found.pop(0) if isinstance(found, list) else found
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def tell(self, name: str, *arguments: Any) -> None:
        """Note it."""
        self.asked.append((name, *arguments))

    @property
    def itself(self) -> Channel:
        """Return this as the channel it stands for."""
        return cast(Channel, self)


def test_a_record_is_unread_until_it_is_kept_and_again_once_it_has_changed() -> None:
    records = Records()
    for value in (b"{}", None):
        with pytest.raises(distant._Unread):
            records.read(KEY)
        records.keep(KEY, value)
        assert records.read(KEY) == value
        records.changed(3, [KEY])
        assert records.version == 3


def test_another_records_change_forgets_nothing_here() -> None:
    records = Records()
    records.keep(KEY, b"{}")
    records.changed(1, [OTHER])
    assert records.read(KEY) == b"{}"


@pytest.mark.parametrize("key", ["pub/counter/x", "pvt/key/x", "pub/rulebook"])
def test_a_record_whose_changes_nobody_tells_is_never_asked_for(key: str) -> None:
    """It would be judged by its first value for ever."""
    with pytest.raises(InvariantError):
        Records().read(key)


def test_memory_for_records_is_bounded_and_guesses_push_out_no_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(distant, "_RECORDS_MAX", 3)
    monkeypatch.setattr(distant, "_ABSENT_MAX", 3)
    records = Records()
    records.keep(KEY, b"{}")
    for number in range(20):
        records.keep(f"pub/key/guess-{number}", None)
    assert records.read(KEY) == b"{}"
    assert len(records._absent) <= 3
    for number in range(20):
        records.keep(f"pub/key/{number}", b"{}")
    assert len(records._found) <= 3


def test_one_guess_of_great_length_is_remembered_at_most() -> None:
    """The id of an authenticator comes unsigned, and may be as long as a statement."""
    records = Records()
    for number in range(20):
        records.keep(f"pub/authenticator/{number:060000}", None)
    assert sum(map(len, records._absent)) < 100_000


def _intake(channel: FakeChannel, tokens_max: int = 100) -> DistantIntake:
    return DistantIntake(channel.itself, Records(), tokens_max)


class Telling(FakeChannel):
    """Tells a record before it answers the question for it."""

    def __init__(self, **answers: Any) -> None:
        super().__init__(record=None, **answers)
        self.records = Records()

    async def ask(self, name: str, *arguments: Any) -> Any:
        """Return the next answer of that name, or raise it."""
        if name == "record":
            self.records.keep(arguments[0], b"{}")
        return await super().ask(name, *arguments)


def test_a_ledger_that_tells_no_records_is_a_fault_and_no_end_of_asking() -> None:
    """Left asking, one process of an older version would keep a core busy for ever."""
    intake = _intake(FakeChannel(record=None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distant, "admit", lambda body, organisation, read: read(KEY))
        with pytest.raises(InvariantError):
            asyncio.run(intake.admit(b"{}", "H1"))


def test_admission_asks_for_what_it_lacks_once() -> None:
    channel = Telling()
    intake = DistantIntake(channel.itself, channel.records, 100)

    def admit(body: bytes, organisation: str, read: Any) -> Admitted:
        assert (read(KEY), read(OTHER)) == (b"{}", b"{}")
        return Admitted(WORK, ())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distant, "admit", admit)
        for _ in range(2):
            asyncio.run(intake.admit(b"{}", "H1"))
    assert channel.asked == [("record", KEY), ("record", OTHER)]


def test_lines_are_as_old_as_the_first_of_them_and_rest_on_what_all_have_read() -> None:
    """A change that came between two lines of a batch went unseen by those before it."""
    channel = Telling(commit=[[]])
    records = channel.records
    records.changed(0, [])
    intake = DistantIntake(channel.itself, records, 100)

    async def batch() -> None:
        first = await intake.admit(KEY.encode(), "H1")
        records.changed(1, [KEY])
        await intake.commit([first, await intake.admit(OTHER.encode(), "H1")])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distant, "admit", lambda body, *rest: (rest[1](body.decode()), Admitted(WORK, ()))[1])
        asyncio.run(batch())
    assert channel.asked[-1][:3] == ("commit", 0, {KEY, OTHER})


def test_a_token_is_asked_for_once_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller("H1", "hospital")
    channel = FakeChannel(caller=[(caller, 100.0), None])
    intake, head = _intake(channel), Head("", token="t")
    monkeypatch.setattr("time.time", lambda: 99.9)
    for _ in range(3):
        assert asyncio.run(intake.caller(head)) == caller
    assert (head.organisation, len(channel.asked)) == ("H1", 1)
    monkeypatch.setattr("time.time", lambda: 100.0)
    with pytest.raises(Problem) as raised:
        asyncio.run(intake.caller(head))
    assert raised.value.code == "AUTH_REQUIRED"


def test_a_token_is_asked_for_again_once_any_key_has_changed() -> None:
    channel = FakeChannel(caller=[(Caller("H1", "hospital"), 1e12), None])
    intake, head = _intake(channel), Head("", token="t")
    asyncio.run(intake.caller(head))
    intake.changed(1, (KEY,))
    with pytest.raises(Problem) as raised:
        asyncio.run(intake.caller(head))
    assert raised.value.code == "AUTH_REQUIRED"


def test_a_revocation_told_right_after_a_token_is_not_overtaken_by_it() -> None:
    class Overtaken(FakeChannel):
        async def ask(self, name: str, *arguments: Any) -> Any:
            found = await super().ask(name, *arguments)
            intake.changed(1, (KEY,))
            return found

    channel = Overtaken(caller=[(Caller("H1", "hospital"), 1e12), None])
    intake, head = _intake(channel), Head("", token="t")
    assert asyncio.run(intake.caller(head)).organisation == "H1"
    with pytest.raises(Problem):
        asyncio.run(intake.caller(head))


def test_no_token_and_an_unknown_one_are_nobody() -> None:
    channel = FakeChannel(caller=None)
    for head in (Head(""), Head("", token="guess")):
        with pytest.raises(Problem) as raised:
            asyncio.run(_intake(channel).caller(head))
        assert raised.value.code == "AUTH_REQUIRED"
    assert channel.asked == [("caller", "guess")]


def test_tokens_here_are_bounded_too() -> None:
    channel = FakeChannel(caller=(Caller("H1", "hospital"), 1e12))
    intake = _intake(channel, tokens_max=3)
    for number in range(20):
        asyncio.run(intake.caller(Head("", token=str(number))))
    assert len(intake._callers) <= 3


def test_a_change_told_right_after_a_record_is_not_overtaken_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both arrive in one piece: who had asked wakes after the change, with the old value in hand."""
    monkeypatch.setattr(
        distant, "admit", lambda body, organisation, read: Admitted(WORK, (read(KEY).decode(),))
    )

    async def story() -> None:
        values = [b"old", b"new"]

        async def record(key: str) -> None:
            ledger.tell("record", key, values.pop(0))
            if values:
                ledger.tell("changed", 1, (key,))

        records = Records()
        ledger = Channel({"record": record}, {})
        asks = Channel({}, {"record": records.keep, "changed": records.changed})
        ours, theirs = socket.socketpair()
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(ledger.itself, sock=theirs)
        await loop.create_unix_connection(asks.itself, sock=ours)
        admitted = await DistantIntake(asks, records, 100).admit(b"{}", "H1")
        assert (admitted.disclosures, records.version) == (("new",), 1)

    asyncio.run(story())


class Intake:
    """An intake whose records change so many times between admission and commit."""

    def __init__(self, changes: int) -> None:
        self.changes = changes
        self.admitted: list[bytes] = []

    async def caller(self, head: Head) -> Caller:
        return Caller("H1", "hospital")

    async def admit(self, body: bytes, organisation: str) -> Admitted:
        self.admitted.append(body)
        if self.changes == 0 and body == b"now a fault of form":
            raise Problem("SCHEMA_TYPE")
        return Admitted(WORK, ())

    async def commit(self, admitted: Sequence[Admitted]) -> Sequence[Any]:
        if self.changes:
            self.changes -= 1
            raise RecordsChanged
        return [_Replayed() for _ in admitted]

    def ended(self, code: str, status: int) -> None:
        pass


class _Replayed:
    outcome, codes, findings, statement_id = "replayed", (), (), "a" * 64
    index, leaf, entry, receipt = 1, "b" * 64, b'{"verdict":{"outcome":"accepted"}}', b"receipt"


def _post(intake: Intake, path: str, body: bytes, kind: str) -> tuple[int, Any]:
    async def behind(*_: object) -> None:
        raise AssertionError("a hot call is answered here")

    edge = Edge(SETTINGS, Submissions(intake, SETTINGS), intake.ended, behind)
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"x"), (b"content-type", kind.encode())]
    asyncio.run(edge({"type": "http", "method": "POST", "path": path, "headers": headers}, receive, send))
    lines = [json.loads(line) for line in sent[1]["body"].splitlines()]
    return sent[0]["status"], lines


def test_a_statement_admitted_before_a_registration_is_admitted_again() -> None:
    intake = Intake(changes=2)
    status, _ = _post(intake, "/v1/statements", b"{}", "application/json")
    assert (status, len(intake.admitted)) == (200, 3)


def test_lines_admitted_before_a_registration_are_admitted_again_and_each_answered() -> None:
    intake = Intake(changes=1)
    body = b"one\nnow a fault of form\nthree\n"
    status, lines = _post(intake, "/v1/statements:batch", body, "application/x-ndjson")
    assert status == 200
    assert [line["status"] for line in lines] == [200, 422, 200]
    assert lines[1]["code"] == "SCHEMA_TYPE"
    assert len(intake.admitted) == 6


@pytest.mark.parametrize("path", ["/v1/statements", "/v1/statements:batch"])
def test_registrations_without_end_keep_nobody_waiting_for_ever(path: str) -> None:
    kind = "application/x-ndjson" if path.endswith("batch") else "application/json"
    status, lines = _post(Intake(changes=1_000), path, b"{}", kind)
    assert (lines[0]["code"], lines[0]["status"]) == ("OVERLOADED", 503)
    assert status == (200 if path.endswith("batch") else 503)


@pytest.mark.parametrize("gone", [ChannelLost, asyncio.CancelledError])
def test_a_call_that_needs_a_ledger_which_has_gone_is_a_fault_and_no_500(gone: type[BaseException]) -> None:
    channel = FakeChannel(call=gone())
    behind = Behind(channel.itself, SETTINGS)
    intake = _intake(channel)
    edge = Edge(SETTINGS, Submissions(intake, SETTINGS), intake.ended, behind)
    status, body, headers = asyncio.run(ask(cast(Any, edge), "GET", "/healthz"))
    assert (status, body["code"]) == (503, "DB_UNAVAILABLE")
    assert int(headers["retry-after"]) >= 1
    assert behind._receives == {}
