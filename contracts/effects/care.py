"""What duty, consultation, prescription and review statements write into state."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import keys, lifecycle
from contracts.act import Act, State
from contracts.errors import Rejected
from contracts.patient import patient_tags
from contracts.quantity import DAY_MS, MICRO, micro, units_of
from contracts.rules.fitness import unindicated
from contracts.rules.flow import valid_from
from contracts.rules.follow_up import prior_content
from contracts.rules.long_term import issued_as_long
from contracts.rules.online import has_grown_guardian, identity_check, standing_on_check
from contracts.rules.pace import drug_day, has_monitored_drug, monitored_drugs, working_since
from contracts.rules.profile import key_of_month, month_after, watched
from contracts.rules.review import (
    confirmed_by_recording,
    opinion_tag,
    recent_reviews,
    recording_tags,
    reviewed_ms,
)
from contracts.rules.supply import KeyOfTag, newest_tags
from contracts.subjects import issuing_department
from contracts.told import undone_by_release

Writes = Iterator[tuple[str, State]]
_RECENT_MAX = 32  # more within a window of seconds are refused (issues) or flagged (reviews) long before
_LIVE = ("video", "audio")  # one talks: CONSULT-3 says what may overlap
_CHECKED_MAX = 32  # a check is one visit's: with more on it, its sharing has been flagged long before


def duty_opened(act: Act) -> Writes:
    """The pharmacist is on duty at the site from now."""
    record = {"site": act.payload["site"], "since": act.time_ms}
    yield keys.duty(act.facts.signers[0].code), record


def duty_closed(act: Act) -> Writes:
    """The pharmacist is on duty nowhere."""
    yield keys.duty(act.facts.signers[0].code), {"site": "", "since": act.time_ms}


def consultation_opened(act: Act) -> Writes:
    """The consultation, and which other patient's live consultation of the same doctor it ran beside."""
    identifier, doctor = act.facts.statement_id, str(act.payload["doctor"])
    mode = str(act.payload["mode"])
    running = _running(act, doctor)
    live = [(str(one), int(since)) for one, other, since in running if mode in _LIVE and other in _LIVE]
    beside = [(one, since) for one, since in live if not _same_patient(act, one)]
    spoilt = [one for one, since in beside if not _forgotten(act, since)]
    record = {
        "organisation": act.organisation_code,
        "doctor": doctor,
        "mode": mode,
        "opened": act.time_ms,
        **_begun(act),
        **({"beside": spoilt[-1]} if spoilt else {}),
    }
    yield keys.consultation(identifier), record
    for one, _ in beside:
        yield keys.consultation(one), {**(act.state(keys.consultation(one)) or {}), "beside": identifier}
    now_open = [*running, [identifier, mode, act.time_ms]]
    yield keys.consulting(doctor), {**_consulting(act, doctor), "open": now_open}
    yield keys.consultation_content(identifier), _consultation_content(act)
    for visit in act.number("mdtrtId")[:1]:
        yield keys.number("mdtrtId", visit, act.organisation_code), {"consultation": identifier}


def _consulting(act: Act, doctor: str) -> State:
    return act.state(keys.consulting(doctor)) or {"open": []}


def _forgotten(act: Act, since_ms: int) -> bool:
    # Whether anybody still talks in it nobody can know. So it spoils itself alone: of two at once only one
    # ever gives a prescription, and a doctor who forgot to close one is not kept from working.
    return act.time_ms - since_ms >= int(act.parameter("consultation_forgotten_s")) * 1000


def _same_patient(act: Act, consultation: str) -> bool:
    """Whether a running consultation is this patient's own: the line broke and was taken up again."""
    own = act.tags("people", (act.disclosed("identity") or {}).get("certificate_number"))
    return not set(own).isdisjoint(_patient_of(act, consultation))


def _running(act: Act, doctor: str) -> list[list[str | int]]:
    # A consultation that nobody closed in a day can hold no prescription any more: forgotten.
    known = _consulting(act, doctor)["open"]
    recent = [one for one in known if act.time_ms - one[2] < DAY_MS]
    return recent[-int(act.parameter("consultations_open_max")) :]


def _consultation_content(act: Act) -> State:
    identity, numbers = act.disclosed("identity") or {}, act.disclosed("identifiers") or {}
    return {
        "patient": list(act.tags("people", identity.get("certificate_number"))),
        "first_visit": (act.disclosed("clinical") or {})["first_visit"],
        "number": "".join(act.number("mdtrtId")[:1]),
        **({"channel": numbers["channel"]} if "channel" in numbers else {}),
        **({"guardian": True} if has_grown_guardian(act) else {}),
        **prior_content(act),
    }


def consultation_closed(act: Act) -> Writes:
    """The close, and what the disclosed counts say."""
    record = act.consultation or {}
    identifier = act.consultation_id
    doctor = record["doctor"]
    yield (
        keys.consultation(identifier),
        {
            **record,
            "closed": act.time_ms,
            "close": act.facts.statement_id,
            "apart_ms": act.time_ms - _consulting(act, doctor).get("closed", 0),
        },
    )
    others = [one for one in _running(act, doctor) if one[0] != identifier]
    broken = _taken_up(act, others)
    for one in broken:
        yield keys.consultation(one), {**(act.state(keys.consultation(one)) or {}), "resumed_by": identifier}
    still_open = [one for one in others if one[0] not in broken]
    yield keys.consulting(doctor), {"open": still_open, "closed": act.time_ms}
    clinical = act.disclosed("clinical") or {}
    content = act.state(keys.consultation_content(identifier)) or {}
    yield (
        keys.consultation_content(identifier),
        {
            **content,
            "patient_turns": clinical["patient_turns"],
            "drug_first": clinical["drug_chosen_before_consultation"],
        },
    )


def _signed(act: Act) -> list[list[str | int]]:
    """By which keys and authenticators the prescription came this far: [type, kid, credential, time]."""
    record = act.rx or {}
    issued = [["prescription.issued", record["kid"], "", record["issued"]]] if record else []
    new: list[list[str | int]] = [
        [act.type, one.kid, one.presence.credential_id if one.presence else "", act.time_ms]
        for one in act.facts.signers
    ]
    return [*record.get("signed", issued), *new]


def _taken_up(act: Act, running: list[list[str | int]]) -> list[str]:
    """Return the running consultations that were this one's patient's before this one: the line broke.

    They are over, for they would spoil the doctor's next patients; so no prescription comes from them
    (CONSULT-3).
    """
    opened = (act.consultation or {})["opened"]
    own = set(_patient_of(act, act.consultation_id))
    before = (str(identifier) for identifier, _, since in running if int(since) <= opened)
    return [identifier for identifier in before if not own.isdisjoint(_patient_of(act, identifier))]


def _patient_of(act: Act, consultation: str) -> list[str]:
    content = act.state(keys.consultation_content(consultation)) or {}
    tags: list[str] = content.get("patient", [])
    return tags


def prescription_issued(act: Act) -> Writes:
    """The prescription, its lines, its numbers, and the doctor's pace."""
    identifier, prescriber = act.facts.statement_id, str(act.payload["prescriber"])
    record = {
        "issuer": act.organisation_code,
        "prescriber": prescriber,
        "kid": act.facts.signers[0].kid,
        "signed": _signed(act),
        "consultation": act.consultation_id,
        "issued": act.time_ms,
        "expires": _written(act) + int(act.payload["validity_days"]) * DAY_MS,
        "stage": lifecycle.HELD if act.is_held else lifecycle.ISSUED,
        "marks": [],
    }
    if _written(act) != act.time_ms:
        record["written"] = _written(act)
    record.update(_begun(act))
    yield keys.rx(identifier), record
    yield keys.rx_content(identifier), _rx_content(act)
    yield from _numbers(act, identifier)
    yield keys.pace(prescriber), _pace(act, prescriber)
    yield from counted(act, prescriber)
    yield keys.consultation_content(act.consultation_id), _with_this(act)
    yield from _of_the_patient(act, prescriber)
    yield from _checked(act)


def _written(act: Act) -> int:
    """When the doctor signed, if it came later than clocks differ: an outage lengthens no validity (R1).

    The presence proof binds the consultation's close, so nothing was signed before it, whatever it claims.
    """
    return _claimed(act, int((act.consultation or {}).get("closed", 0)))


def _begun(act: Act) -> dict[str, int]:
    """What arrived late began when it says itself, as far as the order of claims goes (FLOW-17)."""
    return {"begun": _claimed(act)} if _claimed(act) != act.time_ms else {}


def _claimed(act: Act, earliest_ms: int = 0) -> int:
    """The act's claimed time, where it is earlier than clocks differ, else ledger time."""
    claimed_ms = max(int(act.payload["iat"]) * 1000, earliest_ms)
    late = claimed_ms < act.time_ms - int(act.parameter("claimed_time_future_s_max")) * 1000
    return claimed_ms if late else act.time_ms


def _checked(act: Act) -> Writes:
    """The patient's identity check stands behind this prescription too."""
    check = identity_check(act)
    if check:
        found = [*standing_on_check(act), [act.facts.statement_id, list(patient_tags(act))]]
        yield keys.credential(check[0]), {"prescriptions": found[-_CHECKED_MAX:]}


def _with_this(act: Act) -> State:
    content = act.state(keys.consultation_content(act.consultation_id)) or {}
    drugs = sorted({line["drug"] for line in act.disclosed("lines")})
    return {**content, "issued": [*content.get("issued", []), [act.facts.statement_id, drugs]]}


def _rx_content(act: Act) -> State:
    content: State = {"lines": _lines(act), "patient": list(patient_tags(act))}
    content["age_years"] = micro(act.disclosed("patient")["age"]) // MICRO
    if issued_as_long(act):
        content["long_term"] = True
    department = issuing_department(act)
    if department:
        content["department"] = department
    missing = unindicated(act)
    return {**content, "unindicated": missing} if missing else content


def _of_the_patient(act: Act, prescriber: str) -> Writes:
    """The patient's month, and the doctor's run of monitored drugs."""
    tags = patient_tags(act)
    if not tags:
        return
    if watched(act):
        yield from under_newest_tag(act, key_of_month(act), month_after(act))
    monitored = monitored_drugs(act)
    if monitored:
        since = act.time_ms - int(act.parameter("burst_window_s")) * 1000
        recent = (act.state(keys.burst(prescriber)) or {"recent": []})["recent"]
        kept = [one for one in recent if one[0] > since][-_RECENT_MAX:]
        yield keys.burst(prescriber), {"recent": [*kept, [act.time_ms, tags[0], monitored]]}
    for drug in monitored:
        day = drug_day(act, drug)
        patients = sorted({*day["patients"], tags[0]})
        yield keys.drug_day(prescriber, drug), {**day, "patients": patients}


def under_newest_tag(act: Act, key_of: KeyOfTag, record: State) -> Writes:
    """The patient's record under the newest tag; what an older one held is in it, or it would count twice."""
    newest, *older = newest_tags(act, key_of)
    yield key_of(newest), record
    for tag in older:
        if any((act.state(key_of(tag)) or {}).values()):
            yield key_of(tag), {"moved": newest}


def _lines(act: Act) -> list[State]:
    found: list[State] = []
    for line in act.disclosed("lines"):
        try:
            units = units_of(act.drug(line["drug"]) or {"levels": []}, line["quantity"], line["unit"])
        except Rejected:  # an unknown drug's unit cannot be converted; its quantity counts as given
            units = micro(line["quantity"])
        found.append({"drug": line["drug"], "units": units, "sold": 0, "days": micro(line["days"])})
    return found


def _numbers(act: Act, identifier: str) -> Writes:
    for national in act.number("hiRxno")[:1]:
        yield keys.number("hiRxno", national), {"rx": identifier}
    for local in act.number("hospRxno")[:1]:
        yield keys.number("hospRxno", local, act.organisation_code), {"rx": identifier}
    for visit in act.number("mdtrtId")[:1]:
        key = keys.number("mdtrtId", visit, act.organisation_code)
        yield key, {"consultation": act.consultation_id, "rx": identifier}


def _pace(act: Act, prescriber: str) -> State:
    since = act.time_ms - int(act.parameter("pace_window_s")) * 1000
    recent = (act.state(keys.pace(prescriber)) or {"recent": []})["recent"]
    kept = [one for one in recent if one[0] > since][-_RECENT_MAX:]
    tags = patient_tags(act)
    return {"recent": [*kept, [act.time_ms, tags[0] if tags else "", has_monitored_drug(act)]]}


def counted(act: Act, doctor: str) -> Writes:
    """One more issue, or attempt, of this doctor at this time."""
    count = (act.state(keys.issue_count(doctor)) or {"count": 0})["count"] + 1
    since = working_since(act, doctor)
    yield keys.issue_count(doctor), {"count": count, "last": act.time_ms, "since": since}
    yield keys.issue_time(doctor, count), {"at": act.time_ms}


def moved(act: Act, **changed: object) -> Writes:
    """The prescription's next stage by the life-cycle table, with `changed` members."""
    record = act.rx or {}
    event = lifecycle.event_of(act.type, act.payload.get("decision"))
    status = act.status
    if status == lifecycle.EXPIRED:
        status = record["stage"]
    stage = lifecycle.TRANSITIONS.get((status, event), record["stage"])
    yield keys.rx(act.rx_id), {**record, "stage": stage, **changed}


def prescription_renewed(act: Act) -> Writes:
    """The prescription is valid for so many days from when it was written; its status stays."""
    from_ms = valid_from(act.rx or {})
    expires = from_ms + int(act.payload["validity_days"]) * DAY_MS
    yield from moved(act, expires=expires, signed=_signed(act))


def prescription_cancelled(act: Act) -> Writes:
    """The prescription is over, and counts no more among those of its consultation."""
    yield from moved(act)
    key = keys.consultation_content((act.rx or {})["consultation"])
    content = act.state(key) or {}
    yield key, {**content, "issued": [one for one in content.get("issued", []) if one[0] != act.rx_id]}


def prescription_claimed(act: Act) -> Writes:
    """The pharmacy holds it; the patient's one-time number is used up."""
    yield from moved(act, holder=act.organisation_code)
    for once in act.number("auth_rxno")[:1]:
        yield keys.authorisation(once), {"rx": act.rx_id}


def prescription_released(act: Act) -> Writes:
    """Nobody holds it, and the pharmacy's review is void; so is what its stock channel told of no sale."""
    hospitals = [one for one in (act.rx or {}).get("signed", []) if one[0] != "review.pharmacy"]
    yield from moved(act, holder=None, reviewers=[], **({"signed": hospitals} if hospitals else {}))
    yield from undone_by_release(act).items()


def review_hold(act: Act) -> Writes:
    """Somebody looked at what a rule held; another one still reviews the prescription."""
    yield from moved(act, hold_reviewer=act.payload["reviewer"], signed=_signed(act))


def review_hospital(act: Act) -> Writes:
    """The hospital pharmacist's decision."""
    yield from moved(act, reviewer=act.payload["reviewer"], signed=_signed(act))
    yield from _reviewed(act)
    yield from _recorded(act)


def review_pharmacy(act: Act) -> Writes:
    """The decision of two pharmacists of the holding pharmacy."""
    reviewers = [act.payload["reviewer"], act.payload["second_reviewer"]]
    yield from moved(act, reviewers=reviewers, signed=_signed(act))
    yield from _reviewed(act)
    yield from _recorded(act)


def _recorded(act: Act) -> Writes:
    tags = recording_tags(act)
    if tags:
        others = [one for one in confirmed_by_recording(act) if one[0] != act.rx_id]
        found = [*others, [act.rx_id, list(patient_tags(act))]]
        yield keys.recording(tags[0]), {"prescriptions": found[-_CHECKED_MAX:]}


def _reviewed(act: Act) -> Writes:
    for signer in act.facts.signers:
        this = [reviewed_ms(act), opinion_tag(act), (act.rx or {})["consultation"]]
        recent = [*recent_reviews(act, signer.code), this]
        yield keys.last_reviews(signer.code), {"recent": recent[-_RECENT_MAX:]}
