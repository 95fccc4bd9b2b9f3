"""State keys, legal on every host (no U+0000, no U+10FFFF), and who may read them.

`pub/` values come from public members and ledger time alone; every value that comes from a
disclosure, its keyed tag included, lies under `pvt/` (D7).
"""

from __future__ import annotations

GENESIS = "pub/genesis"
RULEBOOK = "pub/rulebook"
KNOWLEDGE = "pub/knowledge"
LOG_KEYS = "pub/log-keys"
"""The log's keys after genesis': {"keys": [{"id","vkey","until"?}]}; until when the one before signs too."""
READ_AT_ADMISSION = (GENESIS, "pub/key/", "pub/organisation/", "pub/authenticator/", "pub/licence/")
"""What the keys begin with that `contracts.statements` reads; registrations alone write there."""


def leaf(statement_id: str) -> str:
    """Leaf hash of a committed statement: {"leaf"}; its presence says the id is taken."""
    return f"pub/leaf/{statement_id}"


def head(chain: str) -> str:
    """Leaf of the last entry of a chain (an rx, or a pharmacist's duty): {"leaf"}."""
    return f"pub/head/{chain}"


def jti(organisation: str, value: str) -> str:
    """The committed statement that took (`iss`, `jti`): {"id"}."""
    return f"pub/jti/{organisation}/{value}"


def key(kid: str) -> str:
    """A registered public key: {"subject","role","alg","spki","usage","from","to"?,"revoked"?,…}."""
    return f"pub/key/{kid}"


def organisation(code: str) -> str:
    """An organisation as registered."""
    return f"pub/organisation/{code}"


def person(code: str) -> str:
    """A person as registered: {"role","department"?}; the name is disclosed, never here."""
    return f"pub/person/{code}"


def licence(code: str) -> str:
    """A person's licence: {"licence","sites","scope","valid_from","valid_to",…}."""
    return f"pub/licence/{code}"


def tool(device_registration: str, version: str) -> str:
    """A registered version of a tool: {"code","kinds","vendor","fee","valid_from","valid_to"}.

    Under the version "" the one that was registered last, for who names no version or another one.
    """
    return f"pub/tool/{version}/{device_registration}"


def vendor(code: str) -> str:
    """A vendor, of registered tools or of none: {"role","name"}."""
    return f"pub/vendor/{code}"


def department(code: str) -> str:
    """A department: {"role","organisation","name"}."""
    return f"pub/department/{code}"


def department_named(organisation_code: str, name: str) -> str:
    """A department by its name within its institution: {"code"}."""
    return f"pub/department-named/{organisation_code}/{name}"


def insured(code: str) -> str:
    """A supervised insured person under a code that says nothing of the patient: {"role"}."""
    return f"pub/insured/{code}"


def insured_tagged(patient_tag: str) -> str:
    """The code of a supervised insured person: {"code"}."""
    return f"pvt/insured/{patient_tag}"


def channel(organisation_code: str, code: str) -> str:
    """A hospital's registered channel of online consultation: {"name","valid_from","valid_to"}."""
    return f"pub/channel/{organisation_code}/{code}"


def authenticator(credential_id: str) -> str:
    """An enrolled authenticator: {"person","organisation","public_key","aaguid","from",…}."""
    return f"pub/authenticator/{credential_id}"


def counter(credential_id: str) -> str:
    """The signature counter last seen from an authenticator, and that act's claimed time: {"count","iat"}."""
    return f"pub/counter/{credential_id}"


def rulebook(statement_id: str) -> str:
    """The parameters of one rulebook version."""
    return f"pub/rulebook/{statement_id}"


def knowledge(statement_id: str) -> str:
    """The list of parts of one knowledge version."""
    return f"pub/knowledge/{statement_id}"


def part(statement_id: str) -> str:
    """That a knowledge part is on the ledger, since when, and its drugs' classes: {"drugs","at","classes"?}.

    No version with it was in force before; parts of older software have no classes beside them.
    """
    return f"pub/part/{statement_id}"


def said(part_id: str) -> str:
    """What a knowledge part says, to compare it with others: {"drug/<code>": digest, "product/…": digest}.

    Not beside `part`, which every act reads; parts of older software have none.
    """
    return f"pub/said/{part_id}"


def drug(part_id: str, code: str) -> str:
    """A drug of a knowledge part, by national code."""
    return f"pub/drug/{part_id}/{code}"


def product(part_id: str, product_id: str) -> str:
    """A product and package level of a knowledge part, by the first seven digits of a trace code."""
    return f"pub/product/{part_id}/{product_id}"


def recall(part_id: str, drug_code: str, lot: str) -> str:
    """That a lot of a drug is recalled."""
    return f"pub/recall/{part_id}/{drug_code}/{lot}"


def refused(statement_id: str) -> str:
    """The codes with which a submission was last refused, so that a repeat is not logged again."""
    return f"pub/refused/{statement_id}"


def quota(organisation_code: str, day: int) -> str:
    """How many refusals of an organisation stand in the log for one ledger day: {"count"}."""
    return f"pub/quota/{organisation_code}/{day}"


def duty(pharmacist: str) -> str:
    """A pharmacist's duty: {"site","since"} while open, {"site":""} after the close."""
    return f"pub/duty/{pharmacist}"


def consultation(statement_id: str) -> str:
    """A consultation: {"organisation","doctor","mode","opened","begun"?,"closed"?,"close"?,"apart_ms"?,…}.

    `apart_ms` is the ledger time since the doctor's close before this one, since 1970 where there was none.
    `begun` is when one that arrived late says that it was opened.
    `beside` is another patient's video or audio consultation held at once: no prescription comes of this one.
    """
    return f"pub/consultation/{statement_id}"


def consulting(doctor: str) -> str:
    """A doctor's open consultations and last close: {"open": [[id, mode, time], …],"closed"?}."""
    return f"pub/consulting/{doctor}"


def consultation_content(statement_id: str) -> str:
    """What the contract needs from a consultation's disclosures: patient tags, turns, first visit, channel.

    And what came of it: {"issued": [[prescription, [drug, …]], …]}, without cancelled ones.
    """
    return f"pvt/consultation/{statement_id}"


def rx(statement_id: str) -> str:
    """A prescription's public state: issuer, people, times, stage, holder, marks, signatures, parcels."""
    return f"pub/rx/{statement_id}"


def rx_content(statement_id: str) -> str:
    """A prescription's lines with what has been sold, its patient's tags and age, its numbers' tags.

    And `department`: the code of its department, where that is registered; `unindicated`: its drugs that no
    diagnosis calls for; `paid`: by drug, in millionths of a yuan, where a rulebook watches what patients
    spend; `uncoded`: see uncoded.py; `told`: see told.py; `parcels`: see parcels.py.
    """
    return f"pvt/rx/{statement_id}"


def number(kind: str, tag: str, organisation_code: str = "") -> str:
    """What a national or hospital number names: {"rx"} or {"consultation","rx"?}.

    `hiRxno` is unique in the nation; `hospRxno` and `mdtrtId` only within their hospital.
    """
    return f"pvt/number/{kind}/{organisation_code}/{tag}"


def authorisation(tag: str) -> str:
    """A patient's one-time number that has been used: {"rx"}."""
    return f"pvt/authorisation/{tag}"


def credential(tag: str) -> str:
    """What stands on an online identity check: {"prescriptions": [[rx, [patient tag, …]], …]}, the latest."""
    return f"pvt/credential/{tag}"


def recording(tag: str) -> str:
    """What a recording confirmed: {"prescriptions": [[rx, [patient tag, …]], …]}, the latest."""
    return f"pvt/recording/{tag}"


def trace_code(tag: str) -> str:
    """A pack: where it came in, where it was sold, how much of an opened pack is gone."""
    return f"pvt/code/{tag}"


def caught(tag: str) -> str:
    """When a pack was last refused at one institution as sold at another: {"at"}."""
    return f"pvt/caught/{tag}"


def supply(patient_tag: str, substance: str) -> str:
    """A patient's purchases of one substance: {"sales": [{"rx","at","days_ms"}, …]}, or {"moved": tag}."""
    return f"pvt/supply/{patient_tag}/{substance}"


def prescribed(patient_tag: str, substance: str) -> str:
    """The same of a substance whose labels set no highest dose, by prescribed days."""
    return f"pvt/prescribed/{patient_tag}/{substance}"


def pace(doctor: str) -> str:
    """A doctor's latest prescriptions: {"recent": [[time, patient tag, monitored], …]}."""
    return f"pvt/pace/{doctor}"


def issue_count(doctor: str) -> str:
    """How many prescriptions a doctor has issued or tried to issue, and when: {"count","last","since"}.

    `since` is the first one after a rest (`contracts.rules.pace.working_since`).
    """
    return f"pub/issues/{doctor}"


def issue_time(doctor: str, number_: int) -> str:
    """When a doctor's n-th prescription was issued or tried: {"at"}; a rolling cap is one read."""
    return f"pub/issue/{doctor}/{number_}"


def last_reviews(reviewer: str) -> str:
    """A reviewer's latest reviews: {"recent"} with [time, opinion's tag, consultation], newest last."""
    return f"pvt/review/{reviewer}"


def freezes(subject: str) -> str:
    """A subject's freezes: {"freezes": [{"id","scope","drug"?,"drug_class"?,"until","by",…}, …]}.

    And why: of officers "reason" and "case"?, of a rule the "code" of the refusals that led to it.
    """
    return f"pub/freeze/{subject}"


def freeze_of(statement_id: str) -> str:
    """Whom a freeze concerns: {"subject"}; the id is the statement's, or the refused digest's."""
    return f"pub/freeze-of/{statement_id}"


def trips(doctor: str) -> str:
    """A doctor's prescriptions last refused for their pace: {"refused": [[time, which], …]}."""
    return f"pvt/trips/{doctor}"


def scores(subject: str) -> str:
    """A subject's points, oldest first: {"events": [{"id","at","points","left","case","kind",…}, …]}."""
    return f"pub/score/{subject}"


def score_of(statement_id: str) -> str:
    """Whom a score concerns: {"subject"}."""
    return f"pub/score-of/{statement_id}"


def case(statement_id: str) -> str:
    """A case: {"subject","opened","due","steps","deciders","appealed","finding"?,"campaign"?,"referred"?,…}.

    And "freezes": those that named it as evidence, whoever is frozen.
    """
    return f"pub/case/{statement_id}"


def self_report(statement_id: str) -> str:
    """Who reported the own fault, and when: {"subject","at"}."""
    return f"pub/self-report/{statement_id}"


def self_reports(subject: str) -> str:
    """A subject's reports of its own faults that no case has named: {"unnamed": [[id, time], …]}."""
    return f"pub/self-reports/{subject}"


def uncoded(organisation: str, drug: str) -> str:
    """Listed old stock without trace codes: {"lots": {lot: {"packs","valid_to"}}}."""
    return f"pub/uncoded/{organisation}/{drug}"


def uncoded_taken(organisation: str, drug: str) -> str:
    """How much of listed old stock was sold: {"taken": {lot: packs}}."""
    return f"pvt/uncoded-taken/{organisation}/{drug}"


def access(statement_id: str) -> str:
    """An access statement: {"rx","organisation","groups","until"}."""
    return f"pub/access/{statement_id}"


def burst(doctor: str) -> str:
    """A doctor's latest prescriptions of monitored drugs: {"recent": [[time, patient tag, [drug, …]], …]}."""
    return f"pvt/burst/{doctor}"


def drug_day(doctor: str, substance: str) -> str:
    """Who got a monitored substance from a doctor on the latest local day: {"day","patients": [tag, …]}."""
    return f"pvt/drug-day/{doctor}/{substance}"


def month(patient_tag: str, month_: int) -> str:
    """A patient's local month: {"visits","hospitals": {day: [code, …]},"spent" (micro-yuan)}, {"moved"}."""
    return f"pvt/month/{patient_tag}/{month_}"


def exemptions(patient_tag: str) -> str:
    """When a patient bought for a declared reason in a covered period: {"at": [time, …]}, or {"moved"}."""
    return f"pvt/exemption/{patient_tag}"


def evidence(tag: str) -> str:
    """For whom a document was shown as evidence of a declared reason: {"patients": [tag, …]}, the latest."""
    return f"pvt/evidence/{tag}"


def campaign(statement_id: str) -> str:
    """A campaign: {"name","rules","stages","done": [stage, …],"due","cases","closed"}."""
    return f"pub/campaign/{statement_id}"


def appeals(subject: str) -> str:
    """A subject's appeals that nobody decided: {"open": [[id, case or freeze, due], …]}."""
    return f"pub/appeals/{subject}"


def reminder(statement_id: str) -> str:
    """A reminder: {"subject","due","answered"?} with the acknowledging statement."""
    return f"pub/reminder/{statement_id}"


def reminders(subject: str) -> str:
    """A subject's reminders that nobody acknowledged: {"open": [[id, due], …]}."""
    return f"pub/reminders/{subject}"


def ticket(statement_id: str) -> str:
    """A record refused for its data: {"organisation","type","at","closed"?} with the correcting statement."""
    return f"pub/ticket/{statement_id}"


def tickets(organisation_code: str) -> str:
    """How many tickets an organisation had, and closed: {"opened","closed"}."""
    return f"pub/tickets/{organisation_code}"
