"""CLINICAL: what the prescription says about drugs, quantities, days and validity."""

from __future__ import annotations

from typing import Any

from contracts import keys
from contracts.act import Act
from contracts.errors import Rejected
from contracts.groups import CORRECTION, ISSUE, RENEWAL, RETURN, SALE
from contracts.quantity import (
    MICRO,
    PACKS,
    check_unit,
    has_look_alike,
    micro,
    proposed_unit,
    units_of,
    units_told_in,
)
from contracts.rules.base import Failed, rule
from contracts.rules.fitness import NARCOTIC, narcotic_days_in_range, narcotic_days_max
from contracts.rules.long_term import CALLED_LONG, NEVER_LONG, is_emergency, issued_as_long, never_long
from contracts.rules.online import is_online
from contracts.sold_units import sold_units
from contracts.statements.spellings import compact
from contracts.time import day_of

_WITH_LINES = (*ISSUE, *SALE, *RETURN, *CORRECTION, "dispensing.reported")


_AGE_YEARS_MAX = 130  # nobody has been older than 122


def _lines(act: Act) -> list[dict[str, Any]]:
    return list(act.disclosed("lines") or [])


@rule(
    "CLINICAL-1",
    "QTY_RANGE",
    _WITH_LINES,
    sources="security Q01 S47",
    version=2,
    en="A quantity, a dose or a number of days must be more than nothing, and an age one that people have.",
    zh="数量、剂量和用药天数必须大于零，年龄须在合理范围内。",
)
def quantities_positive(act: Act) -> None:
    """Quantities, days and doses are positive; an age is one that somebody can have."""
    age = (act.disclosed("patient") or {}).get("age", "0")
    if not 0 <= micro(age) <= _AGE_YEARS_MAX * MICRO:
        raise Failed({"member": "age"})
    for place, line in enumerate(_lines(act)):
        for name in ("quantity", "days", "dose"):
            if name in line and micro(line[name]) <= 0:
                raise Failed({"line": place, "member": name})


def _unit_fault(act: Act) -> tuple[str, int, str] | None:
    """The code of the first line whose unit is wrong, its place and the unit's member."""
    return act.once("unit fault", lambda: _wrong_unit(act))


def _wrong_unit(act: Act) -> tuple[str, int, str] | None:
    for place, line in enumerate(_lines(act)):
        try:
            if act.type in ISSUE:
                check_unit(line["unit"])
                units_of(act.drug(line["drug"]) or _ANY_DRUG, line["quantity"], line["unit"])
            else:
                sold_units(act, line)
        except Rejected as fault:
            known = act.drug(line["drug"]) is not None or fault.code != "UNIT_INCOMPATIBLE"
            if known:
                return fault.code, place, "unit"
        if has_look_alike(line.get("dose_unit", "")):
            return "UNIT_NOT_NORMALISED", place, "dose_unit"
    return None


_ANY_DRUG: dict[str, Any] = {"levels": [{"level": 1, "units": 1, "unit": PACKS[0]}]}


def _unit_rule(number: int, code: str, en: str, zh: str, sources: str, version: int = 1) -> Any:
    @rule(f"CLINICAL-{number}", code, _WITH_LINES, version=version, en=en, zh=zh, sources=sources)
    def unit_is_fit(act: Act) -> None:
        """Each line's unit is known, written normally, and fits its drug; a plain spelling is proposed."""
        fault = _unit_fault(act)
        if fault is None or fault[0] != code:
            return
        _, place, member = fault
        raise Failed({"line": place, "member": member, **_meant(act, _lines(act)[place], member)})

    return unit_is_fit


def _meant(act: Act, line: dict[str, Any], member: str) -> dict[str, str]:
    """What the unit most likely says, and of a quantity the units that its drug may be told in."""
    proposed = proposed_unit(str(line.get(member, "")), member == "dose_unit")
    told = {"proposed": proposed} if proposed else {}
    if member == "unit":
        told["one_of"] = ", ".join(units_told_in(act.drug_then(line["drug"]) or {}))
    return told


_UNITS = (
    _unit_rule(2, "UNIT_NOT_NORMALISED", "A unit has a look-alike sign; write it in plain letters (mg, ug).",
               "单位使用了变体字符，请使用规范写法。", "security Q08", version=2),
    _unit_rule(3, "UNIT_UNKNOWN", "A unit is not one of the list.", "单位不在目录内。", "security Q07"),
    _unit_rule(4, "UNIT_INCOMPATIBLE", "A unit does not fit its drug's pack.",
               "单位与药品包装不符。", "security Q07"),
)  # fmt: skip


@rule(
    "CLINICAL-5",
    "CODE_UNKNOWN",
    ISSUE,
    sources="S46 S47",
    en="A drug's national code is not in the knowledge base in force; check the catalogue mapping.",
    zh="药品医保代码不在现行目录内，请核对目录映射。",
)
def drugs_known(act: Act) -> None:
    """Every line's drug is in the knowledge base in force; a known one written otherwise is proposed."""
    for place, line in enumerate(_lines(act)):
        if act.drug(line["drug"]) is None:
            meant = compact(line["drug"]).upper()
            told = {"proposed": meant} if act.drug(meant) is not None else {}
            raise Failed({"line": place, "member": "drug", **told})


@rule(
    "CLINICAL-6",
    "DRUG_ONLINE_FORBIDDEN",
    ISSUE,
    version=2,
    sources="R15 R20 S15 S17",
    parameters=("online_classes_forbidden", "business_types_online"),
    en="A drug of this prescription may never be prescribed online.",
    zh="处方含有禁止在线开具的药品。",
)
def allowed_online(act: Act) -> None:
    """Online, no line is of a class, or a drug, on the list of those never prescribed online."""
    if not is_online(act):
        return
    forbidden = act.parameter("online_classes_forbidden")
    for line in _lines(act):
        drug = act.drug(line["drug"])
        if drug is not None and (drug["online_forbidden"] or drug["class"] in forbidden):
            raise Failed


@rule(
    "CLINICAL-7",
    "RX_VALIDITY_LIMIT",
    (*ISSUE, *RENEWAL),
    sources="R1",
    parameters=("validity_days_max",),
    version=2,
    en="A prescription is valid for one to three days; long ones too.",
    zh="处方有效期为一至三天，长期处方亦同。",
)
def validity_in_range(act: Act) -> None:
    """`validity_days` is 1 to the maximum, for every prescription, a renewed one counted as at its issue."""
    days = int(act.payload["validity_days"])
    if not 1 <= days <= int(act.parameter_then("validity_days_max")):
        raise Failed(days=days)


@rule(
    "CLINICAL-8",
    "RX_DAYS_LIMIT",
    ISSUE,
    sources="R2 R3 R4 T2",
    parameters=(
        "days_ordinary_max",
        "days_emergency_max",
        "days_long_max",
        "days_long_evaluated_max",
        "evaluation_days_max",
        "evaluation_named",
        *CALLED_LONG,
        *NEVER_LONG,
        *NARCOTIC,
        "placeholders",
    ),
    version=3,
    en="More days than one prescription may cover: 7, emergency 3, long for a chronic illness 28, lately "
    "evaluated and signed 84.",
    zh="用药天数超限：普通 7 天、急诊 3 天、慢性病长期处方 28 天，近期经医师评估并由患者签字后 84 天。",
)
def days_in_range(act: Act) -> None:
    """No line covers more days than its kind of prescription allows; narcotics have limits of their own."""
    for place, line in enumerate(_lines(act)):
        drug = act.drug(line["drug"])
        if drug is not None and narcotic_days_max(act, drug) is not None:
            continue
        limit = _days_max(act, line["drug"])
        if micro(line["days"]) > limit * MICRO:
            raise Failed({"line": place, "member": "days", "days_max": limit})


def _days_max(act: Act, drug_code: str) -> int:
    if issued_as_long(act) and not never_long(act, act.drug(drug_code)):
        return int(act.parameter("days_long_evaluated_max" if _lately_evaluated(act) else "days_long_max"))
    return int(act.parameter("days_emergency_max" if is_emergency(act) else "days_ordinary_max"))


def _lately_evaluated(act: Act) -> bool:
    # Where the rulebook wants a name (1) the text `evaluation` lifts nothing: a sentence can be copied. Who
    # evaluated, and a day that is still to come, are CLINICAL-13's and CLINICAL-14's to judge.
    clinical = act.disclosed("clinical") or {}
    evaluated = clinical.get("evaluated")
    if evaluated is None:
        is_told = not act.is_placeholder(clinical.get("evaluation"))
        return is_told and not int(act.parameter("evaluation_named"))
    return act.today - day_of(evaluated["on"]) <= int(act.parameter("evaluation_days_max"))


@rule(
    "CLINICAL-13",
    "CODE_UNKNOWN",
    ISSUE,
    sources="R3",
    en="Who evaluated the long prescription is no registered doctor.",
    zh="长期处方的评估人不是已登记的医师。",
)
def evaluator_is_a_doctor(act: Act) -> None:
    """An evaluation that names its evaluator names a registered doctor."""
    evaluated = (act.disclosed("clinical") or {}).get("evaluated")
    if evaluated is None:
        return
    person = act.state(keys.person(evaluated["by"])) if evaluated["by"] else None
    if person is None or person["role"] != "doctor":
        raise Failed({"member": "evaluated.by"})


@rule(
    "CLINICAL-14",
    "TIME_ORDER",
    ISSUE,
    sources="R3",
    en="The long prescription was evaluated on a day after it was issued.",
    zh="长期处方的评估日期晚于开方日期。",
)
def evaluated_before_issue(act: Act) -> None:
    """A dated evaluation is of the day of the prescription at the latest."""
    evaluated = (act.disclosed("clinical") or {}).get("evaluated")
    if evaluated is not None and day_of(evaluated["on"]) > act.today:
        raise Failed({"member": "evaluated.on"})


RULES = (  # after what cannot be read, the order of the family's row in contracts §3: it decides
    quantities_positive,
    *_UNITS,
    drugs_known,
    validity_in_range,
    days_in_range,
    evaluator_is_a_doctor,
    evaluated_before_issue,
    narcotic_days_in_range,
    allowed_online,
)
