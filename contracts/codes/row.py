"""One row of the table of codes, and the class that a code's name implies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Class = Literal["VIOLATION", "SUSPICION", "DATA_QUALITY", "NOTICE"]
Retry = Literal["never", "later", "after_change"]
AFTER_CHANGE: Retry = "after_change"
LATER: Retry = "later"
NEVER: Retry = "never"

# Typing and scanning errors accuse nobody: a whole family of codes is of this class.
_DATA_QUALITY_STARTS = ("SCHEMA_", "COMMIT_", "UNIT_", "TIME_", "PII_")
ACCUSING: tuple[Class, ...] = ("VIOLATION", "SUSPICION")  # the others name nobody
_CLASSES: dict[str, Class] = {
    "ASSIST_DECLARED": "NOTICE",
    "APPEAL_OVERDUE": "NOTICE",
    "CASE_OVERDUE": "NOTICE",
    "CENTRE_NUMBER_MISSING": "DATA_QUALITY",
    "CHANNEL_UNREGISTERED": "SUSPICION",
    "CODE_UNKNOWN": "DATA_QUALITY",
    "CONSULT_IN_VAIN": "NOTICE",
    "CONSULT_SHORT_NOTICE": "NOTICE",
    "DIAGNOSIS_NOT_PRIOR": "NOTICE",
    "DISPENSING_AWAITED": "NOTICE",
    "DOSE_CONFIRMED": "NOTICE",
    "EXEMPTION_AGE": "DATA_QUALITY",
    "HUM_COUNTER_LATE": "NOTICE",
    "IDENTITY_CONTRADICTS": "DATA_QUALITY",
    "ID_CHECKSUM": "DATA_QUALITY",
    "NAME_CONFUSABLE": "DATA_QUALITY",
    "NOT_SETTLED": "DATA_QUALITY",
    "NO_INBOUND": "SUSPICION",
    "PACE_LATE_ARRIVAL": "NOTICE",
    "PACE_NOTICE": "NOTICE",
    "PLACEHOLDER_IDENTITY": "DATA_QUALITY",
    "PRIOR_RECORD_MISSING": "DATA_QUALITY",
    "PRIOR_RECORD_UNNAMED": "NOTICE",
    "PRODUCT_CONTRADICTS": "DATA_QUALITY",
    "QTY_FORMAT": "DATA_QUALITY",
    "QTY_PRECISION": "DATA_QUALITY",
    "QTY_RANGE": "DATA_QUALITY",
    "RECORD_CHANGED": "NOTICE",
    "RECORDING_SHARED": "SUSPICION",
    "RETURN_MONITORED": "NOTICE",
    "REVIEW_CONTRADICTS": "DATA_QUALITY",
    "REMINDER_OVERDUE": "NOTICE",
    "REVIEW_RUBBER_STAMP": "SUSPICION",
    "RX_HELD": "NOTICE",
    "RX_NOT_SALEABLE": "SUSPICION",
    "RX_QUANTITY_DAYS": "SUSPICION",
    "SEX_AGE_CONFIRMED": "NOTICE",
    "SEX_AGE_IMPLAUSIBLE": "DATA_QUALITY",
    "SEX_AGE_UNCONFIRMED": "DATA_QUALITY",
    "STOCK_SOLD_BEFORE": "NOTICE",
    "SUSPENDED_EMERGENCY": "NOTICE",
    "CORRECTED_WHEN_CAUGHT": "SUSPICION",
    "CORRECTION_LATE": "NOTICE",
    "CREDENTIAL_SHARED": "SUSPICION",
    "EXEMPTION_REPEATED": "SUSPICION",
    "EXEMPTION_SHARED": "NOTICE",
    "FREEZE_WITHOUT_CASE": "NOTICE",
    "INDICATION_MISSING": "SUSPICION",
    "INDICATION_REQUIRED": "SUSPICION",
    "INSURED_OFFLINE": "NOTICE",
    "PROFILE_HOSPITALS": "NOTICE",
    "PROFILE_SPENT": "NOTICE",
    "PROFILE_VISITS": "NOTICE",
    "SAME_DRUG_BURST": "SUSPICION",
    "SELF_REPORT_UNNAMED": "NOTICE",
    "SETTLED_TWICE": "SUSPICION",
    "SUPPLY_DAYS_LEFT": "NOTICE",
    "SHADOW": "NOTICE",
    "SPLIT_RX": "SUSPICION",
    "SUPPLY_COVERED": "SUSPICION",
    "SUPPLY_EXEMPT": "NOTICE",
    "SUPPLY_QUANTITY": "SUSPICION",
    "TOOL_CONTRADICTS": "DATA_QUALITY",
    "TRACE_ALREADY_DISPENSED_HERE": "SUSPICION",
    "TRACE_COUNT_MISMATCH": "DATA_QUALITY",
    "TRACE_DUPLICATE_IN_EVENT": "DATA_QUALITY",
    "TRACE_FORMAT": "DATA_QUALITY",
    "TRACE_LEVEL": "DATA_QUALITY",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What is said about a code, to machines and in two languages to people.

    `status` is the HTTP status of an answer that the code decides; 201 marks a code that only
    flags what was committed.
    """

    code: str
    status: int
    class_: Class
    retry: Retry
    title: str
    detail: str
    fix: str
    zh_title: str
    zh_detail: str
    zh_fix: str


def class_of(code: str) -> Class:
    """Return the class of a code: by its own place in the tables, by its family, else VIOLATION."""
    if code.startswith(_DATA_QUALITY_STARTS):
        return "DATA_QUALITY"
    return _CLASSES.get(code, "VIOLATION")


def row(
    code: str,
    status: int,
    retry: Retry,
    *,
    title: str,
    detail: str,
    fix: str,
    zh_title: str,
    zh_detail: str,
    zh_fix: str,
) -> Row:
    """Return the row of `code`; its class follows from its name."""
    return Row(code, status, class_of(code), retry, title, detail, fix, zh_title, zh_detail, zh_fix)
