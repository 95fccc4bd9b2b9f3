"""The rules, family by family, in the order in which their verdicts decide (interface §4).

To add a rule: write one function with `@rule(…)` in its family's module, name it in that module's
RULES at its place, give a new code a row in `contracts/codes`, add a new parameter to
`contracts/parameters.py`, write its tests (allowed, refused, boundary, look-alike) and name them in
`contracts/rules/proofs.csv`, and run `python -m contracts.rules.catalogue` to renew RULES.md. Tests
fail until all of this is there.
"""

from __future__ import annotations

from contracts.rules import (
    access,
    author,
    breaker,
    campaign,
    case,
    claimed,
    clinical,
    consultation,
    corrected,
    credit,
    dose,
    duty,
    fitness,
    flow,
    follow_up,
    fund,
    handover,
    knowledge,
    licence,
    naming,
    office,
    online,
    pace,
    prescribed,
    presence,
    profile,
    reason,
    regional,
    reminder,
    returned,
    review,
    separation,
    stock,
    supply,
    tools,
    trace,
    uncoded,
)
from contracts.rules.base import Rule

FAMILIES: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("AUTHOR", (*author.RULES, *tools.RULES, *naming.RULES)),
    ("SEPARATION", separation.RULES),
    ("PRESENCE", presence.RULES),
    ("LICENCE", (*licence.RULES, *online.LICENCE_RULES, *regional.RULES)),
    ("CREDIT", credit.RULES),
    ("BREAKER", breaker.RULES),
    ("OFFICE", (*office.RULES, *knowledge.RULES, *reason.RULES, *uncoded.OFFICE_RULES, *handover.RULES)),
    ("CASE", case.RULES),
    ("CAMPAIGN", campaign.RULES),
    ("REMINDER", reminder.RULES),
    ("DUTY", duty.RULES),
    ("CONSULT", (*consultation.RULES, *online.CONSULT_RULES, *follow_up.RULES)),
    ("PACE", pace.RULES),
    ("FLOW", (*flow.RULES, *claimed.RULES)),
    ("ACCESS", access.RULES),
    ("REVIEW", review.RULES),
    ("CLINICAL", (*clinical.RULES, *fitness.RULES, *dose.RULES)),
    ("TRACE", (*trace.RULES, *uncoded.RULES, *corrected.RULES, *fund.RULES, *stock.RULES, *returned.RULES)),
    ("SUPPLY", (*supply.RULES, *prescribed.RULES)),
    ("PROFILE", profile.RULES),
)
RULES: tuple[Rule, ...] = tuple(one for _, rules in FAMILIES for one in rules)
NOT_CHECKED_BEFORE = ("PRESENCE",)


def _by_type(skipped: tuple[str, ...]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for family, rules in FAMILIES:
        for one in rules if family not in skipped else ():
            for type_ in one.on:
                found.setdefault(type_, []).append(one)
    return {type_: tuple(rules) for type_, rules in found.items()}


# Which rules judge a type, in order: made once, so that an act meets only its own.
RULES_BY_TYPE = _by_type(())
RULES_BEFORE_BY_TYPE = _by_type(NOT_CHECKED_BEFORE)
