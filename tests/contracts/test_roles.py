"""The role matrix: the committed page is current, and the verifier's own table says the same."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from api.command.main import main
from api.roles import Row, page, rows
from tests.architecture.tree import ROOT
from verifier.acts import ACTS

ROWS = {row.type: row for row in rows()}


def test_the_page_is_current() -> None:
    text = (ROOT / "contracts" / "ROLES.md").read_text("utf-8")
    assert text == "\n".join(page(rows())) + "\n", "run rx roles --markdown > contracts/ROLES.md"


def test_every_type_of_the_verifier_has_its_row() -> None:
    assert set(ROWS) == set(ACTS)


@pytest.mark.parametrize("type_", ROWS)
def test_the_verifier_says_the_same_of_roles_licence_and_presence(type_: str) -> None:
    row, act = ROWS[type_], ACTS[type_]
    roles = {role for position in row.signers for role in position}
    assert roles == set(act.roles)
    assert (row.licence, row.presence) == (act.licensed, act.presence)
    assert row.signers_min >= act.officers_min


@pytest.mark.parametrize("type_", ROWS)
def test_the_verifier_says_the_same_of_organisations(type_: str) -> None:
    assert ROWS[type_].organisations == ACTS[type_].places


def test_a_row_reads_by_position() -> None:
    release = ROWS["governance.release"]
    assert release.cells()[1:4] == ("officer, then fund_officer", "2", "regulator")
    assert replace(release, signers_max=8).cells()[2] == "2-8"
    assert ROWS["governance.appeal"].cells()[3] == "any"


def test_the_command_prints_table_json_and_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roles", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["roles"]
    assert [one["type"] for one in told] == list(ROWS)
    assert set(told[0]) == set(Row.__dataclass_fields__)
    assert main(["roles"]) == 0
    shown = capsys.readouterr().out
    assert "prescription.issued" in shown and "hospital; licence, presence" in shown
    assert main(["roles", "--markdown"]) == 0
    assert capsys.readouterr().out == (ROOT / "contracts" / "ROLES.md").read_text("utf-8")


def test_who_may_sign_is_told_in_chinese(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table was English for everybody: `officer, then fund_officer; regulator`."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(["roles"]) == 0
    told = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert told["governance.release"].endswith("2    解除冻结；监管人员，其后 医保经办人员；监管机构")
    assert told["prescription.issued"].endswith("医师；医院；须有资质、须在场")
    assert told["governance.appeal"].endswith("任何机构")
