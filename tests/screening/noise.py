"""A small province of random acts: every screen finds something in it with thresholds far below any use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from api.screening.registry import SCREENS
from api.screening.screen import Screen
from api.screening.tables import DAY_MS
from tests.screening.columns import HOUR_MS, MINUTE_MS, NOON_MS, History

_SHOPS = [f"P{number}" for number in range(8)]
_HOSPITALS = [f"H{number}" for number in range(3)]
# The first two are one substance in two packs.
_DRUGS = ["XA10BAE046A001010100010", "XA10BAE046A001010200020", "X2", "X3", "X4"]
_PEOPLE = [*(f"p{number}" for number in range(25)), None, "未知"]
_CHANNELS = {
    **dict.fromkeys(("reported", "returned", "paid"), 9),
    **dict.fromkeys(("settled", "corrected", "wrong", "refunded"), 4),
    "dispensed": 50,
}
_BACK = ("returned", "wrong", "refunded")
_LOW: Mapping[str, Mapping[str, float]] = {
    "SCREEN-REST": {"hours_min": 5, "rest_hours": 4},
    "SCREEN-REVIEWS": {"reviews_min": 2},
    "SCREEN-LEFT-OPEN": {"hours_max": 1},
    "SCREEN-RING": {"patients_min": 2, "days_min": 1, "window_minutes": 120},
    "SCREEN-GROUP": {"patients_min": 3, "days_min": 2, "share_min": 0.1},
    "SCREEN-PEERS": {"doctors_min": 2, "packs_min": 1, "ratio_min": 1.2, "deviations_min": 0.5},
    "SCREEN-DEPARTMENT": {"doctors_min": 2, "packs_min": 1, "ratio_min": 1.01, "deviations_min": 0.1},
    "SCREEN-SHARE": {"packs_min": 2, "share_min": 0.2, "ratio_min": 1.1},
    "SCREEN-STOCKPILE": {"window_days": 30, "ratio_min": 0.5},
    "SCREEN-LONG": {"elapsed_days_min": 20, "ratio_min": 0.5},
    "SCREEN-TEXT": {"patients_min": 3, "share_min": 0.1},
    "SCREEN-BURST": {"patients_min": 3, "ratio_min": 1.2},
    "SCREEN-UNSETTLED": {"packs_min": 1, "days_min": 1, "share_min": 0.1},
    "SCREEN-NO-BOOKS": {"packs_min": 1},
    "SCREEN-OVERSOLD": {"packs_min": 0.5},
    "SCREEN-CHANNELS": {"packs_min": 1},
    "SCREEN-UNREPORTED": {"packs_min": 1},
    "SCREEN-UNCODED": {"packs_min": 1},
    "SCREEN-UNREFUNDED": {"packs_min": 0.25, "grace_days": 1},
    "SCREEN-VISITS": {"visits_min": 3},
    "SCREEN-HOSPITALS": {"hospitals_min": 2, "days_min": 1},
    "SCREEN-SPENDING": {"yuan_min": 100},
    "SCREEN-DRUG-CASES": {"cases_min": 2},
    "SCREEN-DRUG-GROWTH": {"window_days": 30, "ratio_min": 0.5, "yuan_min": 10},
}


def low() -> tuple[Screen, ...]:
    """Return all screens, with thresholds that random acts reach."""
    return tuple(replace(one, parameters={**one.parameters, **_LOW.get(one.id, {})}) for one in SCREENS)


def noise(seed: int) -> History:
    """Return the history of a random province: the same one of the same seed."""
    history, draw = History(), Random(seed)
    for place, code in enumerate([*_SHOPS, *_HOSPITALS]):
        city = place % 3
        at = {"latitude": 30.0 + city, "longitude": 110.0 + place / 100}
        agreement = draw.choice(["active", "suspended", "none"])
        history.add("organisations", code=code, city=f"c{city}", province="g", agreement=agreement, **at)
    for person in range(6):
        history.add("rosters", person=f"Y{person}", site=_SHOPS[person])
    for _ in range(400):
        _sale(history, draw)
        _prescription(history, draw)
        _presence(history, draw)
    for day in range(4):
        for number in range(5):
            at_ms, doctor = NOON_MS + day * DAY_MS + number * MINUTE_MS, f"D{(day + number) % 5}"
            came = {"patient": f"p{number}", "doctor": doctor, "time_ms": at_ms}
            history.add("sales", pharmacy="P1", drug="X2", **came)
            history.add("sales", pharmacy="P2", drug="X3", **{**came, "doctor": "D0"})
    for number in range(9):
        for channel, packs in (("dispensed", 1.0), ("paid", 1.0), ("returned", -1.0)):
            sold = {"rx": f"unrefunded{number}", "code": f"u{number}", "pharmacy": f"P{number % 8}"}
            history.add("sales", channel=channel, packs=packs, days=7 * packs, **sold)
    _right_stock(history)
    for number in range(120):
        drug, code = draw.choice([*_DRUGS, None]), f"k{draw.randrange(200)}"
        at_ms = _time_ms(draw)
        history.add("stock", pharmacy=draw.choice(_SHOPS[:5]), drug=drug, code=code, time_ms=at_ms)
        shop, reason = draw.choice(_SHOPS[:5]), draw.choice(["lost", "found"])
        history.add("adjustments", pharmacy=shop, drug=drug, code=code, reason=reason, time_ms=at_ms)
        history.add("cases", case=f"case{number % 9}", drug=draw.choice(_DRUGS))
    return history


def _right_stock(history: History) -> None:
    """A suspended shop whose stock is right: each pack was delivered, lost, found again, and sold."""
    history.add("organisations", code="P9", agreement="suspended")
    for number in range(12):
        pack = {"pharmacy": "P9", "drug": "X4", "code": f"b{number}"}
        history.add("stock", **pack, time_ms=NOON_MS)
        for hour, reason in enumerate(("lost", "found"), start=1):
            history.add("adjustments", **pack, reason=reason, time_ms=NOON_MS + hour * HOUR_MS)
        history.add("sales", **pack, time_ms=NOON_MS + DAY_MS)


def _time_ms(draw: Random) -> int:
    return NOON_MS + draw.randrange(90) * DAY_MS + draw.randrange(12) * HOUR_MS


def _sale(history: History, draw: Random) -> None:
    """An act of a shop with one to three codes: its rows have one entry."""
    channel, doctor = draw.choices([*_CHANNELS], [*_CHANNELS.values()])[0], draw.randrange(9)
    sign, number = -1.0 if channel in _BACK else 1.0, draw.randrange(150)
    act: dict[str, Any] = {
        "rx": f"r{number}",
        "sale": draw.choice([f"s{number}", None]),
        "channel": channel,
        "time_ms": _time_ms(draw),
        "pharmacy": draw.choice([_SHOPS[doctor % 8], *_SHOPS]),
        "hospital": draw.choice([*_HOSPITALS, None]) if doctor == 8 else _HOSPITALS[doctor % 3],
        "doctor": None if doctor == 8 else f"D{doctor}",
        "department": "内分泌科" if doctor % 2 else None,
        "pharmacist": draw.choice([f"Y{draw.randrange(6)}", None]),
        "patient": draw.choice(_PEOPLE),
    }
    entry = history.entry + 1
    for _ in range(draw.randint(1, 3)):
        packs, code = sign * draw.choice([1.0, 1.0, 0.5, 0.25]), f"k{draw.randrange(200)}"
        told = {"packs": packs, "days": packs * 20, "amount": sign * draw.randrange(10_000) / 100}
        coded = draw.choice([code, code, code, None])
        history.add("sales", **{**act, **told, "drug": draw.choice(_DRUGS), "code": coded, "entry": entry})


def _prescription(history: History, draw: Random) -> None:
    doctor = draw.randrange(8)
    row = {
        "doctor": draw.choice([f"D{doctor}", f"D{doctor}", None]),
        "hospital": draw.choice(_HOSPITALS),
        "patient": draw.choice(_PEOPLE),
        "drug": draw.choice(_DRUGS),
        "days": float(draw.choice([0, 7, 30])),
        "age": float(draw.choice([60, 60, 60, 20])),
        "sex": draw.choice(["1", "1", "1", "2", "9"]),
        "credential": draw.choice([f"a{draw.randrange(300)}", None]),
        "template": draw.choice([f"t{doctor}", f"t{draw.randrange(20)}", None]),
        "time_ms": _time_ms(draw),
    }
    entry = history.add("prescriptions", **row)
    if entry % 10 < 7:
        sold = {name: row[name] for name in ("doctor", "hospital", "patient", "drug", "time_ms")}
        history.add("sales", **sold, rx=f"rx{entry}", pharmacy=_SHOPS[entry % 8])


def _presence(history: History, draw: Random) -> None:
    person = draw.randrange(8)
    site = draw.choice([*[_SHOPS[person]] * 3, *_SHOPS])
    act = draw.choice(["opened", "closed", "review", "review"])
    history.add("presences", person=f"Y{person}", site=site, act=act, time_ms=_time_ms(draw))
