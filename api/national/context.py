"""What an adapter needs beside the message: configuration, the people who sign, three look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from contracts.facts import Json


@dataclass(frozen=True, slots=True)
class ConsultationLink:
    """A consultation on the ledger: the id of its opening, the leaf of its close if there is one."""

    consultation: str
    closed_leaf: str | None


class Lookups(Protocol):
    """The ledger's answers to a message's own numbers (`POST /v1/…:lookup`)."""

    def prescription(self, numbers: Mapping[str, str]) -> str:
        """Return the rx for {"hiRxno"|"hospRxno"|"mdtrtId": number}. Raises Problem when unknown."""

    def consultation(self, encounter: str) -> ConsultationLink | None:
        """Return the consultation of `encounter` at this institution, None when there is none."""

    def duty(self, pharmacist: str) -> str | None:
        """Return the leaf of the pharmacist's last duty entry, None when there is none."""

    def person(self, certificate_number: str) -> str | None:
        """Return the code of the registered person with this certificate number, if known."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Value sets that no national text fixes: each province configures its own."""

    utc_offset_minutes: int = 480
    # The national code of each of the institution's own, and of itself; empty: messages have national codes.
    drug_codes: Mapping[str, str] = field(default_factory=dict)
    review_codes: Mapping[str, str] = field(
        default_factory=lambda: {"1": "approved", "0": "refused", "2": "refused"}
    )
    delivery_codes: Mapping[str, str] = field(
        default_factory=lambda: {
            "0": "delivery.handed_over",
            "1": "delivery.handed_over",
            "2": "delivery.handed_over",
            "3": "delivery.received",
            "4": "delivery.failed",
        }
    )


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one conversion. `signers` are the codes of those who sign; "" is any sender."""

    lookups: Lookups
    signers: tuple[str, ...] = ()
    profile: Profile = field(default_factory=Profile)
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that is ready to be signed, without iss, aud, jti and signers."""

    type: str
    members: dict[str, Json]
    disclosures: dict[str, Json]
    claimed_time_s: int | None = None
    corrects: str | None = None  # the refused statement whose ticket this one closes


def present(**members: Json) -> dict[str, Json]:
    """Return the members that are not None."""
    return {name: value for name, value in members.items() if value is not None}
