"""`rx keygen`: a key for a person or an organisation; in the sandbox an authenticator too."""

from __future__ import annotations

import argparse
from pathlib import Path

from api.client import signers
from api.client.attestation import AttestationRoot
from api.client.authenticator import SoftwareAuthenticator
from api.client.signing import generate
from api.command.founding import sandbox_relying_party
from api.command.output import EXIT_OK, CommandError, tell
from contracts.errors import Rejected
from contracts.statements import enrolment
from contracts.statements.keys import ALGORITHMS

EXAMPLE = (
    "examples:\n"
    "  rx keygen --code H99000000001 --folder keys\n"
    "  rx keygen --code D990000000001 --folder keys --json --enrol H99000000001 \\\n"
    "     --attestation-root ledger/keys/attestation-root.json --origin ledger.example/rx-2026\n"
    "prints what registry.key, and registry.authenticator, need as members;\n"
    "with --enrol and --json also the relying_party that registry.organisation must have named before"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx keygen`."""
    parser.add_argument("--code", required=True, help="whose key: it names the file <code>.json")
    parser.add_argument("--folder", required=True, type=Path, help="where the key is kept")
    parser.add_argument("--alg", choices=ALGORITHMS, default=ALGORITHMS[0])
    sandbox = parser.add_argument_group("sandbox: a software authenticator")
    sandbox.add_argument("--enrol", metavar="ORGANISATION", help="whose site it is for")
    sandbox.add_argument("--attestation-root", type=Path, metavar="FILE", help="made by rx init")
    sandbox.add_argument("--origin", help="of the log in which it will be enrolled")


def run(options: argparse.Namespace) -> int:
    """Make the key, print its public half, and return 0."""
    if options.enrol and not (options.attestation_root and options.origin):
        raise CommandError("--enrol needs --attestation-root and --origin", "see rx keygen --help")
    try:
        root = AttestationRoot.load(options.attestation_root) if options.enrol else None
        key = generate(options.alg)
        path = signers.create(options.folder, options.code, key)
    except Rejected as error:
        raise CommandError(
            f"{error.code}: no {options.alg} here",
            "install the system's OpenSSL library with SM2, or use ES256",
        ) from None
    except (ValueError, KeyError) as error:
        raise CommandError(str(error), "name another folder or code; keys are never replaced") from None
    facts: dict[str, object] = {"file": str(path), "kid": key.kid(options.code), "key": key.public()}
    if root is not None:
        facts["authenticator"] = _enrol(options, root)
        host, origin = sandbox_relying_party(options.enrol)
        facts["relying_party"] = {"id": host, "origins": [origin]}  # the organisation's own, before it
    kid, spki = key.kid(options.code), key.public()["spki"]
    tell(options, facts, f"{kid} in {path}\npublic key {spki}", f"{kid} 已写入 {path}\n公钥 {spki}")
    return EXIT_OK


def _enrol(options: argparse.Namespace, root: AttestationRoot) -> dict[str, object]:
    held = SoftwareAuthenticator(*sandbox_relying_party(options.enrol))
    signers.add_authenticator(options.folder, options.code, options.enrol, held)
    made = held.enrol(enrolment.challenge(options.origin, options.code), root)
    return {"person": options.code, "organisation": options.enrol, **made.members()}
