"""Access tokens of organisations: RFC 7523 client assertions in, opaque tokens out (interface §3).

Tokens live in memory for five minutes, or as long as their key; a restarted server knows none, and clients
ask again. Assertions are judged by the wall clock, keys by ledger time.
"""

from __future__ import annotations

import json
import math
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from api.limits import Head
from api.ports import LedgerPort
from api.problems import Problem
from api.settings import Settings
from contracts import keys as state_keys
from contracts.errors import Rejected
from contracts.statements import base64url, keys, strict_json

GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SKEW_S = 30  # how far a client's clock may run ahead in `iat` and `nbf`
_ASSERTION_CHARACTERS_MAX = 4096
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class TokenRefused(Exception):
    """No token (RFC 6749 §5.2). `error` is an OAuth code; what to mend is said in English and in `zh`."""

    def __init__(self, error: str, description: str, zh: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.zh = zh
        self.status = status


@dataclass(frozen=True, slots=True)
class Caller:
    """The organisation that a token belongs to, with its registered role."""

    organisation: str
    role: str


@dataclass(frozen=True, slots=True)
class _Token:
    """What a token stands for: it ends at `ends_s` of the wall clock, or before, with its key."""

    organisation: str
    kid: str
    ends_s: float


class Tokens:
    """Issues and knows tokens. Used from the event loop's thread alone."""

    def __init__(
        self, ledger: LedgerPort, settings: Settings, clock: Callable[[], float] = time.time
    ) -> None:
        self._ledger = ledger
        self._settings = settings
        self._clock = clock
        self._tokens: dict[str, _Token] = {}
        self._used: dict[tuple[str, str], float] = {}

    def caller(self, head: Head) -> Caller:
        """Return whose token came with a request. Raises Problem AUTH_REQUIRED."""
        found = self.find(head.token)
        if found is None:
            raise Problem("AUTH_REQUIRED")
        head.organisation = found[0].organisation
        return found[0]

    def find(self, token: str) -> tuple[Caller, float] | None:
        """Return whose a token is and until when, in seconds of the epoch, or None.

        The key is looked at again: whoever has stolen one loses its tokens in the moment of its revocation.
        """
        found = self._tokens.get(token)
        if found is None or found.ends_s <= self._clock():
            return None
        try:
            record = self._record(found.kid, found.organisation)
            return self._caller(found.organisation), min(found.ends_s, self._ends_s(record))
        except TokenRefused:
            return None

    def issue(self, form: bytes, host: str) -> dict[str, Any]:
        """Return the OAuth answer to a token request. Raises TokenRefused."""
        fields = _fields(form)
        header, claims, signed, signature = _parse(fields["client_assertion"])
        record, caller = self._record(header["kid"], claims["iss"]), self._caller(claims["iss"])
        key = _loaded(record, header["alg"])
        self._check_claims(claims, caller.organisation, host)
        try:
            key.verify(signature, signed)
        except Rejected:
            raise _invalid(
                "the assertion's signature does not hold for this key", "断言的签名与该密钥不符"
            ) from None
        if fields.get("client_id", caller.organisation) != caller.organisation:
            raise _invalid("client_id is not the organisation that signed", "client_id 不是签名机构")
        self._use_once(caller.organisation, claims)
        ends_s = min(self._clock() + self._settings.token_lifetime_s, self._ends_s(record))
        return self._issued(_Token(caller.organisation, header["kid"], ends_s))

    def _issued(self, token: _Token) -> dict[str, Any]:
        now = self._clock()
        _forget(self._tokens, lambda entry: entry.ends_s <= now, self._settings.tokens_max)
        text = secrets.token_urlsafe(32)
        self._tokens[text] = token
        return {"access_token": text, "token_type": "Bearer", "expires_in": round(token.ends_s - now)}

    def _record(self, kid: str, organisation: str) -> dict[str, Any]:
        """Return the record of an access key in force. Raises TokenRefused."""
        record = self._state(state_keys.key(kid))
        if record is None or record["usage"] != "access" or record["subject"] != organisation:
            raise _invalid(
                "kid is not a registered access key of the organisation in iss",
                "密钥（kid）不是 iss 所指机构在本账本登记的接入密钥",
            )
        now_ms = self._ledger.time_ms
        if now_ms < record["from"] or now_ms >= record.get("to", now_ms + 1) or "revoked" in record:
            raise _invalid("the key is not in force", "密钥不在有效期内或已吊销")
        return record

    def _ends_s(self, record: Mapping[str, Any]) -> float:
        """When a key ends by the wall clock; ledger time may stand elsewhere in a sandbox."""
        left_ms = record["to"] - self._ledger.time_ms if "to" in record else math.inf
        return self._clock() + left_ms / 1000

    def _caller(self, organisation: str) -> Caller:
        registered = self._state(state_keys.organisation(organisation))
        if registered is None:
            raise _invalid("the organisation is not registered", "机构未登记")
        return Caller(organisation, str(registered["role"]))

    def _state(self, key: str) -> dict[str, Any] | None:
        raw = self._ledger.read(key)
        found: dict[str, Any] | None = None if raw is None else json.loads(raw)
        return found

    def _check_claims(self, claims: Mapping[str, Any], organisation: str, host: str) -> None:
        now = self._clock()
        if claims["sub"] != organisation:
            raise _invalid("sub must be the organisation's code, as iss", "sub 须与 iss 同为机构编码")
        named = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if not self._audiences(host) & {one for one in named if isinstance(one, str)}:
            raise _invalid(
                f"aud must be {self._settings.token_address}", f"aud 须为 {self._settings.token_address}"
            )
        if not now < claims["exp"] <= now + self._settings.assertion_lifetime_s_max + SKEW_S:
            raise _invalid(
                "exp must lie ahead by at most five minutes of this server's clock",
                "exp 须晚于服务器时钟，且至多晚五分钟",
            )
        if any(claims.get(name, 0) > now + SKEW_S for name in ("iat", "nbf")):
            raise _invalid(
                "iat and nbf must not lie ahead of this server's clock", "iat 与 nbf 不得晚于服务器时钟"
            )

    def _audiences(self, host: str) -> set[str]:
        found = {self._settings.token_address}
        # A sandbox is reached by many names of this machine; a name outside it must be configured.
        if self._settings.sandbox and (host in _LOOPBACK or host.rpartition(":")[0] in _LOOPBACK):
            found.add(f"http://{host}/token")
        return found

    def _use_once(self, organisation: str, claims: Mapping[str, Any]) -> None:
        now, use = self._clock(), (organisation, claims["jti"])
        if self._used.get(use, 0.0) > now:
            raise _invalid("jti has been used before", "jti 已使用过")
        _forget(self._used, lambda expires: expires <= now, self._settings.tokens_max)
        self._used[use] = float(claims["exp"])


def _loaded(record: Mapping[str, Any], alg: str) -> keys.PublicKey:
    if record["alg"] != alg:
        raise _invalid("alg is not the algorithm of the registered key", "alg 不是该登记密钥的算法")
    try:
        return keys.load(record["alg"], base64url.decode(record["spki"]))
    except Rejected as error:
        told = f"this key cannot be used here: {error.code}"
        raise TokenRefused(
            "temporarily_unavailable", told, f"该密钥在此无法使用：{error.code}", 503
        ) from None


def _forget(known: dict[Any, Any], is_over: Callable[[Any], bool], size_max: int) -> None:
    """Drop what is over once the table is full. Raises TokenRefused when nothing is."""
    if len(known) < size_max:
        return
    for key in [key for key, value in known.items() if is_over(value)]:
        del known[key]
    if len(known) >= size_max:
        raise TokenRefused(
            "temporarily_unavailable",
            "too many tokens are in use; ask again later",
            "令牌过多，请稍后重试",
            503,
        )


def _fields(form: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            form.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=20
        )
    except (ValueError, UnicodeDecodeError):
        raise TokenRefused("invalid_request", "the body is not a form", "正文不是表单") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise TokenRefused("invalid_request", "a field stands twice", "字段重复")
    if fields.get("grant_type") != GRANT:
        raise TokenRefused(
            "unsupported_grant_type", f"grant_type must be {GRANT}", f"grant_type 须为 {GRANT}"
        )
    if fields.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in fields:
        raise TokenRefused(
            "invalid_request",
            "client_assertion (a signed JWT) and its type are needed",
            "须有 client_assertion（已签名的 JWT）及其类型",
        )
    return fields


def _parse(assertion: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Return header, claims, signed text and signature of an assertion of the right form."""
    parts = assertion.split(".")
    if len(parts) != 3 or len(assertion) > _ASSERTION_CHARACTERS_MAX:
        raise _invalid("the assertion is not a compact JWT", "断言不是紧凑格式的 JWT")
    try:
        header = strict_json.parse_object(base64url.decode(parts[0]))
        claims = strict_json.parse_object(base64url.decode(parts[1]))
        signature = base64url.decode(parts[2])
    except Rejected as error:
        raise _invalid(f"the assertion cannot be read: {error.code}", f"断言无法读取：{error.code}") from None
    _check_header(header)
    _check_form(claims)
    return dict(header), dict(claims), f"{parts[0]}.{parts[1]}".encode("ascii"), signature


def _check_header(header: Mapping[str, Any]) -> None:
    if not {"alg", "kid"} <= header.keys() <= {"alg", "kid", "typ"}:
        raise _invalid(
            "the assertion's header holds alg, kid and typ alone", "断言的头部只能含 alg、kid 与 typ"
        )
    if header["alg"] not in keys.ALGORITHMS or not isinstance(header["kid"], str):
        raise _invalid(
            "alg must be ES256 or SM2-SM3, kid a string", "alg 须为 ES256 或 SM2-SM3，kid 须为字符串"
        )


def _check_form(claims: Mapping[str, Any]) -> None:
    texts = all(isinstance(claims.get(name), str) and claims[name] for name in ("iss", "sub", "jti"))
    times = all(type(claims.get(name, 0)) is int for name in ("exp", "iat", "nbf"))
    if not texts or not times or "exp" not in claims or "aud" not in claims:
        raise _invalid(
            "iss, sub, aud, jti and exp are needed; times are whole seconds",
            "须有 iss、sub、aud、jti 与 exp；时间为整秒",
        )
    if len(claims["jti"]) > 256 or len(claims["iss"]) > 32:
        raise _invalid("iss or jti is too long", "iss 或 jti 过长")


def _invalid(description: str, zh: str) -> TokenRefused:
    return TokenRefused("invalid_client", description, zh, 401)
