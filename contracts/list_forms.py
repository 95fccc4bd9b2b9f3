"""The form of each list that a rulebook may set: a slip of the pen in one must not judge anybody.

A list of grades in one text, `["900, 800, 700, 450"]`, holds no number at all: every doctor and hospital
would be of the lowest grade. So a list says what it must look like, and OFFICE-4 keeps it so; what a ledger
of before took is read by `contracts.credit` as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from contracts.facts import Json
from contracts.monitored import ALL


@dataclass(frozen=True, slots=True)
class ListForm:
    """`expected` says it for a person; `item` is each text's form, `holds` judges the whole list then."""

    expected: str
    item: re.Pattern[str]
    holds: Callable[[list[str]], bool] = lambda _: True


_NUMBER = re.compile(r"[0-9]{1,9}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STAGE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}=(?:[0-9]{1,6}|all)")
_THRESHOLD = re.compile(r"SCREEN(?:-[A-Z]+)+ [a-z][a-z_]* [0-9]{1,12}(?:\.[0-9]{1,6})?")
_BEGINNING = re.compile(r"[A-Z][^\sa-z=,-]*")  # C51-C58 and "C51, C52" are the beginning of no code
_PAIR = re.compile(r"[^\s=]+=[^\s=]+")  # lists write A18.001+M01.1*, and codes of Chinese medicine in digits
_CODE = re.compile(r"[^\s,;=，；、]+")  # of a drug: "XA10BJA001, XA10BJA002" would be none
_TEXT = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_FALLING = 4  # grades A to D; what is below is E
_RISING = 4  # bands of china-domain §4.1
_GRADE_MAX = 1_000  # what somebody without points has: above it nobody would be of any grade but E


def _are_dates(texts: list[str]) -> bool:
    try:
        return all(date.fromisoformat(text[:10]) for text in texts)
    except ValueError:
        return False


def _fall(texts: list[str]) -> bool:
    numbers = [int(text) for text in texts]
    falls = all(high > low for high, low in pairwise(numbers))
    return len(numbers) == _FALLING and falls and numbers[0] <= _GRADE_MAX


def _rise(texts: list[str]) -> bool:
    numbers = [0, *(int(text) for text in texts)]
    return len(texts) == _RISING and all(low < high for low, high in pairwise(numbers))


def _is_all_alone(texts: list[str]) -> bool:
    return ALL not in texts or len(texts) == 1


_ANY = ListForm("texts that are not empty and have no blanks at their ends", _TEXT)
_DIAGNOSES = ListForm("beginnings of diagnosis codes in capitals, one by one: E11, R52.1", _BEGINNING)
LIST_FORMS: Mapping[str, ListForm] = {
    "credit_grades": ListForm(
        'four whole numbers up to 1000, each a text of its own and falling: ["900", "800", "700", "450"]',
        _NUMBER,
        _fall,
    ),
    "score_band_points_max": ListForm(
        'four whole numbers, each a text of its own and rising from 1: ["3", "6", "9", "12"]', _NUMBER, _rise
    ),
    "monitored_drugs": ListForm(
        f'national drug codes, one by one, or "{ALL}" alone: ["XA10BJA001", "XA10BJA002"]',
        _CODE,
        _is_all_alone,
    ),
    "monitored_stages": ListForm(
        'DATE=NUMBER or DATE=all: ["2026-06-30=100", "2026-12-31=all"]', _STAGE, _are_dates
    ),
    "screen_thresholds": ListForm('SCREEN-ID name number: ["SCREEN-LONG ratio_min 1.5"]', _THRESHOLD),
    "holidays": ListForm('days of the calendar, one by one: ["2026-10-01", "2026-10-02"]', _DATE, _are_dates),
    "long_term_diagnoses": _DIAGNOSES,
    "diagnoses_cancer": _DIAGNOSES,
    "diagnoses_attention_deficit": _DIAGNOSES,
    "diagnoses_female": _DIAGNOSES,
    "diagnoses_male": _DIAGNOSES,
    "diagnoses_reproduction": _DIAGNOSES,
    "diagnoses_confusable": ListForm('CODE=CODE: ["Z31.200=K22.900"]', _PAIR),
}


def list_expected(name: str, value: Json) -> str:
    """Return what the list parameter `name` must be, "" where `value` is it."""
    form = LIST_FORMS.get(name, _ANY)
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        return f"a list of texts: {form.expected}"
    texts = [str(text) for text in value]
    holds = all(form.item.fullmatch(text) for text in texts) and form.holds(texts)
    return "" if holds else form.expected
