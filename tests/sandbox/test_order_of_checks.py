"""One input has one answer (interface §4): boundaries, and two faults in one message: the order decides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.sandbox.day import CORPUS, load
from tests.sandbox.lives import (
    D1,
    D2,
    H2,
    HY1,
    HY2,
    METFORMIN,
    P1,
    P2,
    Y1,
    Y2,
    Y3,
    Y4,
    Script,
    pack,
)
from tests.sandbox.memory import play_day

EXPIRED = "YS990000000006"  # registered at the first shop; the licence ended yesterday
OFF_DUTY = "YS990000000007"
NO_CODE = "6901234567892"
FIRST = {"fstdiagFlag": "1"}
CHILD = {"patnAge": "4.0"}
OUTSIDE = {"prscDeptName": "骨科"}
HERE, THERE = [pack(number) for number in range(1, 20)], [pack(number) for number in range(40, 50)]
OLD, BACK = pack(30), pack(31)


def _cast() -> Any:
    cast = dict(load(CORPUS).cast)
    someone = next(each for each in cast["people"] if each["code"] == Y1)
    added = [
        someone | {"code": EXPIRED, "certno": "", "validTo": "2026-03-01"},
        someone | {"code": OFF_DUTY, "certno": ""},
    ]
    return cast | {"people": [*cast["people"], *added]}


def _open_shops(script: Script) -> None:
    for shop, who in ((P1, Y1), (P1, Y2), (P2, Y3), (P2, Y4)):
        script.duty(shop, who)
    script.again("=")
    script.duty(P1, EXPIRED, expect="LICENCE_EXPIRED")
    script.duty(P1, Y4, expect="LICENCE_SITE")  # before DUTY_CONCURRENT
    script.stock(P1, Y1, [*HERE, pack(1, METFORMIN), BACK, OLD | {"expiry": "2026-03-01"}])
    script.stock(P2, Y3, THERE)


def _row(*packs: dict[str, str] | str, **changed: str) -> dict[str, str]:
    codes = [each if isinstance(each, str) else each["code"] for each in packs]
    return {"drug_trac_codg": ",".join(codes), **changed}


def consultations(script: Script) -> None:
    """Too short, no patient turn, drug first, first visit, guardian: in this order."""
    silent, first = {"patientTurns": 0}, {"drugChosenBeforeConsultation": True}
    lives: list[tuple[str, int, Any, Any]] = [
        ("CONSULT_TOO_SHORT", 29, silent | first, {}),
        ("+CONSULT_SHORT_NOTICE", 30, {}, {}),
        ("+CONSULT_SHORT_NOTICE", 119, {}, {}),
        ("", 120, {}, {}),
        ("CONSULT_NO_REPLY", 120, silent | first, {}),
        ("DRUG_FIRST", 120, first, FIRST),
        ("FIRST_VISIT_ONLINE", 120, {}, FIRST | CHILD),
        ("PEDIATRIC_GUARDIAN_MISSING", 120, {}, CHILD),
        ("", 120, {}, CHILD | {"patnAge": "6.0"}),
        ("LICENCE_SCOPE", 120, silent, OUTSIDE),
    ]
    for place, (expect, seconds, closing, visit) in enumerate(lives):
        number = f"20{place:02}"
        script.consultation(number, seconds=seconds, **closing)
        script.issue(number, expect, visit=visit)


def prescriptions(script: Script) -> None:
    """Origin before licence, licence before clinical, consultation before clinical, validity before days."""
    script.consultation("2020")
    script.issue("2020", "ORIGIN_MISSING", visit=OUTSIDE, extension={"authorship": None})
    script.issue("2020", "LICENCE_SCOPE", visit=OUTSIDE, head={"valiDays": "4"})
    script.issue("2020", "FIRST_VISIT_ONLINE", visit=FIRST, head={"valiDays": "4"})
    script.issue("2020", "RX_VALIDITY_LIMIT", head={"valiDays": "4", "longRxFlag": "0"})
    short = {"longRxFlag": "0"}
    for days, type_code, expect in (("8", "1", "RX_DAYS_LIMIT"), ("4", "3", "RX_DAYS_LIMIT"), ("7", "1", "")):
        script.issue("2020", expect, head=short | {"rxTypeCode": type_code}, lines=[{"medcDays": days}])
    script.again("=")
    script.again("ID_CONFLICT", insuPlcNo="990009")
    script.consultation("2021", hospital=H2, doctor=D1)
    script.issue("2021", "LICENCE_SITE", hospital=H2, doctor=D1, visit=OUTSIDE | {"prscDrName": "陆知微"})
    script.consultation("2022")
    script.issue("2022", "ID_CONFLICT", head={"hospRxno": "RX2020"}, lines=[{"drugCnt": "0"}])
    texts = {"0": "QTY_RANGE", "-1": "QTY_RANGE", "1.1234567": "QTY_PRECISION"}
    texts |= dict.fromkeys(("NaN", "1e3", "\uff11", "01", "1.", "+1", "1_000"), "QTY_FORMAT")
    for text, code in texts.items():
        script.issue("2022", code, lines=[{"drugCnt": text}])


def pace(script: Script) -> None:
    """Gaps of 9, 10, 44 and 45 seconds; a third patient in a minute; a slow burst; three times too fast."""
    drug = {"medListCodg": "XA10BJB001A001010039999", "sinDoscnt": "0.5", "usedFrquCodg": "21"}
    visit = {"prscDeptName": "内分泌科", "prscDrName": "陆知微", "maindiagCode": "E11.900"}
    bursts: list[list[tuple[int, str]]] = [
        [(60, ""), (9, "PACE_TOO_FAST")],
        [(60, ""), (10, "+PACE_NOTICE")],
        [(60, ""), (44, "+PACE_NOTICE")],
        [(60, ""), (45, "")],
        [(60, ""), (30, "+PACE_NOTICE"), (29, "PACE_TOO_FAST")],
        [(60, ""), (60, ""), (300, "+SAME_DRUG_BURST")],
        [(60, ""), *[(3, "PACE_TOO_FAST")] * 3, (60, "STATE_FROZEN")],
    ]
    for burst, issues in enumerate(bursts):
        numbers = [f"3{burst}{place:02}" for place in range(len(issues))]
        for number in numbers:
            script.consultation(number, doctor=D1, seconds=130)
        for number, (seconds, expect) in zip(numbers, issues, strict=True):
            script.issue(number, expect, doctor=D1, visit=visit, lines=[drug], seconds=seconds)
        if burst == 5:
            script.review(numbers[-1])  # flagged: nobody in a day of messages could look at what is held
        script.now += script.HOUR if burst < 5 else script.HOUR / 6


def statuses(script: Script) -> None:
    """Every step tried too early, by the wrong shop, and too late; separation and duty decide before it."""
    script.consultation("2030")
    script.issue("2030")
    script.claim("2030", "FLOW_ORDER")
    script.sell("2030", [_row(NO_CODE)], "FLOW_ORDER")
    script.deliver("2030", "1", "FLOW_ORDER")
    script.give_back("2030", HERE[0], "FLOW_ORDER")
    script.review("2030", "LICENCE_SITE", who=HY2)
    script.review("2030", "ROLE_FORBIDDEN", who=D1)
    script.review("2030", "ROLE_FORBIDDEN", who=Y1)
    script.review("2030")
    script.review("2030", "FLOW_ORDER")
    script.review("2030", "DUTY_SEPARATION", who=D2)
    script.second_review("2030", "FLOW_ORDER")
    for who, code in ((Y4, "LICENCE_SITE"), (HY1, "ROLE_FORBIDDEN"), (EXPIRED, "LICENCE_EXPIRED")):
        script.claim("2030", code, who=who)
    script.claim("2030", once="shown twice")
    script.claim("2030", "RX_DESIGNATED_ELSEWHERE", shop=P2, who=Y3, once="shown twice")
    script.claim("2030", "FLOW_ORDER", once="shown twice")
    script.sell("2030", [_row(HERE[0])], "FLOW_ORDER")
    wrong = [(OFF_DUTY, "DUTY_NO_SESSION"), (Y4, "LICENCE_SITE"), (D1, "ROLE_FORBIDDEN")]
    for who, code in [*wrong, (D2, "DUTY_SEPARATION"), (HY1, "DUTY_SEPARATION"), (Y1, "DUTY_SEPARATION")]:
        script.second_review("2030", code, who=(Y1, who))
    script.second_review("2030")
    script.sell("2030", [_row(NO_CODE)], "DUTY_NO_SESSION", who=(Y1, OFF_DUTY))
    script.sell("2030", [_row(NO_CODE)], "RX_NOT_CLAIMED", shop=P2, who=(Y3, Y4))
    script.sell("2030", [_row(HERE[0])])
    script.again("=")
    script.again("RX_ALREADY_DISPENSED", setl_id="another")
    script.give_back("2030", HERE[0], "RX_NOT_CLAIMED", shop=P2, who=Y3)
    script.deliver("2030", "3", "FLOW_ORDER")
    script.deliver("2030", "1")
    script.deliver("2030", "3")
    script.deliver("2030", "3", "FLOW_ORDER")
    script.cancel("2030", "FLOW_ORDER")
    script.claim("2030", "RX_ALREADY_DISPENSED", shop=P2, who=Y3, once="shown twice")
    script.consultation("2031")
    script.issue("2031")
    script.review("2031")
    script.claim("2031", "ID_CONFLICT", once="shown twice")


def packs(script: Script) -> None:
    """Format, twice, count, level, product, expired, not resalable, sold: in this order, and supply last."""
    carton, other = pack(1, level="889"), pack(1, METFORMIN)
    script.ready("2040")
    script.sell("2040", [_row(HERE[1])])
    script.ready("2041")
    script.sell("2041", [_row(BACK)])
    script.give_back("2041", BACK, left=True)
    again: list[tuple[str, dict[str, str]]] = [
        ("TRACE_FORMAT", _row(NO_CODE, NO_CODE)),
        ("TRACE_FORMAT", _row("８９９０００１０００００００００００１")),
        ("TRACE_FORMAT", _row(pack(1)["code"].replace("0", "O"))),
        ("TRACE_DUPLICATE_IN_EVENT", _row(other, other)),
        ("TRACE_COUNT_MISMATCH", _row(carton, other)),
        ("TRACE_LEVEL", _row(pack(1, METFORMIN, level="889"))),
        ("TRACE_PRODUCT_MISMATCH", _row(other, expy_end="2026-03-01")),
        ("TRACE_EXPIRED", _row(OLD)),
        ("TRACE_EXPIRED", _row(BACK, expy_end="2026-03-01")),
        ("TRACE_NOT_RESALABLE", _row(BACK)),
        ("TRACE_ALREADY_DISPENSED_HERE", _row(HERE[1])),
        ("QTY_EXCEEDS_RX", _row(NO_CODE, sel_retn_cnt="2.0000")),
    ]
    for expect, row in again:
        script.sell("2041", [row], expect)
    script.sell("2041", [_row(HERE[2])])
    script.consultation("2042", hospital=H2, patient="2041")
    script.issue("2042", hospital=H2, patient="2041")
    script.review("2042", hospital=H2, who=HY2)
    script.claim("2042", shop=P2, who=Y3)
    script.second_review("2042", shop=P2, who=(Y3, Y4))
    journey = {"reason": "travel", "evidence": "T"}
    covered: list[tuple[str, dict[str, str], dict[str, str]]] = [
        ("TRACE_ALREADY_DISPENSED", _row(HERE[1]), {}),
        ("TRACE_FORMAT", _row(NO_CODE), {}),
        ("SUPPLY_COVERED", _row(pack(77)), {}),
        ("SUPPLY_COVERED", _row(THERE[0]), journey | {"until": "2026-03-01"}),
        ("+SUPPLY_EXEMPT", _row(THERE[0]), journey | {"until": "2026-03-02"}),
    ]
    for expect, row, reason in covered:
        declared: dict[str, Any] = {"extension": {"exemption": reason}} if reason else {}
        script.sell("2042", [row], expect, shop=P2, who=(Y3, Y4), **declared)


@pytest.mark.parametrize("story", [consultations, prescriptions, pace, statuses, packs])
def test_one_message_has_one_answer(story: Callable[[Script], None], tmp_path: Path) -> None:
    script = Script(_cast())
    _open_shops(script)
    story(script)
    verdicts = play_day(script.day(), tmp_path)
    different = [
        (step.number, step.kind, step.story, verdict.outcome, verdict.codes)
        for step, verdict in zip(script.steps, verdicts, strict=True)
        if not verdict.meets(step.expect)
    ]
    assert different == []
