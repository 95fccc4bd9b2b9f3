"""The form of a rule: one function, one id, and everything that is said about it, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contracts.act import Act
from contracts.decision import Strength


class Failed(Exception):
    """A rule does not hold. `facts` may enter the log; `told` reaches the submitter alone."""

    def __init__(self, told: Mapping[str, int | str] | None = None, **facts: int | str) -> None:
        super().__init__("rule failed")
        self.told = told or {}
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` returns when the rule holds or cannot be judged here, and raises Failed else."""

    id: str
    code: str
    strength: Strength
    on: tuple[str, ...]
    check: Callable[[Act], None]
    sources: str
    parameters: tuple[str, ...]
    en: str
    zh: str
    version: int = 1


# Every rule by its id, whole once `contracts.rules` is imported: a rule about rules asks here, because the
# families themselves are put together from it.
DECLARED: dict[str, Rule] = {}


def rule(
    id: str,
    code: str,
    on: tuple[str, ...],
    *,
    en: str,
    zh: str,
    sources: str,
    strength: Strength = "refuse",
    parameters: tuple[str, ...] = (),
    version: int = 1,
) -> Callable[[Callable[[Act], None]], Rule]:
    """Turn a check into a Rule. `on` names the statement types that it judges."""

    def declare(check: Callable[[Act], None]) -> Rule:
        made = Rule(id, code, strength, on, check, sources, parameters, en, zh, version)
        DECLARED[id] = made
        return made

    return declare
