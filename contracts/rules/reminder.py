"""REMINDER: what somebody is told before it comes to a case, and when nobody answers (S58)."""

from __future__ import annotations

from typing import Any

from contracts import keys
from contracts.act import Act
from contracts.groups import ISSUE, REVIEWS, SALE
from contracts.rules.base import Failed, rule
from contracts.subjects import issuing_department, speaks_for
from contracts.time import from_text

_AHEAD = {"governance.reminder": "due", "governance.inspection": "opens"}


def open_reminders(act: Act, subject: str) -> list[list[Any]]:
    """Return [id, due] of the subject's reminders that nobody acknowledged."""
    found: list[list[Any]] = (act.state(keys.reminders(subject)) or {"open": []})["open"]
    return found


@rule(
    "REMINDER-1",
    "TIME_ORDER",
    tuple(_AHEAD),
    sources="S58 S22",
    en="A reminder is due, and a sealed list is opened, in the future.",
    zh="提醒的答复期限和密封名单的启封时间必须晚于当前时间。",
)
def time_ahead(act: Act) -> None:
    """`due` or `opens` lies ahead."""
    if from_text(act.payload[_AHEAD[act.type]]) <= act.time_ms:
        raise Failed({"member": _AHEAD[act.type]})


@rule(
    "REMINDER-2",
    "ORG_SCOPE",
    ("governance.acknowledgement",),
    version=2,
    sources="S58 S29",
    en="Only who was reminded acknowledges: the person, the institution, or an officer for who has no key.",
    zh="只有被提醒的本人或被提醒机构的人员可以答复；无密钥的参保人、供应商由监管人员代为录入。",
)
def answers_for_the_own(act: Act) -> None:
    """The act speaks for the reminder's subject."""
    record = act.state(keys.reminder(str(act.payload["reminder"])))
    if record is not None and not speaks_for(act, record["subject"]):
        raise Failed


@rule(
    "REMINDER-3",
    "REMINDER_ANSWERED",
    ("governance.acknowledgement",),
    sources="S58",
    en="This reminder was acknowledged before.",
    zh="该提醒已答复。",
)
def answered_once(act: Act) -> None:
    """A reminder is acknowledged once."""
    record = act.state(keys.reminder(str(act.payload["reminder"])))
    if record is not None and "answered" in record:
        raise Failed


@rule(
    "REMINDER-4",
    "REMINDER_OVERDUE",
    (*ISSUE, *REVIEWS, *SALE),
    strength="flag",
    version=3,
    sources="S58 S29",
    en="Institution, department or signer has not acknowledged a reminder in time; officers see each act.",
    zh="机构、科室或签名人逾期未答复监管提醒；每次业务均会提示监管人员。",
)
def reminders_answered(act: Act) -> None:
    """No reminder of the submitting institution, its department or a signer is past its time."""
    people = (signer.code for signer in act.signers)
    for subject in dict.fromkeys((act.organisation_code, *people, issuing_department(act))):
        overdue = [one for one in open_reminders(act, subject) if one[1] < act.time_ms]
        if overdue:
            raise Failed(reminder=overdue[0][0], due_ms=overdue[0][1])


RULES = (time_ahead, answers_for_the_own, answered_once, reminders_answered)
