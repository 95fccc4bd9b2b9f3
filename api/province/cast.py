"""Who there is: institutions, staff, patients and drugs, all of region 990000, which does not exist."""

from __future__ import annotations

import copy
import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import resources

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MASS = {"ug": 1e-3, "mg": 1.0, "g": 1e3}
CLINIC, CHILDREN, CHINESE_MEDICINE = "骨质疏松门诊", "儿科", "中医科"
SMALL_DEPARTMENTS = ("风湿免疫科", "肾内科", "血液科", "老年医学科", "职业病科")
DEPARTMENTS = ("内分泌科", "心血管内科", "全科", "神经内科")
CITIES = (  # city, latitude and longitude in degrees: three provinces of the imagination, and the townships
    ("9901", "990101", 28.20, 112.90),
    ("9901", "990102", 27.83, 113.13),
    ("9902", "990201", 37.46, 121.45),
    ("9903", "990301", 43.82, 87.61),
    ("9901", "990104", 28.55, 112.35),
)
_TOWNSHIPS = 4  # their place in CITIES
# Years of age in which each stream draws its patients: no number is given twice.
_AGES = {"": (30, 74), "plans": (75, 84), "townships": (20, 29), "corners": (85, 89)}


_LIVES_PER_COPY, _COPIES_MAX = 2_500, 20
_COPIES_PER_TOWNSHIP = 5
_APART = 16  # doctors for each copy of the plans, who have no other patients
_NEWCOMERS = 80  # doctors of a township who have no patients before a case of the year is theirs
CORNER_DOCTORS, CORNER_SHOPS = 10, 6  # of blind.py; the last shop is far from everybody
_SUSPENDED_DAY = 120
OUTSIDE = 5  # shops for each copy of the plans whose books come with the columns alone


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug of the shipped table; `pack_days` is how long a pack lasts at the label's highest dose, or 0."""

    code: str
    name: str
    class_: str
    monitored: bool
    online_forbidden: bool
    product: str
    carton: str
    units: int
    unit: str
    indications: tuple[str, ...]
    sex: str
    pack_days: float
    price: float
    dose: tuple[float, str, int]  # the label's highest: amount, unit, within how many days


@dataclass(slots=True)
class Patient:
    """Somebody insured: when the next purchase of each drug is due (day of the year)."""

    number: str
    age: int
    sex: str
    drug: Drug
    hospital: int
    pharmacy: int
    due: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """An institution with its staff (codes; `apart` are doctors of plans) and, for a pharmacy, its packs."""

    code: str
    city: int
    doctors: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    pharmacists: list[str] = field(default_factory=list)
    stock: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Township:
    """Hospitals and shops apart from the others; of a model township's three hospitals the third sees
    nobody online. A blind corner (blind.py) has one hospital."""

    hospitals: tuple[Place, ...]
    shops: tuple[Place, ...]


def certificate_number(serial: int, birth: str, sex: str) -> str:
    """Return an 18-character resident number of region 990000 with its check digit."""
    order = serial % 500 * 2 + (1 if sex == "1" else 0)
    body = f"990000{birth}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def drugs() -> list[Drug]:
    """Return the drugs of the shipped table."""
    text = resources.files("contracts").joinpath("knowledge/drugs.csv").read_text("utf-8")
    return [_drug(row) for row in csv.DictReader(io.StringIO(text))]


def _drug(row: dict[str, str]) -> Drug:
    return Drug(
        row["code"],
        row["name"],
        row["class"],
        row["monitored"] == "1",
        row["online_forbidden"] == "1",
        row["product"],
        row["carton"],
        int(row["units"]),
        row["unit"],
        tuple(row["indications"].split(";")),
        row["sex"],
        _pack_days(row),
        float(row["price_yuan"]),
        (float(row["max_dose_amount"] or 0), row["max_dose_unit"], int(row["max_dose_per_days"] or 0)),
    )


def _pack_days(row: dict[str, str]) -> float:
    if not row["max_dose_amount"]:
        return 0.0
    held = float(row["strength_amount"]) * _MASS.get(row["strength_unit"], 1.0) * int(row["units"])
    taken = float(row["max_dose_amount"]) * _MASS.get(row["max_dose_unit"], 1.0)
    return held * int(row["max_dose_per_days"]) / taken


class Cast:
    """The province's institutions and people, scaled to `lives` prescriptions a year.

    What happens to whom by a plan (histories.py) is planned `copies` times, for people who live for it alone.
    """

    def __init__(self, seed: int, lives: int) -> None:
        self.seed, self.pick = seed, random.Random(f"province {seed}")
        self._ages = _AGES[""]
        self.busy: set[str] = set()  # who changes shops today
        self.duty: dict[str, str] = {}  # the last duty event of each pharmacist
        self.drugs = drugs()
        self.chronic = [one for one in self.drugs if self._for_honest_care(one)]
        self.by_name = {one.name: one for one in self.drugs}
        self.hospitals = [
            Place(f"H9900000{n:04d}", n % 4) for n in range(1, max(6, min(40, lives // 1500)) + 1)
        ]
        self.pharmacies = [
            Place(f"P9900000{n:04d}", n % 4) for n in range(1, max(6, min(200, lives // 400)) + 1)
        ]
        self.copies = max(1, min(_COPIES_MAX, lives // _LIVES_PER_COPY))
        self._numbers: set[str] = set()
        self._staff(max(24, min(1200, lives // 60)), max(4 * len(self.pharmacies), 12))
        self._model_district()
        self.townships = [self._township(n) for n in range(max(1, self.copies // _COPIES_PER_TOWNSHIP))]
        self.corners = [self._corner(n) for n in range(self.copies)]
        shops = [shop for one in (*self.townships, *self.corners) for shop in one.shops]
        self.shop_of = {one.code: one for one in (*self.pharmacies, self.model_shop, *shops)}
        self.outside = [self._outside(n) for n in range(OUTSIDE * self.copies)]
        self._plans: dict[tuple[str, int], list[Patient]] = {}
        by_turns = zip(*(one.apart for one in self.hospitals), strict=True)
        self._unused = iter([code for row in by_turns for code in row])
        self._doctors: dict[tuple[str, int], str] = {}
        self._newcomers: dict[str, Iterator[str]] = {}
        self.patients = [self._patient(serial) for serial in range(max(400, lives // 3))]

    @staticmethod
    def _for_honest_care(drug: Drug) -> bool:
        ordinary = drug.class_ in ("ordinary", "tcm_patent") and not drug.online_forbidden and not drug.sex
        return ordinary and 2 <= drug.pack_days <= 42

    def _staff(self, doctors: int, pharmacists: int) -> None:
        self.hospital_of: dict[str, Place] = {}
        self.department_of: dict[str, str] = {}
        all_ = len(self.hospitals)
        for n in range(doctors + -(-_APART * self.copies // all_) * all_):
            code, hospital = f"D990000{n + 1:06d}", self.hospitals[n % all_]
            (hospital.doctors if n < doctors else hospital.apart).append(code)
            self.hospital_of[code] = hospital
            self.department_of[code] = DEPARTMENTS[(n // all_ + n) % len(DEPARTMENTS)]
        for n, hospital in enumerate(self.hospitals):
            hospital.pharmacists = [f"HY990000{2 * n + k + 1:06d}" for k in range(2)]
        for n in range(pharmacists):
            self.pharmacies[n % len(self.pharmacies)].pharmacists.append(f"YS990000{n + 1:06d}")

    def _model_district(self) -> None:
        """A district whose own rulebook asks for more: one hospital, one shop, and cases that need both."""
        self.model = Place("H99003100001", 1, [f"D990031{n:06d}" for n in (1, 2)])
        self.model.pharmacists = ["HY990031000001"]
        self.model_shop = Place("P99003100001", 1, pharmacists=[f"YS990031{n:06d}" for n in (1, 2)])
        for code in self.model.doctors:
            self.hospital_of[code], self.department_of[code] = self.model, DEPARTMENTS[0]

    def _township(self, number: int) -> Township:
        """All are of the area 99004 (township.py)."""
        area = f"99004{number + 1}"
        hospitals = tuple(Place(f"H{area}{n:05d}", _TOWNSHIPS) for n in (1, 2, 3))
        for n, one in enumerate(hospitals):
            one.doctors = [f"D{area}{10 * n + k:06d}" for k in range(1, 8)]
            one.pharmacists = [f"HY{area}{10 * n + k:06d}" for k in (1, 2, 3)]
        hospitals[0].apart = [f"D{area}{n + 101:06d}" for n in range(_NEWCOMERS)]
        shops = tuple(Place(f"P{area}{n:05d}", _TOWNSHIPS) for n in (1, 2))
        for n, one in enumerate(shops):
            one.pharmacists = [f"YS{area}{10 * n + k:06d}" for k in range(1, 6)]  # the last keeps the books
        self._employ(hospitals)
        return Township(hospitals, shops)

    def _corner(self, number: int) -> Township:
        """Where blind cases happen (blind.py), of the area 9905: a hospital and its shops."""
        area = f"9905{number:02d}"
        hospital = Place(f"H{area}00001", _TOWNSHIPS)
        hospital.doctors = [f"D{area}{k:06d}" for k in range(1, CORNER_DOCTORS + 1)]
        hospital.pharmacists = [f"HY{area}{k:06d}" for k in (1, 2)]
        shops = tuple(Place(f"P{area}{n:05d}", _TOWNSHIPS) for n in range(1, CORNER_SHOPS + 1))
        for n, one in enumerate(shops):
            one.pharmacists = [f"YS{area}{10 * n + k:06d}" for k in (1, 2)]
        self._employ((hospital,))
        return Township((hospital,), shops)

    def _employ(self, hospitals: tuple[Place, ...]) -> None:
        for one in hospitals:
            for code in (*one.doctors, *one.apart):
                self.hospital_of[code], self.department_of[code] = one, DEPARTMENTS[0]

    def apart(self, stream: str) -> Cast:
        """Return the same province as the lives of a stream see it: what they draw shifts nothing else."""
        own = copy.copy(self)
        own.pick, own._ages = random.Random(f"{stream} {self.seed}"), _AGES[stream]
        own._numbers, own._plans = set(), {}
        own._newcomers = {one.code: iter(one.apart) for town in self.townships for one in town.hospitals}
        return own

    def begin(self, part: str) -> None:
        """Draw from now on for this part of the year alone: what others draw shifts nothing of it."""
        self.pick = random.Random(f"{self.seed} {part}")

    def strength(self, plan: str, copy: int, name: str, low: int, high: int) -> int:
        """Return a number of this copy of a plan alone: how strong it is, from `low` to `high`."""
        return random.Random(f"{self.seed} {plan} {copy} {name}").randint(low, high)

    def newcomer(self, hospital: Place) -> str:
        """Return a doctor of a township's hospital whom nobody has had yet; StopIteration after the last."""
        return next(self._newcomers[hospital.code])

    @staticmethod
    def _outside(n: int) -> Place:
        """A shop that is not on the ledger; of five the first two are in one city.

        Its first pharmacist is registered there alone, its second one also at the next shop.
        """
        city = (0, 0, 2, 1, 3)[n % OUTSIDE]
        return Place(f"P9900009{n:04d}", city, pharmacists=[f"YS9900{area}{n:06d}" for area in ("09", "08")])

    def next_outside(self, at: int) -> Place:
        """Return the shop at which the second pharmacist of shop `at` outside is registered too."""
        return self.outside[(at + 1) % len(self.outside)]

    def _patient(self, serial: int) -> Patient:
        pick = self.pick
        sex, age = pick.choice("12"), pick.randint(*self._ages)
        number = self._number(serial, age, sex)
        drug = self.chronic[serial % len(self.chronic)]
        hospital, pharmacy = pick.randrange(len(self.hospitals)), pick.randrange(len(self.pharmacies))
        return Patient(number, age, sex, drug, hospital, pharmacy)

    def _number(self, serial: int, age: int, sex: str) -> str:
        """A resident number that nobody else has."""
        number = ""
        while not number or number in self._numbers:
            birth = f"{2026 - age - 1}{self.pick.randint(1, 12):02d}{self.pick.randint(1, 28):02d}"
            number = certificate_number(serial, birth, sex)
        self._numbers.add(number)
        return number

    def child_of(self, parent: Patient, age: int) -> Patient:
        """Return a child of this patient."""
        return replace(parent, number=self._number(len(self._numbers), age, parent.sex), age=age, due={})

    def people_of(self, plan: str, copy: int, count: int) -> list[Patient]:
        """Return patients to whom nothing happens but this copy of a plan."""
        found = self._plans.setdefault((plan, copy), [])
        found += [self._patient(len(self._numbers)) for _ in range(len(found), count)]
        return found[:count]

    def doctor_of(self, plan: str, copy: int) -> str:
        """Return a doctor who has no patients but those of this copy of a plan."""
        key = (plan, copy)
        if key not in self._doctors:
            self._doctors[key] = next(self._unused)
        return self._doctors[key]

    @property
    def unsettled(self) -> dict[str, int]:
        """Two busy shops and the day from which they settle nothing (S39).

        One is suspended after months in which it settled, one moved without telling before the year began.
        """
        return {self.pharmacies[4].code: _SUSPENDED_DAY, self.pharmacies[5].code: 0}

    @property
    def silent(self) -> str:
        """A shop that of every second sale tells neither stock nor settlement (S41)."""
        return self.pharmacies[0].code

    def second_site(self, at: int) -> Place:
        """Return the other shop at which the pharmacists of a shop are registered."""
        return self.pharmacies[(at + 1) % len(self.pharmacies)]
