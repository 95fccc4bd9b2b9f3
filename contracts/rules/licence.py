"""LICENCE: role, registration, site, scope and the organisation's right to the act."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import keys
from contracts.act import Act, State
from contracts.facts import Signer
from contracts.groups import EVERY, ISSUE, KINDS, LICENSED, RENEWAL, REVIEWS, SALE, SELF_SERVICE
from contracts.rules.base import Failed, rule
from contracts.rules.online import is_online
from contracts.rules.separation import OFFICIALS
from contracts.time import day_of
from contracts.types import ROLES, TYPES

_AT_ITS_HOSPITAL = (*RENEWAL, "prescription.cancelled", "review.hold", "review.hospital")
_OUTLAST = (*SELF_SERVICE, "consultation.closed", "duty.closed")


@rule(
    "LICENCE-1",
    "ROLE_FORBIDDEN",
    EVERY,
    version=2,
    sources="contracts §1 S18",
    en="The signer's registered role does not allow this step.",
    zh="签名人登记的岗位无权进行此步骤。",
)
def role_allowed(act: Act) -> None:
    """Each signer's role may sign this type: that of the key, which `signers` claims, and of the registry.

    A key keeps the role in which it was enrolled. Who is registered in another one since needs another key.
    """
    allowed = TYPES[act.type].roles
    claimed = [str(entry["role"]) for entry in act.payload["signers"]]
    # One person twice is one person: separation of duties says that, not the role.
    most = TYPES[act.type].signers_max
    if len({signer.code for signer in act.signers}) > most:
        raise Failed({"signers_max": most})
    for position, signer in enumerate(act.signers):
        roles = allowed[min(position, len(allowed) - 1)]
        registered = _registered_role(act, signer)
        is_past = signer.role != registered and not _outlasts_its_role(act, signer)
        if is_past or signer.role not in roles or claimed[position] != signer.role:
            said = {"claimed": claimed[position], "registered": registered}
            raise Failed({"signer": position + 1, **said, "required": " or ".join(sorted(roles))})


def _registered_role(act: Act, signer: Signer) -> str:
    """The role in which a person is registered now; the key's of an institution, and before genesis."""
    if signer.role == ROLES[-1]:  # its code may be a person's too
        return signer.role
    return str((act.state(keys.person(signer.code)) or {"role": signer.role})["role"])


def _outlasts_its_role(act: Act, signer: Signer) -> bool:
    """Whether the key of a past role still signs: an appeal, the person's next key, the end of what is open.

    An office ends with its registration: its key vouches for nobody, and speaks for nobody.
    """
    return act.type in _OUTLAST and signer.role not in OFFICIALS


@rule(
    "LICENCE-2",
    "LICENCE_EXPIRED",
    LICENSED,
    sources="S12 S18 R17 security §4",
    en="The signer has no licence in force today, or the organisation has none.",
    zh="签名人当日无有效执业资格，或机构资质已失效。",
)
def licence_in_force(act: Act) -> None:
    """Every signing person and the organisation hold a licence that covers the local day."""
    records = [act.organisation, *(_licence(act, code) for code in _people(act))]
    for record in records:
        # The regulator's own record has no licence: it has no right to any of these acts either.
        if not record or "valid_from" not in record:
            raise Failed
        if not day_of(record["valid_from"]) <= act.today <= day_of(record["valid_to"]):
            raise Failed


@rule(
    "LICENCE-3",
    "LICENCE_SITE",
    LICENSED,
    sources="security S11 §4 R17",
    en="The signer is not registered at this institution.",
    zh="签名人未在本机构注册执业。",
)
def licensed_here(act: Act) -> None:
    """Every signing person's licence names the submitting organisation among its sites."""
    for code in _people(act):
        licence = _licence(act, code)
        if licence and act.organisation_code not in licence["sites"]:
            raise Failed


@rule(
    "LICENCE-4",
    "LICENCE_SCOPE",
    ISSUE,
    sources="R17 contracts §3 LICENCE",
    en="The prescription's department is outside the doctor's licensed scope.",
    zh="处方科室超出医师执业范围。",
)
def within_scope(act: Act) -> None:
    """The prescription's department is in the licence's scope."""
    department = (act.disclosed("clinical") or {}).get("department")
    for code in _people(act):
        licence = _licence(act, code)
        if licence and department not in licence["scope"]:
            raise Failed


@rule(
    "LICENCE-10",
    "LICENCE_SCOPE",
    (*ISSUE, *REVIEWS, *SALE),
    sources="security §4 contracts §1 R17",
    parameters=("narcotic_classes",),
    en="A narcotic or first-class psychotropic drug: the signer's licence names classes, and not this.",
    zh="麻醉药品或第一类精神药品：签名人的执业登记所列药品类别不含该类。",
)
def licensed_for_its_class(act: Act) -> None:
    """Whose licence names drug classes prescribes, approves and hands out only the narcotic ones among them.

    A licence that names none says nothing of classes; one with an empty list gives no such right. Lists and
    drugs are those of the prescription's day. Who refuses a prescription needs no right to its drugs.
    """
    if act.payload.get("decision", "approved") != "approved":
        return
    licences = (_licence(act, code) or {} for code in _people(act))
    named = [set(licence["drug_classes"]) for licence in licences if "drug_classes" in licence]
    if named and not set(_narcotics(act)) <= set.intersection(*named):
        raise Failed


def _narcotics(act: Act) -> Iterator[str]:
    listed = act.parameter_then("narcotic_classes")
    for line in act.disclosed("lines") or act.content.get("lines", []):
        drug = act.drug_then(line["drug"])
        if drug is not None and drug["class"] in listed:
            yield str(drug["class"])


@rule(
    "LICENCE-5",
    "ORG_SCOPE",
    EVERY,
    version=2,
    sources="R17 S17 interface §3",
    parameters=("business_types_online",),
    en="Not this institution's step: another institution's record, or a service it has no right to.",
    zh="本机构无权进行此步骤（他机构的记录，或未登记的服务方式）。",
)
def organisation_may(act: Act) -> None:
    """The organisation is of the right kind, acts on its own record, and has the service mode."""
    if act.type == "governance.genesis":
        return
    _right_kind(act)
    if act.type in _AT_ITS_HOSPITAL:
        _own_prescription(act)
    if act.type in ("duty.opened", "duty.closed") and act.payload["site"] != act.organisation_code:
        raise Failed
    if act.type in ISSUE:
        _online_mode(act)


def _own_prescription(act: Act) -> None:
    if act.rx is not None and act.rx["issuer"] != act.organisation_code:
        raise Failed


def _right_kind(act: Act) -> None:
    kinds = KINDS.get(act.type, ())
    if kinds and act.organisation.get("role") not in kinds:
        raise Failed


def _online_mode(act: Act) -> None:
    if is_online(act) and "internet" not in act.organisation.get("service_modes", []):
        raise Failed


def _people(act: Act) -> list[str]:
    return [signer.code for signer in act.signers if signer.role not in ("organisation", "officer")]


def _licence(act: Act, code: str) -> State | None:
    return act.state(keys.licence(code))


RULES = (
    role_allowed,
    licence_in_force,
    licensed_here,
    within_scope,
    licensed_for_its_class,
    organisation_may,
)
