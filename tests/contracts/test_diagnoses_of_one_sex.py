"""Diagnoses that ICD-10 has of one sex alone, by the default lists (S44, T13)."""

from __future__ import annotations

import pytest

from tests.contracts.world import World

_OF_WOMEN = (
    *("C51.900", "C57.900", "C58.x00", "D25.900", "D26.900", "D28.900", "N70.900", "N76.000"),
    *("N80.000", "N84.000", "N89.800", "N92.000", "N95.100", "N98.900", "O80.000", "Z34.900", "Z39.200"),
)
_OF_MEN = ("C60.900", "C63.900", "D29.200", "N40.x00", "N43.300", "N47.x00", "N49.900", "N50.900", "N51.000")
# Their neighbours in ICD-10 are everybody's: a man has breasts, and what an operation left is N99.
_OF_BOTH = (
    *("C50.900", "C64.x00", "D24.x00", "D30.000", "N39.000", "N60.000", "N64.900", "N99.000"),
    *("Z33.x00", "Z37.900", "P00.000", "M00.900"),
)


def _codes(diagnosis: str, sex: str) -> tuple[str, ...]:
    clinical = {"business_type": "01", "diagnoses": [{"code": diagnosis}]}
    disclosed = {"patient": {"age": "30.0", "sex": sex}}
    return World().issue(clinical=clinical, disclosures=disclosed).codes


_MISFITS = [*((one, "1") for one in _OF_WOMEN), *((one, "2") for one in _OF_MEN)]


@pytest.mark.parametrize(("diagnosis", "sex"), _MISFITS)
def test_a_diagnosis_of_the_other_sex_is_asked_about(diagnosis: str, sex: str) -> None:
    """月经过多 and 绝经 of a man, 鞘膜积液 of a woman passed: the lists had a few codes of each chapter."""
    assert _codes(diagnosis, sex) == ("SEX_AGE_IMPLAUSIBLE",)


@pytest.mark.parametrize(
    ("diagnosis", "sex"),
    [
        *((one, "2") for one in _OF_WOMEN),
        *((one, "1") for one in _OF_MEN),
        *((one, sex) for one in _OF_BOTH for sex in "12"),
        *((one, "9") for one in (*_OF_WOMEN, *_OF_MEN)),
    ],
)
def test_nobody_is_asked_about_the_own_sex_or_what_everybody_may_have(diagnosis: str, sex: str) -> None:
    assert _codes(diagnosis, sex) == ()
