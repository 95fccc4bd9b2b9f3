"""What the words of a delivery status say: "待签收" has the word of a receipt and is none."""

from __future__ import annotations

from typing import Any

import pytest

from api.national import MessageError
from tests.national.builders import day_message, drafted

FAILED = (
    "无人签收|拒绝签收|未能签收|不予签收|签收失败|已拒收|客户拒收|配送失败|退回药店|快递异常|无法联系收件人|"
    "拒签|取消配送|超时未取|客户拒绝收货|派送失败,待重新派送|丢失"
)
NOT_RECEIVED = "未妥投|客户未自提|收件人未签收|未送达|未签|没有人签收|未取药"
MOVING = "已揽收|配送中|派件中|已出库|正在配送|已到达自提柜"
MOVING_AWAITED = "派送中,待收件人签收|运输中,尚未签收|已发货,待签收|正在派送,请准备签收|已揽件待派送"
AWAITED = "待签收|等待自提|尚未签收|待派送|待配送|已送达驿站,待取|预计明日送达|通知自提"
NOT_STARTED = "待揽收|待发货|未发货|等待揽件"
RECEIVED = (
    "已签收|非本人签收|门卫代收|家属代签收|已自提|派送成功|已妥投|本人签收|已取药|已签收,包装无异常|"
    "已签收,待评价|已送达,请查收"
)
CODES = {"1": "handed_over", "2": "handed_over", "3": "received", "4": "failed", "03": "received"}


def parcel(**status: Any) -> str:
    message = day_message("016-7205.json")
    del message["delv_stas_codg"], message["delv_stas_name"]
    return drafted("7205", message | status).type.removeprefix("delivery.")


def refused(field: str, **status: Any) -> None:
    with pytest.raises(MessageError) as raised:
        parcel(**status)
    assert (raised.value.code, raised.value.field) == ("SCHEMA_TYPE", field)


def named(words: str) -> list[str]:
    return words.split("|")


@pytest.mark.parametrize(
    ("name", "meaning", "possible"),
    [(name, "failed", "4") for name in named(FAILED)]
    + [(name, "failed", "1 2 4") for name in named(NOT_RECEIVED)]
    + [(name, "handed_over", "1 2") for name in named(MOVING)]
    + [(name, "handed_over", "1 2 4") for name in named(MOVING_AWAITED)]
    + [(name, None, "1 2 4") for name in named(AWAITED)]
    + [(name, None, "") for name in named(NOT_STARTED)]
    + [(name, "received", "3 03") for name in named(RECEIVED)],
)
def test_a_parcel_that_nobody_has_is_not_delivered(name: str, meaning: str | None, possible: str) -> None:
    """The code decides; a name that says the contrary is told; without a code the name decides or is told."""
    for code, type_ in CODES.items():
        if code in possible.split():
            assert parcel(delv_stas_codg=code, delv_stas_name=name) == type_
        else:
            refused("delv_stas_name", delv_stas_codg=code, delv_stas_name=name)
    for unlisted in ({}, {"delv_stas_codg": "9"}):
        if meaning is None:
            refused("delv_stas_name", delv_stas_name=name, **unlisted)
        else:
            assert parcel(delv_stas_name=name, **unlisted) == meaning


@pytest.mark.parametrize("name", ["", "处理中"])
def test_a_name_that_says_nothing_leaves_it_to_the_code(name: str) -> None:
    for code, type_ in CODES.items():
        assert parcel(delv_stas_codg=code, delv_stas_name=name) == type_


def test_a_delivery_without_a_status_is_told() -> None:
    with pytest.raises(MessageError) as raised:
        parcel()
    assert (raised.value.code, raised.value.field) == ("SCHEMA_REQUIRED", "delv_stas_codg")
    refused("delv_stas_codg", delv_stas_codg="9")
    refused("delv_stas_name", delv_stas_name="处理中")
