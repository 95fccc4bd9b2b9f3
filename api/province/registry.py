"""What the regulator registered before the year begins, for whoever builds a ledger's first state."""

from __future__ import annotations

from typing import Any

from api.province.cast import (
    CHILDREN,
    CHINESE_MEDICINE,
    CITIES,
    CLINIC,
    DEPARTMENTS,
    SMALL_DEPARTMENTS,
    Cast,
    Place,
    Township,
)

KNOWLEDGE = "5d" * 32  # stands for the entry with which the shipped drug table was put on the ledger
REGULATOR, FUND, FUND_OFFICER = "R99000000001", "F99000000001", "F990000000001"
OFFICERS = tuple(f"G99000000000{n}" for n in range(1, 5))
_DEAR = ("乙磺酸尼达尼布软胶囊", "甲磺酸奥希替尼片")  # some patients' drugs, most of the money


def key_of(person: str) -> str:
    """Return the id of the one key with which this person signs all year."""
    return f"{person}#0"


def authenticator_of(person: str) -> str:
    """Return the id of this person's one authenticator."""
    return f"cred-{person}"


def registered(cast: Cast) -> dict[str, Any]:
    """Return institutions, people, and what screens ought to say of them and of drugs (`expected`)."""
    hospitals, shops = [*cast.hospitals, cast.model], [*cast.pharmacies, cast.model_shop, *cast.outside]
    organisations = [
        {"code": REGULATOR, "role": "regulator", "service_modes": []},
        {"code": FUND, "role": "fund", "service_modes": []},
        *(_organisation("hospital", one) for one in cast.hospitals),
        {**_organisation("hospital", cast.model), "regions": ["990031"]},
        *({**_organisation("pharmacy", one), **_standing(cast, one.code)} for one in shops),
    ]
    people = [*_officers(), *_of_hospitals(hospitals), *_of_shops(cast)]
    for township in (*cast.townships, *cast.corners):
        organisations += _places(cast, township)
        people += _of_township(township)
    found = {"organisations": organisations, "people": people, "expected": _expected(cast)}
    return {**found, "knowledge": KNOWLEDGE}


def _officers() -> list[dict[str, Any]]:
    roles = [(code, "officer") for code in OFFICERS] + [(FUND_OFFICER, "fund_officer")]
    return [{"code": code, "role": role, "sites": [], "scope": []} for code, role in roles]


def _of_hospitals(hospitals: list[Place]) -> list[dict[str, Any]]:
    doctors = [
        _person(code, "doctor", [one], [*DEPARTMENTS, CLINIC, CHILDREN])
        for one in hospitals
        for code in (*one.doctors, *one.apart)
    ]
    reviewers = [
        _person(code, "hospital_pharmacist", [one], ["审方"]) for one in hospitals for code in one.pharmacists
    ]
    return doctors + reviewers


def _of_shops(cast: Cast) -> list[dict[str, Any]]:
    sites = [(one, [one, cast.second_site(at)]) for at, one in enumerate(cast.pharmacies)]
    sites.append((cast.model_shop, [cast.model_shop]))
    found = [_person(code, "pharmacist", both, ["调剂"]) for one, both in sites for code in one.pharmacists]
    for at, one in enumerate(cast.outside):
        for code, both in zip(one.pharmacists, ([one], [one, cast.next_outside(at)]), strict=True):
            found.append(_person(code, "pharmacist", both, ["调剂"]))
    return found


def _places(cast: Cast, township: Township) -> list[dict[str, Any]]:
    hospitals = [_organisation("hospital", one) for one in township.hospitals]
    if len(hospitals) > 1:
        hospitals[-1]["service_modes"] = ["counter"]
    shops = [{**_organisation("pharmacy", one), **_standing(cast, one.code)} for one in township.shops]
    return hospitals + shops


def _of_township(township: Township) -> list[dict[str, Any]]:
    """Doctors of all departments; of the hospital's pharmacists the last one knows Chinese medicine."""
    departments = [*DEPARTMENTS, CLINIC, CHILDREN, CHINESE_MEDICINE, *SMALL_DEPARTMENTS]
    found = []
    for one in township.hospitals:
        found += [_person(code, "doctor", [one], departments) for code in (*one.doctors, *one.apart)]
        *others, last = one.pharmacists
        found += [_person(code, "hospital_pharmacist", [one], ["审方"]) for code in others]
        found.append(_person(last, "hospital_pharmacist", [one], ["审方", "中药"]))
    shops = list(township.shops)
    return found + [
        _person(code, "pharmacist", shops, ["调剂", "中药"]) for one in shops for code in one.pharmacists
    ]


def _expected(cast: Cast) -> list[dict[str, str]]:
    """What no single act shows, because it is not done: row, screen and subject."""
    suspended, moved = cast.unsettled
    found = [("S39", "SCREEN-UNSETTLED", one) for one in (f"{suspended}@suspended", f"{moved}@moved")]
    found += [("S41", "SCREEN-UNREPORTED", cast.silent)]
    found += [("S56", "SCREEN-DRUG-SPEND", cast.by_name[name].code) for name in _DEAR]
    return [{"case": row, "screen": screen, "subject": subject} for row, screen, subject in found]


def _standing(cast: Cast, code: str) -> dict[str, str]:
    suspended, moved = cast.unsettled
    address = f"区{code[-4:]}号"
    return {
        "agreement": "suspended" if code == suspended else "active",
        "registered_address": address,
        "licensed_address": "新址" if code == moved else address,
    }


def _person(code: str, role: str, sites: list[Place], scope: list[str]) -> dict[str, Any]:
    return {"code": code, "role": role, "sites": [one.code for one in sites], "scope": scope}


def _organisation(kind: str, place: Place) -> dict[str, Any]:
    province, city, latitude, longitude = CITIES[place.city]
    return {
        "code": place.code,
        "role": kind,
        "service_modes": ["internet"] if kind == "hospital" else ["counter", "delivery"],
        "province": province,
        "city": city,
        "latitude": latitude,
        "longitude": longitude,
    }
