"""The same message is the same submission, whatever became of the answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from api.client.outbox import Outbox

WHO = ("P99000000001", "d" * 64)


@pytest.fixture
def built() -> object:
    numbers = count(1)
    return lambda: b"body %d" % next(numbers)


def test_without_an_answer_or_after_a_commit_the_first_submission_is_sent_again(
    tmp_path: Path, built: object
) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    first = outbox.submission(*WHO, lambda: "a", built)  # type: ignore[arg-type]
    outbox.close()
    outbox = Outbox(tmp_path / "outbox.db")
    assert outbox.submission(*WHO, lambda: "b", built) == first  # type: ignore[arg-type]
    outbox.mark(*WHO, refused=False)
    assert outbox.submission(*WHO, lambda: "c", built) == first  # type: ignore[arg-type]


def test_after_a_refusal_only_a_changed_fingerprint_builds_anew(tmp_path: Path, built: object) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    first = outbox.submission(*WHO, lambda: "a", built)  # type: ignore[arg-type]
    outbox.mark(*WHO, refused=True)
    assert outbox.submission(*WHO, lambda: "a", built) == first  # type: ignore[arg-type]
    outbox.mark(*WHO, refused=True)
    assert outbox.submission(*WHO, lambda: "b", built) == b"body 2"  # type: ignore[arg-type]


def test_a_refused_submission_that_is_on_its_way_again_is_not_replaced(tmp_path: Path, built: object) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    first = outbox.submission(*WHO, lambda: "a", built)  # type: ignore[arg-type]
    outbox.mark(*WHO, refused=True)
    outbox.submission(*WHO, lambda: "a", built)  # type: ignore[arg-type]
    assert outbox.submission(*WHO, lambda: "b", built) == first  # type: ignore[arg-type]


def test_signing_may_change_what_the_fingerprint_names(tmp_path: Path, built: object) -> None:
    """An authenticator's counter: kept is the one after signing, or the next look would find a change."""
    outbox = Outbox(tmp_path / "outbox.db")
    counter = iter(["after signing", "after signing", "used elsewhere", "signed again"])
    told = lambda: next(counter)  # noqa: E731
    first = outbox.submission(*WHO, told, built)  # type: ignore[arg-type]
    outbox.mark(*WHO, refused=True)
    assert outbox.submission(*WHO, told, built) == first  # type: ignore[arg-type]
    outbox.mark(*WHO, refused=True)
    assert outbox.submission(*WHO, told, built) == b"body 2"  # type: ignore[arg-type]


def test_who_sends_the_same_message_meanwhile_sends_the_same_submission(tmp_path: Path) -> None:
    """Four imports of one folder at once made two, three and four sales of a message."""
    begun, asked = Event(), Event()

    def slowly() -> bytes:
        begun.set()
        assert asked.wait(10)
        return b"first"

    def meanwhile() -> bytes:
        assert begun.wait(10)
        other = Outbox(tmp_path / "outbox.db")
        asked.set()
        return other.submission(*WHO, lambda: "a", lambda: b"second")

    with ThreadPoolExecutor(2) as pool:
        second = pool.submit(meanwhile)
        first = pool.submit(lambda: Outbox(tmp_path / "outbox.db").submission(*WHO, lambda: "a", slowly))
        assert (first.result(20), second.result(20)) == (b"first", b"first")


def test_what_could_not_be_signed_leaves_nothing_behind(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    with pytest.raises(ZeroDivisionError):
        outbox.submission(*WHO, lambda: "a", lambda: bytes(1 // 0))
    assert outbox.find(*WHO) is None
    assert Outbox(tmp_path / "outbox.db").submission(*WHO, lambda: "a", lambda: b"next") == b"next"


def test_what_is_forgotten_is_built_anew(tmp_path: Path, built: object) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    outbox.submission(*WHO, lambda: "a", built)  # type: ignore[arg-type]
    outbox.forget(*WHO)
    assert outbox.submission(*WHO, lambda: "a", built) == b"body 2"  # type: ignore[arg-type]


def test_the_same_message_of_two_institutions_is_two_submissions(tmp_path: Path, built: object) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    first = outbox.submission(*WHO, lambda: "a", built)  # type: ignore[arg-type]
    assert outbox.submission("P99000000002", WHO[1], lambda: "a", built) != first  # type: ignore[arg-type]


def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox.db")
    assert (tmp_path / "outbox.db").stat().st_mode & 0o077 == 0
