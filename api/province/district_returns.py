"""Cases of the model district's returns: what a patient had at home comes back, with a reason or without."""

from __future__ import annotations

import hashlib

from api.province.cases import Case
from api.province.event import Label
from api.province.life import Life

_MONITORED = "阿托伐他汀钙片"
_WHY = {"reason": "服药后皮疹，医嘱停药"}


def video(life: Life) -> dict[str, str]:
    """Return what a review discloses of its video confirmation."""
    return {"video": hashlib.sha256(life.name.encode()).hexdigest()}


def confirmed(life: Life) -> str:
    """A prescription that both reviews confirmed by video, with the shop; returns its event id."""
    rx = life.issue()
    life.approve(rx, clinical=video(life))
    life.claim(rx)
    life.review(rx, clinical=video(life))
    return rx


def _without_a_word(life: Life, label: Label) -> None:
    """From home without a reason; then with one."""
    rx = life.ready()
    packs = life.sold(rx)
    life.give_back(rx, packs, True, label=label)
    life.give_back(rx, packs, True, label=Label(lookalike="return_explained"), clinical=_WHY)


def _of_a_monitored_drug(life: Life, label: Label) -> None:
    life.drug = life.cast.by_name[_MONITORED]
    rx = confirmed(life)
    life.give_back(rx, life.sold(rx), True, label=label, clinical=_WHY)


RETURN_CASES: tuple[Case, ...] = (
    Case("S36", ("SCHEMA_REQUIRED",), "TRACE-33", _without_a_word, "slip"),
    Case("S36", ("RETURN_MONITORED",), "TRACE-34", _of_a_monitored_drug, "noted"),
)
