"""A command as a member of the ledger: with an organisation's key, over HTTP."""

from __future__ import annotations

from pathlib import Path

from api.client.http import Client, Problem
from api.client.signers import SignerFault, access_key
from api.command.output import EXIT_REFUSED, CommandError


def member(url: str, key_file: Path) -> Client:
    """Return a client for the organisation in `key_file`. Raises CommandError."""
    if not url.startswith(("http://", "https://")):
        raise CommandError(f"{url} is no address", "give it as http://host:port or https://host")
    try:
        organisation, key = access_key(key_file)
    except SignerFault as error:
        raise CommandError(str(error), "name the key file <organisation code>.json") from None
    return Client(url, organisation, key)


def refusal(problem: Problem) -> CommandError:
    """Return a refusal as the command's error: what was refused, and the server's own advice."""
    detail = str(problem.body.get("detail") or problem.body.get("error_description") or "")
    codes = ", ".join(problem.codes)
    return CommandError(f"refused: {codes} {detail}".rstrip(), str(problem.body.get("fix", "")), EXIT_REFUSED)
