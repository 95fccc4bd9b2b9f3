"""The examples of `verifier/SPEC.md`: parts of the small log, as text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.statements import base64url, disclosures, presence
from contracts.statements.codepoints import FORBIDDEN
from contracts.types import TYPES
from tests.spec.small_log import DOCTOR, SmallLog, Step, build, decoded, handed_over, secret

SHOWN = 24  # characters of a long text that an example shows before it breaks off
REFUSED, CLOSED, ISSUED = 9, 10, 11


def short(text: str) -> str:
    """Return the beginning of a long text."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def compact(value: Any) -> str:
    """Return JSON without blanks and without escapes of its own."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    return short(value) if isinstance(value, str) else value


def _laid_out(value: Any) -> list[str]:
    return json.dumps(value, ensure_ascii=False, indent=1).splitlines()


def _block(*lines: str) -> Iterator[str]:
    yield "```"
    yield from lines
    yield "```"


def _issued() -> Step:
    return build().steps[ISSUED]


def submission() -> Iterator[str]:
    """The issued prescription, long texts cut."""
    step = _issued()
    envelope = json.loads(step.body)
    protected = decoded(envelope["signatures"][0]["protected"])
    cut = _shortened(envelope)
    given = cut["signatures"][0]["header"]["disclosures"]
    given[1:] = [f"…{len(given) - 1} more"]
    yield from _block(*_laid_out(cut))
    yield ""
    yield from _block(
        f"protected decoded   {compact(protected)}",
        f"statement id        {step.submission.statement_id}",
    )


def disclosure() -> Iterator[str]:
    """One disclosure, decoded and hashed."""
    text = next(item for item in _issued().submission.disclosures if decoded(item)[1] == "patient")
    yield from _block(
        f"disclosure   {text}",
        f"decoded      {base64url.decode(text).decode('ascii')}",
        f"digest       {disclosures.digest(text)}",
    )


def payload() -> Iterator[str]:
    """The payload of the issued prescription."""
    yield from _block(*_laid_out(_issued().submission.payload))


def presence_example() -> Iterator[str]:
    """The assertion of the issued prescription, decoded."""
    step = _issued()
    header = step.submission.elements[0].presence or {}
    challenge = presence.challenge(step.submission.statement_id)
    data = base64url.decode(header["authenticator_data"])
    yield from _block(
        f"challenge            {challenge.hex()}",
        f"client_data_json     {base64url.decode(header['client_data_json']).decode()}",
        f"authenticator_data   {data[:32].hex()} {data[32:33].hex()} {data[33:].hex()}",
        f"credential_id        {header['credential_id']}",
    )


def entry() -> Iterator[str]:
    """The entry of the issued prescription, its statement cut."""
    step = _issued()
    members = json.loads(step.entry)
    yield from _block(*_laid_out({**members, "statement": _shortened(members["statement"])}))
    yield ""
    yield from _block(
        f"bytes       {len(step.entry)}, without line breaks and indents",
        f"leaf hash   {step.leaf.hex()}",
    )


def refusal() -> Iterator[str]:
    """A refusal entry, whole."""
    step = build().steps[REFUSED]
    yield from _block(step.entry.decode("ascii"), "", f"leaf hash   {step.leaf.hex()}")


def checkpoint() -> Iterator[str]:
    """The cosigned checkpoint, and the keys that signed it."""
    log = build()
    yield from _block(*log.checkpoint().decode().splitlines())
    yield ""
    yield from _block(
        f"root           {log.tree.root().hex()}",
        f"log vkey       {log.signer.verifier_key.text}",
        f"witness vkey   {log.witness_key.text}",
    )


def handover() -> Iterator[str]:
    """The statement that hands the log over, and the checkpoint that both keys sign."""
    log = handed_over()
    step = log.steps[-1]
    members = {name: step.submission.payload[name] for name in ("log_vkey", "possession", "overlap_until")}
    yield from _block(*_laid_out(members))
    yield ""
    yield from _block(*log.checkpoint().decode().splitlines())


def receipt() -> Iterator[str]:
    """The receipt of the issued prescription."""
    yield from _block(*build().receipt(ISSUED).decode().splitlines())


def trust() -> Iterator[str]:
    """The trust file."""
    yield from _block(*json.dumps(build().trust(), indent=1).splitlines())


def code_points() -> Iterator[str]:
    """How many code points are allowed, and the digest of all of them."""
    allowed = [point for point in range(0x110000) if not FORBIDDEN.search(chr(point))]
    joined = b"".join(point.to_bytes(4, "big") for point in allowed)
    yield from _block(f"{len(allowed)} code points, SHA-256 {hashlib.sha256(joined).hexdigest()}")


def entries() -> Iterator[str]:
    """All entries by index: what they are, their statement ids and leaf hashes."""
    rows = [
        f"{step.index:>2}  {step.submission.statement_id}  {step.leaf.hex()}  {step.submission.type}"
        for step in build().steps
    ]
    yield from _block("    statement id".ljust(70) + "leaf hash".ljust(66) + "type", *rows)


def whole() -> Iterator[str]:
    """Everything about the issued prescription, uncut."""
    log = build()
    step = log.steps[ISSUED]
    element = step.submission.elements[0]
    yield from _block(*_secrets(), "", *_values(log, step), "", f"protected   {element.protected}")
    yield ""
    yield "The submission, in one line:"
    yield ""
    yield from _block(step.body.decode("ascii"))


def _secrets() -> Iterator[str]:
    for name, use in (
        (DOCTOR, "the doctor's private scalar"),
        (f"{DOCTOR}/authenticator", "the authenticator's private scalar"),
        (f"{DOCTOR}/credential", "its credential id"),
        ("log", "the log's Ed25519 seed"),
        ("log/next", "of its next key"),
        ("witness", "the witness's Ed25519 seed"),
    ):
        yield f"{name.ljust(28)}{secret(name).hex()}   {use}"


def _values(log: SmallLog, step: Step) -> Iterator[str]:
    for item in step.submission.opened:
        yield f"{item.group.ljust(12)}salt {item.salt}   digest {disclosures.digest(item.encoded)}"
    for place in range(TYPES[step.submission.type].digests - len(step.submission.opened)):
        yield f"{'decoy'.ljust(12)}{base64url.encode(secret(f'{ISSUED}/decoy/{place}'))}"
    challenge = presence.challenge(step.submission.statement_id)
    yield f"{'challenge'.ljust(12)}{base64url.encode(challenge)}"
    yield f"{'after'.ljust(12)}{log.steps[CLOSED].leaf.hex()}"


EXAMPLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "code points": code_points,
    "submission": submission,
    "disclosure": disclosure,
    "payload": payload,
    "presence": presence_example,
    "entry": entry,
    "refusal": refusal,
    "checkpoint": checkpoint,
    "handover": handover,
    "receipt": receipt,
    "trust": trust,
    "entries": entries,
    "whole submission": whole,
}
