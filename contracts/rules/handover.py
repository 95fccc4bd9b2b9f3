"""OFFICE, the log's own key: what two officers may hand the log over to, and for how long both keys sign."""

from __future__ import annotations

from typing import Any

from contracts import keys
from contracts.act import Act
from contracts.rules.base import Failed, rule
from contracts.time import from_text, to_text

_DAY_MS = 86_400_000
_ON = ("governance.log_key",)


@rule(
    "OFFICE-13",
    "ID_CONFLICT",
    _ON,
    sources="interface §2",
    en="This key has been the log's before; a handover takes a new one.",
    zh="该密钥已曾作为日志密钥；交接须使用新密钥。",
)
def key_is_new(act: Act) -> None:
    """The next key is neither genesis' nor that of an earlier handover."""
    known = [(act.state(keys.GENESIS) or {}).get("log_vkey"), *(one["vkey"] for one in _handovers(act))]
    if act.payload["log_vkey"] in known:
        raise Failed({"member": "log_vkey"})


@rule(
    "OFFICE-14",
    "TIME_ORDER",
    _ON,
    sources="interface §2",
    en="The overlap of the handover before still runs: only a handover without overlap may cut it short.",
    zh="上一次密钥交接的并行期尚未结束；其间只接受不设并行期的交接（立即停用旧密钥）。",
)
def one_at_a_time(act: Act) -> None:
    """Three keys at once would leave readers no way to say which two must have signed.

    Without an overlap one key alone signs: what is stolen during an overlap is given up at once.
    """
    last = _handovers(act)[-1:]
    if "overlap_until" in act.payload and any(one.get("until", 0) >= act.time_ms for one in last):
        raise Failed({"member": "log_vkey"})


@rule(
    "OFFICE-15",
    "TIME_RANGE",
    _ON,
    sources="interface §2",
    parameters=("log_key_overlap_days_max",),
    en="The overlap of both keys ends after now and within the days that the rulebook allows.",
    zh="两把密钥的并行期须在当前时间之后结束，且不超过规则规定的天数。",
)
def overlap_ends(act: Act) -> None:
    """`overlap_until` lies after now, by no more than `log_key_overlap_days_max`; absent: no overlap."""
    if "overlap_until" not in act.payload:
        return
    latest_ms = act.time_ms + int(act.parameter("log_key_overlap_days_max")) * _DAY_MS
    if not act.time_ms < from_text(act.payload["overlap_until"]) <= latest_ms:
        raise Failed({"member": "overlap_until", "latest": to_text(latest_ms)})


def _handovers(act: Act) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (act.state(keys.LOG_KEYS) or {"keys": []})["keys"]
    return found


RULES = (key_is_new, one_at_a_time, overlap_ends)
