"""What admission establishes about a submission; everything a contract may know about it.

Facts are built by `contracts.statements.authenticate` from bytes and key records alone and
decide nothing. Rules receive them together with the ledger time and a `read` function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Read: TypeAlias = Callable[[str], "bytes | None"]
"""`read(key)` returns the state value under `key`, or None; it sees the batch's own writes."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A WebAuthn assertion whose bytes verified against the credential's record."""

    credential_id: str  # base64url
    sign_count: int


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature that verified over the payload with the key recorded under `kid`."""

    code: str
    role: str
    kid: str
    presence: Presence | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """An authenticator whose attestation leads to a root that genesis allows."""

    owner: str  # person code
    organisation: str  # whose relying party it is enrolled for
    credential_id: str  # base64url
    public_key: str  # base64url of SPKI DER
    aaguid: str
    sign_count: int


@dataclass(frozen=True, slots=True)
class Facts:
    """An authenticated submission. `signers` is empty only in a check before the act."""

    statement_id: str  # 64 hex: SHA-256 of the payload bytes
    payload: Mapping[str, Json]
    signers: tuple[Signer, ...]
    disclosures: Mapping[str, Json]  # group -> value, opened and matched to `_sd`
    statement: bytes  # as received without disclosures, in the form in which the entry carries it (SPEC §6)
    tags: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """(kind, value) -> keyed tags, newest key first; kind is "people" or "codes" (D7)."""
    credentials: tuple[Credential, ...] = ()
    """What genesis or `registry.authenticator` enrols; () for every other type."""
    certificate_window: tuple[int, int] | None = None
    """First and last millisecond at which the certificate of a `registry.key` is valid."""
    premises: tuple[tuple[str, str, Json], ...] = ()
    """(state key, member, value) of what presence, attestation or certificate were held against."""

    @property
    def type(self) -> str:
        """The statement's type, `<family>.<word>`."""
        return str(self.payload["type"])

    @property
    def organisation(self) -> str:
        """The submitting organisation's code (`iss`, equal to the token's organisation)."""
        return str(self.payload["iss"])


# Where an institution's web identity is missing: in its registration, in nothing that its people signed.
NO_RELYING_PARTY = "registry.organisation/relying_party"


@dataclass(frozen=True, slots=True)
class AdmissionRefusal:
    """A payload of a known type that failed at signatures, presence, signers or disclosures."""

    statement_id: str
    type: str
    organisation: str
    code: str
    signers: tuple[str, ...]  # codes whose signature had verified by then
    pointer: str = ""
