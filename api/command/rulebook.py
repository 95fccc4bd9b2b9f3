"""`rx rulebook`: the rule packs that come with the product, and the draft of a rulebook from one or several.

A pack is JSON {"name","title","zh_title","sources","effective_from"?,"parameters"}; a file of that form is
as good as a name, so areas exchange packs as files. Of two packs that set a parameter the later one counts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from api.command.output import EXIT_OK, CommandError, read_file, tell, write_new
from contracts.errors import Rejected
from contracts.parameters import AREAS, DEFAULTS
from contracts.rules.office import MAY_BE_SHADOWED, has_form_of
from contracts.statements.schema import TIME, validate

EXAMPLE = (
    "examples:\n"
    "  rx rulebook                                        the packs\n"
    "  rx rulebook hebei-2025 > hebei.json                export one; any such file can be named again\n"
    "  rx rulebook national-2025 --area 31=shanghai-2025 --draft    for one region of the ledger\n"
    "  rx rulebook national-2025 area.json --draft --from-time 2026-09-01T00:00:00Z --out draft.json\n"
    "  rx sign draft.json --signer officer=… --signer officer=…      (a rulebook takes two officers)"
)
_REGION_DIGITS = 6
_MEMBERS = {"name", "title", "zh_title", "sources", "parameters"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx rulebook`."""
    parser.add_argument("pack", nargs="*", metavar="PACK", help="name of a pack, or a file of that form")
    parser.add_argument("--draft", action="store_true", help="the draft of a governance.rulebook statement")
    parser.add_argument(
        "--area",
        action="append",
        default=[],
        metavar="REGION=PACK",
        help="the pack counts in this region only",
    )
    parser.add_argument("--from-time", metavar="TIME", help="in force from (RFC 3339); else at once")
    parser.add_argument(
        "--shadow", action="append", default=[], metavar="RULE", help="this rule on trial only"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="new file instead of standard output")


def run(options: argparse.Namespace) -> int:
    """Print the list, a pack, or a draft, and return 0. Raises CommandError for what is no pack."""
    _require_sense(options)
    if not options.pack:
        packs = [
            {name: pack[name] for name in ("name", "title", "zh_title", "sources")} for pack in shipped()
        ]
        width = max(len(pack["name"]) for pack in packs)
        lines = [f"{one['name']:<{width}}  {one['title']} / {one['zh_title']}" for one in packs]
        tell(options, {"packs": packs}, "\n".join(lines))
        return EXIT_OK
    packs = [load(name) for name in options.pack]
    made = _draft(options, packs) if options.draft else _merged(packs)
    text = json.dumps(made, ensure_ascii=False, indent=1)
    if options.out is None:
        print(text)
        return EXIT_OK
    write_new(options.out, text.encode("utf-8") + b"\n")
    tell(options, {"file": str(options.out)}, str(options.out))
    return EXIT_OK


def _require_sense(options: argparse.Namespace) -> None:
    """Return when the ledger would not refuse the draft for these arguments. Raises CommandError."""
    if not options.pack and (options.draft or options.out):
        raise CommandError("no pack is named, so nothing was written", "rx rulebook lists the packs")
    try:
        validate(options.from_time or "2026-01-01T00:00:00Z", TIME)
    except Rejected:
        raise CommandError(
            "--from-time is no time of the form 2026-03-02T08:00:00Z", "give UTC, ending in Z"
        ) from None
    for name in sorted(set(options.shadow) - MAY_BE_SHADOWED):
        allowed = ", ".join(sorted(MAY_BE_SHADOWED))
        raise CommandError(f"{name} is no rule that may be on trial", f"one of {allowed}")


def shipped() -> Iterator[dict[str, Any]]:
    """Return the packs of the product, by name."""
    folder = resources.files("contracts").joinpath("rulebooks")
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        if path.name.endswith(".json"):
            yield json.loads(path.read_text("utf-8"))


def load(name: str) -> dict[str, Any]:
    """Return a pack by name or from a file. Raises CommandError with cause and fix."""
    for pack in shipped():
        if pack["name"] == name:
            return pack
    if not Path(name).is_file():
        known = ", ".join(pack["name"] for pack in shipped())
        raise CommandError(f"there is no pack or file {name}", f"packs: {known}")
    try:
        pack = json.loads(read_file(Path(name), "the pack"))
        check(pack)
    except (ValueError, TypeError, AttributeError) as error:
        raise CommandError(
            f"{name} is no rule pack: {error}", "rx rulebook hebei-2025 shows the form"
        ) from None
    return dict(pack)


def check(pack: Mapping[str, Any]) -> None:
    """Return when `pack` has the form of a pack and sets known parameters rightly. Raises ValueError."""
    missing = sorted(_MEMBERS - pack.keys())
    if missing:
        raise ValueError(f"without {', '.join(missing)}")
    for name, value in pack["parameters"].items():
        if name not in DEFAULTS:
            raise ValueError(f"no rule has the parameter {name}")
        if not has_form_of(DEFAULTS[name], value):
            raise ValueError(f"{name} has the wrong form: {value!r}")


def _merged(packs: list[dict[str, Any]]) -> dict[str, Any]:
    parameters = {name: value for pack in packs for name, value in pack["parameters"].items()}
    return {**packs[-1], "name": "+".join(pack["name"] for pack in packs), "parameters": parameters}


def _draft(options: argparse.Namespace, packs: list[dict[str, Any]]) -> dict[str, Any]:
    merged = _merged(packs)
    parameters = dict(merged["parameters"])
    areas = dict(_area(text) for text in options.area)
    if areas:
        parameters[AREAS] = areas
    if options.shadow:
        parameters["shadow_rules"] = options.shadow
    members: dict[str, Any] = {"version": merged["name"][:40], "parameters": parameters}
    if options.from_time:
        members["effective_from"] = options.from_time
    return {"type": "governance.rulebook", "members": members}


def _area(text: str) -> tuple[str, dict[str, Any]]:
    region, _, name = text.partition("=")
    if not (region.isdecimal() and region.isascii() and len(region) <= _REGION_DIGITS and name):
        raise CommandError(f"--area {text} is not REGION=PACK", "for example --area 31=shanghai-2025")
    return region, dict(load(name)["parameters"])
