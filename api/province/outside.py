"""Plans of shops and hospitals that are not on the ledger: their records come with the columns alone.

On the ledger most of this would be refused as it happens. Screens also read the history of those who
joined late or never.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.province.cast import OUTSIDE, Place
from api.province.event import Label
from api.province.life import Life
from api.province.plan import Plan, Scene, found, outside, spared

_ASPIRIN, _HOUR_MS = "阿司匹林肠溶片", 3_600_000


def _places(scene: Scene) -> list[Place]:
    """The copy's shops outside: two of one city, one of another, and two more."""
    return scene.cast.outside[OUTSIDE * scene.copy : OUTSIDE * (scene.copy + 1)]


def _empty(scene: Scene, number: int = 0) -> Life:
    patient = scene.patients(number + 1)[number]
    return scene.life(scene.anybody(scene.copy), patient, _ASPIRIN, 1, 30.0)


def _issue(life: Life, doctor: str, hospital: str) -> str:
    """A prescription of an institution outside."""
    disclosures: dict[str, Any] = {
        "identity": life.identity(),
        "patient": {"age": f"{life.patient.age}.0", "sex": life.patient.sex},
        "identifiers": {},
        "clinical": {"department": life.department, "diagnoses": [{"code": "I20.900"}]},
        "lines": [life.line()],
    }
    place = Place(hospital, 0)
    return outside(
        life, "prescription.issued", place, {"prescriber": doctor},
        by=(doctor,), role="doctor", disclosures=disclosures,
    )  # fmt: skip


def _sell(
    life: Life, rx: str, place: Place, code: str, type_: str = "dispensing.dispensed", **more: Any
) -> None:
    line = {"drug": life.drug.code, "quantity": "1", "unit": "盒", "price": f"{life.drug.price:.2f}"}
    disclosures = {
        "identifiers": {"setl_id": f"S{life.name}.{len(life.events)}"},
        "lines": [line],
        "codes": [{"code": code, "line": 0}],
    }
    outside(life, type_, place, {"rx": rx}, disclosures=disclosures, **more)


def _deliver(life: Life, place: Place, code: str) -> None:
    groups = {"identifiers": {"supplier": "V990000"}, "codes": [{"code": code, "drug": life.drug.code}]}
    outside(life, "stock.received", place, {}, disclosures=groups)


def _twin(scene: Scene) -> Iterator[Life]:
    """A pack that a shop sold on the ledger is sold again, or its code is, outside (S42)."""
    life, place = _empty(scene), _places(scene)[3]
    rx = life.ready()
    (code,) = life.sold(rx)
    other = _issue(life, life.doctor, life.hospital.code)
    _deliver(life, place, code)
    _sell(life, other, place, code, label=found("S42", "SCREEN-CODES", code))
    yield life


def _branch(scene: Scene) -> Iterator[Life]:
    """A pack given back at the counter goes to the branch and is sold there."""
    life, place = _empty(scene), _places(scene)[3]
    rx = life.ready()
    (code,) = life.sold(rx)
    life.give_back(rx, [code], False)
    other = _issue(life, life.doctor, life.hospital.code)
    _deliver(life, place, code)
    _sell(life, other, place, code, label=spared("sold_by_the_branch", "SCREEN-CODES", code))
    yield life


def _without_books(scene: Scene) -> Iterator[Life]:
    """A shop sells ten packs or more and has not recorded one delivery (S68)."""
    place = _places(scene)[4]
    for part in range(min(3, scene.drawn("packs") - 3 * scene.turn)):
        life = _empty(scene, 3 * scene.turn + part)
        life.name += f"-{part}"
        rx = _issue(life, life.doctor, life.hospital.code)
        code = life.pack(received=False)
        _sell(life, rx, place, code, label=found("S68", "SCREEN-NO-BOOKS", place.code))
        _sell(life, rx, place, code, "settlement.reported")
        yield life


def _one_code(scene: Scene) -> Iterator[Life]:
    """One code is scanned for several packs (S68)."""
    life, place = _empty(scene), _places(scene)[3]
    code = life.pack(received=False)
    _deliver(life, place, code)
    label = found("S68", "SCREEN-OVERSOLD", f"{place.code}@{life.drug.code}")
    for _ in range(scene.drawn("packs")):
        _sell(life, _issue(life, life.doctor, life.hospital.code), place, code, label=label)
    yield life


def _unknown(scene: Scene) -> Iterator[Life]:
    """A hospital that writes 未知 where the doctor's code belongs (S43)."""
    life, place = _empty(scene), _places(scene)[3]
    hospital = f"H9900009{scene.copy:04d}"
    code = life.pack(received=False)
    _deliver(life, place, code)
    _sell(life, _issue(life, "未知", hospital), place, code, label=found("S43", "SCREEN-UNKNOWN", hospital))
    yield life


# -- pharmacists between shops -----------------------------------------------------------------------

Step = tuple[str, int, int]  # act, which shop, hour (UTC) from the plan's first day


def _duties(scene: Scene, code: str, steps: tuple[Step, ...], label: Label) -> Life:
    """The day's acts of a pharmacist at the copy's shops."""
    life, places = _empty(scene), _places(scene)
    midnight_ms = life.now_ms // (24 * _HOUR_MS) * 24 * _HOUR_MS
    types = {"opened": "duty.opened", "closed": "duty.closed", "review": "review.pharmacy"}
    for act, shop, hour in (step for step in steps if step[2] // 24 == scene.turn):
        life.now_ms = midnight_ms + hour % 24 * _HOUR_MS - 60_000
        outside(life, types[act], places[shop], {}, by=(code,), label=label)
    return life


def _at_two(scene: Scene) -> Iterator[Life]:
    """On duty at one shop while the name reviews at another (S38)."""
    who = _places(scene)[2].pharmacists[0]
    at = 1 + scene.drawn("hours")
    steps: tuple[Step, ...] = (("opened", 2, 1), ("review", 4, at), ("closed", 2, at + 1))
    yield _duties(scene, who, steps, found("S38", "SCREEN-OPEN", who))


def _faster_than_trains(scene: Scene) -> Iterator[Life]:
    """The morning in one province, hours later in another, 1,300 km away (S38)."""
    who, at = _places(scene)[0].pharmacists[0], 5 + scene.drawn("hours")
    steps: tuple[Step, ...] = (("opened", 0, 1), ("closed", 0, 5), ("opened", 2, at), ("closed", 2, at + 3))
    yield _duties(scene, who, steps, found("S38", "SCREEN-TRAVEL", who))


def _round_the_corner(scene: Scene) -> Iterator[Life]:
    """Two shops of one city on one day, registered at one of them (S38)."""
    who, at = _places(scene)[1].pharmacists[0], 4 + scene.drawn("hours")
    steps: tuple[Step, ...] = (("opened", 1, 1), ("closed", 1, 4), ("opened", 0, at), ("closed", 0, at + 4))
    yield _duties(scene, who, steps, found("S38", "SCREEN-SAME-CITY", who))


def _roster(scene: Scene) -> Iterator[Life]:
    """The same two shops and hours, by somebody who is registered at both."""
    who = _places(scene)[0].pharmacists[1]
    steps: tuple[Step, ...] = (("opened", 1, 1), ("closed", 1, 4), ("opened", 0, 5), ("closed", 0, 9))
    yield _duties(scene, who, steps, spared("registered_at_both", "SCREEN-SAME-CITY", who))


def _moved_house(scene: Scene) -> Iterator[Life]:
    """A duty left open by mistake, and the next day at another shop, by train."""
    who = _places(scene)[3].pharmacists[0]
    steps: tuple[Step, ...] = (("opened", 3, 1), ("opened", 0, 30), ("closed", 0, 34))
    yield _duties(scene, who, steps, spared("left_open_by_mistake", "SCREEN-OPEN", who))


def _by_train(scene: Scene) -> Iterator[Life]:
    """One province in the morning, another the next evening."""
    who = _places(scene)[4].pharmacists[0]
    steps: tuple[Step, ...] = (("opened", 4, 0), ("closed", 4, 1), ("opened", 2, 34), ("closed", 2, 38))
    yield _duties(scene, who, steps, spared("by_train", "SCREEN-TRAVEL", who))


def _sleepless(scene: Scene) -> Iterator[Life]:
    """A name that reviews every three hours, for a day and a night or longer (T11)."""
    who = _places(scene)[1].pharmacists[1]
    reviews: tuple[Step, ...] = tuple(("review", 1, 1 + 3 * n) for n in range(1, scene.drawn("reviews") + 1))
    yield _duties(scene, who, (("opened", 1, 1), *reviews), found("S38", "SCREEN-REST", who))


def _long_shifts(scene: Scene) -> Iterator[Life]:
    """Sixteen hours, eight at home, and sixteen hours again at another shop."""
    who = _places(scene)[3].pharmacists[1]
    steps: list[Step] = []
    for begins, shop in ((0, 3), (24, 0)):
        steps += [("opened", shop, begins), *(("review", shop, begins + n) for n in range(2, 16, 3))]
        steps.append(("closed", shop, begins + 16))
    yield _duties(scene, who, tuple(steps), spared("long_shifts", "SCREEN-REST", who))


def _never_closed(scene: Scene) -> Iterator[Life]:
    """A duty is opened once, and reviewed in long after (T11)."""
    who = _places(scene)[2].pharmacists[1]
    at = 1 + scene.drawn("hours")
    steps: tuple[Step, ...] = (("opened", 2, 1), ("review", 2, at), ("review", 2, 47))
    yield _duties(scene, who, steps, found("S38", "SCREEN-LEFT-OPEN", who))


def _closed_in_the_morning(scene: Scene) -> Iterator[Life]:
    """Who forgot to close does so in the morning, opens anew, and then reviews."""
    who = _places(scene)[4].pharmacists[1]
    steps: tuple[Step, ...] = (("opened", 4, 1), ("closed", 4, 25), ("opened", 4, 26), ("review", 4, 27))
    yield _duties(scene, who, steps, spared("closed_in_the_morning", "SCREEN-LEFT-OPEN", who))


def _in_an_hour(scene: Scene, code: str, shop: int, reviews: int, label: Label) -> Life:
    life = _empty(scene)
    for _ in range(reviews):
        outside(life, "review.pharmacy", _places(scene)[shop], {}, by=(code,), label=label, wait_ms=39_000)
    return life


def _hurried(scene: Scene) -> Iterator[Life]:
    """A review every thirty-nine seconds, for most of an hour (T11)."""
    who = _places(scene)[0].pharmacists[1]
    yield _in_an_hour(scene, who, 0, scene.drawn("reviews"), found("S38", "SCREEN-REVIEWS", who))


def _quick_reader(scene: Scene) -> Iterator[Life]:
    """As fast, and fewer: a full counter after lunch."""
    who = _places(scene)[3].pharmacists[1]
    yield _in_an_hour(scene, who, 3, 55, spared("quick_reader", "SCREEN-REVIEWS", who))


PLANS = (
    Plan("twin", range(60, 61), 1, _twin),
    Plan("branch", range(61, 62), 1, _branch),
    Plan("without_books", range(90, 140, 10), 2, _without_books, {"packs": (10, 15)}),
    Plan("one_code", range(130, 131), 1, _one_code, {"packs": (2, 5)}),
    Plan("unknown", range(131, 151, 10), 1, _unknown),
    Plan("at_two", range(140, 141), 1, _at_two, {"hours": (1, 15)}),
    Plan("faster_than_trains", range(141, 142), 1, _faster_than_trains, {"hours": (1, 10)}),
    Plan("round_the_corner", range(142, 143), 1, _round_the_corner, {"hours": (1, 3)}),
    Plan("roster", range(142, 143), 1, _roster),
    Plan("moved_house", range(143, 145), 1, _moved_house),
    Plan("by_train", range(144, 146), 1, _by_train),
    Plan("sleepless", range(146, 148), 1, _sleepless, {"reviews": (8, 15)}),
    Plan("long_shifts", range(146, 148), 1, _long_shifts),
    Plan("never_closed", range(149, 151), 1, _never_closed, {"hours": (17, 46)}),
    Plan("hurried", range(160, 161), 1, _hurried, {"reviews": (61, 90)}),
    Plan("quick_reader", range(161, 162), 1, _quick_reader),
    Plan("closed_in_the_morning", range(149, 151), 1, _closed_in_the_morning),
)
