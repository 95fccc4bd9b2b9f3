"""The contracts as the ledger sees them: five functions, replaceable in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import isfunction

from contracts.decision import Context, Decision
from contracts.facts import AdmissionRefusal, Facts, Json, Read


@dataclass(frozen=True, slots=True)
class Contract:
    """What decides. All are pure; only what they answer is stored."""

    execute: Callable[[Facts, Context, Read], Decision]
    record_refusal: Callable[[AdmissionRefusal, Context, Read], Decision]
    tagged_values: Callable[[Mapping[str, Json]], Iterable[tuple[str, str]]]
    admit: Callable[[bytes, Read], tuple[Facts, tuple[str, ...]]]
    """Body of a submission -> its facts and disclosures as received."""
    foreseen: Callable[[Facts | AdmissionRefusal], Iterable[str]] = lambda _: ()
    """Public keys that a decision will read and that mostly hold nothing: looked up for a group at once."""


def product() -> Contract:
    """Return the product's own contracts."""
    # Imported here so that a ledger of test contracts does not need those of the product.
    import contracts
    from contracts.statements import submission
    from contracts.statements.authenticate import authenticate
    from contracts.tagging import tagged_values

    def admit(body: bytes, read: Read) -> tuple[Facts, tuple[str, ...]]:
        parsed = submission.parse(body)
        return authenticate(parsed, read), parsed.disclosures

    return Contract(contracts.execute, contracts.record_refusal, tagged_values, admit, contracts.foreseen)


def form() -> str:
    """Return how the product's contracts run here: "interpreted", or "compiled" (`make compiled`)."""
    import contracts

    return "interpreted" if isfunction(contracts.execute) else "compiled"
