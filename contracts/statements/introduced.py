"""What a statement brings by itself: keys, authenticators, certificates, the log's next key.

Genesis and `registry.key` are signed with keys that stand in their own payload: proof that the
holder has them. Who may enrol whom is judged by rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts import keys as state_keys
from contracts.errors import Rejected
from contracts.facts import Credential, Json
from contracts.statements import base64url, certificate, enrolment, keys, log_key
from contracts.statements.presence import RelyingParty

GENESIS = "governance.genesis"
KEY = "registry.key"
AUTHENTICATOR = "registry.authenticator"
LOG_KEY = "governance.log_key"

State = Callable[[str], "dict[str, Any] | None"]


@dataclass(frozen=True, slots=True)
class Introduced:
    """Credentials whose attestation verified, and the time of a certificate that came along."""

    credentials: tuple[Credential, ...] = ()
    certificate_window: tuple[int, int] | None = None


def keys_of(payload: Mapping[str, Json]) -> dict[str, Mapping[str, str]]:
    """Return kid → key record for the keys in the payload that may sign it.

    The payload's form is not checked yet: what does not look like a key is no key. Raises Rejected
    B64_INVALID where a key's text is not base64url.
    """
    if payload["type"] == KEY:
        return _record(payload.get("subject"), payload.get("role"), payload.get("key"))
    found: dict[str, Mapping[str, str]] = {}
    officers = payload.get("officers")
    if payload["type"] == GENESIS and isinstance(officers, list):
        for officer in officers:
            if isinstance(officer, dict):
                found.update(_record(officer.get("code"), "officer", officer.get("key")))
    return found


def check(payload: Mapping[str, Any], state: State) -> Introduced:
    """Return what a payload of valid form introduces; nothing for most types.

    Raises Rejected: KEY_WEAK, SIG_ALG_*, HUM_*, CERT_*; of the log's next key SIG_AUDIENCE, SIG_INVALID.
    """
    if payload["type"] == GENESIS:
        return _genesis(payload)
    if payload["type"] == AUTHENTICATOR:
        return _authenticator(payload, state)
    if payload["type"] == KEY:
        return _key(payload, state)
    if payload["type"] == LOG_KEY:
        log_key.check(payload["log_vkey"], payload["aud"], payload["possession"])
    return _NOTHING


_NOTHING = Introduced()


def _record(subject: Json, role: Json, key: Json) -> dict[str, Mapping[str, str]]:
    if not (isinstance(subject, str) and isinstance(role, str) and isinstance(key, dict)):
        return {}
    alg, spki = key.get("alg"), key.get("spki")
    if not (isinstance(alg, str) and isinstance(spki, str)):
        return {}
    record = {"subject": subject, "role": role, "alg": alg, "spki": spki}
    return {keys.key_id(subject, base64url.decode(spki, "/key/spki")): record}


def _genesis(payload: Mapping[str, Any]) -> Introduced:
    regulator = payload["regulator"]
    keys.load(regulator["key"]["alg"], base64url.decode(regulator["key"]["spki"]))
    organisation = {"relying_party": regulator["relying_party"]}
    found = []
    for officer in payload["officers"]:
        keys.load(officer["key"]["alg"], base64url.decode(officer["key"]["spki"]))
        for item in officer["authenticators"]:
            found.append(
                _credential(item, officer["code"], regulator["code"], organisation, payload["aud"], payload)
            )
    return Introduced(tuple(found))


def _authenticator(payload: Mapping[str, Any], state: State) -> Introduced:
    organisation = state(state_keys.organisation(payload["organisation"]))
    genesis = state(state_keys.GENESIS) or {}
    credential = _credential(
        payload, payload["person"], payload["organisation"], organisation, payload["aud"], genesis
    )
    return Introduced((credential,))


def _credential(
    item: Mapping[str, str],
    owner: str,
    organisation_code: str,
    organisation: Mapping[str, Any] | None,
    audience: str,
    genesis: Mapping[str, Any],
) -> Credential:
    enrolled = enrolment.verify(
        base64url.decode(item["attestation_object"]),
        base64url.decode(item["client_data_json"]),
        enrolment.challenge(audience, owner),
        RelyingParty.of(organisation),
        enrolment.allowed_roots(genesis),
    )
    return Credential(
        owner,
        organisation_code,
        base64url.encode(enrolled.credential_id),
        base64url.encode(enrolled.public_key_spki),
        enrolled.aaguid,
        enrolled.sign_count,
    )


def _key(payload: Mapping[str, Any], state: State) -> Introduced:
    spki = base64url.decode(payload["key"]["spki"])
    keys.load(payload["key"]["alg"], spki)
    if "certificates" not in payload:
        return _NOTHING
    genesis = state(state_keys.GENESIS) or {}
    licence = state(state_keys.licence(payload["subject"])) or {}
    window = certificate.verify(
        [_der(item) for item in payload["certificates"]],
        [_der(item) for item in genesis.get("certificate_roots", ())],
        payload["subject"],
        {payload["iss"], *licence.get("sites", ())},
        spki,
    )
    return Introduced(certificate_window=window)


def _der(text: str) -> bytes:
    try:
        return base64url.decode(text)
    except Rejected:
        raise Rejected("CERT_CHAIN", "/certificates") from None
