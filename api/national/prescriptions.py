"""D001, D003 and D004: the hospital issues, its pharmacist reviews, the doctor cancels."""

from __future__ import annotations

from api.national import consultations, decisions, drugs, files, people, times
from api.national.context import Context, Draft, present
from api.national.fields import Fields, clean
from contracts.facts import Json

_SECONDS_OF_DAY = 86_400
# Closed sets of the national interface (china-domain §1.4, §1.6).
_SEXES = ("1", "2", "9")
_TYPES = (*(str(number) for number in range(1, 12)), "99")


def issued(fields: Fields, context: Context) -> Draft:
    """Return prescription.issued. The consultation is bound when the ledger knows it."""
    whole = fields.within("mdtrtinfo").extended()
    members: dict[str, Json] = {
        "prescriber": people.code_of(whole, context, "drCode", "prscDrCertno", "drCertno"),
        "validity_days": _validity_days(whole, context),
    }
    members.update(present(origin=_origin(fields), region=_province(whole)))
    encounter = whole.text("mdtrtId")
    identity = consultations.patient(whole)
    identity.update(present(prescriber_name=whole.text("prscDrName", "drName")))
    disclosures: dict[str, Json] = {
        "identity": identity,
        "patient": present(
            age=whole.required("patnAge"),
            sex=whole.coded(_SEXES, "gend"),
            allergies=whole.text("algsHis"),
        ),
        "identifiers": _identifiers(whole),
        "clinical": _clinical(whole),
        "lines": [_line(row, whole, context) for row in _drug_rows(whole)],
    }
    disclosures.update(present(file=files.described(whole, "rxFile", "originalRxFile")))
    # Never one of our own: the doctor signs when the prescription was written.
    claimed = times.required_seconds(whole, context.profile.utc_offset_minutes, "prscTime")
    members.update(_consultation(encounter, context))
    return Draft("prescription.issued", members, disclosures, claimed)


def _province(whole: Fields) -> str | None:
    """Return the province of the region that the message names: the log is public, so no more is told."""
    region = whole.text("region")
    return region[:2] if region else None


def _consultation(encounter: str | None, context: Context) -> dict[str, Json]:
    link = context.lookups.consultation(encounter) if encounter else None
    if link is None:
        return {}
    return present(consultation=link.consultation, after=link.closed_leaf)


def _validity_days(whole: Fields, context: Context) -> int:
    if whole.text("valiDays") is not None:
        return whole.whole("valiDays")
    offset = context.profile.utc_offset_minutes
    start = times.seconds(whole, offset, "prscTime")
    end = times.seconds(whole, offset, "valiEndTime")
    if start is None or end is None or end < start:
        raise whole.error("SCHEMA_REQUIRED", "valiDays")
    return -((start - end) // _SECONDS_OF_DAY)


def _origin(fields: Fields) -> dict[str, Json] | None:
    extension = fields.extension() if fields.extension().has("authorship", "assist") else fields
    assist: list[Json] = [
        present(
            kind=row.required("kind"),
            tool=row.text("tool"),
            version=row.text("version"),
            vendor_code=row.text("vendorCode", "vendor"),
            device_registration=row.text("deviceRegistration", "deviceRegistrationNo"),
            output_digest=row.text("outputDigest"),
            edits=row.whole("edits") if row.text("edits") else None,
        )
        for row in extension.rows("assist")
    ]
    found = present(authorship=extension.given("authorship"))
    if assist or isinstance(extension.value("assist"), list):
        found["assist"] = assist
    return found or None


def _identifiers(whole: Fields) -> dict[str, Json]:
    found = present(
        hiRxno=whole.text("hiRxno"),
        hospRxno=whole.text("hospRxno"),
        initRxno=whole.text("initRxno"),
        mdtrtId=whole.text("mdtrtId"),
        authNo=whole.text("authNo"),
        rxTraceCode=whole.text("rxTraceCode"),
    )
    if "hiRxno" not in found and "hospRxno" not in found:
        raise whole.error("SCHEMA_REQUIRED", "hiRxno")
    return found


def _clinical(whole: Fields) -> dict[str, Json]:
    return present(
        business_type=whole.coded(consultations.BUSINESS, "bizTypeCode"),
        type_code=whole.coded(_TYPES, "rxTypeCode"),
        department=whole.required("prscDeptName", "drDeptName", "prscDeptCode", "drDeptCode"),
        long_term=whole.flag("longRxFlag", default=False),
        refill=whole.flag("rxCotnFlag", default=False),
        first_visit=whole.flag("fstdiagFlag"),
        medical_type=whole.text("medType"),
        extra_attribute=whole.text("rxExraAttrCode"),
        evaluation=_evaluation(whole),
        evaluated=_evaluated(whole),
        diagnoses=_diagnoses(whole),
        diagnosis_confirmed=whole.text("diagnosisConfirmed"),
    )


def _evaluation(whole: Fields) -> str | None:
    """Return the long prescription's evaluation, be it a sentence or a small object of texts."""
    value = whole.value("evaluation")
    if isinstance(value, (str, bool)) or value is None:
        return whole.text("evaluation")
    items = value.values() if isinstance(value, dict) else value
    return "; ".join(clean(item) for item in items if isinstance(item, str)) or None


def _evaluated(whole: Fields) -> dict[str, Json] | None:
    """Return who evaluated the long prescription, when, and the digest of what the patient signed."""
    for row in whole.rows("evaluated"):
        return present(by=row.given("by"), on=times.day(row, "on"), consent=row.text("consent"))
    return None


def _diagnoses(whole: Fields) -> list[Json]:
    """Return every diagnosis once, the main one of the encounter too where the list omits it."""
    found: list[Json] = []
    seen: set[str] = set()
    main = whole.text("maindiagCode")
    for row in whole.rows("diseinfo"):
        code = row.required("diagCode", "maindiagCode", "tcmDiseCode")
        if not code.isascii():  # the disease's name: no rule that knows codes would know it
            raise row.error("CODE_UNKNOWN", "diagCode")
        if code not in seen:
            found.append(present(code=code, name=row.text("diagName", "maindiagName")))
        seen.add(code)
    if main is not None and main not in seen:
        found.insert(0, present(code=main, name=whole.text("maindiagName")))
    if not found:
        raise whole.error("SCHEMA_REQUIRED", "diseinfo")
    return found


def _drug_rows(whole: Fields) -> list[Fields]:
    rows = whole.rows("rxdrugdetail")
    if not rows:
        raise whole.error("SCHEMA_REQUIRED", "rxdrugdetail")
    return rows


def _line(row: Fields, whole: Fields, context: Context) -> dict[str, Json]:
    return present(
        drug=drugs.required(row, context, "medListCodg", "drugCode"),
        name=row.text("drugGenname", "drugProdname"),
        quantity=row.required("drugCnt", "drugTotlcnt"),
        unit=row.required("drugDosunt", "drugTotlcntEmp"),
        days=_herb(row, whole, "rxDoscnt") or row.required("medcDays"),
        dose=row.text("sinDoscnt"),
        dose_unit=row.text("sinDosunt"),
        dose_confirmed=row.text("doseConfirmed"),
        frequency=row.text("usedFrquCodg", "usedFrquName")
        or _herb(row, whole, "rxFrquCodg", "rxFrquName"),
        route=row.text("medcWayDscr", "medcWayCodg") or _herb(row, whole, "rxUsedWayName"),
        price=row.text("drugPric"),
    )


def _herb(row: Fields, whole: Fields, *names: str) -> str | None:
    """Return a field of the whole prescription where `row` is a herb without its own days."""
    if row.text("rxItemTypeCode") != "13" or row.text("medcDays") is not None:
        return None
    return whole.text(*names)


def reviewed(fields: Fields, context: Context) -> Draft:
    """Return review.hospital from D003: the hospital pharmacist's decision on the prescription."""
    whole = fields.within("mdtrtinfo", "pharinfo").extended()
    opinion = whole.text("pharChkOpnn", "rxChkOpnn", "rx_chk_opnn")
    disclosures: dict[str, Json] = {
        "identity": present(reviewer_name=whole.text("pharName")),
        "identifiers": present(
            mdtrtId=whole.text("mdtrtId"),
            rxTraceCode=whole.text("rxTraceCode"),
            signCertSn=whole.text("signCertSn"),
            signCertDn=whole.text("signCertDn"),
        ),
        "clinical": decisions.told(whole, opinion),
    }
    disclosures.update(present(file=files.described(whole, "rxFile", "originalRxFile")))
    members: dict[str, Json] = {
        "reviewer": people.code_of(whole, context, "pharCode", "pharCertno"),
        "decision": decisions.review(
            whole, context, ("rxChkStasCodg", "pharChkStasCodg", "pharChkStas", "decision"), opinion
        ),
    }
    claimed = times.seconds(
        whole, context.profile.utc_offset_minutes, "pharChkTime", "rxChkTime"
    )
    members["rx"] = people.prescription(whole, context, "hospRxno", "mdtrtId")
    return Draft("review.hospital", members, disclosures, claimed)


def cancelled(fields: Fields, context: Context) -> Draft:
    """Return prescription.cancelled from D004."""
    whole = fields.extended()
    disclosures: dict[str, Json] = {}
    reason = whole.text("undoRea", "undoReason")
    if reason is not None:
        disclosures["clinical"] = {"reason": reason}
    identifiers = present(hiRxno=whole.text("hiRxno"), hospRxno=whole.text("hospRxno"))
    if identifiers:
        disclosures["identifiers"] = identifiers
    claimed = times.seconds(whole, context.profile.utc_offset_minutes, "undoTime")
    rx = people.prescription(whole, context, "hospRxno", "mdtrtId")
    return Draft("prescription.cancelled", {"rx": rx}, disclosures, claimed)
