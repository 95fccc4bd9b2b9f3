"""The ledger of another process as the hot calls of this one use it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from typing import Any

from api.admission import Admitted, admit
from api.edge import HEAD
from api.limits import Head, Receive, Scope, Send
from api.ports import AnswerPort, Fault, fault_of
from api.problems import Problem
from api.processes.channel import Channel, ChannelLost, DistantFault
from api.processes.pickled import Told
from api.replies import problem_reply
from api.settings import Settings
from api.tokens import Caller
from contracts.errors import InvariantError
from contracts.keys import READ_AT_ADMISSION

_RECORDS_MAX = 50_000  # about 25 MB
_ABSENT_MAX = 5_000  # apart from them: whoever names keys that do not exist cannot push records out
_KEY_CHARACTERS_MAX = 256  # only ids of authenticators can be longer: such a guess is remembered alone
_LOOKED_UP_MAX = 100  # a submission rests on some twenty records: more, and asking leads nowhere


class _Unread(Exception):
    """Admission needs a record that is not here yet."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Records:
    """Copies of what admission reads, and how many changes to it this process has been told of.

    A change is told before anything that follows from it: what is kept here is as new as `version`.
    """

    def __init__(self) -> None:
        self.version = -1
        self._found: dict[str, bytes] = {}
        self._absent: set[str] = set()

    def read(self, key: str) -> bytes | None:
        """Return a record, or None where there is none. Raises _Unread for one that is not here.

        Raises InvariantError for what nobody tells changes of: kept once, it would be believed for ever.
        """
        found = self._found.get(key)
        if found is None and key not in self._absent:
            if not key.startswith(READ_AT_ADMISSION):
                raise InvariantError("admission reads a record whose changes are not watched")
            raise _Unread(key)
        return found

    def changed(self, version: int, keys: Sequence[str]) -> None:
        """Forget the records under `keys`."""
        self.version = version
        for key in keys:
            self._found.pop(key, None)
            self._absent.discard(key)

    def keep(self, key: str, value: bytes | None) -> None:
        """Keep what the ledger tells of a record.

        Called when the telling arrives, as `changed` is: an answer that wakes somebody later could overtake
        a change that was told after it.
        """
        if value is None:
            if len(self._absent) >= _ABSENT_MAX or len(key) > _KEY_CHARACTERS_MAX:
                self._absent.clear()
            self._absent.add(key)
            return
        if len(self._found) >= _RECORDS_MAX:
            self._found.clear()
        self._found[key] = value


class _Reading:
    """Reads records for one admission, and notes which."""

    def __init__(self, records: Records) -> None:
        self.keys: set[str] = set()
        self._records = records

    def __call__(self, key: str) -> bytes | None:
        self.keys.add(key)
        return self._records.read(key)


class DistantIntake:
    """Admits in this process, with what it asks of the ledger's; see `api.intake.IntakePort`."""

    def __init__(self, channel: Channel, records: Records, tokens_max: int) -> None:
        self._channel = channel
        self._records = records
        self._tokens_max = tokens_max
        self._callers: dict[str, tuple[Caller, float]] = {}

    def changed(self, version: int, keys: Sequence[str]) -> None:
        """Forget the records under `keys`, and who is calling: one of them may have lost his key."""
        self._records.changed(version, keys)
        self._callers.clear()

    async def caller(self, head: Head) -> Caller:
        """Return whose token came with a request. Raises Problem AUTH_REQUIRED."""
        found = self._callers.get(head.token)
        if found is None or found[1] <= time.time():
            found = await self._find(head.token)
        head.organisation = found[0].organisation
        return found[0]

    async def _find(self, token: str) -> tuple[Caller, float]:
        version = self._records.version
        found: tuple[Caller, float] | None = await self._channel.ask("caller", token) if token else None
        if found is None:
            raise Problem("AUTH_REQUIRED")
        if version != self._records.version:  # what was told after the answer may have ended the token
            return found
        if len(self._callers) >= self._tokens_max:
            self._callers.clear()  # those in use are asked for once more
        self._callers[token] = found
        return found

    async def admit(self, body: bytes, organisation: str) -> Admitted:
        """Return the work in a submission. Raises Problem."""
        for _ in range(_LOOKED_UP_MAX):
            reading = _Reading(self._records)
            try:
                admitted = admit(body, organisation, reading)
                return replace(admitted, version=self._records.version, read=frozenset(reading.keys))
            except _Unread as unread:
                await self._channel.ask("record", unread.key)
        raise InvariantError("the ledger does not tell records that admission asks for")

    async def commit(self, admitted: Sequence[Admitted]) -> Sequence[AnswerPort | Fault]:
        """Return the durable answers, a fault for what failed alone.

        Raises RecordsChanged, DistantFault, ChannelLost.
        """
        version = min(one.version for one in admitted)
        read = frozenset[str]().union(*(one.read for one in admitted))
        unit = [(one.work, one.disclosures) for one in admitted]
        answers = await self._channel.ask("commit", version, read, unit)
        return [one if isinstance(one, Fault) else Told(*one) for one in answers]

    def ended(self, code: str, status: int) -> None:
        """Count a call, or a line of a batch, that ended without a verdict."""
        self._channel.tell("ended", code, status)


class Behind:
    """Every other call: the ledger's process answers it, and pulls its body as it needs it."""

    def __init__(self, channel: Channel, settings: Settings) -> None:
        self._channel = channel
        self._catalogue = settings.catalogue_address("")
        self._count = 0
        self._receives: dict[int, Receive] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        self._count += 1
        number = self._count
        self._receives[number] = receive
        try:
            messages = await self._channel.ask("call", number, _plain(scope))
        except (ChannelLost, DistantFault, asyncio.CancelledError) as error:
            fault = fault_of(error)
            problem = Problem(fault.code, retry_after_s=fault.retry_after_s)
            request_id = scope[HEAD].request_id
            await problem_reply(problem, self._catalogue, request_id).send(send, request_id)
            return
        finally:
            del self._receives[number]
        for message in messages:
            await send(message)

    async def receive(self, number: int) -> MutableMapping[str, Any]:
        """Return the next piece of a request's body, for the ledger's process."""
        return await self._receives[number]()


_SCOPE = (
    "type", "http_version", "method", "scheme", "path", "raw_path", "query_string", "root_path", "headers",
    "client", "server",
)  # fmt: skip


def _plain(scope: Scope) -> dict[str, Any]:
    return {name: scope[name] for name in _SCOPE if name in scope}
