"""A small world to judge acts in: contracts over a dictionary, no signatures, no server.

`World.act` builds the facts that admission would have found, executes, and applies the writes, so
that a test reads as a story. Tags are readable (`t.<kind>.<value>`); salts and digests do not
matter here. What is tested is the rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from contracts import Context, Decision, execute, keys
from contracts.facts import Facts, Presence, Signer
from contracts.tagging import tagged_values, told_apart
from contracts.time import from_text

START = from_text("2026-03-02T00:00:00Z")
H1, H2 = "H99000000001", "H99000000002"
P1, P2 = "P99000000001", "P99000000002"
DOCTOR, DOCTOR2, PHARMACIST = "D990000000001", "D990000000002", "HY990000000001"
YS1, YS2, YS3, YS4 = (f"YS99000000000{n}" for n in (1, 2, 3, 4))
REGULATOR, OFFICERS = "R99000000001", ("G990000000001", "G990000000002")
FUND_OFFICER = "J990000000001"
METFORMIN, SEMAGLUTIDE, OSELTAMIVIR = "XA10BAA001", "XA10BJB001", "XJ05AHA001"
PATIENT, PATIENT2, PATIENT3 = "990000195507190221", "990000197202110330", "990000196805300446"
ROLES = {
    DOCTOR: "doctor",
    DOCTOR2: "doctor",
    PHARMACIST: "hospital_pharmacist",
    **dict.fromkeys((YS1, YS2, YS3, YS4), "pharmacist"),
    **dict.fromkeys(OFFICERS, "officer"),
    FUND_OFFICER: "fund_officer",
}


def drug(code: str, product: str, units: int, unit: str, **changed: Any) -> dict[str, Any]:
    """A drug of the knowledge base with a pack of `units` and a carton of ten packs."""
    return {
        "code": code,
        "name": code,
        "class": "ordinary",
        "monitored": False,
        "online_forbidden": False,
        "levels": [
            {"product": product, "level": 1, "units": units, "unit": unit},
            {"product": "88" + product[2:], "level": 2, "packs": 10},
        ],
        **changed,
    }


DRUGS = [
    drug(
        METFORMIN,
        "8990002",
        60,
        "片",
        strength={"amount": "0.5", "unit": "g"},
        max_dose={"amount": "2.5", "unit": "g", "per_days": 1},
    ),
    drug(
        SEMAGLUTIDE,
        "8990003",
        1,
        "支",
        monitored=True,
        strength={"amount": "2", "unit": "mg"},
        max_dose={"amount": "1", "unit": "mg", "per_days": 7},
    ),
    drug(OSELTAMIVIR, "8990007", 10, "粒"),
    drug("XB05AAB001", "8990004", 1, "瓶", online_forbidden=True, **{"class": "blood_product"}),
    drug("XN05CDA001", "8990005", 20, "片", **{"class": "psychotropic_2"}),
]


class World:
    """State, a clock, and shortcuts for the acts of a day."""

    def __init__(self) -> None:
        self.state: dict[str, bytes] = {}
        self.now_ms = START
        self.count = 0
        self.last: Decision | None = None
        self.prior: dict[str, Any] = {}  # what consultations say of the patient's earlier record
        self._register()

    def read(self, key: str) -> bytes | None:
        """What a host's `read` returns."""
        return self.state.get(key)

    def record(self, key: str) -> dict[str, Any]:
        """A state value, parsed."""
        return dict(json.loads(self.state[key]))

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Set a state value directly: for what a test takes as given."""
        self.state[key] = json.dumps(value).encode()

    def wait(self, seconds: float) -> None:
        """Let ledger time pass."""
        self.now_ms += int(seconds * 1000)

    def facts(
        self,
        type_: str,
        organisation: str,
        signers: tuple[str, ...],
        members: Mapping[str, Any],
        disclosures: Mapping[str, Any] | None = None,
        **changed: Any,
    ) -> Facts:
        """The facts of a well-signed submission; `changed` replaces payload members."""
        self.count += 1
        payload = {
            "iss": organisation,
            "aud": "ledger.example/rx",
            "jti": f"jti-{self.count:020d}",
            "iat": self.now_ms // 1000,
            "type": type_,
            "signers": [{"code": code, "role": ROLES.get(code, "organisation")} for code in signers],
            **members,
            **changed,
        }
        disclosed, told = dict(disclosures or {}), json.dumps(payload, sort_keys=True)
        identifier = hashlib.sha256(told.encode()).hexdigest()
        people = tuple(self._signer(code, type_) for code in signers)
        tags = {one: tuple(f"t.{one[0]}.{to}" for to in told_apart(*one)) for one in tagged_values(disclosed)}
        return Facts(identifier, payload, people, disclosed, b'{"payload":"","signatures":[]}', tags)

    def _signer(self, code: str, type_: str) -> Signer:
        needs = type_ in ("prescription.issued", "duty.opened")
        presence = Presence(f"cred-{code}", 0) if needs else None
        return Signer(code, ROLES.get(code, "organisation"), f"{code}#0", presence)

    def run(self, facts: Facts, check: bool = False) -> Decision:
        """Execute and apply the writes, as a host does."""
        self.last = execute(facts, Context(self.now_ms, check), self.read)
        if not check:
            self.state.update(self.last.writes)
        return self.last

    def act(self, *given: Any, **changed: Any) -> Decision:
        """Build facts and run them."""
        self.facts_of_last = self.facts(*given, **changed)
        return self.run(self.facts_of_last)

    @property
    def last_id(self) -> str:
        """Statement id of the last act."""
        return self.facts_of_last.statement_id

    # -- the registry as given ----------------------------------------------------------------

    def _register(self) -> None:
        genesis = {"origin": "ledger.example/rx", "profile": "sandbox", "utc_offset_minutes": 480}
        self.put(keys.GENESIS, genesis)
        window = {"valid_from": "2025-01-01", "valid_to": "2027-12-31"}
        modes = {"hospital": ["internet"], "pharmacy": ["counter", "delivery"]}
        for code, role in ((H1, "hospital"), (H2, "hospital"), (P1, "pharmacy"), (P2, "pharmacy")):
            self.put(keys.organisation(code), {"role": role, "service_modes": modes[role], **window})
        self.put(keys.organisation(REGULATOR), {"role": "regulator", "service_modes": []})
        sites = {
            DOCTOR: [H1],
            DOCTOR2: [H1, H2],
            PHARMACIST: [H1],
            YS1: [P1],
            YS2: [P1],
            YS3: [P2, P1],
            YS4: [P2],
        }
        for code, role in ROLES.items():
            self.put(keys.person(code), {"role": role})
            self.put(keys.key(f"{code}#0"), {"subject": code, "role": role, "from": 0})
            self.put(keys.authenticator(f"cred-{code}"), {"person": code})
            if code in sites:
                scope = ["内分泌科"] if role == "doctor" else ["dispensing"]
                self.put(keys.licence(code), {"sites": sites[code], "scope": scope, **window})
        self.put(keys.KNOWLEDGE, {"versions": [{"id": "kb", "from": 0}]})
        self.put(keys.knowledge("kb"), {"parts": ["part"]})
        self.put(keys.part("part"), {"drugs": len(DRUGS), "classes": sorted({one["class"] for one in DRUGS})})
        for one in DRUGS:
            self.put(keys.drug("part", one["code"]), one)
            for level in one["levels"]:
                found = {"drug": one["code"], "level": level["level"]}
                self.put(keys.product("part", level["product"]), found)

    # -- the acts of a day ---------------------------------------------------------------------

    def open_duties(self) -> None:
        """Every pharmacist opens duty at the first site."""
        for code, site in ((YS1, P1), (YS2, P1), (YS3, P2), (YS4, P2)):
            self.open_duty(code, site)

    def open_duty(self, code: str, site: str) -> Decision:
        """One pharmacist opens duty, following the last duty entry."""
        last = self.state.get(keys.head(code))
        after = {"after": json.loads(last)["leaf"]} if last else {}
        return self.act("duty.opened", site, (code,), {"site": site, **after})

    def consult(
        self,
        patient: str = PATIENT,
        doctor: str = DOCTOR,
        hospital: str = H1,
        *,
        seconds: float = 360,
        mode: str = "video",
        first_visit: bool = False,
        channel: str = "",
        **clinical: Any,
    ) -> tuple[str, str]:
        """A whole consultation; returns its id and the leaf of its close."""
        opened = self.open_consultation(
            patient, doctor, hospital, mode=mode, first_visit=first_visit, channel=channel
        )
        self.wait(seconds)
        return opened, self.close_consultation(opened, doctor, hospital, **clinical)

    def open_consultation(
        self,
        patient: str = PATIENT,
        doctor: str = DOCTOR,
        hospital: str = H1,
        *,
        mode: str = "video",
        first_visit: bool = False,
        **identifiers: str,
    ) -> str:
        """Open a consultation; returns its id. An empty identifier is none."""
        told = {"prior_record": "990000EMR1", **identifiers}
        named = {name: value for name, value in told.items() if value}
        self.act(
            "consultation.opened",
            hospital,
            (doctor,),
            {"doctor": doctor, "mode": mode},
            {
                "identity": {"name": "白芷若", "certificate_number": patient},
                "identifiers": {"mdtrtId": f"M{self.count}", **named},
                "clinical": {"first_visit": first_visit, **self.prior},
            },
        )
        return self.last_id

    def close_consultation(
        self, opened: str, doctor: str = DOCTOR, hospital: str = H1, **clinical: Any
    ) -> str:
        """Close a consultation; returns the leaf of its close."""
        counts = {
            "doctor_turns": 9,
            "patient_turns": 8,
            "unread_patient_messages": 0,
            "drug_chosen_before_consultation": False,
            **clinical,
        }
        members = {"consultation": opened, "doctor": doctor}
        decision = self.act("consultation.closed", hospital, (doctor,), members, {"clinical": counts})
        return str(decision.leaf)

    def issue_facts(self, consultation: str, after: str, **given: Any) -> Facts:
        """The facts of a prescription; `given` changes one thing about it."""
        doctor, hospital = given.pop("doctor", DOCTOR), given.pop("hospital", H1)
        lines = given.pop("lines", None) or [self.line(**given.pop("line", {}))]
        clinical = {
            "business_type": "02",
            "type_code": "1",
            "department": "内分泌科",
            "long_term": True,
            "refill": False,
            "first_visit": False,
            "diagnoses": [{"code": "E11.900"}],
            **given.pop("clinical", {}),
        }
        disclosures = {
            "identity": {
                "name": "白芷若",
                "certificate_number": given.pop("patient", PATIENT),
                **given.pop("identity", {}),
            },
            "patient": {"age": given.pop("age", "70.0"), "sex": "2"},
            "identifiers": {"hiRxno": given.pop("number", f"{self.count:026d}")},
            "clinical": clinical,
            "lines": lines,
            **given.pop("disclosures", {}),
        }
        members = {
            "consultation": consultation,
            "after": after,
            "prescriber": given.pop("prescriber", doctor),
            "validity_days": given.pop("validity_days", 3),
            "origin": given.pop("origin", {"authorship": "human"}),
        }
        members = {name: value for name, value in members.items() if value is not None}
        signers = given.pop("signers", (doctor,))
        return self.facts("prescription.issued", hospital, signers, members, disclosures, **given)

    @staticmethod
    def line(**changed: Any) -> dict[str, Any]:
        """A prescription line: one box of metformin for twenty days, or half a milligram of semaglutide."""
        return {
            "drug": METFORMIN,
            "quantity": "1.0000",
            "unit": "盒",
            "days": "20.00",
            "dose": "0.5",
            "dose_unit": "mg" if changed.get("drug") == SEMAGLUTIDE else "g",
            **changed,
        }

    def issue(self, consultation: str | None = None, after: str | None = None, **given: Any) -> Decision:
        """Issue a prescription, after a consultation of its own unless one is named."""
        if consultation is None:
            about = {key: given[key] for key in ("patient", "doctor", "hospital") if key in given}
            at_counter = given.get("clinical", {}).get("business_type") == "01"
            consultation, after = self.consult(**about, mode="counter" if at_counter else "video")
        self.facts_of_last = self.issue_facts(consultation, str(after), **given)
        return self.run(self.facts_of_last)

    def approve(self, rx: str, **changed: Any) -> Decision:
        """The hospital pharmacist's review."""
        members = {"rx": rx, "reviewer": PHARMACIST, "decision": "approved", **changed}
        signers = changed.pop("signers", (PHARMACIST,))
        members.pop("signers", None)
        return self.act("review.hospital", H1, signers, members, {"clinical": {"opinion": f"同意 {rx[:6]}"}})

    def claim(self, rx: str, pharmacy: str = P1, by: str = YS1, once: str = "") -> Decision:
        """A pharmacy downloads and holds the prescription."""
        disclosed = {"identifiers": {"auth_rxno": once}} if once else {}
        return self.act("prescription.claimed", pharmacy, (by,), {"rx": rx}, disclosed)

    def review(
        self, rx: str, pharmacy: str = P1, pair: tuple[str, ...] = (YS1, YS2), **changed: Any
    ) -> Decision:
        """The pharmacy's review by two."""
        members = {
            "rx": rx,
            "reviewer": pair[0],
            "second_reviewer": pair[-1],
            "decision": "approved",
            **changed,
        }
        opinion = {"clinical": {"opinion": f"通过 {rx[:6]}"}}
        return self.act("review.pharmacy", pharmacy, pair, members, opinion)

    def ready(self, pharmacy: str = P1, **given: Any) -> str:
        """A prescription that the pharmacy may dispense; returns its id."""
        self.issue(**given)
        rx = self.last_id
        pair = (YS1, YS2) if pharmacy == P1 else (YS3, YS4)
        self.wait(60)
        self.approve(rx)
        self.claim(rx, pharmacy, pair[0])
        self.review(rx, pharmacy, pair)
        return rx

    def sell(self, rx: str, codes: list[str], pharmacy: str = P1, **given: Any) -> Decision:
        """Dispense; one line with a code for each pack unless `lines` say otherwise."""
        pair = given.pop("pair", (YS1, YS2) if pharmacy == P1 else (YS3, YS4))
        lines = given.pop("lines", None) or [
            {"drug": given.pop("drug", METFORMIN), "quantity": str(len(codes)), "unit": "盒"}
        ]
        listed = given.pop("listed", None) or [{"code": code, "line": 0} for code in codes]
        disclosures = {
            "identifiers": {"setl_id": given.pop("settlement", f"S{self.count}")},
            "lines": lines,
            "codes": listed,
            **given.pop("disclosures", {}),
        }
        members = {"rx": rx, "reviewer": pair[0], "preparer": pair[-1], "checker": pair[0]}
        return self.act("dispensing.dispensed", pharmacy, pair, members, disclosures, **given)

    def receive(self, codes: list[str], pharmacy: str = P1, by: str = YS1, **extra: Any) -> Decision:
        """Stock comes in."""
        listed = [{"code": code, "drug": METFORMIN, **extra} for code in codes]
        return self.act(
            "stock.received",
            pharmacy,
            (by,),
            {},
            {"identifiers": {"supplier": "S", "invoice": "I"}, "codes": listed},
        )

    def give_back(self, rx: str, codes: list[str], pharmacy: str = P1, **given: Any) -> Decision:
        """A return."""
        by = given.pop("by", YS1 if pharmacy == P1 else YS3)
        lines = given.pop("lines", None) or [
            {"drug": given.pop("drug", METFORMIN), "quantity": str(len(codes)), "unit": "盒"}
        ]
        members = {"rx": rx, "left_shop": given.pop("left_shop", False)}
        listed = given.pop("listed", None) or [{"code": code, "line": 0} for code in codes]
        disclosures = {"lines": lines, "codes": listed, **given}
        return self.act("dispensing.returned", pharmacy, (by,), members, disclosures)


def code(product: str, number: int) -> str:
    """A trace code of a product."""
    return f"{product}{number:013d}"
