"""REVIEW, second half: a review is work, not a stamp."""

from __future__ import annotations

from typing import Any

from contracts import keys
from contracts.act import Act
from contracts.groups import REVIEWS
from contracts.rules.base import Failed, rule


def opinion_tag(act: Act) -> str:
    """Return what a reviewer's text is recognised by: its keyed tag, never the text; "" for no text."""
    return act.tag("codes", (act.disclosed("clinical") or {}).get("opinion", ""))


def recent_reviews(act: Act, reviewer: str) -> list[list[Any]]:
    """Return [time, tag of the text] of the reviewer's reviews within the seconds of a stamp."""
    since = act.time_ms - int(act.parameter("review_stamp_s")) * 1000
    known = (act.state(keys.last_reviews(reviewer)) or {}).get("recent", [])
    return [one for one in known if one[0] > since]


@rule(
    "REVIEW-1",
    "REVIEW_RUBBER_STAMP",
    REVIEWS,
    strength="flag",
    version=2,
    sources="S7 contracts §3 REVIEW",
    parameters=("review_stamp_s",),
    en="The same opinion again, or none again, within seconds of an earlier one: reviews need reading.",
    zh="审方意见与数秒前相同（或同为空白），疑似未实际审核。",
)
def not_a_stamp(act: Act) -> None:
    """A reviewer's text differs from all of the last seconds: other texts in between excuse no stamp.

    No text is one that is the same each time: who says nothing twice within seconds has read nothing twice.
    """
    said = opinion_tag(act)
    for signer in act.signers:
        same = [at for at, opinion in recent_reviews(act, signer.code) if opinion == said]
        if same:
            raise Failed(gap_ms=act.time_ms - same[-1])


@rule(
    "REVIEW-2",
    "VIDEO_CONFIRMATION_MISSING",
    REVIEWS,
    sources="S10",
    version=2,
    parameters=("video_confirmation",),
    en="A monitored drug is confirmed with the patient by video; the recording's digest is missing.",
    zh="重点监测药品须经视频向患者复核；缺少录像摘要。",
)
def confirmed_by_video(act: Act) -> None:
    """Where its day's rulebook asks (1), an approval of a monitored drug names the recording's digest."""
    if not int(act.parameter_then("video_confirmation")) or act.payload.get("decision") != "approved":
        return
    drugs = (act.drug_then(line["drug"]) for line in act.content.get("lines", []))
    if not any(drug is not None and drug["monitored"] for drug in drugs):
        return
    if "video" not in (act.disclosed("clinical") or {}):
        raise Failed


RULES = (not_a_stamp, confirmed_by_video)
