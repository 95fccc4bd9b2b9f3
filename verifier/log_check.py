"""`rx-verify log`: a whole log, from the checkpoint down to every signature.

Steps, numbered as in `verifier/errors.py`: 1 trust file · 2 checkpoint · 3 witnesses · 4 files and
tree · 5 form of entries · 6 genesis · 7 signatures · 8 authority and links · 9 refusals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from verifier.cosigned import Cosigned, check_cosigned
from verifier.entries import Entries
from verifier.errors import GENESIS, TREE, WITNESSES, Undecided, VerificationError
from verifier.note import Checkpoint, parse, parse_checkpoint
from verifier.proof import HEADER, parse_proof
from verifier.report import UNDECIDED, VERIFIED, Report
from verifier.signatures import Signatures
from verifier.source import Source
from verifier.tiles import bundles, check_bundle, check_tiles, prefix_root
from verifier.trust import Trust

WORKERS_WORTHWHILE_FROM = 4_000
NOT_REPLAYED = "verdicts (the rules are not run again), disclosures (they are not in the log)"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to check: processes for signatures, checkpoints kept from earlier, who watches."""

    workers: int = 1
    known: tuple[Path, ...] = ()
    progress: Progress = lambda done, total: None


def check_log(source: Source, trust: Trust, options: Options) -> Report:
    """Return the report on the log at `source`. Never raises: every exception is "not verified"."""
    report = Report("log", profile=trust.profile, origin=trust.origin)
    try:
        cosigned = _checkpoint(source, trust, report)
        entries, signatures = _tree_and_entries(source, trust, cosigned.checkpoint, options, report)
        entries.registry.log_keys.check(cosigned, entries.chains.time)
        _conclude(report, entries, signatures)
    except Exception as error:  # whatever it is, the log is not verified
        report.fail(error)
    return report


def _checkpoint(source: Source, trust: Trust, report: Report) -> Cosigned:
    cosigned = check_cosigned(source.checkpoint(), trust, unknown_allowed=False)
    report.size, report.root = cosigned.checkpoint.size, cosigned.checkpoint.root.hex()
    report.witnesses = list(cosigned.witnesses)
    if not cosigned.is_quorum:
        raise VerificationError(WITNESSES, "not yet witnessed: the policy's quorum is not met")
    names = ", ".join(cosigned.witnesses)
    report.levels["witnessed"] = f"by {names}" if names else "not asked for by the trust file"
    return cosigned


def _tree_and_entries(
    source: Source, trust: Trust, checkpoint: Checkpoint, options: Options, report: Report
) -> tuple[Entries, Signatures]:
    size = checkpoint.size
    if size == 0:
        raise VerificationError(GENESIS, "the log is empty: it has no genesis")
    source.check_files(size)
    tile_roots = check_tiles(source.tile, size, checkpoint.root)
    report.levels["consistent"] = _consistent(source, tile_roots, checkpoint, trust, options)
    entries = Entries(trust)
    workers = options.workers if size >= WORKERS_WORTHWHILE_FROM else 1
    with Signatures(workers) as signatures:
        try:
            _stream(source, size, tile_roots, entries, signatures, options.progress)
        except VerificationError as fault:
            raise _first_of(fault, signatures) from None
        signatures.finish()
    return entries, signatures


def _stream(
    source: Source,
    size: int,
    tile_roots: list[bytes],
    entries: Entries,
    signatures: Signatures,
    progress: Progress,
) -> None:
    for bundle in bundles(size):
        data = source.tile(bundle)
        pairs, fault = check_bundle(data, bundle, tile_roots[bundle.number], source.tile)
        for entry, leaf in pairs:
            signatures.add(entries.count, entries.take(entry, leaf))
        if fault is not None:
            raise fault
        progress(entries.count, size)


def _first_of(fault: VerificationError, signatures: Signatures) -> VerificationError:
    """A signature of an earlier entry may still be unchecked when a later entry fails."""
    try:
        signatures.finish()
    except VerificationError as earlier:
        return min(fault, earlier, key=lambda error: error.order)
    except Undecided:
        return fault  # that the log is bad is certain; only an earlier fault could not be looked for
    return fault


def _consistent(
    source: Source, tile_roots: list[bytes], checkpoint: Checkpoint, trust: Trust, options: Options
) -> str:
    for path in options.known:
        data, known = _kept(path)
        size = min(known.size, checkpoint.size)
        root = prefix_root(source.tile, tile_roots, checkpoint.size, size)
        if known == Checkpoint(checkpoint.origin, size, root):
            continue  # whoever signed it: a key that was given up since may be listed no more
        _check_kept(data, trust)
        if known.size > size:
            raise VerificationError(TREE, f"the log is shorter than a checkpoint kept from it ({known.size})")
        raise VerificationError(TREE, f"the log was rewritten: another root at size {known.size}")
    count = len(options.known)
    return f"with {count} checkpoint(s) kept by the reader" if count else "no earlier checkpoint was given"


def _kept(path: Path) -> tuple[bytes, Checkpoint]:
    """Return the checkpoint in a file that the reader kept: a checkpoint or a receipt."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Undecided(TREE, f"a kept checkpoint cannot be read: {error.strerror}") from None
    try:
        if data.startswith(HEADER.encode()):
            data = parse_proof(data).checkpoint
        return data, parse_checkpoint(parse(data).text)
    except VerificationError as error:  # the log's own checkpoint was read already, and is not meant
        raise VerificationError(error.step, f"of a kept checkpoint: {error.message}") from None


def _check_kept(data: bytes, trust: Trust) -> None:
    """Return when a key of the trust file signed a kept checkpoint: nothing else accuses the log.

    Raises VerificationError.
    """
    try:
        check_cosigned(data, trust, unknown_allowed=True)
    except VerificationError as error:
        raise VerificationError(error.step, f"of a kept checkpoint: {error.message}") from None


def _conclude(report: Report, entries: Entries, signatures: Signatures) -> None:
    if entries.count != report.size:
        raise VerificationError(TREE, "the log does not hold as many entries as its checkpoint says")
    every = f"all {entries.count} entries"
    levels = {"parsed": every, "signed": f"{signatures.checked} signatures"}
    levels |= {"authorised": f"{entries.accepted} statements", "included": every}
    report.levels = {**levels, **{name: report.levels[name] for name in ("consistent", "witnessed")}}
    report.levels["replayed"] = "not checked"
    report.counts = {
        "accepted": entries.accepted,
        "held": entries.held,
        "refused": entries.refused,
        "signatures": signatures.checked,
    }
    report.refusals = dict(sorted(entries.refusals.items()))
    report.flags = dict(sorted(entries.flags.items()))
    report.not_interpreted = dict(sorted(entries.not_interpreted.items()))
    report.suspects = sorted(entries.registry.suspects)
    report.not_checked.append(NOT_REPLAYED)
    report.exit_code = VERIFIED
    if signatures.unchecked:
        report.levels["signed"] = f"{signatures.checked} signatures, {signatures.unchecked} not checked"
        report.not_checked.append(f"{signatures.unchecked} SM2 signatures: no libcrypto with SM2 here")
        report.exit_code = UNDECIDED
