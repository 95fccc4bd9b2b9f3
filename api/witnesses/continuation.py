"""Before a server takes connections: does the log hold all that its witnesses have cosigned?

A folder restored from a backup agrees with itself, its own published checkpoint included. That entries are
missing is known outside alone. Going on would put other entries in their places: acknowledged statements
would be gone, and the log forked.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

from api.witnesses.client import Reply, post
from api.witnesses.cosigning import (
    ATTEMPTS_MAX,
    SIZE_TYPE,
    TIMEOUT_S,
    CosignedLog,
    CosigningError,
    Post,
    Published,
    parse_published,
    request_from,
    size_in,
)
from api.witnesses.policy import Witness, WitnessPolicy


class NotContinued(Exception):
    """A witness has cosigned what this log does not hold; the message says who and what."""


def require_continued(policy: WitnessPolicy, log: CosignedLog, send: Post = post) -> None:
    """Return once no witness has told that it cosigned anything but a beginning of what this log published.

    Asks all at once; one that is behind gets the proof from the size it names, and thereby cosigns. Who does
    not answer, or answers something else, is passed over: no witness may keep a ledger from starting by
    silence. Raises NotContinued, and CosigningError for a checkpoint that is not of the policy's log.
    C2SP tlog-witness (add-checkpoint).
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
    """What the witness has cosigned that this log does not hold; "" where there is nothing."""
    old = published.size  # who is at our own size and refuses knows another tree
    for _ in range(ATTEMPTS_MAX):
        reply = send(f"{witness.url}/add-checkpoint", request_from(log, old, published), TIMEOUT_S)
        if reply.status == 422:
            return f"{old} other entries"
        cosigned = _cosigned_size(reply)
        if cosigned > published.size:
            return f"{cosigned} entries"
        if cosigned == published.size:
            return f"{cosigned} other entries"
        if cosigned in (0, old):  # it knows nothing of this log, does not tell, or contradicts itself
            return ""
        old = cosigned
    return ""


def _cosigned_size(reply: Reply) -> int:
    """Return the size that the witness names as its own, 0 where it names none."""
    if reply.status == 409 and reply.content_type == SIZE_TYPE:
        with contextlib.suppress(CosigningError):  # no size: it says nothing
            return size_in(reply.body)
    return 0
