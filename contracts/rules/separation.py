"""REVIEW, first half: separation of duties and the two pairs of eyes."""

from __future__ import annotations

from contracts import keys
from contracts.act import Act
from contracts.groups import EVERY, HOSPITAL_ACTS, PAYMENTS, PHARMACY_ACTS, REGISTRY, REVIEWS, SALE
from contracts.rules.base import Failed, rule
from contracts.time import from_text
from contracts.types import TYPES

OFFICIALS = ("officer", "fund_officer")
_REVIEWING = (*REVIEWS, "review.hold")
_NAMED = {
    "review.hold": ("reviewer",),
    "review.hospital": ("reviewer",),
    "review.pharmacy": ("reviewer", "second_reviewer"),
    "dispensing.dispensed": ("preparer", "checker"),
}


@rule(
    "SEPARATION-1",
    "DUTY_SEPARATION",
    (*HOSPITAL_ACTS, *PHARMACY_ACTS, *PAYMENTS),
    sources="S10 R23 contracts §3 REVIEW",
    parameters=("placeholders",),
    version=5,
    en="One person in two roles: prescriber, a reviewer of either side, preparer, checker, countersigner.",
    zh="同一人担任两个岗位（开方、医院审方、药店审方与复核、调配、核对与会签必须由不同人员承担）。",
)
def one_role_each(act: Act) -> None:
    """Nobody signs twice; reviewers are two people apart from the prescriber; who prepares does not check.

    Who countersigns a declared reason does neither; a sale's reviewer is no prescriber or hospital reviewer.
    """
    record = act.rx or {}
    people = _people(act)
    signed = [signer.code for signer in act.signers]
    if len(set(people)) != len(people) or len(set(signed)) != len(signed):
        raise Failed
    named = act.payload.get("reviewer") if act.type in SALE else None
    if named and named in (record.get(of) for of in ("prescriber", "hold_reviewer", "reviewer")):
        raise Failed
    if act.type not in _REVIEWING:
        return
    before = [record.get("prescriber")]
    if act.type in REVIEWS:
        before.append(record.get("hold_reviewer"))
    if act.type == "review.pharmacy":
        before.append(record.get("reviewer"))
        # A second reviewer who is only a placeholder is nobody: AUTHOR-1 says so, and accuses no one.
        if len(signed) == 1 and not act.is_placeholder(act.payload.get("second_reviewer")):
            raise Failed
    reviewing = {*people, *signed}
    if any(person in reviewing for person in before if person):
        raise Failed


def _people(act: Act) -> list[str]:
    named = [str(act.payload[function]) for function in _NAMED.get(act.type, ())]
    named.append(str((act.disclosed("exemption") or {}).get("countersigner", "")))
    return [person for person in named if not act.is_placeholder(person)]


@rule(
    "SEPARATION-2",
    "SIGNER_NOT_ATTENDING",
    ("review.hold", *REVIEWS, *SALE),
    sources="R23 R27 T9",
    parameters=("placeholders",),
    version=3,
    en="A person named in this step did not sign it.",
    zh="本步骤所列人员未签名。",
)
def named_people_signed(act: Act) -> None:
    """Everyone named in a review or a sale is among those who signed it."""
    signed = {signer.code for signer in act.signers}
    if act.signers and any(person not in signed for person in _people(act)):
        raise Failed


@rule(
    "SEPARATION-3",
    "DUAL_CONTROL_REQUIRED",
    EVERY,
    sources="contracts §1 security A01",
    en="This step takes two different people; fewer signed.",
    zh="此步骤须由两名不同人员签名。",
)
def two_people(act: Act) -> None:
    """As many different people signed as the type asks for; a person's new key needs a voucher."""
    needed = TYPES[act.type].signers_min
    signers = act.signers
    if needed < 2 or not signers or act.type in REVIEWS:
        return
    if act.type in REGISTRY:
        _subject_and_voucher(act)
    elif len({signer.code for signer in signers if signer.role in OFFICIALS}) < needed:
        raise Failed


def _subject_and_voucher(act: Act) -> None:
    subject = str(act.payload.get("subject", act.payload.get("person")))
    own = {signer.kid for signer in act.signers if signer.code == subject}
    officers = {signer.code for signer in act.signers if signer.role == "officer"} - {subject}
    rotated = act.type == "registry.key" and len(own) >= 2 and act.payload["role"] != "organisation"
    if not own or not (officers or rotated):
        raise Failed


@rule(
    "SEPARATION-4",
    "DUAL_CONTROL_REQUIRED",
    ("registry.revocation",),
    sources="contracts §1 security §4 C06",
    en="What counted as stolen would count again: a later start of a compromise is signed by two officers.",
    zh="推迟失窃起始时间将使已作废的签名重新有效，须由两名监管人员签名；提前起始时间一人即可。",
)
def compromise_narrowed_by_two(act: Act) -> None:
    """The window of a compromise begins no later than before, unless two officers say so.

    One officer widens it at once. What is forged is dispensed when it is narrowed, so that gives back rights.
    """
    begins = compromise_begins(act)
    if begins is None or not act.signers or len({signer.code for signer in act.signers}) > 1:
        return
    for member, key_of in (("kid", keys.key), ("credential_id", keys.authenticator)):
        known = act.state(key_of(act.payload[member])) if member in act.payload else None
        if known is not None and begins > known.get("compromised_from", begins):
            raise Failed({"member": "compromised_from"})


def compromise_begins(act: Act) -> int | None:
    """Return from when a revocation calls the key stolen, 0 for always, or None where it does not.

    A window counts whatever the reason: an officer who names one means it.
    """
    if "compromised_from" in act.payload:
        return from_text(act.payload["compromised_from"])
    return 0 if act.payload["reason"] == "compromise" else None


@rule(
    "SEPARATION-5",
    "DUAL_CONTROL_REQUIRED",
    ("registry.person", "registry.key"),
    sources="contracts §1 security A01 S11",
    parameters=("officials_by_two",),
    en="Two officers register somebody of the office; a key is the first since, or follows the old one.",
    zh="监管、医保经办人员须由两名监管人员共同登记；其密钥须为登记后首把，或由原密钥签名更换。",
)
def officials_by_two(act: Act) -> None:
    """Where the rulebook asks for it, nobody comes to the office, or gets a key there, by one signature.

    One officer who registers a second one, or brings a key in a colleague's name, signs for two from then on.
    Who lost the key is registered again by two others, and then brings the next one.
    """
    if act.payload["role"] not in OFFICIALS or not act.signers or not int(act.parameter("officials_by_two")):
        return
    if act.type == "registry.person":
        if not registered_by_two(act):
            raise Failed
        return
    subject = str(act.payload["subject"])
    own = {signer.kid for signer in act.signers if signer.code == subject}
    if len(own) < 2 and not (act.state(keys.person(subject)) or {}).get("key_due"):
        raise Failed({"member": "subject"})


def registered_by_two(act: Act) -> bool:
    """Return whether two different officers signed the registration."""
    return len({signer.code for signer in act.signers if signer.role == "officer"}) >= 2


RULES = (one_role_each, named_people_signed, two_people, compromise_narrowed_by_two, officials_by_two)
