"""What a contract answers: a verdict, and writes as data. Hosts apply it; nobody else decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["accepted", "held", "refused", "replayed"]
Strength = Literal["refuse", "hold", "flag"]


@dataclass(frozen=True, slots=True)
class Context:
    """Ledger time in milliseconds, and whether this only asks beforehand (nothing is written)."""

    time_ms: int
    check: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that did not hold. `facts` may enter the log; `told` goes to the caller alone."""

    rule: str
    version: int
    code: str
    class_: str
    strength: Strength
    facts: Mapping[str, int | str] = field(default_factory=dict)
    told: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """`entry` and `leaf` are None where nothing is appended; `codes` begins with the decisive one.

    `writes` are whole values by state key, those of the host (`pub/leaf`, `pub/head`) included.
    `data_key` names the key under which the disclosures are encrypted. `outlook` is what a check before
    the act tells about the drugs' days (contracts/outlook.py).
    """

    outcome: Outcome
    codes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    entry: bytes | None = None
    leaf: str | None = None
    chain: str | None = None
    writes: tuple[tuple[str, bytes], ...] = ()
    data_key: str = ""
    outlook: tuple[Mapping[str, int | str], ...] = ()
