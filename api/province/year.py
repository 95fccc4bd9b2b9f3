"""The year, day by day: the lives of a day, the duty and stock they need, as acts in order of time.

Memory is bounded by a day and by the packs on the shelves, whatever the number of statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.province import blind, district, histories, township
from api.province.cases import CASES
from api.province.cast import Cast, Drug, Patient
from api.province.event import DAY_MS, DAYS, FIRST_MS, Event, Label
from api.province.life import MINUTE, Life
from api.province.lookalikes import LOOKALIKES
from api.province.registry import registered

ACTS_PER_LIFE = 13  # with the share of duty and stock; measured
# From 1.7 million statements on everybody is on duty each day: measured at 3 and 10 million.
DUTY_AND_STOCK, TENTHS_PER_LIFE = 400_000, 99
_OPENING_MS, _CLOSING_MS, _STOCK_MS = 8 * 60 * MINUTE, 23 * 60 * MINUTE, 7 * 60 * MINUTE
_FIRST_CONSULTATION_MS, _LAST_CONSULTATION_MS = 9 * 60 * MINUTE, 15 * 60 * MINUTE
_HOLIDAYS = (*range(47, 54), *range(273, 280))  # spring festival and the first week of October
_LIVES_PER_TURN = 5
_WITH_CASE, _WITH_LOOKALIKE = 0.06, 0.12
_WITH_TWO_LINES, _WITH_THREE_LINES = 0.25, 0.03


def _lives_of(statements: int) -> int:
    """Return how many lives make so many statements; in a large year few of them are duty and stock."""
    return max(statements // ACTS_PER_LIFE, (statements - DUTY_AND_STOCK) * 10 // TENTHS_PER_LIFE)


class Year:
    """A seeded year of about `statements` statements. The same seed and size give the same acts."""

    def __init__(self, seed: int, statements: int) -> None:
        self._lives = max(400, _lives_of(statements))
        self.cast = Cast(seed, self._lives)
        self._pick = self.cast.pick
        self._lives -= histories.lives(self.cast) * 2 // 3  # they share duty and stock with others
        # In a small year too each case has its turn, with some lives to spare.
        self._lives = max(self._lives, _LIVES_PER_TURN * (len(CASES) + 2))
        self._streams = {name: self.cast.apart(name) for name in ("plans", "townships", "corners")}
        self._later: list[Event] = []
        self._turns = {"case": 0, "lookalike": 0}
        self._free_ms: dict[str, int] = {}
        self._day = 0
        self._count = 0

    def registry(self) -> dict[str, Any]:
        """Return what the regulator has registered before the year begins."""
        return registered(self.cast)

    def events(self) -> Iterator[Event]:
        """Yield the acts of the year in the order of time."""
        for day in range(DAYS):
            yield from self._day_of(day)

    def _day_of(self, day: int) -> Iterator[Event]:
        self._day, self._free_ms = day, {}
        self.cast.busy.clear()
        lives = list(histories.of_day(self._streams["plans"], day, self._start))
        lives += district.of_day(self.cast, day, self._start)
        share = self._lives / DAYS * (2 if day in _HOLIDAYS else 1)
        number = int(share) + (self._pick.random() < share % 1)
        lives += [life for _ in range(number) if (life := self._life()) is not None]
        lives += township.of_day(self._streams["townships"], day, self._start)
        lives += blind.of_day(self._streams["corners"], day, self._start)
        events = self._later + [event for life in lives for event in life.events]
        events += self._stock(lives)
        events += self._duties(lives)
        yield from self._until_morning(sorted(events, key=lambda event: event.time_ms))

    def _until_morning(self, events: list[Event]) -> list[Event]:
        """Return the acts before the next day's first one; what comes later waits for its day."""
        morning_ms = FIRST_MS + (self._day + 1) * DAY_MS + _STOCK_MS
        self._later = [event for event in events if event.time_ms >= morning_ms]
        return [event for event in events if event.time_ms < morning_ms]

    # -- lives ----------------------------------------------------------------------------------

    def _start(self, name: str, turn: int, patient: Patient, doctor: str) -> Life:
        start_ms = FIRST_MS + self._day * DAY_MS + _FIRST_CONSULTATION_MS
        start_ms = max(start_ms + turn * MINUTE, self._free_ms.get(doctor, 0))
        life = Life(self.cast, name, start_ms, patient, patient.drug, doctor)
        # The next consultation of this doctor begins when this one's prescription is long written.
        self._free_ms[doctor] = start_ms + 15 * MINUTE
        return life

    def _life(self) -> Life | None:
        chosen = self._due()
        if chosen is None:
            return None
        patient, doctor = chosen
        self._count += 1
        life = self._start(f"L{self._count}", self._pick.randrange(30), patient, doctor)
        self._dose(life)
        self._play(life)
        self._free_ms[doctor] = max(self._free_ms[doctor], _last_issue_ms(life) + 2 * MINUTE)
        return life

    def _due(self) -> tuple[Patient, str] | None:
        """Somebody whose drug is used up, and a doctor of the hospital who has time today."""
        closing_ms = FIRST_MS + self._day * DAY_MS + _LAST_CONSULTATION_MS
        for _ in range(50):
            patient = self._pick.choice(self.cast.patients)
            doctor = self._pick.choice(self.cast.hospitals[patient.hospital].doctors)
            due = patient.due.get(patient.drug.code, 0) <= self._day
            if due and self._free_ms.get(doctor, 0) < closing_ms:
                return patient, doctor
        return None

    def _dose(self, life: Life) -> None:
        """One or two packs at the full or half of the label's highest dose: never more than 28 days."""
        drug: Drug = life.drug
        life.packs = self._pick.choice((1, 1, 2))
        factor = self._pick.choice((1.0, 2.0))
        life.days, life.share = min(28.0, round(life.packs * drug.pack_days * factor, 2)), 1 / factor
        if life.days <= (life.packs - 1) * drug.pack_days * factor:
            life.packs -= 1  # nobody honest writes a pack that the days do not need
        # At the highest dose it may be gone before `days` are over; nobody buys before they are.
        covered = max(life.days, life.packs * drug.pack_days)
        life.patient.due[drug.code] = self._day + int(covered) + 2 + self._pick.randrange(6)

    def _play(self, life: Life) -> None:
        drawn = self._pick.random()
        if drawn < _WITH_CASE or self._is_behind("case", len(CASES)):
            life.packs = 1
            case = CASES[self._turn("case") % len(CASES)]
            case.play(life, case.label)
        elif drawn < _WITH_CASE + _WITH_LOOKALIKE or self._is_behind("lookalike", len(LOOKALIKES)):
            kind, play = LOOKALIKES[self._turn("lookalike") % len(LOOKALIKES)]
            play(life, Label(lookalike=kind))
        else:
            self._add_lines(life)
            life.honest()
            return
        # Whatever happened to this one, nobody comes back for the same drug too early.
        life.patient.due[life.drug.code] = max(life.patient.due.get(life.drug.code, 0), self._day + 180)

    def _add_lines(self, life: Life) -> None:
        """Some have two drugs on a prescription, few three; each is bought again when all are used up."""
        drawn = self._pick.random()
        number = 2 if drawn < _WITH_THREE_LINES else int(drawn < _WITH_TWO_LINES)
        due = life.patient.due
        free = [one for one in self.cast.chronic if one != life.drug and due.get(one.code, 0) <= self._day]
        life.beside = self._pick.sample(free, number) if number else []
        for drug in life.beside:
            due[drug.code] = self._day + int(max(life.days, drug.pack_days)) + 2

    def _is_behind(self, kind: str, all_: int) -> bool:
        """Whether chance has kept a kind out so long that a small year would not hold each of them once."""
        return self._turns[kind] < all_ and self._turns[kind] * _LIVES_PER_TURN < self._count

    def _turn(self, kind: str) -> int:
        self._turns[kind] += 1
        return self._turns[kind] - 1

    # -- what a day needs ---------------------------------------------------------------------

    def _stock(self, lives: list[Life]) -> Iterator[Event]:
        """Everything that came in at a shop before it opened."""
        needed: dict[str, list[tuple[str, str]]] = {}
        for life in lives:
            for shop, drug, code in life.need:
                needed.setdefault(shop, []).append((drug, code))
        for shop, packs in needed.items():
            by = self.cast.shop_of[shop].pharmacists[0]
            at_ms = FIRST_MS + self._day * DAY_MS + _STOCK_MS
            for part in range(0, len(packs), 500):
                listed = [{"code": code, "drug": drug} for drug, code in packs[part : part + 500]]
                name = f"I{self._day}-{shop}-{part}"
                groups = {"identifiers": {"supplier": "V990000", "invoice": name}, "codes": listed}
                yield Event(name, at_ms, "stock.received", shop, ((by, "pharmacist"),), {}, groups)

    def _duties(self, lives: list[Life]) -> Iterator[Event]:
        """Duty of everybody whom the day's lives need, opened in the morning and closed at night."""
        needed = sorted({one for life in lives for one in life.on_duty})
        start_ms = FIRST_MS + self._day * DAY_MS
        for code, site in needed:
            number = int(code[-6:])  # of the code alone: nobody's duty shifts another's
            who = ((code, "pharmacist"),)
            last = self.cast.duty.get(code)
            after = {"after": f"@leaf:{last}"} if last else {}
            opened, closed = f"O{self._day}-{code}", f"C{self._day}-{code}"
            members = {"site": site, **after}
            yield Event(opened, start_ms + _OPENING_MS + number, "duty.opened", site, who, members)
            yield Event(closed, start_ms + _CLOSING_MS + number, "duty.closed", site, who, {"site": site})
            self.cast.duty[code] = closed


def _last_issue_ms(life: Life) -> int:
    issued = [event.time_ms for event in life.events if event.type == "prescription.issued"]
    return max(issued, default=0)
