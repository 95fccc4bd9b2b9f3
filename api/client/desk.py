"""One institution's desk: national messages in, signed submissions out, each sent until answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from api.client.http import Answer, Client, Problem
from api.client.outbox import Outbox
from api.client.signing import Person, build
from api.national import Context, Draft, Lookups, MessageError, Profile, convert, message_digest
from contracts.codes import fields, json_form
from contracts.statements import base64url, submission

# Faults of form are told before a statement has an id: bytes that have one can never have been committed.
_FORM = frozenset(row.code for row in (*json_form.ROWS, *fields.ROWS)) | {"BODY_TOO_LARGE"}
_OTHER_LEDGER = ("name a new outbox: one is of one ledger", "请另用新的发件箱：一个发件箱只用于一个账本")


def _anybody(draft: Draft, signers: Sequence[Person]) -> None:
    """Leave whom the signers must be to the ledger."""


@dataclass(frozen=True, slots=True)
class Desk:
    """`now` gives the time in seconds for messages that carry none; `audience` is the log's origin."""

    organisation: str
    audience: str
    client: Client
    outbox: Outbox
    lookups: Lookups
    now: Callable[[], int]
    profile: Profile = field(default_factory=Profile)
    # Raises MessageError for signers whom the ledger would refuse: nothing is signed then.
    fits: Callable[[Draft, Sequence[Person]], None] = _anybody

    def send(self, kind: str, message: bytes, signers: Sequence[Person]) -> Answer:
        """Return the ledger's answer to a message that `signers` sign.

        Raises MessageError for an unusable message, Problem for a refusal, Unreachable without answer.
        """
        body = self.submission(kind, message, signers)
        digest = message_digest(message)
        try:
            answer = self.client.submit(body)
        except Problem as problem:
            if _is_verdict(problem, body):
                self._take_refusal(digest, problem)
            raise
        self.outbox.mark(self.organisation, digest, refused=False)
        return answer

    def _take_refusal(self, digest: str, problem: Problem) -> None:
        if "TIME_SKEW" in problem.codes:  # the same bytes would be refused for ever
            self.outbox.forget(self.organisation, digest)
        else:
            self.outbox.mark(self.organisation, digest, refused=True)

    def claimed_time_s(self, kind: str, message: bytes, signers: Sequence[Person]) -> int | None:
        """Return the time that a message itself holds, in seconds, None where it holds none."""
        return self._draft(kind, message, signers).claimed_time_s

    def submission(self, kind: str, message: bytes, signers: Sequence[Person]) -> bytes:
        """Return the submission for a message: the one already signed for it, where that still holds."""
        digest = message_digest(message)
        kept = self.outbox.find(self.organisation, digest)
        if kept is not None and not kept.refused:
            self._require_own(kept.body)
            return kept.body
        draft = self._draft(kind, message, signers)
        return self.outbox.submission(
            self.organisation,
            digest,
            lambda: _fingerprint(draft, signers, self.audience),
            lambda: self._built(draft, signers),
        )

    def _draft(self, kind: str, message: bytes, signers: Sequence[Person]) -> Draft:
        codes = tuple(person.code for person in signers)
        draft = convert(kind, message, Context(self.lookups, codes, self.profile, self.organisation))
        self.fits(draft, signers)
        return draft

    def _require_own(self, body: bytes) -> None:
        """What was signed for another ledger may stand there: it is neither sent here nor replaced."""
        if submission.parse(body, unsigned_allowed=True).payload.get("aud") != self.audience:
            raise MessageError("SIG_AUDIENCE", "", *_OTHER_LEDGER)

    def _built(self, draft: Draft, signers: Sequence[Person]) -> bytes:
        claimed = self.now() if draft.claimed_time_s is None else draft.claimed_time_s
        return build(
            draft.type,
            draft.members,
            draft.disclosures,
            iss=self.organisation,
            aud=self.audience,
            iat=claimed,
            signers=list(signers),
            corrects=draft.corrects,
            unsigned=not signers,
        )


def _is_verdict(problem: Problem, body: bytes) -> bool:
    """Whether the ledger itself says that this very statement is not committed.

    It names the statement, or a fault in the form of its bytes. Any other answer (of a proxy, about the
    token, about too many requests) says nothing about a statement whose first answer may have been lost.
    """
    told = problem.body
    if "id" in told:
        return bool(told["id"] == _statement_id(body))
    return "request_id" in told and problem.code in _FORM


def _statement_id(body: bytes) -> str:
    payload = base64url.decode(str(json.loads(body)["payload"]))
    return hashlib.sha256(payload).hexdigest()


def _fingerprint(draft: Draft, signers: Sequence[Person], audience: str) -> str:
    """Return what a submission is signed from, beside the message itself, as one digest."""
    # A presence from before the authenticator's next use would be taken for that of a copy: HUM_COUNTER.
    counters = [person.authenticator.sign_count if person.authenticator else 0 for person in signers]
    told = [
        audience,
        draft.type,
        draft.members,
        draft.disclosures,
        draft.corrects,
        draft.claimed_time_s,
        [person.kid for person in signers],
        counters,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
