"""What became of each row R1-R28 and T1-T17 of the law.

A row is carried by rules, screens or commands (`CARRIED`), carried `IN_PART` with what is missing, or
`NO_RULE`: no act shows it, and somebody else answers for it. The tests are those of `coverage`.
"""

from __future__ import annotations

from contracts.rules.coverage import Row

CARRIED, IN_PART, NO_RULE = "carried", "in part", "no rule"


def _carried(id: str, title: str, *by: str) -> Row:
    return Row(id, title, CARRIED, by)


def _in_part(id: str, title: str, missing: str, *by: str) -> Row:
    return Row(id, title, IN_PART, by, missing)


def _no_rule(id: str, title: str, reason: str) -> Row:
    return Row(id, title, NO_RULE, (), reason)


LAW: tuple[Row, ...] = (
    _carried("R1", "valid one to three days, extended by its doctor", "FLOW-6", "FLOW-15", "CLINICAL-7"),
    _carried("R2", "7 days, emergency 3", "CLINICAL-8", "CLINICAL-19", "rulebook national-2025"),
    _in_part(
        "R3",
        "long prescriptions: 28 days, evaluated and signed 84",
        "an evaluation in words is enough where the rulebook wants no name (`evaluation_named`); any illness "
        "where the rulebook lists none (`long_term_diagnoses`), and what Chinese medicine alone names; that "
        "it is stable is the doctor's word",
        *("CLINICAL-8", "CLINICAL-13", "CLINICAL-14", "rulebook national-2025", "rulebook hebei-2025"),
    ),
    _in_part(
        "R4",
        "classes that are never long",
        "special storage where no rulebook forbids it (`long_term_storage_excluded`), and what the drug "
        "table does not mark so; drugs against tuberculosis need another class in the drug table",
        *("CLINICAL-8", "rulebook national-2025"),
    ),
    _in_part(
        "R5", "days of narcotics by dosage form", "an injection without a dose: a day of it", "CLINICAL-9"
    ),
    _in_part("R6", "more of them for cancer and chronic pain", "in-patients", "CLINICAL-9"),
    _in_part(
        "R7",
        "five drugs, doses of the label",
        "a line without its dose, and drugs whose label sets no maximum",
        "CLINICAL-10",
        "CLINICAL-15",
        "CLINICAL-16",
    ),
    _in_part(
        "R8",
        "how long prescriptions are kept",
        "whether the reason for which the operator erases too early is a good one: it is printed, and no log "
        "keeps it; who destroys the ledger's own files, or sets the machine's clock ahead, is not asked",
        "rx erase",
    ),
    _in_part(
        "R9",
        "15 years of online records, 3 of video",
        "as R8; video and text stay with the hospital, the ledger has their digests",
        "rx erase",
    ),
    _in_part(
        "R10",
        "online only for follow-ups",
        "the earlier record where no rulebook asks for it (`prior_record_required`); what it says is the "
        "hospital's word",
        *("CONSULT-1", "CONSULT-8", "CONSULT-15", "CONSULT-16", "CONSULT-17", "rulebook national-2025"),
    ),
    _carried("R11", "the doctor in person", "AUTHOR-3", "AUTHOR-4", "PRESENCE-1"),
    _carried(
        "R12",
        "the attending doctor's own prescription, before any drug",
        *("AUTHOR-3", "AUTHOR-4", "AUTHOR-5", "AUTHOR-7", "AUTHOR-8"),
        *("CONSULT-1", "CONSULT-5", "CONSULT-6", "FLOW-17"),
    ),
    _carried("R13", "in force after a pharmacist's review", "FLOW-5"),
    _in_part(
        "R14",
        "small children: guardian and specialist",
        "the specialist where the rulebook lists no departments (`departments_children`); which of those "
        "listed the illness calls for",
        *("CONSULT-9", "CONSULT-14", "rulebook national-2025", "rulebook tianjin-2026"),
    ),
    _carried("R15", "special drugs not online", "CLINICAL-6"),
    _in_part(
        "R16",
        "traceable, open to the regulator, protected at level 3",
        "certification of the operator's machines and processes",
        *("rx-verify", "rx checklist"),
    ),
    _in_part(
        "R17",
        "who may practise online",
        "three years of independent practice: the officer who registers the doctor looks",
        *("LICENCE-2", "LICENCE-3", "LICENCE-4", "LICENCE-5", "LICENCE-10"),
    ),
    _carried(
        "R18",
        "real names, no prescription used twice",
        *("AUTHOR-2", "FLOW-2", "FLOW-7", "FLOW-8", "FLOW-10", "FLOW-14"),
    ),
    _no_rule("R19", "what a shop's page shows before review", "a page sends no statement: inspectors look"),
    _in_part(
        "R20",
        "drugs never sold online",
        "what the drug table does not mark: it is the area's; a consultation at a distance that doctor and "
        "hospital both write down as one at the counter",
        "CLINICAL-6",
    ),
    _in_part(
        "R21",
        "dual-channel drugs only through the centre",
        "where no rulebook lists the attribute (`centre_number_attributes`), or the hospital leaves it out",
        *("LICENCE-7", "rulebook national-2025", "rulebook hunan-2025"),
    ),
    _in_part(
        "R22",
        "Hunan: provincial centre, listing, TCM",
        "the level of the backing hospital, listings of shops across cities",
        *("CREDIT-1", "LICENCE-7", "LICENCE-8", "LICENCE-9", "rulebook hunan-2025"),
    ),
    _carried("R23", "two reviews", "SEPARATION-1", "SEPARATION-2"),
    _carried(
        "R24",
        "Tianjin: the same, with least access",
        *("ACCESS-1", "ACCESS-2", "ACCESS-3", "ACCESS-4", "rulebook tianjin-2026"),
    ),
    _carried("R25", "labels of generated content", "AUTHOR-5"),
    _no_rule(
        "R26",
        "filing as a blockchain information service",
        "the operator's duty before opening to the public; here only named people and institutions write",
    ),
    _carried("R27", "reliable signatures", "AUTHOR-3", "SEPARATION-2", "PRESENCE-1"),
    _in_part(
        "R28",
        "no sale without a pharmacist, five years kept",
        "sales that never touch the ledger; for the five years as R8",
        *("DUTY-1", "rx erase"),
    ),
    _carried(
        "T1",
        "the Shanghai list",
        *("PROFILE-1", "PROFILE-2", "PROFILE-3", "SCREEN-VISITS", "SCREEN-HOSPITALS", "SCREEN-SPENDING"),
    ),
    _in_part(
        "T2",
        "Hebei's covered period",
        "drugs whose label sets no maximum: a notice where the rulebook asks (`supply_days_prescribed`)",
        *("CLINICAL-8", "SUPPLY-1", "SUPPLY-7", "rulebook hebei-2025"),
    ),
    _in_part(
        "T3",
        "Yulin: early, too much, beyond its use",
        "drugs without known indications; from outside the area, what is looked at there",
        *("SUPPLY-1", "SUPPLY-3", "CLINICAL-11", "CLINICAL-17", "rulebook yulin-2025"),
    ),
    _in_part(
        "T4",
        "monitored drugs by area and date",
        "the list itself: each area names its drugs by rulebook version (`monitored_drugs`), else the drug "
        "table's marks count; too few by a deadline is reported, and refuses no rulebook",
        *("PACE-6", "CLINICAL-11", "OFFICE-10", "rx knowledge", "rx report"),
    ),
    _carried(
        "T5",
        "three classes of drugs",
        *("SCREEN-DRUG-CASES", "SCREEN-DRUG-SPEND", "SCREEN-DRUG-GROWTH", "SCREEN-DRUG-RESALE"),
        "rulebook national-2025",
    ),
    _carried(
        "T6",
        "three behaviours",
        *("SCREEN-RING", "SCREEN-GROUP", "SCREEN-STOCKPILE", "SCREEN-HOSPITALS"),
    ),
    _carried("T7", "three kinds of subjects", "SCREEN-DEPARTMENT", "rx profile"),
    _carried("T8", "the hundred days", "PACE-5", "PACE-8", "CLINICAL-11", "SUPPLY-1", "SCREEN-SHARE"),
    _in_part(
        "T9",
        "exemptions with reason, evidence, end and counter-signature",
        "what the evidence is; the counter-signature where the rulebook lists no reason that wants one",
        *("SEPARATION-2", "SUPPLY-2", "SUPPLY-5"),
    ),
    _carried(
        "T10",
        "batches within a minute",
        *("CONSULT-4", "PACE-1", "PACE-4", "PACE-6", "PACE-7", "PACE-8", "PACE-9", "PACE-10", "BREAKER-1"),
    ),
    _carried(
        "T11",
        "one pharmacist at several shops, or at all hours",
        *("DUTY-1", "DUTY-2", "SCREEN-OPEN", "SCREEN-TRAVEL", "SCREEN-SAME-CITY"),
        *("SCREEN-REST", "SCREEN-LEFT-OPEN", "SCREEN-REVIEWS"),
    ),
    _in_part(
        "T12",
        "outliers among known people",
        "a drug that fewer than five doctors of the province write; in a small department a little to many",
        *("AUTHOR-1", "SCREEN-PEERS"),
    ),
    _carried("T13", "sex, age and diagnosis", "AUTHOR-12", "CLINICAL-12", "CLINICAL-18", "CLINICAL-20"),
    _in_part(
        "T14",
        "active shops without settlement",
        "why, where no officer registered agreements and both addresses; another licence number or legal "
        "person that the insurance was not told: such a shop is named without the cause",
        "SCREEN-UNSETTLED",
    ),
    _carried("T15", "extreme stockpiles", "SUPPLY-3", "SCREEN-STOCKPILE", "SCREEN-CREDENTIAL", "SCREEN-BODY"),
    _no_rule(
        "T16",
        "what time words in a rule's text mean",
        "how to read the others: windows are a person's across institutions, and returns are netted",
    ),
    _in_part(
        "T17",
        "fines and suspensions",
        "fines and prison: offices and courts set them, a case's package brings what they need",
        *("CREDIT-7", "rx referral"),
    ),
)
