"""CLINICAL, second half: whether drugs fit the patient, the diagnosis and the limits of their class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from contracts.act import Act, State
from contracts.diagnosis import plain
from contracts.errors import Rejected
from contracts.groups import ISSUE, REVIEWS, SALE
from contracts.quantity import MICRO, micro, units_of, units_of_a_dose
from contracts.rules.base import Failed, rule

Line = dict[str, Any]
_MALE, _FEMALE = "1", "2"  # GB/T 2261.1
_EXTENDED = ("缓释", "控释")
_INJECTION = ("注射", "injection")
_HERBS = ("tcm_slices", "tcm_granules")  # a decoction has a dozen: R7 speaks of Western prescriptions
NARCOTIC = (
    "narcotic_classes",
    "diagnoses_cancer",
    "diagnoses_attention_deficit",
    "drugs_methylphenidate",
    "days_narcotic_injection_max",
    "days_narcotic_extended_max",
    "days_narcotic_other_max",
    "days_cancer_injection_max",
    "days_cancer_extended_max",
    "days_cancer_other_max",
    "days_methylphenidate_max",
)


def _drugs(act: Act) -> list[State]:
    found = (act.drug(line["drug"]) for line in act.disclosed("lines") or [])
    return [drug for drug in found if drug is not None]


def diagnosed(act: Act, prefixes: list[str]) -> bool:
    """Return whether a diagnosis of the prescription begins with one of the ICD-10 `prefixes`."""
    return any(code.startswith(tuple(prefixes)) for code in diagnosis_codes(act))


def diagnosis_codes(act: Act) -> list[str]:
    """Return the codes of the diagnoses as ICD-10 and all lists of the rulebook write them."""
    return [plain(one["code"]) for one in (act.disclosed("clinical") or {}).get("diagnoses", [])]


def _form_of(drug: State) -> str:
    text = f"{drug['name']}{drug.get('form', '')}".lower()
    if any(word in text for word in _INJECTION):
        return "injection"
    return "extended" if any(word in text for word in _EXTENDED) else "other"


def narcotic_days_max(act: Act, drug: State) -> int | None:
    """Return the days that R5 and R6 allow of a narcotic or class 1 psychotropic, None for other drugs."""
    if drug["class"] not in act.parameter("narcotic_classes"):
        return None
    attention_deficit = diagnosed(act, act.parameter("diagnoses_attention_deficit"))
    if attention_deficit and drug["code"].startswith(tuple(act.parameter("drugs_methylphenidate"))):
        return int(act.parameter("days_methylphenidate_max"))
    whom = "cancer" if diagnosed(act, act.parameter("diagnoses_cancer")) else "narcotic"
    return int(act.parameter(f"days_{whom}_{_form_of(drug)}_max"))


def holds_more(act: Act, code: str, takes_of: Callable[[Line], int | None], whole: int) -> bool:
    """Return whether the lines of a drug together hold more than their doses use, in lots of `whole` units.

    `takes_of` a line is how often its dose is taken. False where a line's number of takes, its dose or its
    unit says nothing that can be compared: units that nobody can read are refused by their own rule.
    """
    drug = act.drug(code)
    lines = [line for line in act.disclosed("lines") or [] if line["drug"] == code]
    if drug is None:
        return False
    try:
        held = sum(units_of(drug, line["quantity"], line["unit"]) for line in lines)
    except Rejected:
        return False
    doses = [units_of_a_dose(drug, line.get("dose", "0"), line.get("dose_unit", "")) for line in lines]
    takes = [takes_of(line) for line in lines]
    needed = [dose * times for dose, times in zip(doses, takes, strict=True) if dose and times]
    lot = whole * MICRO
    return len(needed) == len(lines) and held > -(-sum(needed) // lot) * lot


@rule(
    "CLINICAL-9",
    "RX_DAYS_LIMIT",
    ISSUE,
    sources="R5 R6",
    parameters=NARCOTIC,
    version=3,
    en="More of a narcotic or class 1 psychotropic than its dosage form and the illness allow.",
    zh="麻醉药品或第一类精神药品的用药天数或用量超过剂型与病情所允许的上限。",
)
def narcotic_days_in_range(act: Act) -> None:
    """Injections one dose (R6: 3 days), extended release 7 days (15), others 3 (7).

    Methylphenidate for an attention deficit 15 days.
    """
    for line in act.disclosed("lines") or []:
        drug = act.drug(line["drug"])
        limit = narcotic_days_max(act, drug) if drug is not None else None
        if drug is None or limit is None:
            continue
        if micro(line["days"]) > limit * MICRO:
            raise Failed
        if _is_one_dose(act, drug) and holds_more(act, line["drug"], lambda _: 1, whole=1):
            raise Failed


def _is_one_dose(act: Act, drug: State) -> bool:
    """Whether R5 allows one injection of this drug: an ampoule that a dose does not empty is whole."""
    return _form_of(drug) == "injection" and not diagnosed(act, act.parameter("diagnoses_cancer"))


@rule(
    "CLINICAL-10",
    "RX_DRUGS_LIMIT",
    ISSUE,
    version=2,
    sources="R7",
    parameters=("rx_drugs_max",),
    en="More than five drugs on one prescription.",
    zh="一张处方超过五种药品。",
)
def few_drugs(act: Act) -> None:
    """A prescription holds at most so many different drugs; herbs are no drugs here but parts of one."""
    drugs = {line["drug"] for line in act.disclosed("lines") or [] if not _is_herb(act, line)}
    if len(drugs) > int(act.parameter("rx_drugs_max")):
        raise Failed(drugs=len(drugs))


def _is_herb(act: Act, line: Line) -> bool:
    return (act.drug(line["drug"]) or {}).get("class") in _HERBS


def unindicated(act: Act) -> list[str]:
    """Return the drugs that a prescription's diagnoses do not call for, of those with known indications.

    Only monitored ones, but with parameter 0 all.
    """
    monitored_only = int(act.parameter("indication_monitored_only"))
    looked_at = (drug for drug in _drugs(act) if not monitored_only or act.is_monitored(drug["code"]))
    known = (drug for drug in looked_at if drug.get("indications"))
    return [drug["code"] for drug in known if not diagnosed(act, drug["indications"])]


@rule(
    "CLINICAL-11",
    "INDICATION_MISSING",
    (*ISSUE, *REVIEWS, *SALE),
    strength="flag",
    sources="S36 S53 S70 T3 T8",
    parameters=("indication_monitored_only", "monitored_drugs"),
    version=5,
    en="No diagnosis of the prescription is an indication of one of its drugs.",
    zh="处方诊断不在其中某药品的适应症范围内。",
)
def drugs_indicated(act: Act) -> None:
    """Each monitored drug with known indications (parameter 0: each drug) has one among the diagnoses.

    It is said once, of the issue; who asks before a review or a sale is told it again, and which line it is.
    """
    if act.type in ISSUE:
        found = unindicated(act)
    else:
        found = act.content.get("unindicated", []) if act.context.check else []
    lines = [line["drug"] for line in act.disclosed("lines") or []]
    if lines:
        found = [code for code in lines if code in found]
    if found:
        place: dict[str, int | str] = {"line": lines.index(found[0]), "member": "drug"} if lines else {}
        raise Failed({**place, **_label(act, found[0])})


def _label(act: Act, code: str) -> dict[str, str]:
    """What is told of a drug that no diagnosis calls for: which it is, and what its label says it is for."""
    known = act.drug_then(code) or {}
    told = {"name": str(known.get("name", "")), "indications": " ".join(known.get("indications", ()))}
    return {"drug": code, **{member: text for member, text in told.items() if text}}


@rule(
    "CLINICAL-17",
    "INDICATION_REQUIRED",
    SALE,
    sources="T3 S53",
    parameters=("indication_required",),
    en="No diagnosis of the prescription is an indication of this drug, and here it is not sold without one.",
    zh="处方诊断不在该药品的适应症范围内，本地不予售出。",
)
def sold_for_its_use(act: Act) -> None:
    """Where the rulebook asks for it (1), no drug is sold that its prescription's issue found unindicated."""
    if not int(act.parameter("indication_required")):
        return
    beyond = act.content.get("unindicated", [])
    for place, line in enumerate(act.disclosed("lines") or []):
        if line["drug"] in beyond:
            raise Failed({"line": place, "member": "drug", **_label(act, line["drug"])})


def _age_years(act: Act) -> int | None:
    patient = act.disclosed("patient")
    return micro(patient["age"]) // MICRO if patient is not None else None


def _misfit(drug: State, sex: str, age: int) -> str:
    """The member of the patient that the drug is not for, or ""."""
    if drug.get("sex", sex) != sex:
        return "sex"
    return "" if drug.get("age_years_min", 0) <= age <= drug.get("age_years_max", age) else "age"


_CONFIRMATION_REQUIRED = "sex_age_confirmation_required"
MISFITS = (
    "diagnoses_female",
    "diagnoses_male",
    "diagnoses_reproduction",
    "reproduction_age_years_min",
    "reproduction_age_years_max",
)
_SEX_AGE = (*MISFITS, "diagnoses_confusable", "placeholders")


@rule(
    "CLINICAL-12",
    "SEX_AGE_IMPLAUSIBLE",
    ISSUE,
    strength="flag",
    sources="T13 S44 S46",
    parameters=(*_SEX_AGE, _CONFIRMATION_REQUIRED),
    version=5,
    en="Drug or diagnosis does not fit the recorded sex or age; compare with the patient's document.",
    zh="药品或诊断与登记的性别、年龄不符，请与患者证件核对。",
)
def fits_sex_and_age(act: Act) -> None:
    """No drug or diagnosis is of the other sex or of another age, unless confirmed; often a typing error.

    Where the rulebook knows what a diagnosis is taken for by mistake, those are proposed, to be confirmed.
    """
    if not _confirmed(act) and not int(act.parameter(_CONFIRMATION_REQUIRED)):
        _compare_sex_and_age(act)


@rule(
    "CLINICAL-20",
    "SEX_AGE_UNCONFIRMED",
    ISSUE,
    sources="T13 S44 S46",
    parameters=(*_SEX_AGE, _CONFIRMATION_REQUIRED),
    en="Drug or diagnosis does not fit the recorded sex or age: correct the record, or confirm it.",
    zh="药品或诊断与登记的性别、年龄不符：请更正记录，或核对后确认。",
)
def misfits_are_confirmed_first(act: Act) -> None:
    """Where the rulebook asks for it (1), such a record is corrected or confirmed first (see above)."""
    if int(act.parameter(_CONFIRMATION_REQUIRED)) and not _confirmed(act):
        _compare_sex_and_age(act)


@rule(
    "CLINICAL-18",
    "SEX_AGE_CONFIRMED",
    ISSUE,
    strength="flag",
    sources="T13 S44",
    parameters=_SEX_AGE,
    version=3,
    en="Does not fit the recorded sex or age, and the prescriber looked again and confirmed it: a notice.",
    zh="与登记的性别、年龄不符，开方医师已核对并确认；不作指控。",
)
def confirmed_misfits_are_noted(act: Act) -> None:
    """What the prescriber confirmed (`diagnosis_confirmed`) leaves a notice for who reviews it."""
    if _confirmed(act):
        _compare_sex_and_age(act)


def _confirmed(act: Act) -> bool:
    return not act.is_placeholder((act.disclosed("clinical") or {}).get("diagnosis_confirmed"))


def _compare_sex_and_age(act: Act) -> None:
    """Raise Failed, with what does not fit, at the first drug or diagnosis of another sex or age."""
    age = _age_years(act)
    if age is None:
        return
    sex = str(act.disclosed("patient")["sex"])
    for place, line in enumerate(act.disclosed("lines") or []):
        member = _misfit(act.drug(line["drug"]) or {}, sex, age)
        if member:
            raise Failed({"line": place, "member": member})
    barred = list(_barred(act, sex, age))
    for member, prefixes in barred:
        if diagnosed(act, prefixes):
            raise Failed({"member": member, **_likely_meant(act, prefixes, [of for _, of in barred])})


def is_misdiagnosed(act: Act) -> bool:
    """Return whether a diagnosis cannot be this patient's, and nobody confirmed it: often a slip."""
    age = _age_years(act)
    if age is None or _confirmed(act):
        return False
    barred = _barred(act, str(act.disclosed("patient")["sex"]), age)
    return any(diagnosed(act, prefixes) for _, prefixes in barred)


def _barred(act: Act, sex: str, age: int) -> Iterator[tuple[str, list[str]]]:
    """Yield the diagnoses that this patient cannot have, with the member of the patient that says so."""
    others = {_MALE: "diagnoses_female", _FEMALE: "diagnoses_male"}.get(sex)
    if others is not None:
        yield "sex", act.parameter(others)
    lowest, highest = (int(act.parameter(f"reproduction_age_years_{end}")) for end in ("min", "max"))
    if not lowest <= age <= highest:
        yield "age", act.parameter("diagnoses_reproduction")


def _likely_meant(act: Act, prefixes: list[str], barred: list[list[str]]) -> dict[str, str]:
    """What the first diagnosis of these was most likely meant to be: for a person to confirm, never used.

    In the rulebook's order, the first in `proposed`, what may also be meant in `also_proposed` with spaces
    between; what this patient cannot have either is not proposed.
    """
    misfits = (code for code in diagnosis_codes(act) if code.startswith(tuple(prefixes)))
    written = next(misfits, "")
    pairs = [pair.partition("=") for pair in act.parameter("diagnoses_confusable")]
    # Lists write I10.x00, and a prescription may too.
    of_it = [meant for wrong, _, meant in pairs if meant and plain(wrong) == written]
    out = tuple(prefix for each in barred for prefix in each)
    first, *more = [meant for meant in of_it if not plain(meant).startswith(out)] or [""]
    told = {"proposed": first, "also_proposed": " ".join(more)}
    return {name: text for name, text in told.items() if text}


# CLINICAL-9 stands among the days, in `clinical`.
RULES = (
    few_drugs,
    drugs_indicated,
    fits_sex_and_age,
    confirmed_misfits_are_noted,
    misfits_are_confirmed_first,
    sold_for_its_use,
)
