"""The HTTP side of a client: a token, submissions, look-ups. Every call may be repeated safely.

A committed statement answers again with its index and receipt, a refused one is judged anew, so a
lost answer is simply asked for again. Nothing here reads or builds a statement.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from contracts.time import from_text

_ASSERTION_S = 120
_TOKEN_MARGIN_S = 30
_ATTEMPTS = 5
_PAUSE_S = 0.2
_RETRY_AFTER_S_MAX = 10.0
_TIMEOUT_S = 30.0
_PASSING = (502, 503, 504)
_PLAIN = "WRONG_VERSION_NUMBER"  # OpenSSL of an answer that is no TLS


class Problem(Exception):
    """The ledger refused a call. `code` is the decisive one of `codes`; `body` is the whole answer."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = dict(body)
        self.code = str(body.get("code") or body.get("error") or f"HTTP_{status}")
        codes = body.get("codes")
        self.codes = tuple(str(code) for code in codes) if isinstance(codes, list) else (self.code,)
        self.class_ = str(body.get("class") or "VIOLATION")
        super().__init__(f"{status} {self.code}")


class Unreachable(Exception):
    """No answer came: whether the statement was committed is unknown, and sending it again is safe.

    `body` is what the ledger itself said of a passing fault; {} where nobody did.
    """

    def __init__(self, cause: str, body: Mapping[str, Any] | None = None) -> None:
        self.body = dict(body or {})
        super().__init__(cause)


class NotTls(Unreachable):
    """https:// was asked of a server that speaks plain HTTP."""


class _NoToken(httpx2.TransportError):
    """No token for the moment; `answer` may say why."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__("no token for the moment")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An organisation's key for tokens: its key id, algorithm, and the act of signing with it."""

    kid: str
    alg: str
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """A committed statement: 201 when this call committed it, 200 when an earlier one had."""

    status: int
    body: Mapping[str, Any]

    @property
    def replayed(self) -> bool:
        """Whether an earlier call had committed the statement."""
        return self.status == 200


class Client:
    """Calls one ledger as one organisation. Not for use by several threads at once."""

    def __init__(
        self,
        address: str,
        organisation: str,
        key: AccessKey,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = address.rstrip("/")
        self.organisation = organisation
        self._key = key
        self._clock = clock
        self._pause = pause
        self._token = ""
        self._token_ends = 0.0
        self._http = httpx2.Client(
            base_url=self.address,
            timeout=_TIMEOUT_S,
            transport=transport,
            trust_env=not _loopback(self.address),  # a proxy of the environment is not for this machine
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def submit(self, body: bytes) -> Answer:
        """Return the answer to a submission. Raises Problem when refused, Unreachable without answer."""
        answered = self._call("POST", "/v1/statements", body)
        return Answer(answered.status_code, _members(answered))

    def check(self, body: bytes) -> Mapping[str, Any]:
        """Return the verdict that an unsigned submission would get; nothing is written."""
        return _members(self._call("POST", "/v1/checks", body))

    def find_prescription(self, numbers: Mapping[str, str]) -> Mapping[str, Any]:
        """Return what the ledger says about a prescription's number. Raises Problem when unknown."""
        return _members(self._call("POST", "/v1/prescriptions:lookup", _body(numbers)))

    def find_chain(self, name: Mapping[str, str]) -> Mapping[str, Any]:
        """Return a consultation's or a pharmacist's last entries. Raises Problem when unknown."""
        return _members(self._call("POST", "/v1/chains:lookup", _body(name)))

    def receipt(self, statement_id: str) -> bytes:
        """Return the newest tlog-proof of a committed statement."""
        return bytes(self._call("GET", f"/v1/receipts/{statement_id}").content)

    def get(self, path: str) -> bytes:
        """Return the bytes under `path`, asked for with this organisation's token."""
        return bytes(self._call("GET", path).content)

    def origin(self) -> str:
        """Return the name of the log that answers, "" before its first checkpoint. Raises Unreachable."""
        answered = self._repeated(lambda: self._http.get("/log/checkpoint"))
        first = answered.content.partition(b"\n")[0]
        return first.decode("utf-8", "replace") if answered.status_code == 200 else ""

    def token(self) -> str:
        """Return a token of this organisation, good for some minutes yet. Raises Problem, Unreachable."""
        try:
            return self._bearer()
        except httpx2.TransportError as error:
            raise self._unreachable(_told(error)) from error

    def clock_s(self) -> int:
        """Return a sandbox ledger's time in seconds. Raises Problem NOT_FOUND where there is none."""
        return from_text(str(_members(self._call("GET", "/sandbox/clock"))["time"])) // 1000

    def set_clock(self, moment: str) -> None:
        """Move a sandbox ledger's clock to `moment` (…Z)."""
        self._call("PUT", "/sandbox/clock", _body({"time": moment}))

    def _call(self, method: str, path: str, body: bytes | None = None) -> httpx2.Response:
        answered = self._attempt(method, path, body)
        if answered.status_code == 401:  # the token ended early: a restarted server forgets tokens
            self._token = ""
            answered = self._attempt(method, path, body)
        if answered.status_code >= 400:
            raise Problem(answered.status_code, _members(answered))
        return answered

    def _attempt(self, method: str, path: str, body: bytes | None) -> httpx2.Response:
        return self._repeated(
            lambda: self._http.request(
                method,
                path,
                content=body,
                headers={"Authorization": f"Bearer {self._bearer()}", **_content_type(body)},
            )
        )

    def _repeated(self, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        """Return the first answer that is not a passing fault. Raises Unreachable after the last try."""
        for attempt in range(_ATTEMPTS):
            try:
                answered = send()
                if answered.status_code not in _PASSING:
                    return answered
                fault: httpx2.Response | httpx2.TransportError = answered
            except httpx2.TransportError as error:
                fault = _told(error)
            if attempt < _ATTEMPTS - 1:
                self._pause(max(_PAUSE_S * 2 ** (attempt + 1), min(_asked_s(fault), _RETRY_AFTER_S_MAX)))
        raise self._unreachable(fault)

    def _unreachable(self, fault: httpx2.Response | httpx2.TransportError) -> Unreachable:
        if isinstance(fault, httpx2.ConnectError):
            if answers_plainly(fault):
                return NotTls(f"{self.address} does not speak TLS: its address begins with http://")
            return Unreachable(f"nothing answers at {self.address}: is rx serve running there?")
        if isinstance(fault, httpx2.TransportError):
            return Unreachable(f"{self.address} gave no answer ({type(fault).__name__})")
        body = _members(fault)
        told = f"{fault.status_code} {body.get('code', '')}".rstrip()
        return Unreachable(f"{self.address} gave no answer ({told})", body)

    def _bearer(self) -> str:
        if not self._token or self._clock() > self._token_ends - _TOKEN_MARGIN_S:
            # Asked for inside a repeated call: its own repeats would multiply, so it has none.
            answered = self._http.post(
                "/token",
                data={
                    "grant_type": "client_credentials",
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "client_assertion": self._assertion(),
                },
            )
            if answered.status_code in _PASSING:
                raise _NoToken(answered)
            if answered.status_code >= 400:
                raise Problem(answered.status_code, _members(answered))
            members = _members(answered)
            self._token = str(members.get("access_token", ""))
            self._token_ends = self._clock() + int(members.get("expires_in", 0))
        return self._token

    def _assertion(self) -> str:
        now = int(self._clock())
        claims = {
            "iss": self.organisation,
            "sub": self.organisation,
            "aud": f"{self.address}/token",
            "iat": now,
            "exp": now + _ASSERTION_S,
            "jti": secrets.token_urlsafe(24),
        }
        header = {"alg": self._key.alg, "kid": self._key.kid, "typ": "JWT"}
        signed = f"{_encoded(_body(header))}.{_encoded(_body(claims))}"
        return f"{signed}.{_encoded(self._key.sign(signed.encode()))}"


def answers_plainly(fault: httpx2.TransportError) -> bool:
    """Return whether TLS was tried with a server that speaks plain HTTP."""
    return _PLAIN in str(fault)


def _told(error: httpx2.TransportError) -> httpx2.Response | httpx2.TransportError:
    return error.answer if isinstance(error, _NoToken) else error


def _asked_s(fault: httpx2.Response | httpx2.TransportError) -> float:
    """Return for how many seconds an answer asks to wait."""
    after = fault.headers.get("Retry-After", "") if isinstance(fault, httpx2.Response) else ""
    return float(after) if after.isascii() and after.isdigit() else 0.0


def _loopback(address: str) -> bool:
    return httpx2.URL(address).host in ("127.0.0.1", "localhost", "::1")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _body(members: Mapping[str, Any]) -> bytes:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


def _content_type(body: bytes | None) -> dict[str, str]:
    return {} if body is None else {"Content-Type": "application/json"}


def _members(answered: httpx2.Response) -> dict[str, Any]:
    try:
        value = json.loads(answered.content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
