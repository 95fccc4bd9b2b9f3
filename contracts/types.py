"""Every statement type as one table: public members, disclosure groups, who signs.

This table is the authority for the schema check, `verifier/SPEC.md` §5, the OpenAPI examples
and the tests. A type's name is `<family>.<word>`. Adding a member to a type that has been
written to a log breaks old clients: add a type instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from contracts.forms import (
    AGREEMENT,
    B64,
    CLINICAL,
    COMMON,
    CORRECTED_CODE,
    ENROLLED,
    LINE_ISSUED,
    LINE_SOLD,
    PUBLIC_KEY,
    RELYING_PARTY,
    ROLES,
    SHARED_GROUPS,
)
from contracts.governance_types import GOVERNANCE_TYPES
from contracts.reading import ALL_GROUPS, OFFICES
from contracts.statement_type import StatementType
from contracts.statements.schema import (
    CODE,
    DATE,
    HEX64,
    PERSON,
    PROVINCE,
    REGION,
    SHORT,
    TIME,
    Boolean,
    Integer,
    Kind,
    ListOf,
    OneOf,
    Record,
    Text,
)

__all__ = ["COMMON", "ROLES", "TAGGED", "TYPES", "StatementType", "members_of"]


def _groups(type_: str, names: str) -> dict[str, Kind]:
    lines = ListOf(LINE_ISSUED if type_ == "prescription.issued" else LINE_SOLD, 100, 1)
    found: dict[str, Kind] = {}
    for name in names.split():
        plain = name.rstrip("?")
        if plain == "clinical":
            found[name] = CLINICAL[type_]
        elif plain == "codes" and type_ == "dispensing.corrected":
            found[name] = ListOf(CORRECTED_CODE, 1000, 1)
        else:
            found[name] = lines if plain == "lines" else SHARED_GROUPS[plain]
    return found


_PEOPLE = ROLES[:-1]  # an organisation proves possession of its own new key and vouches for none
_OFFICER = (("officer",),)

TYPES: Mapping[str, StatementType] = {
    **GOVERNANCE_TYPES,
    "registry.organisation": StatementType(
        {
            "code": CODE,
            "name": SHORT,
            "role": OneOf(("hospital", "pharmacy", "regulator", "fund", "courier", *OFFICES)),
            "licence": SHORT,
            "valid_from": DATE,
            "valid_to": DATE,
            "service_modes": ListOf(Text(40), 20),
            "site": SHORT,
            "latitude_microdegrees": Integer(-90_000_000, 90_000_000),
            "longitude_microdegrees": Integer(-180_000_000, 180_000_000),
            "relying_party?": RELYING_PARTY,
            "regions?": ListOf(REGION, 100, 1),
            "agreements?": ListOf(AGREEMENT, 20),  # []: it has nothing to do with the insurance
            "registered_address?": SHORT,  # with the insurance
            "licensed_address?": SHORT,
        },
        _OFFICER,
    ),
    "registry.person": StatementType(
        {"code": CODE, "role": OneOf(ROLES[:-1]), "department?": SHORT},
        _OFFICER,
        _groups("registry.person", "identity"),
    ),
    "registry.licence": StatementType(
        {
            "person": CODE,
            "licence": SHORT,
            "sites": ListOf(CODE, 50, 1),
            "scope": ListOf(Text(100), 50),
            "drug_classes?": ListOf(Text(40), 50),
            "valid_from": DATE,
            "valid_to": DATE,
        },
        _OFFICER,
    ),
    "registry.department": StatementType({"code": CODE, "organisation": CODE, "name": SHORT}, _OFFICER),
    "registry.uncoded": StatementType(
        {
            "organisation": CODE,
            "drug": Text(50),
            "lot": SHORT,
            "packs": Integer(1, 1_000_000),
            "valid_to": DATE,
        },
        _OFFICER,
    ),
    "registry.channel": StatementType(
        {"code": CODE, "organisation": CODE, "name": SHORT, "valid_from": DATE, "valid_to": DATE},
        _OFFICER,
    ),
    "registry.insured": StatementType({"code": CODE}, _OFFICER, _groups("registry.insured", "identity")),
    "registry.tool": StatementType(
        {
            "code": CODE,
            "version": SHORT,
            "kinds": ListOf(Text(40), 10, 1),
            "device_registration": SHORT,
            "vendor": CODE,
            "vendor_name": SHORT,
            "fee": OneOf(("none", "licence", "per_use", "per_prescription")),
            "valid_from": DATE,
            "valid_to": DATE,
        },
        _OFFICER,
    ),
    "registry.vendor": StatementType({"code": CODE, "name": SHORT, "reason": Text(2000)}, _OFFICER),
    "registry.key": StatementType(
        {
            "subject": CODE,
            "role": OneOf(ROLES),
            "key": PUBLIC_KEY,
            "valid_to?": TIME,
            "certificates?": ListOf(B64, 6, 1),
            "retires?": Record({"kid": Text(64), "at?": TIME}),
        },
        (ROLES, _PEOPLE),
        signers_min=2,
        signers_max=2,
    ),
    "registry.authenticator": StatementType(
        {
            "person": CODE,
            "organisation": CODE,
            "attestation_object": ENROLLED,
            "client_data_json": ENROLLED,
        },
        (_PEOPLE, _PEOPLE),
        signers_min=2,
        signers_max=2,
    ),
    "registry.revocation": StatementType(
        {
            "kid?": Text(64),
            "credential_id?": B64,
            "reason": OneOf(("superseded", "lost", "left", "compromise")),
            "compromised_from?": TIME,
        },
        _OFFICER,
    ),
    "access.read": StatementType(
        {
            "rx": HEX64,
            "purpose": OneOf(("treatment", "payment", "audit", "case", "complaint")),
            "groups": ListOf(OneOf(ALL_GROUPS), len(ALL_GROUPS), 1),
            "case?": HEX64,
        },
        (ROLES,),
        signers_max=1,
    ),
    "duty.opened": StatementType(
        {"site": CODE, "after?": HEX64},
        (("pharmacist",),),
        _groups("duty.opened", "message?"),
        presence=True,
        signers_max=1,
    ),
    "duty.closed": StatementType(
        {"site": CODE},
        (("pharmacist",),),
        _groups("duty.closed", "message?"),
        signers_max=1,
    ),
    "consultation.opened": StatementType(
        {"doctor": PERSON, "mode": OneOf(("video", "audio", "text", "counter"))},
        (("doctor",),),
        _groups("consultation.opened", "identity identifiers clinical message?"),
        signers_max=1,
    ),
    "consultation.closed": StatementType(
        {"consultation": HEX64, "doctor": PERSON},
        (("doctor",),),
        _groups("consultation.closed", "identifiers? clinical message?"),
        signers_max=1,
    ),
    "prescription.issued": StatementType(
        {
            "consultation?": HEX64,
            "after?": HEX64,
            "prescriber": PERSON,
            "validity_days": Integer(0, 10_000),
            "region?": PROVINCE,
            "origin?": Record(
                {
                    "authorship?": SHORT,
                    "assist?": ListOf(
                        Record(
                            {
                                "kind": SHORT,
                                "tool?": SHORT,
                                "version?": SHORT,
                                "vendor_code?": SHORT,
                                "device_registration?": SHORT,
                                "output_digest?": SHORT,
                                "edits?": Integer(),
                            }
                        ),
                        20,
                    ),
                }
            ),
        },
        (("doctor",),),
        _groups(
            "prescription.issued",
            "identity patient identifiers clinical lines contact? file? message?",
        ),
        presence=True,
        signers_max=1,
    ),
    "prescription.renewed": StatementType(
        {"rx": HEX64, "validity_days": Integer(0, 10_000)},
        (("doctor",),),
        _groups("prescription.renewed", "clinical? identifiers? message?"),
        presence=True,
        signers_max=1,
    ),
    "prescription.cancelled": StatementType(
        {"rx": HEX64},
        (("doctor",),),
        _groups("prescription.cancelled", "clinical? identifiers? message?"),
        signers_max=1,
    ),
    "prescription.claimed": StatementType(
        {"rx": HEX64},
        (("pharmacist",),),
        _groups("prescription.claimed", "identifiers? message?"),
    ),
    "prescription.released": StatementType(
        {"rx": HEX64},
        (("pharmacist",),),
        _groups("prescription.released", "message?"),
    ),
    "review.hold": StatementType(
        {"rx": HEX64, "reviewer": PERSON, "decision": OneOf(("approved", "refused")), "reason": Text(2000)},
        (("hospital_pharmacist",),),
        signers_max=1,
    ),
    "review.hospital": StatementType(
        {"rx": HEX64, "reviewer": PERSON, "decision": OneOf(("approved", "refused"))},
        (("hospital_pharmacist",),),
        _groups("review.hospital", "identity? identifiers? clinical file? message?"),
    ),
    "review.pharmacy": StatementType(
        {
            "rx": HEX64,
            "reviewer": PERSON,
            "second_reviewer": PERSON,
            "decision": OneOf(("approved", "refused")),
        },
        (("pharmacist",),),
        _groups("review.pharmacy", "identity? identifiers? clinical message?"),
    ),
    "dispensing.dispensed": StatementType(
        {"rx": HEX64, "reviewer?": PERSON, "preparer": PERSON, "checker": PERSON},
        (("pharmacist",),),
        _groups("dispensing.dispensed", "identifiers lines codes exemption? message?"),
    ),
    "dispensing.reported": StatementType(
        {"rx": HEX64},
        (("pharmacist",),),
        _groups("dispensing.reported", "identifiers lines codes message?"),
    ),
    "dispensing.returned": StatementType(
        {"rx": HEX64, "left_shop": Boolean()},
        (("pharmacist",),),
        _groups("dispensing.returned", "identifiers? lines codes clinical? message?"),
    ),
    "dispensing.corrected": StatementType(
        {"rx": HEX64, "sale": HEX64, "swapped_with?": HEX64},
        (("pharmacist",),),
        _groups("dispensing.corrected", "lines codes clinical? message?"),
    ),
    "settlement.reported": StatementType(
        {"rx": HEX64},
        (("pharmacist", "fund_officer"),),
        _groups("settlement.reported", "identifiers codes message?"),
    ),
    "settlement.settled": StatementType(
        {"rx": HEX64},
        (("fund_officer",),),
        _groups("settlement.settled", "identifiers codes message?"),
    ),
    "settlement.refunded": StatementType(
        {"rx": HEX64},
        (("fund_officer",),),
        _groups("settlement.refunded", "identifiers codes message?"),
    ),
    "stock.received": StatementType(
        {},
        (("pharmacist",),),
        _groups("stock.received", "identifiers codes message?"),
    ),
    "stock.adjusted": StatementType(
        {
            "reason": OneOf(
                ("lost", "destroyed", "expired", "returned_to_supplier", "transferred_out", "found")
            )
        },
        (("pharmacist",),),
        _groups("stock.adjusted", "identifiers? codes message?"),
    ),
    "delivery.handed_over": StatementType(
        {"rx": HEX64},
        (("pharmacist",),),
        _groups("delivery.handed_over", "contact? identifiers? message?"),
    ),
    "delivery.received": StatementType(
        {"rx": HEX64},
        (("pharmacist", "courier", "recipient"),),
        _groups("delivery.received", "contact? identifiers? message?"),
    ),
    "delivery.failed": StatementType(
        {"rx": HEX64},
        (("pharmacist", "courier"),),
        _groups("delivery.failed", "contact? identifiers? message?"),
    ),
}


def members_of(type_: str) -> Record:
    """Return the schema of a whole payload of `type_`: the common members and its own."""
    return Record({**COMMON, **TYPES[type_].members})


# The values that the host turns into keyed tags before a contract sees the facts (D7):
# group -> member path -> kind of tag key. A path's `*` stands for every item of a list.
# Beside these: the document numbers in the evidence of an exemption, and opinions (contracts.tagging).
TAGGED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "identity": (("certificate_number", "people"),),
    "codes": (("*/code", "codes"), ("*/wrong", "codes"), ("*/parent", "codes")),
    "clinical": (("video", "codes"),),
    "identifiers": (
        ("hiRxno", "codes"),
        ("hospRxno", "codes"),
        ("initRxno", "codes"),
        ("mdtrtId", "codes"),
        ("setl_id", "codes"),
        ("rtal_docno", "codes"),
        ("medins_prod_sel_no", "codes"),
        ("auth_rxno", "codes"),
        ("authNo", "codes"),
        ("delv_no", "codes"),
    ),
}
