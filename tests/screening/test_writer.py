"""Acts become rows: what is unknown stays null, and is never one tagged person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from api.screening.writer import ColumnsWriter


def _issued(certificate: str | None, **identity: Any) -> dict[str, Any]:
    number = {} if certificate is None else {"certificate_number": certificate}
    return {
        "type": "prescription.issued",
        "iss": "H1",
        "signers": [{"code": "D1"}],
        "members": {"prescriber": "D1"},
        "disclosures": {
            "lines": [{"drug": "X", "days": "7"}],
            "clinical": {"department": "内分泌科", "diagnoses": [{"code": "E11.900"}]},
            "identity": {**number, **identity},
            "patient": {"age": "60", "sex": "1"},
        },
    }


def _with_check(number: str, **identity: Any) -> dict[str, Any]:
    act = _issued("990000", **identity)
    return {**act, "disclosures": {**act["disclosures"], "identifiers": {"authNo": number}}}


def _sold(type_: str, codes: list[dict[str, Any]], **opened: Any) -> dict[str, Any]:
    return {
        "type": type_,
        "iss": "P1",
        "signers": [{"code": "Y1"}],
        "members": {"rx": "rx0"},
        "disclosures": {"lines": [{"drug": "X", "quantity": "1", "price": "12.5"}], "codes": codes, **opened},
    }


def test_a_wrong_scan_put_right_is_two_rows_that_net(tmp_path: Path) -> None:
    listed = [{"wrong": "a", "code": "b", "line": 0}]
    sold = _sold("dispensing.dispensed", [{"code": "a"}])
    _written(tmp_path, _issued("990000"), sold, _sold("dispensing.corrected", listed))
    rows = pl.read_parquet(tmp_path / "sales.parquet").select("channel", "code", "packs", "days", "amount")
    right, wrong = ("corrected", "codes:b", 1.0, 7.0, 12.5), ("wrong", "codes:a", -1.0, -7.0, -12.5)
    assert rows.rows()[1:] == [right, wrong]


def test_a_correction_stands_under_the_number_of_its_sale(tmp_path: Path) -> None:
    sold = _sold("dispensing.dispensed", [{"code": "a"}], identifiers={"setl_id": "S1"})
    right = _sold("dispensing.corrected", [{"wrong": "a", "code": "b", "line": 0}])
    right["members"] = {"rx": "rx0", "sale": "rx1"}
    _written(tmp_path, _issued("990000"), sold, right)
    assert pl.read_parquet(tmp_path / "sales.parquet")["sale"].to_list() == ["S1"] * 3


def _corrected(sale: str, wrong: str, right: str, **swapped: str) -> dict[str, Any]:
    act = _sold("dispensing.corrected", [{"wrong": wrong, "code": right, "line": 0}])
    act["members"] = {"rx": "rx0", "sale": sale, **swapped}
    return act


ONE, OTHER = _corrected("s1", "a", "b", swapped_with="s2"), _corrected("s2", "b", "a", swapped_with="s1")
BACK = _corrected("s1", "b", "a", swapped_with="s2"), _corrected("s2", "a", "b", swapped_with="s1")
PLAIN = _corrected("s1", "a", "c"), _corrected("s1", "c", "a")
OF_ANOTHER_PACK = _corrected("s2", "c", "a", swapped_with="s1")


@pytest.mark.parametrize(
    ("acts", "rows"),
    [
        ((ONE,), 0),
        ((ONE, ONE), 0),
        ((ONE, OTHER), 4),
        ((ONE, OTHER, ONE), 4),
        ((ONE, OF_ANOTHER_PACK), 0),
        ((ONE, OTHER, *BACK, OTHER), 8),  # half of a third swap: the first one's word is used up
        ((ONE, OTHER, *BACK, OTHER, ONE), 12),
        ((ONE, *PLAIN, OTHER), 4),  # a plain correction takes the word back
    ],
)
def test_of_two_swapped_sales_the_corrections_are_rows_once_both_are_there(
    tmp_path: Path, acts: tuple[dict[str, Any], ...], rows: int
) -> None:
    """Half a swap took the code out of what is screened, and moved nothing on the ledger."""
    _written(tmp_path, _issued("990000"), *acts)
    assert len(pl.read_parquet(tmp_path / "sales.parquet")) == rows


@pytest.mark.parametrize(
    ("type_", "channel"),
    [
        ("settlement.reported", "settled"),
        ("settlement.settled", "paid"),
        ("settlement.refunded", "refunded"),
    ],
)
def test_what_the_fund_tells_is_of_the_shop_that_sold(tmp_path: Path, type_: str, channel: str) -> None:
    """It stood under the fund's own code: one pack, sold at two institutions."""
    told = {
        **_sold(type_, [{"code": "a"}]),
        "iss": "F1",
        "signers": [{"code": "J1", "role": "fund_officer"}],
    }
    _written(tmp_path, _issued("990000"), _sold("dispensing.dispensed", [{"code": "a"}]), told)
    rows = pl.read_parquet(tmp_path / "sales.parquet").select("channel", "pharmacy", "pharmacist").rows()
    assert rows == [("dispensed", "P1", "Y1"), (channel, "P1", None)]


def test_an_adjustment_is_a_row_for_each_pack(tmp_path: Path) -> None:
    act = {**_sold("stock.adjusted", [{"code": "a", "drug": "X"}]), "members": {"reason": "lost"}}
    _written(tmp_path, _issued("990000"), act)
    rows = pl.read_parquet(tmp_path / "adjustments.parquet")
    assert rows.rows() == [(1, 1, "P1", "X", "codes:a", "lost")]


_DRUGS: dict[str, list[str]] = {"e1": ["Y", "X"], "e2": ["X"]}


def _case(evidence: list[str]) -> dict[str, Any]:
    return {"type": "governance.case", "members": {"evidence": evidence}, "disclosures": {}}


def _step(case: str, step: str, **found: str) -> dict[str, Any]:
    return {
        "type": "governance.case_step",
        "members": {"case": case, "step": step, **found},
        "disclosures": {},
    }


@pytest.mark.parametrize(
    ("findings", "entries"),
    [
        ((), []),
        (("violation",), [2, 2]),
        (("unfounded",), []),
        (("suspicion",), []),
        (("violation", "unfounded"), []),
        (("violation", "violation"), [3, 3]),
    ],
)
def test_a_case_is_about_the_drugs_of_its_evidence_once_it_found_a_violation(
    tmp_path: Path, findings: tuple[str, ...], entries: list[int]
) -> None:
    """The last finding counts: what an appeal took back is no case about a drug."""
    names = ("decided", "appeal_decided")
    steps = [_step("rx0", step, finding=found) for step, found in zip(names, findings, strict=False)]
    _written(tmp_path, _case(["e1", "e2", "unknown"]), _step("rx0", "notified"), *steps)
    cases = pl.read_parquet(tmp_path / "cases.parquet")
    assert cases["drug"].to_list() == (["X", "Y"] if entries else [])
    assert cases["entry"].to_list() == entries and set(cases["case"]) <= {"rx0"}


def _written(folder: Path, *acts: dict[str, Any]) -> pl.DataFrame:
    writer = ColumnsWriter(
        lambda kind, value: f"{kind}:{value}",
        lambda _: 7.0,
        lambda _: (1, "片"),
        lambda act: _DRUGS.get(act, ()),
    )
    for number, act in enumerate(acts):
        writer.act(number, number, f"rx{number}", act)
    writer.write(folder)
    return pl.read_parquet(folder / "prescriptions.parquet")


@pytest.mark.parametrize("word", [None, "", " ", "未知", "无", "UNKNOWN", " 不详 ", "0"])
def test_patients_without_a_number_are_not_tagged_as_one_person(tmp_path: Path, word: str | None) -> None:
    assert _written(tmp_path, _issued(word))["patient"].to_list() == [None]


def test_a_known_patient_is_a_tag(tmp_path: Path) -> None:
    assert _written(tmp_path, _issued("990000"))["patient"].to_list() == ["people:990000"]


def test_an_identity_check_is_a_tag_and_a_guardians_is_nobodys(tmp_path: Path) -> None:
    of_child = _with_check("A1", guardian={"name": "m"})
    acts = [_with_check("A1"), _with_check("无"), of_child, _issued("990000")]
    assert _written(tmp_path, *acts)["credential"].to_list() == ["codes:A1", None, None, None]


def test_texts_that_differ_in_figures_have_one_tag_and_short_ones_none(tmp_path: Path) -> None:
    long = "患者血压" + "控制平稳" * 7
    acts = []
    other_text = "餐后血糖偏高两周，加用一种药物并复查糖化血红蛋白与肝肾功能后再定方案"
    for text in (f"{long}120mmHg", f"{long}，135。", long[:29], other_text):
        act = _issued("990000")
        clinical = {**act["disclosures"]["clinical"], "evaluation": text}
        acts.append({**act, "disclosures": {**act["disclosures"], "clinical": clinical}})
    one, same, short, other = _written(tmp_path, *acts)["template"].to_list()
    assert one == same and short is None and other not in (one, None)


@pytest.mark.parametrize(
    "listed", [{"code": ""}, {"code": "", "uncoded": True}, {"code": "L1", "uncoded": True}]
)
def test_packs_without_a_code_are_not_one_pack_sold_everywhere(
    tmp_path: Path, listed: dict[str, Any]
) -> None:
    _written(tmp_path, _issued("990000"), _sold("dispensing.dispensed", [listed]))
    assert pl.read_parquet(tmp_path / "sales.parquet")["code"].to_list() == [None]
