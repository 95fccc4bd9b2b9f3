"""What the ledger remembers of its state, and above all what it remembers of what is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.decision import Context, Decision
from contracts.errors import InvariantError
from contracts.facts import Facts, Read
from ledger.clock import SandboxClock
from ledger.errors import Stopped
from ledger.local import Ledger
from ledger.state import ABSENT_CACHED_MAX, State
from ledger.store import Store, leaf_value
from tests.ledger.builders import CONTRACT, START_MS, execute, facts, open_
from tests.ledger.test_ledger_faults import Fault


def _counted(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    state = Store.state

    def counting(store: Store, key: str) -> bytes | None:
        asked.append(key)
        return state(store, key)

    monkeypatch.setattr(Store, "state", counting)
    return asked


def _state(ledger: Ledger) -> State:
    return ledger._parts.state


def test_an_absent_key_is_asked_for_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _counted(ledger, monkeypatch)
    assert ledger.read("pub/freeze/nobody") is None is ledger.read("pub/freeze/nobody")
    assert asked == ["pub/freeze/nobody"]


def test_an_absent_key_is_there_once_it_is_written(ledger: Ledger) -> None:
    key = f"pub/leaf/{facts('a').statement_id}"
    assert ledger.read(key) is None
    ledger.submit(facts("a")).result(10)
    assert ledger.read(key) is not None


def test_what_a_group_asks_for_at_once_is_absent_only_where_nothing_is_committed(ledger: Ledger) -> None:
    there, missing = (f"pub/leaf/{facts(name).statement_id}" for name in "ab")
    ledger.submit(facts("a")).result(10)
    assert _state(ledger).absent([there, missing, missing, "pub/'", 'pub/"']) == {missing, "pub/'", 'pub/"'}
    assert _state(ledger).absent([]) == frozenset()
    no_ids = {"pub/leaf/no-id", "pub/leaf/", f"pub/leaf/{'AB' * 32}"}
    assert _state(ledger).absent(no_ids) == no_ids


def test_keys_that_were_looked_up_for_the_group_are_not_asked_for_one_by_one(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _counted(ledger, monkeypatch)
    for future in ledger.submit_batch([(facts(name), ()) for name in "abc"]):
        assert future.result(10).outcome == "accepted"
    assert not any(key.startswith("pub/leaf/") for key in asked)


def test_a_leaf_is_kept_with_its_entry_and_found_under_its_key_by_whoever_starts_anew(folder: Path) -> None:
    """One page less for each statement to read and write: ids come in no order."""
    ledger = open_(folder)
    answer = ledger.submit(facts("a")).result(10)
    key, told = f"pub/leaf/{answer.statement_id}", b'{"leaf":"%s"}' % str(answer.leaf).encode()
    assert ledger.read(key) == told
    ledger.close()
    again = open_(folder)
    rows = again._parts.store.rows("SELECT key FROM public_state WHERE key LIKE 'pub/leaf/%'")
    assert (again.read(key), rows) == (told, [])
    assert again.read("pub/leaf/" + "ab" * 32) is None is again.read("pub/leaf/no-id")
    assert again.submit(facts("a")).result(10).outcome == "replayed"
    again.close()


@pytest.mark.parametrize("count", [1, 2, 8, 9, 64, 65, 512, 513, 1_100])
def test_however_many_are_looked_up_at_once_each_is_found(ledger: Ledger, count: int) -> None:
    there = f"pub/leaf/{ledger.submit(facts('a', chain='c')).result(10).statement_id}"
    missing = {f"pub/leaf/{number:064x}" for number in range(count - 1)}
    assert _state(ledger).absent([there, *missing]) == missing
    counts = {f"pub/count/{number}" for number in range(count - 1)}
    assert _state(ledger).absent([*counts, "pub/count/c"]) == counts


def _another_leaf(item: Facts, context: Context, read: Read) -> Decision:
    decided = execute(item, context, read)
    return replace(decided, writes=(*decided.writes, ("pub/leaf/" + "ab" * 32, b"{}")))


def _no_leaf(item: Facts, context: Context, read: Read) -> Decision:
    return replace(execute(item, context, read), writes=())


def _leaf_of_a_refusal(item: Facts, context: Context, read: Read) -> Decision:
    return replace(execute(item, context, read), outcome="refused")


def _a_leaf_of_no_entry(item: Facts, context: Context, read: Read) -> Decision:
    decided, leaf = execute(item, context, read), "ab" * 32
    told = (f"pub/leaf/{item.statement_id}", leaf_value(leaf))
    return replace(decided, leaf=leaf, writes=(told, *decided.writes[1:]))


def _a_refusal_of_no_entry(item: Facts, context: Context, read: Read) -> Decision:
    return replace(execute(item, context, read), outcome="refused", leaf="ab" * 32, writes=())


_BROKEN = [_another_leaf, _no_leaf, _leaf_of_a_refusal, _a_leaf_of_no_entry, _a_refusal_of_no_entry]


@pytest.mark.parametrize("broken", _BROKEN, ids=lambda broken: broken.__name__)
def test_a_leaf_that_no_entry_has_stops_the_writer(
    folder: Path, broken: Callable[[Facts, Context, Read], Decision]
) -> None:
    """It would be read from the overlay and be gone with it, or be told to a submitter as his."""
    ledger = Ledger.open(folder, SandboxClock(START_MS), contract=replace(CONTRACT, execute=broken))
    with pytest.raises(Stopped):
        ledger.submit(facts("a")).result(10)
    assert isinstance(ledger.fault, InvariantError) and ledger.size == 1 == ledger.audit()
    ledger.close()


def _remembered(state: State) -> dict[str, bytes]:
    return {**state._older, **state._newer}


def test_a_written_value_pushed_out_of_the_cache_is_found_again(ledger: Ledger) -> None:
    state = State(ledger._parts.store, values_cached_max=1)
    key = f"pub/leaf/{facts('a').statement_id}"
    assert state.read(key) is None
    ledger.submit(facts("a")).result(10)
    state.committed({key: ledger.read(key) or b""})
    state.committed({"pub/another": b"{}"})
    assert key not in _remembered(state) and state.read(key) == ledger.read(key)


def test_of_a_value_that_was_written_again_the_earlier_one_is_never_read(ledger: Ledger) -> None:
    """It is remembered still, in the half that is forgotten next."""
    state = State(ledger._parts.store, values_cached_max=6)
    for number in range(40):
        state.committed({"pub/again": b"%d" % number, f"pub/other/{number}": b"{}"})
        assert state.read("pub/again") == b"%d" % number
        assert len(_remembered(state)) <= 6 + 2


def test_what_nobody_asks_for_again_is_not_remembered_and_still_found(ledger: Ledger) -> None:
    """The id of a statement is asked for when it comes, and then only by whoever sends it again."""
    key = f"pub/leaf/{facts('a').statement_id}"
    answer = ledger.submit(facts("a")).result(10)
    assert key not in _remembered(_state(ledger))
    assert ledger.read(key) == b'{"leaf":"%s"}' % str(answer.leaf).encode()
    assert ledger.submit(facts("a")).result(10).outcome == "replayed"


def test_after_an_unknown_commit_nothing_is_read_from_memory_either(folder: Path) -> None:
    """No read tells the truth then; values that were remembered were told all the same."""
    fault = Fault()
    ledger = open_(folder, hook=fault)
    key, known = (f"pub/leaf/{facts(jti).statement_id}" for jti in ("a", "b"))
    ledger.submit(facts("b")).result(10)
    assert ledger.read(key) is None is not ledger.read(known)
    fault.point = "after commit"
    with pytest.raises(Stopped):
        ledger.submit(facts("a")).result(10)
    for asked in (key, known):
        with pytest.raises(Stopped):
            ledger.read(asked)
    ledger.close()


def test_asking_for_what_does_not_exist_takes_limited_room_and_pushes_no_value_out(ledger: Ledger) -> None:
    state = _state(ledger)
    ledger.submit(facts("a")).result(10)
    values = _remembered(state)
    ledger.read("pub/" + "x" * 1_000)
    assert not any(len(key) > 256 for key in state._absent)
    state._absent.update(f"pub/made-up/{number}" for number in range(ABSENT_CACHED_MAX))
    ledger.read("pub/one-more")
    assert state._absent == {"pub/one-more"} and _remembered(state) == values
