"""A message that was refused is signed anew where its old signature could only accuse its signer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from api.client.authenticator import SoftwareAuthenticator
from api.client.desk import Desk
from api.client.http import Answer, Client, Problem, Unreachable
from api.client.outbox import Outbox
from api.client.signing import Person, generate
from api.national import ConsultationLink, Lookups, MessageError, Profile
from contracts.statements import submission

DAY_ONE = Path(__file__).parents[2] / "api/sandbox/corpus/day-one"
MESSAGE = (DAY_ONE / "001-duty.json").read_bytes().replace(b"YS990000000001", b"Y990000000001")


class _Refusing:
    """A ledger that refuses everything with one code, and keeps what it was sent."""

    def __init__(self) -> None:
        self.code = "DUTY_CONCURRENT"
        self.sent: list[bytes] = []

    def submit(self, body: bytes) -> Answer:
        self.sent.append(body)
        told = {"code": self.code, "codes": [self.code], "request_id": "r"}
        raise Problem(422, {**told, "id": submission.parse(body).statement_id})


class _Answering(_Refusing):
    """A ledger, or what stands before it, that answers each call as it is told to."""

    def __init__(self, *answers: Exception) -> None:
        super().__init__()
        self.answers = list(answers)

    def submit(self, body: bytes) -> Answer:
        self.sent.append(body)
        raise self.answers.pop(0)


class _NoDuty:
    def duty(self, pharmacist: str) -> None:
        return None

    def person(self, certificate_number: str) -> str:
        return "Y990000000001"


@pytest.fixture
def pharmacist() -> Person:
    held = SoftwareAuthenticator("shop.example", "https://shop.example")
    return Person("Y990000000001", "pharmacist", generate("ES256"), held)


@pytest.fixture
def ledger() -> _Refusing:
    return _Refusing()


@pytest.fixture
def desk(tmp_path: Path, ledger: _Refusing) -> Iterator[Desk]:
    outbox = Outbox(tmp_path / "outbox.db")
    client, lookups = cast(Client, ledger), cast(Lookups, _NoDuty())
    yield Desk("P99000000001", "rx.test/desk", client, outbox, lookups, lambda: 1_772_323_200)
    outbox.close()


class _Known:
    """Everything that a prescription's message names is known."""

    def consultation(self, electronic_number: str) -> ConsultationLink:
        return ConsultationLink("0" * 64, "1" * 64)

    def person(self, certificate_number: str) -> str:
        return "D990000000002"


def _send(desk: Desk, person: Person) -> None:
    with pytest.raises(Problem):
        desk.send("DUTY", MESSAGE, [person])


def test_a_refused_message_that_nothing_has_changed_for_is_the_same_submission(
    desk: Desk, ledger: _Refusing, pharmacist: Person
) -> None:
    _send(desk, pharmacist)
    _send(desk, pharmacist)
    assert ledger.sent[0] == ledger.sent[1]


def test_a_refused_message_is_signed_anew_once_its_authenticator_was_used_for_another(
    desk: Desk, ledger: _Refusing, pharmacist: Person
) -> None:
    """It was once sent again with the old counter: HUM_COUNTER, a doctor accused of copying."""
    _send(desk, pharmacist)
    assert pharmacist.authenticator is not None
    pharmacist.authenticator.assertion(b"another statement")
    _send(desk, pharmacist)
    assert ledger.sent[0] != ledger.sent[1]


def test_a_message_refused_for_a_wrong_drug_code_is_signed_anew_once_its_mapping_is_right(
    tmp_path: Path, ledger: _Refusing
) -> None:
    """A mapping to a wrong code was refused; with the right one the same bytes were sent for ever."""
    message = (DAY_ONE / "009-d001.json").read_bytes()
    doctor = Person("D990000000002", "doctor", generate("ES256"))
    outbox = Outbox(tmp_path / "outbox.db")
    for national in ("XWRONG", "XRIGHT"):
        profile = Profile(480, {"XC08CAA001A001010019999": national})
        lookups = cast(Lookups, _Known())
        client = cast(Client, ledger)
        desk = Desk("H99000000001", "rx.test/desk", client, outbox, lookups, lambda: 1, profile)
        with pytest.raises(Problem):
            desk.send("D001", message, [doctor])
    outbox.close()
    assert ledger.sent[0] != ledger.sent[1]


def test_a_message_refused_for_its_time_is_signed_anew_at_its_right_one(
    desk: Desk, ledger: _Refusing, pharmacist: Person
) -> None:
    """The institution's offset was mended, the message itself was right: the same bytes were sent again."""
    for offset in (0, 480):
        moved = replace(desk, profile=replace(desk.profile, utc_offset_minutes=offset))
        with pytest.raises(Problem):
            moved.send("DUTY", MESSAGE, [pharmacist])
    assert ledger.sent[0] != ledger.sent[1]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (403, {}),
        (404, {"code": "SCHEMA_REQUIRED"}),
        (413, {"message": "too large"}),
        (403, {"code": "TENANT_MISMATCH", "request_id": "r"}),
        (422, {"code": "TIME_SKEW", "request_id": "r", "id": "0" * 64}),
        (429, {"code": "RATE_LIMITED", "request_id": "r"}),
    ],
)
def test_no_second_statement_is_signed_on_the_word_of_something_that_did_not_judge_the_first(
    desk: Desk, pharmacist: Person, status: int, told: dict[str, str]
) -> None:
    """A proxy's 403 once counted as the ledger's: the first, committed without an answer, got a twin."""
    assert pharmacist.authenticator is not None
    refusal = Problem(status, told)
    ledger = _Answering(Unreachable("the answer to a commit is lost"), refusal, Unreachable("again"))
    subject = replace(desk, client=cast(Client, ledger))
    for _ in range(3):
        with pytest.raises((Problem, Unreachable)):
            subject.send("DUTY", MESSAGE, [pharmacist])
        pharmacist.authenticator.assertion(b"another statement")
    assert ledger.sent[0] == ledger.sent[1] == ledger.sent[2]


@pytest.mark.parametrize(("status", "code"), [(422, "SCHEMA_LENGTH"), (413, "BODY_TOO_LARGE")])
def test_a_message_refused_for_its_form_is_signed_anew_once_something_changed(
    desk: Desk, pharmacist: Person, status: int, code: str
) -> None:
    """Such a refusal names no statement: the ledger told of it before there was one."""
    assert pharmacist.authenticator is not None
    told = {"code": code, "codes": [code], "request_id": "r"}
    ledger = _Answering(*[Problem(status, told) for _ in range(2)])
    subject = replace(desk, client=cast(Client, ledger))
    _send(subject, pharmacist)
    pharmacist.authenticator.assertion(b"another statement")
    _send(subject, pharmacist)
    assert ledger.sent[0] != ledger.sent[1]


def test_a_message_refused_for_its_time_is_signed_anew(
    desk: Desk, ledger: _Refusing, pharmacist: Person
) -> None:
    ledger.code = "TIME_SKEW"
    _send(desk, pharmacist)
    _send(desk, pharmacist)
    assert ledger.sent[0] != ledger.sent[1]


def test_what_was_signed_for_another_ledger_is_not_sent_to_be_refused_by_this_one(
    desk: Desk, ledger: _Refusing, pharmacist: Person
) -> None:
    """Nor is it replaced: it may stand on that ledger, and would be a second act there."""
    first = replace(desk, audience="rx.test/other").submission("DUTY", MESSAGE, [pharmacist])
    with pytest.raises(MessageError, match="SIG_AUDIENCE"):
        desk.send("DUTY", MESSAGE, [pharmacist])
    assert ledger.sent == []
    assert replace(desk, audience="rx.test/other").submission("DUTY", MESSAGE, [pharmacist]) == first


def test_a_message_refused_for_its_audience_is_signed_anew_for_the_right_one(
    desk: Desk, ledger: _Refusing, pharmacist: Person
) -> None:
    _send(replace(desk, audience="rx.test/other"), pharmacist)
    _send(desk, pharmacist)
    assert submission.parse(ledger.sent[1]).payload["aud"] == "rx.test/desk"
