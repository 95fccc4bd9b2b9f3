"""Whether those who signed an accepted statement were allowed to, at its ledger time.

Judges keys, roles, licences, places and presence. The rules about medicine, pace, custody and
trace codes are not judged here; a report says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier import keys
from verifier.acts import ACTS, OFFICER, OFFICIALS, ORGANISATION, OUTLAST_A_ROLE, Act
from verifier.errors import AUTHORITY, VerificationError
from verifier.members import get_text
from verifier.presence import check_presence, signed_message
from verifier.registry import Key, Organisation, Registry
from verifier.statement import Signature, Statement


@dataclass(frozen=True, slots=True)
class Task:
    """A signature still to be checked: the expensive part, apart from the decision to trust it."""

    algorithm: str
    spki: bytes
    signature: bytes
    message: bytes


def authorise(statement: Statement, time: int, registry: Registry) -> list[Task]:
    """Return the signatures that remain to be checked when everything else allows the act.

    Raises VerificationError at the first thing that does not: an unknown key, one outside its
    window, a role, licence or place that does not fit, or missing presence.
    """
    introduced = registry.introduced(statement, time)
    signers = [_signer(item, introduced, registry, time) for item in statement.signatures]
    tasks = [
        Task(key.algorithm, key.spki, item.signature, item.message)
        for key, item in zip(signers, statement.signatures, strict=True)
    ]
    act = ACTS.get(statement.type)
    if act is None:
        return tasks
    if statement.type != "governance.genesis":
        _organisation(statement, act, registry, time)
    for key, item, claimed in zip(signers, statement.signatures, statement.signers, strict=True):
        _role(statement, act, key, claimed, registry)
        if key.role == ORGANISATION and item.kid not in introduced:
            _organisation_key(statement, act, key)
    _controls(statement, act, signers)
    if act.licensed:
        _licences(statement, signers, registry, time)
    return [*tasks, *_presences(statement, act, registry)]


def _signer(item: Signature, introduced: dict[str, Key], registry: Registry, time: int) -> Key:
    key = introduced.get(item.kid) or registry.keys.get(item.kid)
    if key is None:
        raise VerificationError(AUTHORITY, "signed by a key that no earlier entry registered")
    if key.algorithm != item.algorithm:
        raise VerificationError(AUTHORITY, "signed with another algorithm than the key's")
    if time < key.start or (key.end is not None and time > key.end):
        raise VerificationError(AUTHORITY, "signed by a key outside its time of validity")
    if key.revoked is not None and time >= key.revoked:
        raise VerificationError(AUTHORITY, "signed by a revoked key")
    return key


def _organisation(statement: Statement, act: Act, registry: Registry, time: int) -> None:
    organisation = registry.organisations.get(statement.organisation)
    if organisation is None:
        raise VerificationError(AUTHORITY, "submitted by an organisation that is not registered")
    if act.places and organisation.role not in act.places:
        raise VerificationError(AUTHORITY, "submitted by the wrong kind of organisation")
    if act.licensed and not _in_force(organisation, registry.local_day(time)):
        raise VerificationError(AUTHORITY, "the organisation had no licence on that day")


def _in_force(organisation: Organisation, day: int) -> bool:
    first, last = organisation.first_day, organisation.last_day
    return first is not None and last is not None and first <= day <= last


def _role(
    statement: Statement, act: Act, key: Key, claimed: tuple[str, str], registry: Registry
) -> None:
    """Return when the key's role, which the signer claims, may sign this and is not of the past.

    Nobody is registered yet when genesis is judged.
    """
    registered = key.role if key.role == ORGANISATION else registry.people.get(key.subject, key.role)
    outlasts = statement.type in OUTLAST_A_ROLE and key.role not in OFFICIALS
    is_past = key.role != registered and not outlasts
    if (key.subject, key.role) != claimed or key.role not in act.roles or is_past:
        raise VerificationError(AUTHORITY, "a signer's registered role does not allow this")


def _organisation_key(statement: Statement, act: Act, key: Key) -> None:
    """Return when a registered key of an organisation signs for its own readers: it vouches for no key."""
    if not act.organisation:
        raise VerificationError(AUTHORITY, "signed by an organisation instead of a person")
    if key.subject != statement.organisation:
        raise VerificationError(AUTHORITY, "signed with the key of another organisation")


def _controls(statement: Statement, act: Act, signers: list[Key]) -> None:
    if len({key.subject for key in signers}) > act.signers_max:
        raise VerificationError(AUTHORITY, "more people signed than the act may have")
    officers = {key.subject for key in signers if key.role == OFFICER}
    if len(officers) < act.officers_min:
        raise VerificationError(AUTHORITY, "fewer officers signed than the act needs")
    if act.beside and act.beside not in {key.role for key in signers}:
        raise VerificationError(AUTHORITY, "nobody of the second role signed that the act needs")
    payload = statement.payload
    if not {get_text(payload, member) for member in act.named} <= {key.subject for key in signers}:
        raise VerificationError(AUTHORITY, "names somebody who did not sign")
    if statement.type in ("registry.key", "registry.authenticator"):
        name = "subject" if statement.type == "registry.key" else "person"
        _subject_and_voucher(get_text(payload, name), statement, officers)
    if statement.type in ("duty.opened", "duty.closed") and payload.get("site") != statement.organisation:
        raise VerificationError(AUTHORITY, "duty at another place than the submitting pharmacy")


def _subject_and_voucher(subject: str, statement: Statement, officers: set[str]) -> None:
    own = [item.kid for item in statement.signatures if item.subject == subject]
    rotated = statement.type == "registry.key" and len(set(own)) >= 2
    if not own or not (officers - {subject} or rotated):
        raise VerificationError(AUTHORITY, "not signed by both the subject and somebody who vouches")
    if statement.type == "registry.key" and _new_kid(statement) != own[0]:
        raise VerificationError(AUTHORITY, "the new key did not sign its own registration first")


def _new_kid(statement: Statement) -> str:
    from_payload = Registry().introduced(statement, 0)
    return next(iter(from_payload))


def _licences(statement: Statement, signers: list[Key], registry: Registry, time: int) -> None:
    day = registry.local_day(time)
    for key in signers:
        licence = registry.licences.get(key.subject)
        if licence is None or not licence.first_day <= day <= licence.last_day:
            raise VerificationError(AUTHORITY, "a signer had no licence on that day")
        if statement.organisation not in licence.sites:
            raise VerificationError(AUTHORITY, "a signer is not licensed at this place")


def _presences(statement: Statement, act: Act, registry: Registry) -> Iterator[Task]:
    for item in statement.signatures:
        if item.presence is None:
            if act.presence:
                raise VerificationError(AUTHORITY, "no proof that the signer was present")
            continue
        yield _presence(item, statement, registry)


def _presence(item: Signature, statement: Statement, registry: Registry) -> Task:
    presence = item.presence
    organisation = registry.organisations.get(statement.organisation)
    if presence is None or organisation is None or organisation.relying_party is None:
        raise VerificationError(AUTHORITY, "presence: the organisation has no registered site")
    authenticator = registry.authenticators.get(presence.credential_id)
    if authenticator is None or authenticator.revoked or authenticator.person != item.subject:
        raise VerificationError(AUTHORITY, "presence: not by an enrolled authenticator of the signer")
    count = check_presence(presence, statement.id, organisation.relying_party)
    if (count or authenticator.count) and count <= authenticator.count:
        raise VerificationError(AUTHORITY, "presence: the authenticator's counter did not grow")
    authenticator.count = count
    return Task(keys.WEBAUTHN, authenticator.public_key, presence.signature, signed_message(presence))
