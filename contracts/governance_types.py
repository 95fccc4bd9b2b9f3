"""The statement types of officers: genesis, the log's key, rules, knowledge, and measures against somebody.

What gives or takes rights needs two officers; a freeze is released by two roles; whoever is named
may appeal, so points name the case that brought them. The texts of reasons are public: no personal data
belongs into them (row P01).
"""

from __future__ import annotations

from collections.abc import Mapping

from contracts.credit import KINDS, RESPONSIBILITIES
from contracts.forms import AUTHENTICATOR, B64, DRUG, PUBLIC_KEY, RELYING_PARTY, ROLES
from contracts.statement_type import StatementType
from contracts.statements.schema import (
    CODE,
    HEX64,
    SHORT,
    TIME,
    Anything,
    Boolean,
    Integer,
    ListOf,
    OneOf,
    Record,
    Text,
)

_OFFICER = (("officer",),)
_REASON = Text(2000)
_EVIDENCE = ListOf(HEX64, 200)

GOVERNANCE_TYPES: Mapping[str, StatementType] = {
    "governance.genesis": StatementType(
        {
            "log_vkey": Text(300),
            "profile": OneOf(("sandbox", "production")),
            "regulator": Record(
                {"code": CODE, "name": SHORT, "key": PUBLIC_KEY, "relying_party": RELYING_PARTY}
            ),
            "officers": ListOf(
                Record({"code": CODE, "key": PUBLIC_KEY, "authenticators": ListOf(AUTHENTICATOR, 4)}),
                8,
                2,
            ),
            "tag_keys": Record({"people": CODE, "codes": CODE}),
            "attestation_roots": ListOf(
                Record({"aaguid": Text(36, 36), "certificate": B64, "sandbox": Boolean()}), 50
            ),
            "certificate_roots": ListOf(B64, 20),
            "utc_offset_minutes": Integer(-840, 840),
        },
        (("officer",),),
        signers_min=2,
    ),
    "governance.log_key": StatementType(
        {"log_vkey": Text(300), "possession": B64, "overlap_until?": TIME},
        _OFFICER,
        signers_min=2,
    ),
    "governance.rulebook": StatementType(
        {"version": Text(40), "effective_from?": TIME, "parameters": Anything()},
        _OFFICER,
        signers_min=2,
    ),
    "governance.knowledge": StatementType(
        {"version": Text(40), "effective_from?": TIME, "parts": ListOf(HEX64, 64, 1)},
        _OFFICER,
        signers_min=2,
    ),
    "governance.knowledge_part": StatementType(
        {
            "drugs": ListOf(DRUG, 200),
            "recalls": ListOf(Record({"drug": Text(50), "lot": SHORT}), 500),
        },
        _OFFICER,
    ),
    "governance.freeze": StatementType(
        {
            "subject": CODE,
            "scope": OneOf(("all", "drug", "drug_class")),
            "drug?": Text(50),
            "drug_class?": Text(40),
            "until": TIME,
            "reason": _REASON,
            "evidence?": _EVIDENCE,
        },
        _OFFICER,
        signers_min=2,
    ),
    "governance.release": StatementType(
        {"freeze": HEX64, "reason": _REASON},
        (("officer",), ("fund_officer",)),
        signers_min=2,
        signers_max=2,
    ),
    "governance.score": StatementType(
        {
            "subject": CODE,
            "points": Integer(1, 12),
            "kind": OneOf(tuple(KINDS)),
            "responsibility": OneOf(RESPONSIBILITIES),
            "case": HEX64,
            "reason": _REASON,
            "evidence?": _EVIDENCE,
        },
        _OFFICER,
        signers_min=2,
    ),
    "governance.repair": StatementType(
        {"score": HEX64, "points": Integer(1, 12), "reason": _REASON},
        _OFFICER,
        signers_min=2,
    ),
    "governance.case": StatementType(
        {
            "subject": CODE,
            "rules": ListOf(Text(40), 50, 1),
            "evidence": _EVIDENCE,
            "due": TIME,
            "reason": _REASON,
            "campaign?": HEX64,
        },
        _OFFICER,
        signers_min=2,
    ),
    "governance.case_step": StatementType(
        {
            "case": HEX64,
            "step": OneOf(("notified", "heard", "self_reported", "decided", "appeal_decided", "closed")),
            "finding?": OneOf(("violation", "suspicion", "data_quality", "unfounded")),
            "reason": _REASON,
        },
        _OFFICER,
        signers_min=2,
    ),
    "governance.campaign": StatementType(
        {
            "name": SHORT,
            "rules": ListOf(Text(40), 50, 1),
            "regions": ListOf(CODE, 50),
            "stages": ListOf(SHORT, 12, 1),
            "due": TIME,
        },
        _OFFICER,
        signers_min=2,
    ),
    "governance.campaign_step": StatementType(
        {"campaign": HEX64, "stage": SHORT, "reason": _REASON},
        _OFFICER,
        signers_min=2,
    ),
    "governance.reminder": StatementType(
        {"subject": CODE, "due": TIME, "reason": _REASON, "evidence?": _EVIDENCE},
        _OFFICER,
    ),
    "governance.acknowledgement": StatementType(
        {"reminder": HEX64, "reason": _REASON},
        (ROLES[:-1],),
        signers_max=1,
    ),
    "governance.inspection": StatementType(
        {"name": SHORT, "opens": TIME},
        _OFFICER,
        {"targets": ListOf(Record({"code": CODE, "reason": SHORT}), 1000, 1)},
        signers_min=2,
    ),
    "governance.referral": StatementType(
        {"case": HEX64, "to": SHORT, "package": HEX64, "reason": _REASON},
        _OFFICER,
        signers_min=2,
    ),
    "governance.appeal": StatementType(
        {"case?": HEX64, "freeze?": HEX64, "reason": _REASON},
        (ROLES[:-1],),
        signers_max=1,
    ),
    "governance.self_report": StatementType(
        {"subject": CODE, "case?": HEX64, "reason": _REASON, "evidence?": _EVIDENCE},
        (ROLES[:-1],),
        signers_max=1,
    ),
}
