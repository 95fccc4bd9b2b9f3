"""`rx receipt`: the newest receipt of a statement, when its witnesses have cosigned too.

The receipt that a submission gets at once carries the log's signature alone; this one is for keeping.
Nothing is verified here: that is `rx-verify receipt`, with the reader's own trust file.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from api.client.http import answers_plainly
from api.command.output import EXIT_OK, EXIT_REFUSED, CommandError, in_language, read_file, tell, write_new
from api.command.service import policy_in
from api.command.submit import require_no_draft
from api.witnesses.policy import WitnessPolicy
from contracts.errors import Rejected
from contracts.statements import submission
from ledger.note import Note, NoteInvalid, parse_note

EXAMPLE = (
    "examples:\n"
    "  rx receipt --url http://127.0.0.1:8080 --out sale.tlog-proof STATEMENT_ID\n"
    "  rx receipt --url http://127.0.0.1:8080 --trust trust.json --wait 30 --out a.tlog-proof a.submission\n"
    "exit code 1, and no file, when --wait ended before the witnesses had cosigned"
)
_ID = re.compile(r"[0-9a-f]{64}\Z")
_PAUSE_S, _TIMEOUT_S = 0.5, 20.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rx receipt`."""
    parser.add_argument("--url", required=True, help="address of the ledger")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="new file for the tlog-proof")
    parser.add_argument(
        "--trust", type=Path, metavar="FILE", help="trust.json: says which witnesses must have cosigned"
    )
    parser.add_argument(
        "--wait", type=float, default=0.0, metavar="SECONDS", help="for their cosignatures, at most so long"
    )
    parser.add_argument("statement", metavar="STATEMENT", help="its id, or the file that was submitted")


def run(options: argparse.Namespace) -> int:
    """Write the receipt, say who cosigned it, and return 0."""
    if not options.url.startswith(("http://", "https://")):
        raise CommandError(f"{options.url} is no address", "give it as http://host:port or https://host")
    policy = None if options.trust is None else policy_in(read_file(options.trust, "the trust file"))
    proof, signed, met = _newest(options, _identifier(options.statement), policy)
    if options.wait and not met:
        raise CommandError("not cosigned yet; nothing was written", "ask again later", EXIT_REFUSED)
    write_new(options.out, proof)
    by = ", ".join(signed) or _nobody(policy)
    told = {"file": str(options.out), "cosigned_by": signed, "policy_met": met}
    zh = f"回执已写入 {options.out}，联署：{by}"
    tell(options, told, f"receipt in {options.out}, cosigned by {by}", zh)
    return EXIT_OK


def _nobody(policy: WitnessPolicy | None) -> str:
    if policy is not None and not policy.witnesses:
        return in_language(
            "nobody but the log: its trust file names no witness", "账本本身（信任文件未指定见证人）"
        )
    return in_language("nobody but the log yet", "账本本身（尚无其他机构）")


def _identifier(statement: str) -> str:
    """Return the id that is given, or that of the submission in the file that is. Raises CommandError."""
    if _ID.match(statement):
        return statement
    body = read_file(Path(statement), "the statement's id or submission")
    require_no_draft(body, Path(statement))
    try:
        return submission.parse(body).statement_id
    except Rejected as error:
        raise CommandError(f"{statement} is no submission: {error}", "name what rx sign wrote") from None


def _newest(
    options: argparse.Namespace, identifier: str, policy: WitnessPolicy | None
) -> tuple[bytes, list[str], bool]:
    """Ask until the witnesses have cosigned or the wait is over."""
    deadline = time.monotonic() + options.wait
    with httpx2.Client(base_url=options.url, timeout=_TIMEOUT_S) as http:
        while True:
            proof = _asked(lambda: http.get(f"/v1/receipts/{identifier}"), options.url)
            signed = cosigners(proof, policy)
            met = bool(signed) if policy is None else policy.is_met(signed)
            if met or time.monotonic() >= deadline:
                return proof, signed, met
            time.sleep(_PAUSE_S)


def _asked(ask: Callable[[], httpx2.Response], url: str) -> bytes:
    try:
        answer = ask()
    except httpx2.TransportError as error:
        if answers_plainly(error):
            raise CommandError("no TLS is spoken there", "give the address with http://") from None
        cause = f"{url} gave no answer ({type(error).__name__})"
        raise CommandError(cause, "is rx serve running there?") from None
    if answer.status_code == 404:
        raise CommandError("no such statement on this ledger", "a refused one has no receipt", EXIT_REFUSED)
    if answer.status_code != 200:
        raise CommandError(f"the ledger answered {answer.status_code}", "try again in a moment")
    return bytes(answer.content)


def cosigners(proof: bytes, policy: WitnessPolicy | None) -> list[str]:
    """Return who signed the checkpoint beside the log: the policy's names for them, where one is given."""
    _, _, checkpoint = proof.partition(b"\n\n")
    try:
        note = parse_note(checkpoint)
    except NoteInvalid as error:
        raise CommandError(f"the answer is no receipt: {error}", "is this the ledger's address?") from None
    origin, _, _ = note.text.decode().partition("\n")
    if policy is None:  # the log's own lines: during a handover of its key there are two
        return [line.name for line in note.signatures if line.name != origin]
    if origin != policy.log.name:
        raise CommandError(f"this is not the log of the trust file, but {origin}", "name its trust.json")
    return [one.name for one in policy.witnesses if _has(note, one.key.name, one.key.key_id)]


def _has(note: Note, name: str, key_id: bytes) -> bool:
    return any(line.name == name and line.key_id == key_id for line in note.signatures)
