"""What became of each row S1-S70 of the founding documents; of the law see `law`.

`WORKS`: the tests that rows.csv names show its check, the last column of the founding table. `OUT`: not a
task of this product, with the reason. A test fails when a row is missing, names a rule or test that is not
there, or leaves out a rule that cites it.
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
    _works(
        "S1",
        "no machine writes a prescription",
        *("AUTHOR-5", "AUTHOR-6", "AUTHOR-7", "PRESENCE-1"),
        beyond="a machine's text that the doctor types again and signs as the own",
    ),
    _works("S2", "an accountable person at each step", "AUTHOR-3", "AUTHOR-6", "AUTHOR-9", "LICENCE-1"),
    _works("S3", "prescriptions in seconds", "CONSULT-4", "CONSULT-5", "CONSULT-10", "PACE-1"),
    _works(
        "S4",
        "the drug before the prescription",
        *("CONSULT-6", "FLOW-17", "TRACE-32"),
        beyond="a sale told with another time than its own, or where no rulebook asks (`claimed_order`)",
    ),
    _works(
        "S5",
        "somebody else at the screen",
        *("AUTHOR-4", "CONSULT-2", "CONSULT-3", "CONSULT-13", "SCREEN-CREDENTIAL"),
        beyond="who sits in for the patient is flagged and not stopped: a borrowed check may be a family's; "
        "chats and visits at the counter that overlap, or a call that is declared as one of them",
    ),
    _works(
        "S6",
        "invented diagnoses",
        *("CONSULT-6", "CONSULT-15", "CONSULT-17", "SCREEN-TEXT"),
        beyond="texts in other words throughout; one earlier record named for several patients: a number "
        "is unique within a hospital alone, and the record may be another one's",
    ),
    _works(
        "S7",
        "a review is work",
        *("REVIEW-1", "SEPARATION-1"),
        beyond="reviews within seconds whose texts differ",
    ),
    _works("S8", "every step signed and provable", "FLOW-9"),
    _works("S9", "repeats and quantities", "SUPPLY-1", "SUPPLY-3", "PACE-5", "FLOW-11", "TRACE-32"),
    _works(
        "S10",
        "two reviews, video for monitored drugs",
        *("SEPARATION-1", "SEPARATION-2", "REVIEW-2", "REVIEW-3"),
        beyond="the video where no rulebook asks for it (`video_confirmation`; Hunan's pack does)",
    ),
    _works(
        "S11",
        "circuit breaker",
        *(f"BREAKER-{number}" for number in range(1, 8)),
        *("SEPARATION-5", "TRACE-32"),
        beyond="an officer whom one officer made, where no rulebook asks for two (`officials_by_two`)",
    ),
    _works("S12", "credit ends rights", "CREDIT-1", "CREDIT-2", "CREDIT-7", "CREDIT-9", "TRACE-32"),
    _works("S13", "referral of vendors", "AUTHOR-9", "AUTHOR-13", "CASE-1"),
    _works(
        "S14",
        "unregistered tools",
        *("AUTHOR-6", "AUTHOR-7", "AUTHOR-9", "AUTHOR-13"),
        beyond="whether a named registration exists, where no rulebook asks (`tools_registered_only`; the "
        "national pack does); what a tool is called: its registration is compared, and the vendor where one "
        "is named",
    ),
    _works(
        "S15",
        "350 albumin prescriptions",
        *("CLINICAL-6", "PACE-7", "PACE-8", "FLOW-18", "SCREEN-BURST"),
        beyond="for which illness the fund pays: the drug table says it, no message tells what was claimed",
    ),
    _works(
        "S16",
        "shadow links",
        *("CONSULT-11", "CONSULT-12", "FLOW-10", "LICENCE-7"),
        beyond="a channel where none is named and no rulebook asks for one (`channels_required`)",
    ),
    _works(
        "S17",
        "mode, province, granules",
        *("LICENCE-5", "LICENCE-6", "LICENCE-11", "CLINICAL-6"),
        beyond="a province that is left out, where no rulebook asks for it (`online_region_required`)",
    ),
    _works("S18", "people who do not exist", "LICENCE-1", "LICENCE-2", "OFFICE-5"),
    _works("S19", "rules by date", "OFFICE-2"),
    _works(
        "S20",
        "sharing between offices",
        *("ACCESS-1", "ACCESS-2", "ACCESS-3", "ACCESS-4", "LICENCE-5", "rx referral"),
        beyond="industry and police (工信、公安) read nothing here: a case reaches them as its package",
    ),
    _works(
        "S21",
        "patients see their pack, and who signed",
        *("TRACE-12", "TRACE-13"),
        beyond="a true id copied onto a forged paper: the answer has no drug to compare, the counter has; "
        "the licence of that day: `rx-verify log` judges it",
    ),
    _works("S22", "unannounced inspection, sealed list", "REMINDER-1", "rx disclosed"),
    _out(
        "S23",
        "models of hospital fraud",
        "fake hospital stays: no in-patient data comes here, and no interface waits for it; resale, borrowed "
        "credentials and monitored drugs are looked for",
        *("SCREEN-DRUG-RESALE", "SCREEN-OVERSOLD", "SCREEN-RING", "SCREEN-CREDENTIAL", "PACE-6"),
    ),
    _works(
        "S24",
        "trace codes, row by row",
        *("TRACE-1", "TRACE-4", "TRACE-9", "TRACE-10", "TRACE-12", "TRACE-16"),
        *("TRACE-21", "TRACE-24", "TRACE-31"),
        beyond="why a pack came back after it had left the shop: it is taken back and never sold again",
    ),
    _works("S25", "campaigns", "CAMPAIGN-1", "CAMPAIGN-2", "CAMPAIGN-3", "CAMPAIGN-4"),
    _works("S26", "self-correction is lighter", "CASE-1", "CASE-10", "CREDIT-3", "CREDIT-10"),
    _out(
        "S27",
        "DRG and DIP",
        "payment by case groups is the fund's; a prescription keeps visit id and all diagnoses, read one by "
        "one: columns have no visit id, and the first diagnosis alone",
    ),
    _out(
        "S28",
        "direct settlement with suppliers",
        "nobody is paid here: the fund says what it paid for a sale and took back, never to whom",
    ),
    _works("S29", "public grades, repair", "CREDIT-2", "CREDIT-4", "CREDIT-5", "CREDIT-6"),
    _works(
        "S30",
        "cases step by step",
        *(f"CASE-{number}" for number in range(1, 10) if number != 8),
        "OFFICE-17",
        beyond="whether a reason in words is a good one: the hearing and the appeal judge it",
    ),
    _works("S31", "areas' rule packs", "OFFICE-3", "OFFICE-4"),
    _works(
        "S32",
        "monitored drugs by area and date",
        *("PACE-6", "PACE-7", "PACE-8", "CLINICAL-11", "REVIEW-2", "TRACE-34", "OFFICE-10", "rx report"),
        beyond="no list comes with it: an area names its drugs in each rulebook version (`monitored_drugs`), "
        "and where it names none those that the drug table marks are monitored, everywhere the same",
    ),
    _works("S33", "monthly report of pilots", "rx report"),
    _works("S34", "before, at and after the act", "SUPPLY-1", "SUPPLY-3"),
    _works("S35", "knowledge, rules, models", "OFFICE-2", "OFFICE-3", "rx screen"),
    _works(
        "S36",
        "wrong payment",
        *("CLINICAL-11", "FLOW-7", "FLOW-16", "TRACE-13", "TRACE-25", "TRACE-26", "TRACE-27", "TRACE-32"),
        *("PROFILE-3", "SCREEN-UNREFUNDED", "SCREEN-CHANNELS"),
        beyond="what a fund pays without telling the ledger; a claim of which no sale follows waits, and a "
        "shop is named from five such packs on (SCREEN-CHANNELS)",
    ),
    _works("S37", "least access, audited", "ACCESS-1", "ACCESS-2", "ACCESS-3", "LICENCE-5"),
    _works(
        "S38", "one pharmacist at two places", "DUTY-2", "SCREEN-OPEN", "SCREEN-TRAVEL", "SCREEN-SAME-CITY"
    ),
    _works(
        "S39",
        "shops without settlement",
        "SCREEN-UNSETTLED",
        beyond="the cause where no officer registered agreements and both addresses; a shop whose agreement "
        "ran out counts as one that left the insurance",
    ),
    _works(
        "S40", "the Shanghai list", "PROFILE-1", "PROFILE-2", "PROFILE-3", "SCREEN-VISITS", "SCREEN-SPENDING"
    ),
    _works(
        "S41", "who uploads codes", "SCREEN-CHANNELS", "SCREEN-UNREPORTED", "SCREEN-UNCODED", "rx report"
    ),
    _works("S42", "settled twice", "TRACE-12", "SCREEN-CODES"),
    _works(
        "S43",
        "the unknown doctor",
        *("AUTHOR-1", "SCREEN-PEERS", "SCREEN-UNKNOWN"),
        beyond="words that no list has: `placeholders` takes more of them (测试 stands for people of trials)",
    ),
    _works(
        "S44",
        "reproduction at 73 and 86",
        *("AUTHOR-12", "CLINICAL-12", "CLINICAL-18", "CLINICAL-20", "rx knowledge"),
        beyond="a slip between two that fit the patient alike, or in a list that is not searched by initials",
    ),
    _works(
        "S45",
        "collected cards",
        *("PACE-1", "PACE-6", "SCREEN-RING", "SCREEN-GROUP"),
        beyond="cards that are others each time, or taken to another shop each time, or swiped on one day "
        "alone, each by the own doctor: a clinic's patients do the same",
    ),
    _works(
        "S46",
        "wrong mappings",
        *("CLINICAL-5", "CLINICAL-12", "CLINICAL-20", "OFFICE-18", "rx knowledge", "rx import"),
        beyond="which mapping a message was translated with: it stays at the hospital, no statement names it",
    ),
    _works(
        "S47",
        "gate, tickets, proposed corrections",
        *("AUTHOR-2", "AUTHOR-11", "AUTHOR-12", "CLINICAL-2", "REVIEW-4", "TRACE-1"),
        beyond="a correction of another person's record of that type: refusals for bad data name nobody",
    ),
    _works(
        "S48",
        "errors are not guilt",
        *("AUTHOR-1", "AUTHOR-2", "BREAKER-5", "CASE-12", "CLINICAL-12", "CLINICAL-20", "CREDIT-8"),
        *("SCREEN-UNKNOWN",),
    ),
    _works(
        "S49",
        "fifteen years of a drug",
        *("SUPPLY-1", "SCREEN-STOCKPILE"),
        beyond="a stock of a drug whose label sets no maximum, such as insulin: its packs have no days there",
    ),
    _works(
        "S50",
        "years of nintedanib",
        *("CONSULT-13", "SCREEN-LONG", "SCREEN-CREDENTIAL", "SCREEN-BODY"),
        beyond="the patient's device and face: no message tells them; "
        "one person with two documents is two people",
    ),
    _works("S51", "kick-backs", "SCREEN-SHARE", beyond="a part below the screen's limit, which is half"),
    _works(
        "S52",
        "Hebei's covered days",
        *("SUPPLY-1", "SUPPLY-2", "SUPPLY-7", "CLINICAL-8"),
        beyond="drugs whose label sets no maximum (insulins, warfarin): a notice at most, no day stops them",
    ),
    _works("S53", "asked at every counter", "SUPPLY-1", "SUPPLY-3", "CLINICAL-11", "CLINICAL-17"),
    _out("S54", "drug cloud, three settlements", "adapters of a fund's own platform; interface not public"),
    _works("S55", "rules renewed while prescribing", "OFFICE-2", "OFFICE-4"),
    _works(
        "S56",
        "three drug classes, computed",
        *("SCREEN-DRUG-CASES", "SCREEN-DRUG-SPEND", "SCREEN-DRUG-GROWTH", "SCREEN-DRUG-RESALE"),
    ),
    _works("S57", "profiles", "rx profile"),
    _works("S58", "reminders", *(f"REMINDER-{number}" for number in range(1, 5)), "rx sample"),
    _works("S59", "more audits of the monitored", "rx sample"),
    _works(
        "S60",
        "exemptions",
        *("SUPPLY-2", "SUPPLY-4", "SUPPLY-6"),
        beyond="evidence that names no document by a number: many write the same words",
    ),
    _works(
        "S61",
        "rings over sources",
        *("SCREEN-RING", "SCREEN-GROUP"),
        beyond="a ring that goes from shop to shop, or meets on fewer than three days",
    ),
    _works(
        "S62",
        "holidays and scenes",
        *("SUPPLY-1", "OFFICE-4"),
        beyond="no calendar comes with it: a rulebook names the days on which patients may come early, one "
        "by one (`holidays`), and `holiday_carry_over_s` says how early",
    ),
    _works("S63", "three behaviours", "SUPPLY-1", "SCREEN-HOSPITALS", "SCREEN-STOCKPILE", "SCREEN-RING"),
    _works(
        "S64",
        "by institution, department, person",
        *("SCREEN-DEPARTMENT", "SCREEN-SHARE", "SCREEN-UNSETTLED", "CREDIT-5"),
    ),
    _works(
        "S65",
        "doctors stay unafraid",
        *("CASE-6", "CASE-8", "CASE-9", "CASE-11", "CASE-12", "CASE-13", "PROFILE-1"),
        beyond="a busy clinic waits by design: a monitored drug for the third patient in ten minutes is held "
        "until a pharmacist has looked (PACE-7), and flagged alone only where `burst_hold` is 0 (PACE-6)",
    ),
    _works(
        "S66",
        "shadow mode, comparison, sign-off by two",
        *("OFFICE-9", "rx shadow"),
        beyond="what shares its rule with a plain ban goes in force untried: the switches of AUTHOR-9, "
        "CONSULT-11, CONSULT-12 and CLINICAL-8, and limits of rules that no rulebook switches on, as "
        "`validity_days_max` of CLINICAL-7",
    ),
    _works("S67", "operations and checklists", "rx roles", "rx checklist"),
    _works(
        "S68",
        "stock and sales agree",
        *("TRACE-16", "TRACE-28", "TRACE-29", "TRACE-30", "TRACE-31", "SCREEN-BALANCE", "SCREEN-OVERSOLD"),
        beyond="a pack in the books that the shelf has not, until somebody counts the shelf",
    ),
    _works("S69", "packs without codes", "TRACE-18", "TRACE-19", "TRACE-20", "OFFICE-11", "SCREEN-UNCODED"),
    _works("S70", "diagnosis and drug", "CLINICAL-11", beyond="diagnoses of earlier visits"),
)


def section(of: str, table: tuple[Row, ...]) -> list[str]:
    """Return the lines of a section of RULES.md."""
    states = dict.fromkeys(row.state for row in table)
    told = ", ".join(f"{sum(row.state == state for row in table)} {state}" for state in states)
    head = [
        f"## What became of {of}",
        "",
        f"{told}.",
        "",
        "| row | asks for | state | by | what it does not see, or why not |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = (f"| {one.id} | {one.title} | {one.state} | {', '.join(one.by)} | {one.beyond} |" for one in table)
    return [*head, *rows]
