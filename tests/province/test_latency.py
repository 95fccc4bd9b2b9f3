"""S3 as a curve: which share of rushed and of honest consultations each threshold would catch in the year."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from api.province.year import Year
from contracts.parameters import DEFAULTS


class Visit(NamedTuple):
    """How long a consultation before a prescription was, how often the patient spoke, and its case."""

    seconds: float
    replies: int
    case: str


@pytest.fixture(scope="module")
def visits() -> list[Visit]:
    opened: dict[str, int] = {}
    closed: dict[str, tuple[float, int]] = {}
    found = []
    for event in Year(11, 10_000).events():
        consultation = str(event.members.get("consultation", "")).removeprefix("@id:")
        if event.type == "consultation.opened":
            opened[event.id] = event.time_ms
        elif event.type == "consultation.closed" and consultation in opened:
            said: Any = event.disclosures["clinical"]
            closed[consultation] = ((event.time_ms - opened[consultation]) / 1000, said["patient_turns"])
        elif event.type == "prescription.issued" and consultation in closed:
            case = event.label.codes[0] if event.label and event.label.case and event.label.codes else ""
            found.append(Visit(*closed[consultation], case))
    return found


def rates(visits: list[Visit], code: str, seconds: float, replies: int) -> tuple[float, float]:
    """The share of the injected `code` and of honest visits with less time or fewer replies than this."""
    injected = [one for one in visits if one.case == code]
    honest = [one for one in visits if not one.case]
    assert injected and len(honest) > 1_000
    caught, accused = (
        sum(one.seconds < seconds or one.replies < replies for one in some) / len(some)
        for some in (injected, honest)
    )
    return caught, accused


@pytest.mark.parametrize(
    ("seconds", "caught", "accused"),
    [
        (10, 0, (0, 0)),
        (11, 1, (0, 0)),
        (30, 1, (0, 0)),
        (120, 1, (0, 0)),
        (300, 1, (0.2, 0.5)),
        (601, 1, (1, 1)),
    ],
)
def test_a_threshold_of_seconds_catches_ten_seconds_or_accuses_the_honest(
    visits: list[Visit], seconds: int, caught: float, accused: tuple[float, float]
) -> None:
    low, high = accused
    found = rates(visits, "CONSULT_TOO_SHORT", seconds, 0)
    assert found[0] == caught and low <= found[1] <= high


def test_the_rulebooks_thresholds_lie_where_all_is_caught_and_nobody_honest_accused(
    visits: list[Visit],
) -> None:
    for name in ("consultation_s_min", "consultation_notice_s"):
        seconds = DEFAULTS[name]
        assert isinstance(seconds, int)
        assert rates(visits, "CONSULT_TOO_SHORT", seconds, 0) == (1.0, 0.0)


@pytest.mark.parametrize(("replies", "found"), [(0, (0, 0)), (1, (1, 0)), (6, (1, 1))])
def test_no_reply_is_caught_at_one_and_five_replies_are_nobodys_fault(
    visits: list[Visit], replies: int, found: tuple[float, float]
) -> None:
    assert rates(visits, "CONSULT_NO_REPLY", 0, replies) == found
