"""Whether a review passed or was refused, and what became of a delivery."""

from __future__ import annotations

import re

from api.national.context import Context, present
from api.national.fields import Fields
from contracts.facts import Json

# The last decisive phrase counts: "患者拒绝注射,改口服,同意" passes, "同意诊断,剂量过大,退回" does not.
_PHRASES = re.compile(
    r"(?P<refused>不同意(?!见)|不予|不通过|未通过|不合格|不合理|不适宜|不得调配|驳回|退回|拒绝调配|拒绝|拒审|作废)"
    r"|(?P<approved>同意(?!见)|通过|合格|准予|可以调配|可调配)"
)
_DELIVERY = (
    (("拒收", "拒签", "未签", "失败", "退回", "未送达", "异常", "取消", "丢失", "无法"), "delivery.failed"),
    (("签收", "妥投", "已送达", "已收货", "自提"), "delivery.received"),
    (
        ("揽收", "揽件", "取件", "配送中", "运输", "派送", "派件", "发货", "出库", "在途", "接单"),
        "delivery.handed_over",
    ),
)


def review(fields: Fields, context: Context, codes: tuple[str, ...], opinion: str | None) -> str:
    """Return "approved" or "refused": by the status' code or name, else by the opinion's last word.

    D003 has no status field: an upload without a refusing opinion is an approval.
    Raises MessageError for a status that `context.profile` does not list.
    """
    name = fields.text("rxChkStasName", "rx_chk_stas_name", "pharChkStasName")
    found = _phrase(name) if name else None
    if found is None:
        code = fields.text(*codes)
        if code is None:
            return _phrase(opinion or "") or "approved"
        found = context.profile.review_codes.get(code.lstrip("0") or "0") or _phrase(code)
    if found is None:
        raise fields.error("SCHEMA_TYPE", codes[0])
    return found


def _phrase(text: str) -> str | None:
    found = None
    for match in _PHRASES.finditer(text):
        found = match.lastgroup
    return found


def told(fields: Fields, opinion: str | None) -> dict[str, Json]:
    """Return what a review tells: its opinion, and `video`, the digest of the confirmation (S10).

    No national message has a field for the video: the extension says it.
    """
    return present(opinion=opinion or "", video=fields.text("video"))


def delivery(fields: Fields, context: Context) -> str:
    """Return the delivery statement's type; the status' name wins over its code.

    Raises MessageError when neither is known.
    """
    name = fields.text("delv_stas_name") or ""
    for words, type_ in _DELIVERY:
        if any(word in name for word in words):
            return type_
    code = fields.required("delv_stas_codg", "delv_stas_name")
    type_found = context.profile.delivery_codes.get(code.lstrip("0") or "0")
    if type_found is None:
        raise fields.error("SCHEMA_TYPE", "delv_stas_name" if name else "delv_stas_codg")
    return type_found
