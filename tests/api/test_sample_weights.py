"""Weights of the audit queue, from entries made by hand: what weighs, what does not, and when it ends."""

from __future__ import annotations

import hashlib
import json

import pytest

from api.reports.sampling import weights
from contracts.statements import base64url
from tests.api.entries import H1, P1, REGULATOR, said

BILL = said("2026-02-01T00:00:00Z", "prescription.issued")
OTHER = said("2026-02-01T00:00:00Z", "dispensing.dispensed", P1, "Y1")
FREEZE = said(
    "2026-02-01T00:00:00Z", "governance.freeze", REGULATOR, "G1", subject="D1", until="2026-02-10T00:00:00Z"
)


def id_of(entry: bytes) -> str:
    return hashlib.sha256(base64url.decode(json.loads(entry)["statement"]["payload"])).hexdigest()


def weight(*entries: bytes) -> tuple[int, int]:
    """Of the doctor's prescription, and of what has nothing to do with the doctor."""
    found = {one.type: one.weight for one in weights([BILL, OTHER, *entries])}
    return found["prescription.issued"], found["dispensing.dispensed"]


@pytest.mark.parametrize(("now", "heavy"), [("2026-02-09T23:59:59Z", 9), ("2026-02-10T00:00:00Z", 1)])
def test_a_freeze_weighs_until_its_end(now: str, heavy: int) -> None:
    assert weight(FREEZE, said(now, "duty.opened", P1, "Y1")) == (heavy, 1)


def test_a_released_freeze_weighs_nothing() -> None:
    released = said("2026-02-02T00:00:00Z", "governance.release", REGULATOR, "G1", freeze=id_of(FREEZE))
    assert weight(FREEZE, released) == (1, 1)


@pytest.mark.parametrize(
    ("code", "heavy"), [("SPLIT_RX", 5), ("PACE_NOTICE", 1), ("SEX_AGE_IMPLAUSIBLE", 1), ("NO_SUCH_CODE", 1)]
)
def test_only_what_accuses_weighs(code: str, heavy: int) -> None:
    [one] = weights([said("2026-02-01T00:00:00Z", "prescription.issued", flags=(code,))])
    assert one.weight == heavy


REMINDER = said(
    "2026-02-01T00:00:00Z", "governance.reminder", REGULATOR, "G1", subject="D1", due="2026-02-10T00:00:00Z"
)


@pytest.mark.parametrize(("now", "heavy"), [("2026-02-10T00:00:00Z", 1), ("2026-02-10T00:00:01Z", 5)])
def test_a_reminder_weighs_while_it_is_overdue(now: str, heavy: int) -> None:
    assert weight(REMINDER, said(now, "duty.opened", P1, "Y1")) == (heavy, 1)
    told = {"reminder": id_of(REMINDER)}
    late = said("2026-02-20T00:00:00Z", "governance.acknowledgement", H1, "D1", **told)
    assert weight(REMINDER, late) == (1, 1)


CASE = said("2026-02-01T00:00:00Z", "governance.case", REGULATOR, "G1", subject=H1)


def step(name: str, **members: str) -> bytes:
    members = {"case": id_of(CASE), "step": name, **members}
    return said("2026-02-02T00:00:00Z", "governance.case_step", REGULATOR, "G1", **members)


@pytest.mark.parametrize(
    ("steps", "heavy"),
    [
        ([], 9),
        ([step("notified")], 9),
        ([step("closed")], 1),
        ([step("decided", finding="unfounded")], 1),
        ([step("decided", finding="violation")], 9),
        ([step("decided", finding="violation"), step("appeal_decided", finding="unfounded")], 1),
        ([step("decided", finding="unfounded"), step("appeal_decided", finding="violation")], 9),
    ],
)
def test_a_case_weighs_while_it_is_open_and_not_cleared(steps: list[bytes], heavy: int) -> None:
    assert weight(CASE, *steps) == (heavy, 1)
