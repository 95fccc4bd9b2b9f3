"""`rx rulebook`: the rule packs that come with the product, and the draft of a rulebook from one or several.

A pack is JSON {"name","title","zh_title","sources","effective_from"?,"parameters"}; a file of that form is
as good as a name, so areas exchange packs as files. Of two packs that set a parameter the later one counts,
and the command names each such parameter on standard error (pack_conflicts.py).
A draft begins when the last of its packs does, where that day is still to come: no ledger takes a past one.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from api.command.output import EXIT_OK, CommandError, read_file, tell, warn, write_new
from api.command.pack_classes import name_unfamiliar
from api.command.pack_conflicts import Conflict, conflicts, merged, name_them
from contracts.errors import Rejected
from contracts.parameters import AREAS, DEFAULTS
from contracts.rules.office import expected_of
from contracts.rules.trial import may_be_tried
from contracts.statements.schema import TIME, validate
from contracts.time import from_text

EXAMPLE = (
    "examples:\n"
    "  rx rulebook                                        the packs\n"
    "  rx rulebook hebei-2025 > hebei.json                export one; any such file can be named again\n"
    "  rx rulebook national-2025 --area 31=shanghai-2025 --draft    for one region of the ledger\n"
    "  rx rulebook national-2025 area.json --draft --from-time 2026-09-01T00:00:00Z --out draft.json\n"
    "  rx sign draft.json --signer officer=… --signer officer=…      (a rulebook takes two officers)"
)
_REGION_DIGITS = 6
_SOME_TIME = "2026-03-02T08:00:00Z"
_THRESHOLDS = "screen_thresholds"
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
    parser.add_argument(
        "--from-time", metavar="TIME", help="in force from (RFC 3339), instead of the packs' own date"
    )
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
    areas = _areas(options.area) if options.draft else {}
    differing = [*conflicts(packs), *(one for region in areas for one in conflicts(areas[region], region))]
    name_them(options, differing)
    name_unfamiliar(options, [*packs, *(pack for own in areas.values() for pack in own)])
    made = _draft(options, packs, areas) if options.draft else _merged(packs)
    text = json.dumps(made, ensure_ascii=False, indent=1)
    if options.out is None:
        print(text)
        return EXIT_OK
    write_new(options.out, text.encode("utf-8") + b"\n")
    tell(options, _written(options.out, differing), str(options.out))
    return EXIT_OK


def _written(path: Path, differing: Iterable[Conflict]) -> dict[str, Any]:
    found = [one.facts() for one in differing]
    return {"file": str(path), **({"conflicts": found} if found else {})}


def _require_sense(options: argparse.Namespace) -> None:
    """Return when the ledger would not refuse the draft for these arguments. Raises CommandError."""
    if not options.pack and (options.draft or options.out):
        raise CommandError("no pack is named, so nothing was written", "rx rulebook lists the packs")
    if not _is_time(options.from_time or _SOME_TIME):
        raise CommandError(
            "--from-time is no time of the form 2026-03-02T08:00:00Z", "give UTC, ending in Z"
        )
    for name in sorted(set(options.shadow) - may_be_tried()):
        allowed = ", ".join(sorted(may_be_tried()))
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
        expected = expected_of(name, value)
        if expected:
            raise ValueError(f"{name} has the wrong form: {value!r} is not {expected}")
    _require_screens(pack["parameters"].get(_THRESHOLDS, []))
    if not _is_time(pack.get("effective_from", _SOME_TIME)):
        raise ValueError(f"effective_from is no time like {_SOME_TIME}")


def _require_screens(texts: Iterable[str]) -> None:
    """Return when each threshold is of a screen that there is. Raises ValueError.

    The ledger takes whatever has the form: it knows no screens, and a slip would set nothing, unnoticed.
    """
    if not texts:
        return
    from api.screening.thresholds import ThresholdFault, adjusted  # screens need the columns' library

    try:
        adjusted(texts)
    except ThresholdFault as fault:
        raise ValueError(f"{_THRESHOLDS}: {fault}: api/screening/README.md lists them") from None


def _is_time(value: Any) -> bool:
    try:
        validate(value, TIME)
    except Rejected:
        return False
    return True


def _merged(packs: list[dict[str, Any]]) -> dict[str, Any]:
    begins = _latest(packs)
    found = {**packs[-1], "name": "+".join(pack["name"] for pack in packs), "parameters": merged(packs)}
    return {**found, "effective_from": begins} if begins else found


def _latest(packs: Iterable[Mapping[str, Any]]) -> str:
    """The latest date from which one of the packs counts, "" where none has a date."""
    dates = (str(pack["effective_from"]) for pack in packs if "effective_from" in pack)
    return max(dates, key=from_text, default="")


def _begins(options: argparse.Namespace, packs: Iterable[Mapping[str, Any]]) -> str:
    """When the draft's rulebook begins, "" for at once; the reader is told where the packs decide it."""
    latest = _latest(packs)
    if options.from_time or not latest:
        return str(options.from_time or "")
    if from_text(latest) > time.time() * 1000:
        told = f"in force from {latest}, the packs' latest date"
        warn(options, told, f"自规则包最晚生效时间 {latest} 起生效")
        return latest
    told = f"in force at once: the packs' latest date, {latest}, is past"
    warn(options, told, f"入账即生效：规则包最晚生效时间 {latest} 已过")
    return ""


def _draft(
    options: argparse.Namespace, packs: list[dict[str, Any]], areas: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    whole = _merged(packs)
    parameters = dict(whole["parameters"])
    if areas:
        parameters[AREAS] = {region: merged(own) for region, own in areas.items()}
    if options.shadow:
        parameters["shadow_rules"] = options.shadow
    members: dict[str, Any] = {"version": whole["name"][:40], "parameters": parameters}
    begins = _begins(options, [*packs, *(pack for own in areas.values() for pack in own)])
    if begins:
        members["effective_from"] = begins
    return {"type": "governance.rulebook", "members": members}


def _areas(texts: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The packs of each region, in their order: a second one for a region adds to the first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for region, pack in map(_area, texts):
        found.setdefault(region, []).append(pack)
    return found


def _area(text: str) -> tuple[str, dict[str, Any]]:
    region, _, name = text.partition("=")
    if not (region.isdecimal() and region.isascii() and len(region) <= _REGION_DIGITS and name):
        raise CommandError(f"--area {text} is not REGION=PACK", "for example --area 31=shanghai-2025")
    return region, load(name)
