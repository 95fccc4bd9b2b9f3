"""The table of codes: classes by the published rule, statuses by kind, a page for every row."""

from __future__ import annotations

import re

import pytest

from api.problems import Problem
from contracts.codes import CODES
from contracts.codes.about import ABOUT
from contracts.rules import RULES
from tests.api.serving import Site

VOID = ("HUM_SESSION_EXPIRED", "HUM_SESSION_USED", "REPLAY_DETECTED", "SUPPLY_LIMIT", "SUPPLY_OVERLAP")
OWN_CLASS = {
    "NOTICE": {
        "APPEAL_OVERDUE",
        "ASSIST_DECLARED",
        "CASE_OVERDUE",
        "CONSULT_IN_VAIN",
        "CONSULT_SHORT_NOTICE",
        "CORRECTION_LATE",
        "DIAGNOSIS_NOT_PRIOR",
        "DISPENSING_AWAITED",
        "DOSE_CONFIRMED",
        "HUM_COUNTER_LATE",
        "INSURED_OFFLINE",
        "PACE_LATE_ARRIVAL",
        "PACE_NOTICE",
        "PROFILE_HOSPITALS",
        "PROFILE_SPENT",
        "PRIOR_RECORD_UNNAMED",
        "PROFILE_VISITS",
        "RECORD_CHANGED",
        "RX_HELD",
        "REMINDER_OVERDUE",
        "EXEMPTION_SHARED",
        "FREEZE_WITHOUT_CASE",
        "SELF_REPORT_UNNAMED",
        "SEX_AGE_CONFIRMED",
        "SHADOW",
        "SUPPLY_DAYS_LEFT",
        "STOCK_SOLD_BEFORE",
        "RETURN_MONITORED",
        "SUSPENDED_EMERGENCY",
        "SUPPLY_EXEMPT",
    },
    "SUSPICION": {
        "CHANNEL_UNREGISTERED",
        "CORRECTED_WHEN_CAUGHT",
        "CREDENTIAL_SHARED",
        "RECORDING_SHARED",
        "EXEMPTION_REPEATED",
        "INDICATION_MISSING",
        "INDICATION_REQUIRED",
        "NO_INBOUND",
        "RX_NOT_SALEABLE",
        "RX_QUANTITY_DAYS",
        "REVIEW_RUBBER_STAMP",
        "SAME_DRUG_BURST",
        "SETTLED_TWICE",
        "SPLIT_RX",
        "SUPPLY_COVERED",
        "SUPPLY_QUANTITY",
        "TRACE_ALREADY_DISPENSED_HERE",
    },
    "DATA_QUALITY": {
        "CENTRE_NUMBER_MISSING",
        "CODE_UNKNOWN",
        "EXEMPTION_AGE",
        "IDENTITY_CONTRADICTS",
        "REVIEW_CONTRADICTS",
        "ID_CHECKSUM",
        "NAME_CONFUSABLE",
        "NOT_SETTLED",
        "PLACEHOLDER_IDENTITY",
        "PRIOR_RECORD_MISSING",
        "QTY_FORMAT",
        "QTY_PRECISION",
        "QTY_RANGE",
        "SEX_AGE_IMPLAUSIBLE",
        "SEX_AGE_UNCONFIRMED",
        "PRODUCT_CONTRADICTS",
        "TOOL_CONTRADICTS",
        "TRACE_COUNT_MISMATCH",
        "TRACE_DUPLICATE_IN_EVENT",
        "TRACE_FORMAT",
        "TRACE_LEVEL",
    },
}
DATA_QUALITY_FAMILIES = re.compile(r"(SCHEMA|COMMIT|UNIT|TIME|PII)_")


@pytest.mark.parametrize("code", CODES)
def test_the_class_follows_the_published_rule(code: str) -> None:
    expected = next((name for name, codes in OWN_CLASS.items() if code in codes), None)
    if expected is None:
        expected = "DATA_QUALITY" if DATA_QUALITY_FAMILIES.match(code) else "VIOLATION"
    assert CODES[code].class_ == expected


def test_void_codes_have_no_row() -> None:
    assert not set(VOID) & set(CODES)


def test_401_is_for_tokens_only() -> None:
    assert [code for code, row in CODES.items() if row.status == 401] == ["AUTH_REQUIRED"]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("SIG_INVALID", 422),
        ("SIG_AUDIENCE", 422),
        ("KEY_UNKNOWN", 422),
        ("CERT_REVOKED", 422),
        ("TENANT_MISMATCH", 403),
        ("HUM_CREDENTIAL_OWNER", 403),
        ("FIRST_VISIT_ONLINE", 422),
        ("PLACEHOLDER_IDENTITY", 422),
        ("RX_NOT_CLAIMED", 409),
        ("SUPPLY_COVERED", 409),
        ("TRACE_FORMAT", 422),
        ("TRACE_EXPIRED", 422),
        ("TRACE_ALREADY_DISPENSED", 409),
        ("TRACE_ALREADY_DISPENSED_HERE", 409),
        ("TRACE_SPLIT_OVERFLOW", 409),
        ("TRACE_SPLIT_ELSEWHERE", 409),
        ("TRACE_PARENT_SOLD", 409),
        ("TRACE_RETURN_ELSEWHERE", 409),
        ("TRACE_NOT_RESALABLE", 409),
        ("RX_EXPIRED", 422),
        ("KEY_COMPROMISE_WINDOW", 409),
        ("RX_NOT_FOUND", 404),
        ("OVERLOADED", 503),
    ],
)
def test_statuses_are_those_promised(code: str, status: int) -> None:
    assert CODES[code].status == status


def test_a_rule_that_refuses_has_a_status_that_refuses() -> None:
    soft = [rule.id for rule in RULES if rule.strength == "refuse" and CODES[rule.code].status < 400]
    assert soft == []


def test_texts_are_not_the_same_for_two_codes() -> None:
    for name in ("title", "detail", "zh_title", "zh_detail"):
        texts = [getattr(row, name) for row in CODES.values()]
        assert len(texts) == len(set(texts)), name


def test_every_code_has_a_page_for_programs_and_one_for_people(served: Site) -> None:
    for code, row in CODES.items():
        found = served.http.get(f"/errors/{code}").json()
        assert (found["code"], found["status"], found["class"]) == (code, row.status, row.class_)
        page = served.http.get(f"/errors/{code}", headers={"accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")
        assert row.zh_title in page.text


def test_a_hospitals_system_loads_every_text_at_once(served: Site) -> None:
    """The list had title and status alone; what to do, and the Chinese, took a call for each code."""
    listed = served.http.get("/errors").json()
    assert set(listed) == set(CODES)
    for code in ("RX_EXPIRED", "TRACE_FORMAT"):
        assert listed[code] == served.http.get(f"/errors/{code}").json()


def test_a_proxy_that_keeps_the_page_does_not_hand_it_to_a_program(served: Site) -> None:
    """The page was public for an hour without Vary: a program asking behind that proxy got HTML."""
    for path, accept in (
        ("/errors/RX_EXPIRED", "text/html"),
        ("/errors/RX_EXPIRED", "application/json"),
        ("/errors", "application/json"),
    ):
        headers = served.http.get(path, headers={"accept": accept}).headers
        assert (headers["cache-control"], headers["vary"]) == ("public, max-age=3600", "accept")


def test_an_unknown_code_has_no_page(served: Site) -> None:
    assert served.http.get("/errors/NO_SUCH_CODE").json()["code"] == "NOT_FOUND"


def test_a_problem_document_has_every_promised_member() -> None:
    body = Problem("RX_EXPIRED").body("https://x/errors/", "id-1")
    promised = {"type", "status", "title", "detail", "code", "codes", "class", "rule", "fix", "retry"}
    assert promised | {"request_id", "zh"} == set(body)
    assert set(body["zh"]) == {"title", "detail", "fix"}
    assert body["type"] == "https://x/errors/RX_EXPIRED"


def test_whom_a_code_speaks_of_is_told_of_codes_that_exist() -> None:
    assert {code for code in ABOUT if code not in CODES} == set()
