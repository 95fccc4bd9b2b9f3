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


def _written(folder: Path, *acts: dict[str, Any]) -> pl.DataFrame:
    writer = ColumnsWriter(lambda kind, value: f"{kind}:{value}", lambda drug: 7.0, lambda drug: 1)
    for number, act in enumerate(acts):
        writer.act(number, number, f"rx{number}", act)
    writer.write(folder)
    return pl.read_parquet(folder / "prescriptions.parquet")


@pytest.mark.parametrize("word", [None, "", " ", "未知", "无", "UNKNOWN", " 不详 ", "0"])
def test_patients_without_a_number_are_not_tagged_as_one_person(tmp_path: Path, word: str | None) -> None:
    assert _written(tmp_path, _issued(word))["patient"].to_list() == [None]


def test_a_known_patient_is_a_tag(tmp_path: Path) -> None:
    assert _written(tmp_path, _issued("990000"))["patient"].to_list() == ["people:990000"]
