"""The form of a row in the table of statement types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.statements.schema import Kind


@dataclass(frozen=True, slots=True)
class StatementType:
    """`groups` maps a disclosure group to its form; a name that ends in `?` may be undisclosed.

    The number of digests in `_sd` is always `len(groups)`; decoys stand for absent groups.
    `roles` are the roles that may sign, one tuple per position; the last one repeats. From
    `signers_min` to `signers_max` people sign.
    """

    members: Mapping[str, Kind]
    roles: tuple[tuple[str, ...], ...]
    groups: Mapping[str, Kind] = field(default_factory=dict)
    signers_min: int = 1
    signers_max: int = 8
    presence: bool = False

    @property
    def digests(self) -> int:
        """How many digests `_sd` holds in a statement of this type."""
        return len(self.groups)
