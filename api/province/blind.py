"""Blind cases: what people do that the product, by the limits that it states, does not see.

`BLIND` says of each what was done and why nothing tells it; `why` stands word for word beside the row in
RULES.md. They happen in corners of the province, with people and a random stream of their own
(`Cast.apart`). A test fails when a rule or a screen comes to see one: it is then a case like the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from api.province.cast import SMALL_DEPARTMENTS, Cast, Township
from api.province.event import Label
from api.province.life import Life
from api.province.plan import Plan, Scene, Start, is_among

_ASPIRIN, _INSULIN = "阿司匹林肠溶片", "门冬胰岛素30"
_FAR, _NEAR, _BESIDE, _HURRIED, _BACK_ROOM = range(5)  # the shops of a corner
_REWRITER, _FAVOURITE, _PAID, _HASTY, _TYPIST, _DECEIVED, _ASKED = (0, 1, *range(5, 10))  # its doctors
# A drug and a department for each corner, which no other corner has: there are no further peers.
_FEW = tuple(
    (drug, department)
    for drug in ("奥美拉唑肠溶胶囊", "厄贝沙坦片", "缬沙坦胶囊", "苯磺酸氨氯地平片")
    for department in SMALL_DEPARTMENTS
)
_SAID = (
    ("患者自述服药后一般情况良好", "病人说吃药以来身体没有异样", "本人表示用药期间感觉尚可", "据述近来平稳"),
    ("血压血糖控制理想", "各项指标均在目标之内", "家中自测数值都不高", "监测结果令人满意"),
    ("未见明显不良反应", "没有出现药物副作用", "否认任何不适症状", "耐受情况颇佳"),
    ("睡眠饮食可", "吃得下也睡得着", "夜间安稳胃口如常", "起居活动无碍"),
    ("经评估病情稳定", "综合判断疾病未进展", "考虑目前处于缓解期", "权衡后认为无须调整"),
    ("同意继续长期用药并签字", "愿照原方服用且已签名", "知情后认可延长处方", "签署同意书后续开"),
)


@dataclass(frozen=True, slots=True)
class Blind:
    """A kind of blind case: the row that it belongs to, what was done, and why nothing tells it."""

    row: str
    what: str
    why: str
    plan: Plan


def _corner(scene: Scene) -> Township:
    return scene.cast.corners[scene.copy]


def _label(scene: Scene, subject: str) -> Label:
    """Whatever names `subject`, or says anything of the act, has seen this copy of the case."""
    return Label(blind=scene.plan.name, subject=subject)


def _life(scene: Scene, doctor: int, packs: int = 1, days: float = 28.0, part: int = 0) -> Life:
    """A life of somebody to whom nothing else happens."""
    (who,) = scene.cast.people_of(f"{scene.plan.name} {scene.day} {part}", scene.copy, 1)
    corner = _corner(scene)
    life = scene.life(corner.hospitals[0].doctors[doctor], who, _ASPIRIN, packs, days, part)
    life.shop = corner.shops[_NEAR]
    return life


def _other_words(scene: Scene) -> Iterator[Life]:
    for part in range(2):
        life = _life(scene, _REWRITER, 2, 56.0, part)
        said = [life.pick.choice(ways) for ways in _SAID]
        life.pick.shuffle(said)
        life.issue(clinical={"evaluation": "，".join(said)}, label=_label(scene, life.doctor))
        yield life


def _hasty(scene: Scene) -> Iterator[Life]:
    lives = [_life(scene, _HASTY, part=part) for part in range(3)]
    named = []
    for life in lives:
        life.shop = _corner(scene).shops[_HURRIED]
        named.append(life.issue())
        life.approve(named[-1])
        life.claim(named[-1])
    reviewed_ms = max(life.now_ms for life in lives)
    for turn, (life, rx) in enumerate(zip(lives, named, strict=True)):
        life.now_ms = reviewed_ms + turn * 20_000
        label = _label(scene, life.pair()[0]) if turn else None
        life.review(rx, opinion=f"剂量与适应症已核对 {rx}", wait_ms=0, label=label)
        yield life


def _retyped(scene: Scene) -> Iterator[Life]:
    life = _life(scene, _TYPIST)
    life.sold(life.ready(label=_label(scene, life.doctor)))
    yield life


def _two_documents(scene: Scene) -> Iterator[Life]:
    first, other = scene.patients(2)
    for part, who in enumerate((first, replace(other, age=first.age, sex=first.sex))):
        life = _life(scene, _DECEIVED, part=part)
        life.patient, life.shop = who, _corner(scene).shops[_NEAR + part]
        life.sold(life.ready(), _label(scene, who.number) if part else None)
        yield life


def _without_maximum(scene: Scene) -> Iterator[Life]:
    (who,) = scene.patients(1)
    for part in range(3):
        life = _life(scene, _ASKED, 8, part=part)
        life.patient, life.drug = who, scene.cast.by_name[_INSULIN]
        life.shop = _corner(scene).shops[(_FAR, _NEAR, _BESIDE)[part]]
        life.sold(life.ready(), _label(scene, who.number) if part else None)
        yield life


def _nearly_half(scene: Scene) -> Iterator[Life]:
    """Nine of twenty packs go to the far shop."""
    life = _life(scene, _PAID)
    to = _FAR if is_among(scene.turn, 9, 20) else (_NEAR, _BESIDE)[scene.turn % 2]
    life.shop = _corner(scene).shops[to]
    life.sold(life.ready(), _label(scene, life.doctor))
    yield life


def _few_peers(scene: Scene) -> Iterator[Life]:
    """Of the four doctors who write a drug one writes it dozens of times, and each other one once."""
    drug, department = _FEW[scene.copy % len(_FEW)]
    for part in range(2 if scene.turn < 3 else 1):
        life = _life(scene, _FAVOURITE + (1 + scene.turn) * part, part=part)
        life.drug, life.department = life.cast.by_name[drug], department
        life.packs = 1 if part else max(1, int(28 / life.drug.pack_days))
        life.shop = _corner(scene).shops[(_FAR, _NEAR, _BESIDE)[scene.turn % 3]]
        life.sold(life.ready(), None if part else _label(scene, f"{life.doctor}@{life.drug.code}"))
        yield life


def _never_told(scene: Scene) -> Iterator[Life]:
    """The sale leaves no act; what could be looked at is the delivery."""
    life, shop = _life(scene, _TYPIST), _corner(scene).shops[_BACK_ROOM]
    codes = [f"{life.drug.product}{life.pick.randrange(10**13):013d}" for _ in range(10)]
    groups = {
        "identifiers": {"supplier": "V990000", "invoice": life.name},
        "codes": [{"code": code, "drug": life.drug.code} for code in codes],
    }
    by = ((shop.pharmacists[0], "pharmacist"),)
    life.act("stock.received", shop.code, by, {}, groups, label=_label(scene, shop.code), wait_ms=60_000)
    yield life


def _blind(
    name: str, row: str, days: range, play: Callable[[Scene], Iterator[Life]], what: str, why: str
) -> Blind:
    return Blind(row, what, why, Plan(name, days, 0, play))


BLIND: tuple[Blind, ...] = (
    _blind("retyped", "S1", range(50, 300, 50), _retyped,
           "a machine writes prescriptions, and the doctor types them again and signs",
           "a machine's text that the doctor types again and signs as the own"),
    _blind("other_words", "S6", range(100, 340, 20), _other_words,
           "one evaluation for two dozen patients, each time in other words",
           "texts in other words throughout"),
    _blind("hasty", "S7", range(75, 315, 60), _hasty,
           "a pair passes a prescription every twenty seconds, each time with another text",
           "reviews within seconds whose texts differ"),
    _blind("two_documents", "S50", range(60, 340, 40), _two_documents,
           "one person buys under two documents what covers a month, twice on a day",
           "one person with two documents is two people"),
    _blind("nearly_half", "S51", range(22, 362, 8), _nearly_half,
           "a doctor sends nine of twenty packs to a far shop that pays for it",
           "a part below the screen's limit, which is half"),
    _blind("without_maximum", "S52", range(90, 91), _without_maximum,
           "one person fetches eight packs of insulin at each of three shops on one day",
           "drugs whose label sets no maximum"),
    _blind("few_peers", "T12", range(18, 354, 12), _few_peers,
           "of four doctors who write a drug one writes it dozens of times as often",
           "a drug that fewer than five doctors of the province write"),
    _blind("never_told", "R28", range(45, 345, 60), _never_told,
           "packs come in and are sold in the back room, without a prescription or a word",
           "sales that never touch the ledger"),
)  # fmt: skip


def of_day(cast: Cast, day: int, start: Start) -> Iterator[Life]:
    """Yield the lives of the day that belong to a blind case, once for each corner."""
    for one in BLIND:
        if day in one.plan.days:
            for copy in range(cast.copies):
                cast.begin(f"{one.plan.name} {copy} {day}")
                yield from one.plan.play(Scene(cast, one.plan, copy, day, start))
