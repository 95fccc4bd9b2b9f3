"""What officers do in tests: freezes, points, cases and their steps, appeals."""

from __future__ import annotations

from typing import Any

from contracts import keys
from contracts.decision import Decision
from tests.contracts.world import DOCTOR, H1, OFFICERS, REGULATOR, World

WHY = {"reason": "数据核查"}
HOUR, DAY = 3_600, 86_400
THIRD = "G990000000003"
EMERGENCY: dict[str, Any] = {
    "clinical": {"medical_type": "13", "long_term": False},
    "line": {"quantity": "1", "days": "3"},
}
KIND_BY_BAND = ("agreement_breach", "administrative_penalty", "settled_for_another", "fraud")


def officers(world: World, type_: str, by: tuple[str, ...] = OFFICERS, **members: Any) -> Decision:
    return world.act(f"governance.{type_}", REGULATOR, by, {**WHY, **members})


def freeze(world: World, subject: str = DOCTOR, scope: str = "all", **members: Any) -> Decision:
    given = {"subject": subject, "scope": scope, "until": "2026-03-09T00:00:00Z", **members}
    return officers(world, "freeze", given.pop("by", OFFICERS), **given)


def decided(world: World, subject: str = DOCTOR, finding: str = "violation") -> str:
    """A case that went its steps, as given; returns its id."""
    world.count += 1
    identifier = f"{world.count:064x}"
    times = dict.fromkeys(("notified", "heard", "decided"), world.now_ms)
    whose = {"subject": subject, "opened": world.now_ms, "due": world.now_ms + DAY * 30_000}
    state = {"steps": times, "deciders": list(OFFICERS), "appealed": False, "finding": finding}
    world.put(keys.case(identifier), {**whose, **state})
    return identifier


def score(world: World, points: int, subject: str = DOCTOR, **members: Any) -> Decision:
    """Points in their band, on a decided case of their own unless one is named."""
    given = {"kind": KIND_BY_BAND[(points - 1) // 3], "responsibility": "main", **members}
    if "case" not in given:
        given["case"] = decided(world, subject)
    return officers(world, "score", subject=subject, points=points, **given)


def open_case(world: World, subject: str = DOCTOR, due: str = "2026-06-01T00:00:00Z") -> str:
    given = {"subject": subject, "rules": ["PACE-1"], "evidence": [], "due": due}
    assert officers(world, "case", **given).codes == ()
    return world.last_id


def case_rules(world: World, rules: list[str]) -> Decision:
    given = {"subject": DOCTOR, "rules": rules, "evidence": [], "due": "2026-06-01T00:00:00Z"}
    return officers(world, "case", **given)


def step_of(world: World, case: str, step: str, by: tuple[str, ...] = OFFICERS, **members: Any) -> Decision:
    if step in ("decided", "appeal_decided"):
        members.setdefault("finding", "violation")
    return officers(world, "case_step", by, case=case, step=step, **members)


def appeal(world: World, by: str = DOCTOR, at: str = H1, **members: Any) -> Decision:
    return world.act("governance.appeal", at, (by,), {**WHY, **members})


def midnight(time_ms: int) -> int:
    """The beginning of the local day of a ledger time."""
    offset_ms = 8 * HOUR * 1000
    return (time_ms + offset_ms) // (DAY * 1000) * DAY * 1000 - offset_ms


def rulebook_of_before(world: World, **parameters: Any) -> None:
    """A rulebook stands on the ledger whose lists nobody judged then."""
    rulebook(world)
    key = keys.rulebook(world.last_id)
    world.put(key, {**world.record(key), "parameters": parameters})


def rulebook(world: World, **parameters: Any) -> Decision:
    """Two officers put a rulebook in force."""
    members = {"version": f"v{world.count}", "parameters": parameters}
    return world.act("governance.rulebook", REGULATOR, OFFICERS, members)
