"""CONSULT and LICENCE at a distance: a registered channel (S16), a region served (S17), a check of one's own.

One person has one online identity check (S5, S50). A guardian's stands for the children it brings, so
prescriptions with a guardian are not counted, as in the screen of the same name.
"""

from __future__ import annotations

from typing import Any

from contracts import keys, lifecycle, resident_number
from contracts.act import Act
from contracts.groups import ISSUE
from contracts.patient import patient_tags
from contracts.rules.base import Failed, rule
from contracts.time import day_of

_COUNTER = "counter"
_OF_AGE_YEARS = 16  # the Civil Code's youngest adult, who lives on the own work
Checked = list[list[Any]]  # [rx, [patient tag, …]]


def is_online(act: Act) -> bool:
    """Return whether a prescription is online business: it says so, or doctor and patient did not meet.

    The word alone would let a hospital write 01 (at the institution) under a video consultation, and no ban
    of what is never prescribed online would speak.
    """
    business = (act.disclosed("clinical") or {}).get("business_type")
    if business in act.parameter("business_types_online"):
        return True
    return act.consultation is not None and bool(act.consultation["mode"] != _COUNTER)


def _named_channel(act: Act) -> str:
    return str((act.disclosed("identifiers") or {}).get("channel", ""))


@rule(
    "CONSULT-11",
    "CHANNEL_UNREGISTERED",
    ("consultation.opened",),
    sources="S16",
    parameters=("channels_required",),
    en="The consultation came through no channel that is registered for this hospital today.",
    zh="问诊未经本医院当日有效的备案渠道。",
)
def channel_registered(act: Act) -> None:
    """A named channel is registered for this hospital today; where required, all but counters name one."""
    named = _named_channel(act)
    if not named:
        if int(act.parameter("channels_required")) and act.payload["mode"] != _COUNTER:
            raise Failed
        return
    record = act.state(keys.channel(act.organisation_code, named))
    if record is None or not day_of(record["valid_from"]) <= act.today <= day_of(record["valid_to"]):
        raise Failed


@rule(
    "CONSULT-12",
    "CHANNEL_UNREGISTERED",
    ("consultation.closed", *ISSUE),
    version=2,
    sources="S16",
    parameters=("channels_required", "business_types_online"),
    en="The consultation came through another channel than named, or online through none.",
    zh="所注渠道与问诊渠道不一致，或线上处方的问诊未经备案渠道。",
)
def channel_of_the_consultation(act: Act) -> None:
    """No other channel is named than the consultation's; where required, a counter's is no online one.

    A channel's days are judged when the patient comes through it: care that began before its end may finish.
    """
    found = act.consultation
    if found is None:
        return
    came = str((act.state(keys.consultation_content(act.consultation_id)) or {}).get("channel", ""))
    if _named_channel(act) not in ("", came):
        raise Failed
    counter_online = act.type in ISSUE and found["mode"] == _COUNTER and is_online(act)
    if counter_online and not came and int(act.parameter("channels_required")):
        raise Failed


@rule(
    "LICENCE-6",
    "ORG_SCOPE",
    ISSUE,
    version=2,
    sources="S17 contracts §3 LICENCE",
    parameters=("business_types_online",),
    en="The patient is in a province that this institution may not serve online.",
    zh="患者所在省份不在本机构登记的线上服务地区内。",
)
def region_served(act: Act) -> None:
    """Online, a named region lies in a province of the institution's regions, where it has such a list.

    The patient's province alone is known, so a region of the list that is finer opens its whole province.
    """
    regions = act.organisation.get("regions")
    if regions is None or "region" not in act.payload or not is_online(act):
        return
    if act.payload["region"] not in {region[:2] for region in regions}:
        raise Failed


@rule(
    "LICENCE-11",
    "SCHEMA_REQUIRED",
    ISSUE,
    sources="S17",
    parameters=("online_region_required", "business_types_online"),
    en="This institution serves some provinces online alone: the message names no province of the patient.",
    zh="本机构线上服务限于登记省份，报文未注明患者所在省份（region）。",
)
def region_named(act: Act) -> None:
    """Online, where the institution has a list of regions and the rulebook asks, the patient's is named.

    What is left out would be no way around LICENCE-6.
    """
    asked = "regions" in act.organisation and is_online(act)
    if asked and "region" not in act.payload and int(act.parameter("online_region_required")):
        raise Failed({"member": "region"})


def names_guardian(act: Act) -> bool:
    """Return whether the identity group names a guardian: by name or document, and not the patient's own."""
    identity = act.disclosed("identity") or {}
    named = identity.get("guardian") or {}
    member = "name" if act.is_placeholder(named.get("certificate_number")) else "certificate_number"
    if act.is_placeholder(named.get(member)):
        return False
    return resident_number.plain(str(named[member])) != resident_number.plain(str(identity.get(member) or ""))


def has_grown_guardian(act: Act) -> bool:
    """Return whether the statement names a guardian who is no child by the own resident number."""
    number = str(((act.disclosed("identity") or {}).get("guardian") or {}).get("certificate_number", ""))
    child = resident_number.is_one(number) and resident_number.years_on(number, act.today) < _OF_AGE_YEARS
    return names_guardian(act) and not child


def came_with_guardian(act: Act) -> bool:
    """Return whether the consultation was opened with a guardian: D001 has no field to say it again."""
    if act.consultation is None:
        return False
    return bool((act.state(keys.consultation_content(act.consultation_id)) or {}).get("guardian"))


def identity_check(act: Act) -> tuple[str, ...]:
    """Return the tags of the patient's own online identity check; () for a guardian's or a placeholder."""
    number = (act.disclosed("identifiers") or {}).get("authNo", "")
    if act.is_placeholder(number) or names_guardian(act) or came_with_guardian(act):
        return ()
    return act.tags("codes", number)


def standing_on_check(act: Act) -> Checked:
    """Return the remembered prescriptions on the act's identity check, without those that were cancelled.

    Who wrote for the wrong patient and took it back has shown nobody's check to another.
    """
    # After a change of tag keys both records hold the same ones: the older record first, each one once.
    records = [act.state(keys.credential(tag)) or {} for tag in reversed(identity_check(act))]
    found = {one[0]: one for record in records for one in record.get("prescriptions", [])}
    return [one for one in found.values() if not was_cancelled(act, one[0])]


def was_cancelled(act: Act, rx: str) -> bool:
    """Return whether a prescription is taken back."""
    return (act.state(keys.rx(rx)) or {}).get("stage") == lifecycle.CANCELLED


@rule(
    "CONSULT-13",
    "CREDENTIAL_SHARED",
    ISSUE,
    strength="flag",
    version=3,
    sources="S5 S50",
    parameters=("placeholders",),
    en="The online identity check already stands behind another patient's prescription.",
    zh="该线上身份核验流水号已用于另一患者的处方。",
)
def check_of_one_patient(act: Act) -> None:
    """All standing prescriptions on one identity check are one patient's."""
    own = set(patient_tags(act))
    if own and any(not own & set(tags) for _, tags in standing_on_check(act)):
        raise Failed


LICENCE_RULES = (region_served, region_named)
CONSULT_RULES = (channel_registered, channel_of_the_consultation, check_of_one_patient)
