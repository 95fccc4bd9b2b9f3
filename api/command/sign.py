"""`rx sign`: a draft becomes a submission, signed with the key files of those who act.

A draft is JSON {"type", "members", "disclosures"?: {group: value}, "iat"?, "corrects"?: id of a
refusal}. Salts, decoys, `jti` and `signers` are added here. For payload bytes that another system has
made: --payload.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from api.client import signers
from api.client.signatories import require_signers
from api.client.signing import Person, build, generate, sign
from api.command.output import EXIT_OK, CommandError, language, read_file, tell, write_new
from api.national import MessageError
from contracts.errors import Rejected
from contracts.facts import Json
from contracts.statements import strict_json, submission
from contracts.types import ROLES, TYPES

EXAMPLE = (
    "examples:\n"
    '  echo \'{"type": "duty.closed", "members": {"site": "P99000000001"}}\' | rx sign - \\\n'
    "     --iss P99000000001 --origin ledger.example/rx-2026 --signer pharmacist=keys/Y990000000001.json\n"
    "  rx sign --payload payload.json --disclosures encoded.txt --signer doctor=keys/D990000000001.json\n"
    "  rx sign draft.json --unsigned --signer doctor=D990000000001 …     (for rx submit --check)"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx sign`."""
    parser.add_argument(
        "draft", nargs="?", metavar="DRAFT", type=Path, help="JSON file, - for standard input"
    )
    parser.add_argument("--iss", metavar="CODE", help="the organisation that submits")
    parser.add_argument("--origin", help="of the log")
    add_signers(parser)
    parser.add_argument(
        "--payload", type=Path, metavar="FILE", help="sign exactly these bytes instead of a draft"
    )
    parser.add_argument(
        "--disclosures", type=Path, metavar="FILE", help="encoded, one a line (with --payload)"
    )
    parser.add_argument(
        "--unsigned", action="store_true", help="only name who would sign: for a check before"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="new file instead of standard output")


def add_signers(parser: argparse.ArgumentParser) -> None:
    """Declare --signer."""
    parser.add_argument(
        "--signer",
        action="append",
        default=[],
        metavar="ROLE=FILE",
        help=f"role and key file <code>.json, in the order of signing; roles: {', '.join(ROLES)}",
    )


def run(options: argparse.Namespace) -> int:
    """Write the submission and return 0."""
    if (options.draft is None) == (options.payload is None):
        raise CommandError("give a DRAFT or --payload FILE", "see rx sign --help")
    body = _draft(options) if options.payload is None else _payload(options)
    if options.out is None:
        sys.stdout.write(body.decode("ascii") + "\n")
        return EXIT_OK
    write_new(options.out, body, 0o600)  # personal data stands in it
    identifier = submission.parse(body, unsigned_allowed=True).statement_id
    told = {"id": identifier, "file": str(options.out)}
    tell(options, told, f"{identifier} in {options.out}", f"{identifier} 已写入 {options.out}")
    return EXIT_OK


def people(given: Sequence[str], organisation: str, named_only: bool = False) -> list[Person]:
    """Return the signers of --signer, with their authenticators for `organisation`.

    `named_only`: no key is needed, the file's name says whose it would be. Raises CommandError.
    """
    found = []
    for text in given:
        role, equals, path = text.partition("=")
        if not equals:
            raise CommandError(
                "--signer is given as ROLE=FILE", "for instance doctor=keys/D990000000001.json"
            )
        try:
            if named_only:
                # A key that is thrown away: what is built with it is not signed.
                found.append(Person(Path(path).stem, role, generate("ES256")))
            else:
                found.append(signers.load(Path(path), role, organisation))
        except signers.SignerFault as error:
            raise CommandError(str(error), "name a role and a key file that rx keygen made") from None
    return found


def _draft(options: argparse.Namespace) -> bytes:
    if not options.iss or not options.origin:
        raise CommandError("a draft needs --iss and --origin", "they become the payload's iss and aud")
    draft = _json(read_file(options.draft, "the draft"))
    try:
        type_, members = draft["type"], draft["members"]
        opened, claimed = draft.get("disclosures", {}), draft.get("iat", int(time.time()))
        if type_ not in TYPES:
            raise CommandError("the draft's type is unknown", f"one of {', '.join(TYPES)}")
        if unknown := draft.keys() - {"type", "members", "disclosures", "iat", "corrects"}:
            raise CommandError(f"the draft has unknown members: {', '.join(sorted(unknown))}", EXAMPLE)
        who = people(options.signer, options.iss, options.unsigned)
        if not options.unsigned:
            require_fitting(options, type_, members, [(person.code, person.role) for person in who])
        return build(
            type_,
            members,
            opened,
            iss=options.iss,
            aud=options.origin,
            iat=claimed,
            signers=who,
            corrects=draft.get("corrects"),
            unsigned=options.unsigned,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        form = '{"type": "…", "members": {…}, "disclosures": {…}}'
        raise CommandError("the draft has not the form it needs", f"JSON {form}") from None


def require_fitting(
    options: argparse.Namespace,
    type_: str,
    members: Mapping[str, Json],
    signers: Sequence[tuple[str, str]],
) -> None:
    """Return when those sign whom the statement takes and names. Raises CommandError."""
    try:
        require_signers(type_, members, signers)
    except MessageError as error:
        raise unfit(options, error) from None


def unfit(options: argparse.Namespace, error: MessageError) -> CommandError:
    """Return what is wrong with a message or statement as the command's error; machines read English."""
    chinese = language() == "zh" and not options.json
    cause = f"{error.code}: {error.cause('zh' if chinese else 'en')}"
    return CommandError(cause, error.fix_zh if chinese else error.fix)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CommandError(f"the draft is no JSON: {error.msg}, {where}", "correct it there") from None
    except UnicodeDecodeError:
        raise CommandError("the draft is not UTF-8", "save it as UTF-8") from None


def _payload(options: argparse.Namespace) -> bytes:
    payload = read_file(options.payload, "the payload")
    lines = (
        read_file(options.disclosures, "the disclosures").decode("ascii", "replace")
        if options.disclosures
        else ""
    )
    try:
        members = strict_json.parse(payload)
        type_ = members.get("type") if isinstance(members, dict) else None
        organisation = str(members.get("iss", "")) if isinstance(members, dict) else ""
    except Rejected as error:
        raise CommandError(
            f"the payload is no strict JSON: {error}", "verifier/SPEC.md describes its form"
        ) from None
    if not isinstance(type_, str) or type_ not in TYPES:
        raise CommandError("the payload's type is unknown", f"one of {', '.join(TYPES)}")
    if not options.signer and not options.unsigned:
        require_fitting(options, type_, {}, [])
    who = people(options.signer, organisation)
    return sign(payload, lines.split(), [] if options.unsigned else who, TYPES[type_].presence)
