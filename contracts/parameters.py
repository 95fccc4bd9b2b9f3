"""The parameters of the rules with their defaults: what a rulebook on the ledger may set.

A rulebook names only what it changes. Units stand last in the name. Every parameter is named
by at least one rule in `contracts/RULES.md`.
"""

from __future__ import annotations

from collections.abc import Mapping

from contracts.facts import Json

DEFAULTS: Mapping[str, Json] = {
    "claimed_time_future_s_max": 300,
    "claimed_time_past_s_max": 604_800,
    "consultation_s_min": 30,
    "consultation_notice_s": 120,
    "consultation_stale_s_max": 86_400,
    "consultations_open_max": 64,
    "guardian_below_age_years": 6,
    "assist_kinds_allowed": [
        "transcription",
        "translation",
        "interaction_check",
        "dose_check",
        "coding_suggestion",
        "template",
    ],
    "pace_gap_s_min": 10,
    "pace_gap_notice_s": 45,
    "pace_window_s": 60,
    "pace_patients_max": 2,
    "pace_hourly_notice": 30,
    "pace_hourly_max": 60,
    "pace_daily_notice": 150,
    "pace_daily_max": 250,
    "review_stamp_s": 5,
    "validity_days_max": 3,
    "days_ordinary_max": 7,
    "days_emergency_max": 3,
    "days_long_max": 28,
    "days_long_evaluated_max": 84,
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
    "supply_carry_over_s": 0,
    "supply_memory_days": 400,
    "refusals_per_day_max": 10_000,
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
    "score_self_reported_points_max": 3,
    "score_emergency_types": ["13"],
    "credit_points_weight": 50,
    "credit_half_life_days": 365,
    "credit_grades": ["900", "800", "700", "600"],
    "placeholders": ["未知", "不详", "无", "佚名", "无名氏", "unknown", "null", "none", "n/a", "-", "0"],
}
