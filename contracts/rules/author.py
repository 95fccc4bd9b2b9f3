"""AUTHOR: who is named, who signed, and how the text came about."""

from __future__ import annotations

from contracts import resident_number
from contracts.act import Act
from contracts.groups import CONSULTATION, ISSUE, ON_RX, RENEWAL, REVIEWS, SALE
from contracts.patient import patient_misnamed
from contracts.quantity import MICRO, micro
from contracts.rules.base import Failed, rule
from contracts.rules.online import came_with_guardian

_FUNCTIONS = ("prescriber", "reviewer", "second_reviewer", "preparer", "checker", "doctor")
_NAMES = ("name", "prescriber_name", "reviewer_name", "second_reviewer_name")
_NAMING = (*ISSUE, *CONSULTATION, "review.hold", *REVIEWS, *SALE, "registry.person", "registry.insured")
_OF_ITS_DOCTOR = (*RENEWAL, "prescription.cancelled")
_OF_PATIENTS = (*ISSUE, "consultation.opened", "registry.insured")


@rule(
    "AUTHOR-1",
    "PLACEHOLDER_IDENTITY",
    _NAMING,
    sources="S43 T12 S47",
    parameters=("placeholders",),
    version=3,
    en="A person is named by a placeholder; correct the record and send it again. Nobody is accused.",
    zh="人员信息为占位符（如“未知”或空代码），请更正后重报；不追究任何人。",
)
def placeholder_identity(act: Act) -> None:
    """Every named function and every disclosed name is a person's, not a placeholder."""
    for function in _FUNCTIONS:
        if function in act.payload and act.is_placeholder(act.payload[function]):
            raise Failed({"member": function})
    identity = act.disclosed("identity") or {}
    for name in _NAMES:
        if name in identity and act.is_placeholder(identity[name]):
            raise Failed({"member": name})
    of_a_patient = "identity" in act.facts.disclosures and act.type in _OF_PATIENTS
    if of_a_patient and "name" not in identity:
        raise Failed({"member": "name"})
    if of_a_patient and act.is_placeholder(identity.get("certificate_number")):
        raise Failed({"member": "certificate_number"})


@rule(
    "AUTHOR-2",
    "ID_CHECKSUM",
    (*_OF_PATIENTS, "registry.person"),
    sources="S47 R18 D7",
    version=3,
    en="The certificate number's check digit is wrong: it was typed or scanned badly.",
    zh="证件号码校验位错误，可能录入或扫描有误，请核对。",
)
def certificate_check_digit(act: Act) -> None:
    """A resident number, the patient's or the guardian's, ends with its check digit (GB 11643).

    However it is written: blanks, hyphens, full-width digits and a small x are no other number.
    """
    identity = act.disclosed("identity") or {}
    named = {"": identity, "guardian.": identity.get("guardian") or {}}
    for whose, document in named.items():
        if not resident_number.check_digit_fits(str(document.get("certificate_number", ""))):
            raise Failed({"member": f"{whose}certificate_number"})


@rule(
    "AUTHOR-12",
    "IDENTITY_CONTRADICTS",
    ISSUE,
    sources="S44 S47 T13",
    parameters=("identity_age_years_max", "guardian_below_age_years", "placeholders"),
    version=3,
    en="The told age or sex is not that of the patient's resident number: one of them was typed badly.",
    zh="登记的年龄或性别与居民身份证号不符，其中一项录入有误，请核对后重报；不追究任何人。",
)
def identity_agrees(act: Act) -> None:
    """Where the rulebook asks for it (years, 0: not), age and sex are told as the resident number says them.

    Comes before what is judged by age: a mistyped 4 of somebody of 64 is no child without a guardian. A small
    child with a guardian may be named by the guardian's number, a newborn has none of its own.
    """
    years_max, told = int(act.parameter("identity_age_years_max")), act.disclosed("patient")
    number = str((act.disclosed("identity") or {}).get("certificate_number", ""))
    if not years_max or told is None or patient_misnamed(act) or not resident_number.is_one(number):
        return
    if _may_be_the_guardians(act, micro(told["age"])):
        return
    years, sex = resident_number.years_on(number, act.today), resident_number.sex_of(number)
    if abs(micro(told["age"]) - years * MICRO) > years_max * MICRO:
        raise Failed({"member": "age", "proposed": str(years)})
    if told["sex"] in ("1", "2") and told["sex"] != sex:
        raise Failed({"member": "sex", "proposed": sex})


def _may_be_the_guardians(act: Act, age_millionths: int) -> bool:
    guardian = (act.disclosed("identity") or {}).get("guardian") or came_with_guardian(act)
    return bool(guardian) and age_millionths < int(act.parameter("guardian_below_age_years")) * MICRO


@rule(
    "AUTHOR-3",
    "ACTOR_NOT_NATURAL_PERSON",
    (*ISSUE, *CONSULTATION, *ON_RX, "duty.opened", "duty.closed", "stock.received"),
    sources="R11 R12 R27 D9",
    en="An organisation's or service key signed; only a person can take this step.",
    zh="由机构或服务密钥签名；此步骤只能由自然人完成。",
)
def natural_person(act: Act) -> None:
    """No signer is an organisation."""
    if any(signer.role == "organisation" for signer in act.signers):
        raise Failed


@rule(
    "AUTHOR-4",
    "SIGNER_NOT_ATTENDING",
    (*ISSUE, *RENEWAL, *CONSULTATION, "prescription.cancelled"),
    version=2,
    sources="R11 R12 S5",
    parameters=("placeholders",),
    en="The signer is not the doctor named as attending; only the attending doctor may sign.",
    zh="签名人不是接诊医师；只有接诊医师本人可以签名。",
)
def signer_is_attending(act: Act) -> None:
    """The prescriber, and nobody in their place, signs."""
    attending = act.payload.get("prescriber", act.payload.get("doctor"))
    if act.type in _OF_ITS_DOCTOR:
        record = act.rx
        if record is None or record["issuer"] != act.organisation_code:
            return  # another hospital's is ORG_SCOPE and says nothing about the doctor
        attending = record["prescriber"]
    elif act.type == "consultation.closed" and act.consultation is not None:
        attending = act.consultation["doctor"]
    signers = act.signers
    if not signers or act.is_placeholder(attending) or signers[0].role == "organisation":
        return
    if any(signer.code != attending for signer in signers):
        raise Failed


@rule(
    "AUTHOR-5",
    "ORIGIN_AI_GENERATED",
    (*ISSUE, "review.hospital"),
    sources="S1 R12 R25",
    en="The prescription is declared or marked as generated by a machine; a doctor must write it.",
    zh="处方申报或文件标识为人工智能自动生成；处方必须由医师本人开具。",
)
def not_machine_generated(act: Act) -> None:
    """Neither the declared origin nor the file's metadata says that a machine wrote it."""
    origin = act.payload.get("origin") or {}
    if str(origin.get("authorship", "")).strip().lower() in ("ai", "ai_auto", "machine"):
        raise Failed
    if (act.disclosed("file") or {}).get("aigc"):
        raise Failed


@rule(
    "AUTHOR-6",
    "ORIGIN_MISSING",
    ISSUE,
    version=2,
    sources="S1 S2 security 2.7",
    en="How the prescription came about is not declared.",
    zh="未申报处方来源。",
)
def origin_declared(act: Act) -> None:
    """The authorship is declared, and with help the tools that helped."""
    origin = act.payload.get("origin") or {}
    authorship = str(origin.get("authorship", "")).strip().lower()
    assist = origin.get("assist", [])
    if authorship in ("ai", "ai_auto", "machine"):
        return
    if authorship not in ("human", "human_with_assist"):
        raise Failed
    if authorship == "human_with_assist" and not assist:
        raise Failed


@rule(
    "AUTHOR-7",
    "ORIGIN_AI_DRAFT_FORBIDDEN",
    ISSUE,
    sources="S1 S14 R12 security 2.7",
    parameters=("assist_kinds_allowed",),
    en="A tool drafted the prescription; tools may assist, they may not write it.",
    zh="处方由工具起草；工具只能辅助，不得代写处方。",
)
def no_drafting_tool(act: Act) -> None:
    """Every declared assistance is of an allowed kind."""
    allowed = act.parameter("assist_kinds_allowed")
    for tool in (act.payload.get("origin") or {}).get("assist", []):
        if tool["kind"] not in allowed:
            raise Failed


@rule(
    "AUTHOR-10",
    "ORIGIN_MISSING",
    ISSUE,
    sources="S14 security 2.7",
    parameters=("placeholders",),
    en="A tool is named without its registration.",
    zh="所用辅助工具未提供注册信息。",
)
def tools_named_with_registration(act: Act) -> None:
    """Each tool has a registration number; after AUTHOR-7, for what only drafts is no matter of numbers."""
    tools = (act.payload.get("origin") or {}).get("assist", [])
    if any(act.is_placeholder(tool.get("device_registration")) for tool in tools):
        raise Failed


@rule(
    "AUTHOR-8",
    "ASSIST_DECLARED",
    ISSUE,
    strength="flag",
    sources="S2 R12",
    en="The doctor declared the help of a registered tool.",
    zh="医师已申报使用注册辅助工具。",
)
def assistance_declared(act: Act) -> None:
    """Declared, allowed assistance is noted and accuses nobody."""
    assist = (act.payload.get("origin") or {}).get("assist", [])
    if assist:
        raise Failed(tools=len(assist))


RULES = (
    placeholder_identity,
    certificate_check_digit,
    identity_agrees,
    natural_person,
    signer_is_attending,
    not_machine_generated,
    origin_declared,
    no_drafting_tool,
    tools_named_with_registration,
    assistance_declared,
)
