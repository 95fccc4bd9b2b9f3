"""DUTY: one pharmacist, one place at a time (挂证)."""

from __future__ import annotations

from contracts import keys
from contracts.act import Act
from contracts.groups import CORRECTION, RETURN, SALE
from contracts.rules.base import Failed, rule

_ON_DUTY = ("review.pharmacy", *SALE, *RETURN, *CORRECTION)


def _site(act: Act, code: str) -> str:
    return str((act.state(keys.duty(code)) or {}).get("site", ""))


def _may_open(act: Act, code: str) -> bool:
    """Whether no duty stands against a new one: none, one here, or one older than any shift, left open."""
    duty = act.state(keys.duty(code)) or {}
    if duty.get("site", "") in ("", act.organisation_code):
        return True
    return bool(act.time_ms - duty["since"] > int(act.parameter("duty_s_max")) * 1000)


def _pharmacists(act: Act) -> list[str]:
    return [signer.code for signer in act.signers if signer.role == "pharmacist"]


@rule(
    "DUTY-1",
    "DUTY_NO_SESSION",
    (*_ON_DUTY, "duty.closed"),
    version=2,
    sources="T11 S38 R28",
    en="The pharmacist is not on duty; open the duty at this shop first.",
    zh="药师未在岗，请先在本店上岗。",
)
def on_duty(act: Act) -> None:
    """Every signing pharmacist has an open duty; what is closed here was opened here.

    Who forgot to close yesterday, opened at another shop today and closes belatedly is at one place.
    """
    closes = act.type == "duty.closed"
    for code in _pharmacists(act):
        site = _site(act, code)
        if not site or (closes and site != act.organisation_code):
            raise Failed


@rule(
    "DUTY-2",
    "DUTY_CONCURRENT",
    (*_ON_DUTY, "duty.opened"),
    version=2,
    sources="T11 S38",
    parameters=("duty_s_max",),
    en="The pharmacist is on duty at another shop at the same time.",
    zh="药师同时在另一药店在岗。",
)
def one_place(act: Act) -> None:
    """Nobody acts, or opens a duty, while one is open elsewhere; a roster never exempts from this.

    Whoever forgot to close opens anew at the same shop, or at another one when that shift must be over.
    """
    for code in _pharmacists(act):
        site = _site(act, code)
        if not _may_open(act, code) if act.type == "duty.opened" else site not in ("", act.organisation_code):
            raise Failed


@rule(
    "DUTY-3",
    "PREV_DIGEST_MISMATCH",
    ("duty.opened",),
    sources="interface §1",
    en="`after` is not the pharmacist's previous duty entry; read it again and sign anew.",
    zh="after 与该药师上一条在岗记录不符，请重新查询后签名。",
)
def follows_previous_duty(act: Act) -> None:
    """`after` is the leaf hash of the pharmacist's last duty entry, absent at the first."""
    for code in _pharmacists(act):
        last = (act.state(keys.head(code)) or {}).get("leaf")
        if act.payload.get("after") != last:
            raise Failed


RULES = (on_duty, one_place, follows_previous_duty)
