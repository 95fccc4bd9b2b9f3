"""Plans of doctors and departments: what one desk writes far more than others, and honest specialists."""

from __future__ import annotations

from collections.abc import Iterator

from api.province.cast import CLINIC
from api.province.event import Label
from api.province.life import Life
from api.province.plan import Plan, Scene, found, is_among, spared

# Drugs that nobody else of the province takes: what is usual is what these plans say, at every size.
_AMOXICILLIN, _ROXADUSTAT = "阿莫西林胶囊", "罗沙司他胶囊"
_GLARGINE, _ASPART = "甘精胰岛素注射液", "门冬胰岛素30"
_METFORMIN, _CALCITRIOL, _ASPIRIN = "盐酸二甲双胍片", "骨化三醇软胶囊", "阿司匹林肠溶片"
_CLONED = (
    "患者自述服药后一般情况良好，血压{}，血糖{}，心率{}，未见明显不良反应，睡眠饮食可，"
    "经评估病情稳定，同意继续长期用药并签字"
)
_SAID = (
    "夜间咳嗽减轻", "下肢水肿较前消退", "近期无胸闷胸痛", "自测血压平稳", "偶有头晕不适", "食欲较前改善",
    "体重下降两公斤", "空腹血糖控制理想", "活动后气促缓解", "睡眠仍欠佳", "已戒烟三个月", "餐后血糖略高",
    "视物模糊无加重", "足部感觉麻木", "肝肾功能复查正常", "心电图未见异常",
)  # fmt: skip


def _favourite(scene: Scene) -> Iterator[Life]:
    """A doctor who writes an antibiotic dozens of times where colleagues write it once or twice (S43)."""
    if scene.turn >= scene.drawn("visits"):
        return
    doctor, patients = scene.doctor(), scene.patients(len(scene.plan.days))
    life = scene.life(doctor, patients[scene.turn], _AMOXICILLIN, scene.drawn("packs"), 7.0)
    life.sold(life.ready(label=found("S43", "SCREEN-PEERS", f"{doctor}@{life.drug.code}")))
    yield life


def _peer(scene: Scene) -> Iterator[Life]:
    """A colleague who writes it as usual."""
    doctor = scene.anybody(len(scene.plan.days) * scene.copy + scene.turn)
    life = scene.life(doctor, scene.patients(24)[scene.turn], _AMOXICILLIN, 1 + scene.turn % 2, 7.0)
    life.sold(life.ready(), spared("colleague", "SCREEN-PEERS", f"{doctor}@{life.drug.code}"))
    yield life


def _specialist(scene: Scene) -> Iterator[Life]:
    """A clinic of its own: all its patients get the drug that others hardly write, 72 packs a year."""
    doctor, patients = scene.doctor(), scene.patients(24)
    life = scene.life(doctor, patients[scene.turn], _CALCITRIOL, 3, 28.0)
    life.department = CLINIC
    life.sold(life.ready(), spared("specialist", "SCREEN-PEERS", f"{doctor}@{life.drug.code}"))
    subject = f"{life.hospital.code} {CLINIC}@{life.drug.code}"
    life.approve(life.issue(label=spared("specialist", "SCREEN-DEPARTMENT", subject)))
    yield life


def _busy_clinic(scene: Scene) -> Iterator[Life]:
    """A diabetes clinic's morning: a patient every few minutes, and the same drug for all."""
    life = scene.life(scene.doctor(), scene.patients(1)[0], _METFORMIN, 1, 7.0)
    for who in scene.patients(6):
        life.patient = who
        life.issue(life.consult(180), label=Label(lookalike="busy_clinic"))
    yield life


def _department(scene: Scene) -> Iterator[Life]:
    """A department that writes a drug dozens of times more than others (S64)."""
    if scene.turn >= scene.drawn("visits"):
        return
    doctor, patients = scene.doctor(), scene.patients(len(scene.plan.days))
    life = scene.life(doctor, patients[scene.turn], _ROXADUSTAT, scene.drawn("packs"), 7.0)
    label = found("S64", "SCREEN-DEPARTMENT", f"{life.hospital.code} {life.department}@{life.drug.code}")
    life.sold(life.ready(label=label))
    yield life


def _other_department(scene: Scene) -> Iterator[Life]:
    """Each other department writes it now and then."""
    doctor = scene.anybody(len(scene.plan.days) * scene.copy + scene.turn)
    life = scene.life(doctor, scene.patients(len(scene.plan.days))[scene.turn], _ROXADUSTAT, 2, 7.0)
    if _writes_much(scene, life):
        return
    subject = f"{life.hospital.code} {life.department}@{life.drug.code}"
    life.sold(life.ready(label=spared("other_department", "SCREEN-DEPARTMENT", subject)))
    yield life


def _writes_much(scene: Scene, life: Life) -> bool:
    """Whether the life's department is one of those of the plan above."""
    cast = scene.cast
    doctors = [cast.doctor_of("department", copy) for copy in range(cast.copies)]
    return (life.hospital, life.department) in [
        (cast.hospital_of[one], cast.department_of[one]) for one in doctors
    ]


def _text(scene: Scene, evaluation: str, part: int) -> Life:
    who = scene.patients(48)[2 * scene.turn + part]
    life = scene.life(scene.doctor(), who, _ASPIRIN, 2, 56.0, part * 10)
    screen = ("SCREEN-TEXT", life.doctor)
    label = found("S6", *screen) if scene.plan.name == "cloner" else spared("own_words", *screen)
    life.issue(clinical={"evaluation": evaluation}, label=label)
    return life


def _cloner(scene: Scene) -> Iterator[Life]:
    """One evaluation for half of all patients or more, but for its figures (S6)."""
    for part in range(2):
        is_clone = is_among(2 * scene.turn + part, scene.drawn("clones"), 2 * len(scene.plan.days))
        figures = [scene.cast.pick.randint(60, 140) for _ in range(3)]
        yield _text(scene, _CLONED.format(*figures) if is_clone else _in_own_words(scene), part)


def _in_own_words(scene: Scene) -> str:
    return "，".join(scene.cast.pick.sample(_SAID, 6))


def _writer(scene: Scene) -> Iterator[Life]:
    """Evaluations in the same few phrases, each time others; every third one is the usual short sentence."""
    for part in range(2):
        usual = (scene.turn + part) % 3 == 0
        yield _text(scene, "病情稳定，继续原方案" if usual else _in_own_words(scene), part)


def _grown(scene: Scene) -> Iterator[Life]:
    """A drug on which ten thousand yuan are spent in the last three months, and hardly any before (S56)."""
    late = scene.day >= 275
    who = scene.patients(len(scene.plan.days))[scene.turn]
    packs = scene.drawn("late" if late else "before")
    life = scene.life(scene.anybody(scene.turn), who, _GLARGINE, packs, 7.0)
    life.sold(life.ready(), found("S56", "SCREEN-DRUG-GROWTH", life.drug.code))
    yield life


def _seasonal(scene: Scene) -> Iterator[Life]:
    """A drug that is wanted twice as much in winter."""
    late = scene.day >= 275
    who = scene.patients(len(scene.plan.days))[scene.turn]
    life = scene.life(scene.anybody(scene.turn), who, _ASPART, 4 if late else 2, 7.0)
    life.sold(life.ready(), spared("wanted_in_winter", "SCREEN-DRUG-GROWTH", life.drug.code))
    yield life


PLANS = (
    Plan("favourite", range(15, 361, 15), 20, _favourite, {"visits": (17, 24), "packs": (3, 8)}),
    Plan("peer", range(10, 130, 5), 24, _peer),
    Plan("specialist", range(12, 360, 15), 24, _specialist),
    Plan("busy_clinic", range(150, 360, 70), 9, _busy_clinic),
    Plan("department", range(14, 354, 15), 21, _department, {"visits": (20, 23), "packs": (5, 9)}),
    Plan("other_department", range(16, 352, 14), 24, _other_department),
    Plan("cloner", range(100, 340, 12), 20, _cloner, {"clones": (20, 40)}),
    Plan("writer", range(101, 341, 20), 12, _writer),
    Plan("grown", range(195, 363, 5), 34, _grown, {"before": (1, 2), "late": (8, 14)}, once=True),
    Plan("seasonal", range(196, 363, 10), 17, _seasonal, once=True),
)
