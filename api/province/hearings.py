"""Plans of officers: drugs that their cases are about (T5, S56)."""

from __future__ import annotations

from collections.abc import Iterator

from api.province.event import Label
from api.province.life import Life
from api.province.office import HOUR_MS, case_step, case_steps, open_case
from api.province.plan import Plan, Scene, found, spared

_APPEAL_MS = 16 * 24 * HOUR_MS


def _watched(scene: Scene) -> Iterator[Life]:
    """Case after case about one drug finds a violation, case after case about another finds none."""
    if scene.turn >= scene.drawn("cases"):
        return
    drugs, patients = scene.cast.chronic, scene.patients(8)
    for part, (finding, label_of) in enumerate((("violation", found), ("unfounded", spared))):
        drug = drugs[(2 * scene.copy + part) % (len(drugs) // 2 * 2)]
        doctor = scene.anybody(2 * scene.copy + part)
        life = scene.life(doctor, patients[2 * scene.turn + part], drug.name, 1, 7.0, part)
        why = "S56" if label_of is found else "case_unfounded"
        _decided(life, doctor, finding, label_of(why, "SCREEN-DRUG-CASES", drug.code))
        yield life


def _decided(life: Life, doctor: str, finding: str, label: Label) -> None:
    """A case whose evidence is one prescription, from its opening to its close."""
    evidence = [f"@id:{life.issue(label=label)}"]
    case = open_case(life, 2 * _APPEAL_MS, subject=doctor, evidence=evidence)
    case_steps(life, case, "notified", "heard")
    case_step(life, case, "decided", finding=finding)
    life.now_ms += _APPEAL_MS
    case_step(life, case, "closed")


PLANS = (Plan("watched", range(25, 185, 40), 14, _watched, {"cases": (3, 4)}),)
