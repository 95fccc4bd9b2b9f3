"""Who is who, as the log itself says so far: keys, people, organisations, licences, devices.

Rebuilt from the entries in order. Nothing is taken from the operator: the first officers' keys
stand in genesis, whose leaf the reader pinned, and every later record was signed by an officer.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection
from dataclasses import dataclass, field

from verifier import base64url, keys
from verifier.acts import GENESIS, OFFICER, ORGANISATION
from verifier.attestation import Credential, Root, challenge, check_enrolment
from verifier.certificates import key_window_ms
from verifier.errors import AUTHORITY, FORM, VerificationError
from verifier.log_keys import LogKeys
from verifier.members import (
    Object,
    as_object,
    as_text,
    exactly,
    get_day,
    get_list,
    get_object,
    get_text,
    get_texts,
    get_time_ms,
)
from verifier.presence import RelyingParty
from verifier.statement import Statement


@dataclass(slots=True)
class Key:
    """A registered key and its window in ledger time; `use_indices` and `use_times` are of its entries."""

    subject: str
    role: str
    algorithm: str
    spki: bytes
    start: int
    end: int | None = None
    revoked: int | None = None
    limit: int | None = None  # by `valid_to` and certificates: no later key lengthens it
    use_indices: array[int] = field(default_factory=lambda: array("q"))
    use_times: array[int] = field(default_factory=lambda: array("q"))

    def retire(self, end: int, time: int) -> None:
        """Let a later key end this one; what has ended by `time` stays so, or it would sign again."""
        if self.end is None or self.end >= time:
            self.end = end if self.limit is None else min(end, self.limit)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation; without days (genesis' regulator) it uses no licensed right."""

    role: str
    first_day: int | None
    last_day: int | None
    relying_party: RelyingParty | None


@dataclass(frozen=True, slots=True)
class Licence:
    """Where and when a person may use a professional right."""

    sites: tuple[str, ...]
    first_day: int
    last_day: int


@dataclass(slots=True)
class Authenticator:
    """An enrolled authenticator and the counter last seen from it."""

    person: str
    public_key: bytes
    count: int = 0
    revoked: bool = False


@dataclass(slots=True)
class Registry:
    """The registers as of the entry before. `suspects` grows when a compromise is announced."""

    profile: str = ""
    utc_offset_minutes: int = 0
    log_keys: LogKeys = field(default_factory=LogKeys)
    roots: tuple[Root, ...] = ()
    certificate_roots: tuple[bytes, ...] = ()
    keys: dict[str, Key] = field(default_factory=dict)
    holders: set[str] = field(default_factory=set)  # subjects of these keys
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)  # code to registered role
    licences: dict[str, Licence] = field(default_factory=dict)
    authenticators: dict[str, Authenticator] = field(default_factory=dict)
    rulebooks: set[str] = field(default_factory=set)
    knowledge: set[str] = field(default_factory=set)
    suspects: set[int] = field(default_factory=set)

    def local_day(self, time: int) -> int:
        """Return the local day of a ledger time, counted from 1970-01-01."""
        return (time + self.utc_offset_minutes * 60_000) // 86_400_000

    def introduced(self, statement: Statement, time: int) -> dict[str, Key]:
        """Return the keys that the statement itself brings; it may be signed with them."""
        payload = statement.payload
        if statement.type == GENESIS:
            return dict(_officer_key(item, time) for item in get_list(payload, "officers"))
        if statement.type == "registry.key":
            subject = get_text(payload, "subject")
            key = _key(get_object(payload, "key"), subject, get_text(payload, "role"), time)
            key.limit = key.end = get_time_ms(payload, "valid_to") if "valid_to" in payload else None
            return {keys.kid(subject, key.spki): key}
        return {}

    def apply(self, statement: Statement, time: int) -> None:
        """Take over what a statement changes. It must have been found authorised before."""
        family, _, word = statement.type.partition(".")
        if statement.type == GENESIS:
            self._genesis(statement, time)
        elif statement.type == "governance.log_key":
            self.log_keys.hand_over(statement.payload, time)
        elif family == "governance":
            {"rulebook": self.rulebooks, "knowledge": self.knowledge}.get(word, set()).add(statement.id)
        elif family == "registry":
            self._register(word, statement, time)

    def _register(self, word: str, statement: Statement, time: int) -> None:
        payload = statement.payload
        if word == "organisation":
            self.organisations[get_text(payload, "code")] = _organisation(payload)
        elif word == "person":
            self.people[get_text(payload, "code")] = get_text(payload, "role")
        elif word == "licence":
            first, last = get_day(payload, "valid_from"), get_day(payload, "valid_to")
            self.licences[get_text(payload, "person")] = Licence(get_texts(payload, "sites"), first, last)
        elif word == "key":
            self._add_key(statement, time)
        elif word == "authenticator":
            self._enrol(payload)
        elif word == "revocation":
            self._revoke(payload, time)

    def _add_key(self, statement: Statement, time: int) -> None:
        payload = statement.payload
        if "retires" in payload:
            self._retire(get_object(payload, "retires"), get_text(payload, "subject"), time)
        for kid, key in self.introduced(statement, time).items():
            if kid in self.keys:
                # A second registration would undo a revocation.
                raise VerificationError(AUTHORITY, "a key is registered twice")
            self._check_role(key)
            if "certificates" in payload:
                self._certify(key, payload, time)
            self.keys[kid] = key
            self.holders.add(key.subject)

    def _retire(self, retires: Object, subject: str, time: int) -> None:
        """End an earlier key of the subject; what else is named, the new key too, is left alone."""
        end = max(get_time_ms(retires, "at"), time) if "at" in retires else time
        old = self.keys.get(get_text(retires, "kid"))
        if old is not None and old.subject == subject:
            old.retire(end, time)

    def _check_role(self, key: Key) -> None:
        """Return when the key is of the role in which its subject is registered: it signs in that one."""
        if key.role == ORGANISATION:
            is_registered = key.subject in self.organisations
        else:
            is_registered = self.people.get(key.subject) == key.role
        if not is_registered:
            raise VerificationError(AUTHORITY, "a key in a role in which nobody of that code is registered")

    def _certify(self, key: Key, payload: Object, time: int) -> None:
        """Let the key end with its certificates, which prove it and are valid now."""
        licence = self.licences.get(key.subject)
        first, last = key_window_ms(
            [base64url.decode(one) for one in get_texts(payload, "certificates")],
            self.certificate_roots,
            key.subject,
            {get_text(payload, "iss"), *(licence.sites if licence else ())},
            key.spki,
        )
        if not first <= time <= last:
            raise VerificationError(AUTHORITY, "a key's certificates are not valid at that time")
        key.limit = key.end = last if key.limit is None else min(key.limit, last)

    def _enrol(self, payload: Object) -> None:
        organisation = self.organisations.get(get_text(payload, "organisation"))
        if organisation is None or organisation.relying_party is None:
            raise VerificationError(AUTHORITY, "an authenticator is enrolled at a place without a site")
        person = get_text(payload, "person")
        origin = get_text(payload, "aud")
        self._add_authenticator(
            person, enrolment(payload, origin, person, organisation.relying_party, self.usable_roots())
        )

    def _add_authenticator(self, person: str, credential: Credential) -> None:
        if credential.id in self.authenticators:
            raise VerificationError(AUTHORITY, "an authenticator is enrolled twice")
        self.authenticators[credential.id] = Authenticator(person, credential.public_key)

    def usable_roots(self) -> list[Root]:
        """Return the attestation roots of this profile: a sandbox root vouches for no real device."""
        return [root for root in self.roots if self.profile == "sandbox" or not root.sandbox]

    def _revoke(self, payload: Object, time: int) -> None:
        if "credential_id" not in payload and "kid" not in payload:
            raise VerificationError(AUTHORITY, "a revocation of nothing")
        if "compromised_from" in payload:
            get_time_ms(payload, "compromised_from")
        if "credential_id" in payload:
            authenticator = self.authenticators.get(get_text(payload, "credential_id"))
            if authenticator is None:
                raise VerificationError(AUTHORITY, "revokes an authenticator that was never enrolled")
            authenticator.revoked = True
        if "kid" in payload:
            self._revoke_key(payload, time)

    def _revoke_key(self, payload: Object, time: int) -> None:
        key = self.keys.get(get_text(payload, "kid"))
        if key is None:
            raise VerificationError(AUTHORITY, "revokes a key that was never registered")
        key.revoked = time if key.revoked is None else key.revoked
        given = "compromised_from" in payload
        if given or get_text(payload, "reason") == "compromise":
            start = get_time_ms(payload, "compromised_from") if given else key.start
            uses = zip(key.use_indices, key.use_times, strict=True)
            self.suspects.update(index for index, used in uses if used >= start)

    def _genesis(self, statement: Statement, time: int) -> None:
        payload = statement.payload
        self.profile = get_text(payload, "profile")
        self.log_keys.begin(payload)
        self.roots = tuple(_root(item) for item in get_list(payload, "attestation_roots"))
        roots = get_texts(payload, "certificate_roots")
        self.certificate_roots = tuple(base64url.decode(one) for one in roots)
        offset = payload.get("utc_offset_minutes")
        if isinstance(offset, bool) or not isinstance(offset, int) or not -840 <= offset <= 840:
            raise VerificationError(FORM, "utc_offset_minutes is out of range")
        self.utc_offset_minutes = offset
        officers = self.introduced(statement, time)
        self.people = {key.subject: OFFICER for key in officers.values()}
        if len(self.people) < len(get_list(payload, "officers")):
            raise VerificationError(AUTHORITY, "genesis names an officer twice")
        self.keys.update(officers)
        regulator = get_object(payload, "regulator")
        code = get_text(regulator, "code")
        if statement.organisation != code:
            raise VerificationError(AUTHORITY, "genesis was not submitted by the regulator that it names")
        key = _key(get_object(regulator, "key"), code, ORGANISATION, time)
        self.keys[keys.kid(code, key.spki)] = key
        self.holders.update(one.subject for one in self.keys.values())
        site = relying_party(get_object(regulator, "relying_party"))
        self.organisations[code] = Organisation("regulator", None, None, site)
        self._genesis_officers(payload, site)

    def _genesis_officers(self, payload: Object, site: RelyingParty) -> None:
        origin = get_text(payload, "aud")
        for item in get_list(payload, "officers"):
            officer = as_object(item, "officers")
            code = get_text(officer, "code")
            for device in get_list(officer, "authenticators"):
                members = as_object(device, "authenticators")
                self._add_authenticator(code, enrolment(members, origin, code, site, self.usable_roots()))


def enrolment(
    members: Object, origin: str, person: str, site: RelyingParty, roots: Collection[Root]
) -> Credential:
    """Return the credential that an authenticator's record enrols; see `check_enrolment`."""
    return check_enrolment(
        base64url.decode(get_text(members, "attestation_object")),
        base64url.decode(get_text(members, "client_data_json")),
        challenge(origin, person),
        site,
        roots,
    )


def relying_party(members: Object) -> RelyingParty:
    """Return the site in `members`. Raises VerificationError unless it has exactly the form of a SITE."""
    exactly(members, ("id", "origins"))
    name, origins = get_text(members, "id"), get_texts(members, "origins")
    is_listed = 1 <= len(origins) <= 20 and all(1 <= len(origin) <= 300 for origin in origins)
    if not 1 <= len(name) <= 253 or not is_listed:
        raise VerificationError(FORM, "a relying party is malformed")
    return RelyingParty(name, origins)


def _organisation(payload: Object) -> Organisation:
    site = relying_party(get_object(payload, "relying_party")) if "relying_party" in payload else None
    first, last = get_day(payload, "valid_from"), get_day(payload, "valid_to")
    return Organisation(get_text(payload, "role"), first, last, site)


def _officer_key(value: object, time: int) -> tuple[str, Key]:
    if not isinstance(value, dict):
        raise VerificationError(FORM, "officers is not a list of objects")
    code = get_text(value, "code")
    key = _key(get_object(value, "key"), code, OFFICER, time)
    return keys.kid(code, key.spki), key


def _key(members: Object, subject: str, role: str, time: int) -> Key:
    algorithm, spki = get_text(members, "alg"), base64url.decode(get_text(members, "spki"))
    keys.check_key(algorithm, spki)
    return Key(subject, role, algorithm, spki, time)


def _root(value: object) -> Root:
    if not isinstance(value, dict):
        raise VerificationError(FORM, "attestation_roots is not a list of objects")
    sandbox = value.get("sandbox")
    if not isinstance(sandbox, bool):
        raise VerificationError(FORM, "sandbox is not true or false")
    certificate = base64url.decode(as_text(value.get("certificate"), "certificate"))
    return Root(get_text(value, "aaguid"), certificate, sandbox)
