"""The model district 990031: its own rulebook asks for more (channels, tools, video, months, listed stock).

One case of the tables is played there a day, each by itself. Its rulebook changes once, by date.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.province.cases import Case, fresh_patient
from api.province.cast import CHILDREN, Cast
from api.province.district_messages import MESSAGE_CASES
from api.province.district_returns import RETURN_CASES, confirmed, video
from api.province.district_stock import delivered_without_codes, listed_twice, more_than_listed, never_listed
from api.province.event import DAY_MS, DAYS, FIRST_MS, Label
from api.province.life import Life
from api.province.office import (
    HOUR_MS,
    OFFICE_CASES,
    appeal,
    officers,
    open_case,
    other_doctor,
    release,
    text,
)
from api.province.plan import Plan, Scene, Start
from api.province.registry import OFFICERS, REGULATOR
from api.province.township import AREAS

_ORDINARY, _MONITORED = "厄贝沙坦片", "阿托伐他汀钙片"
_DEAR, _INSULIN = "甲磺酸奥希替尼片", "门冬胰岛素30"
_CHANNEL = "CH990031"
_TOOL = {"kind": "interaction_check", "tool": "RxCheck", "version": "2", "device_registration": "国械注准1"}
_BOUNTY = {**_TOOL, "tool": "RxBonus", "device_registration": "国械注准2"}
_FROZEN = {**_TOOL, "tool": "RxLens", "device_registration": "国械注准3"}  # nobody works with it elsewhere
_SUPERVISOR = (REGULATOR, (OFFICERS[0], "officer"))
_YEAR = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
_ALL_DRUGS_FROM = 180  # the day from which an indication is asked for with every drug
_HOLIDAYS = [f"2026-10-0{day}" for day in range(1, 8)]
_AREA: dict[str, Any] = {
    "channels_required": 1,
    "prior_record_required": 1,
    "claimed_order": 1,
    "online_region_required": 1,
    "returns_explained": 1,
    "sex_age_confirmation_required": 1,
    "review_visit_compared": 1,
    "identity_age_years_max": 2,
    "tools_registered_only": 1,
    "video_confirmation": 1,
    "burst_hold": 1,
    "supply_days_prescribed": 1,
    "profile_visits_month_max": 15,
    "profile_spent_month_yuan": 8000,
    "holidays": _HOLIDAYS,
    "departments_children": [CHILDREN],
}


def of_day(cast: Cast, day: int, start: Start) -> Iterator[Life]:
    """Yield the district's life of the day: its rulebook, then case after case; fewer in small years."""
    every = 3 if cast.copies == 1 else 1
    life = _life(cast, day, start)
    if day == 0:
        _founded(life)
    elif day == _ALL_DRUGS_FROM - 30:
        begins = text(FIRST_MS + _ALL_DRUGS_FROM * DAY_MS)
        _rulebook(life, "2", begins, indication_monitored_only=0)
    elif day in _FREE[::every]:
        case = DISTRICT_CASES[_FREE.index(day) // every % len(DISTRICT_CASES)]
        case.play(life, case.label)
    if life.events:
        yield life


def _life(cast: Cast, day: int, start: Start) -> Life:
    (who,) = cast.people_of("district", day, 1)
    life = start(f"G{day}", 0, who, cast.model.doctors[0])
    life.shop, life.channel, life.drug = cast.model_shop, _CHANNEL, cast.by_name[_ORDINARY]
    life.region = "99"
    life.prior_record, life.prior_diagnosis = f"EMR{day}", f"{life.drug.indications[0]}.900"
    return life


def _founded(life: Life) -> None:
    """What officers enter before the first patient comes."""
    _rulebook(life, "1")
    channel: dict[str, Any] = {"code": _CHANNEL, "organisation": life.hospital.code, "name": "小程序"}
    officers(life, "registry.channel", OFFICERS[:1], **channel, **_YEAR)
    for tool, code, fee in ((_TOOL, "T1", "licence"), (_BOUNTY, "T2", "per_prescription")):
        known = {"version": tool["version"], "device_registration": tool["device_registration"]}
        vendor = {"vendor": f"V{code}", "vendor_name": f"{tool['tool']} 公司"}
        members: dict[str, Any] = {**known, **vendor, **_YEAR, "code": code, "fee": fee}
        officers(life, "registry.tool", OFFICERS[:1], kinds=[tool["kind"]], **members)
    of_its_own = {"version": "2", "device_registration": _FROZEN["device_registration"], "vendor": "VT3"}
    third = {**of_its_own, **_YEAR, "code": "T3", "vendor_name": "RxLens 公司", "fee": "licence"}
    # Without a wait: that would be drawn by chance, and every life after it would be another one.
    life.act("registry.tool", REGULATOR, (_SUPERVISOR[1],), {**third, "kinds": [_FROZEN["kind"]]})


def _rulebook(life: Life, version: str, effective_from: str = "", **more: Any) -> None:
    begins: dict[str, Any] = {"effective_from": effective_from} if effective_from else {}
    areas = {"990031": {**_AREA, **more}, **AREAS}
    parameters = {"quantity_of_days_only": 1, "officials_by_two": 1, "areas": areas}
    officers(life, "governance.rulebook", version=version, parameters=parameters, **begins)


# -- care under the district's rulebook ---------------------------------------------------------------


def _helped(life: Life, tool: dict[str, str], label: Label) -> None:
    life.issue(origin={"authorship": "human_with_assist", "assist": [tool]}, label=label)


def _unregistered_tool(life: Life, label: Label) -> None:
    _helped(life, {**_TOOL, "version": "3"}, label)
    _helped(life, _TOOL, Label(lookalike="registered_tool"))


def _paid_by_the_prescription(life: Life, label: Label) -> None:
    _helped(life, _BOUNTY, label)


def _child_at_the_wrong_doctor(life: Life, label: Label) -> None:
    guardian = {"name": "白术", "relation": "母亲"}
    life.patient = life.cast.child_of(life.patient, 4)
    child: dict[str, Any] = {"identity": {"guardian": guardian}}
    life.issue(**child, label=label)
    life.department = CHILDREN
    life.issue(**child, label=Label(lookalike="child_with_guardian"))


def _mistyped_age(life: Life, label: Label) -> None:
    """A four for a sixty-four: no child without a guardian, and nobody's fault; put right, it is accepted."""
    seen = life.consult()
    life.issue(seen, patient={"age": "4.0", "sex": life.patient.sex}, label=label)
    life.issue(seen, label=Label(lookalike="age_put_right"))


def _no_record(life: Life, label: Label) -> None:
    """Online without the record that the follow-up follows; at the counter nobody asks for one."""
    life.prior_record = life.prior_diagnosis = ""
    life.issue(label=label)
    life.mode = "counter"
    life.issue(label=Label(lookalike="at_the_counter"))


def _record_unnamed(life: Life, label: Label) -> None:
    """The doctor is told at once that nothing can follow."""
    life.prior_record = ""
    life.close_consultation(life.open_consultation(label=label))


def _another_illness(life: Life, label: Label) -> None:
    """The record says asthma; the next one says the same illness in other words."""
    own, life.prior_diagnosis = life.prior_diagnosis, "J45.900"
    life.issue(label=label)
    life.prior_diagnosis = f"{own[:2]}9.x00"
    life.issue(label=Label(lookalike="related_diagnosis"))


def _insulin_again(life: Life, label: Label) -> None:
    """Insulin for a week, and more of it the same day; with a ticket for a journey it needs no word."""
    life.drug = life.cast.by_name[_INSULIN]
    life.sold(life.ready())
    life.sold(life.ready(), label)
    life.sold(life.ready(), Label(lookalike="travel"), disclosures=life.reason(f"车票G{life.name}"))


def _no_channel(life: Life, label: Label) -> None:
    life.channel = ""
    life.open_consultation(label=label)


def _unknown_channel(life: Life, label: Label) -> None:
    life.channel = "CH999999"
    life.open_consultation(label=label)


def _no_video(life: Life, label: Label) -> None:
    life.drug = life.cast.by_name[_MONITORED]
    rx = life.issue()
    life.approve(rx, label=label)
    life.approve(rx, clinical=video(life), label=Label(lookalike="confirmed_by_video"))


def _anothers_video(life: Life, label: Label) -> None:
    """The recording of one patient confirms a second one's drug too."""
    life.drug = life.cast.by_name[_MONITORED]
    for shown in (Label(lookalike="confirmed_by_video"), label):
        life.approve(life.issue(), clinical=video(life), label=shown)
        life.patient = fresh_patient(life)


def _waiting(life: Life, label: Label) -> str:
    """A monitored drug for three patients in minutes: the third's prescription is held; returns its id."""
    life.drug = life.cast.by_name[_MONITORED]
    seen = []
    for who in life.cast.people_of(f"waiting {life.name}", 0, 3):
        life.patient = who
        seen.append((who, life.consult()))
    for turn, (who, consultation) in enumerate(seen):
        life.patient = who
        rx = life.issue(consultation, wait_ms=90_000, label=label if turn == 2 else None)
    return rx


def _lift(life: Life, rx: str, label: Label | None = None) -> None:
    """A pharmacist has looked and lets it go on."""
    pharmacist = life.hospital.pharmacists[0]
    members = {"rx": f"@id:{rx}", "reviewer": pharmacist, "decision": "approved", "reason": "均有指征"}
    signers = ((pharmacist, "hospital_pharmacist"),)
    life.act("review.hold", life.hospital.code, signers, members, label=label, wait_ms=life.some(300, 900))


def _held(life: Life, label: Label) -> None:
    _lift(life, _waiting(life, label))


def _reviewed_while_held(life: Life, label: Label) -> None:
    """The hospital's review comes before anybody looked; after the look it is in order."""
    rx = _waiting(life, Label("S15", ("SAME_DRUG_BURST",), ("PACE-7",)))
    life.approve(rx, label=label, clinical=video(life))
    _lift(life, rx)


def _frozen(life: Life, subject: str) -> str:
    until = text(life.now_ms + 6 * HOUR_MS)
    return officers(life, "governance.freeze", subject=subject, scope="all", until=until, reason="数据核查")


def _lifted_while_frozen(life: Life, label: Label) -> None:
    """The pharmacist who lifts the hold is frozen; after the release the same pharmacist lifts it."""
    rx = _waiting(life, Label("S15", ("SAME_DRUG_BURST",), ("PACE-7",)))
    freeze = _frozen(life, life.hospital.pharmacists[0])
    _lift(life, rx, label)
    release(life, freeze)
    _lift(life, rx)


def _tool_of_a_frozen_vendor(life: Life, label: Label) -> None:
    freeze = _frozen(life, "VT3")
    _helped(life, _FROZEN, label)
    release(life, freeze)
    _helped(life, _FROZEN, Label(lookalike="registered_tool"))


def _month_of_visits(life: Life, label: Label) -> None:
    """Fifteen visits in a month, here of one day."""
    for turn in range(15):
        life.issue(life.consult(150), wait_ms=60_000, label=label if turn == 14 else None)


def _few_visits(life: Life, label: Label) -> None:
    """Five visits of three prescriptions are five visits; ten more make fifteen."""
    for _ in range(5):
        consultation = life.consult(150)
        for drug in life.cast.chronic[:3]:
            life.drug = drug
            life.issue(consultation, label=Label(lookalike="three_at_a_visit"))
    for turn in range(10):
        life.issue(life.consult(150), wait_ms=60_000, label=label if turn == 9 else None)


def _spent(life: Life, label: Label) -> None:
    life.drug, life.packs, life.days = life.cast.by_name[_DEAR], 2, 56.0
    life.sold(confirmed(life), label)


def _other_illness(life: Life, label: Label) -> None:
    """An unmonitored drug without its indication: asked for from a date on, and not before."""
    before = life.now_ms < FIRST_MS + _ALL_DRUGS_FROM * DAY_MS
    shown = Label(lookalike="before_the_rule_begins") if before else label
    life.issue(clinical={"diagnoses": [{"code": "J30.400"}]}, label=shown)


# -- reading (S20, S37) ----------------------------------------------------------------------------------


def _read(life: Life, iss: str, who: tuple[str, str], rx: str, label: Label, **more: Any) -> None:
    members = {"rx": f"@id:{rx}", "purpose": "audit", "groups": ["clinical"], **more}
    life.act("access.read", iss, (who,), members, label=label, wait_ms=life.some(60, 600))


def _no_part_in_it(life: Life, label: Label) -> None:
    other = life.cast.pharmacies[0]
    rx = life.ready()
    _read(life, other.code, (other.pharmacists[0], "pharmacist"), rx, label)
    holder = (life.shop.pharmacists[0], "pharmacist")
    _read(life, life.shop.code, holder, rx, Label(lookalike="holder_reads"), purpose="treatment")


def _address_for_the_shop(life: Life, label: Label) -> None:
    rx = life.ready()
    _read(life, life.shop.code, (life.shop.pharmacists[0], "pharmacist"), rx, label, groups=["contact"])


def _case_unnamed(life: Life, label: Label) -> None:
    rx = life.issue()
    _read(life, *_SUPERVISOR, rx, label, purpose="case")
    _read(life, *_SUPERVISOR, rx, Label(lookalike="officer_audits"))


def _another_case(life: Life, label: Label) -> None:
    rx = life.issue()
    _read(life, *_SUPERVISOR, rx, label, purpose="case", case=f"@id:{open_case(life)}")


# -- what takes days (S62, S65) ------------------------------------------------------------------------------


def _early_twice(scene: Scene, label: Label) -> Life:
    (who,) = scene.patients(1)
    life = scene.life(scene.anybody(scene.copy), who, "奥美拉唑肠溶胶囊", 1, 7.0)
    life.shop = scene.cast.model_shop
    if scene.turn and label.case:
        life.sell(life.ready(), [life.pack()], label=label)  # refused, so there is nothing to tell
    else:
        life.sold(life.ready(), label if scene.turn else None)
    return life


def _early_in_august(scene: Scene) -> Iterator[Life]:
    """Three days too early, in a week like any other."""
    yield _early_twice(scene, Label("S62", ("SUPPLY_COVERED",), ("SUPPLY-1",)))


def _early_in_the_holidays(scene: Scene) -> Iterator[Life]:
    """Three days early in the first week of October, when shops of the patient's village are closed."""
    yield _early_twice(scene, Label(lookalike="early_in_the_holidays"))


def _appeal_waits(scene: Scene) -> Iterator[Life]:
    """A freeze is appealed against; sixteen days later nobody has decided, and a case is opened (S65)."""
    (who,) = scene.patients(1)
    life = scene.life(scene.cast.model.doctors[0], who, _ORDINARY, 1, 7.0)
    freeze = f"{scene.plan.name}0-{scene.plan.days[0]}-0.0"
    if scene.turn == 0:
        until = text(life.now_ms + 25 * 24 * HOUR_MS)
        subject = other_doctor(life)
        officers(life, "governance.freeze", subject=subject, scope="all", until=until, reason="数据核查")
        appeal(life, subject, freeze=f"@id:{freeze}")
    else:
        open_case(life, label=Label("S65", ("APPEAL_OVERDUE",), ("CASE-8",)))
        release(life, freeze)
    yield life


DISTRICT_CASES: tuple[Case, ...] = (
    Case("S14", ("TOOL_UNREGISTERED",), "AUTHOR-9", _unregistered_tool),
    Case("S13", ("TOOL_UNREGISTERED",), "AUTHOR-9", _paid_by_the_prescription),
    Case("S6", ("PRIOR_RECORD_MISSING",), "CONSULT-15", _no_record),
    Case("S47", ("IDENTITY_CONTRADICTS",), "AUTHOR-12", _mistyped_age),
    Case("S6", ("PRIOR_RECORD_UNNAMED",), "CONSULT-17", _record_unnamed, "noted"),
    Case("R10", ("DIAGNOSIS_NOT_PRIOR",), "CONSULT-16", _another_illness, "noted"),
    Case("S52", ("SUPPLY_DAYS_LEFT",), "SUPPLY-7", _insulin_again, "noted"),
    Case("S16", ("CHANNEL_UNREGISTERED",), "CONSULT-11", _no_channel),
    Case("S16", ("CHANNEL_UNREGISTERED",), "CONSULT-11", _unknown_channel),
    Case("R14", ("PEDIATRIC_SPECIALIST_MISSING",), "CONSULT-14", _child_at_the_wrong_doctor),
    *MESSAGE_CASES,
    Case("S10", ("VIDEO_CONFIRMATION_MISSING",), "REVIEW-2", _no_video),
    Case("S10", ("RECORDING_SHARED",), "REVIEW-3", _anothers_video),
    Case("S15", ("SAME_DRUG_BURST",), "PACE-7", _held),
    Case("S15", ("RX_HELD",), "FLOW-18", _reviewed_while_held, "noted"),
    Case("S11", ("STATE_FROZEN",), "BREAKER-1", _lifted_while_frozen),
    Case("S13", ("TOOL_UNREGISTERED",), "AUTHOR-9", _tool_of_a_frozen_vendor),
    Case("S40", ("PROFILE_VISITS",), "PROFILE-1", _month_of_visits),
    Case("S40", ("PROFILE_VISITS",), "PROFILE-1", _few_visits),
    Case("S40", ("PROFILE_SPENT",), "PROFILE-3", _spent),
    Case("S32", ("INDICATION_MISSING",), "CLINICAL-11", _other_illness),
    Case("S20", ("ORG_SCOPE",), "ACCESS-1", _no_part_in_it),
    Case("S20", ("CASE_ORDER",), "ACCESS-4", _another_case),
    Case("S37", ("FIELD_FORBIDDEN",), "ACCESS-2", _address_for_the_shop),
    Case("S37", ("BREAK_GLASS_REASON",), "ACCESS-3", _case_unnamed),
    Case("S69", ("TRACE_NOT_LISTED",), "TRACE-18", never_listed),
    Case("S69", ("TRACE_NOT_LISTED",), "TRACE-18", more_than_listed),
    Case("S69", ("ID_CONFLICT",), "OFFICE-11", listed_twice),
    Case("S69", ("TRACE_NOT_LISTED",), "TRACE-20", delivered_without_codes),
    *RETURN_CASES,
    *OFFICE_CASES,
)
PLANS = (
    Plan("august", range(240, 245, 4), 2, _early_in_august),
    Plan("holidays", range(270, 275, 4), 2, _early_in_the_holidays),
    Plan("appeal", range(200, 217, 16), 1, _appeal_waits, once=True),
)
# A case may suspend the shop to which a plan sends its patients, and in holidays one may come early.
_TAKEN = {_ALL_DRUGS_FROM - 30, *range(273, 280), *(day for plan in PLANS for day in plan.days)}
_FREE = [day for day in range(1, DAYS) if day not in _TAKEN]
