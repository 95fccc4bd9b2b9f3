"""Rows of a table from CSV, the table of the product, and what is said of cells that are wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: `line` counts from 1, the header included."""

    line: int
    column: str
    reason: str
    fix: str


class TableFault(Exception):
    """The table is not fit for use; `faults` names every cell that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults in the table")
        self.faults = tuple(faults)


def shipped() -> str:
    """Return the drug table of the product: synthetic codes, doses of labels (china-domain §5.1)."""
    return resources.files("contracts").joinpath("knowledge/drugs.csv").read_text("utf-8")


def read(
    text: str, columns: Sequence[str], optional: Sequence[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV text with their lines, "" for an optional column that is not there.

    Raises TableFault where other columns are missing.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restval="", strict=True)
    try:
        given = list(reader.fieldnames or ())
        missing = [name for name in columns if name not in given]
        if missing:
            fix = f"the header has: {', '.join(columns)}"
            raise TableFault([Fault(1, name, "the column is missing", fix) for name in missing])
        names = (*columns, *optional)
        return [
            (reader.line_num, {name: (row.get(name) or "").strip() for name in names}) for row in reader
        ]
    except csv.Error as error:
        raise TableFault(
            [Fault(reader.line_num, "", f"no CSV: {error}", "quote cells with commas")]
        ) from None
