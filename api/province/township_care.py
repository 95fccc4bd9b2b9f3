"""Cases of the townships' hospitals: who signs, consultations, pace, and what a prescription may say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.province.cases import Case
from api.province.cast import CHINESE_MEDICINE, Patient, Place, Township
from api.province.event import Label
from api.province.life import MINUTE, Life
from api.province.office import HOUR_MS, officers, text
from api.province.registry import OFFICERS, authenticator_of, key_of

_MONITORED, _PATENT, _MORPHINE = "阿托伐他汀钙片", "复方丹参片", "硫酸吗啡缓释片"
_METFORMIN = "盐酸二甲双胍片"
_HIGH_DOSE = {"dose": "5", "dose_unit": "g", "frequency": "11", "dose_confirmed": "体重130kg，监测下加量"}
_TOOL = {"kind": "interaction_check", "tool": "RxCheck", "version": "2", "device_registration": "国械注准1"}
_A_DAY_MS = 24 * HOUR_MS


def at(life: Life) -> Township:
    """Return the township in which a life is lived."""
    return next(one for one in life.cast.townships if life.hospital.code[:7] == one.hospitals[0].code[:7])


def people(life: Life, count: int) -> list[Patient]:
    """Return so many further patients of this life alone."""
    return life.cast.people_of(f"others {life.name}", 0, count)


def two_packs(life: Life) -> None:
    """From now on somebody who has none of it yet gets a drug of which the days need two packs."""
    life.drug, life.days, life.share, life.packs = life.cast.by_name[_METFORMIN], 20.0, 1.0, 2
    (life.patient,) = people(life, 1)


def newcomer(life: Life) -> None:
    """The life's doctor from now on is one who has had no other patient, nor will have."""
    life.doctor = life.cast.newcomer(life.hospital)


def _spoilt(**changed: Any) -> Callable[[Life, Label], None]:
    def play(life: Life, label: Label) -> None:
        life.issue(label=label, **changed)

    return play


# -- who signs, and for whom -------------------------------------------------------------------------


def reviewed(life: Life, rx: str, by: str, label: Label | None = None, **changed: Any) -> None:
    """A hospital pharmacist's review; `changed` says otherwise who reviewed, where, or what came of it."""
    hospital: Place = changed.pop("hospital", life.hospital)
    members = {"rx": f"@id:{rx}", "reviewer": by, "decision": "approved", **changed}
    opinion, signers = {"clinical": {"opinion": f"用法用量适宜 {rx}"}}, ((by, "hospital_pharmacist"),)
    life.act("review.hospital", hospital.code, signers, members, opinion, label=label, wait_ms=60_000)


def _named_without_a_word(life: Life, label: Label) -> None:
    """The review names the head pharmacist; a colleague signed."""
    head, colleague, _ = life.hospital.pharmacists
    rx = life.issue()
    reviewed(life, rx, colleague, label, reviewer=head)
    reviewed(life, rx, head)


def _another_department(life: Life, label: Label) -> None:
    life.department = "肿瘤科"
    life.issue(label=label)


def _review_of_another_hospital(life: Life, label: Label) -> None:
    other = at(life).hospitals[1]
    reviewed(life, life.issue(), other.pharmacists[0], label, hospital=other)


def _online_without_the_right(life: Life, label: Label) -> None:
    """A hospital that sees patients at its counter alone prescribes online."""
    _moved(life, at(life).hospitals[2])
    life.issue(label=label)
    life.mode = "counter"
    life.issue(label=Label(lookalike="at_the_counter"))


def _moved(life: Life, hospital: Place) -> None:
    life.hospital, life.doctor = hospital, hospital.doctors[0]


def _without_the_centres_number(life: Life, label: Label) -> None:
    """Online it is missing; at the counter it is not asked for, and a hospital may write that it has none."""
    life.issue(disclosures={"identifiers": {"authNo": f"C{life.name}"}}, label=label)
    life.mode = "counter"
    for _ in range(2):
        life.issue(number="无", label=Label(lookalike="at_the_counter"))


def _chinese_medicine_elsewhere(life: Life, label: Label) -> None:
    life.drug = life.cast.by_name[_PATENT]
    life.issue(label=label)
    life.department = CHINESE_MEDICINE
    life.issue(label=Label(lookalike="chinese_medicine"))


def _chinese_medicine_unknown_to_the_reviewer(life: Life, label: Label) -> None:
    life.drug, life.department = life.cast.by_name[_PATENT], CHINESE_MEDICINE
    first, _, knows = life.hospital.pharmacists
    rx = life.issue()
    reviewed(life, rx, first, label)
    reviewed(life, rx, knows, Label(lookalike="chinese_medicine"))


def _lost(life: Life, reason: str, **named: Any) -> None:
    """An officer revokes a doctor's key or authenticator."""
    officers(life, "registry.revocation", OFFICERS[:1], reason=reason, **named)


def _found_key(life: Life, label: Label) -> None:
    """Whoever found a lost key signs with it."""
    newcomer(life)
    consultation = life.consult()
    _lost(life, "lost", kid=key_of(life.doctor))
    life.issue(consultation, label=label)


def _found_authenticator(life: Life, label: Label) -> None:
    newcomer(life)
    consultation = life.consult()
    _lost(life, "lost", credential_id=authenticator_of(life.doctor))
    life.issue(consultation, label=label)


def _written_with_a_stolen_key(life: Life, label: Label) -> None:
    """A key is reported stolen since a time: what it wrote before is sold, what it wrote since is not."""
    newcomer(life)
    before, (life.patient,) = life.ready(), people(life, 1)
    since = text(life.now_ms)
    rx = life.ready()
    _lost(life, "compromise", kid=key_of(life.doctor), compromised_from=since)
    life.sold(before, Label(lookalike="before_the_theft"))
    life.sell(rx, [life.pack()], label=label)


def _narrowed_by_one(life: Life, label: Label) -> None:
    """An officer moves the start of a theft past what was written since; two may, and one moves it back."""
    newcomer(life)
    since = life.now_ms
    life.ready()
    for begins, more in ((since, {}), (since - MINUTE, {"label": Label(lookalike="stolen_before_that")})):
        _lost(life, "compromise", kid=key_of(life.doctor), compromised_from=text(begins), **more)
    later: dict[str, Any] = {"kid": key_of(life.doctor), "compromised_from": text(life.now_ms)}
    _lost(life, "compromise", **later, label=label)
    both = Label(lookalike="narrowed_by_two")
    officers(life, "registry.revocation", reason="compromise", **later, label=both)


# -- consultations -----------------------------------------------------------------------------------


def _another_patients_consultation(life: Life, label: Label) -> None:
    consultation, (life.patient,) = life.consult(), people(life, 1)
    life.issue(consultation, label=label)


def _long_after(life: Life, label: Label) -> None:
    """A day and a minute after the consultation; a day is in time."""
    newcomer(life)
    consultation = life.consult()
    life.issue(consultation, wait_ms=_A_DAY_MS, label=Label(lookalike="written_the_next_day"))
    life.issue(consultation, wait_ms=MINUTE, label=label)


def _a_minute(life: Life, label: Label) -> None:
    """A consultation of one minute, and one of two."""
    life.issue(life.consult(60), label=label)
    life.issue(life.consult(120), label=Label(lookalike="two_minutes"))


def _another_channel(life: Life, label: Label) -> None:
    """The prescription names a channel through which the patient did not come."""
    numbers = {"hiRxno": f"99{life.name}", "authNo": f"C{life.name}", "channel": "CH990041"}
    life.issue(disclosures={"identifiers": numbers}, label=label)


# -- pace --------------------------------------------------------------------------------------------


def _seen(life: Life, count: int, seconds: int = 180) -> list[tuple[Patient, tuple[str, str]]]:
    """So many patients, one after the other; the doctor writes for them later."""
    newcomer(life)
    seen = []
    for who in people(life, count):
        life.patient = who
        seen.append((who, life.consult(seconds)))
    return seen


def _mill(prescriptions: int, pause_ms: int) -> Callable[[Life, Label], None]:
    """Three prescriptions for each patient, until there are as many: the last one is too many."""

    def play(life: Life, label: Label) -> None:
        newcomer(life)
        for number in range(prescriptions):
            if number % 3 == 0:
                (life.patient,) = life.cast.people_of(f"mill {life.name}", number, 1)
                life.now_ms += pause_ms
                consultation = life.consult(130)
            life.drug = _chronic(life)[number % 3]
            shown = {1: label, 2: Label(lookalike="as_many_as_allowed")}.get(prescriptions - number)
            life.issue(consultation, wait_ms=50_000, label=shown)

    return play


def _chronic(life: Life) -> list[Any]:
    return [one for one in life.cast.chronic if one.class_ == "ordinary" and not one.monitored]


def _brisk(life: Life, label: Label) -> None:
    """Half a minute after the patient before; the next one after three quarters."""
    shown = (None, label, Label(lookalike="three_quarters_of_a_minute"))
    for (who, consultation), one, wait_s in zip(_seen(life, 3), shown, (60, 30, 45), strict=True):
        life.patient = who
        life.issue(consultation, wait_ms=wait_s * 1000, label=one)


def _late_shift(life: Life, label: Label) -> None:
    """Unhurried from the morning on: within the fourteenth hour, and in the fifteenth."""
    newcomer(life)
    shown = (None, None, Label(lookalike="fourteen_hours_at_work"), label)
    begin_ms = life.now_ms
    for who, one, hours in zip(people(life, 4), shown, (0.0, 7.0, 13.5, 14.5), strict=True):
        life.patient, life.now_ms = who, begin_ms + round(hours * HOUR_MS)
        life.issue(life.consult(130), label=one)


def _one_drug_for_all(life: Life, label: Label) -> None:
    """Three patients in three minutes, and the same monitored drug for each."""
    life.drug = life.cast.by_name[_MONITORED]
    for turn, (who, consultation) in enumerate(_seen(life, 3)):
        life.patient = who
        life.issue(consultation, wait_ms=61_000, label=label if turn == 2 else None)


def _one_drug_all_day(life: Life, label: Label) -> None:
    """The monitored drug for a sixth patient of a day, where five are the limit."""
    newcomer(life)
    life.drug = life.cast.by_name[_MONITORED]
    for turn, who in enumerate(people(life, 6)):
        life.patient = who
        life.now_ms += 11 * MINUTE
        life.issue(label=label if turn == 5 else Label(lookalike="fifth_patient") if turn == 4 else None)


def _backlog(life: Life, label: Label) -> None:
    """Signed one by one during an outage and sent at once; sent again a minute apart it is accepted."""
    waiting = []
    for who, consultation in _seen(life, 2, 400):
        waiting.append((who, consultation, life.now_ms // 1000 + 30))
    life.now_ms += 2 * HOUR_MS
    for turn, (who, consultation, signed) in enumerate(waiting):
        life.patient = who
        claimed, shown = {"iat": signed}, label if turn else None
        life.issue(consultation, wait_ms=2_000, claimed=claimed, label=shown)
    late = Label(lookalike="sent_after_an_outage")
    life.issue(consultation, wait_ms=MINUTE, claimed=claimed, label=late)


def _clock_ahead(life: Life, label: Label) -> None:
    """A clock ten minutes ahead; five minutes are borne, and what an outage kept back for a week."""
    consultation, alike = life.consult(), Label(lookalike="clock_a_little_wrong")
    for ahead_s, shown in ((600, label), (300, alike), (-7 * 86_400, alike)):
        claimed_s = (life.now_ms + MINUTE) // 1000 + ahead_s
        life.issue(consultation, wait_ms=MINUTE, claimed={"iat": claimed_s}, label=shown)


# -- what a prescription says ------------------------------------------------------------------------


def _evaluated(in_days: int = 0, by: str = "") -> Callable[[Life, Label], None]:
    """An evaluation by somebody, or on a day, that cannot be; then the doctor's of today."""

    def play(life: Life, label: Label) -> None:
        life.days = 56.0
        told = {"by": by or life.doctor, "on": text(life.now_ms + in_days * _A_DAY_MS)[:10]}
        life.issue(clinical={"evaluated": {**told, "consent": "ab" * 32}}, label=label)
        life.issue(label=Label(lookalike="evaluated_today"))

    return play


def _pain(life: Life, label: Label) -> None:
    """Eight days of morphine for pain; seven are in order, and fifteen of a patient with cancer."""
    life.drug, life.mode = life.cast.by_name[_MORPHINE], "counter"
    in_order = Label(lookalike="days_of_morphine")
    for life.days, illness, shown in ((8.0, "R52.900", label), (7.0, "R52.900", in_order)):
        life.issue(clinical={"long_term": False, "diagnoses": [{"code": illness}]}, label=shown)
    life.days = 15.0
    life.issue(clinical={"long_term": False, "diagnoses": [{"code": "C34.900"}]}, label=in_order)


def _licensed(life: Life, **given: Any) -> None:
    """The doctor's licence, registered anew."""
    year = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    licence = {"licence": f"L{life.doctor}", "sites": [life.hospital.code], "scope": [life.department]}
    officers(life, "registry.licence", OFFICERS[:1], person=life.doctor, **licence, **year, **given)


def _morphine_without_the_right(life: Life, label: Label) -> None:
    """A doctor whose licence names no narcotics; then it does."""
    newcomer(life)
    life.drug, life.mode, life.days = life.cast.by_name[_MORPHINE], "counter", 3.0
    for classes, shown in (([], label), (["narcotic"], Label(lookalike="right_to_narcotics"))):
        _licensed(life, drug_classes=classes)
        life.issue(clinical={"long_term": False, "diagnoses": [{"code": "R52.900"}]}, label=shown)


def _named_as_a_rivals(life: Life, label: Label) -> None:
    """A registered tool is told as another vendor's, then as its own vendor's."""
    code, number = f"T{life.name}", f"国械注准{life.name}"
    known = {"code": code, "version": "1", "kinds": [_TOOL["kind"]], "device_registration": number}
    vendor = {"vendor": f"V{code}", "vendor_name": f"{code} 公司", "fee": "licence"}
    year = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    officers(life, "registry.tool", OFFICERS[:1], **known, **vendor, **year)
    for named, shown in (("VRIVAL", label), (vendor["vendor"], Label(lookalike="registered_tool"))):
        used = {**_TOOL, "version": "1", "device_registration": number, "vendor_code": named}
        life.issue(origin={"authorship": "human_with_assist", "assist": [used]}, label=shown)


def _above_the_label(life: Life, label: Label) -> None:
    life.drug = life.cast.by_name[_METFORMIN]
    life.issue(line=_HIGH_DOSE, label=label)


def _seven_days_on_paper(life: Life, label: Label) -> None:
    """Packs of three weeks where seven days are written; the pack that is begun is no pack too many."""
    life.drug, life.days, life.share = life.cast.by_name[_METFORMIN], 7.0, 1.0
    life.packs = -int(-life.days // life.drug.pack_days)
    life.issue(label=Label(lookalike="pack_begun"))
    (life.patient,), life.packs = people(life, 1), life.packs + 1
    life.issue(label=label)


def _six_drugs(life: Life, label: Label) -> None:
    life.drug, *life.beside = _chronic(life)[:6]
    life.issue(label=label)
    life.beside = life.beside[:4]
    life.issue(label=Label(lookalike="five_drugs"))


def _three_hospitals(life: Life, label: Label) -> None:
    """Three hospitals on a day; two are a second opinion."""
    hospitals = at(life).hospitals
    for turn, one in enumerate(hospitals):
        _moved(life, one)
        life.mode = "counter" if turn == 2 else "video"
        life.issue(label=label if turn == 2 else Label(lookalike="second_opinion"))


CASES: tuple[Case, ...] = (
    Case("S2", ("ASSIST_DECLARED",), "AUTHOR-8", _spoilt(
        origin={"authorship": "human_with_assist", "assist": [_TOOL]}), "noted"),
    Case("S13", ("TOOL_CONTRADICTS",), "AUTHOR-13", _named_as_a_rivals, "slip"),
    Case("S10", ("SIGNER_NOT_ATTENDING",), "SEPARATION-2", _named_without_a_word),
    Case("R17", ("LICENCE_SCOPE",), "LICENCE-4", _another_department),
    Case("R17", ("LICENCE_SCOPE",), "LICENCE-10", _morphine_without_the_right),
    Case("S17", ("ORG_SCOPE",), "LICENCE-5", _review_of_another_hospital),
    Case("S17", ("ORG_SCOPE",), "LICENCE-5", _online_without_the_right),
    Case("S31", ("CENTRE_NUMBER_MISSING",), "LICENCE-7", _without_the_centres_number, "slip"),
    Case("S31", ("LICENCE_SCOPE",), "LICENCE-8", _chinese_medicine_elsewhere),
    Case("S31", ("LICENCE_SCOPE",), "LICENCE-9", _chinese_medicine_unknown_to_the_reviewer),
    Case("R27", ("CERT_REVOKED",), "PRESENCE-4", _found_key),
    Case("R27", ("HUM_CREDENTIAL_OWNER",), "PRESENCE-2", _found_authenticator),
    Case("R27", ("KEY_COMPROMISE_WINDOW",), "FLOW-13", _written_with_a_stolen_key),
    Case("R27", ("DUAL_CONTROL_REQUIRED",), "SEPARATION-4", _narrowed_by_one),
    Case("S5", ("CONSULT_BINDING",), "CONSULT-2", _another_patients_consultation),
    Case("S3", ("CONSULT_STALE",), "CONSULT-7", _long_after),
    Case("S3", ("CONSULT_SHORT_NOTICE",), "CONSULT-10", _a_minute, "noted"),
    Case("S16", ("CHANNEL_UNREGISTERED",), "CONSULT-12", _another_channel),
    Case("T10", ("PACE_HOURLY_CAP",), "PACE-2", _mill(11, 0)),
    Case("T10", ("PACE_DAILY_CAP",), "PACE-3", _mill(17, 25 * MINUTE)),
    Case("T10", ("PACE_NOTICE",), "PACE-4", _brisk, "noted"),
    Case("T10", ("PACE_NOTICE",), "PACE-10", _late_shift, "noted"),
    Case("S45", ("SAME_DRUG_BURST",), "PACE-6", _one_drug_for_all),
    Case("S15", ("PACE_DAILY_CAP",), "PACE-8", _one_drug_all_day),
    Case("T10", ("PACE_LATE_ARRIVAL",), "PACE-9", _backlog, "sent_after_an_outage"),
    Case("S47", ("TIME_SKEW",), "PRESENCE-8", _clock_ahead, "slip"),
    Case("S47", ("QTY_RANGE",), "CLINICAL-1", _spoilt(line={"quantity": "0.0000"}), "slip"),
    Case("S47", ("UNIT_UNKNOWN",), "CLINICAL-3", _spoilt(line={"unit": "坨"}), "slip"),
    Case("S47", ("UNIT_INCOMPATIBLE",), "CLINICAL-4", _spoilt(line={"unit": "ml"}), "slip"),
    Case("R3", ("CODE_UNKNOWN",), "CLINICAL-13", _evaluated(by="D990041999999"), "slip"),
    Case("R3", ("TIME_ORDER",), "CLINICAL-14", _evaluated(in_days=1), "slip"),
    Case("R2", ("RX_QUANTITY_DAYS",), "CLINICAL-19", _seven_days_on_paper),
    Case("R5", ("RX_DAYS_LIMIT",), "CLINICAL-9", _pain),
    Case("R7", ("RX_DRUGS_LIMIT",), "CLINICAL-10", _six_drugs),
    Case("R7", ("DOSE_CONFIRMED",), "CLINICAL-16", _above_the_label, "noted"),
    Case("S40", ("PROFILE_HOSPITALS",), "PROFILE-2", _three_hospitals, "noted"),
)  # fmt: skip
