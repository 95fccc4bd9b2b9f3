"""Old stock without trace codes (S69) through national messages, which have no field for it."""

from __future__ import annotations

from typing import Any

import pytest

from api.national import MessageError
from contracts import keys
from tests.contracts.world import METFORMIN, OFFICERS, P1, PATIENT, PATIENT2, REGULATOR, YS1, YS2, World
from tests.national.builders import day_message, drafted

SALE, LOT = "013-7206.json", "L2026A"


def without_code(name: str = SALE, rows: str = "selinfo", **changed: Any) -> dict[str, Any]:
    """A message of the day whose row says that its packs bear no code."""
    message = day_message(name)
    row = message[rows][0] if isinstance(message[rows], list) else message[rows]
    for member in ("drug_trac_codg", "drugtracinfo"):
        row.pop(member, None)
    row |= {"uncoded": "1", "manu_lotnum": LOT, **changed}
    return message


def codes(kind: str, message: dict[str, Any]) -> Any:
    return drafted(kind, message).disclosures["codes"]


def entry(**changed: Any) -> dict[str, Any]:
    return {"code": "", "lot": LOT, "uncoded": True, **changed}


@pytest.mark.parametrize("count", ["1", "3.0000"])
def test_a_sale_of_packs_without_codes_is_imported(count: str) -> None:
    """7206 without a code was SCHEMA_REQUIRED, so no listed pack was ever sold by national message."""
    found = codes("7206", without_code(sel_retn_cnt=count))
    one = {"line": 0, "split": False, "expiry": "2028-12-31"}
    assert found == [entry(**one)] * int(count[0])


def test_it_stands_beside_packs_with_codes_and_in_an_extension_of_the_row() -> None:
    message = without_code(sel_retn_cnt="2", uncoded="", extension={"uncoded": True})
    assert len(codes("7206", message)) == 2
    row = message["selinfo"][0]
    del row["extension"]
    row["drugtracinfo"] = [{"drug_trac_codg": "89900010000000000001"}, {"uncoded": "是", "manu_lotnum": "L9"}]
    found = [(one["code"], one["lot"], one.get("uncoded")) for one in codes("7206", message)]
    assert found == [("89900010000000000001", LOT, None), ("", "L9", True)]


def test_the_other_messages_of_the_sale_and_its_return_say_it_likewise() -> None:
    (reported,) = codes("3505A", without_code("014-3505a.json", "selinfoDetail"))
    returned = codes("3506A", without_code("080-3506a.json", "selinfoDetail", sel_retn_cnt="-2.0000"))
    assert (reported["uncoded"], len(returned)) == (True, 2)
    settled = day_message("015-2207.json") | {"drug_trac_info": [
        {"feedetl_sn": "F1", "uncoded": "1", "med_list_codg": METFORMIN, "manu_lotnum": LOT, "cnt": "2"}
    ]}
    assert codes("2207", settled) == [entry(drug=METFORMIN)] * 2


def test_a_delivery_says_it_too_so_that_the_ledger_can_answer() -> None:
    """TRACE-20 has the answer: what comes in today has codes."""
    message = day_message("005-3503.json")
    message["drugtracinfo"] = [{"uncoded": "1", "med_list_codg": METFORMIN, "manu_lotnum": LOT}]
    assert codes("3503", message) == [entry(drug=METFORMIN)]


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"uncoded": "0"}, "SCHEMA_REQUIRED", "selinfo/0/drug_trac_codg"),
        ({"uncoded": None}, "SCHEMA_REQUIRED", "selinfo/0/drug_trac_codg"),
        ({"uncoded": "maybe"}, "SCHEMA_TYPE", "selinfo/0/uncoded"),
        ({"manu_lotnum": ""}, "SCHEMA_REQUIRED", "selinfo/0/manu_lotnum"),
        ({"drug_trac_codg": "89900010000000000001"}, "SCHEMA_TYPE", "selinfo/0/drug_trac_codg"),
        ({"sel_retn_cnt": "1.5"}, "QTY_FORMAT", "selinfo/0/sel_retn_cnt"),
        ({"sel_retn_cnt": "999999999"}, "QTY_RANGE", "selinfo/0/sel_retn_cnt"),
        ({"sel_retn_cnt": "0"}, "QTY_RANGE", "selinfo/0/sel_retn_cnt"),
    ],
    ids=["says no", "forgotten", "no answer", "no lot", "both", "half a pack", "too many", "none"],
)
def test_a_forgotten_code_is_no_pack_without_one(changed: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(MessageError) as refused:
        codes("7206", without_code(**changed))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_an_opened_pack_without_a_code_is_one_pack_for_the_rule_to_refuse() -> None:
    (one,) = codes("7206", without_code(sel_retn_cnt="20", drug_cnt_unit="片", trdn_flag="1"))
    assert (one["uncoded"], one["split"]) == (True, True)


def test_listed_packs_are_sold_by_national_message_until_the_list_is_exhausted() -> None:
    world = World()
    world.open_duties()
    listed = {"organisation": P1, "drug": METFORMIN, "lot": LOT, "packs": 1, "valid_to": "2026-12-31"}
    assert world.act("registry.uncoded", REGULATOR, OFFICERS[:1], listed).codes == ()
    draft = drafted("7206", without_code(med_list_codg=METFORMIN))
    assert _sold(world, PATIENT, draft.disclosures) == ()
    assert world.record(keys.uncoded_taken(P1, METFORMIN)) == {"taken": {LOT: 1}}
    assert _sold(world, PATIENT2, draft.disclosures) == ("TRACE_NOT_LISTED",)


def _sold(world: World, patient: str, disclosures: dict[str, Any]) -> tuple[str, ...]:
    members = {"rx": world.ready(patient=patient), "reviewer": YS1, "preparer": YS2, "checker": YS1}
    return world.act("dispensing.dispensed", P1, (YS1, YS2), members, disclosures).codes
