"""A drug table and a mapping onto it: every fault is found at load, by line and column (S46, S47)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from api.command.main import main
from api.knowledge.mapping import mapping
from api.knowledge.table import COLUMNS, OPTIONAL, TableFault, drugs, parts, read, shipped
from contracts.facts import Json
from contracts.statements import base64url, strict_json
from contracts.substance import substance
from contracts.types import TYPES
from tests.contracts.world import OFFICERS, REGULATOR, World

DRUGS = drugs(shipped())
LONG = [{**drug, "indications": [f"E11.{n:014}" for n in range(200)]} for drug in DRUGS]
BY_NAME = {str(drug["name"]): drug for drug in DRUGS}


def table(**changed: str) -> str:
    names = (*COLUMNS, *OPTIONAL)
    row = read(shipped(), COLUMNS, OPTIONAL)[0][1] | changed
    return ",".join(names) + "\n" + ",".join(row[name] for name in names) + "\n"


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(TableFault) as raised:
        drugs(text)
    return [(one.line, one.column) for one in raised.value.faults]


def test_the_shipped_table_is_fit_for_use_and_says_where_it_comes_from() -> None:
    rows = [row for _, row in read(shipped(), COLUMNS, OPTIONAL)]
    assert len(DRUGS) == len(rows) == 72
    assert all(row["source"].startswith("china-domain 5.1") for row in rows)
    assert BY_NAME["司美格鲁肽注射液"]["indications"] == ["E11"]
    assert BY_NAME["黄体酮胶囊"]["sex"] == "2" and BY_NAME["非那雄胺片"]["sex"] == "1"
    assert BY_NAME["人血白蛋白"]["online_forbidden"] is True


def test_no_row_claims_a_source_for_uses_and_ages_that_it_has_not() -> None:
    """The reference has no ages, and indications of two drugs; every row cited it for both."""
    for _, row in read(shipped(), COLUMNS, OPTIONAL):
        told = dict(each.split(" ", 1) for each in row["source_of_use"].split("; "))
        ages = row["age_years_min"] or row["age_years_max"]
        assert ("indications" in told, "ages" in told) == (bool(row["indications"]), bool(ages))
        assert told.get("ages", "K") == "K"
        assert any(f"dose {label}" in row["source"] for label in "VKI") == bool(row["max_dose_amount"])


def test_the_references_marks_are_in_the_table() -> None:
    """The injection was merged into the tablet, so that it could be prescribed online (R20)."""
    rows = {row["name"]: row for _, row in read(shipped(), COLUMNS, OPTIONAL)}
    shot, tablet = BY_NAME["烟酰胺注射液"], BY_NAME["烟酰胺片"]
    assert shot["online_forbidden"] and not tablet["online_forbidden"]
    assert substance(str(shot["code"])) == substance(str(tablet["code"])), "one covers the patient for both"
    cold = {name for name, drug in BY_NAME.items() if drug.get("special_storage")}
    assert len(cold) == 9 and {"甘精胰岛素注射液", "人血白蛋白", "阿达木单抗注射液"} < cold
    restricted = {name for name, row in rows.items() if row["payment_restriction"]}
    assert restricted == {"司美格鲁肽注射液", "人血白蛋白", "乙磺酸尼达尼布软胶囊", "甲磺酸奥希替尼片"}
    assert [name for name, row in rows.items() if row["pregnancy_forbidden"] == "1"] == ["来那度胺胶囊"]


def test_a_table_without_the_optional_columns_is_read() -> None:
    cells = [line.split(",")[: len(COLUMNS)] for line in table().splitlines()]
    assert len(drugs("\n".join(",".join(line) for line in cells))) == 1


@pytest.mark.parametrize(("name", "dose"), [("盐酸二甲双胍片", "2.55 g"), ("阿卡波糖片", "300 mg")])
def test_the_highest_dose_is_the_labels_and_no_tenfold(name: str, dose: str) -> None:
    """Covered days come from it: a tenfold dose would let everybody buy ten times as much."""
    amount, unit = dose.split()
    assert BY_NAME[name]["max_dose"] == {"amount": amount, "unit": unit, "per_days": 1}


@pytest.mark.parametrize("table", [DRUGS, DRUGS * 5, LONG], ids=["shipped", "a region's", "long texts"])
def test_no_part_is_larger_than_the_contracts_accept(table: list[dict[str, Json]]) -> None:
    world = World()
    made = parts(table)
    assert [drug for part in made for drug in part["members"]["drugs"]] == table
    for part in made:
        assert len(part["members"]["drugs"]) <= 200
        facts = world.facts(part["type"], REGULATOR, OFFICERS[:1], part["members"])
        # Room for what signs it, an origin of 200 characters included.
        received = base64url.encode(strict_json.dumps(dict(facts.payload)) + b" " * 1_000)
        assert world.run(replace(facts, statement=b'{"payload":"%b"}' % received.encode())).codes == ()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("code", ""),
        ("name", ""),
        ("monitored", "yes"),
        ("online_forbidden", "2"),
        ("strength_amount", "two"),
        ("strength_amount", "0"),
        ("strength_amount", "-2"),
        ("strength_amount", "２"),
        ("strength_unit", "㎎"),
        ("strength_unit", ""),
        ("max_dose_amount", ""),
        ("max_dose_per_days", "0.5"),
        ("sex", "女"),
        ("age_years_min", "-1"),
        ("age_years_max", "1e2"),
        ("product", "899200"),
        ("product", "89920011"),
        ("units", ""),
        ("units", "x"),
        ("unit", "尺"),
        ("packs", ""),
        ("special_storage", "yes"),
        ("pregnancy_forbidden", "2"),
    ],
)
def test_a_wrong_cell_is_named(column: str, value: str) -> None:
    assert (2, column) in faults(table(**{column: value}))


def test_every_fault_is_told_at_once() -> None:
    assert faults(table(sex="x", unit="尺")) == [(2, "unit"), (2, "sex")]


def test_a_code_or_product_stands_once() -> None:
    twice = table() + table().splitlines()[1] + "\n"
    assert faults(twice) == [(3, "code"), (3, "product"), (3, "carton")]


def test_a_missing_column_is_named() -> None:
    assert faults(table().replace("indications,", "", 1)) == [(1, "indications")]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert len(drugs("\ufeff" + table())) == 1


# -- mapping ----------------------------------------------------------------------------------

HEAD = "local_code,local_name,local_spec,sex,code\n"


def row(name: str, local_name: str = "", spec: str = "", sex: str = "", local_code: str = "L1") -> str:
    return f"{local_code},{local_name or name},{spec},{sex},{BY_NAME[name]['code']}\n"


def mapping_faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(TableFault) as raised:
        mapping(HEAD + text, DRUGS)
    return [(one.line, one.column) for one in raised.value.faults]


def test_a_good_mapping_is_used() -> None:
    text = HEAD + row("盐酸二甲双胍片", "二甲双胍", "0.5g*60") + row("黄体酮胶囊", sex="2", local_code="L2")
    assert mapping(text, DRUGS) == {
        "L1": BY_NAME["盐酸二甲双胍片"]["code"],
        "L2": BY_NAME["黄体酮胶囊"]["code"],
    }


def test_a_mans_cystoscopy_mapped_to_a_womans_hysteroscopy_is_found_at_load() -> None:
    """The published 宫腔镜 case: a mapping error made men look as if they had been treated as women."""
    catalogue = [{"code": "EX", "name": "宫腔镜", "sex": "2"}, {"code": "EY", "name": "膀胱镜"}]
    with pytest.raises(TableFault) as raised:
        mapping(HEAD + "L1,膀胱镜,,1,EX\n", catalogue)
    assert [(one.line, one.column) for one in raised.value.faults] == [(2, "local_name"), (2, "sex")]
    assert mapping(HEAD + "L1,膀胱镜,,1,EY\nL2,宫腔镜,,2,EX\n", catalogue) == {"L1": "EY", "L2": "EX"}


def test_an_item_for_men_mapped_to_a_womans_drug_is_found_at_load() -> None:
    assert mapping_faults(row("黄体酮胶囊", "黄体酮（男科）")) == [(2, "sex")]
    assert mapping_faults(row("黄体酮胶囊", "黄体酮", sex="1")) == [(2, "sex")]


def test_two_drugs_with_the_same_initials_are_not_confused() -> None:
    """The published initials errors: one letter of a drop-down, another drug."""
    assert mapping_faults(row("烟酰胺片", "异烟肼片")) == [(2, "local_name")]
    assert mapping_faults(row("阿卡波糖片", "阿托伐他汀钙片")) == [(2, "local_name")]


@pytest.mark.parametrize(
    ("name", "local_name"),
    [
        ("恩格列净片", "达格列净片"),
        ("辛伐他汀片", "阿托伐他汀"),
        ("甘精胰岛素注射液", "门冬胰岛素"),
        ("门冬胰岛素30", "门冬胰岛素"),
        ("盐酸二甲双胍片", "二甲双胍缓释片"),
        ("硫酸吗啡缓释片", "盐酸吗啡缓释片"),
        ("人血白蛋白", ""),
    ],
)
def test_another_drug_of_a_like_name_is_found_at_load(name: str, local_name: str) -> None:
    """Two characters in common once were enough: every statin passed for every other."""
    assert mapping_faults(row(name, local_name or " ")) == [(2, "local_name")]


@pytest.mark.parametrize(
    ("name", "local_name"),
    [
        ("瑞舒伐他汀钙片", "瑞舒伐他汀"),
        ("盐酸二甲双胍片", "二甲双胍片（医保）"),
        ("门冬胰岛素30", "门冬胰岛素３０ 注射液"),
        ("奥美拉唑肠溶胶囊", "奥美拉唑钠肠溶胶囊"),
        ("静注人免疫球蛋白", "静注人免疫球蛋白（pH4）"),
    ],
)
def test_salt_form_and_brackets_may_be_left_out(name: str, local_name: str) -> None:
    assert mapping(HEAD + row(name, local_name), DRUGS) == {"L1": BY_NAME[name]["code"]}


def test_words_in_brackets_may_be_left_out_but_not_changed() -> None:
    catalogue = [{"code": "I30", "name": "人胰岛素（30）"}]
    assert mapping(HEAD + "L1,人胰岛素,,,I30\n", catalogue) == {"L1": "I30"}
    with pytest.raises(TableFault):
        mapping(HEAD + "L1,人胰岛素（70）,,,I30\n", catalogue)


CONFIRMED = HEAD.replace("\n", ",confirmed\n")


def test_a_brand_name_is_mapped_once_somebody_confirmed_it() -> None:
    brand = row("盐酸二甲双胍片", "格华止", "0.5g*60")
    assert mapping_faults(brand) == [(2, "local_name")]
    confirmed = CONFIRMED + brand.replace("\n", ",HY990000000001 2026-03-01\n")
    assert mapping(confirmed, DRUGS) == {"L1": BY_NAME["盐酸二甲双胍片"]["code"]}


@pytest.mark.parametrize(
    ("name", "local_name"), [("瑞舒伐他汀钙片", "盐酸二甲双胍片"), ("非那雄胺片", "黄体酮胶囊")]
)
def test_nobody_confirms_that_two_drugs_of_the_table_are_one(name: str, local_name: str) -> None:
    """One word and a date made metformin of semaglutide."""
    text = CONFIRMED + row(name, local_name).replace("\n", ",HY990000000001 2026-03-01\n")
    with pytest.raises(TableFault) as raised:
        mapping(text, DRUGS)
    assert (2, "local_name") in [(one.line, one.column) for one in raised.value.faults]


@pytest.mark.parametrize("spec", ["500mg*60", "０.５ｇ*60", "0.5 克*60", "500000ug*60"])
def test_one_strength_in_another_unit_is_the_same(spec: str) -> None:
    text = row("盐酸二甲双胍片", spec=spec)
    assert mapping(HEAD + text, DRUGS) == {"L1": BY_NAME["盐酸二甲双胍片"]["code"]}


@pytest.mark.parametrize("spec", ["500g*60", "0.5mg*60", "60"])
def test_the_same_number_of_another_unit_is_another_strength(spec: str) -> None:
    assert mapping_faults(row("盐酸二甲双胍片", spec=spec)) == [(2, "local_spec")]


@pytest.mark.parametrize(
    "said",
    ["yes", "2026-03-01", "HY990000000001", "HY990000000001 2026-02-30", "未知 2026-03-01", "HY1 2099-01-01"],
)
def test_a_confirmation_says_who_and_when(said: str) -> None:
    text = CONFIRMED + row("盐酸二甲双胍片", "格华止").replace("\n", f",{said}\n")
    with pytest.raises(TableFault) as raised:
        mapping(text, DRUGS)
    assert [(one.line, one.column) for one in raised.value.faults] == [(2, "confirmed")]


def test_a_confirmed_name_excuses_neither_sex_nor_strength() -> None:
    text = CONFIRMED + row("黄体酮胶囊", "益玛欣", "50mg*20", "1").replace("\n", ",HY1 2026-03-01\n")
    with pytest.raises(TableFault) as raised:
        mapping(text, DRUGS)
    assert [one.column for one in raised.value.faults] == ["sex", "local_spec"]


def test_another_strength_or_pack_is_found() -> None:
    assert mapping_faults(row("盐酸二甲双胍片", spec="0.25g*60")) == [(2, "local_spec")]


def test_an_unknown_code_and_a_code_mapped_twice_are_found() -> None:
    assert mapping_faults("L1,二甲双胍,,,XA10BAZZZ\n") == [(2, "code")]
    both = row("盐酸二甲双胍片") + row("阿卡波糖片")
    assert mapping_faults(both) == [(3, "code")]
    assert mapping_faults(row("盐酸二甲双胍片", local_code="")) == [(2, "local_code")]


# -- the command --------------------------------------------------------------------------------


def test_rx_knowledge_writes_drafts_and_never_over_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["knowledge", "--out", str(tmp_path / "drafts"), "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    draft = json.loads(Path(files[0]).read_text("utf-8"))
    assert draft["type"] in TYPES and draft["members"] == parts(DRUGS)[0]["members"]
    assert len(files) >= len(parts(DRUGS))
    assert main(["knowledge", "--out", str(tmp_path / "drafts")]) == 2


def test_the_drafts_put_the_table_in_force(tmp_path: Path) -> None:
    """The last one had to be written by hand, and nobody said so."""
    assert main(["knowledge", "--out", str(tmp_path)]) == 0
    world = World()
    text = (tmp_path / "knowledge.json").read_text("utf-8")
    for path in sorted(tmp_path.glob("part-*.json")):
        draft = json.loads(path.read_text("utf-8"))
        assert world.act(draft["type"], REGULATOR, OFFICERS[:1], draft["members"]).codes == ()
        text = text.replace(path.name, world.last_id)
    draft = json.loads(text)
    assert world.act(draft["type"], REGULATOR, OFFICERS, draft["members"]).codes == ()
    assert draft["members"]["version"].startswith("drugs-") and len(draft["members"]["version"]) <= 40
    world.wait(1)
    unknown = world.issue(line={"drug": "XA10BAA001A001010019999"})
    known = world.issue(line={"drug": BY_NAME["盐酸二甲双胍片"]["code"]})
    assert ("CODE_UNKNOWN" in unknown.codes, "CODE_UNKNOWN" in known.codes) == (True, False)


def test_a_version_is_named_for_its_table_and_what_stands_in_it(tmp_path: Path) -> None:
    names = set()
    for text in (table(), table(price_yuan="1")):
        path = tmp_path / f"{'r' * 60}.csv"
        path.write_text(text, "utf-8")
        out = tmp_path / str(len(names))
        assert main(["knowledge", "--table", str(path), "--out", str(out)]) == 0
        names.add(json.loads((out / "knowledge.json").read_text("utf-8"))["members"]["version"])
    assert len(names) == 2 and {len(name) for name in names} == {40}


def test_rx_knowledge_names_line_column_reason_and_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mapping.csv"
    path.write_text(HEAD + row("黄体酮胶囊", "黄体酮", sex="1"), "utf-8")
    assert main(["knowledge", "--mapping", str(path)]) == 1
    told = capsys.readouterr().out
    assert "line 2, sex" in told and "correct the code" in told
    path.write_bytes("本院编码".encode("gbk"))
    assert main(["knowledge", "--mapping", str(path)]) == 2
