"""Those who sign, as files in one folder, each readable by its owner alone; the names say whose.

keys/D990000000001.json                 key pair of a person or an organisation
keys/D990000000001@H99000000001.json    sandbox: the person's authenticator at an organisation's site
keys/attestation-root.json              sandbox: vouches for these authenticators
"""

from __future__ import annotations

import re
from pathlib import Path

from api.client.authenticator import SoftwareAuthenticator
from api.client.http import AccessKey
from api.client.signing import Person, PrivateKey
from contracts.errors import Rejected
from contracts.types import ROLES

ATTESTATION_ROOT = "attestation-root.json"
_CODE = re.compile(r"[A-Za-z0-9._-]{1,32}\Z")


class SignerFault(ValueError):
    """A signer's file cannot be read or must not be written; the message names it and says why."""


def create(folder: Path, code: str, key: PrivateKey) -> Path:
    """Return the new file that holds the key of `code`, in `folder`, which is made where absent.

    Raises SignerFault when the code has not its form or has a key here: a key is never replaced.
    """
    # It names a file: "." and ".." are codes by their characters.
    if not _CODE.match(code) or code.startswith("."):
        raise SignerFault(f"not a code (letters, digits, . _ -, at most 32): {code[:40]}")
    path = folder / f"{code}.json"
    if path.exists():
        raise SignerFault(f"{path} exists already: a key is never replaced")
    folder.mkdir(parents=True, exist_ok=True)
    key.save(path)
    return path


def add_authenticator(folder: Path, code: str, organisation: str, held: SoftwareAuthenticator) -> Path:
    """Return the new file that holds a sandbox authenticator. Raises SignerFault when there is one."""
    path = folder / f"{code}@{organisation}.json"
    if path.exists():
        raise SignerFault(f"{path} exists already: an authenticator is never replaced")
    held.save(path)
    return path


def load(path: Path, role: str, organisation: str = "") -> Person:
    """Return the signer whose key is in `path`, with the authenticator for `organisation` if there is one.

    Raises SignerFault.
    """
    if role not in ROLES:
        raise SignerFault(f"role {role[:40]} is none of {', '.join(ROLES)}")
    code = path.stem
    beside = path.with_name(f"{code}@{organisation}.json")
    try:
        key = PrivateKey.load(path)
        # Loaded with its path: an authenticator whose counter stands still is taken for a copy.
        held = SoftwareAuthenticator.load(beside) if organisation and beside.is_file() else None
    except OSError as error:
        raise SignerFault(f"no usable signer in {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, Rejected) as error:
        raise SignerFault(f"no usable signer in {path}: {error}") from error
    if not _CODE.match(code):
        raise SignerFault(f"{path.name} does not name a code: a signer's file is <code>.json")
    return Person(code, role, key, held)


def access_key(path: Path) -> tuple[str, AccessKey]:
    """Return the organisation in `path` and the key with which it asks for tokens. Raises SignerFault."""
    person = load(path, "organisation")
    return person.code, AccessKey(person.kid, person.key.alg, person.key.sign)
