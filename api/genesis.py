"""Entry 0: the statement by which two officers found a ledger (interface §2).

Everything a reader needs to judge later entries begins here: whose log it is, which officers may
register others, which models of authenticator are believed. Readers pin its leaf hash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.client.signing import Person, build
from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements import base64url
from contracts.statements.schema import validate
from contracts.types import TYPES

TYPE = "governance.genesis"
OFFICERS_MIN = 2
SANDBOX, PRODUCTION = "sandbox", "production"


class GenesisError(ValueError):
    """What was given makes no genesis statement; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class AttestationRoot:
    """A certificate that vouches for one model of authenticator; a sandbox one only in the sandbox."""

    aaguid: str
    certificate: bytes  # DER
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Regulator:
    """The organisation whose officers found the ledger; its key signs for tokens only."""

    code: str
    name: str
    alg: str
    spki: bytes
    relying_party_id: str
    relying_party_origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer who signs; `enrolments` are {"attestation_object", "client_data_json"} in base64url."""

    person: Person
    enrolments: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Foundation:
    """What the ledger is and whom it believes; fixed for its lifetime."""

    origin: str
    profile: str
    log_vkey: str
    tag_keys: Mapping[
        str, str
    ]  # kind ("people", "codes") -> key id; the keys themselves never leave the host
    attestation_roots: tuple[AttestationRoot, ...] = ()
    certificate_roots: tuple[bytes, ...] = ()
    utc_offset_minutes: int = 480


def build_genesis(
    foundation: Foundation, regulator: Regulator, officers: Sequence[Officer], time_s: int
) -> bytes:
    """Return the signed submission of entry 0, claimed for `time_s`.

    Raises GenesisError for fewer than two officers, one officer or key twice, a sandbox root in a
    production ledger, or a member that has not its form.
    """
    _check(foundation, officers)
    members = _members(foundation, regulator, officers)
    for name, kind in TYPES[TYPE].members.items():
        try:
            validate(members[name], kind, f"/{name}")
        except Rejected as error:
            raise GenesisError(f"{error.pointer} has not the form it needs ({error.code})") from error
    return build(
        TYPE,
        members,
        {},
        iss=regulator.code,
        aud=foundation.origin,
        iat=time_s,
        signers=[officer.person for officer in officers],
    )


def _check(foundation: Foundation, officers: Sequence[Officer]) -> None:
    if len(officers) < OFFICERS_MIN:
        raise GenesisError("a genesis needs two officers, so that nobody founds a ledger alone")
    codes = {officer.person.code for officer in officers}
    keys = {officer.person.key.spki for officer in officers}
    if len(codes) != len(officers) or len(keys) != len(officers):
        raise GenesisError("an officer or an officer's key stands twice")
    if foundation.profile == PRODUCTION and any(root.sandbox for root in foundation.attestation_roots):
        raise GenesisError("a production ledger believes no sandbox authenticator")


def _members(foundation: Foundation, regulator: Regulator, officers: Sequence[Officer]) -> dict[str, Json]:
    return {
        "log_vkey": foundation.log_vkey,
        "profile": foundation.profile,
        "regulator": {
            "code": regulator.code,
            "name": regulator.name,
            "key": _key(regulator.alg, regulator.spki),
            "relying_party": {
                "id": regulator.relying_party_id,
                "origins": [*regulator.relying_party_origins],
            },
        },
        "officers": [_officer(officer) for officer in officers],
        "tag_keys": dict(foundation.tag_keys),
        "attestation_roots": [
            {
                "aaguid": root.aaguid,
                "certificate": base64url.encode(root.certificate),
                "sandbox": root.sandbox,
            }
            for root in foundation.attestation_roots
        ],
        "certificate_roots": [base64url.encode(root) for root in foundation.certificate_roots],
        "utc_offset_minutes": foundation.utc_offset_minutes,
    }


def _officer(officer: Officer) -> Json:
    return {
        "code": officer.person.code,
        "key": _key(officer.person.key.alg, officer.person.key.spki),
        "authenticators": [dict(enrolment) for enrolment in officer.enrolments],
    }


def _key(alg: str, spki: bytes) -> dict[str, Json]:
    return {"alg": alg, "spki": base64url.encode(spki)}
