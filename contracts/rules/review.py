"""REVIEW, second half: a review is work, not a stamp."""

from __future__ import annotations

from typing import Any

from contracts import keys
from contracts.act import Act
from contracts.groups import REVIEWS
from contracts.patient import patient_tags
from contracts.rules.base import Failed, rule
from contracts.rules.online import Checked, was_cancelled
from contracts.tagging import plain_opinion


def opinion_tag(act: Act) -> str:
    """Return what a reviewer's text is recognised by: its keyed tag, never the text; "" for no text.

    Texts that differ in blanks and punctuation alone are one, and those alone are no text.
    """
    return act.tag("codes", plain_opinion((act.disclosed("clinical") or {}).get("opinion", "")))


def reviewed_ms(act: Act) -> int:
    """Return when a review was made: by its own word if it came later than clocks differ, after an outage."""
    claimed_ms = int(act.payload["iat"]) * 1000
    skew_ms = int(act.parameter("claimed_time_future_s_max")) * 1000
    return claimed_ms if claimed_ms < act.time_ms - skew_ms else act.time_ms


def recent_reviews(act: Act, reviewer: str) -> list[list[Any]]:
    """Return [time, tag of the text, consultation] of the reviewer's reviews within a stamp's seconds."""
    apart_ms, at_ms = int(act.parameter("review_stamp_s")) * 1000, reviewed_ms(act)
    known = (act.state(keys.last_reviews(reviewer)) or {}).get("recent", [])
    return [one for one in known if abs(one[0] - at_ms) < apart_ms]


@rule(
    "REVIEW-1",
    "REVIEW_RUBBER_STAMP",
    REVIEWS,
    strength="flag",
    version=3,
    sources="S7 contracts §3 REVIEW",
    parameters=("review_stamp_s", "claimed_time_future_s_max"),
    en="The same opinion again, or none again, within seconds of an earlier one: reviews need reading.",
    zh="审方意见与数秒前相同（或同为空白），疑似未实际审核。",
)
def not_a_stamp(act: Act) -> None:
    """A reviewer's text differs from all of the last seconds: other texts in between excuse no stamp.

    同意, 同意。 and 同 意 are one text (`opinion_tag`).

    No text is one that is the same each time: who says nothing twice within seconds has read nothing twice.
    The prescriptions of one consultation are read together, and a backlog was not read when it arrived: there
    the claimed times count, and who claims them apart that were not has signed a false time.
    """
    said, visit = opinion_tag(act), str((act.rx or {}).get("consultation", ""))
    for signer in act.signers:
        recent = recent_reviews(act, signer.code)
        same = [at for at, opinion, *of in recent if opinion == said and of != [visit]]
        if same:
            raise Failed(gap_ms=abs(reviewed_ms(act) - same[-1]))


@rule(
    "REVIEW-2",
    "VIDEO_CONFIRMATION_MISSING",
    REVIEWS,
    sources="S10",
    version=4,
    parameters=("video_confirmation", "monitored_drugs"),
    en="A monitored drug is confirmed with the patient by video; the recording's digest is missing.",
    zh="重点监测药品须经视频向患者复核；缺少录像摘要。",
)
def confirmed_by_video(act: Act) -> None:
    """Where its day's rulebook asks (1), an approval of a monitored drug names the recording's digest.

    One digit throughout is no digest.
    """
    if _needs_video(act) and not _recording(act):
        raise Failed


def _needs_video(act: Act) -> bool:
    if not int(act.parameter_then("video_confirmation")) or act.payload.get("decision") != "approved":
        return False
    return any(act.was_monitored(line["drug"]) for line in act.content.get("lines", []))


def _recording(act: Act) -> str:
    digest = str((act.disclosed("clinical") or {}).get("video", ""))
    return digest if len(set(digest)) > 1 else ""


def recording_tags(act: Act) -> tuple[str, ...]:
    """Return the tags of the recording that a review names; () for none, or where none is needed."""
    return act.tags("codes", _recording(act)) if _needs_video(act) else ()


def confirmed_by_recording(act: Act) -> Checked:
    """Return [rx, patient's tags] of what this recording confirmed, without what was cancelled since."""
    records = [act.state(keys.recording(tag)) or {} for tag in reversed(recording_tags(act))]
    found = {one[0]: one for record in records for one in record.get("prescriptions", [])}
    return [one for one in found.values() if not was_cancelled(act, one[0])]


@rule(
    "REVIEW-3",
    "RECORDING_SHARED",
    REVIEWS,
    strength="flag",
    sources="S10",
    version=2,
    parameters=("video_confirmation", "monitored_drugs"),
    en="The recording of this video confirmation already stands behind another patient's prescription.",
    zh="该视频复核录像已用于另一患者的处方。",
)
def recording_of_one_patient(act: Act) -> None:
    """All prescriptions that a recording confirms are one patient's: both reviews may name the same one."""
    own = set(patient_tags(act))
    if own and any(not own & set(tags) for _, tags in confirmed_by_recording(act)):
        raise Failed


@rule(
    "REVIEW-4",
    "REVIEW_CONTRADICTS",
    ("review.hospital",),
    sources="S47",
    parameters=("review_visit_compared", "placeholders"),
    en="The review names another visit than its prescription's: look which of the two was read.",
    zh="审方记录的就诊流水号与处方不符，请核对所审的是哪一张处方；不追究任何人。",
)
def review_of_this_visit(act: Act) -> None:
    """Where the rulebook asks for it, a review that names a visit names its prescription's.

    A record with the prescription's number of one patient and the visit of another approves what nobody read.
    """
    if not int(act.parameter("review_visit_compared")) or act.rx is None:
        return
    content = act.state(keys.consultation_content(act.rx["consultation"])) or {}
    visit, named = content.get("number"), act.number("mdtrtId")
    if visit and named and visit not in named:
        raise Failed({"member": "mdtrtId"})


RULES = (not_a_stamp, confirmed_by_video, recording_of_one_patient, review_of_this_visit)
