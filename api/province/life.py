"""One prescription's whole life as honest people live it; a case or look-alike changes one thing of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from api.province.cast import Cast, Drug, Patient, Place
from api.province.event import DAY_MS, FIRST_MS, Event, Label

MINUTE = 60_000
_FREQUENCIES = {1: "11", 7: "21", 14: "24"}  # used_frqu, by how many days a dose is for
_LOCAL = timezone(timedelta(hours=8))
Json = dict[str, Any]


class Life:
    """Acts of one patient from the consultation to the door. `now_ms` moves on with each act."""

    def __init__(
        self, cast: Cast, name: str, start_ms: int, patient: Patient, drug: Drug, doctor: str
    ) -> None:
        self.cast, self.pick, self.name, self.now_ms = cast, cast.pick, name, start_ms
        self.patient, self.drug, self.doctor = patient, drug, doctor
        self.hospital: Place = cast.hospital_of[doctor]
        self.department = cast.department_of[doctor]
        self.shop: Place = cast.pharmacies[patient.pharmacy]
        self.events: list[Event] = []
        self.on_duty: set[tuple[str, str]] = set()
        self.need: list[tuple[str, str, str]] = []  # packs that must have come in: shop, drug, code
        self.last: dict[str, str] = {}
        self.packs = 1
        self.days = 7.0
        self.share = 1.0  # of the label's highest dose
        self.channel = self.prior_record = ""
        self.prior_diagnosis = ""
        self.mode = "video"  # "counter": the patient comes to the hospital
        self.region = ""  # the patient's province, where the message names it
        self.beside: list[Drug] = []  # further lines of the prescription, a pack each

    # -- the building stone --------------------------------------------------------------------

    def act(
        self,
        type_: str,
        iss: str,
        signers: tuple[tuple[str, str], ...],
        members: Mapping[str, Any],
        disclosures: Mapping[str, Any] | None = None,
        *,
        label: Label | None = None,
        wait_ms: int = 0,
        claimed: Mapping[str, Any] | None = None,
    ) -> str:
        """Add an act `wait_ms` later and return its event id."""
        self.now_ms += wait_ms
        identifier = f"{self.name}.{len(self.events)}"
        act = (identifier, self.now_ms, type_, iss, signers, members, disclosures or {}, label)
        self.events.append(Event(*act, claimed=claimed or {}))
        self.last[type_] = identifier
        return identifier

    def some(self, low_s: int, high_s: int) -> int:
        """Return a number of milliseconds that such a thing takes."""
        return self.pick.randint(low_s, high_s) * 1000

    # -- the hospital ---------------------------------------------------------------------------

    def consult(self, seconds: int | None = None, **clinical: Any) -> tuple[str, str]:
        """A consultation from its opening to its close; returns both event ids."""
        opened = self.open_consultation(clinical.pop("first_visit", False))
        self.now_ms += self.some(150, 600) if seconds is None else seconds * 1000
        return opened, self.close_consultation(opened, **clinical)

    def open_consultation(self, first_visit: bool = False, label: Label | None = None) -> str:
        """The doctor and the patient meet by video, where the district asks for it through a channel."""
        came = {"channel": self.channel, "prior_record": self.prior_record}
        known = {"prior_diagnoses": [{"code": self.prior_diagnosis}]} if self.prior_diagnosis else {}
        return self.act(
            "consultation.opened",
            self.hospital.code,
            ((self.doctor, "doctor"),),
            {"doctor": self.doctor, "mode": self.mode},
            {
                "identity": self.identity(),
                "identifiers": {
                    "mdtrtId": f"M{self.name}.{len(self.events)}",
                    **{name: value for name, value in came.items() if value},
                },
                "clinical": {"first_visit": first_visit, **known},
            },
            label=label,
        )

    def close_consultation(self, opened: str, **clinical: Any) -> str:
        """They part."""
        turns = {"doctor_turns": 6, "patient_turns": 5, "unread_patient_messages": 0}
        said = {"clinical": {**turns, "drug_chosen_before_consultation": False, **clinical}}
        members = {"consultation": f"@id:{opened}", "doctor": self.doctor}
        doctor = ((self.doctor, "doctor"),)
        return self.act("consultation.closed", self.hospital.code, doctor, members, said)

    def identity(self) -> Json:
        """The patient as a hospital discloses them."""
        return {"name": "白芷", "certificate_number": self.patient.number}

    def line(self, **changed: Any) -> Json:
        """The prescription's line."""
        amount, unit, days = self.drug.dose
        taken = {"dose": f"{amount * self.share:.4f}", "dose_unit": unit, "frequency": _FREQUENCIES.get(days)}
        return {
            "drug": self.drug.code,
            "quantity": f"{self.packs}.0000",
            "unit": "盒",
            "days": f"{self.days:.2f}",
            **(taken if taken["frequency"] and changed.get("drug") in (None, self.drug.code) else {}),
            **changed,
        }

    def issue(self, consultation: tuple[str, str] | None = None, **changed: Any) -> str:
        """Write the prescription, after its own consultation unless one is given; `changed` spoils it."""
        opened, closed = consultation or self.consult()
        long_term = self.days > 7
        clinical = {
            "business_type": "01" if self.mode == "counter" else "02",
            "type_code": "1",
            "department": self.department,
            "long_term": long_term,
            "refill": False,
            "first_visit": False,
            "diagnoses": [{"code": f"{one.indications[0]}.900"} for one in (self.drug, *self.beside)],
            **(self._evaluation() if self.days > 28 else {}),
            **changed.pop("clinical", {}),
        }
        disclosures = {
            "identity": {**self.identity(), **changed.pop("identity", {})},
            "patient": {
                "age": f"{self.patient.age}.0",
                "sex": self.patient.sex,
                **changed.pop("patient", {}),
            },
            "identifiers": {
                "hiRxno": changed.pop("number", f"99{self.name}.{len(self.events)}"),
                "authNo": changed.pop("check", f"C{self.name}.{len(self.events)}"),
            },
            "clinical": clinical,
            "lines": [
                self.line(**changed.pop("line", {})),
                *(self.line(drug=one.code, quantity="1.0000") for one in self.beside),
            ],
            **changed.pop("disclosures", {}),
        }
        signers = changed.pop("signers", ((self.doctor, "doctor"),))
        label, wait_ms = changed.pop("label", None), changed.pop("wait_ms", self.some(60, 150))
        claimed = changed.pop("claimed", None)
        members: dict[str, Any] = {
            "consultation": f"@id:{opened}",
            "after": f"@leaf:{closed}",
            "prescriber": self.doctor,
            "validity_days": 3,
            "origin": {"authorship": "human"},
            **({"region": self.region} if self.region else {}),
            **changed,
        }
        return self.act(
            "prescription.issued",
            self.hospital.code,
            signers,
            members,
            disclosures,
            label=label,
            wait_ms=wait_ms,
            claimed=claimed,
        )

    def _evaluation(self) -> Json:
        """What more than four weeks need: the doctor's word, and what the patient signed."""
        day = datetime.fromtimestamp(self.now_ms / 1000, _LOCAL).date().isoformat()
        signed = hashlib.sha256(f"{self.name}.{len(self.events)}".encode()).hexdigest()
        return {
            "evaluation": "病情稳定，已评估并签字",
            "evaluated": {"by": self.doctor, "on": day, "consent": signed},
        }

    def reason(self, evidence: str) -> Json:
        """A journey declared at the counter, for a month from now."""
        day = datetime.fromtimestamp(self.now_ms / 1000, _LOCAL).date() + timedelta(days=30)
        return {"exemption": {"reason": "travel", "evidence": evidence, "until": day.isoformat()}}

    def approve(self, rx: str, reviewer: str = "", label: Label | None = None, **changed: Any) -> str:
        """The hospital pharmacist's review."""
        who = reviewer or self.hospital.pharmacists[0]
        role = "doctor" if who.startswith("D") else "hospital_pharmacist"
        opinion = {"clinical": {"opinion": f"用法用量适宜 {rx}", **changed.pop("clinical", {})}}
        if "identifiers" in changed:
            opinion["identifiers"] = changed.pop("identifiers")
        members = {"rx": f"@id:{rx}", "reviewer": who, "decision": "approved", **changed}
        wait_ms = self.some(60, 600)
        return self.act(
            "review.hospital",
            self.hospital.code,
            ((who, role),),
            members,
            opinion,
            label=label,
            wait_ms=wait_ms,
        )

    # -- the pharmacy ---------------------------------------------------------------------------

    def pair(self) -> tuple[str, str]:
        """Two pharmacists of the shop, on duty for this life."""
        pair = (self.shop.pharmacists[0], self.shop.pharmacists[1])
        self.on_duty |= {(code, self.shop.code) for code in pair}
        return pair

    def claim(self, rx: str, label: Label | None = None) -> str:
        """The shop downloads the prescription and holds it."""
        by = self.pair()[0]
        return self.act(
            "prescription.claimed",
            self.shop.code,
            ((by, "pharmacist"),),
            {"rx": f"@id:{rx}"},
            {"identifiers": {"auth_rxno": f"A{self.name}.{len(self.events)}"}},
            label=label,
            wait_ms=self.some(300, 3600),
        )

    def review(
        self, rx: str, pair: tuple[str, str] | None = None, label: Label | None = None, **more: Any
    ) -> str:
        """The shop's review by two."""
        first, second = pair or self.pair()
        signers = tuple((code, "pharmacist") for code in (first, second))
        members = {"rx": f"@id:{rx}", "reviewer": first, "second_reviewer": second, "decision": "approved"}
        opinion = {"clinical": {"opinion": more.pop("opinion", f"复核通过 {rx}"), **more.pop("clinical", {})}}
        wait_ms = more.pop("wait_ms", self.some(60, 300))
        return self.act(
            "review.pharmacy", self.shop.code, signers, members, opinion, label=label, wait_ms=wait_ms
        )

    def pack(self, drug: Drug | None = None, received: bool = True) -> str:
        """A pack of the shop's shelf; new ones are noted as to be received before this life's day."""
        wanted = drug or self.drug
        shelf = self.shop.stock.setdefault(wanted.code, [])
        if shelf and received:
            return shelf.pop()
        code = f"{wanted.product}{self.pick.randrange(10**13):013d}"
        if received:
            self.need.append((self.shop.code, wanted.code, code))
        return code

    def sell(self, rx: str, codes: list[str], **changed: Any) -> str:
        """Dispense the packs `codes`."""
        first, second = changed.pop("pair", None) or self.pair()
        split = changed.pop("split", "")
        part = self._part(split) if split else {}
        further = changed.pop("further", ())
        listed = changed.pop("listed", None) or self._listed(codes, further)
        sale = changed.pop("sale", f"S{self.name}.{len(self.events)}")
        self.last["sale"] = sale
        disclosures = {
            "identifiers": {"setl_id": sale, "rtal_docno": f"R{sale}"},
            "lines": [
                {**self._sold(self.drug, len(codes)), **part},
                *(self._sold(one, 1) for one in self.beside[: len(further)]),
            ],
            "codes": listed,
            **changed.pop("disclosures", {}),
        }
        label, wait_ms = changed.pop("label", None), changed.pop("wait_ms", self.some(60, 900))
        members = {"rx": f"@id:{rx}", "reviewer": first, "preparer": second, "checker": first, **changed}
        signers = ((first, "pharmacist"), (second, "pharmacist"))
        return self.act(
            "dispensing.dispensed",
            self.shop.code,
            signers,
            members,
            disclosures,
            label=label,
            wait_ms=wait_ms,
        )

    def _part(self, quantity: str) -> Json:
        """So many tablets out of a pack, each at its part of the pack's price."""
        price = f"{self.drug.price / self.drug.units:.2f}"
        return {"quantity": quantity, "unit": self.drug.unit, "split": True, "price": price}

    @staticmethod
    def _sold(drug: Drug, packs: int) -> Json:
        return {"drug": drug.code, "quantity": f"{packs}", "unit": "盒", "price": f"{drug.price:.2f}"}

    @staticmethod
    def _listed(codes: list[str], further: Sequence[str]) -> list[Json]:
        """The packs of the first line, and one of each further line."""
        return [{"code": code, "line": 0} for code in codes] + [
            {"code": code, "line": at} for at, code in enumerate(further, 1)
        ]

    def report(self, rx: str, codes: list[str], label: Label | None = None, **changed: Any) -> str:
        """The same sale through the stock channel."""
        split, further = changed.get("split", ""), changed.get("further", ())
        part = self._part(split) if split else {}
        disclosures = {
            "identifiers": {"setl_id": changed.get("sale") or self.last["sale"]},
            "lines": [
                {**self._sold(self.drug, len(codes)), **part},
                *(self._sold(one, 1) for one in self.beside[: len(further)]),
            ],
            "codes": changed.get("listed") or self._listed(codes, further),
        }
        return self._told("dispensing.reported", rx, disclosures, label, self.some(30, 600))

    def settle(
        self, rx: str, codes: list[str], label: Label | None = None, further: Sequence[str] = ()
    ) -> str:
        """The same sale through the settlement channel; two shops of the province stop or never begin."""
        listed = [{"code": code} for code in (*codes, *further)]
        stops = self.cast.unsettled.get(self.shop.code)
        if stops is not None and self.now_ms >= FIRST_MS + stops * DAY_MS:
            return ""
        groups = {"identifiers": {"setl_id": self.last["sale"]}, "codes": listed}
        wait_ms = self.some(30, 600) if stops is None else MINUTE  # draws nothing: it shifts nobody's year
        return self._told("settlement.reported", rx, groups, label, wait_ms)

    def _told(self, type_: str, rx: str, disclosures: Json, label: Label | None, wait_ms: int) -> str:
        by = ((self.pair()[0], "pharmacist"),)
        members = {"rx": f"@id:{rx}"}
        return self.act(type_, self.shop.code, by, members, disclosures, label=label, wait_ms=wait_ms)

    def give_back(
        self, rx: str, codes: list[str], left_shop: bool, label: Label | None = None, **more: Any
    ) -> str:
        """Packs come back."""
        shop, by = more.get("shop", self.shop), more.get("by", self.pair()[0])
        disclosures = {
            "lines": [self._sold(self.drug, len(codes))],
            "codes": self._listed(codes, ()),
            **({"clinical": more["clinical"]} if "clinical" in more else {}),
        }
        members = {"rx": f"@id:{rx}", "left_shop": left_shop}
        signers = ((by, "pharmacist"),)
        wait_ms = self.some(600, 3600)
        return self.act(
            "dispensing.returned", shop.code, signers, members, disclosures, label=label, wait_ms=wait_ms
        )

    def deliver(self, rx: str) -> None:
        """The parcel goes out and arrives."""
        by = ((self.pair()[0], "pharmacist"),)
        for step in ("delivery.handed_over", "delivery.received"):
            self.act(step, self.shop.code, by, {"rx": f"@id:{rx}"}, wait_ms=self.some(600, 5400))

    # -- more of it -------------------------------------------------------------------------------

    def ready(self, **changed: Any) -> str:
        """A prescription that the shop may dispense; returns its event id."""
        rx = self.issue(**changed)
        self.approve(rx)
        self.claim(rx)
        self.review(rx)
        return rx

    def honest(self) -> None:
        """The whole life."""
        rx = self.ready()
        self.sold(rx)
        if self.pick.random() < 0.3:
            self.deliver(rx)

    def sold(self, rx: str, label: Label | None = None, **changed: Any) -> list[str]:
        """All that the prescription names, sold and told on both channels; returns the first line's packs."""
        codes = [self.pack() for _ in range(self.packs)]
        further = [self.pack(one) for one in self.beside]
        self.sell(rx, codes, label=label, further=further, **changed)
        if self.shop.code != self.cast.silent or self.pick.random() < 0.5:
            self.report(rx, codes, further=further)
            self.settle(rx, codes, further=further)
        return codes

    def resend(self, event: str) -> None:
        """The very same bytes again, a minute later."""
        self.now_ms += MINUTE
        first = next(one for one in self.events if one.id == event)
        again = Event(f"{self.name}.{len(self.events)}", self.now_ms, first.type, first.iss, (), again=event)
        self.events.append(again)
