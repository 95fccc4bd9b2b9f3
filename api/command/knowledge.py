"""`rx knowledge`: a drug table (CSV) becomes drafts of statements; a mapping is checked against it.

And of a list of diagnoses: which of them a drop-down shows for the same letters (S44).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from api.command.output import EXIT_OK, CommandError, tell
from api.command.table_files import doubted, faulty, text_of, written
from api.knowledge.mapping import mapping
from api.knowledge.table import TableFault, doubts, drugs, parts, shipped, version

EXAMPLE = (
    "examples:\n"
    "  rx knowledge                                        how many drugs the table of the product holds\n"
    "  rx knowledge --table region.csv --out drafts        part-1.json … and knowledge.json for rx sign\n"
    "  rx knowledge --mapping hospital.csv                 errors of a hospital's code mapping, found now\n"
    "  rx knowledge --diagnoses own.csv --out pairs        diagnoses of the same initials, as a rule pack"
)
_FIX = "rx knowledge with the same --mapping and --table names each by line and column"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx knowledge`."""
    add_mapping(parser, "a hospital's own codes, checked")
    parser.add_argument(
        "--diagnoses", type=Path, metavar="CSV", help="code,name: which are confused in a drop-down"
    )
    parser.add_argument("--pack", metavar="PACK", help="whose limits of sex and age count (with --diagnoses)")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write drafts: the parts, and the version")


def add_mapping(parser: argparse.ArgumentParser, use: str) -> None:
    """Declare --mapping, for `use`, and the table that it is checked against."""
    parser.add_argument("--table", type=Path, metavar="CSV", help="drug table instead of the product's")
    parser.add_argument("--mapping", type=Path, metavar="CSV", help=use)


def run(options: argparse.Namespace) -> int:
    """Check, write drafts if asked, and return 0; 1 where a table has faults."""
    if options.diagnoses is not None or options.pack is not None:
        # It reads a table of all characters: loaded only when it is asked for.
        from api.command import diagnoses

        return diagnoses.run(options)
    text = shipped() if options.table is None else text_of(options.table)
    try:
        found = drugs(text)
        mapped = len(mapping(text_of(options.mapping), found)) if options.mapping else 0
    except TableFault as error:
        return faulty(options, error.faults)
    doubted(options, doubts(text))
    drafts = {f"part-{number}.json": draft for number, draft in enumerate(parts(found), 1)}
    name = "drugs" if options.table is None else options.table.stem
    told_of = {**drafts, "knowledge.json": version(name, text, list(drafts))}
    files = [written(options.out / each, draft) for each, draft in told_of.items()] if options.out else []
    told = {"drugs": len(found), "parts": len(drafts), "mapped": mapped, "files": files}
    text = f"{len(found)} drugs in {len(drafts)} parts, {mapped} local codes mapped, no faults"
    zh = f"{len(found)} 种药品，共 {len(drafts)} 个分册，映射 {mapped} 个本地编码，无错误"
    tell(options, told, text, zh)
    return EXIT_OK


def drug_codes(table: Path | None, local: Path | None) -> dict[str, str]:
    """Return the national code of each code of the mapping `local` and of the table; {} without a mapping.

    Raises CommandError where either has a fault.
    """
    if local is None:
        return {}
    try:
        known = drugs(shipped() if table is None else text_of(table))
        return {str(drug["code"]): str(drug["code"]) for drug in known} | mapping(text_of(local), known)
    except TableFault as error:
        raise CommandError(f"{local}: faults in mapping or table: {len(error.faults)}", _FIX) from None
