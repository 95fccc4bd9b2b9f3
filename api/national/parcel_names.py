"""What the name of a parcel's status means: failed, on its way, received, or still to come."""

from __future__ import annotations

import re

from api.national.words import CLAUSE, NO, any_of

FAILED, OUT, RECEIVED = "delivery.failed", "delivery.handed_over", "delivery.received"
_GOT = (
    f"(?:{any_of('签收 妥投 收货 送成功 投递成功 配送完成 完成配送 代收 领取 取药')}"
    "|送达(?!自提|驿站|网点|代收|快递柜)|自提(?![点柜码]))"
)
_STARTED = any_of("揽收 揽件 取件 发货 出库 接单")
_MOVING = any_of("配送 运输 运送 派送 派件 投递 在途 送货 到达 已到 中转 寄出 发出")
_DUE = any_of("待 等待 等候 预计 即将 将于 准备 尚未 暂未 还未 仍未 通知")
_NO_HARM = re.compile(f"{NO}{any_of('异常 破损 损毁 丢失 遗失')}")
_LOST = re.compile(
    any_of("拒收 拒签 失败 不成功 未成功 退回 退件 退货 取消 丢失 遗失 无法 异常 破损 损毁 滞留")
    + f"|{any_of('超时未 逾期未')}"
    + f"|{any_of('无人 拒绝 不予 不肯 不愿 未能 没能')}{CLAUSE}{{0,4}}?(?:{_GOT}|收)"
)
_NOT_GOT = re.compile(rf"(?<![尚暂还仍])(?:未|没有?){CLAUSE}{{0,2}}?(?:{_GOT}|签)")
_NOT_STARTED = re.compile(rf"(?:{_DUE}|未|没有?){CLAUSE}{{0,2}}?{_STARTED}")
_AWAITED = re.compile(
    rf"(?:{_DUE}{CLAUSE}{{0,10}}?(?:{_GOT}|{_STARTED}|{_MOVING}|[取提领])"
    rf"|请{CLAUSE}{{0,4}}?(?:签收|自提|取)|{_NOT_STARTED.pattern}){CLAUSE}*"
)


def meaning(name: str) -> tuple[str | None, tuple[str, ...]]:
    """Return what the name means by itself, if anything, and what a code beside it may say.

    Failures come first, then what is still to come: "待签收" has the word of a receipt and is none.
    """
    name = _NO_HARM.sub("", name)
    if _LOST.search(name):
        return FAILED, (FAILED,)
    if _NOT_GOT.search(name):  # on its way or failed: nobody has it
        return FAILED, (FAILED, OUT)
    if _AWAITED.search(name):
        return _awaited(name)
    if re.search(_GOT, name):
        return RECEIVED, (RECEIVED,)
    if re.search(f"{_STARTED}|{_MOVING}", name):
        return OUT, (OUT,)
    return None, (FAILED, OUT, RECEIVED)


def _awaited(name: str) -> tuple[str | None, tuple[str, ...]]:
    if re.search(f"{_STARTED}|{_MOVING}", _AWAITED.sub("", name)):
        return OUT, (FAILED, OUT)
    return None, () if _NOT_STARTED.search(name) else (FAILED, OUT)
