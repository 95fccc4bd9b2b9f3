"""Keys and software authenticators of the cast, made on first use and kept in one folder.

The officers' keys, the regulator's key and the root of the sandbox's authenticators are those
that `rx init` made; everybody else's belong to the sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.client.attestation import AttestationRoot
from api.client.authenticator import SoftwareAuthenticator
from api.client.http import AccessKey, Client
from api.client.signing import Person, PrivateKey, generate
from api.sandbox import registry
from api.sandbox.day import ALGORITHMS
from contracts.facts import Json
from contracts.statements import enrolment, sm2

ES256, SM2 = ALGORITHMS


class KeyRing:
    """Signs for everybody of the cast. `founders` is the folder of keys that `rx init` made."""

    def __init__(self, folder: Path, founders: Path, cast: Mapping[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._founders = founders
        self._officers = [each["code"] for each in cast["regulator"]["officers"]]
        self._people = {each["code"]: each for each in cast.get("people", [])}
        self._organisations = {each["code"] for each in (cast["regulator"], *cast.get("organisations", []))}
        self._keys: dict[str, PrivateKey] = {}
        self._authenticators: dict[tuple[str, str], SoftwareAuthenticator] = {}
        self._root: AttestationRoot | None = None

    def without_sm2(self) -> list[str]:
        """Return who ought to sign with SM2-SM3 but signs with ES256: this machine has no SM2."""
        wanted = [code for code, each in self._people.items() if each.get("keyAlgorithm") == SM2]
        return [] if sm2.available() else wanted

    def person(self, code: str, organisation: str) -> Person:
        """Return a member of the cast as they sign at `organisation`.

        Somebody who is not of the cast signs too, with a key that no ledger knows. An institution can sign,
        but confirms nothing: no authenticator is anybody's but a person's.
        """
        role = self._role(code)
        confirms = organisation and role != "organisation"
        held = self._authenticator(code, organisation) if confirms else None
        return Person(code, role, self._key(code), held)

    def organisation(self, code: str) -> Person:
        """Return an organisation as it proves possession of its key for tokens."""
        return Person(code, "organisation", self._key(code))

    def officers(self) -> list[Person]:
        """Return the regulator's officers in the order of the cast."""
        return [self.person(code, "") for code in self._officers]

    def pinned(self) -> dict[str, Json]:
        """Return the people's public keys by kid, as a reader's trust file may pin them."""
        return {self._key(code).kid(code): self._key(code).public() for code in self._people}

    def client(self, address: str, organisation: str) -> Client:
        """Return a client that asks for tokens as `organisation`."""
        key = self._key(organisation)
        return Client(address, organisation, AccessKey(key.kid(organisation), key.alg, key.sign))

    def attestation(self, code: str, organisation: str, audience: str) -> dict[str, Json]:
        """Return what enrols a person's authenticator for an organisation's site."""
        if self._root is None:
            self._root = AttestationRoot.load(self._founders / "attestation-root.json")
        challenge = enrolment.challenge(audience, code)
        return self._authenticator(code, organisation).enrol(challenge, self._root).members()

    def _role(self, code: str) -> str:
        if code in self._officers:
            return "officer"
        if code in self._organisations:
            return "organisation"
        return str(self._people.get(code, {}).get("role", "doctor"))

    def _key(self, code: str) -> PrivateKey:
        if code not in self._keys:
            self._keys[code] = self._kept_key(code)
        return self._keys[code]

    def _kept_key(self, code: str) -> PrivateKey:
        for path in (self._founders / f"{code}.json", self._folder / f"{code}.json"):
            if path.is_file():
                return PrivateKey.load(path)
        wanted = str(self._people.get(code, {}).get("keyAlgorithm") or ES256)
        key = generate(ES256 if wanted == SM2 and not sm2.available() else wanted)
        key.save(self._folder / f"{code}.json")
        return key

    def _authenticator(self, code: str, organisation: str) -> SoftwareAuthenticator:
        held = self._authenticators.get((code, organisation))
        if held is None:
            path = self._folder / f"{code}@{organisation}.json"
            held = SoftwareAuthenticator.load(path) if path.is_file() else _new(organisation, path)
            self._authenticators[code, organisation] = held
        return held


def _new(organisation: str, path: Path) -> SoftwareAuthenticator:
    host = registry.host(organisation)
    made = SoftwareAuthenticator(host, f"https://{host}", path=path)
    made.save(path)
    return made
