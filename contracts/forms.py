"""The forms of payload members and disclosure groups that the table of types is made of."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.statements.schema import (
    CODE,
    DATE,
    DECIMAL,
    HEX64,
    PERSON,
    SECONDS_MAX,
    SHORT,
    Boolean,
    Integer,
    Kind,
    ListOf,
    OneOf,
    Record,
    Text,
)

ROLES = (
    "doctor",
    "hospital_pharmacist",
    "pharmacist",
    "officer",
    "fund_officer",
    "courier",
    "recipient",
    "organisation",
)

B64 = Text(24_000, 1, "base64url")
PUBLIC_KEY = Record({"alg": OneOf(("ES256", "SM2-SM3")), "spki": Text(400, 1, "base64url")})
RELYING_PARTY = Record({"id": Text(253), "origins": ListOf(Text(300), 20, 1)})
ENROLLED = Text(21_846, 1, "base64url")  # 16 KiB (interface §2)
AUTHENTICATOR = Record({"attestation_object": ENROLLED, "client_data_json": ENROLLED})
AGREEMENT = Record(  # with the insurance
    {
        "number": SHORT,
        "valid_from": DATE,
        "valid_to": DATE,
        "suspended?": Record({"from": DATE, "to?": DATE}),
    }
)

COMMON: Mapping[str, Kind] = {
    "iss": CODE,
    "aud": Text(200),
    "jti": Text(128, 22),
    "iat": Integer(0, SECONDS_MAX),
    "type": Text(64),
    "signers": ListOf(Record({"code": PERSON, "role": Text(200, 0)}), 8, 1),
    "_sd": ListOf(Text(43, 43, "base64url"), 16),
    "_sd_alg": OneOf(("sha-256",)),
    "corrects?": HEX64,
}

_NUMBERS = """
hiRxno hospRxno initRxno mdtrtId setl_id rtal_docno auth_rxno authNo rxTraceCode delv_no medins_prod_sel_no
feedetl_sn fixmedins_bchno prior_record record supplier invoice signCertSn signCertDn epc_token
channel
""".split()  # noqa: SIM905 - a list of names reads best as text
IDENTIFIERS: Kind = Record({f"{name}?": SHORT for name in _NUMBERS})
GUARDIAN = Record({"name?": SHORT, "certificate_number?": SHORT, "relation?": SHORT})
IDENTITY: Kind = Record(
    {
        "name?": SHORT,
        "certificate_type?": SHORT,
        "certificate_number?": SHORT,
        "guardian?": GUARDIAN,
        "prescriber_name?": SHORT,
        "reviewer_name?": SHORT,
        "second_reviewer_name?": SHORT,
    }
)
MESSAGE: Kind = Record({"kind": Text(40), "digest": HEX64})
_CONTACT = "courier_name courier_telephone company address telephone recipient status_name".split()  # noqa: SIM905
CONTACT: Kind = Record({f"{name}?": SHORT for name in _CONTACT})
FILE: Kind = Record({"size": Integer(), "digest": HEX64, "aigc?": Text(4096, 0)})
EXEMPTION: Kind = Record(
    {"reason": SHORT, "evidence?": SHORT, "until?": SHORT, "countersigner?": PERSON}
)
PATIENT: Kind = Record({"age": DECIMAL, "sex": SHORT, "allergies?": Text(1000, 0)})
LINE_ISSUED = Record(
    {
        "drug": Text(50),
        "name?": SHORT,
        "quantity": DECIMAL,
        "unit": Text(20),
        "days": DECIMAL,
        "dose?": DECIMAL,
        "dose_unit?": Text(20),
        "dose_confirmed?": Text(2000),  # why more than the label allows: the prescriber's second word (R7)
        "frequency?": SHORT,
        "route?": SHORT,
        "price?": DECIMAL,
    }
)
LINE_SOLD = Record(
    {"drug": Text(50), "quantity": DECIMAL, "unit?": Text(20), "split?": Boolean(), "price?": DECIMAL}
)
TRACE_CODE = Record(
    {
        "code": Text(100, 0),
        "line?": Integer(0, 999),
        "drug?": Text(50),
        "split?": Boolean(),
        "lot?": SHORT,
        "expiry?": DATE,
        "parent?": Text(100),
        "uncoded?": Boolean(),
    }
)
CORRECTED_CODE = Record(
    {
        "wrong": Text(100, 0),
        "code": Text(100, 0),
        "line": Integer(0, 999),
        "lot?": SHORT,
        "expiry?": DATE,
        "parent?": Text(100),
    }
)
DIAGNOSIS = Record({"code": Text(40), "name?": SHORT})

CLINICAL: Mapping[str, Kind] = {
    "consultation.opened": Record(
        {"first_visit": Boolean(), "prior_diagnoses?": ListOf(DIAGNOSIS, 50, 1)}
    ),
    "consultation.closed": Record(
        {
            "doctor_turns": Integer(),
            "patient_turns": Integer(),
            "unread_patient_messages": Integer(),
            "drug_chosen_before_consultation": Boolean(),
        }
    ),
    "prescription.issued": Record(
        {
            "business_type": SHORT,
            "type_code": SHORT,
            "department": SHORT,
            "long_term": Boolean(),
            "refill": Boolean(),
            "first_visit": Boolean(),
            "medical_type?": SHORT,
            "extra_attribute?": SHORT,
            "evaluation?": Text(2000),
            "evaluated?": Record({"by": PERSON, "on": DATE, "consent": HEX64}),
            "diagnoses": ListOf(DIAGNOSIS, 50),
            "diagnosis_confirmed?": Text(2000),  # why sex or age do fit: the prescriber's second look (S44)
        }
    ),
    "prescription.renewed": Record({"reason": Text(2000, 0)}),
    "prescription.cancelled": Record({"reason": Text(2000, 0)}),
    "review.hospital": Record({"opinion": Text(2000, 0), "video?": HEX64}),
    "review.pharmacy": Record({"opinion": Text(2000, 0), "video?": HEX64}),
    "dispensing.returned": Record({"reason": Text(2000, 0)}),
    "dispensing.corrected": Record({"reason": Text(2000, 0)}),
}
SHARED_GROUPS: Mapping[str, Kind] = {
    "identity": IDENTITY,
    "patient": PATIENT,
    "identifiers": IDENTIFIERS,
    "contact": CONTACT,
    "codes": ListOf(TRACE_CODE, 1000, 1),
    "file": FILE,
    "exemption": EXEMPTION,
    "message": MESSAGE,
}


DRUG = Record(
    {
        "code": Text(50),
        "name": SHORT,
        "spec?": SHORT,
        "form?": SHORT,
        "class": Text(40),
        "monitored": Boolean(),
        "online_forbidden": Boolean(),
        "special_storage?": Boolean(),
        "strength?": Record({"amount": DECIMAL, "unit": Text(20)}),
        "max_dose?": Record({"amount": DECIMAL, "unit": Text(20), "per_days": Integer(1, 366)}),
        "indications?": ListOf(Text(20), 200),
        "sex?": OneOf(("1", "2")),
        "age_years_min?": Integer(0, 150),
        "age_years_max?": Integer(0, 150),
        "levels": ListOf(
            Record(
                {
                    "product": Text(20),
                    "level": Integer(1, 9),
                    "units?": Integer(1),
                    "unit?": Text(20),
                    "packs?": Integer(1),
                }
            ),
            9,
        ),
    }
)
