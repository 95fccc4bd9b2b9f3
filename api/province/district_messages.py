"""Cases of the district: what a message says of its own time and of the patient's province."""

from __future__ import annotations

from api.province.event import Label
from api.province.life import Life
from api.province.office import HOUR_MS


def no_province(life: Life, label: Label) -> None:
    """The message leaves the patient's province out; at the counter nobody asks."""
    life.region = ""
    life.issue(label=label)
    life.mode = "counter"
    life.issue(label=Label(lookalike="no_province_at_the_counter"))


def written_before_the_visit(life: Life, label: Label) -> None:
    """Written two hours before the consultation was opened, by its own time; clocks differ by minutes."""
    for before_ms, shown in ((240_000, Label(lookalike="clock_a_little_wrong")), (2 * HOUR_MS, label)):
        claimed = {"iat": (life.now_ms - before_ms) // 1000}
        life.issue(life.consult(), claimed=claimed, label=shown)


def far_province(life: Life, label: Label) -> None:
    life.issue(region="44", label=label)
    life.issue(region="99", label=Label(lookalike="patient_of_the_own_province"))


def of_another_visit(life: Life, label: Label) -> None:
    """The reviewer's record has this prescription's number and another visit's; corrected it is in order."""
    rx = life.issue()
    life.approve(rx, identifiers={"mdtrtId": f"N{life.name}"}, label=label)
    life.approve(rx)
