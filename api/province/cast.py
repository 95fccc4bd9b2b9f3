"""Who there is: institutions, staff, patients and drugs, all of region 990000, which does not exist."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MASS = {"ug": 1e-3, "mg": 1.0, "g": 1e3}
DEPARTMENTS = ("内分泌科", "心血管内科", "全科", "神经内科")
_CITIES = (  # city, latitude and longitude in degrees: three provinces of the imagination
    ("9901", "990101", 28.20, 112.90),
    ("9901", "990102", 27.83, 113.13),
    ("9902", "990201", 37.46, 121.45),
    ("9903", "990301", 43.82, 87.61),
)


RESERVED = 90  # patients at the end of the list who take part in nothing but the plans of rings.py


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
    """An institution with its staff (codes) and, for a pharmacy, its packs by drug."""

    code: str
    city: int
    doctors: list[str] = field(default_factory=list)
    pharmacists: list[str] = field(default_factory=list)
    stock: dict[str, list[str]] = field(default_factory=dict)


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
    )


def _pack_days(row: dict[str, str]) -> float:
    if not row["max_dose_amount"]:
        return 0.0
    held = float(row["strength_amount"]) * _MASS.get(row["strength_unit"], 1.0) * int(row["units"])
    taken = float(row["max_dose_amount"]) * _MASS.get(row["max_dose_unit"], 1.0)
    return held * int(row["max_dose_per_days"]) / taken


class Cast:
    """The province's institutions and people, scaled to `lives` prescriptions a year."""

    def __init__(self, pick: random.Random, lives: int) -> None:
        self.pick = pick
        self.busy: set[str] = set()  # who changes shops today
        self.duty: dict[str, str] = {}  # the last duty event of each pharmacist
        self.drugs = drugs()
        self.chronic = [one for one in self.drugs if self._for_honest_care(one)]
        self.by_name = {one.name: one for one in self.drugs}
        self.hospitals = [
            Place(f"H9900000{n:04d}", n % 4) for n in range(1, max(3, min(40, lives // 1500)) + 1)
        ]
        self.pharmacies = [
            Place(f"P9900000{n:04d}", n % 4) for n in range(1, max(6, min(200, lives // 400)) + 1)
        ]
        self._staff(max(6, min(1200, lives // 60)), max(4 * len(self.pharmacies), 12))
        self.patients = [self._patient(serial) for serial in range(max(400, min(50_000, lives // 3)))]

    @staticmethod
    def _for_honest_care(drug: Drug) -> bool:
        ordinary = drug.class_ in ("ordinary", "tcm_patent") and not drug.online_forbidden and not drug.sex
        return ordinary and 2 <= drug.pack_days <= 42

    def _staff(self, doctors: int, pharmacists: int) -> None:
        for n in range(doctors):
            self.hospitals[n % len(self.hospitals)].doctors.append(f"D990000{n + 1:06d}")
        for n, hospital in enumerate(self.hospitals):
            hospital.pharmacists = [f"HY990000{2 * n + k + 1:06d}" for k in range(2)]
        for n in range(pharmacists):
            self.pharmacies[n % len(self.pharmacies)].pharmacists.append(f"YS990000{n + 1:06d}")

    def _patient(self, serial: int) -> Patient:
        pick = self.pick
        sex, age = pick.choice("12"), pick.randint(30, 84)
        birth = f"{2026 - age - 1}{pick.randint(1, 12):02d}{pick.randint(1, 28):02d}"
        drug = self.chronic[serial % len(self.chronic)]
        hospital, pharmacy = pick.randrange(len(self.hospitals)), pick.randrange(len(self.pharmacies))
        number = certificate_number(serial, birth, sex)
        return Patient(number, age, sex, drug, hospital, pharmacy)

    def registry(self) -> dict[str, Any]:
        """Return what the regulator has registered, for whoever builds a ledger's first state."""
        places = [("hospital", one) for one in self.hospitals] + [
            ("pharmacy", one) for one in self.pharmacies
        ]
        people = [
            *(
                _person(code, "doctor", [one], list(DEPARTMENTS))
                for one in self.hospitals
                for code in one.doctors
            ),
            *(
                _person(code, "hospital_pharmacist", [one], ["审方"])
                for one in self.hospitals
                for code in one.pharmacists
            ),
            *(
                _person(code, "pharmacist", [one, self._second_site(at)], ["调剂"])
                for at, one in enumerate(self.pharmacies)
                for code in one.pharmacists
            ),
        ]
        organisations = [_organisation(kind, one) for kind, one in places]
        return {
            "organisations": [{**one, **self._standing(one["code"])} for one in organisations],
            "people": people,
        }

    @property
    def unsettled(self) -> tuple[str, str]:
        """Two shops that are busy and settle nothing (S39): one suspended, one moved without telling."""
        return self.pharmacies[4].code, self.pharmacies[5].code

    def _standing(self, code: str) -> dict[str, str]:
        suspended, moved = self.unsettled
        address = f"区{code[-4:]}号"
        return {
            "agreement": "suspended" if code == suspended else "active",
            "registered_address": address,
            "licensed_address": "新址" if code == moved else address,
        }

    def _second_site(self, at: int) -> Place:
        return self.pharmacies[(at + 1) % len(self.pharmacies)]


def _person(code: str, role: str, sites: list[Place], scope: list[str]) -> dict[str, Any]:
    return {"code": code, "role": role, "sites": [one.code for one in sites], "scope": scope}


def _organisation(kind: str, place: Place) -> dict[str, Any]:
    province, city, latitude, longitude = _CITIES[place.city]
    return {
        "code": place.code,
        "role": kind,
        "service_modes": ["internet"] if kind == "hospital" else ["counter", "delivery"],
        "province": province,
        "city": city,
        "latitude": latitude,
        "longitude": longitude,
    }
