"""`rx-verify receipt`: one entry's place in the log, offline, years later."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from verifier import keys
from verifier.cosigned import check_cosigned
from verifier.entry import Accepted, Entry, Heads, parse_entry
from verifier.errors import FORM, GENESIS, SIGNATURE, TREE, WITNESSES, Undecided, VerificationError
from verifier.merkle_check import HASH_SIZE, check_inclusion, leaf_hash
from verifier.proof import Proof, parse_proof
from verifier.recovery import candidates
from verifier.registry import Registry
from verifier.report import UNDECIDED, VERIFIED, Report
from verifier.source import Folder
from verifier.statement import Signature
from verifier.tiles import Tile, bundles, split_entries
from verifier.trust import Trust

_FILE_BYTES_MAX = 1 << 17
Keys = Mapping[str, tuple[str, bytes]]  # kid -> algorithm, SPKI


def check_receipt(data: bytes, trust: Trust, entry: bytes | None, known: Keys) -> Report:
    """Return the report on a receipt. Never raises: every exception is "not verified"."""
    report = Report("receipt", profile=trust.profile, origin=trust.origin)
    try:
        proof = parse_proof(data)
        leaf = _leaf(proof, entry)
        _included(proof, leaf, trust, report)
        report.exit_code = VERIFIED
        if entry is None:
            report.not_checked.append("the entry: not given, only its leaf hash is known")
        else:
            _entry(entry, trust, known, report)
    except Exception as error:  # whatever it is, the receipt is not verified
        report.fail(error)
    return report


def _leaf(proof: Proof, entry: bytes | None) -> bytes:
    if proof.extra is not None and len(proof.extra) != HASH_SIZE:
        raise VerificationError(TREE, "the receipt's extra line is not a leaf hash")
    if entry is None:
        if proof.extra is None:
            raise Undecided(TREE, "the receipt names no leaf: give the entry")
        return proof.extra
    leaf = leaf_hash(entry)
    if proof.extra is not None and proof.extra != leaf:
        raise VerificationError(TREE, "the entry is not the one that the receipt is for")
    return leaf


def _included(proof: Proof, leaf: bytes, trust: Trust, report: Report) -> None:
    cosigned = check_cosigned(proof.checkpoint, trust, unknown_allowed=True)
    checkpoint = cosigned.checkpoint
    report.size, report.root = checkpoint.size, checkpoint.root.hex()
    check_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    if proof.index == 0 and leaf != trust.genesis:
        raise VerificationError(GENESIS, "genesis is not the one that the trust file pins", 0)
    report.index, report.leaf = proof.index, leaf.hex()
    report.levels["included"] = f"this leaf stands at index {proof.index}"
    report.witnesses = list(cosigned.witnesses)
    if not cosigned.is_quorum:
        raise VerificationError(WITNESSES, "not yet witnessed: the policy's quorum is not met")
    names = ", ".join(cosigned.witnesses)
    report.levels["witnessed"] = f"by {names}" if names else "not asked for by the trust file"
    if cosigned.unknown:
        report.not_checked.append(f"{cosigned.unknown} signature lines of strangers to the trust file")


def _entry(data: bytes, trust: Trust, known: Keys, report: Report) -> None:
    entry = parse_entry(data)
    report.levels["parsed"] = "the entry has its exact form"
    report.not_checked.append("state of keys, roles, licences and presence at that time: check the whole log")
    if isinstance(entry, Heads) and entry.size != report.index:
        raise VerificationError(FORM, "heads are of another size")
    if not isinstance(entry, Accepted):
        report.levels["signed"] = "a refusal carries no signatures"
        return
    if entry.statement.payload["aud"] != trust.origin:
        raise VerificationError(FORM, "a statement addressed to another log")
    at_hand = {**known, **keys_in(entry)}
    open_ = sum(not _signature(item, at_hand) for item in entry.statement.signatures)
    report.levels["signed"] = f"{len(entry.statement.signatures) - open_} signatures"
    if open_:
        report.exit_code, report.step = UNDECIDED, SIGNATURE
        report.message = f"{open_} SM2 signatures not checked: give the signer's key with --keys"
        if not keys.can_check(keys.SM2):
            report.message = f"{open_} SM2 signatures not checked: no libcrypto with SM2 here"
        report.not_checked.append(report.message)


def _signature(item: Signature, at_hand: Keys) -> bool:
    """Return whether a signature could be checked; raise if it is wrong."""
    if not keys.can_check(item.algorithm):
        return False
    found = at_hand.get(item.kid)
    if found is None:
        if item.algorithm == keys.SM2:
            return False
        found = (item.algorithm, _recovered(item))
    if found[0] != item.algorithm:
        raise VerificationError(SIGNATURE, "signed with another algorithm than the key's")
    keys.check_signature(item.algorithm, found[1], item.signature, item.message)
    return True


def _recovered(item: Signature) -> bytes:
    for spki in candidates(item.signature, item.message):
        if keys.kid(item.subject, spki) == item.kid:
            return spki
    raise VerificationError(SIGNATURE, "signature is not by the key that it names")


def keys_in(entry: Entry) -> dict[str, tuple[str, bytes]]:
    """Return the keys that an entry registers, by kid. Their state is unknown; the kid binds them."""
    if not isinstance(entry, Accepted):
        return {}
    introduced = Registry().introduced(entry.statement, entry.time)
    return {kid: (key.algorithm, key.spki) for kid, key in introduced.items()}


def read_keys(place: Path) -> dict[str, tuple[str, bytes]]:
    """Return the keys in an entry file, in the entry files of a folder, or in an exported log's folder.

    Raises Undecided if `place` cannot be read, VerificationError if it holds something else.
    """
    found: dict[str, tuple[str, bytes]] = {}
    for data in _entries_at(place):
        if b'"statement"' in data:
            found.update(keys_in(parse_entry(data)))
    return found


def _entries_at(place: Path) -> list[bytes]:
    if not place.is_dir():
        return [read_file(place, "the file of keys")]
    files = sorted(place.glob("*.entry"))  # a referral package holds entries one by one
    if files:
        return [read_file(file, "the file of keys") for file in files]
    folder = Folder(place)
    lines = folder.checkpoint().split(b"\n")
    size = int(lines[1]) if len(lines) > 1 and lines[1].isdigit() and len(lines[1]) < 19 else 0
    return [entry for bundle in bundles(size) for entry in _bundle(folder, bundle)]


def _bundle(folder: Folder, bundle: Tile) -> list[bytes]:
    entries, exact = split_entries(folder.tile(bundle), bundle)
    if not exact:
        raise VerificationError(TREE, f"{bundle.path} is malformed")
    return entries


def read_file(path: Path, name: str) -> bytes:
    """Return the bytes of a small file of the reader's. Raises Undecided if that fails."""
    try:
        with path.open("rb") as file:
            data = file.read(_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise Undecided(FORM, f"{name} cannot be read: {error.strerror}") from None
    if len(data) > _FILE_BYTES_MAX:
        raise Undecided(FORM, f"{name} is too long")
    return data
