"""7206, 3505A, 2207, 3506A, 3503, 3504: packs are sold, reported, settled, returned, received, sent back."""

from __future__ import annotations

from dataclasses import replace

from api.national import drugs, goods, people, times
from api.national.context import Context, Draft, present
from api.national.fields import Fields
from contracts.facts import Json

_ROWS = ("selinfoDetail", "selinfo", "selinfodetail", "seltdelts")


def dispensed(fields: Fields, context: Context) -> Draft:
    """Return dispensing.dispensed from 7206: who prepared, who checked, lines and trace codes."""
    whole = fields.extended()
    rows = goods.rows(whole, "selinfo", *_ROWS)
    lines, codes = _lines(rows, context, whole)
    members: dict[str, Json] = {
        "preparer": people.code_of(whole, context, "dspeer_code", "dspeer_certno"),
        "checker": people.code_of(whole, context, "pro_code", "pro_certno"),
    }
    if whole.has("phar_code", "phar_certno"):
        members["reviewer"] = people.code_of(whole, context, "phar_code", "phar_certno")
    disclosures: dict[str, Json] = {
        "identifiers": _identifiers(whole),
        "lines": lines,
        "codes": codes,
    }
    disclosures.update(present(exemption=_exemption(fields)))
    claimed = _time(whole, context)
    members["rx"] = people.prescription(whole, context)
    return Draft("dispensing.dispensed", members, disclosures, claimed)


def reported(fields: Fields, context: Context) -> Draft:
    """Return dispensing.reported from 3505A: the same sale through the stock channel."""
    head, rows = _one_prescription(fields.extended(), goods.rows(fields, *_ROWS))
    lines, codes = _lines(rows, context, head)
    claimed = _time(head, context)
    return Draft(
        "dispensing.reported",
        {"rx": people.prescription(head, context)},
        {"identifiers": _identifiers(head), "lines": lines, "codes": codes},
        claimed,
    )


def returned(fields: Fields, context: Context) -> Draft:
    """Return dispensing.returned from 3506A; goods are taken to have left the shop unless it says no."""
    head, rows = _one_prescription(fields.extended(), goods.rows(fields, *_ROWS))
    lines, codes = _lines(rows, context, head, returned=True)
    disclosures: dict[str, Json] = {"lines": lines, "codes": codes}
    identifiers = _identifiers(head)
    if identifiers:
        disclosures["identifiers"] = identifiers
    reason = head.text("memo", "retn_rea", "reason")
    if reason is not None:
        disclosures["clinical"] = {"reason": reason}
    members: dict[str, Json] = {"left_shop": head.flag("leftShop", default=True)}
    claimed = _time(head, context)
    members["rx"] = people.prescription(head, context)
    return Draft("dispensing.returned", members, disclosures, claimed)


def settled(fields: Fields, context: Context) -> Draft:
    """Return settlement.reported from 2207: the same sale through the settlement channel."""
    head, rows = _one_prescription(
        fields.extended(), goods.rows(fields, "drug_trac_info", "drugtracinfo", "feedetail")
    )
    codes: list[Json] = []
    for row in rows:
        for code in goods.codes(row, context, None):
            codes.append(code)
    if not codes:
        raise rows[0].error("SCHEMA_REQUIRED", "drug_trac_codg")
    claimed = times.seconds(
        head, context.profile.utc_offset_minutes, "setl_time", "sel_retn_time", "inf_time"
    )
    return Draft(
        "settlement.reported",
        {"rx": people.prescription(head, context)},
        {"identifiers": _identifiers(head), "codes": codes},
        claimed,
    )


def received(fields: Fields, context: Context) -> Draft:
    """Return stock.received from 3503: packs with lot and expiry, supplier and invoice."""
    head = fields.within("purcinfo", "purcinfoDetail").extended()
    purchases = fields.rows("purcinfo", "purcinfoDetail", "invinfo", "invinfoDetail")
    outer = purchases[0] if len(purchases) == 1 else None
    codes: list[Json] = []
    for row in fields.rows("drugtracinfo", "drug_trac_info"):
        codes.extend(goods.codes(row.under(outer) if outer else row, context, None))
    for row in purchases:
        codes.extend(goods.codes(row, context, None))
    if not codes:
        raise fields.error("SCHEMA_REQUIRED", "drugtracinfo")
    identifiers = present(
        supplier=head.text("spler_name", "supplier"),
        invoice=head.text("purc_invo_no", "purc_invo_codg", "invoice"),
        rtal_docno=head.text("rtal_docno"),
    )
    claimed = times.seconds(
        head, context.profile.utc_offset_minutes, "purc_retn_stoin_time", "purc_time", "inf_time"
    )
    return Draft("stock.received", {}, {"identifiers": identifiers, "codes": codes}, claimed)


def sent_back(fields: Fields, context: Context) -> Draft:
    """Return stock.adjusted from 3504: packs go back to their supplier, in the form of 3503."""
    draft = received(fields, context)
    return replace(draft, type="stock.adjusted", members={"reason": "returned_to_supplier"})


def _one_prescription(head: Fields, rows: list[Fields]) -> tuple[Fields, list[Fields]]:
    """Return the head with what its first row adds, and the rows that belong to the prescription.

    Rows of other goods sold at the same counter (no number, no prescription drug) are left out.
    Raises MessageError when the rows name different prescriptions.
    """
    numbered = [row for row in rows if row.text("rxno", "hi_rxno")]
    for row in numbered[1:]:
        if row.text("rxno", "hi_rxno") != numbered[0].text("rxno", "hi_rxno"):
            raise row.error("SCHEMA_TYPE", "rxno")
    if numbered and not head.text("rxno", "hi_rxno"):
        rows = [row for row in rows if row in numbered or row.text("rx_flag") != "0"]
    first = numbered[0] if numbered else rows[0]
    return Fields(head.kind, (*head.layers, *first.layers)), rows


def _lines(
    rows: list[Fields], context: Context, head: Fields, returned: bool = False
) -> tuple[list[Json], list[Json]]:
    lines: list[Json] = []
    codes: list[Json] = []
    for position, row in enumerate(rows):
        lines.append(goods.line(row, context, returned))
        codes.extend(goods.codes(row, context, position))
    codes.extend(_codes_of_the_whole(head, context, rows))
    if not codes:
        raise rows[0].error("SCHEMA_REQUIRED", "drug_trac_codg")
    return lines, codes


def _codes_of_the_whole(head: Fields, context: Context, rows: list[Fields]) -> list[Json]:
    """Return codes that stand beside the rows instead of inside them: they belong to a drug's row."""
    found: list[Json] = []
    for row in Fields(head.kind, head.layers[:1]).rows("drugtracinfo", "drug_trac_info"):
        drug = drugs.named(row, context, "med_list_codg")
        sold = (drugs.named(line, context, "med_list_codg") for line in rows)
        same = [at for at, other in enumerate(sold) if drug in (None, other)]
        position = same[0] if len(same) == 1 or (same and drug is not None) else None
        line = row.under(rows[position]) if position is not None else row
        found.extend(goods.codes(line, context, position))
    return found


def _identifiers(fields: Fields) -> dict[str, Json]:
    return present(
        setl_id=fields.text("setl_id"),
        rtal_docno=fields.text("rtal_docno"),
        medins_prod_sel_no=fields.text("medins_prod_sel_no"),
        fixmedins_bchno=fields.text("fixmedins_bchno"),
        feedetl_sn=fields.text("feedetl_sn"),
        mdtrtId=fields.text("mdtrtId"),
    )


def _exemption(fields: Fields) -> dict[str, Json] | None:
    """Return the declared reason for buying again inside the covered period."""
    for row in fields.extended().rows("exemption"):
        return present(
            reason=row.required("reason"),
            evidence=row.text("evidence"),
            until=times.day(row, "until", "expiry"),
            countersigner=row.given("countersigner", "countersigner_code"),
        )
    return None


def _time(fields: Fields, context: Context) -> int | None:
    return times.seconds(
        fields, context.profile.utc_offset_minutes, "sel_retn_time", "setl_time", "inf_time"
    )
