"""Two ends of a channel: answers to whoever asked, in order, whatever arrives in which pieces."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from api.intake import RecordsChanged
from api.ports import fault_of
from api.processes.channel import Channel, ChannelLost, DistantFault, Handler
from ledger.errors import Overloaded

Notices = Mapping[str, Callable[..., None]]


async def _pair(answers: Mapping[str, Handler], notices: Notices | None = None) -> tuple[Channel, Channel]:
    """Return who asks and who answers."""
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    asks, answering = Channel({}, notices or {}), Channel(answers, {}, (RecordsChanged,))
    await loop.create_unix_connection(asks.itself, sock=ours)
    await loop.create_unix_connection(answering.itself, sock=theirs)
    return asks, answering


def _run(story: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(10):
            await story()

    asyncio.run(limited())


def test_each_question_gets_its_own_answer_even_when_a_later_one_is_faster() -> None:
    async def story() -> None:
        gate = asyncio.Event()

        async def slow(value: int) -> int:
            await gate.wait()
            return value

        async def fast(value: int) -> int:
            gate.set()
            return value

        asks, _ = await _pair({"slow": slow, "fast": fast})
        assert await asyncio.gather(asks.ask("slow", 1), asks.ask("fast", 2)) == [1, 2]

    _run(story)


def test_a_message_longer_than_any_buffer_arrives_whole() -> None:
    async def story() -> None:
        async def echo(value: bytes) -> bytes:
            return value

        asks, _ = await _pair({"echo": echo})
        sent = [bytes([number]) * (3_000_000 + number) for number in range(3)]
        assert await asyncio.gather(*(asks.ask("echo", value) for value in sent)) == sent

    _run(story)


def test_a_message_cut_at_every_byte_is_taken_once() -> None:
    async def story() -> None:
        told: list[int] = []
        first, second = Channel({}, {"number": told.append}), Channel({}, {})
        written: list[bytes] = []
        second.connection_made(_Writes(written))
        second.tell("number", 7)
        second.tell("number", 8)
        for byte in b"".join(written):
            first.data_received(bytes([byte]))
        assert told == [7, 8]

    _run(story)


class _Writes(asyncio.Transport):
    def __init__(self, written: list[bytes]) -> None:
        super().__init__()
        self._written = written

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._written.append(bytes(data))


def test_a_notice_written_before_an_answer_is_taken_before_it() -> None:
    """A change is told before what follows from it: read-your-writes rests on this order."""

    async def story() -> None:
        told: list[str] = []

        async def change() -> str:
            answering.tell("changed", "first")
            return "answer"

        asks, answering = await _pair({"change": change}, {"changed": told.append})
        assert await asks.ask("change") == "answer"
        assert told == ["first"]

    _run(story)


def test_a_fault_keeps_its_code_and_its_time_and_no_word_of_its_cause() -> None:
    async def story() -> None:
        async def full() -> None:
            raise Overloaded("a secret")

        async def broken() -> None:
            raise KeyError("a secret")

        asks, _ = await _pair({"full": full, "broken": broken})
        with pytest.raises(DistantFault) as raised:
            await asks.ask("full")
        assert (fault_of(raised.value).code, "secret" in str(raised.value)) == ("OVERLOADED", False)
        with pytest.raises(DistantFault) as raised:
            await asks.ask("broken")
        assert fault_of(raised.value).code == "DB_UNAVAILABLE"

    _run(story)


def test_the_cause_of_a_fault_stands_in_the_log_of_the_end_that_met_it(log: io.StringIO) -> None:
    """Whoever asked knows no more than the code: the operator would never learn what it was."""

    async def story() -> None:
        async def broken() -> None:
            raise KeyError("a secret")

        asks, _ = await _pair({"broken": broken})
        with pytest.raises(DistantFault):
            await asks.ask("broken")

    _run(story)
    line = json.loads(log.getvalue())
    assert (line["event"], line["kind"], line["question"]) == ("fault", "KeyError", "broken")
    assert line["at"].startswith("tests.processes.test_channel:")
    assert "secret" not in log.getvalue()


def test_an_answer_that_cannot_be_sent_is_a_fault_and_not_silence() -> None:
    async def story() -> None:
        async def odd() -> object:
            return lambda: None

        asks, _ = await _pair({"odd": odd})
        with pytest.raises(DistantFault):
            await asks.ask("odd")

    _run(story)


def test_what_both_ends_know_is_raised_as_it_is() -> None:
    async def story() -> None:
        async def changed() -> None:
            raise RecordsChanged

        asks, _ = await _pair({"changed": changed})
        with pytest.raises(RecordsChanged):
            await asks.ask("changed")

    _run(story)


def test_whoever_waits_when_the_other_end_goes_learns_that_nothing_will_come() -> None:
    async def story() -> None:
        async def never() -> None:
            await asyncio.Event().wait()

        asks, answering = await _pair({"never": never})
        waiting = asyncio.create_task(asks.ask("never"))
        await asyncio.sleep(0.01)
        answering.close()
        with pytest.raises(ChannelLost) as raised:
            await waiting
        assert fault_of(raised.value).code == "DB_UNAVAILABLE"
        with pytest.raises(ChannelLost):
            await asks.ask("never")
        asks.tell("never")  # nobody is there to hear it

    _run(story)


def test_the_answer_to_somebody_who_gave_up_disturbs_nobody() -> None:
    async def story() -> None:
        gate = asyncio.Event()

        async def late() -> str:
            await gate.wait()
            return "late"

        async def soon() -> str:
            gate.set()
            return "soon"

        asks, _ = await _pair({"late": late, "soon": soon})
        given_up = asyncio.create_task(asks.ask("late"))
        await asyncio.sleep(0.01)
        given_up.cancel()
        assert await asks.ask("soon") == "soon"
        assert await asks.ask("late") == "late"

    _run(story)


def test_the_answer_to_an_end_that_has_gone_is_dropped() -> None:
    async def story() -> None:
        gate = asyncio.Event()
        answered: list[Any] = []

        async def late() -> None:
            await gate.wait()
            answered.append("answered")

        asks, answering = await _pair({"late": late})
        waiting = asyncio.create_task(asks.ask("late"))
        await asyncio.sleep(0.01)
        asks.close()
        await answering.lost
        gate.set()
        with pytest.raises(ChannelLost):
            await waiting
        await asyncio.sleep(0.01)
        assert answered == ["answered"]

    _run(story)
