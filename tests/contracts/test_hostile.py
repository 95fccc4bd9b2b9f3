"""No statement of a legal form makes a contract fail: it is accepted or refused, never an exception.

A contract that raises stops the writer; whoever can submit could then stop the ledger. The forms
come from the table of types itself, the people and prescriptions from a lived-in world.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from contracts import keys, record_refusal
from contracts.decision import Context
from contracts.facts import AdmissionRefusal, Credential
from contracts.statements.schema import (
    Anything,
    Boolean,
    Integer,
    Kind,
    ListOf,
    OneOf,
    Record,
    Text,
    validate,
)
from contracts.types import TYPES
from tests.contracts.world import (
    DOCTOR,
    DRUGS,
    H1,
    H2,
    OFFICERS,
    P1,
    P2,
    PATIENT,
    PHARMACIST,
    REGULATOR,
    YS1,
    YS2,
    YS3,
    World,
    code,
)

CODES = [code("8990002", n) for n in range(1, 5)] + [code("8890002", 1), code("8990007", 1), "690123"]
FORMS = {
    "hex64": lambda pick, ids: pick.choice([*ids, "0" * 64]),
    "base64url": lambda pick, ids: pick.choice(["AAAA", "AA", f"cred-{DOCTOR}"]),
    "code": lambda pick, ids: pick.choice([H1, P1, P2, DOCTOR, YS1, REGULATOR, OFFICERS[0], "X1"]),
    "region": lambda pick, ids: pick.choice(["99", "51"]),
    "time": lambda pick, ids: pick.choice(["2026-03-02T00:00:00Z", "1970-01-01T00:00:00.001Z"]),
    "date": lambda pick, ids: pick.choice(["2026-03-02", "0001-01-01", "9999-12-31"]),
    "decimal": lambda pick, ids: pick.choice(
        ["0", "-1", "1", "1.0000", "0.000001", "9999999999.999999", "60"]
    ),
}
WORDS = [
    "",
    "盒",
    "片",
    "粒",
    "µg",
    "盒子",
    "未知",
    "02",
    "travel",
    "内分泌科",
    PATIENT,
    "2026-04-20",
    "mg",
    "g",
]


def value(kind: Kind, pick: random.Random, ids: list[str], name: str = "") -> Any:
    """A value of the form `kind`, chosen to reach state that exists."""
    if isinstance(kind, Record):
        return {
            plain: value(member, pick, ids, plain)
            for given, member in kind.members.items()
            if not given.endswith("?") or pick.random() < 0.7
            for plain in (given.rstrip("?"),)
        }
    if isinstance(kind, ListOf):
        count = pick.randint(kind.low, max(kind.low, min(kind.high, 3)))
        return [value(kind.item, pick, ids) for _ in range(count)]
    return scalar(kind, pick, ids, name)


def scalar(kind: Kind, pick: random.Random, ids: list[str], name: str) -> Any:
    """A leaf of a value."""
    if isinstance(kind, Boolean):
        return pick.random() < 0.5
    if isinstance(kind, Integer):
        return pick.choice([kind.low, min(kind.high, kind.low + 1), kind.high])
    if isinstance(kind, OneOf):
        return pick.choice(kind.values)
    if isinstance(kind, Anything):
        return pick.choice([{}, [], 1, "x", None, {"pace_gap_s_min": 0}, {"exemption_reasons": []}])
    assert isinstance(kind, Text)
    if kind.form:
        return FORMS[kind.form](pick, ids)
    if name == "code":
        return pick.choice(CODES)
    if name == "drug":
        return pick.choice([drug["code"] for drug in DRUGS] + ["?"])
    text = pick.choice([word for word in WORDS if len(word) <= kind.high])
    return text or ("x" * kind.low)


def lived_in() -> tuple[World, list[str]]:
    """A world with prescriptions in several statuses."""
    world = World()
    world.open_duties()
    world.receive(CODES[:4])
    ids = []
    for step in range(4):
        rx = world.ready()
        ids.append(rx)
        world.wait(120)
        if step > 0:
            world.sell(rx, [CODES[step]])
        if step > 1:
            world.give_back(rx, [CODES[step]], left_shop=step > 2)
    consultation, after = world.consult()
    ids += [consultation, after, world.open_consultation()]
    return world, ids


def members(type_: str, pick: random.Random, ids: list[str]) -> Mapping[str, Any]:
    """Legal members of a type."""
    return dict(value(Record(TYPES[type_].members), pick, ids))


def disclosed(type_: str, pick: random.Random, ids: list[str]) -> dict[str, Any]:
    """Legal disclosures of a type, most of its groups."""
    return {
        name.rstrip("?"): value(kind, pick, ids)
        for name, kind in TYPES[type_].groups.items()
        if not name.endswith("?") or pick.random() < 0.7
    }


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_a_legal_form_never_breaks_a_contract(type_: str) -> None:
    world, ids = lived_in()
    pick = random.Random(type_)
    for _ in range(200):
        signers = tuple(
            pick.choices([DOCTOR, PHARMACIST, YS1, YS2, YS3, *OFFICERS, H1], k=pick.choice((1, 2)))
        )
        groups = disclosed(type_, pick, ids)
        for name, kind in TYPES[type_].groups.items():
            if name.rstrip("?") in groups:
                validate(groups[name.rstrip("?")], kind)
        organisation = pick.choice([H1, H2, P1, P2, REGULATOR, "X1"])
        facts = world.facts(type_, organisation, signers, members(type_, pick, ids), groups)
        if type_ == "registry.authenticator":
            object.__setattr__(facts, "credentials", (Credential(DOCTOR, H1, "new", "AA", "0", 0),))
        for check in (True, False):
            decision = world.run(facts, check)
            assert decision.outcome in ("accepted", "refused")
        world.wait(pick.choice([0, 1, 61, 4000]))


# Reading is no step: an institution's own systems read in its name, and the log says so.
@pytest.mark.parametrize("type_", sorted(TYPES.keys() - {"access.read"}))
@pytest.mark.parametrize("organisation", [H1, P1, REGULATOR])
def test_no_step_is_an_institutions_alone(type_: str, organisation: str) -> None:
    """S2: where an institution could sign by itself, nobody would answer for what was done."""
    world, ids = lived_in()
    pick = random.Random(type_)
    given = members(type_, pick, ids), disclosed(type_, pick, ids)
    decision = world.act(type_, organisation, (organisation,), *given)
    assert decision.outcome == "refused"
    assert {"ACTOR_NOT_NATURAL_PERSON", "ROLE_FORBIDDEN", "DUAL_CONTROL_REQUIRED"} & set(decision.codes)


def test_a_regulators_key_cannot_take_a_pharmacys_step() -> None:
    """An act that needs a licence, submitted by the regulator, once stopped the writer."""
    world = World()
    decision = world.receive([CODES[0]], REGULATOR)
    assert decision.outcome == "refused" and "ORG_SCOPE" in decision.codes


def test_an_admission_refusal_of_any_type_is_recorded_once() -> None:
    world = World()
    for type_ in TYPES:
        refusal = AdmissionRefusal(f"{len(type_):064x}", type_, H1, "SIG_MISSING", ())
        decision = record_refusal(refusal, Context(world.now_ms), world.read)
        assert decision.codes == ("SIG_MISSING",) and keys.refused(refusal.statement_id)
