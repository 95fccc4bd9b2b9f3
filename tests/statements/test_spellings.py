"""Values that the schema refuses, and what is told of them: proposed is only what the same check accepts."""

from __future__ import annotations

import pytest

from contracts.codes.proposals import PROPOSALS
from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements.schema import (
    CODE,
    DATE,
    DECIMAL,
    HEX64,
    REGION,
    SECONDS_MAX,
    SHORT,
    TIME,
    Boolean,
    Integer,
    Kind,
    ListOf,
    OneOf,
    Record,
    Text,
    validate,
)

ORIGIN = Record({"authorship": SHORT, "assist?": SHORT})
MISSING = "SCHEMA_REQUIRED"
DECISION = OneOf(("approved", "refused"))
# Code, what was written, as what, and what is proposed: None for nothing.
OF_FORMS: list[tuple[str, Json, Kind, Json]] = [
    ("QTY_FORMAT", "２", DECIMAL, "2"),
    ("QTY_FORMAT", "１．５", DECIMAL, "1.5"),
    ("QTY_FORMAT", "1。5", DECIMAL, "1.5"),
    ("QTY_FORMAT", "007", DECIMAL, "7"),
    ("QTY_FORMAT", "1,500", DECIMAL, "1500"),
    ("QTY_FORMAT", "1，234，500.50", DECIMAL, "1234500.5"),
    ("QTY_FORMAT", "+5", DECIMAL, "5"),
    ("QTY_FORMAT", ".5", DECIMAL, "0.5"),
    ("QTY_FORMAT", "5.", DECIMAL, "5"),
    ("QTY_FORMAT", " 2 ", DECIMAL, "2"),
    ("QTY_FORMAT", "0,125", DECIMAL, None),  # in Europe an eighth, in China nothing
    ("QTY_FORMAT", "1,5", DECIMAL, None),
    ("QTY_FORMAT", "1e3", DECIMAL, None),
    ("QTY_FORMAT", "－3", DECIMAL, None),  # a return, or a slip
    ("QTY_FORMAT", "2盒", DECIMAL, None),
    ("QTY_FORMAT", "两", DECIMAL, None),
    ("QTY_FORMAT", "9" * 30, DECIMAL, None),
    ("QTY_FORMAT", "", DECIMAL, None),
    ("QTY_PRECISION", "0.33333333", DECIMAL, "0.333333"),
    ("QTY_PRECISION", "0.6666665", DECIMAL, "0.666667"),
    ("QTY_PRECISION", "2.5000000", DECIMAL, "2.5"),
    ("QTY_PRECISION", "0.0000005", DECIMAL, "0.000001"),
    ("QTY_PRECISION", "0.0000004", DECIMAL, None),  # nothing would be left
    ("QTY_PRECISION", "9999999999.9999999", DECIMAL, None),
    ("TIME_FORMAT", "2026-03-16T09:06:20+08:00", TIME, "2026-03-16T01:06:20Z"),
    ("TIME_FORMAT", "2026-03-16 09:06:20.1+0800", TIME, "2026-03-16T01:06:20.100Z"),
    ("TIME_FORMAT", "2026/3/16 09:06:20z", TIME, "2026-03-16T09:06:20Z"),
    ("TIME_FORMAT", "2026-03-16 00:06:20-05:00", TIME, "2026-03-16T05:06:20Z"),
    ("TIME_FORMAT", "2026-03-16T09:06:20+14:01", TIME, None),
    ("TIME_FORMAT", "0001-01-01T00:00:00+08:00", TIME, None),
    ("TIME_FORMAT", "2026-02-30T09:06:20+08:00", TIME, None),
    ("TIME_FORMAT", "2026-03-16", TIME, None),
    ("TIME_FORMAT", "2026/3/6", DATE, "2026-03-06"),
    ("TIME_FORMAT", "20260306", DATE, "2026-03-06"),
    ("TIME_FORMAT", "２０２６年３月６日", DATE, "2026-03-06"),
    ("TIME_FORMAT", "2026-03-06 00:00:00", DATE, "2026-03-06"),
    ("TIME_FORMAT", "2026-02-30", DATE, None),
    ("TIME_FORMAT", "2026-03-06 01:00:00", DATE, None),  # of which day depends on the zone
    ("TIME_FORMAT", "26-3-6", DATE, None),
    ("TIME_FORMAT", "3/6/2026", DATE, None),
    ("SCHEMA_TYPE", 2, DECIMAL, "2"),
    ("SCHEMA_TYPE", 2, SHORT, "2"),
    ("SCHEMA_TYPE", True, SHORT, None),
    ("SCHEMA_TYPE", None, SHORT, None),
    ("SCHEMA_TYPE", "３", Integer(0, 5), 3),
    ("SCHEMA_TYPE", "6", Integer(0, 5), None),
    ("SCHEMA_TYPE", "three", Integer(), None),
    ("SCHEMA_TYPE", "9" * 4096, Integer(), None),
    ("SCHEMA_TYPE", "True", Boolean(), True),
    ("SCHEMA_TYPE", "false", Boolean(), False),
    ("SCHEMA_TYPE", 1, Boolean(), None),
    ("SCHEMA_TYPE", "Approved", DECISION, "approved"),
    ("SCHEMA_TYPE", "no", DECISION, None),
    ("SCHEMA_TYPE", ["approved"], DECISION, None),
    ("SCHEMA_TYPE", 1, OneOf(("1", "2")), "1"),
    ("SCHEMA_TYPE", "AB" * 32, HEX64, "ab" * 32),
    ("SCHEMA_TYPE", "a+/b=", Text(9, 1, "base64url"), "a-_b"),
    ("SCHEMA_TYPE", "Ｈ99 ", CODE, "H99"),
    ("SCHEMA_TYPE", "４３", REGION, "43"),
    ("SCHEMA_TYPE", {}, ListOf(SHORT), None),
    ("SCHEMA_TYPE", [], ORIGIN, None),
    ("SCHEMA_LENGTH", 1_773_622_000_123, Integer(0, SECONDS_MAX), 1_773_622_000),
    ("SCHEMA_LENGTH", 10**15, Integer(0, SECONDS_MAX), None),
    ("SCHEMA_LENGTH", 1_773_622_000_123, Integer(0, 5), None),
    ("SCHEMA_LENGTH", "x" * 201, SHORT, None),
    ("SCHEMA_LENGTH", [1, 2], ListOf(Integer(), 1), None),
]


def told_of(value: Json, kind: Kind, pointer: str = "") -> Rejected:
    with pytest.raises(Rejected) as raised:
        validate(value, kind, pointer)
    return raised.value


@pytest.mark.parametrize(("code", "written", "kind", "proposed"), OF_FORMS)
def test_what_is_proposed_is_what_the_same_check_accepts(
    code: str, written: Json, kind: Kind, proposed: Json
) -> None:
    told = told_of(written, kind)
    assert told.code == code
    assert told.facts.get("proposed") == proposed
    assert told.facts.keys() <= {*PROPOSALS[code].members, "expected", "least", "most"}
    if proposed is not None:
        kind.check(proposed)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2026-03-16 09:06:20", "2026-03-16T01:06:20Z"), ("2026-03-16T00:00:00", "2026-03-15T16:00:00Z")],
)
def test_a_time_without_a_zone_is_told_as_beijing_time_and_says_so(written: str, meant: str) -> None:
    told = told_of(written, TIME).facts
    assert told == {"expected": "time in UTC", "proposed_if_beijing_time": meant}
    TIME.check(meant)


def test_the_value_deep_in_a_list_is_the_one_that_is_spoken_of() -> None:
    kind = Record({"lines": ListOf(Record({"quantity": DECIMAL, "unit?": SHORT}))})
    told = told_of({"lines": [{"quantity": "1"}, {"quantity": "２"}]}, kind, "/payload")
    assert (told.pointer, told.facts["proposed"]) == ("/payload/lines/1/quantity", "2")


def test_of_a_missing_member_the_kind_is_told_and_the_only_value_that_it_may_have() -> None:
    told = told_of({}, Record({"name": SHORT}))
    assert (told.code, told.pointer, told.facts) == (MISSING, "/name", {"expected": "text"})
    told = told_of({}, Record({"_sd_alg": OneOf(("sha-256",))}))
    assert told.facts == {"one_of": "sha-256", "proposed": "sha-256"}
    Record({"_sd_alg": OneOf(("sha-256",))}).check({"_sd_alg": str(told.facts["proposed"])})
    assert told_of({}, Record({"decision": DECISION})).facts == {"one_of": "approved, refused"}


@pytest.mark.parametrize(
    ("written", "proposed"),
    [
        ("Authorship", "authorship"),
        ("author_ship", "authorship"),
        ("autorship", "authorship"),
        ("张三", None),
        ("990000195507190221", None),
        ("x" * 4096, None),
    ],
)
def test_of_an_unknown_member_a_free_name_is_proposed_and_its_own_never_told(
    written: str, proposed: str | None
) -> None:
    told = told_of({written: "human", "assist": "none"}, Record({"authorship?": SHORT, "assist": SHORT}))
    assert (told.code, told.facts.get("proposed")) == ("SCHEMA_UNKNOWN_FIELD", proposed)
    assert written not in str(told.facts) and written not in str(told)


def test_a_name_that_is_taken_already_is_not_proposed() -> None:
    told = told_of({"authorship": "human", "Authorship": "human"}, ORIGIN)
    assert told.facts == {"position": 2, "one_of": "assist, authorship"}


def test_the_exception_itself_does_not_repeat_what_was_written() -> None:
    """Its text may reach a log."""
    assert str(told_of("７３", DECIMAL, "/patient/age")) == "QTY_FORMAT /patient/age"
    assert "73" not in repr(told_of("７３", DECIMAL, "/patient/age"))
