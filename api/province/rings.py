"""Cases that no single act shows: rings, stockpiles and shares, for screening over history.

Each is a plan of honest-looking lives of one day; the label names what history shows of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from api.province.cast import Cast, Patient
from api.province.event import Label
from api.province.life import Life

_SEMAGLUTIDE = "司美格鲁肽注射液"
_RING_DAYS, _RING_CARDS = range(30, 340, 25), 8
_STOCKPILE_DAYS = range(100, 190, 6)
_SHARE_DAYS = range(20, 360, 4)
_LONG_DAYS = range(60, 320, 14)

Start = Callable[[str, int, Patient, str], Life]


def of_day(cast: Cast, day: int, start: Start) -> Iterator[Life]:
    """Yield the lives of the day that belong to a ring, a stockpile, a share or a long excess."""
    if day in _RING_DAYS:
        yield from _ring(cast, day, start)
    if day in _STOCKPILE_DAYS:
        yield _stockpile(cast, day, start)
    if day in _SHARE_DAYS:
        yield _share(cast, day, start)
    if day in _LONG_DAYS:
        yield _long(cast, day, start)


def _ring(cast: Cast, day: int, start: Start) -> Iterator[Life]:
    """Collected cards: one doctor, one shop, eight patients whose packs are swiped within minutes (S45)."""
    doctor, shop = cast.hospitals[1].doctors[0], cast.pharmacies[2]
    label = Label(case="S45", screen="ring", subject=f"{doctor}@{shop.code}")
    lives = []
    for turn in range(_RING_CARDS):
        life = start(f"R{day}-{turn}", turn, cast.patients[-1 - turn], doctor)
        life.shop, life.drug = shop, cast.by_name[_SEMAGLUTIDE]
        life.packs, life.days = 1, 14.0
        lives.append((life, life.ready()))
    swiped_ms = max(life.now_ms for life, _ in lives)
    for turn, (life, rx) in enumerate(lives):
        life.now_ms = swiped_ms + turn * 40_000
        life.sell(rx, [life.pack()], label=label, wait_ms=0)
        yield life


def _stockpile(cast: Cast, day: int, start: Start) -> Life:
    """Years of a drug in three months, each purchase with a reason declared (S49)."""
    patient = cast.patients[-20]
    life = start(f"K{day}", 20, patient, cast.hospitals[0].doctors[0])
    life.drug = cast.by_name["盐酸曲美他嗪缓释片"]
    life.packs, life.days = 6, 84.0
    rx = life.ready()
    reason = {"exemption": {"reason": "travel", "evidence": "机票", "until": "2027-12-31"}}
    codes = [life.pack() for _ in range(life.packs)]
    life.sell(
        rx,
        codes,
        disclosures=reason,
        label=Label(case="S49", screen="stockpile", subject=f"{patient.number}@{life.drug.code}"),
    )
    return life


def _share(cast: Cast, day: int, start: Start) -> Life:
    """A doctor whose patients all go to one far shop (S51)."""
    patient = cast.patients[-40 - day % 40]
    doctor = cast.hospitals[2].doctors[0]
    life = start(f"Q{day}", 30, patient, doctor)
    life.shop = cast.pharmacies[3]
    life.drug = cast.by_name["乙磺酸尼达尼布软胶囊"]
    life.packs, life.days = 1, 15.0
    rx, code = life.ready(), life.pack()
    life.sell(rx, [code], label=Label(case="S51", screen="share", subject=f"{doctor}@{life.shop.code}"))
    return life


def _long(cast: Cast, day: int, start: Start) -> Life:
    """Most of a year a doctor prescribes one patient twice the days that go by; nobody buys them (S50)."""
    patient, doctor = cast.patients[-85], cast.hospitals[0].doctors[1]
    life = start(f"N{day}", 40, patient, doctor)
    life.drug = cast.by_name["乙磺酸尼达尼布软胶囊"]
    life.packs, life.days = 1, 28.0
    life.issue(label=Label(case="S50", screen="long", subject=f"{doctor}@{patient.number}"))
    return life
