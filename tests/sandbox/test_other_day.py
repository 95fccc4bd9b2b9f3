"""Another day, with the cases that the sandbox's day leaves out: each step's decisive code."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.sandbox.day import CORPUS, load
from tests.national.builders import day_message
from tests.sandbox.lives import (
    AMLODIPINE,
    D1,
    D2,
    H1,
    H2,
    HY1,
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

CAST = load(CORPUS).cast
TWO_DRUGS = [
    {},
    {
        "medListCodg": METFORMIN,
        "sinDoscnt": "0.5",
        "sinDosunt": "g",
        "medcDays": "20.00",
        "usedFrquCodg": "13",
    },
]


def _code(*packs: dict[str, str]) -> dict[str, Any]:
    return {"med_list_codg": packs[0]["drug"], "drug_trac_codg": ",".join(each["code"] for each in packs)}


def _open_shops(script: Script) -> None:
    for shop, who in ((P1, Y1), (P1, Y2), (P2, Y3), (P2, Y4)):
        script.duty(shop, who)
    script.stock(P1, Y1, [pack(number) for number in range(9)] + [pack(1, METFORMIN)])
    script.stock(P1, Y1, [pack(30) | {"expiry": "2026-01-31"}])
    script.stock(P2, Y3, [pack(40)])


def cancelling(script: Script) -> None:
    script.consultation("1001")
    script.issue("1001")
    script.cancel("1001", "ORG_SCOPE", hospital=H2)
    script.cancel("1001")
    script.review("1001", "RX_CANCELLED")


def custody(script: Script) -> None:
    script.consultation("1002")
    script.issue("1002")
    script.claim("1002", "FLOW_ORDER")
    script.review("1002")
    script.claim("1002")
    script.claim("1002", "RX_DESIGNATED_ELSEWHERE", shop=P2, who=Y3)
    script.second_review("1002", "RX_NOT_CLAIMED", shop=P2, who=(Y3, Y4))
    script.second_review("1002")
    script.sell("1002", [_code(pack(40))], "RX_NOT_CLAIMED", shop=P2, who=(Y3, Y4))
    script.sell("1002", [_code(pack(1))])
    script.cancel("1002", "FLOW_ORDER")
    script.claim("9999", "RX_NOT_FOUND")


def packs(script: Script) -> None:
    script.ready("1003")
    script.sell("1003", [_code(pack(1, level="889"))], "TRACE_LEVEL")
    script.sell("1003", [_code(pack(30)) | {"expy_end": "20260131"}], "TRACE_EXPIRED")
    script.sell("1003", [_code(pack(1), pack(2))], "TRACE_COUNT_MISMATCH")
    script.sell("1003", [{"drug_trac_codg": ""}], "TRACE_FORMAT")
    script.sell("1003", [{"drug_trac_codg": None}], "TRACE_FORMAT")
    script.sell("1003", [_code(pack(1)) | {"sel_retn_cnt": "eins"}], "QTY_FORMAT")
    script.sell("1003", [_code(pack(1))])
    left = {"extension": {"leftShop": True}, "memo": "x"}
    code = {"drug_trac_codg": pack(1)["code"]}
    back = {"med_list_codg": AMLODIPINE, "sel_retn_cnt": 1, "drugtracinfo": code}
    script.add("3506A", P2, (Y3,), {"rxno": "HI1003", "selinfoDetail": back, **left}, "RX_NOT_CLAIMED")
    script.add("3506A", P1, (Y1,), {"rxno": "HI1003", "selinfoDetail": back, **left}, "")
    script.ready("1004", lines=TWO_DRUGS)
    script.sell("1004", [_code(pack(1)), _code(pack(1, METFORMIN))], "TRACE_NOT_RESALABLE")
    script.sell("1004", [_code(pack(2)), _code(pack(1, METFORMIN))])
    script.ready("1005")
    script.sell("1005", [_code(pack(2))], "TRACE_ALREADY_DISPENSED_HERE")
    script.sell("1005", [_code(pack(70))], "+NO_INBOUND")


def channels(script: Script) -> None:
    script.ready("1006")
    script.sell("1006", [_code(pack(3))])
    row = {"rxno": "HI1006", "med_list_codg": AMLODIPINE, "sel_retn_cnt": 1, "setl_id": "SETL1006"}
    code = {"drug_trac_codg": pack(3)["code"]}
    row |= {"drugtracinfo": code}
    script.add("3505A", P1, (Y1,), lambda now: {"input": {"selinfoDetail": row | {"sel_retn_time": now}}}, "")
    settled = {"rxno": "HI1006", "setl_id": "SETL1006", "drug_trac_info": [code]}
    script.add("2207", P1, ("YS999999999999",), settled, "KEY_UNKNOWN")
    script.add("2207", P1, (), settled | {"note": "again"}, "SIG_MISSING")
    script.add("2207", P1, (Y1,), settled | {"note": "signed"}, "")
    for status in ({"delv_stas_codg": "1"}, {"delv_stas_codg": "4", "delv_stas_name": "客户拒收"}):
        script.add("7205", P1, (Y1,), {"hi_rxno": "HI1006", **status}, "")


def issuing(script: Script) -> None:
    script.issue("1007", "CONSULT_NOT_OPEN")
    script.consultation("1007", close=False)
    script.issue("1007", "CONSULT_NOT_OPEN")
    closed = day_message("008-consultation-closed.json") | {"mdtrtId": "M1007"}
    script.add("CONSULTATION-CLOSED", H1, (D2,), lambda now: closed | {"closed": now}, "", 360)
    script.issue("1007", "RX_VALIDITY_LIMIT", head={"valiDays": "5"})
    script.issue("1007", "RX_DAYS_LIMIT", head={"longRxFlag": "0"})
    sixty = [{"medcDays": "60.00", "drugCnt": "3.0000"}]
    script.issue("1007", "RX_DAYS_LIMIT", lines=sixty)
    script.issue("1007", "", lines=sixty, extension={"evaluation": "病情稳定,已评估"})
    script.consultation("1008")
    script.issue("1008", "ID_CONFLICT", extension={"hiRxno": "HI1007"})
    script.issue("1008", "ID_CONFLICT", head={"hospRxno": "RX1007"})
    script.issue("1008", "LICENCE_SCOPE", visit={"prscDeptName": "骨科"})
    script.issue("1008", "SIGNER_NOT_ATTENDING", visit={"drCode": D1, "prscDrName": "陆知微"})
    script.issue("1008", "ORIGIN_MISSING", extension={"authorship": None})
    marked = base64.b64encode(b'%PDF-1.4 /AIGC ({"Label":"1"})').decode()
    script.issue("1008", "ORIGIN_AI_GENERATED", head={"rxFile": marked})
    checked = [{"kind": "dose_check", "tool": "t", "deviceRegistration": "R1"}]
    assisted = {"authorship": "human_with_assist", "assist": checked}
    script.issue("1008", "+ASSIST_DECLARED", extension=assisted)
    script.consultation("1009", hospital=H2, doctor=D1)
    visit = {"prscDeptName": "内分泌科", "prscDrName": "陆知微"}
    script.issue("1009", "LICENCE_SITE", hospital=H2, doctor=D1, visit=visit)


def signing(script: Script) -> None:
    """Who signs what: an institution's key, the wrong person, two people, one person twice."""
    script.consultation("1020")
    script.issue("1020", "ACTOR_NOT_NATURAL_PERSON", who=(H1,))
    script.issue("1020", "SIGNER_NOT_ATTENDING", who=(HY1,))
    script.issue("1020", "SIGNER_NOT_ATTENDING", who=(D1,), extension={"authorship": "ai"})
    script.issue("1020", "SIGNER_NOT_ATTENDING", who=(D2, D1))
    script.issue("1020", "DUTY_SEPARATION", who=(D2, D2))
    script.issue("1020", "SIG_MISSING", who=(), visit={"drCode": "", "prscDrName": "未知"})
    machine = {"authorship": "ai"}
    script.issue("1020", "PLACEHOLDER_IDENTITY", visit={"drCode": "", "fstdiagFlag": "1"}, extension=machine)
    script.issue("1020")


def reviews(script: Script) -> None:
    script.consultation("1010")
    script.issue("1010")
    script.review("1010", pharChkOpnn="剂量过大,不同意")
    script.claim("1010", "REVIEW_REJECTED")
    script.duty(P1, Y2, "closed")
    script.consultation("1011")
    script.issue("1011")
    script.review("1011")
    script.claim("1011", once="ONCE")
    script.second_review("1011", "DUTY_NO_SESSION")
    script.duty(P1, Y2)
    script.second_review("1011", rx_chk_stas_codg="2", rx_chk_opnn="证件不符,不通过")
    script.sell("1011", [_code(pack(4))], "REVIEW_REJECTED")


@pytest.mark.parametrize("story", [cancelling, custody, packs, channels, issuing, signing, reviews])
def test_every_step_has_its_decisive_code(story: Callable[[Script], None], tmp_path: Path) -> None:
    script = Script(CAST)
    _open_shops(script)
    story(script)
    verdicts = play_day(script.day(), tmp_path)
    different = [
        (step.number, step.kind, step.story, verdict.outcome, verdict.codes)
        for step, verdict in zip(script.steps, verdicts, strict=True)
        if not verdict.meets(step.expect)
    ]
    assert different == []
