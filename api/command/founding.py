"""Who founds a ledger: made on the spot in the sandbox, given from outside in production."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from api.client import signers
from api.client.attestation import AttestationRoot as SandboxRoot
from api.client.authenticator import SoftwareAuthenticator
from api.client.signing import Person, generate
from api.command.output import CommandError, read_file
from api.genesis import SANDBOX, AttestationRoot, Officer, Regulator
from contracts.statements import enrolment

SANDBOX_REGULATOR = "R99000000001"
SANDBOX_OFFICERS = ("G990000000001", "G990000000002")


@dataclass(frozen=True, slots=True)
class Founders:
    """The regulator, the officers, and what is kept of them in the sandbox."""

    regulator: Regulator
    officers: tuple[Officer, ...]
    attestation_roots: tuple[AttestationRoot, ...]
    certificate_roots: tuple[bytes, ...]
    kept: tuple[Person, ...] = ()
    sandbox_root: SandboxRoot | None = None
    authenticators: Mapping[str, SoftwareAuthenticator] = field(default_factory=dict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that name the founders."""
    parser.add_argument("--regulator", metavar="CODE", help=f"organisation (sandbox: {SANDBOX_REGULATOR})")
    parser.add_argument("--name", help="the regulator's name")
    parser.add_argument(
        "--officer", action="append", default=[], metavar="CODE", help="sandbox: makes the key"
    )
    parser.add_argument("--relying-party-id", metavar="HOST", help="where officers prove presence")
    parser.add_argument("--relying-party-origin", action="append", default=[], metavar="https://HOST")
    outside = parser.add_argument_group("production")
    outside.add_argument(
        "--regulator-key", type=Path, metavar="FILE", help="key file <code>.json (rx keygen)"
    )
    outside.add_argument(
        "--officer-key",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="key file; at least twice",
    )
    outside.add_argument(
        "--officer-authenticator",
        action="append",
        default=[],
        metavar="CODE=FILE",
        help='JSON {"attestation_object", "client_data_json"}',
    )
    outside.add_argument("--attestation-root", action="append", default=[], metavar="AAGUID=FILE")
    outside.add_argument("--certificate-root", action="append", default=[], type=Path, metavar="FILE")


def founders(options: argparse.Namespace) -> Founders:
    """Return who founds the ledger. Raises CommandError for what is missing or does not fit the profile."""
    return _made(options) if options.profile == SANDBOX else _given(options)


def keep(made: Founders, folder: Path) -> None:
    """Write the sandbox's keys into `folder`, as `api.client.signers` lays them out; else nothing."""
    if made.sandbox_root is None:
        return
    for person in made.kept:
        signers.create(folder, person.code, person.key)
        if person.code in made.authenticators:
            held = made.authenticators[person.code]
            signers.add_authenticator(folder, person.code, made.regulator.code, held)
    made.sandbox_root.save(folder / signers.ATTESTATION_ROOT)


def sandbox_relying_party(code: str) -> tuple[str, str]:
    """Return host and origin of an organisation's site in the sandbox: names that nobody can own."""
    host = f"{code.lower()}.rx.test"
    return host, f"https://{host}"


# -- sandbox -------------------------------------------------------------------------------------


def _made(options: argparse.Namespace) -> Founders:
    if options.officer_key or options.regulator_key or options.officer_authenticator:
        raise CommandError("the sandbox makes its own keys", "name people with --officer CODE only")
    code = options.regulator or SANDBOX_REGULATOR
    key = generate("ES256")
    host, origin = sandbox_relying_party(code)
    host = options.relying_party_id or host
    origins = tuple(options.relying_party_origin) or (origin,)
    regulator = Regulator(code, options.name or f"Sandbox regulator {code}", key.alg, key.spki, host, origins)
    people = [Person(each, "officer", generate("ES256")) for each in options.officer or SANDBOX_OFFICERS]
    root = SandboxRoot.generate()
    held = {person.code: SoftwareAuthenticator(host, origins[0]) for person in people}
    officers = tuple(
        Officer(person, (_enrolled(options.origin, person.code, held[person.code], root),))
        for person in people
    )
    return Founders(
        regulator,
        officers,
        (AttestationRoot(root.aaguid, root.certificate, sandbox=True), *_roots(options)),
        _certificates(options),
        (Person(code, "organisation", key), *people),
        root,
        held,
    )


def _enrolled(
    audience: str, code: str, authenticator: SoftwareAuthenticator, root: SandboxRoot
) -> dict[str, str]:
    found = authenticator.enrol(enrolment.challenge(audience, code), root)
    return {"attestation_object": found.attestation_object, "client_data_json": found.client_data_json}


# -- production ----------------------------------------------------------------------------------


def _given(options: argparse.Namespace) -> Founders:
    missing = [
        name for name in ("regulator", "name", "regulator_key", "relying_party_id") if not _of(options, name)
    ]
    missing += [] if options.relying_party_origin else ["relying_party_origin"]
    if missing:
        shown = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise CommandError(f"a production ledger needs {shown}", "see the second example of rx init --help")
    if options.officer:
        raise CommandError("a production ledger makes no officers' keys", "give key files with --officer-key")
    try:
        regulator = signers.load(options.regulator_key, "organisation")
        people = [signers.load(path, "officer") for path in options.officer_key]
    except signers.SignerFault as error:
        raise CommandError(str(error), "make one with: rx keygen") from None
    if regulator.code != options.regulator:
        raise CommandError("--regulator-key holds another signer", f"give the key of {options.regulator}")
    enrolments = _enrolments(options)
    return Founders(
        Regulator(
            options.regulator,
            options.name,
            regulator.key.alg,
            regulator.key.spki,
            options.relying_party_id,
            tuple(options.relying_party_origin),
        ),
        tuple(Officer(person, enrolments.get(person.code, ())) for person in people),
        _roots(options),
        _certificates(options),
    )


def _of(options: argparse.Namespace, name: str) -> object:
    return getattr(options, name)


def _enrolments(options: argparse.Namespace) -> dict[str, tuple[Mapping[str, str], ...]]:
    found: dict[str, tuple[Mapping[str, str], ...]] = {}
    for text in options.officer_authenticator:
        code, path = _pair(text, "--officer-authenticator")
        try:
            members = json.loads(read_file(path, "the enrolment"))
        except ValueError:
            members = None
        if not isinstance(members, dict) or members.keys() != {"attestation_object", "client_data_json"}:
            raise CommandError(
                f"{path} is no enrolment", 'it is JSON: {"attestation_object": "…", "client_data_json": "…"}'
            )
        found[code] = (*found.get(code, ()), members)
    return found


def _roots(options: argparse.Namespace) -> tuple[AttestationRoot, ...]:
    pairs = [_pair(text, "--attestation-root") for text in options.attestation_root]
    return tuple(AttestationRoot(aaguid.lower(), _certificate(path)) for aaguid, path in pairs)


def _certificates(options: argparse.Namespace) -> tuple[bytes, ...]:
    return tuple(_certificate(path) for path in options.certificate_root)


def _certificate(path: Path) -> bytes:
    data = read_file(path, "the certificate")
    try:
        pem = data.lstrip().startswith(b"-----BEGIN")
        found = x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)
    except ValueError:
        raise CommandError(f"{path} is no X.509 certificate", "give it in PEM or DER") from None
    return found.public_bytes(Encoding.DER)


def _pair(text: str, argument: str) -> tuple[str, Path]:
    left, equals, right = text.partition("=")
    if not equals or not left or not right:
        raise CommandError(f"{argument} is given as {'CODE' if 'officer' in argument else 'AAGUID'}=FILE")
    return left, Path(right)
