"""Whole lives of prescriptions, signed in advance: eleven statements each, from consultation to door."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from api.client.signing import Person, build
from api.sandbox.keys import KeyRing
from bench.cast import DEPARTMENT, DRUG, HOSPITAL, PHARMACISTS, PHARMACY, PRODUCT, REVIEWER, doctor
from bench.shadow import Shadow
from contracts.facts import Json

PACKS_PER_STOCK = 50  # trace codes in one supplier's delivery


@dataclass(frozen=True, slots=True)
class Ready:
    """A signed submission and the organisation that sends it."""

    organisation: str
    body: bytes


@dataclass(slots=True)
class Round:
    """Lives at one standing time. `stock` is sent first, then each life in its own order."""

    time_ms: int
    stock: list[Ready] = field(default_factory=list)
    lives: list[list[Ready]] = field(default_factory=list)

    @property
    def statements(self) -> int:
        """How many statements the round has, stock apart."""
        return sum(len(life) for life in self.lives)


class Author:
    """Signs lives for everybody of the cast, and knows their leaves from the shadow."""

    def __init__(self, ring: KeyRing, shadow: Shadow, audience: str, doctors: int) -> None:
        self._shadow = shadow
        self._audience = audience
        self._doctors = [ring.person(doctor(number), HOSPITAL) for number in range(doctors)]
        self._reviewer = ring.person(REVIEWER, HOSPITAL)
        self._pharmacists = [ring.person(code, PHARMACY) for code in PHARMACISTS]
        for person in (*self._doctors, *self._pharmacists):
            if person.authenticator is not None:
                person.authenticator.path = None  # a counter file a signature would measure the disk
        self._number = 0

    def duties(self) -> list[Ready]:
        """Return the statements with which the pharmacists go on duty, before the first round."""
        made = [
            self._ready(PHARMACY, "duty.opened", {"site": PHARMACY}, {}, [each])[0]
            for each in self._pharmacists
        ]
        self._shadow.keep()
        return made

    def round(self, time_ms: int, lives: int) -> Round:
        """Return a round of new lives, with the delivery of the packs that they sell."""
        self._shadow.forget()
        self._shadow.time_ms = time_ms
        numbers = [self._next() for _ in range(lives)]
        made = Round(time_ms)
        for at in range(0, lives, PACKS_PER_STOCK):
            made.stock.append(self._stock(numbers[at : at + PACKS_PER_STOCK]))
        made.lives = [list(self._life(number)) for number in numbers]
        return made

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _ready(
        self,
        organisation: str,
        type_: str,
        members: dict[str, Json],
        disclosures: dict[str, Json],
        signers: list[Person],
    ) -> tuple[Ready, str, str]:
        for person in signers:
            if person.authenticator is not None:
                # 0 says that this authenticator counts nothing: concurrent sends arrive in any order.
                person.authenticator.sign_count = -1
        told: dict[str, Json] = {"kind": type_, "digest": secrets.token_hex(32)}
        body = build(
            type_,
            members,
            {**disclosures, **({} if type_.startswith("duty") else {"message": told})},
            iss=organisation,
            aud=self._audience,
            iat=self._shadow.time_ms // 1000,
            signers=signers,
        )
        return Ready(organisation, body), *self._shadow.decide(body)

    def _stock(self, numbers: list[int]) -> Ready:
        codes: list[Json] = [
            {"code": _code(number), "drug": DRUG, "lot": "B2601", "expiry": "2035-06-30"}
            for number in numbers
        ]
        identifiers: Json = {"supplier": "S99000000001", "invoice": f"FP{numbers[0]:08}"}
        disclosures = {"identifiers": identifiers, "codes": codes}
        return self._ready(PHARMACY, "stock.received", {}, disclosures, [self._pharmacists[0]])[0]

    def _life(self, number: int) -> Iterator[Ready]:
        attending = self._doctors[number % len(self._doctors)]
        identity: Json = {
            "name": f"患者{number}",
            "certificate_type": "01",
            "certificate_number": _patient(number),
        }
        visit: Json = {"mdtrtId": f"MZ{number:012}"}
        clinical: Json = {"first_visit": False}
        opened, consultation, _ = self._ready(
            HOSPITAL,
            "consultation.opened",
            {"doctor": attending.code, "mode": "text"},
            {"identity": identity, "identifiers": visit, "clinical": clinical},
            [attending],
        )
        yield opened
        turns: Json = {
            "doctor_turns": 4,
            "patient_turns": 4,
            "unread_patient_messages": 0,
            "drug_chosen_before_consultation": False,
        }
        members: dict[str, Json] = {"consultation": consultation, "doctor": attending.code}
        closed, _, after = self._ready(
            HOSPITAL, "consultation.closed", members, {"identifiers": visit, "clinical": turns}, [attending]
        )
        yield closed
        issued, rx, _ = self._issued(number, attending, consultation, after, identity)
        yield issued
        yield from self._after_issue(number, rx)

    def _issued(
        self, number: int, attending: Person, consultation: str, after: str, identity: Json
    ) -> tuple[Ready, str, str]:
        members: dict[str, Json] = {
            "consultation": consultation,
            "after": after,
            "prescriber": attending.code,
            "validity_days": 3,
            "origin": {"authorship": "human"},
        }
        clinical: Json = {
            "business_type": "02",
            "type_code": "1",
            "department": DEPARTMENT,
            "long_term": False,
            "refill": False,
            "first_visit": False,
            "diagnoses": [{"code": "I10.x00", "name": "原发性高血压"}],
        }
        line: Json = {
            "drug": DRUG,
            "name": "苯磺酸氨氯地平片",
            "quantity": "1",
            "unit": "盒",
            "days": "7",
            "dose": "5",
            "dose_unit": "mg",
            "frequency": "qd",
            "route": "口服",
            "price": "28.00",
        }
        identifiers: Json = {
            "hiRxno": f"HI{number:016}",
            "hospRxno": f"CF{number:010}",
            "mdtrtId": f"MZ{number:012}",
        }
        disclosures: dict[str, Json] = {
            "identity": identity,
            "patient": {"age": "57", "sex": "1", "allergies": "无"},
            "identifiers": identifiers,
            "clinical": clinical,
            "lines": [line],
        }
        return self._ready(HOSPITAL, "prescription.issued", members, disclosures, [attending])

    def _after_issue(self, number: int, rx: str) -> Iterator[Ready]:
        first, second, third = self._pharmacists
        line: Json = {"drug": DRUG, "quantity": "1", "unit": "盒", "price": "28.00"}
        code: Json = {"code": _code(number), "line": 0, "lot": "B2601", "expiry": "2035-06-30"}
        sale: Json = {"setl_id": f"SETL{number:012}", "rtal_docno": f"DOC{number:010}"}
        settled: Json = {"code": _code(number), "drug": DRUG}
        opinion: Json = {"opinion": f"处方适宜，同意调配（{number}）"}
        shop = PHARMACY
        steps: list[tuple[str, str, dict[str, Json], dict[str, Json], list[Person]]] = [
            (
                HOSPITAL,
                "review.hospital",
                {"reviewer": REVIEWER, "decision": "approved"},
                {"clinical": opinion},
                [self._reviewer],
            ),
            (
                shop,
                "prescription.claimed",
                {},
                {"identifiers": {"auth_rxno": f"AUTH{number:012}"}},
                [first],
            ),
            (
                shop,
                "review.pharmacy",
                {"reviewer": first.code, "second_reviewer": second.code, "decision": "approved"},
                {"clinical": opinion},
                [first, second],
            ),
            (
                shop,
                "dispensing.dispensed",
                {"reviewer": first.code, "preparer": second.code, "checker": third.code},
                {"identifiers": sale, "lines": [line], "codes": [code]},
                [second, third],
            ),
            (
                shop,
                "dispensing.reported",
                {},
                {"identifiers": sale, "lines": [line], "codes": [code]},
                [third],
            ),
            (shop, "settlement.reported", {}, {"identifiers": sale, "codes": [settled]}, [third]),
            (shop, "delivery.handed_over", {}, {"identifiers": {"delv_no": f"SF{number:012}"}}, [third]),
            (shop, "delivery.received", {}, {"identifiers": {"delv_no": f"SF{number:012}"}}, [third]),
        ]
        for organisation, type_, members, disclosures, signers in steps:
            yield self._ready(organisation, type_, {"rx": rx, **members}, disclosures, signers)[0]


def _code(number: int) -> str:
    return f"{PRODUCT}{number:013}"


def _patient(number: int) -> str:
    born = date(1930, 1, 1) + timedelta(days=number // 1000)
    body = f"990000{born:%Y%m%d}{number % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
    return body + check
