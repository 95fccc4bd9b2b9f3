"""Consultations and duty: our own messages, as no national message exists for them."""

from __future__ import annotations

from api.national import people, times
from api.national.context import Context, Draft, present
from api.national.errors import MessageError
from api.national.fields import Fields
from contracts.facts import Json

AT_THE_INSTITUTION = "01"
BUSINESS = (AT_THE_INSTITUTION, "02")  # bizTypeCode, china-domain §1.4
_MODES = {
    "video": ("video", "视频"),
    "audio": ("audio", "voice", "phone", "音频", "语音", "电话"),
    "text": ("text", "image_text", "图文", "文字"),
    "counter": ("counter", "线下", "柜台", "门诊"),
}
_ACTIONS = {
    "opened": ("opened", "open", "on", "start", "上岗", "签到"),
    "closed": ("closed", "close", "off", "end", "下岗", "签退", "离岗"),
}
_OPENING_FIRST = ("send its opening first", "请先发送该问诊的开始报文")


def opened(fields: Fields, context: Context) -> Draft:
    """Return consultation.opened: patient, doctor, mode, and whether it is a first visit."""
    whole = fields.within("mdtrtinfo").extended()
    return Draft(
        "consultation.opened",
        {
            "doctor": people.code_of(whole, context, "drCode", "drCertno", "prscDrCertno"),
            "mode": _mode(whole),
        },
        {
            "identity": patient(whole),
            "identifiers": present(
                mdtrtId=whole.required("mdtrtId"),
                authNo=whole.text("authNo"),
                prior_record=whole.text("priorRecordRef", "priorRecord"),
                channel=whole.text("channel", "channelCode"),
            ),
            "clinical": present(
                first_visit=whole.flag("fstdiagFlag", "firstVisit"),
                prior_diagnoses=_prior_diagnoses(whole),
            ),
        },
        times.seconds(whole, context.profile.utc_offset_minutes, "opened", "mdtrtTime"),
    )


def _mode(whole: Fields) -> str:
    """How doctor and patient met: as told, and where it is not told, at the counter of the institution (01).

    A told mode is never overruled: a video consultation is one, whatever the kind of encounter says.
    """
    business = whole.coded(BUSINESS, "bizTypeCode") if whole.text("bizTypeCode") else ""
    if business == AT_THE_INSTITUTION and whole.text("mode") is None:
        return "counter"
    return _known(whole, "mode", _MODES)


def _prior_diagnoses(whole: Fields) -> list[Json] | None:
    """Return what the patient's earlier record says, or None where the message does not tell."""
    rows = whole.rows("priorDiseinfo", "priorDiagnoses")
    found: list[Json] = [
        present(code=row.required("diagCode", "code"), name=row.text("diagName", "name")) for row in rows
    ]
    return found or None


def closed(fields: Fields, context: Context) -> Draft:
    """Return consultation.closed: turn counts, what stayed unread, and the chat record's number.

    Raises MessageError, also where the ledger has no opening of this encounter from this hospital.
    """
    whole = fields.within("mdtrtinfo").extended()
    encounter = whole.required("mdtrtId")
    clinical: dict[str, Json] = {
        "doctor_turns": whole.whole("doctorTurns"),
        "patient_turns": whole.whole("patientTurns"),
        "unread_patient_messages": whole.whole("unreadPatientMessages"),
        "drug_chosen_before_consultation": whole.flag("drugChosenBeforeConsultation"),
    }
    doctor = people.code_of(whole, context, "drCode", "drCertno", "prscDrCertno")
    link = context.lookups.consultation(encounter)
    if link is None:
        raise MessageError("CONSULT_NOT_OPEN", whole.path("mdtrtId"), *_OPENING_FIRST)
    return Draft(
        "consultation.closed",
        {"consultation": link.consultation, "doctor": doctor},
        {
            "identifiers": present(mdtrtId=encounter, record=whole.text("recordRef", "record")),
            "clinical": clinical,
        },
        times.seconds(whole, context.profile.utc_offset_minutes, "closed", "endTime"),
    )


def duty(fields: Fields, context: Context) -> Draft:
    """Return duty.opened or duty.closed at the message's institution, for whoever signs it."""
    whole = fields.extended()
    action = _known(whole, "action", _ACTIONS)
    members: dict[str, Json] = {"site": whole.required("fixmedinsCode", "site")}
    named = whole.text("pharCode")
    if named and context.signers and named not in context.signers:
        # The duty would be the signer's, and whoever is named would hear that all is well.
        raise MessageError(
            "SIGNERS_MISMATCH",
            whole.path("pharCode"),
            "let the pharmacist sign whom the message names",
            "请由报文所写药师本人签名",
        )
    pharmacist = context.signers[0] if context.signers else named
    if action == "opened" and pharmacist:
        members.update(present(after=context.lookups.duty(pharmacist)))
    return Draft(
        f"duty.{action}",
        members,
        {},
        times.seconds(whole, context.profile.utc_offset_minutes, "time", "dutyTime"),
    )


def patient(fields: Fields) -> dict[str, Json]:
    """Return the disclosure `identity` of the patient and the guardian. Raises MessageError."""
    return present(
        name=fields.text("patnName", "psnName"),
        certificate_type=fields.text("psnCertType"),
        certificate_number=fields.required("certno"),
        guardian=guardian(fields),
    )


def guardian(fields: Fields) -> dict[str, Json] | None:
    """Return the guardian of the extension, under whichever names it is written."""
    value = fields.value("guardian", "guardianInfo")
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, str):
        return {"name": fields.text("guardian", "guardianInfo")}
    row = fields.rows("guardian", "guardianInfo")[0]
    found = present(
        name=row.text("name", "guardianName", "psnName", "guarName", "patnName"),
        certificate_number=row.text(
            "certno", "certificateNumber", "guardianCertno", "idNo", "psnCertno"
        ),
        relation=row.text("relation", "relationship", "guardianRelation", "rltn", "relationCode"),
    )
    return found or None


def _known(fields: Fields, name: str, values: dict[str, tuple[str, ...]]) -> str:
    text = fields.required(name).lower()
    for value, words in values.items():
        if text in words or any(word in text for word in words if not word.isascii()):
            return value
    raise fields.error("SCHEMA_TYPE", name)
