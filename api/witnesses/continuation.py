"""Before a server takes connections: does the log hold all that its witnesses have cosigned?

A folder restored from a backup agrees with itself, its own published checkpoint included. That entries are
missing is known outside alone. Going on would put other entries in their places: acknowledged statements
would be gone, and the log forked.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import structlog

from api.witnesses.client import post
from api.witnesses.cosigning import (
    ATTEMPTS_MAX,
    TIMEOUT_S,
    CosignedLog,
    Post,
    Published,
    parse_published,
    refuses_tree,
    request_from,
    size_named,
)
from api.witnesses.policy import Witness, WitnessPolicy

_log = structlog.get_logger("rx")


class NotContinued(Exception):
    """A witness has cosigned what this log does not hold; the message says who and what."""


def require_continued(policy: WitnessPolicy, log: CosignedLog, send: Post = post) -> None:
    """Return once no witness has told that it cosigned anything but a beginning of what this log published.

    Asks all at once, waits for the time-out at most, however often it asks. One that is behind gets the proof
    from the size it names, and thereby cosigns. Who does not answer, or answers something else, is passed
    over: no witness may keep a ledger from starting by silence. Who refuses and names no size even then is
    told of in the log. Raises NotContinued, and CosigningError for a checkpoint that is not of the policy's
    log. C2SP tlog-witness (add-checkpoint).
    """
    asked = [one for one in policy.witnesses if one.url]
    if not asked:
        return
    published = parse_published(log.published_checkpoint(), policy.log)
    with ThreadPoolExecutor(max_workers=len(asked)) as pool:
        known = list(pool.map(lambda one: _known_instead(one, log, published, send), asked))
    for witness, instead in zip(asked, known, strict=True):
        if instead:
            raise NotContinued(
                f"witness {witness.name} has cosigned {instead}, this log has published {published.size}"
            )


def _known_instead(witness: Witness, log: CosignedLog, published: Published, send: Post) -> str:
    """What the witness has cosigned that this log does not hold; "" where it tells of nothing."""
    old, is_its_own = published.size, False
    deadline = time.monotonic() + TIMEOUT_S
    for _ in range(ATTEMPTS_MAX):
        remaining_s = max(0.0, deadline - time.monotonic())
        reply = send(f"{witness.url}/add-checkpoint", request_from(log, old, published), remaining_s)
        if reply.status not in (409, 422):
            return ""
        named = size_named(reply)
        is_open = reply.status == 409 and named is None and not is_its_own  # another tree, or another size
        if old and refuses_tree(reply, old, published.size) and not is_open:
            return f"{old} other entries"
        if named is not None and named > published.size:
            return f"{named} entries"
        if named == 0:
            return ""  # it knows nothing of this log
        old, is_its_own = named or 0, named is not None  # asked from 0, it has to name its own
    _log.warning("a witness refuses, and does not tell what it has cosigned", witness=witness.name)
    return ""
