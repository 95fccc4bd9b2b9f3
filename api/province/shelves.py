"""Plans of shops: bursts, channels that disagree, packs that nobody delivered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from api.province.life import MINUTE, Life
from api.province.lookalikes import close_duty, open_duty
from api.province.plan import Plan, Scene, found, spared

_OMEPRAZOLE, _OSELTAMIVIR, _RIVAROXABAN = "奥美拉唑肠溶胶囊", "磷酸奥司他韦胶囊", "利伐沙班片"
_FLU_A_DAY, _FLU_CITY = 14, 1


def _burst(scene: Scene) -> Iterator[Life]:
    """One shop hands one drug to more than fifty patients within four days (S15)."""
    a_day = scene.drawn("a_day")
    shop, patients = scene.shop(0), scene.patients(a_day * len(scene.plan.days))
    for part in range(a_day):
        who = patients[a_day * scene.turn + part]
        life = scene.life(scene.anybody(part), who, _OMEPRAZOLE, 1, 7.0, part)
        life.shop = shop
        life.sold(life.ready(), found("S15", "SCREEN-BURST", f"{shop.code}@{life.drug.code}"))
        yield life


def _flu(scene: Scene) -> Iterator[Life]:
    """A week of influenza: every shop of a city hands the same drug to more than fifty patients."""
    shops = [one for one in scene.cast.pharmacies if one.city == _FLU_CITY]
    patients = scene.patients(_FLU_A_DAY * len(scene.plan.days) * len(shops))
    for part in range(_FLU_A_DAY * len(shops)):
        who = patients[_FLU_A_DAY * len(shops) * scene.turn + part]
        life = scene.life(scene.anybody(part), who, _OSELTAMIVIR, 1, 5.0, part)
        life.shop = shops[part % len(shops)]
        life.sold(life.ready(), spared("flu_week", "SCREEN-BURST", f"{life.shop.code}@{life.drug.code}"))
        yield life


def _invented(scene: Scene) -> Iterator[Life]:
    """A shop tells of packs on prescriptions that it never dispensed (S41)."""
    if scene.turn >= scene.drawn("packs"):
        return
    life = scene.life(scene.anybody(scene.turn), scene.patients(8)[scene.turn], _RIVAROXABAN, 1, 7.0)
    life.shop = scene.shop(1)
    rx = life.ready()
    life.report(rx, [life.pack()], found("S41", "SCREEN-CHANNELS", life.shop.code), sale=f"S{life.name}")
    yield life


def _told_first(scene: Scene) -> Iterator[Life]:
    """The stock channel is faster than the counter's own message, which comes minutes later."""
    life = scene.life(scene.anybody(scene.turn), scene.patients(8)[scene.turn], _RIVAROXABAN, 1, 7.0)
    life.shop = scene.shop(2)
    rx, code, sale = life.ready(), life.pack(), f"S{life.name}"
    label = spared("told_before_dispensed", "SCREEN-CHANNELS", life.shop.code)
    life.report(rx, [code], label, sale=sale)
    life.sell(rx, [code], label=label, sale=sale)
    yield life


def _left_open(scene: Scene) -> Iterator[Life]:
    """A pharmacist forgets to close in the afternoon and opens the next morning at the other shop."""
    life = scene.life(scene.anybody(scene.copy), scene.patients(1)[0], _RIVAROXABAN, 1, 7.0)
    at = scene.cast.pharmacies.index(scene.shop(0))
    code = scene.cast.pharmacies[at].pharmacists[2]
    scene.cast.busy.add(code)  # nobody else plans this pharmacist's days
    label = spared("duty_left_open", "SCREEN-OPEN", code)
    if scene.turn == 0:
        life.now_ms += 6 * 60 * MINUTE
        open_duty(life, code, scene.cast.pharmacies[at].code, label)
    else:
        second = scene.cast.second_site(at).code
        open_duty(life, code, second, label)
        close_duty(life, code, second, label)
    yield life


def _recirculated(scene: Scene) -> Iterator[Life]:
    """Packs bought back from patients and sold again, each flagged; together they name drug and shop."""
    if scene.turn >= scene.drawn("packs"):
        return
    drug = scene.cast.chronic[(7 * scene.copy + 3) % len(scene.cast.chronic)]
    life = scene.life(scene.anybody(scene.turn), scene.patients(4)[scene.turn], drug.name, 1, 7.0)
    life.shop = scene.shop(1)
    label = replace(found("S56", "SCREEN-DRUG-RESALE", drug.code), codes=("NO_INBOUND",))
    rx, code = life.ready(), life.pack(received=False)
    life.sell(rx, [code], label=label)
    life.report(rx, [code])
    yield life


PLANS = (
    Plan("burst", range(80, 84), 66, _burst, {"a_day": (13, 20)}),
    Plan("flu", range(10, 14), 112, _flu, once=True),
    Plan("invented", range(70, 150, 10), 7, _invented, {"packs": (5, 8)}),
    Plan("told_first", range(71, 151, 10), 8, _told_first),
    Plan("left_open", range(40, 42), 1, _left_open),
    Plan("recirculated", range(30, 190, 40), 4, _recirculated, {"packs": (3, 4)}),
)
