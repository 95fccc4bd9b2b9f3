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
    SIZE_TYPE,
    TIMEOUT_S,
    CosigningError,
    Post,
    parse_published,
    request_body,
    size_in,
)
from api.witnesses.policy import WitnessPolicy


class NotContinued(Exception):
    """A witness has cosigned what this log does not hold; the message says who and what."""


def require_continued(policy: WitnessPolicy, checkpoint: bytes, send: Post = post) -> None:
    """Return once no witness has told that it cosigned anything but a beginning of this published checkpoint.

    Asks all at once, waits for the time-out at most. Who does not answer, or answers something else, is
    passed over: no witness may keep a ledger from starting by silence. Raises NotContinued, and
    CosigningError for a checkpoint that is not of the policy's log. C2SP tlog-witness (add-checkpoint).
    """
    asked = [one for one in policy.witnesses if one.url]
    if not asked:
        return
    published = parse_published(checkpoint, policy.log)
    body = request_body(published.size, [], published.note)
    with ThreadPoolExecutor(max_workers=len(asked)) as pool:
        replies = list(pool.map(lambda one: send(f"{one.url}/add-checkpoint", body, TIMEOUT_S), asked))
    for witness, reply in zip(asked, replies, strict=True):
        known = _known_instead(reply, published.size)
        if known:
            raise NotContinued(
                f"witness {witness.name} has cosigned {known}, this log has published {published.size}"
            )


def _known_instead(reply: Reply, size: int) -> str:
    """What the witness has cosigned that this log of `size` does not hold; "" where there is nothing."""
    cosigned = 0
    if reply.status == 409 and reply.content_type == SIZE_TYPE:
        with contextlib.suppress(CosigningError):  # no size: it says nothing
            cosigned = size_in(reply.body)
    if cosigned > size:
        return f"{cosigned} entries"
    # We named our own size as the old one: who is at that size and refuses knows another tree.
    return f"{size} other entries" if reply.status == 422 or cosigned == size else ""
