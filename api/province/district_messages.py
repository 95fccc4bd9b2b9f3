"""Cases of the district: what a message says of its own time, of the visit and of the patient."""

from __future__ import annotations

from api.province.cases import Case
from api.province.event import Label
from api.province.life import Life
from api.province.office import HOUR_MS


def _no_province(life: Life, label: Label) -> None:
    """The message leaves the patient's province out; at the counter nobody asks."""
    life.region = ""
    life.issue(label=label)
    life.mode = "counter"
    life.issue(label=Label(lookalike="no_province_at_the_counter"))


def _written_before_the_visit(life: Life, label: Label) -> None:
    """Written two hours before the consultation was opened, by its own time; clocks differ by minutes."""
    for before_ms, shown in ((240_000, Label(lookalike="clock_a_little_wrong")), (2 * HOUR_MS, label)):
        claimed = {"iat": (life.now_ms - before_ms) // 1000}
        life.issue(life.consult(), claimed=claimed, label=shown)


def _mistaken_for_a_neighbour(life: Life, label: Label) -> None:
    """A diagnosis of the other sex from the drop-down: nobody's fault; put right, it is accepted."""
    chosen = "N80.000" if life.patient.sex == "1" else "N40.x00"
    named = [{"code": f"{life.drug.indications[0]}.900"}, {"code": chosen}]
    seen = life.consult()
    life.issue(seen, clinical={"diagnoses": named}, label=label)
    life.issue(seen, label=Label(lookalike="diagnosis_put_right"))


def _far_province(life: Life, label: Label) -> None:
    life.issue(region="44", label=label)
    life.issue(region="99", label=Label(lookalike="patient_of_the_own_province"))


def _of_another_visit(life: Life, label: Label) -> None:
    """The reviewer's record has this prescription's number and another visit's; corrected it is in order."""
    rx = life.issue()
    life.approve(rx, identifiers={"mdtrtId": f"N{life.name}"}, label=label)
    life.approve(rx)


MESSAGE_CASES: tuple[Case, ...] = (
    Case("S44", ("SEX_AGE_UNCONFIRMED",), "CLINICAL-20", _mistaken_for_a_neighbour, "slip"),
    Case("S47", ("REVIEW_CONTRADICTS",), "REVIEW-4", _of_another_visit, "slip"),
    Case("S17", ("ORG_SCOPE",), "LICENCE-6", _far_province),
    Case("S17", ("SCHEMA_REQUIRED",), "LICENCE-11", _no_province, "slip"),
    Case("S4", ("TIME_ORDER",), "FLOW-17", _written_before_the_visit, "slip"),
)
