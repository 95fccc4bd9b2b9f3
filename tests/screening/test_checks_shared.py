"""SCREEN-CREDENTIAL names a check exactly where CONSULT-13 does: one look-alike for both (S5, S50)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.screening.report import screened
from api.screening.tables import Tables
from tests.contracts.world import DOCTOR, H1, PATIENT, PATIENT2
from tests.screening.told import Told


def _checked(told: Told, patient: str, **identity: Any) -> bool:
    """Prescribe on the one check; return whether the rule says that it is another patient's."""
    told.wait(3600)
    numbers = {"identifiers": {"hiRxno": f"9{told.count}", "authNo": "A1"}}
    return "CREDENTIAL_SHARED" in told.issue(patient=patient, disclosures=numbers, identity=identity).codes


def _named(told: Told, folder: Path) -> bool:
    told.writer.write(folder)
    [(_, found)] = list(screened(Tables(folder), ["SCREEN-CREDENTIAL"]))
    return [one.subject for one in found] == ["t.codes.A1"]


def test_a_check_of_two_patients_is_named_by_both(tmp_path: Path) -> None:
    told = Told()
    assert not _checked(told, PATIENT) and _checked(told, PATIENT2)
    assert _named(told, tmp_path)


def test_a_prescription_for_the_wrong_patient_that_was_cancelled_is_named_by_neither(tmp_path: Path) -> None:
    """Cancellations never reached the columns: the slip that a doctor put right accused the patient."""
    told = Told()
    _checked(told, PATIENT2)
    cancel = {"clinical": {"reason": "患者选错"}}
    told.act("prescription.cancelled", H1, (DOCTOR,), {"rx": told.last_id}, cancel)
    assert not _checked(told, PATIENT) and not _named(told, tmp_path)


@pytest.mark.parametrize(
    ("guardian", "named"),
    [
        ({"name": "白芷若"}, False),
        ({"certificate_number": "990000197202110330"}, False),
        ({"name": "无", "certificate_number": "990000197202110330"}, False),
        ({"name": "无"}, True),
        ({"name": "UnKnown"}, True),
        ({"name": " 白小 "}, True),
        ({"relation": "母"}, True),
        ({"name": "白芷若", "certificate_number": "990000196805300446"}, True),
    ],
)
def test_a_guardian_counts_for_both_or_for_neither(
    tmp_path: Path, guardian: dict[str, str], named: bool
) -> None:
    """A guardian called 无 silenced the screen and not the rule."""
    told, child = Told(), "990000196805300446"
    _checked(told, PATIENT)
    assert _checked(told, child, name="白小", guardian=guardian) == named
    assert _named(told, tmp_path) == named
