"""What became of each row S1-S70 of the founding documents: what works, and what is not ours.

`WORKS`: its check, the last column of the founding table, is a test. `OUT`: not a task of this product, with
the reason. A test fails when a row is missing or names a rule that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

WORKS, OUT = "works", "out of scope"


@dataclass(frozen=True, slots=True)
class Row:
    """`by` are rules, screens and commands that carry the row; `beyond` is what nobody must expect."""

    id: str
    title: str
    state: str
    by: tuple[str, ...] = ()
    beyond: str = ""


def _works(id: str, title: str, *by: str, beyond: str = "") -> Row:
    return Row(id, title, WORKS, by, beyond)


def _out(id: str, title: str, reason: str, *by: str) -> Row:
    return Row(id, title, OUT, by, reason)


COVERAGE: tuple[Row, ...] = (
    _works("S1", "no machine writes a prescription", "AUTHOR-5", "AUTHOR-6", "AUTHOR-7", "PRESENCE-1"),
    _works("S2", "an accountable person at each step", "AUTHOR-3", "AUTHOR-6", "AUTHOR-9", "LICENCE-1"),
    _works("S3", "prescriptions in seconds", "CONSULT-4", "CONSULT-5", "CONSULT-10", "PACE-1"),
    _works("S4", "the drug before the prescription", "CONSULT-6"),
    _works(
        "S5", "somebody else at the screen", "AUTHOR-4", "CONSULT-2", "CONSULT-13", "SCREEN-CREDENTIAL"
    ),
    _works(
        "S6",
        "invented diagnoses",
        "CONSULT-6",
        "SCREEN-TEXT",
        beyond="texts put in other words throughout",
    ),
    _works("S7", "a review is work", "REVIEW-1", "SEPARATION-1"),
    _works("S8", "every step signed and provable", "FLOW-9"),
    _works("S9", "repeats and quantities", "SUPPLY-1", "SUPPLY-3", "PACE-5", "FLOW-11"),
    _works("S10", "two reviews, video for monitored drugs", "SEPARATION-1", "SEPARATION-2", "REVIEW-2"),
    _works(
        "S11",
        "circuit breaker",
        "BREAKER-1",
        "BREAKER-2",
        "BREAKER-3",
        "BREAKER-4",
        "BREAKER-5",
        "BREAKER-6",
    ),
    _works("S12", "credit ends rights", "CREDIT-1", "CREDIT-2", "CREDIT-7"),
    _works("S13", "referral of vendors", "AUTHOR-9", "CASE-1"),
    _works("S14", "unregistered tools", "AUTHOR-6", "AUTHOR-7", "AUTHOR-9"),
    _works("S15", "350 albumin prescriptions", "CLINICAL-6", "PACE-7", "PACE-8", "SCREEN-BURST"),
    _works("S16", "shadow links", "CONSULT-11", "CONSULT-12", "FLOW-10"),
    _works("S17", "mode, province, granules", "LICENCE-5", "LICENCE-6", "CLINICAL-6"),
    _works("S18", "people who do not exist", "LICENCE-1", "LICENCE-2", "OFFICE-5"),
    _works("S19", "rules by date", "OFFICE-2"),
    _works("S20", "sharing between offices", "ACCESS-1", "ACCESS-2", "ACCESS-3", "ACCESS-4", "LICENCE-5"),
    _works("S21", "patients see their pack", "TRACE-12", "TRACE-13"),
    _works("S22", "unannounced inspection, sealed list", "REMINDER-1"),
    _out(
        "S23",
        "models of hospital fraud",
        "no in-patient data here; resale and cards are screened",
        "SCREEN-RING",
    ),
    _works(
        "S24", "trace codes, row by row", "TRACE-1", "TRACE-4", "TRACE-9", "TRACE-10", "TRACE-12", "TRACE-16"
    ),
    _works("S25", "campaigns", "CAMPAIGN-1", "CAMPAIGN-2", "CAMPAIGN-3", "CAMPAIGN-4"),
    _works("S26", "self-correction is lighter", "CASE-1", "CREDIT-3"),
    _out(
        "S27", "DRG and DIP", "payment by case groups is the fund's; visit ids and diagnoses are kept to join"
    ),
    _out("S28", "direct settlement with suppliers", "no payments here"),
    _works("S29", "public grades, repair", "CREDIT-2", "CREDIT-4", "CREDIT-5", "CREDIT-6"),
    _works("S30", "cases step by step", "CASE-1", "CASE-2", "CASE-3", "CASE-4", "CASE-5", "CASE-6", "CASE-7"),
    _works("S31", "areas' rule packs", "OFFICE-3", "OFFICE-4"),
    _works("S32", "monitored drugs by area and date", "PACE-6", "CLINICAL-11", "OFFICE-10", "rx report"),
    _works("S33", "monthly report of pilots", "rx report"),
    _works("S34", "before, at and after the act", "SUPPLY-1", "SUPPLY-3"),
    _works("S35", "knowledge, rules, models", "OFFICE-2", "OFFICE-3"),
    _works("S36", "wrong payment", "CLINICAL-11", "FLOW-7", "TRACE-13", "PROFILE-3"),
    _works("S37", "least access, audited", "ACCESS-1", "ACCESS-2", "ACCESS-3", "LICENCE-5"),
    _works(
        "S38", "one pharmacist at two places", "DUTY-2", "SCREEN-OPEN", "SCREEN-TRAVEL", "SCREEN-SAME-CITY"
    ),
    _works("S39", "shops without settlement", "SCREEN-UNSETTLED"),
    _works(
        "S40", "the Shanghai list", "PROFILE-1", "PROFILE-2", "PROFILE-3", "SCREEN-VISITS", "SCREEN-SPENDING"
    ),
    _works("S41", "who uploads codes", "SCREEN-CHANNELS", "SCREEN-UNREPORTED", "rx report"),
    _works("S42", "settled twice", "TRACE-12", "SCREEN-CODES"),
    _works("S43", "the unknown doctor", "AUTHOR-1", "SCREEN-PEERS", "SCREEN-UNKNOWN"),
    _works(
        "S44",
        "reproduction at 73 and 86",
        "CLINICAL-12",
        beyond="a hint of codes with the same initials while typing: the client's drop-down",
    ),
    _works("S45", "collected cards", "PACE-1", "PACE-6", "SCREEN-RING"),
    _works("S46", "wrong mappings", "CLINICAL-5", "CLINICAL-12"),
    _works("S47", "gate, tickets, proposed corrections", "AUTHOR-2", "CLINICAL-2", "TRACE-1"),
    _works(
        "S48",
        "errors are not guilt",
        "AUTHOR-1",
        "AUTHOR-2",
        "BREAKER-5",
        "CLINICAL-12",
        "CREDIT-8",
        "SCREEN-UNKNOWN",
    ),
    _works("S49", "fifteen years of a drug", "SUPPLY-1", "SCREEN-STOCKPILE"),
    _works(
        "S50",
        "years of nintedanib",
        "CONSULT-13",
        "SCREEN-LONG",
        "SCREEN-CREDENTIAL",
        "SCREEN-BODY",
        beyond="the patient's device and face: no message tells them",
    ),
    _works("S51", "kick-backs", "SCREEN-SHARE"),
    _works("S52", "Hebei's covered days", "SUPPLY-1", "SUPPLY-2", "CLINICAL-8"),
    _works("S53", "asked at every counter", "SUPPLY-1", "SUPPLY-3"),
    _out("S54", "drug cloud, three settlements", "adapters of a fund's own platform; interface not public"),
    _works("S55", "rules renewed while prescribing", "OFFICE-2"),
    _works(
        "S56", "three drug classes, computed", "SCREEN-DRUG-SPEND", "SCREEN-DRUG-GROWTH", "SCREEN-DRUG-RESALE"
    ),
    _works("S57", "profiles", "rx profile"),
    _works("S58", "reminders to institutions", "REMINDER-1", "REMINDER-2", "REMINDER-3", "REMINDER-4"),
    _works("S59", "more audits of the monitored", "rx sample"),
    _works("S60", "exemptions", "SUPPLY-2", "SUPPLY-4"),
    _works("S61", "rings over sources", "SCREEN-RING"),
    _works("S62", "holidays and scenes", "SUPPLY-1"),
    _works("S63", "three behaviours", "SUPPLY-1", "SCREEN-HOSPITALS", "SCREEN-STOCKPILE", "SCREEN-RING"),
    _works(
        "S64",
        "by institution, department, person",
        "SCREEN-DEPARTMENT",
        "SCREEN-SHARE",
        "SCREEN-UNSETTLED",
        "CREDIT-5",
    ),
    _works("S65", "doctors stay unafraid", "CASE-6", "CASE-8", "PROFILE-1"),
    _works("S66", "shadow mode, comparison, sign-off by two", "OFFICE-9"),
    _works("S67", "operations and checklists", "rx roles", "rx checklist"),
    _works("S68", "stock and sales agree", "TRACE-16", "SCREEN-BALANCE", "SCREEN-OVERSOLD"),
    _works("S69", "packs without codes", "TRACE-18", "TRACE-19", "TRACE-20", "OFFICE-11"),
    _works("S70", "diagnosis and drug", "CLINICAL-11"),
)


def lines() -> list[str]:
    """Return the section of RULES.md."""
    counts = {state: sum(row.state == state for row in COVERAGE) for state in (WORKS, OUT)}
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    head = [
        "## What became of S1-S70",
        "",
        f"{told}.",
        "",
        "| row | asks for | state | by | what it does not see, or why not |",
    ]
    rows = [
        f"| {one.id} | {one.title} | {one.state} | {', '.join(one.by)} | {one.beyond} |" for one in COVERAGE
    ]
    return [*head, "| --- | --- | --- | --- | --- |", *rows]
