"""RULES.md, made from the rules themselves: `python -m contracts.rules.catalogue > contracts/RULES.md`."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from contracts import credit, lifecycle_text
from contracts.codes import ACCUSING, CODES
from contracts.codes.proposals import PROPOSALS
from contracts.groups import EVERY
from contracts.parameters import COUNTS, DEFAULTS, unit_of
from contracts.rules import FAMILIES, RULES, coverage, law
from contracts.rules.base import Rule
from contracts.rules.trial import NEVER, may_be_tried

_HEAD = """# Rules

Made from the rules themselves by `python -m contracts.rules.catalogue`; a test fails when this page
differs. Sources: S1–S70 systems, measures and cases of the founding documents; R1–R28 prescription
law; T1–T17 supervision thresholds; § trace codes and the catalogue of bad inputs (`T`, `J`, … rows).

- **One rule** is one function with one id in one family's module. Families, and the rules inside a
  family, stand in the order in which their verdicts decide: the first refusal is the decisive code.
- **Strength**: `refuse` refuses, `hold` waits, `flag` is committed with the statement.
- **Class**: VIOLATION and SUSPICION name somebody; DATA_QUALITY and NOTICE accuse nobody.
- **Parameters** come from the rulebook on the ledger; the defaults below hold until it says otherwise.
- **Tests** stand below each rule: refused and allowed; boundary, where it has a limit; look-alike (an honest
  act that resembles what it refuses), where it accuses somebody. `tests/contracts/test_every_rule_speaks.py`
  runs each with the rule gone and with the rule speaking always: one that stays green is not named here.
- **What rules find and whom they leave alone**: measured over a generated year in
  [api/province/README.md](../api/province/README.md).
- **New software on an old ledger**: rules have versions and no dates, so all of them judge from the restart
  on, by the rulebook in force; defaults of new parameters hold. What is to be tried first, and may be
  (OFFICE-9), goes into `shadow_rules`: only what the software knows can be named there, so this rulebook is
  the first entry after the restart. An entry names id and version of each rule that spoke. `rx replay`
  judges by the software it is run with: entries of before differ where a newer rule or version speaks, or an
  older one no longer does; the software of their day gives their bytes. What newer software remembers
  otherwise begins with the restart: purchases are kept by substance, those kept by code before are not looked
  for. Parameters, drugs and areas have dates: see OFFICE-2.
- **A further rule**: see the docstring of `contracts/rules/__init__.py`.
"""

# Tests of a rule (proofs.csv): it speaks, it is asked and silent, both sides of its limit, and an honest act
# that resembles what it refuses.
KINDS = ("refused", "allowed", "boundary", "look_alike")
# `access_s` is how long a reading that ACCESS-1 allows stays open: no limit of the rule itself.
WITHOUT_LIMIT = frozenset({"ACCESS-1"})
# Limits that are no parameter: nothing, as many as were sold, what is left in a pack.
WITH_LIMIT = frozenset({"CLINICAL-1", "FLOW-11", "FLOW-12", "TRACE-3", "TRACE-10"})


@cache
def _named(table: str) -> tuple[Mapping[str, str], ...]:
    with Path(__file__).with_name(table).open(encoding="utf-8", newline="") as rows:
        return tuple(csv.DictReader(rows))


def proofs() -> Mapping[str, Mapping[str, str]]:
    """Return by rule id the name of its test by kind, "" where there is none."""
    return {row["rule"]: row for row in _named("proofs.csv")}


def checks() -> tuple[Mapping[str, str], ...]:
    """Return of each row S1-S70 that works its check in short, and the names of the tests that show it."""
    return _named("rows.csv")


def needed(rule: Rule) -> tuple[str, ...]:
    """Return the kinds that a rule cannot go without: a limit has a boundary, an accusation look-alikes."""
    counts = rule.id not in WITHOUT_LIMIT and any(unit_of(name) in COUNTS for name in rule.parameters)
    limited = counts or rule.id in WITH_LIMIT
    accuses = CODES[rule.code].class_ in ACCUSING
    free = {*(() if limited else ("boundary",)), *(() if accuses else ("look_alike",))}
    return tuple(kind for kind in KINDS if kind not in free)


def lines() -> Iterator[str]:
    """Yield the page's lines."""
    yield from _HEAD.splitlines()
    for family, rules in FAMILIES:
        yield from ("", f"## {family}", "", "| rule | strength | code | class | on | sources | parameters |")
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        yield from (_row(rule) for rule in rules)
        yield ""
        for rule in rules:
            yield f"- **{rule.id}** {rule.en}"
            yield f"  {rule.zh}"
            yield from _tests(rule)
    yield from _life_cycle()
    yield from _points()
    yield from _trials()
    yield from _proposals()
    yield from _parameters()
    yield from ("", *coverage.section("S1-S70", coverage.COVERAGE))
    yield from _checks()
    yield from ("", *coverage.section("R1-R28 and T1-T17", law.LAW))


def _row(rule: Rule) -> str:
    types = "every type" if rule.on == EVERY else ", ".join(f"`{type_}`" for type_ in rule.on)
    parameters = ", ".join(f"`{name}`" for name in rule.parameters)
    class_ = CODES[rule.code].class_
    return (
        f"| {rule.id} v{rule.version} | {rule.strength} | {rule.code} | {class_} | {types} "
        f"| {rule.sources} | {parameters} |"
    )


def _tests(rule: Rule) -> Iterator[str]:
    names = proofs().get(rule.id, {})
    shown = [f"{kind.replace('_', '-')} `{names[kind]}`" for kind in KINDS if names.get(kind)]
    if shown:
        yield f"  Tests: {', '.join(shown)}."


def _checks() -> Iterator[str]:
    yield from ("", "The check of each row that works, and the tests that show it:", "")
    for row in checks():
        yield f"- **{row['row']}** {row['check']}: {', '.join(f'`{name}`' for name in row['tests'].split())}."


def _life_cycle() -> Iterator[str]:
    yield from ("", "## Life cycle", "")
    yield from lifecycle_text.lines()


def _points() -> Iterator[str]:
    yield from ("", "## Points", "")
    yield "A score names its offence and how much of the responsibility its subject bears. Points by default,"
    yield "from the fewest to the most that one case may bring (`score_band_points_max` moves the bands):"
    yield from ("", "| offence | general | important | main |", "| --- | --- | --- | --- |")
    given = DEFAULTS["score_band_points_max"]
    ends = [str(end) for end in given] if isinstance(given, list) else []
    for kind in credit.KINDS:
        bands = (credit.band(kind, share, ends) for share in credit.RESPONSIBILITIES)
        yield f"| {kind} | {' | '.join(f'{low}-{high}' for low, high in bands)} |"


def _trials() -> Iterator[str]:
    allowed = may_be_tried()
    yield from ("", "## On trial", "", "A rulebook may put these on trial (`shadow_rules`, OFFICE-9):")
    yield ", ".join(rule.id for rule in RULES if rule.id in allowed) + "."
    yield from ("", "Never these, although a switch is theirs, or their family may be:", "")
    yield from (f"- **{name}** {why}." for name, why in NEVER.items())


def _proposals() -> Iterator[str]:
    yield from ("", "## What is proposed", "")
    yield "A refusal for data alone names the field; these members of `facts` propose its correction, to the"
    yield "sender alone. A person confirms it."
    yield from ("", "| code | members | proposal, or why there is none |", "| --- | --- | --- |")
    for code, told in PROPOSALS.items():
        members = ", ".join(f"`{name}`" for name in told.members)
        yield f"| {code} | {members} | {told.en} {told.zh} |"


def _parameters() -> Iterator[str]:
    yield from ("", "## Parameters", "")
    yield from ("| parameter | default | unit | rules |", "| --- | --- | --- | --- |")
    for name, default in DEFAULTS.items():
        users = [rule.id for _, rules in FAMILIES for rule in rules if name in rule.parameters]
        text = ", ".join(str(item) for item in default) if isinstance(default, list) else str(default)
        yield f"| `{name}` | {text} | {unit_of(name)} | {', '.join(users) or 'host'} |"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write("\n".join(lines()) + "\n")
