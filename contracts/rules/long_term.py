"""Which prescription is a long one, and which drug may be on it: the word alone lifts nothing (R2-R4)."""

from __future__ import annotations

from contracts.act import Act, State
from contracts.diagnosis import is_of_chinese_medicine
from contracts.rules.fitness import MISFITS, diagnosis_codes, is_misdiagnosed

CALLED_LONG = ("type_codes_emergency", "long_term_diagnoses", *MISFITS)  # and "placeholders"
NEVER_LONG = ("long_term_classes_excluded", "long_term_storage_excluded")


def is_emergency(act: Act) -> bool:
    """Return whether the prescription disclosed by the act is one of an emergency."""
    return (act.disclosed("clinical") or {}).get("type_code") in act.parameter("type_codes_emergency")


def issued_as_long(act: Act) -> bool:
    """Return whether the prescription disclosed by the act calls itself long, and may.

    An emergency is never long, and neither is, where the rulebook lists any, an illness that is not listed.
    The sale finds the answer of the issue on the ledger.
    """
    called = (act.disclosed("clinical") or {}).get("long_term")
    return bool(called) and not is_emergency(act) and _is_chronic(act)


def _is_chronic(act: Act) -> bool:
    """Whether a diagnosis begins as one that the rulebook lists, if it lists any.

    It lists ICD-10, and codes of Chinese medicine mean something else (A07.06.18 is no infection of the
    bowels): beside ICD-10 they count for nothing, and alone they are not compared. A slip that the patient's
    sex or age gives away is corrected or confirmed first (CLINICAL-12, -20), and accuses nobody here.
    """
    listed = tuple(act.parameter("long_term_diagnoses"))
    if not listed:
        return True
    told = diagnosis_codes(act)
    western = [code for code in told if not is_of_chinese_medicine(code)]
    if any(code.startswith(listed) for code in western) or is_misdiagnosed(act):
        return True
    return bool(told and not western)


def never_long(act: Act, drug: State | None) -> bool:
    """Return whether R4 kept the drug out of long prescriptions on the day of this one."""
    if drug is None:
        return False
    kept_apart = drug.get("special_storage", False) and int(act.parameter_then("long_term_storage_excluded"))
    return bool(kept_apart or drug["class"] in act.parameter_then("long_term_classes_excluded"))
