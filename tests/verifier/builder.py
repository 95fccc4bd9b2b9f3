"""A small ledger of the tests' own, so that the verifier is not judged by the writer it judges."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.verifier.kit import (
    AAGUID,
    AAGUID_TEXT,
    ECDSA,
    ORIGIN,
    START_MS,
    Authenticator,
    Maker,
    NoteSigner,
    Person,
    cbor,
    compact,
    inclusion,
    root_hash,
    spki,
)
from verifier.acts import DIGESTS
from verifier.base64url import encode

__all__ = [
    "AAGUID",
    "AAGUID_TEXT",
    "ECDSA",
    "ORIGIN",
    "START_MS",
    "Authenticator",
    "LogBuilder",
    "Maker",
    "NoteSigner",
    "Person",
    "cbor",
    "compact",
    "inclusion",
    "root_hash",
    "spki",
]

SITE = {"id": "hospital.example", "origins": ["https://hospital.example"]}


class LogBuilder:
    """Appends entries and writes the folder and trust file of a log that is in order."""

    def __init__(self) -> None:
        self.time = START_MS
        self.entries: list[bytes] = []
        self.leaves: list[bytes] = []
        self.log = NoteSigner(ORIGIN, 1, 1)
        self.witnesses = [NoteSigner("witness.example/w1", 2, 4), NoteSigner("witness.example/w2", 3, 4)]
        self.maker = Maker()
        self.officers = [Person("OFF1", "officer"), Person("OFF2", "officer")]
        self.regulator = Person("REG", "organisation")
        self.serial = 0

    def statement(
        self, type_: str, members: dict[str, Any], signers: list[Person], **knobs: Any
    ) -> dict[str, Any]:
        self.serial += 1
        payload = {
            "iss": knobs.get("iss", "REG"),
            "aud": knobs.get("aud", ORIGIN),
            "jti": encode(self.serial.to_bytes(16, "big")),
            "iat": self.time // 1000,
            "type": type_,
            "signers": [{"code": person.code, "role": person.role} for person in signers],
            "_sd": self.digests(type_),
            "_sd_alg": "sha-256",
            **members,
        }
        payload.update(knobs.get("payload", {}))
        data = compact(payload)
        self.last_id = sha256(data).hexdigest()
        elements = []
        for person in signers:
            protected = encode(compact({"alg": person.alg, "kid": person.kid, "typ": "rx-statement+jws"}))
            message = protected.encode() + b"." + encode(data).encode()
            element: dict[str, Any] = {"protected": protected, "signature": encode(person.sign(message))}
            if knobs.get("presence") and person.authenticator:
                element["header"] = {
                    "presence": person.authenticator.assertion(self.last_id, **knobs.get("assertion", {}))
                }
            elements.append(element)
        return {"payload": encode(data), "signatures": elements}

    def append(self, entry: dict[str, Any]) -> bytes:
        data = compact(entry)
        self.entries.append(data)
        self.leaves.append(sha256(b"\x00" + data).digest())
        return self.leaves[-1]

    def add(
        self,
        type_: str,
        members: dict[str, Any],
        signers: list[Person],
        prev: bytes | None = None,
        **knobs: Any,
    ) -> tuple[str, bytes]:
        """Append an accepted statement; return its id and leaf."""
        statement = self.statement(type_, members, signers, **knobs)
        self.time += 1000
        entry: dict[str, Any] = {
            "statement": statement,
            "time": knobs.get("time", self.time),
            "verdict": {"flags": knobs.get("flags", []), "outcome": "accepted"},
        }
        if prev is not None:
            entry["prev"] = prev.hex()
        identifier = self.last_id
        return identifier, self.append(entry)

    def digests(self, type_: str) -> list[str]:
        """As many digests as the type has, of this statement alone."""
        texts = (f"{self.serial} {number}" for number in range(DIGESTS.get(type_, 0)))
        return sorted(encode(sha256(text.encode()).digest()) for text in texts)

    def refuse(self, *codes: str, actor: str = "HOS", **members: Any) -> bytes:
        refused = {"actor": actor, "codes": list(codes), "digest": "ab" * 32, "type": "prescription.issued"}
        refused.update(members)
        return self.append({"refused": refused, "time": self.time})

    def genesis(self, iss: str = "REG", **changed: Any) -> None:
        self.add(
            "governance.genesis",
            {
                "log_vkey": self.log.vkey,
                "profile": "sandbox",
                "regulator": {
                    "code": "REG",
                    "name": "Regulator",
                    "key": self.regulator.public,
                    "relying_party": {"id": "reg.example", "origins": ["https://reg.example"]},
                },
                "officers": [
                    {"code": person.code, "key": person.public, "authenticators": []}
                    for person in self.officers
                ],
                "tag_keys": {"people": "00000000", "codes": "00000000"},
                "attestation_roots": [
                    {"aaguid": AAGUID_TEXT, "certificate": encode(self.maker.der), "sandbox": True}
                ],
                "certificate_roots": [],
                "utc_offset_minutes": 480,
                **changed,
            },
            self.officers,
            iss=iss,
        )

    def organisation(self, code: str, role: str, **knobs: Any) -> None:
        members = {
            "code": code,
            "name": code,
            "role": role,
            "valid_from": "2025-01-01",
            "valid_to": "2030-12-31",
            "relying_party": SITE,
            **knobs,
        }
        self.add("registry.organisation", members, [self.officers[0]])

    def person(self, person: Person, site: str, **licence: Any) -> None:
        officer = self.officers[0]
        self.add("registry.person", {"code": person.code, "role": person.role}, [officer])
        self.add(
            "registry.key",
            {"subject": person.code, "role": person.role, "key": person.public},
            [person, officer],
        )
        members = {
            "person": person.code,
            "licence": "L1",
            "sites": [site],
            "scope": [],
            "valid_from": "2025-01-01",
            "valid_to": "2030-12-31",
            **licence,
        }
        self.add("registry.licence", members, [officer])

    def device(self, person: Person, site: str, **knobs: Any) -> None:
        person.authenticator = Authenticator(
            sha256(person.code.encode()).digest()[:16], "hospital.example", "https://hospital.example"
        )
        self.enrol(person, site, *self.maker.attest(person.authenticator, person.code, **knobs))

    def enrol(self, person: Person, site: str, attestation: bytes, client_data: bytes) -> None:
        members = {
            "person": person.code,
            "organisation": site,
            "attestation_object": encode(attestation),
            "client_data_json": encode(client_data),
        }
        self.add("registry.authenticator", members, [person, self.officers[0]])

    def life(self, doctor: Person, pharmacist: Person, **knobs: Any) -> str:
        """A consultation, its prescription, a claim and a sale; return the prescription's id."""
        hospital, pharmacy = {"iss": "HOS"}, {"iss": "PHA"}
        doctor_code = {"doctor": doctor.code}
        consultation, opened = self.add(
            "consultation.opened", {**doctor_code, "mode": "text"}, [doctor], **hospital
        )
        _, closed = self.add(
            "consultation.closed", {**doctor_code, "consultation": consultation}, [doctor], opened, **hospital
        )
        members = {"consultation": consultation, "after": closed.hex(), "prescriber": doctor.code}
        rx, issued = self.add(
            "prescription.issued",
            {**members, "validity_days": 3, **knobs.pop("members", {})},
            [doctor],
            closed,
            **{"presence": True, **hospital, **knobs},
        )
        _, claimed = self.add("prescription.claimed", {"rx": rx}, [pharmacist], issued, **pharmacy)
        people = {"preparer": pharmacist.code, "checker": pharmacist.code}
        self.add("dispensing.dispensed", {"rx": rx, **people}, [pharmacist], claimed, **pharmacy)
        return rx

    def standard(self, **changed: Any) -> tuple[Person, Person]:
        """Genesis, a hospital, a pharmacy, a doctor with an authenticator, a pharmacist on duty."""
        self.genesis(**changed)
        self.organisation("HOS", "hospital")
        self.organisation("PHA", "pharmacy")
        doctor, pharmacist = Person("DOC", "doctor"), Person("PHC", "pharmacist")
        self.person(doctor, "HOS")
        self.device(doctor, "HOS")
        self.person(pharmacist, "PHA")
        self.device(pharmacist, "PHA")
        self.add("duty.opened", {"site": "PHA"}, [pharmacist], iss="PHA", presence=True)
        return doctor, pharmacist

    # -- the folder ---------------------------------------------------------------------------

    def checkpoint(self, size: int | None = None, root: bytes | None = None) -> bytes:
        leaves = self.leaves[:size]
        root = root_hash(leaves) if root is None else root
        text = f"{ORIGIN}\n{len(leaves)}\n{b64encode(root).decode()}\n".encode()
        lines = b"".join(signer.line(text) for signer in (self.log, *self.witnesses))
        return text + b"\n" + lines

    def proof(self, index: int) -> bytes:
        leaf = b64encode(self.leaves[index]).decode()
        hashes = "".join(b64encode(item).decode() + "\n" for item in inclusion(self.leaves, index))
        head = f"c2sp.org/tlog-proof@v1\nextra {leaf}\nindex {index}\n{hashes}\n"
        return head.encode() + self.checkpoint()

    def write(self, folder: Path) -> Path:
        size = len(self.leaves)
        self._write(folder / "checkpoint", self.checkpoint())
        for number in range((size + 255) // 256):
            part = self.entries[number * 256 : number * 256 + 256]
            bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
            self._write(folder / "tile" / "entries" / self._name(number, len(part)), bundle)
        level, hashes = 0, self.leaves
        while hashes:
            for number in range((len(hashes) + 255) // 256):
                tile = hashes[number * 256 : number * 256 + 256]
                self._write(folder / "tile" / str(level) / self._name(number, len(tile)), b"".join(tile))
            full = len(hashes) // 256
            hashes = [root_hash(hashes[number * 256 : number * 256 + 256]) for number in range(full)]
            level += 1
        return folder

    def trust(self, quorum: int = 2, **knobs: Any) -> bytes:
        names = ["w1", "w2"]
        policy = f"log {self.log.vkey}\n"
        policy += "".join(f"witness {name} {w.vkey}\n" for name, w in zip(names, self.witnesses, strict=True))
        policy += f"group all {quorum} w1 w2\nquorum all\n" if quorum else "quorum none\n"
        members = {
            "format": "rx-trust/v1",
            "origin": ORIGIN,
            "log_keys": [self.log.vkey],
            "genesis": self.leaves[0].hex(),
            "profile": "sandbox",
            "policy": policy,
        }
        return json.dumps({**members, **knobs}).encode()

    @staticmethod
    def _name(number: int, width: int) -> str:
        assert number < 1000
        return f"{number:03d}" + ("" if width == 256 else f".p/{width}")

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
