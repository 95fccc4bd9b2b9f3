"""7203, 7204 and 7205: the pharmacy claims a prescription, reviews it, delivers it."""

from __future__ import annotations

from api.national import decisions, people, times
from api.national.context import Context, Draft, present
from api.national.fields import Fields
from contracts.facts import Json


def claimed(fields: Fields, context: Context) -> Draft:
    """Return prescription.claimed from 7203; the one-time number is opaque and used once.

    Without a number or a token of the patient's nobody has shown the pharmacy that the patient came to it.
    """
    whole = fields.extended()
    identifiers = present(
        auth_rxno=whole.text("auth_rxno", "download_ide_code"), epc_token=whole.text("epc_token")
    )
    if not identifiers:
        raise whole.error("SCHEMA_REQUIRED", "auth_rxno")
    claimed_time = times.seconds(
        whole, context.profile.utc_offset_minutes, "download_time", "inf_time"
    )
    rx = people.prescription(whole, context)
    return Draft(
        "prescription.claimed",
        {"rx": rx},
        {"identifiers": identifiers},
        claimed_time,
    )


def reviewed(fields: Fields, context: Context) -> Draft:
    """Return review.pharmacy from 7204: two pharmacists, one decision."""
    whole = fields.within("pharinfo", "rchk_pharinfo").extended()
    opinion = whole.text("rx_chk_opnn")
    if whole.text("rx_chk_stas_codg", "rx_chk_stas_name", "decision") is None:
        raise whole.error("SCHEMA_REQUIRED", "rx_chk_stas_codg")
    members: dict[str, Json] = {
        "reviewer": people.code_of(whole, context, "phar_code", "phar_certno"),
        "second_reviewer": people.code_of(whole, context, "rchk_phar_code", "rchk_phar_certno"),
        "decision": decisions.review(whole, context, ("rx_chk_stas_codg", "decision"), opinion),
    }
    names = present(
        reviewer_name=whole.text("phar_name"), second_reviewer_name=whole.text("rchk_phar_name")
    )
    disclosures: dict[str, Json] = {"clinical": decisions.told(whole, opinion)}
    if names:
        disclosures["identity"] = names
    token = whole.text("epc_token")
    if token is not None:
        disclosures["identifiers"] = {"epc_token": token}
    claimed_time = times.seconds(whole, context.profile.utc_offset_minutes, "rx_chk_time")
    members["rx"] = people.prescription(whole, context)
    return Draft("review.pharmacy", members, disclosures, claimed_time)


def delivered(fields: Fields, context: Context) -> Draft:
    """Return the delivery statement that the status of 7205 means."""
    whole = fields.extended()
    type_ = decisions.delivery(whole, context)
    contact = present(
        courier_name=whole.text("delver_name"),
        courier_telephone=whole.text("delver_tel"),
        company=whole.text("delv_entp_name"),
        address=whole.text("delv_addr"),
        telephone=whole.text("rcvr_tel", "recipient_tel", "tel"),
        recipient=whole.text("rcvr_name", "recipient", "signer_name"),
        status_name=whole.text("delv_stas_name"),
    )
    disclosures: dict[str, Json] = {"contact": contact} if contact else {}
    identifiers = present(delv_no=whole.text("delv_no"))
    if identifiers:
        disclosures["identifiers"] = identifiers
    claimed_time = times.seconds(whole, context.profile.utc_offset_minutes, "delv_stas_time")
    return Draft(type_, {"rx": people.prescription(whole, context)}, disclosures, claimed_time)
