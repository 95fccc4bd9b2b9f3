"""Model townships 990041, 990042 …: what the other tables leave out, one case after the other.

Each township plays a case a day, each by itself, with patients and a random stream of their own
(`Cast.of_townships`): a further case shifts nothing of the rest of the year. A small year has each case once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.province import (
    township_books,
    township_care,
    township_counter,
    township_office,
    township_registry,
    township_supply,
)
from api.province.cases import Case
from api.province.cast import CHINESE_MEDICINE, Cast, Township
from api.province.event import DAYS
from api.province.life import Life
from api.province.office import officers
from api.province.plan import Start
from api.province.registry import KNOWLEDGE, OFFICERS

TOWNSHIP_CASES: tuple[Case, ...] = (
    *township_care.CASES,
    *township_counter.CASES,
    *township_supply.CASES,
    *township_books.CASES,
    *township_office.CASES,
    *township_registry.CASES,
)
_DRUGS = (township_counter.RECALLED, "替米沙坦片", "富马酸比索洛尔片", "辛伐他汀片", "缬沙坦胶囊")
_LAST_DAYS = 6  # on which nothing begins that takes days
# Smaller limits than the province's: what goes beyond them is told with few acts.
AREAS: dict[str, dict[str, Any]] = {
    "99004": {
        "centre_number_required": 1,
        "tcm_classes": ["tcm_patent"],
        "tcm_departments": [CHINESE_MEDICINE],
        "pace_hourly_max": 10,
        "pace_daily_max": 16,
        "pace_drug_daily_patients_max": 5,
        "profile_hospital_days_max": 1,
        "burst_hold": 0,
        "indication_required": 1,
        "correction_days_max": township_books.CORRECTION_DAYS,
    }
}


def of_day(cast: Cast, day: int, start: Start) -> Iterator[Life]:
    """Yield what happens in the townships on a day: first what officers enter, then case after case."""
    if day == 0:
        life = _life(cast, cast.townships[0], day, start)
        _recalled(life)
        yield life
        return
    for place, township in enumerate(cast.townships):
        case = _case_of(day, place, cast.copies == 1)
        if case is not None:
            life = _life(cast, township, day, start)
            case.play(life, case.label)
            if place % 2 == 0:  # where the fund says of each sale what it paid
                township_books.settled_by_the_fund(life)
            yield life


def _case_of(day: int, place: int, is_small: bool) -> Case | None:
    days, all_ = DAYS - _LAST_DAYS, len(TOWNSHIP_CASES)
    if day >= days:
        return None
    if not is_small:
        return TOWNSHIP_CASES[(day + place * all_ // 2) % all_]
    turn, rest = divmod(day - 1, (days - 1) // all_)
    return TOWNSHIP_CASES[turn] if rest == 0 and turn < all_ else None


def _life(cast: Cast, township: Township, day: int, start: Start) -> Life:
    """By turns another doctor, shop and drug, so that nobody stands out for what is no case."""
    name = f"V{township.hospitals[0].code[1:7]}d{day}"
    (who,) = cast.people_of(name, 0, 1)
    first, _, *others = township.hospitals[0].doctors  # the second is the one whom measures meet
    life = start(name, 0, who, (first, *others)[day % (1 + len(others))])
    life.cast, life.pick = cast, cast.pick
    life.shop, life.drug = township.shops[day // len(_DRUGS) % 2], cast.by_name[_DRUGS[day % len(_DRUGS)]]
    return life


def _recalled(life: Life) -> None:
    """Lots of a drug are recalled, one for each month; none was sold before."""
    drug = life.cast.by_name[township_counter.RECALLED].code
    lots = [{"drug": drug, "lot": township_counter.recalled_lot(month)} for month in range(12)]
    part = officers(life, "governance.knowledge_part", OFFICERS[:1], drugs=[], recalls=lots)
    officers(life, "governance.knowledge", version="recalls", parts=[KNOWLEDGE, f"@id:{part}"])
