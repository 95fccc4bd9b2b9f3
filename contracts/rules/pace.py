"""PACE: no human prescribes faster than this.

What an outage kept back is refused like the rest, so that no claim of time makes anybody faster, but it
accuses nobody where the ledger itself saw the consultations end at a human pace.

A rolling cap is one read: the n-th issue is too many when the (n - maximum)-th lies inside the
window. Attempts count as issues do, so that refusals do not make a machine faster.
"""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State
from contracts.groups import ISSUE
from contracts.patient import patient_misnamed, patient_tags
from contracts.quantity import DAY_MS
from contracts.rules.base import Failed, rule
from contracts.rules.consultation import closed_consultation
from contracts.substance import substances

HOUR_MS = 3_600_000
_LATE = ("claimed_time_future_s_max", "pace_hourly_max")  # what makes an arrival late
_BURST = ("burst_window_s", "burst_patients", "burst_hold", "monitored_drugs", "placeholders")
_APART = ("pace_gap_s_min", "pace_window_s", "pace_patients_max", "monitored_drugs", "placeholders")


def _others(act: Act) -> list[tuple[int, bool, str]]:
    """(time, monitored, patient) of the doctor's recent issues for others; [] where nobody is named."""
    if patient_misnamed(act):
        return []
    patient = set(patient_tags(act))
    recent = (act.state(keys.pace(str(act.payload["prescriber"]))) or {}).get("recent", [])
    return [(at, monitored, tag) for at, tag, monitored in recent if tag not in patient]


def has_monitored_drug(act: Act) -> bool:
    """Return whether a line of this prescription is a monitored drug."""
    return any(act.is_monitored(line["drug"]) for line in act.disclosed("lines") or [])


def _gap_ms(act: Act) -> int | None:
    others = _others(act)
    return act.time_ms - max(at for at, _, _ in others) if others else None


def arrived_late(act: Act) -> bool:
    """Return whether this was signed some time ago and only the arrival is crowded.

    The claimed time may be a lie and decides nothing alone. The presence proof binds `after`, so nothing
    was signed before the consultation's close, and the closes stand in ledger time: as far apart as the
    hourly cap asks, or nothing is excused. Whoever claims so falsely has signed it, and still is refused.
    """
    found = closed_consultation(act)
    if found is None:
        return False
    claimed_ms = int(act.payload["iat"]) * 1000
    skew_ms = int(act.parameter("claimed_time_future_s_max")) * 1000
    if not found["closed"] - skew_ms <= claimed_ms < act.time_ms - skew_ms:
        return False
    return bool(found.get("apart_ms", 0) * int(act.parameter("pace_hourly_max")) >= HOUR_MS)


@rule(
    "PACE-1",
    "PACE_TOO_FAST",
    ISSUE,
    sources="T10 S45 security 2.6",
    parameters=(*_APART, *_LATE),
    version=2,
    en="Too many patients in too short a time for a person who decides each case.",
    zh="短时间内为多名患者开方，超出人工开方的合理速度。",
)
def human_pace(act: Act) -> None:
    """Two patients lie apart, and a monitored drug goes to no third patient inside the window.

    Of prescriptions that stand: who writes a refused one anew at once did not decide on two patients. What
    was refused counts towards the caps (PACE-2, PACE-3).
    """
    if not arrived_late(act):
        _keep_pace(act)


def _keep_pace(act: Act) -> None:
    gap_ms = _gap_ms(act)
    if gap_ms is not None and gap_ms < int(act.parameter("pace_gap_s_min")) * 1000:
        raise Failed(gap_ms=gap_ms)
    if not has_monitored_drug(act):
        return
    since = act.time_ms - int(act.parameter("pace_window_s")) * 1000
    patients = {tag for at, monitored, tag in _others(act) if monitored and at > since}
    if len(patients) >= int(act.parameter("pace_patients_max")):
        raise Failed(patients=len(patients) + 1)


def _over(act: Act, maximum: int, window_ms: int) -> bool:
    doctor = str(act.payload["prescriber"])
    count = (act.state(keys.issue_count(doctor)) or {"count": 0})["count"]
    if count < maximum:
        return False
    earlier = act.state(keys.issue_time(doctor, count - maximum + 1))
    return earlier is not None and earlier["at"] > act.time_ms - window_ms


@rule(
    "PACE-2",
    "PACE_HOURLY_CAP",
    ISSUE,
    sources="security 2.6",
    parameters=_LATE,
    en="More prescriptions within an hour than a doctor can write.",
    zh="一小时内开方数量超过上限。",
)
def hourly_cap(act: Act) -> None:
    """Within any hour a doctor issues or tries at most the cap."""
    if not arrived_late(act):
        _keep_hour(act)


def _keep_hour(act: Act) -> None:
    if _over(act, int(act.parameter("pace_hourly_max")), HOUR_MS):
        raise Failed


@rule(
    "PACE-3",
    "PACE_DAILY_CAP",
    ISSUE,
    sources="security 2.6",
    parameters=("pace_daily_max",),
    en="More prescriptions within a day than a doctor can write.",
    zh="二十四小时内开方数量超过上限。",
)
def daily_cap(act: Act) -> None:
    """Within any 24 hours a doctor issues or tries at most the cap."""
    if _over(act, int(act.parameter("pace_daily_max")), DAY_MS):
        raise Failed


@rule(
    "PACE-4",
    "PACE_NOTICE",
    ISSUE,
    strength="flag",
    sources="T10 security 2.6",
    parameters=("pace_gap_notice_s", "pace_hourly_notice", "pace_daily_notice", "placeholders"),
    en="A brisk pace, worth a look; nobody is accused.",
    zh="开方节奏较快，提请关注；不作指控。",
)
def unhurried(act: Act) -> None:
    """Patients lie comfortably apart and the hour and the day are not crowded."""
    gap_ms = _gap_ms(act)
    if gap_ms is not None and gap_ms < int(act.parameter("pace_gap_notice_s")) * 1000:
        raise Failed(gap_ms=gap_ms)
    if _over(act, int(act.parameter("pace_hourly_notice")), HOUR_MS):
        raise Failed
    if _over(act, int(act.parameter("pace_daily_notice")), DAY_MS):
        raise Failed


def working_since(act: Act, doctor: str) -> int:
    """Return since when (ledger ms) the doctor has been prescribing without a rest, now included.

    A rest is what 24 hours leave beside the longest span: whoever never rests so long is at work for longer
    than the span in some 24 hours, and the evenings of two days are no span.
    """
    known = act.state(keys.issue_count(doctor)) or {}
    rest_ms = DAY_MS - int(act.parameter("pace_span_notice_s")) * 1000
    rested = "last" not in known or act.time_ms - known["last"] >= rest_ms
    return act.time_ms if rested else int(known["since"])


@rule(
    "PACE-10",
    "PACE_NOTICE",
    ISSUE,
    strength="flag",
    sources="T10 security 2.6 contracts §3 PACE",
    parameters=("pace_span_notice_s",),
    en="The doctor has been prescribing for longer than a working day; nobody is accused.",
    zh="医师连续开方时间超过一个工作日，提请关注；不作指控。",
)
def day_ends(act: Act) -> None:
    """From the first prescription after a rest to this one goes by at most the span."""
    span_ms = act.time_ms - working_since(act, str(act.payload["prescriber"]))
    if span_ms > int(act.parameter("pace_span_notice_s")) * 1000:
        raise Failed(span_ms=span_ms)


@rule(
    "PACE-5",
    "SPLIT_RX",
    ISSUE,
    strength="flag",
    sources="S9 T8 contracts §3 PACE",
    parameters=("split_rx_max",),
    version=2,
    en="The same drug again and again from one consultation: a split prescription.",
    zh="同一次问诊多次开具同一药品，疑似拆分处方。",
)
def one_prescription(act: Act) -> None:
    """Of one drug at most so many prescriptions, cancelled ones apart, come from one consultation."""
    content = act.state(keys.consultation_content(act.consultation_id)) or {}
    earlier = [substances(drugs) for _, drugs in content.get("issued", [])]
    for named in substances(line["drug"] for line in act.disclosed("lines") or []):
        if sum(named in one for one in earlier) >= int(act.parameter("split_rx_max")):
            raise Failed


def monitored_drugs(act: Act) -> list[str]:
    """Return the substances of the monitored drugs of this prescription."""
    named = (line["drug"] for line in act.disclosed("lines") or [])
    return sorted(substances(code for code in named if act.is_monitored(code)))


def _burst(act: Act) -> int:
    """How many patients got one monitored drug within the window, this one included; 0 below the limit."""
    since = act.time_ms - int(act.parameter("burst_window_s")) * 1000
    recent = (act.state(keys.burst(str(act.payload["prescriber"]))) or {"recent": []})["recent"]
    own = set(patient_tags(act))
    most = 0
    for drug in monitored_drugs(act):
        others = {tag for at, tag, drugs in recent if at > since and drug in drugs and tag not in own}
        most = max(most, len(others) + 1)
    if patient_misnamed(act):
        return 0
    return most if most >= int(act.parameter("burst_patients")) else 0


@rule(
    "PACE-6",
    "SAME_DRUG_BURST",
    ISSUE,
    strength="flag",
    sources="T10 S15 S45 security 2.6",
    parameters=_BURST,
    version=3,
    en="The same monitored drug for several patients within minutes.",
    zh="数分钟内为多名患者开具同一重点监测药品。",
)
def no_burst(act: Act) -> None:
    """Where the rulebook says so (0), too many patients inside the window are only flagged."""
    if not int(act.parameter("burst_hold")) and _burst(act):
        raise Failed(patients=_burst(act))


@rule(
    "PACE-7",
    "SAME_DRUG_BURST",
    ISSUE,
    strength="hold",
    sources="T10 S15 security 2.6 contracts §3 PACE",
    parameters=_BURST,
    version=3,
    en="The same monitored drug for several patients within minutes: it waits until a pharmacist has looked.",
    zh="数分钟内为多名患者开具同一重点监测药品：处方暂存，待药师核查。",
)
def burst_waits(act: Act) -> None:
    """A monitored drug goes to fewer different patients than this inside the window."""
    if int(act.parameter("burst_hold")) and _burst(act):
        raise Failed(patients=_burst(act))


@rule(
    "PACE-8",
    "PACE_DAILY_CAP",
    ISSUE,
    sources="S15 T8 T10",
    parameters=("pace_drug_daily_patients_max", "monitored_drugs", "placeholders"),
    version=3,
    en="One monitored drug for more patients in a day than a doctor can have decided on.",
    zh="一日内为过多患者开具同一重点监测药品。",
)
def drug_daily_cap(act: Act) -> None:
    """On a local day a doctor prescribes one monitored drug to at most so many different patients."""
    if patient_misnamed(act):
        return
    most = int(act.parameter("pace_drug_daily_patients_max"))
    own = set(patient_tags(act))
    for drug in monitored_drugs(act):
        others = [tag for tag in drug_day(act, drug)["patients"] if tag not in own]
        if len(others) >= most:
            raise Failed(patients=len(others) + 1)


def drug_day(act: Act, drug: str) -> State:
    """Return the doctor's local day with a monitored drug so far: {"day","patients": [tag, …]}."""
    found = act.state(keys.drug_day(str(act.payload["prescriber"]), drug))
    return found if found and found["day"] == act.today else {"day": act.today, "patients": []}


@rule(
    "PACE-9",
    "PACE_LATE_ARRIVAL",
    ISSUE,
    sources="D3 T10 S48",
    parameters=(*_LATE, *_APART, "shadow_rules"),
    version=2,
    en="Too fast by arrival alone, as after an outage; send again, one prescription of the doctor a minute.",
    zh="仅因集中到达（如故障恢复后补传）而过快；请按每名医师每分钟一张的速度重新发送。不作指控。",
)
def backlog_in_pace(act: Act) -> None:
    """What arrives late keeps the pace too, but is no accusation and never leads to a freeze."""
    if not arrived_late(act):
        return
    for limit, keep in (("PACE-1", _keep_pace), ("PACE-2", _keep_hour)):
        if limit not in act.parameter("shadow_rules"):  # on trial it refuses nobody, late or not
            keep(act)


RULES = (
    human_pace,
    hourly_cap,
    daily_cap,
    unhurried,
    day_ends,
    one_prescription,
    no_burst,
    burst_waits,
    drug_daily_cap,
    backlog_in_pace,
)
