"""The parameters of the rules with their defaults: what a rulebook on the ledger may set.

A rulebook names only what it changes. Units stand last in the name, before `_min`, `_max` or `_notice`.
Every parameter is named by at least one rule in `contracts/RULES.md`. Under AREAS a rulebook may say
what differs where:
{"31": {"profile_visits_month_max": 15}} holds for institutions whose code's region begins with 31.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.facts import Json

AREAS = "areas"

DEFAULTS: Mapping[str, Json] = {
    "claimed_time_future_s_max": 300,
    "claimed_time_past_s_max": 604_800,
    "duty_s_max": 57_600,
    "consultation_s_min": 30,
    "consultation_notice_s": 120,
    "consultation_stale_s_max": 86_400,
    "consultations_open_max": 64,
    "consultation_forgotten_s": 3_600,
    "channels_required": 0,
    "prior_record_required": 0,
    "claimed_order": 0,
    "online_region_required": 0,
    "officials_by_two": 0,
    "returns_explained": 0,
    "sex_age_confirmation_required": 0,
    "review_visit_compared": 0,
    "prior_code_characters": 1,
    "guardian_below_age_years": 6,
    "centre_number_required": 0,
    "centre_number_attributes": [],
    "tcm_classes": [],
    # Words that the name contains: of the national list 50 (中医科, with 骨伤, 针灸, 推拿) and 52 (中西医).
    "tcm_departments": ["中医", "中西医", "针灸", "推拿", "骨伤", "A50", "A52"],
    "tcm_pharmacist_scopes": ["中药"],
    "departments_children": [],
    "assist_kinds_allowed": [
        "transcription",
        "translation",
        "interaction_check",
        "dose_check",
        "coding_suggestion",
        "template",
    ],
    "tools_registered_only": 0,
    "pace_gap_s_min": 10,
    "pace_gap_notice_s": 45,
    "pace_window_s": 60,
    "pace_patients_max": 2,
    "pace_hourly_notice": 30,
    "pace_hourly_max": 60,
    "pace_daily_notice": 150,
    "pace_daily_max": 250,
    "pace_span_notice_s": 50_400,
    "pace_drug_daily_patients_max": 30,
    "review_stamp_s": 5,
    "identity_age_years_max": 0,
    "quantity_of_days_only": 0,
    "validity_days_max": 3,
    "days_ordinary_max": 7,
    "days_emergency_max": 3,
    "days_long_max": 28,
    "days_long_evaluated_max": 84,
    "evaluation_days_max": 30,
    "evaluation_named": 0,
    "type_codes_emergency": ["3", "4"],
    "long_term_classes_excluded": [
        "toxic",
        "radioactive",
        "precursor",
        "narcotic",
        "psychotropic_1",
        "psychotropic_2",
        "antimicrobial",
    ],
    "long_term_storage_excluded": 0,
    "long_term_diagnoses": [],
    "online_classes_forbidden": [
        "vaccine",
        "blood_product",
        "narcotic",
        "psychotropic_1",
        "psychotropic_2",
        "toxic",
        "radioactive",
        "precursor",
        "hospital_preparation",
        "tcm_granules",
    ],
    "business_types_online": ["02"],
    "exemption_reasons": ["travel", "clinical_need", "elderly", "child", "disabled", "remote"],
    "exemption_reasons_countersigned": [],
    "exemption_days_max": 366,
    "exemption_elderly_age_years_min": 60,
    "exemption_child_below_age_years": 18,
    "correction_days_max": 7,
    "supply_carry_over_s": 0,
    "supply_memory_days": 400,
    "supply_days_prescribed": 0,
    "holidays": [],
    "holiday_carry_over_s": 604_800,
    "supply_quantity_days_max": 31,
    "exemption_window_days": 365,
    "exemption_notice": 3,
    "exemption_evidence_patients_max": 1,
    "access_s": 86_400,
    "appeal_days": 15,
    "refusals_per_day_max": 10_000,
    "shadow_rules": [],
    "rx_drugs_max": 5,
    "split_rx_max": 2,
    "burst_window_s": 600,
    "burst_patients": 3,
    "burst_hold": 1,
    "indication_monitored_only": 1,
    "indication_required": 0,
    "days_narcotic_injection_max": 1,
    "days_narcotic_extended_max": 7,
    "days_narcotic_other_max": 3,
    "days_cancer_injection_max": 3,
    "days_cancer_extended_max": 15,
    "days_cancer_other_max": 7,
    "days_methylphenidate_max": 15,
    "narcotic_classes": ["narcotic", "psychotropic_1"],
    "diagnoses_cancer": ["C", "R52.1", "R52.2"],  # and chronic pain, as R6 has it
    "diagnoses_attention_deficit": ["F90"],
    "drugs_methylphenidate": ["XN06BA"],
    # What ICD-10 has of one sex alone: N70-N77 and N80-N89 are its whole decades, N99 is not.
    "diagnoses_female": [
        *("C51", "C52", "C53", "C54", "C55", "C56", "C57", "C58", "D25", "D26", "D27", "D28", "N7", "N8"),
        *("N90", "N91", "N92", "N93", "N94", "N95", "N96", "N97", "N98", "O", "Z34", "Z35", "Z36", "Z39"),
    ],
    "diagnoses_male": ["C60", "C61", "C62", "C63", "D29", "N4", "N50", "N51"],
    "diagnoses_reproduction": ["O", "N97", "Z31"],
    # 试管内受精 and 食管内视镜检查后: a list searched by initials (SGNSJ) shows both; `rx knowledge
    # --diagnoses` finds the pairs of an area's own list. A code may have several lines, the likeliest first.
    "diagnoses_confusable": ["Z31.200=K22.900"],
    "reproduction_age_years_min": 12,
    "reproduction_age_years_max": 60,
    "video_confirmation": 0,
    "profile_visits_month_max": 0,
    "profile_hospitals_day": 3,
    "profile_hospital_days_max": 0,
    "profile_spent_month_yuan": 0,
    "freeze_trips": 3,
    "freeze_trips_window_s": 3_600,
    "freeze_s": 86_400,
    "freeze_s_max": 2_592_000,
    "score_suspended_points": 9,
    "score_suspended_days": 30,
    "score_suspended_days_per_point": 60,
    "score_terminated_points": 12,
    "score_terminated_days": 365,
    "score_terminated_at_once_days": 1_095,
    "score_band_points_max": ["3", "6", "9", "12"],
    "score_self_reported_points_max": 3,
    "score_emergency_types": ["13"],
    "credit_points_weight": 50,
    "credit_half_life_days": 365,
    "credit_grades": ["900", "800", "700", "450"],
    "screen_thresholds": [],
    "log_key_overlap_days_max": 400,
    "monitored_drugs": [],
    "monitored_stages": ["2025-12-31=50", "2026-06-30=100", "2026-12-31=all"],
    "placeholders": [
        *("未知", "不详", "不明", "无", "暂无", "未填", "未填写", "佚名", "无名氏"),
        *("unknown", "null", "none", "n/a", "na", "-", "0"),
    ],
}


def of_area(parameters: Mapping[str, Any], organisation: str) -> dict[str, Any]:
    """Return all parameters of a rulebook for an institution: defaults, the rulebook's, its area's.

    The region is the six digits after the first letter of the national code (china-domain §5); of two
    areas that fit, the longer one counts.
    """
    found = {**DEFAULTS, **parameters}
    areas = found.pop(AREAS, {})
    for prefix in sorted(areas, key=len):
        if organisation[1:7].startswith(prefix):
            found.update(areas[prefix])
    return found


# A switch is 0 (off) or 1; every other number is a limit, in the unit of its name.
SWITCHES = frozenset(
    {
        "channels_required",
        "prior_record_required",
        "claimed_order",
        "online_region_required",
        "officials_by_two",
        "returns_explained",
        "sex_age_confirmation_required",
        "review_visit_compared",
        "tools_registered_only",
        "burst_hold",
        "indication_monitored_only",
        "indication_required",
        "supply_days_prescribed",
        "long_term_storage_excluded",
        "video_confirmation",
        "centre_number_required",
        "evaluation_named",
        "quantity_of_days_only",
    }
)
# Empty without taking anything out of force: no rule is on trial; the drug table says what is monitored.
_EMPTY_IN_FORCE = frozenset({"shadow_rules", "monitored_drugs"})


def is_switch(name: str) -> bool:
    """Return whether a parameter puts in force what its rule says: a switch, or one that is 0 or empty."""
    return name in SWITCHES or (not DEFAULTS[name] and name not in _EMPTY_IN_FORCE)


_UNITS = {"s": "seconds", "days": "days", "years": "years", "yuan": "yuan", "points": "points"}
_ENDS = ("min", "max", "notice")
COUNTS = frozenset({*_UNITS.values(), "number"})


def unit_of(name: str) -> str:
    """Return the unit of a parameter: one of COUNTS for a limit, else "0 or 1" or "list"."""
    if isinstance(DEFAULTS[name], list):
        return "list"
    if name in SWITCHES:
        return "0 or 1"
    first, *words = [one for one in name.partition("_per_")[0].split("_") if one not in _ENDS]
    return "days" if first == "days" else _UNITS.get(words[-1] if words else first, "number")
