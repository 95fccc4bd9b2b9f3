"""Injected cases: what people did who broke a rule, each with its row S… and the codes that would be right.

`CASES` is a table of (row, codes, rules, what happens). A case spoils one act of an otherwise honest life;
that act alone bears the label. What only history shows is in `histories.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.province.cast import CHILDREN, Patient
from api.province.event import Label
from api.province.life import Life

_SEMAGLUTIDE, _ALBUMIN, _ESTAZOLAM = "司美格鲁肽注射液", "人血白蛋白", "艾司唑仑片"
_OSELTAMIVIR, _PROGESTERONE = "磷酸奥司他韦胶囊", "黄体酮胶囊"


@dataclass(frozen=True, slots=True)
class Case:
    """`play` adds the acts to a life and labels the one that is wrong; each of `rules` ought to catch it."""

    row: str
    codes: tuple[str, ...]
    rules: str
    play: Callable[[Life, Label], None]
    lookalike: str = ""  # its kind, where the act is to be noted or sent back and nobody accused

    @property
    def label(self) -> Label:
        """The label of the act that is wrong."""
        return Label(self.row, self.codes, tuple(self.rules.split()), self.lookalike)


def _spoilt_issue(**changed: Any) -> Callable[[Life, Label], None]:
    def play(life: Life, label: Label) -> None:
        life.issue(label=label, **changed)

    return play


def _spoilt_consultation(seconds: int | None = None, **clinical: Any) -> Callable[[Life, Label], None]:
    def play(life: Life, label: Label) -> None:
        life.issue(life.consult(seconds, **clinical), label=label)

    return play


def _unsigned(life: Life, label: Label) -> None:
    life.issue(signers=(), label=label)


def _by_the_organisation(life: Life, label: Label) -> None:
    life.issue(signers=((life.hospital.code, "organisation"),), label=label)


def _by_a_colleague(life: Life, label: Label) -> None:
    other = next(one for one in life.hospital.doctors if one != life.doctor)
    life.issue(signers=((other, "doctor"),), label=label)


def _by_nobody_registered(life: Life, label: Label) -> None:
    life.doctor = "D990000999999"
    life.issue(label=label)


def _without_consultation(life: Life, label: Label) -> None:
    opened, _ = life.consult()
    rx = life.issue()
    life.issue((rx, opened), label=label)


def _prescribe(name: str, days: float, **changed: Any) -> Callable[[Life, Label], None]:
    def play(life: Life, label: Label) -> None:
        life.drug, life.packs, life.days = life.cast.by_name[name], 1, days
        life.issue(label=label, **changed)

    return play


def _child_alone(life: Life, label: Label) -> None:
    life.department = CHILDREN
    life.issue(patient={"age": "4.0"}, label=label)


def _reviewed_by_the_prescriber(life: Life, label: Label) -> None:
    life.approve(life.issue(), life.doctor, label)


def _one_reviewer_twice(life: Life, label: Label) -> None:
    rx = life.issue()
    life.approve(rx)
    life.claim(rx)
    first, _ = life.pair()
    life.review(rx, (first, first), label)


def _stamped(life: Life, label: Label) -> None:
    """The same pair passes the next prescription three seconds later with the same words."""
    first, second = life.issue(), life.issue()
    for rx in (first, second):
        life.approve(rx)
    for rx in (first, second):
        life.claim(rx)
    life.review(first, opinion="通过", wait_ms=60_000)
    life.review(second, opinion="通过", wait_ms=3_000, label=label)


def _stamped_in_turn(life: Life, label: Label) -> None:
    """Three in four seconds; the words of the second are others, those of the third are the first's."""
    named = [life.issue() for _ in range(3)]
    for step in (life.approve, life.claim):
        for rx in named:
            step(rx)
    for turn, rx in enumerate(named):
        said, wait_ms = ("通过" if turn != 1 else "剂量已核对"), (2_000 if turn else 60_000)
        life.review(rx, opinion=said, wait_ms=wait_ms, label=label if turn == 2 else None)


def _claimed_unseen(life: Life, label: Label) -> None:
    """A shop takes a prescription that no hospital pharmacist has seen."""
    life.claim(life.issue(), label)


def _more_than_written(life: Life, label: Label) -> None:
    life.sell(life.ready(), [life.pack(), life.pack()], label=label)


def _reasons_again(life: Life, label: Label) -> None:
    """The third early purchase for a declared reason within the year."""
    _sold(life)
    for turn in range(3):
        early = label if turn == 2 else Label(lookalike="travel")
        rx = life.ready()
        life.sell(rx, [life.pack()], disclosures=life.reason("火车票"), label=early)


def _sold(life: Life) -> tuple[str, str]:
    rx, code = life.ready(), life.pack()
    life.sell(rx, [code])
    return rx, code


def _other_patient(life: Life) -> Patient:
    other = life.patient
    while other is life.patient:
        other = life.cast.pick.choice(life.cast.patients)
    return other


def _again_for_another(life: Life, elsewhere: bool) -> tuple[str, str]:
    _, code = _sold(life)
    life.patient = fresh_patient(life)
    if elsewhere:
        at = life.cast.pharmacies.index(life.shop)
        life.shop = life.cast.pharmacies[(at + 2) % len(life.cast.pharmacies)]
    return life.ready(), code


def fresh_patient(life: Life) -> Patient:
    """Somebody who does not yet have this drug."""
    other = _other_patient(life)
    while life.drug.code in other.due:
        other = _other_patient(life)
    other.due[life.drug.code] = 400
    return other


def _sold_twice_here(life: Life, label: Label) -> None:
    rx, code = _again_for_another(life, elsewhere=False)
    life.sell(rx, [code], label=label)


def _sold_twice_elsewhere(life: Life, label: Label) -> None:
    rx, code = _again_for_another(life, elsewhere=True)
    life.sell(rx, [code], label=label)


def _never_received(life: Life, label: Label) -> None:
    life.sell(life.ready(), [life.pack(received=False)], label=label)


def _expired(life: Life, label: Label) -> None:
    rx, code = life.ready(), life.pack()
    life.sell(rx, [code], listed=[{"code": code, "line": 0, "expiry": "2025-12-31"}], label=label)


def _another_drug(life: Life, label: Label) -> None:
    rx = life.ready()
    swapped = next(one for one in life.cast.chronic if one.code != life.drug.code)
    life.sell(rx, [life.pack(swapped)], label=label)


def _returned_elsewhere(life: Life, label: Label) -> None:
    rx, code = _sold(life)
    at = life.cast.pharmacies.index(life.shop)
    seller, life.shop = life.shop, life.cast.pharmacies[(at + 2) % len(life.cast.pharmacies)]
    life.give_back(rx, [code], True, label=label)
    life.shop = seller


def _sold_after_leaving(life: Life, label: Label) -> None:
    rx, code = _sold(life)
    life.give_back(rx, [code], True)
    life.patient = fresh_patient(life)
    life.sell(life.ready(), [code], label=label)


def _overdrawn(life: Life, label: Label) -> None:
    """Six and six capsules out of a pack of ten."""
    life.drug, life.days = life.cast.by_name[_OSELTAMIVIR], 3.0
    code = life.pack()
    line = {"quantity": "6", "unit": life.drug.unit, "days": "3.00"}
    life.sell(life.ready(line=line), [code], split="6")
    life.patient = fresh_patient(life)
    life.sell(life.ready(line=line), [code], split="6", label=label)


def _early(life: Life, label: Label) -> None:
    """The same drug again on the same day, without a reason."""
    _sold(life)
    life.sell(life.ready(), [life.pack()], label=label)


def _not_held(life: Life, label: Label) -> None:
    rx = life.ready()
    at = life.cast.pharmacies.index(life.shop)
    life.shop = life.cast.pharmacies[(at + 2) % len(life.cast.pharmacies)]
    life.sell(rx, [life.pack()], label=label)


def _unreviewed(life: Life, label: Label) -> None:
    rx = life.issue()
    life.approve(rx)
    life.claim(rx)
    life.sell(rx, [life.pack()], label=label)


def _used_again(life: Life, label: Label) -> None:
    rx, _ = _sold(life)
    life.sell(rx, [life.pack()], label=label)


def _burst(life: Life, label: Label) -> None:
    """Semaglutide for three patients within a minute."""
    life.drug, life.days = life.cast.by_name[_SEMAGLUTIDE], 14.0
    seen = []
    for _ in range(3):
        seen.append((life.patient, life.consult()))
        life.patient = fresh_patient(life)
    for turn, (patient, consultation) in enumerate(seen):
        life.patient = patient
        life.issue(consultation, wait_ms=20_000, label=label if turn == 2 else None)


def _split(life: Life, label: Label) -> None:
    """Five prescriptions of one drug out of one consultation."""
    consultation = life.consult()
    for turn in range(3):
        life.issue(consultation, label=label if turn == 2 else None)


def _machine(life: Life, label: Label) -> None:
    life.issue(origin={"authorship": "ai"}, label=label)


def _marked_file(life: Life, label: Label) -> None:
    mark = {"file": {"size": 1000, "digest": "ab" * 32, "aigc": '{"Label":"1"}'}}
    life.issue(disclosures=mark, label=label)


def _two_videos(life: Life, label: Label) -> None:
    """Two video consultations of one doctor at once."""
    first, patient = life.open_consultation(), life.patient
    life.patient = _other_patient(life)
    life.now_ms += 30_000
    second = life.open_consultation()
    life.now_ms += 200_000
    both = [(opened, life.close_consultation(opened)) for opened in (first, second)]
    life.patient = patient
    life.issue(both[0], label=label)


def _pharmacists_of_another_shop(life: Life, label: Label) -> None:
    """Two pharmacists who are not at this shop lend it their names (挂证)."""
    rx = life.issue()
    life.approve(rx)
    life.claim(rx)
    at = life.cast.pharmacies.index(life.shop)
    first, second = life.cast.pharmacies[(at + 2) % len(life.cast.pharmacies)].pharmacists[:2]
    life.review(rx, (first, second), label)


def _borrowed_check(life: Life, label: Label) -> None:
    """One patient's online identity check stands behind another's prescription."""
    check, life.drug = f"C{life.name}", life.cast.chronic[0]
    life.issue(check=check)
    life.patient = fresh_patient(life)
    life.issue(check=check, label=label)


CASES: tuple[Case, ...] = (
    Case("S1", ("ORIGIN_AI_GENERATED",), "AUTHOR-5", _machine),
    Case("S1", ("ORIGIN_AI_GENERATED",), "AUTHOR-5", _marked_file),
    Case("S1", ("HUM_ASSERTION_MISSING", "SIG_MISSING", "SIGNERS_MISMATCH"), "", _unsigned),
    Case("S2", ("ORIGIN_MISSING",), "AUTHOR-6", _spoilt_issue(origin={})),
    Case("S2", ("ACTOR_NOT_NATURAL_PERSON",), "AUTHOR-3", _by_the_organisation),
    Case("S5", ("SIGNER_NOT_ATTENDING",), "AUTHOR-4", _by_a_colleague),
    Case("S5", ("CONSULT_OVERLAP",), "CONSULT-3", _two_videos),
    Case("S5", ("CREDENTIAL_SHARED",), "CONSULT-13", _borrowed_check),
    Case("S18", ("LICENCE_EXPIRED", "CONSULT_BINDING", "CONSULT_NOT_OPEN"), "LICENCE-2",
         _by_nobody_registered),
    Case("S3", ("CONSULT_TOO_SHORT",), "CONSULT-4", _spoilt_consultation(10)),
    Case("S3", ("CONSULT_NO_REPLY",), "CONSULT-5", _spoilt_consultation(patient_turns=0)),
    Case("S3", ("CONSULT_NOT_OPEN", "CONSULT_BINDING"), "CONSULT-1", _without_consultation),
    Case("S4", ("DRUG_FIRST",), "CONSULT-6", _spoilt_consultation(drug_chosen_before_consultation=True)),
    Case("S6", ("FIRST_VISIT_ONLINE",), "CONSULT-8", _spoilt_consultation(first_visit=True)),
    Case("S7", ("REVIEW_RUBBER_STAMP",), "REVIEW-1", _stamped),
    Case("S7", ("REVIEW_RUBBER_STAMP",), "REVIEW-1", _stamped_in_turn),
    Case("S8", ("FLOW_ORDER",), "FLOW-9", _claimed_unseen),
    Case("S9", ("SPLIT_RX",), "PACE-5", _split),
    Case("S9", ("QTY_EXCEEDS_RX",), "FLOW-11", _more_than_written),
    Case("S10", ("DUTY_SEPARATION",), "SEPARATION-1", _reviewed_by_the_prescriber),
    Case("S10", ("DUTY_SEPARATION",), "SEPARATION-1", _one_reviewer_twice),
    Case("S14", ("ORIGIN_AI_DRAFT_FORBIDDEN", "ORIGIN_MISSING"), "AUTHOR-10 AUTHOR-7", _spoilt_issue(
        origin={"authorship": "human_with_assist", "assist": [{"kind": "draft", "tool": "T"}]})),
    Case("S15", ("DRUG_ONLINE_FORBIDDEN",), "CLINICAL-6", _prescribe(_ALBUMIN, 2.0)),
    Case("S17", ("DRUG_ONLINE_FORBIDDEN",), "CLINICAL-6", _prescribe(_ESTAZOLAM, 7.0)),
    Case("S16", ("RX_NOT_CLAIMED",), "FLOW-10", _not_held),
    Case("S24", ("TRACE_ALREADY_DISPENSED_HERE",), "TRACE-13", _sold_twice_here),
    Case("S24", ("NO_INBOUND",), "TRACE-16", _never_received),
    Case("S24", ("TRACE_EXPIRED",), "TRACE-7", _expired),
    Case("S24", ("TRACE_PRODUCT_MISMATCH",), "TRACE-6", _another_drug),
    Case("S24", ("TRACE_RETURN_ELSEWHERE", "RX_NOT_CLAIMED"), "FLOW-10 TRACE-14", _returned_elsewhere),
    Case("S24", ("TRACE_NOT_RESALABLE",), "TRACE-9", _sold_after_leaving),
    Case("S24", ("TRACE_SPLIT_OVERFLOW",), "TRACE-10", _overdrawn),
    Case("S38", ("LICENCE_SITE",), "LICENCE-3", _pharmacists_of_another_shop),
    Case("S42", ("TRACE_ALREADY_DISPENSED",), "TRACE-12", _sold_twice_elsewhere),
    Case("S36", ("RX_ALREADY_DISPENSED",), "FLOW-7", _used_again),
    Case("S36", ("FLOW_ORDER",), "FLOW-9", _unreviewed),
    Case("S43", ("PLACEHOLDER_IDENTITY",), "AUTHOR-1", _spoilt_issue(prescriber="未知")),
    Case("S44", ("SEX_AGE_IMPLAUSIBLE",), "CLINICAL-12", _prescribe(
        _PROGESTERONE, 7.0, patient={"sex": "1"})),
    Case("S44", ("SEX_AGE_IMPLAUSIBLE",), "CLINICAL-12", _spoilt_issue(
        patient={"age": "86.0", "sex": "2"}, clinical={"diagnoses": [{"code": "Z31.200"}]})),
    Case("S44", ("SEX_AGE_CONFIRMED",), "CLINICAL-18", _prescribe(
        _PROGESTERONE, 7.0, patient={"sex": "1"}, clinical={"diagnosis_confirmed": "已核对"}), "noted"),
    Case("S45", ("PACE_TOO_FAST",), "PACE-1", _burst),
    Case("S46", ("CODE_UNKNOWN",), "CLINICAL-5", _spoilt_issue(line={"drug": "XA10BJA001A001010109999"})),
    Case("S47", ("ID_CHECKSUM",), "AUTHOR-2", _spoilt_issue(
        identity={"certificate_number": "990000195507190220"})),
    Case("S47", ("NAME_CONFUSABLE",), "AUTHOR-11", _spoilt_issue(identity={"name": "白芷а"}), "noted"),
    Case("S47", ("UNIT_NOT_NORMALISED",), "CLINICAL-2", _spoilt_issue(line={"unit": "㎎"})),
    Case("S52", ("SUPPLY_COVERED",), "SUPPLY-1", _early),
    Case("S52", ("RX_DAYS_LIMIT",), "CLINICAL-8", _spoilt_issue(line={"days": "85.00"})),
    Case("R1", ("RX_VALIDITY_LIMIT",), "CLINICAL-7", _spoilt_issue(validity_days=7)),
    Case("S60", ("EXEMPTION_REPEATED",), "SUPPLY-4", _reasons_again),
    Case("S9", ("DOSE_LIMIT",), "CLINICAL-15", _prescribe(
        "盐酸二甲双胍片", 7.0, line={"dose": "50", "dose_unit": "g", "frequency": "12"})),
    Case("R14", ("PEDIATRIC_GUARDIAN_MISSING",), "CONSULT-9", _child_alone),
    Case("S70", ("INDICATION_MISSING",), "CLINICAL-11", _prescribe(
        _SEMAGLUTIDE, 14.0, clinical={"diagnoses": [{"code": "E66.900"}]})),
)  # fmt: skip
