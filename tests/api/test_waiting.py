"""Answers from another thread: all of them, in order, and none lost between two turns of the loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest

from api.waiting import Waiting


def _futures(count: int) -> list[Future[int]]:
    return [Future() for _ in range(count)]


def test_results_come_in_the_order_of_the_questions_and_after_the_last() -> None:
    async def ask() -> list[int | BaseException]:
        futures = _futures(3)
        task = asyncio.create_task(Waiting().results(futures))
        for number in (2, 0):
            futures[number].set_result(number)
        await asyncio.sleep(0.01)
        assert not task.done()
        futures[1].set_result(1)
        return await task

    assert asyncio.run(ask()) == [0, 1, 2]


def test_what_was_answered_before_the_question_is_an_answer() -> None:
    future: Future[int] = Future()
    future.set_result(7)
    assert asyncio.run(Waiting().results([future])) == [7]


def test_of_nothing_there_is_nothing_to_wait_for() -> None:
    nothing: list[Future[int]] = []
    assert asyncio.run(asyncio.wait_for(Waiting().results(nothing), 5)) == []


def test_a_failure_stands_in_the_place_of_its_result_once_all_are_over() -> None:
    failed = KeyError(), ValueError()

    async def ask() -> list[object]:
        futures = _futures(3)
        futures[2].set_exception(failed[0])
        futures[1].set_exception(failed[1])
        task = asyncio.create_task(Waiting().results(futures))
        await asyncio.sleep(0.01)
        assert not task.done()
        futures[0].set_result(0)
        return list(await task)

    assert asyncio.run(ask()) == [0, failed[1], failed[0]]


def test_whoever_gives_up_takes_back_what_has_not_begun() -> None:
    async def ask() -> None:
        begun, waits = _futures(2)
        begun.set_running_or_notify_cancel()
        waiting = Waiting()
        task = asyncio.create_task(waiting.results([begun, waits]))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert waits.cancelled() and not begun.cancelled()
        begun.set_result(1)  # the writer answers somebody who has left
        other = _futures(1)
        other[0].set_result(2)
        assert await waiting.results(other) == [2]

    asyncio.run(ask())


def test_who_leaves_in_the_middle_takes_no_opening_away_from_its_close() -> None:
    """A writer that began while the caller was leaving found the close alone, and accused its doctor."""
    unit: list[Future[int]] = []
    begun: list[bool] = []

    class Leaving(Future[int]):
        def cancel(self) -> bool:
            left = super().cancel()
            if not begun:  # the writer takes the unit between two cancellations
                begun.extend(one.set_running_or_notify_cancel() for one in unit)
            return left

    unit.extend(Leaving() for _ in range(3))

    async def ask() -> None:
        task = asyncio.create_task(Waiting().results(unit))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(ask())
    assert begun == [True, True, False]


def test_answers_after_the_loop_has_ended_harm_nobody() -> None:
    waiting, late = Waiting(), _futures(1)

    async def leave() -> None:
        task = asyncio.create_task(waiting.results(late))
        await asyncio.sleep(0)
        late[0].set_running_or_notify_cancel()
        task.cancel()

    asyncio.run(leave())
    late[0].set_result(1)
    future: Future[int] = Future()
    future.set_result(2)
    assert asyncio.run(waiting.results([future])) == [2]


def test_one_turn_takes_a_whole_group() -> None:
    async def ask() -> int:
        loop, turns = asyncio.get_running_loop(), 0
        soon = loop.call_soon_threadsafe

        def counting(*arguments: object) -> object:
            nonlocal turns
            turns += 1
            return soon(*arguments)  # type: ignore[arg-type]

        loop.call_soon_threadsafe = counting  # type: ignore[method-assign, assignment]
        waiting, futures = Waiting(), _futures(50)
        tasks = [asyncio.create_task(waiting.results([future])) for future in futures]
        await asyncio.sleep(0)
        for future in futures:  # in this thread: no turn can come between
            future.set_result(1)
        await asyncio.gather(*tasks)
        return turns

    assert asyncio.run(ask()) == 1


def test_nothing_is_lost_when_threads_answer_while_the_loop_turns() -> None:
    async def ask() -> None:
        waiting = Waiting()
        units = [_futures(5) for _ in range(400)]

        def answer(part: int) -> None:
            for unit in units[part::4]:
                for future in unit:
                    future.set_result(part)

        threads = [threading.Thread(target=answer, args=(part,)) for part in range(4)]
        for thread in threads:
            thread.start()
        async with asyncio.timeout(20):
            found = await asyncio.gather(*(waiting.results(unit) for unit in units))
        assert found == [[number % 4] * 5 for number in range(400)]

    asyncio.run(ask())
