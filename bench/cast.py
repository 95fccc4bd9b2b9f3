"""Who takes part in a benchmark: one hospital, one pharmacy, doctors and pharmacists, one drug."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REGULATOR = "R99000000001"
OFFICERS = ("G990000000001", "G990000000002")
HOSPITAL, PHARMACY = "H99000000001", "P99000000001"
REVIEWER = "Z990000000001"
PHARMACISTS = ("Y990000000001", "Y990000000002", "Y990000000003")
DRUG, PRODUCT, UNITS_PER_PACK = "XC08CAA001A001010019999", "8990001", 28
DEPARTMENT = "心血管内科"

# What bounds one person's pace in a day; a benchmark packs a year of it into seconds.
PARAMETERS: Mapping[str, Any] = {
    "consultation_s_min": 0,
    "consultation_notice_s": 0,
    "pace_gap_s_min": 0,
    "pace_gap_notice_s": 0,
    "pace_hourly_notice": 10**9,
    "pace_hourly_max": 10**9,
    "pace_daily_notice": 10**9,
    "pace_daily_max": 10**9,
    "review_stamp_s": 0,
    "consultations_open_max": 10**6,
}


def doctor(number: int) -> str:
    """Return the code of a doctor."""
    return f"D{990_000_000_000 + number}"


def cast(doctors: int) -> dict[str, Any]:
    """Return a cast in the form of `cast.json`."""
    people = [_person(doctor(number), "doctor", HOSPITAL) for number in range(doctors)]
    people.append(_person(REVIEWER, "hospital_pharmacist", HOSPITAL))
    people += [_person(code, "pharmacist", PHARMACY) for code in PHARMACISTS]
    return {
        "utcOffsetMinutes": 480,
        "regulator": {
            "code": REGULATOR,
            "name": "医疗保障局",
            "officers": [{"code": each} for each in OFFICERS],
        },
        "organisations": [_organisation(HOSPITAL, "hospital"), _organisation(PHARMACY, "pharmacy")],
        "people": people,
        "drugs": [_drug()],
    }


def _person(code: str, role: str, site: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"姓名{code[-4:]}",
        "role": role,
        "licence": f"990000L{code[-6:]}",
        "scope": [DEPARTMENT],
        "department": DEPARTMENT,
        "validFrom": "2025-01-01",
        "validTo": "2035-12-31",
        "sites": [site],
        "keyAlgorithm": "ES256",
    }


def _organisation(code: str, role: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"机构{code[-4:]}",
        "role": role,
        "licence": f"990000{code[-3:]}",
        "validFrom": "2025-01-01",
        "validTo": "2035-12-31",
        "serviceModes": ["internet"] if role == "hospital" else ["retail"],
        "site": "990000 青石区",
        "latitudeMicrodegrees": 28_200_000,
        "longitudeMicrodegrees": 112_900_000,
    }


def _drug() -> dict[str, Any]:
    return {
        "medListCodg": DRUG,
        "name": "苯磺酸氨氯地平片",
        "spec": "5mg*28片",
        "form": "片剂",
        "class": "ordinary",
        "strength": "5 mg",
        "maxDose": {"amount": "10", "unit": "mg", "perDays": 1},
        "indications": ["I10"],
        "levels": [{"productId": PRODUCT, "level": 1, "units": UNITS_PER_PACK, "unit": "片"}],
    }
