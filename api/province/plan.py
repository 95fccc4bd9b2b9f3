"""The form of a plan: what some people do over a year that no single act shows.

A plan is played on its days, once for each copy of it that the province's size allows; each copy has
patients and doctors of its own, and is as strong as it drew once for all: copies are no clones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.province.cast import Cast, Patient, Place
from api.province.event import Event, Label
from api.province.life import Life

Start = Callable[[str, int, Patient, str], Life]


@dataclass(frozen=True, slots=True)
class Plan:
    """`play` gives the lives of one day. `lives` is about how many a copy takes over the year.

    `strength` has the least and the most of what each copy draws, the least a little above what its screen
    says that it finds.
    """

    name: str
    days: range
    lives: int
    play: Callable[[Scene], Iterator[Life]]
    strength: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    once: bool = False  # for the whole province, however large


@dataclass(frozen=True, slots=True)
class Scene:
    """A day of one copy of a plan."""

    cast: Cast
    plan: Plan
    copy: int
    day: int
    start: Start

    @property
    def turn(self) -> int:
        """How many days of the plan went by."""
        return self.plan.days.index(self.day)

    def drawn(self, name: str) -> int:
        """How strong this copy is, the same each day."""
        return self.cast.strength(self.plan.name, self.copy, name, *self.plan.strength[name])

    def patients(self, count: int) -> list[Patient]:
        """So many patients who live for this copy alone."""
        return self.cast.people_of(self.plan.name, self.copy, count)

    def doctor(self) -> str:
        """The doctor of this copy."""
        return self.cast.doctor_of(self.plan.name, self.copy)

    def anybody(self, number: int) -> str:
        """An ordinary doctor: neighbours in number are of different hospitals."""
        hospital = self.cast.hospitals[number % len(self.cast.hospitals)]
        return hospital.doctors[number // len(self.cast.hospitals) % len(hospital.doctors)]

    def shop(self, number: int) -> Place:
        """The copy's shop with this number, of those that settle and tell."""
        telling = [*self.cast.pharmacies[1:4], *self.cast.pharmacies[6:]]
        return telling[(number + 3 * self.copy) % len(telling)]

    def life(self, doctor: str, who: Patient, drug: str, packs: int, days: float, part: int = 0) -> Life:
        """A life of this plan that begins in the morning; `part` tells a day's lives apart."""
        name = f"{self.plan.name}{self.copy}-{self.day}-{part}"
        life = self.start(name, part % 30, who, doctor)
        life.cast, life.pick = self.cast, self.cast.pick
        life.drug, life.packs, life.days = self.cast.by_name[drug], packs, days
        return life

    def month(self) -> str:
        """The calendar month of the day, as screens name it."""
        starts = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
        return f"2026-{sum(self.day >= start for start in starts):02d}"


def is_among(number: int, part: int, of: int) -> bool:
    """Return whether the thing with this number is one of `part` that are spread evenly over `of`."""
    return number * part // of != (number + 1) * part // of


def outside(life: Life, type_: str, place: Place, members: dict[str, Any], **more: Any) -> str:
    """Add an act of an institution that is not on the ledger; returns its event id."""
    identifier = f"{life.name}.{len(life.events)}"
    life.now_ms += int(more.get("wait_ms", 60_000))
    signers = tuple((code, more.get("role", "pharmacist")) for code in more.get("by", place.pharmacists[:1]))
    disclosures, label = more.get("disclosures", {}), more.get("label")
    act = (identifier, life.now_ms, type_, place.code, signers, members, disclosures, label)
    life.events.append(Event(*act, outside=True))
    return identifier


def found(case: str, screen: str, subject: str) -> Label:
    """The label of an act for which a screen ought to find `subject`."""
    return Label(case=case, screen=screen, subject=subject)


def spared(kind: str, screen: str, subject: str) -> Label:
    """The label of an act for which a screen must not name `subject`."""
    return Label(lookalike=kind, screen=screen, subject=subject)
