"""LICENCE where a province asks for more: its centre's number, who handles Chinese medicine (R21, R22)."""

from __future__ import annotations

from contracts import keys
from contracts.act import Act
from contracts.groups import ISSUE, REVIEWS
from contracts.rules.base import Failed, rule
from contracts.rules.online import is_online


@rule(
    "LICENCE-7",
    "CENTRE_NUMBER_MISSING",
    ISSUE,
    version=2,
    sources="R21 R22 S31",
    parameters=(
        "centre_number_required",
        "business_types_online",
        "centre_number_attributes",
        "placeholders",
    ),
    en="Here this prescription (online, or dual-channel) goes through the centre, whose number is missing.",
    zh="本地该类处方（互联网或双通道）须经处方流转中心；缺少中心赋予的处方编号。",
)
def through_the_centre(act: Act) -> None:
    """Where the rulebook asks for it, an online prescription (1) or one of a listed attribute bears hiRxno.

    The attribute is the national `rxExraAttrCode`: 01 dual-channel, 02 out-patient funds, 99 others.
    """
    if not (_online_asked(act) or _attribute_asked(act)):
        return
    if act.is_placeholder((act.disclosed("identifiers") or {}).get("hiRxno", "")):
        raise Failed({"member": "hiRxno"})


def _online_asked(act: Act) -> bool:
    return bool(int(act.parameter("centre_number_required"))) and is_online(act)


def _attribute_asked(act: Act) -> bool:
    attribute = (act.disclosed("clinical") or {}).get("extra_attribute")
    return attribute in act.parameter("centre_number_attributes")


@rule(
    "LICENCE-8",
    "LICENCE_SCOPE",
    ISSUE,
    version=2,
    sources="R22 S31",
    parameters=("tcm_classes", "tcm_departments"),
    en="Chinese medicine of this class is prescribed by a department of Chinese medicine.",
    zh="该类中药须由中医科室医师开具。",
)
def prescribed_by_its_own(act: Act) -> None:
    """A drug of a listed class comes from a department whose name or code contains a listed word.

    LICENCE-4 says whose department it is. Hospitals name theirs as they like (中医内科, 针灸推拿科).
    """
    drugs = [line["drug"] for line in act.disclosed("lines") or []]
    department = (act.disclosed("clinical") or {}).get("department", "")
    if _is_chinese_medicine(act, drugs) and not _is_one(department, act.parameter("tcm_departments")):
        raise Failed


@rule(
    "LICENCE-9",
    "LICENCE_SCOPE",
    REVIEWS,
    sources="R22 S31",
    parameters=("tcm_classes", "tcm_pharmacist_scopes"),
    version=3,
    en="Chinese medicine of this class is reviewed by a pharmacist of Chinese medicine.",
    zh="该类中药须由中药师审核。",
)
def reviewed_by_its_own(act: Act) -> None:
    """Of those who approve a drug of a listed class one has a scope that contains a listed word.

    Lists are those of the prescription's day.
    """
    drugs = [line["drug"] for line in act.content.get("lines", [])]
    if act.payload.get("decision") != "approved" or not _is_chinese_medicine(act, drugs):
        return
    licences = (act.state(keys.licence(signer.code)) or {} for signer in act.signers)
    scopes = (scope for licence in licences for scope in licence.get("scope", ()))
    words = act.parameter_then("tcm_pharmacist_scopes")
    if not any(_is_one(scope, words) for scope in scopes):
        raise Failed


def _is_one(name: str, words: list[str]) -> bool:
    return any(word and word in name for word in words)


def _is_chinese_medicine(act: Act, drugs: list[str]) -> bool:
    classes = act.parameter_then("tcm_classes")
    found = (act.drug_then(code) for code in drugs) if classes else ()
    return any(drug is not None and drug["class"] in classes for drug in found)


RULES = (through_the_centre, prescribed_by_its_own, reviewed_by_its_own)
