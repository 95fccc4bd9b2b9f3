"""Plans of patients and their doctors: rings, stockpiles, shares, excess, borrowed cards, busy months."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from api.province.cast import Place
from api.province.event import Label
from api.province.life import MINUTE, Life
from api.province.plan import Plan, Scene, found, is_among, spared

_SEMAGLUTIDE, _NINTEDANIB, _OSIMERTINIB = "司美格鲁肽注射液", "乙磺酸尼达尼布软胶囊", "甲磺酸奥希替尼片"
_TRIMETAZIDINE, _ASPIRIN, _DULAGLUTIDE = "盐酸曲美他嗪缓释片", "阿司匹林肠溶片", "度拉糖肽注射液"
_METFORMIN, _AMLODIPINE, _VALSARTAN = "盐酸二甲双胍片", "苯磺酸氨氯地平片", "缬沙坦胶囊"
_DEAR_BESIDE = (_NINTEDANIB, "吉非替尼片", _SEMAGLUTIDE)


def _ring(scene: Scene) -> Iterator[Life]:
    """Collected cards: one doctor, one shop, patients whose packs are swiped within minutes (S45)."""
    yield from _swiped(scene, "S45", scene.doctor(), _SEMAGLUTIDE)


def _shared_ring(scene: Scene) -> Iterator[Life]:
    """The cards of a shop that two doctors serve by turns (S61)."""
    doctors = scene.doctor(), scene.cast.doctor_of(f"second of {scene.plan.name}", scene.copy)
    yield from _swiped(scene, "S61", doctors[scene.turn % 2], _DULAGLUTIDE)


def _swiped(scene: Scene, row: str, doctor: str, drug: str) -> Iterator[Life]:
    if scene.turn >= scene.drawn("days"):
        return
    shop = scene.shop(1)
    label = found(row, "SCREEN-RING", f"{doctor}@{shop.code}")
    patients = scene.patients(scene.drawn("cards"))
    lives = [scene.life(doctor, who, drug, 1, 14.0, part) for part, who in enumerate(patients)]
    yield from _together(lives, shop, scene.drawn("gap_s"), label)


def _together(lives: list[Life], shop: Place, gap_s: int, label: Label) -> Iterator[Life]:
    """All are prescribed first, and then fetched at one shop one after the other."""
    named = []
    for life in lives:
        life.shop = shop
        named.append(life.ready())
    swiped_ms = max(life.now_ms for life in lives)
    for part, (life, rx) in enumerate(zip(lives, named, strict=True)):
        life.now_ms = swiped_ms + part * gap_s * 1000
        life.sold(rx, label, wait_ms=0)
        yield life


def _group(scene: Scene) -> Iterator[Life]:
    """Collected cards, each with a doctor of its own: nobody prescribes for several of them (S61)."""
    if scene.turn >= scene.drawn("days"):
        return
    shop, cards = scene.shop(2), enumerate(scene.patients(scene.drawn("cards")))
    lives = [scene.life(scene.anybody(part), who, _SEMAGLUTIDE, 1, 14.0, part) for part, who in cards]
    label = found("S61", "SCREEN-GROUP", f"{shop.code}@{lives[0].drug.code}")
    yield from _together(lives, shop, scene.drawn("gap_s"), label)


def _old_peoples_home(scene: Scene) -> Iterator[Life]:
    """A carer fetches the drugs of fourteen residents, six of whom take aspirin, each by the own doctor."""
    drugs, shop = [_ASPIRIN] * 6 + [_AMLODIPINE] * 4 + [_VALSARTAN] * 4, scene.shop(0)
    residents = enumerate(zip(scene.patients(len(drugs)), drugs, strict=True))
    lives = [scene.life(scene.anybody(part), who, drug, 1, 14.0, part) for part, (who, drug) in residents]
    label = spared("old_peoples_home", "SCREEN-GROUP", f"{shop.code}@{lives[0].drug.code}")
    yield from _together(lives, shop, 60, label)


def _clinic_downstairs(scene: Scene) -> Iterator[Life]:
    """A diabetes clinic each four weeks: half of its patients came, and buy downstairs every four minutes."""
    doctor, came = scene.doctor(), Random(f"clinic {scene.copy} {scene.turn}").sample(range(14), 7)
    panel, shop = scene.patients(14), scene.shop(0)
    drugs = [_METFORMIN] * 6 + [_AMLODIPINE]
    patients = enumerate(zip((panel[one] for one in came), drugs, strict=True))
    lives = [scene.life(doctor, who, drug, 1, 7.0, part) for part, (who, drug) in patients]
    label = spared("clinic_downstairs", "SCREEN-RING", f"{doctor}@{shop.code}")
    yield from _together(lives, shop, 240, label)


def _village_day(scene: Scene) -> Iterator[Life]:
    """A doctor's day in the village: six patients fetch the same drug, twelve minutes and more apart."""
    doctor, shop, before_ms = scene.doctor(), scene.shop(1), 0
    for part, who in enumerate(scene.patients(6)):
        life = scene.life(doctor, who, _ASPIRIN, 1, 30.0, part)
        life.shop = shop
        rx = life.ready()
        before_ms = life.now_ms = max(life.now_ms, before_ms + 12 * MINUTE)
        life.sold(rx, spared("village_day", "SCREEN-RING", f"{doctor}@{shop.code}"), wait_ms=0)
        yield life


def _stockpile(scene: Scene) -> Iterator[Life]:
    """Years of a drug in three months, each purchase with a reason declared (S49)."""
    if scene.turn >= scene.drawn("purchases"):
        return
    (patient,) = scene.patients(1)
    life = scene.life(scene.doctor(), patient, _TRIMETAZIDINE, 6, 84.0)
    label = found("S49", "SCREEN-STOCKPILE", f"{patient.number}@{life.drug.code}")
    life.sold(life.ready(), label, disclosures=life.reason("机票"))
    yield life


def _share(scene: Scene) -> Iterator[Life]:
    """A doctor most of whose patients go to one far shop (S51)."""
    if scene.turn >= scene.drawn("packs"):
        return
    doctor, patients, far = scene.doctor(), scene.patients(12), scene.cast.corners[scene.copy].shops[-1]
    life = scene.life(doctor, patients[scene.turn % 12], _NINTEDANIB, 1, 15.0)
    is_far = is_among(scene.turn, scene.drawn("percent"), 100)
    life.shop = far if is_far else scene.shop(scene.turn)
    life.sold(life.ready(), found("S51", "SCREEN-SHARE", f"{doctor}@{far.code}"))
    yield life


def _small_practice(scene: Scene) -> Iterator[Life]:
    """Two dozen patients of a small practice go to the shop next door, as neighbours do."""
    doctor, patients = scene.doctor(), scene.patients(24)
    life = scene.life(doctor, patients[scene.turn], _ASPIRIN, 1, 30.0)
    life.shop = scene.shop(2)
    life.sold(life.ready(), spared("small_practice", "SCREEN-SHARE", f"{doctor}@{life.shop.code}"))
    yield life


def _long(scene: Scene) -> Iterator[Life]:
    """Most of a year a doctor prescribes one patient more days than go by, and they are bought (S50)."""
    if scene.turn >= scene.drawn("visits"):
        return
    (patient,), doctor = scene.patients(1), scene.doctor()
    life = scene.life(doctor, patient, _NINTEDANIB, 1, float(scene.drawn("days")))
    label = found("S50", "SCREEN-LONG", f"{doctor}@{patient.number}")
    life.sold(life.ready(label=label), label, disclosures=life.reason("机票"))
    yield life


def _lifelong(scene: Scene) -> Iterator[Life]:
    """A chronic patient who comes a little early each month."""
    (patient,), doctor = scene.patients(1), scene.doctor()
    life = scene.life(doctor, patient, _NINTEDANIB, 1, 28.0)
    label = spared("early_each_month", "SCREEN-LONG", f"{doctor}@{patient.number}")
    life.sold(life.ready(label=label), label)
    yield life


def _written_twice(scene: Scene) -> Iterator[Life]:
    """Each month's prescription runs out unused, and the one written two weeks later is bought."""
    (patient,), doctor = scene.patients(1), scene.cast.doctor_of("lifelong", scene.copy)
    label = spared("written_twice", "SCREEN-LONG", f"{doctor}@{patient.number}")
    life = scene.life(doctor, patient, _NINTEDANIB, 1, 28.0)
    if scene.turn % 2:
        life.sold(life.ready(label=label), label)
    else:
        life.issue(label=label)
    yield life


def _borrowed(scene: Scene) -> Iterator[Life]:
    """A card that an older person uses as well, in half of the copies one of the other sex (S50)."""
    (patient,) = scene.patients(1)
    life = scene.life(scene.anybody(scene.copy + scene.turn), patient, _ASPIRIN, 1, 30.0)
    body = {}
    if scene.turn % 2:
        body = {"age": f"{patient.age + scene.drawn('years')}.0"}
        body["sex"] = {"1": "2", "2": "1"}[patient.sex] if scene.drawn("sexes") > 1 else patient.sex
    life.issue(patient=body, label=found("S50", "SCREEN-BODY", patient.number))
    yield life


def _birthday(scene: Scene) -> Iterator[Life]:
    """A year older after the birthday, and once the sex is not told."""
    (patient,) = scene.patients(1)
    life = scene.life(scene.anybody(scene.copy), patient, _ASPIRIN, 1, 30.0)
    body = {"age": f"{patient.age + (scene.turn > 0)}.0", "sex": patient.sex if scene.turn else "9"}
    life.issue(patient=body, label=spared("birthday", "SCREEN-BODY", patient.number))
    yield life


def _runner(scene: Scene) -> Iterator[Life]:
    """Fifteen visits in a month, or more (S40)."""
    if scene.turn >= scene.drawn("visits"):
        return
    (patient,) = scene.patients(1)
    life = scene.life(scene.anybody(scene.turn + scene.copy), patient, _ASPIRIN, 1, 7.0)
    life.issue(label=found("S40", "SCREEN-VISITS", f"{patient.number}@{scene.month()}"))
    yield life


def _many_lines(scene: Scene) -> Iterator[Life]:
    """Six visits of three prescriptions each: eighteen prescriptions, six visits."""
    (patient,) = scene.patients(1)
    label = spared("three_at_a_visit", "SCREEN-VISITS", f"{patient.number}@{scene.month()}")
    life = scene.life(scene.anybody(scene.copy), patient, _ASPIRIN, 1, 7.0)
    consultation = life.consult()
    for drug in scene.cast.chronic[:3]:
        life.drug = drug
        life.issue(consultation, label=label)
    yield life


def _shopper(scene: Scene) -> Iterator[Life]:
    """Three hospitals a day on three days of a month, or more (S40)."""
    if scene.turn >= scene.drawn("days"):
        return
    (patient,) = scene.patients(1)
    label = found("S40", "SCREEN-HOSPITALS", f"{patient.number}@{scene.month()}")
    for part in range(scene.drawn("hospitals")):
        life = scene.life(scene.anybody(scene.copy + part), patient, _ASPIRIN, 1, 7.0, part * 5)
        life.issue(label=label)
        yield life


def _second_opinion(scene: Scene) -> Iterator[Life]:
    """Two hospitals a day, for a second opinion and its control."""
    (patient,) = scene.patients(1)
    label = spared("second_opinion", "SCREEN-HOSPITALS", f"{patient.number}@{scene.month()}")
    for part in range(2):
        life = scene.life(scene.anybody(scene.copy + part), patient, _ASPIRIN, 1, 7.0, part * 8)
        life.issue(label=label)
        yield life


def _spender(scene: Scene) -> Iterator[Life]:
    """Eight thousand yuan in a month, or more (S40)."""
    (patient,) = scene.patients(1)
    packs = scene.drawn("packs")
    life = scene.life(scene.anybody(scene.copy), patient, _OSIMERTINIB, packs, 28.0 * packs)
    life.beside = [scene.cast.by_name[name] for name in _DEAR_BESIDE[: scene.drawn("beside")]]
    life.sold(life.ready(), found("S40", "SCREEN-SPENDING", f"{patient.number}@{scene.month()}"))
    yield life


def _refunded(scene: Scene) -> Iterator[Life]:
    """Ten thousand, and one pack given back at the counter: half the money."""
    (patient,) = scene.patients(1)
    label = spared("refunded", "SCREEN-SPENDING", f"{patient.number}@{scene.month()}")
    life = scene.life(scene.anybody(scene.copy), patient, _OSIMERTINIB, 2, 56.0)
    rx = life.ready()
    codes = life.sold(rx, label)
    life.give_back(rx, codes[:1], False, label=label)
    yield life


PLANS = (
    Plan("ring", range(30, 340, 50), 43, _ring, {"cards": (5, 12), "gap_s": (20, 440), "days": (3, 7)}),
    Plan("shared_ring", range(35, 345, 40), 49, _shared_ring,
         {"cards": (5, 9), "gap_s": (20, 440), "days": (6, 8)}),
    Plan("group", range(50, 350, 50), 27, _group, {"cards": (5, 9), "gap_s": (20, 440), "days": (3, 6)}),
    Plan("old_peoples_home", range(48, 200, 38), 56, _old_peoples_home),
    Plan("clinic_downstairs", range(31, 151, 28), 35, _clinic_downstairs),
    Plan("village_day", range(45, 225, 40), 30, _village_day),
    Plan("stockpile", range(100, 190, 15), 5, _stockpile, {"purchases": (3, 6)}),
    Plan("share", range(20, 360, 7), 45, _share, {"packs": (41, 49), "percent": (52, 100)}),
    Plan("small_practice", range(25, 361, 14), 24, _small_practice),
    Plan("long", range(60, 320, 14), 19, _long, {"visits": (14, 19), "days": (22, 28)}),
    Plan("lifelong", range(60, 361, 25), 13, _lifelong),
    Plan("written_twice", range(62, 342, 14), 20, _written_twice),
    Plan("borrowed", range(40, 300, 90), 2, _borrowed, {"years": (2, 12), "sexes": (1, 2)}),
    Plan("birthday", range(50, 300, 90), 2, _birthday),
    Plan("runner", range(120, 142), 9, _runner, {"visits": (15, 22)}),
    Plan("many_lines", range(151, 181, 5), 6, _many_lines),
    Plan("shopper", range(182, 207, 5), 8, _shopper, {"days": (3, 5), "hospitals": (3, 5)}),
    Plan("second_opinion", range(182, 197, 5), 3, _second_opinion),
    Plan("spender", range(220, 221), 1, _spender, {"packs": (1, 2), "beside": (1, 3)}),
    Plan("refunded", range(221, 222), 1, _refunded),
)  # fmt: skip
