"""AUTHOR, second half: presence of a person, state of keys, claimed time."""

from __future__ import annotations

from collections.abc import Iterator

from contracts import keys
from contracts.act import Act
from contracts.groups import EVERY
from contracts.rules.base import Failed, rule
from contracts.time import to_text
from contracts.types import TYPES

_PRESENT = tuple(name for name, type_ in TYPES.items() if type_.presence)


@rule(
    "PRESENCE-1",
    "HUM_ASSERTION_MISSING",
    _PRESENT,
    sources="D9 R11 R27",
    en="No proof that the signer was present: confirm on the enrolled authenticator.",
    zh="缺少本人在场证明，请在已登记的认证器上确认。",
)
def assertion_present(act: Act) -> None:
    """Each signer of a type that needs presence gave a WebAuthn assertion over this statement."""
    if any(signer.presence is None for signer in act.signers):
        raise Failed


@rule(
    "PRESENCE-2",
    "HUM_CREDENTIAL_OWNER",
    EVERY,
    sources="security H14",
    en="The authenticator belongs to somebody else, or is no longer enrolled.",
    zh="认证器属于他人，或已注销。",
)
def own_authenticator(act: Act) -> None:
    """A presence proof comes from an authenticator of the signer, enrolled and not revoked."""
    for signer in act.signers:
        if signer.presence is None:
            continue
        record = act.state(keys.authenticator(signer.presence.credential_id))
        if record is None or record["person"] != signer.code or "revoked" in record:
            raise Failed


@rule(
    "PRESENCE-3",
    "HUM_COUNTER",
    EVERY,
    sources="security 2.4 H13",
    en="The authenticator's counter did not grow: it may have been copied.",
    zh="认证器计数未增加，可能被复制。",
)
def counter_grows(act: Act) -> None:
    """A counter that is in use grows with every act (WebAuthn §6.1.1); PRESENCE-9 takes what is only late."""
    if any(not is_late for is_late in _gone_back(act)):
        raise Failed


def _gone_back(act: Act) -> Iterator[bool]:
    """Yield, for each counter that did not grow, whether the act may only have arrived out of order.

    That is one signed before the last act of this authenticator, by the times that both claim. Two acts of
    one count are a copy's, or one assertion used twice, whatever they claim.
    """
    seen_here: dict[str, int] = {}
    for signer in act.signers:
        if signer.presence is None:
            continue
        credential, given = signer.presence.credential_id, signer.presence.sign_count
        last = act.state(keys.counter(credential)) or {"count": 0}
        seen = seen_here.get(credential, int(last["count"]))
        if (given or seen) and given <= seen:
            yield credential not in seen_here and 0 < given < seen and act.payload["iat"] < last.get("iat", 0)
        seen_here[credential] = given


@rule(
    "PRESENCE-4",
    "CERT_REVOKED",
    EVERY,
    sources="security C04",
    en="The signing key or certificate was revoked before this act.",
    zh="签名密钥或证书在此之前已被吊销。",
)
def key_not_revoked(act: Act) -> None:
    """No signature is by a key revoked at or before ledger time."""
    for record in _records(act):
        if record.get("revoked", act.time_ms + 1) <= act.time_ms:
            raise Failed


@rule(
    "PRESENCE-5",
    "KEY_RETIRED",
    EVERY,
    sources="security §4 interface §2",
    en="The signing key is outside its time of validity; sign with the current key.",
    zh="签名密钥不在有效期内，请使用现行密钥。",
)
def key_in_window(act: Act) -> None:
    """Every signature is judged by its key's window at ledger time."""
    for record in _records(act):
        if not record["from"] <= act.time_ms <= record.get("to", act.time_ms):
            raise Failed


@rule(
    "PRESENCE-6",
    "CERT_NOT_YET_VALID",
    ("registry.key",),
    sources="security C03",
    en="The certificate is not yet valid.",
    zh="证书尚未生效。",
)
def certificate_begun(act: Act) -> None:
    """The enrolled certificate's time has begun."""
    window = act.facts.certificate_window
    if window is not None and act.time_ms < window[0]:
        raise Failed


@rule(
    "PRESENCE-7",
    "CERT_EXPIRED",
    ("registry.key",),
    sources="security C02",
    en="The certificate has expired.",
    zh="证书已过期。",
)
def certificate_not_over(act: Act) -> None:
    """The enrolled certificate's time is not over."""
    window = act.facts.certificate_window
    if window is not None and act.time_ms > window[1]:
        raise Failed


@rule(
    "PRESENCE-8",
    "TIME_SKEW",
    EVERY,
    sources="D3 security D06",
    parameters=("claimed_time_future_s_max", "claimed_time_past_s_max"),
    en="The claimed time is too far from the ledger's; set the sender's clock.",
    zh="申报时间与账本时间相差过大，请校准系统时钟。",
)
def claimed_time_near(act: Act) -> None:
    """`iat` lies within the allowed distance from ledger time, before and after."""
    claimed_ms = int(act.payload["iat"]) * 1000
    ahead_ms = claimed_ms - act.time_ms
    future_ms = act.parameter("claimed_time_future_s_max") * 1000
    past_ms = act.parameter("claimed_time_past_s_max") * 1000
    if ahead_ms > future_ms or -ahead_ms > past_ms:
        told = {"claimed": to_text(claimed_ms), "ledger": to_text(act.time_ms)}
        raise Failed({"member": "iat", **told})


def _records(act: Act) -> list[dict[str, int]]:
    found = [act.state(keys.key(signer.kid)) for signer in act.signers]
    return [record for record in found if record is not None]


@rule(
    "PRESENCE-9",
    "HUM_COUNTER_LATE",
    EVERY,
    sources="security 2.4 S48",
    en="Signed before a later act of this authenticator that has arrived already: sign it again.",
    zh="签署早于该认证器已到达的后续操作，请重新签署。不作指控。",
)
def counter_in_order(act: Act) -> None:
    """What arrives after an act that was signed later is refused, and accuses nobody.

    Whoever claims an earlier time for a copy's act gains nothing: it is refused like the rest.
    """
    if all(_gone_back(act)) and any(_gone_back(act)):
        raise Failed


@rule(
    "PRESENCE-10",
    "RECORD_CHANGED",
    EVERY,
    sources="interface §4 §2.6",
    en="What the statement was checked against was registered anew at the same moment: confirm it again.",
    zh="核验所依据的登记信息恰在此时变更，请重新确认后提交。",
)
def premises_hold(act: Act) -> None:
    """The records that presence, attestation or certificate were held against say the same still.

    They are read before a statement is queued, and a statement before it in the same commit may change them:
    a verifier, who reads the entries in their order, would refuse the log.
    """
    for key, member, value in act.facts.premises:
        if (act.state(key) or {}).get(member) != value:
            raise Failed({"member": member})


RULES = (
    assertion_present,
    own_authenticator,
    counter_grows,
    key_not_revoked,
    key_in_window,
    certificate_begun,
    certificate_not_over,
    claimed_time_near,
    counter_in_order,
    premises_hold,
)
