"""The patient's question about a pack: how often was it sold? Once is right, all else is a warning (S21).

A trace code is no person, and the answer names none: no buyer, no shop, no prescription. Day and count are
what somebody needs who holds the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from api.replies import Reply, json_reply

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "referrer-policy": "no-referrer",
}
# state: (right?, English, Chinese)
ANSWERS: Mapping[str, tuple[bool, str, str]] = {
    "never": (
        False,
        "No sale of this pack is recorded. If a pharmacy just gave it to you, ask it to report the sale.",
        "没有该药品的销售记录。若刚由药店交付，请要求药店上报销售。",
    ),
    "once": (True, "This pack was sold once, as it should be.", "该药品只售出一次，属正常。"),
    "more_than_once": (
        False,
        "This pack is recorded as sold more than once: do not take it, and tell the insurance bureau.",
        "该药品有一次以上销售记录：请勿服用，并向医疗保障部门反映。",
    ),
    "tried_again": (
        False,
        "This pack was sold once; another shop's sale of the same code was refused. It may have been a wrong "
        "scan, or two packs bear one code: compare code and seal, and ask the pharmacy or insurance bureau.",
        "该药品售出一次，另有机构用同一追溯码销售被拒绝。可能是对方误扫，也可能两盒药品同码："
        "请核对追溯码与封口，并向药店或医疗保障部门查询。",
    ),
    "came_back": (
        False,
        "This pack left a shop and came back; it may not be sold again. Do not take it.",
        "该药品曾售出离店后退回，不得再次销售，请勿服用。",
    ),
    "malformed": (
        False,
        "This is no drug trace code: type the 20 digits beside the code on the pack.",
        "不是药品追溯码：请输入包装上的 20 位数字。",
    ),
}
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>药品追溯查询 · Is my pack right?</title>
<style>body{{font:18px/1.6 system-ui,sans-serif;max-width:34rem;margin:1rem auto;padding:0 1rem}}
input,button{{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin:.3rem 0}}
.right{{border-left:.5rem solid #1b7f3b;padding-left:1rem}}
.wrong{{border-left:.5rem solid #b3261e;padding-left:1rem}}</style>
</head><body><h1>药品追溯查询<br>Is my pack right?</h1>
<form method="get" action="/packs"><label for="code">包装上的 20 位追溯码 · The 20 digits on the pack</label>
<input id="code" name="code" inputmode="numeric" autocomplete="off" maxlength="20" value="{code}">
<button>查询 · Look it up</button></form>{answer}
<p><a href="/prescriptions">处方核验 · Is my prescription right?</a></p></body></html>
"""


def asked(found: Mapping[str, Any] | None, accept: bytes) -> Reply:
    """Return the answer to `found` ({"code","sold","day"?}), or the empty form: a page, JSON for programs."""
    status = 422 if found is not None and found["sold"] == "malformed" else 200
    if b"text/html" in accept or found is None:
        return Reply(status, _page(found).encode("utf-8"), "text/html; charset=utf-8", HEADERS)
    right, english, chinese = ANSWERS[found["sold"]]
    reply = json_reply({**found, "right": right, "en": english, "zh": chinese})
    return Reply(status, reply.body, reply.content_type, {"cache-control": "no-store"})


def _page(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return _PAGE.format(code="", answer="")
    right, english, chinese = ANSWERS[found["sold"]]
    day = f"<br>{escape(found['day'])}" if "day" in found else ""
    told = f"<p>{chinese}{day}</p><p lang=\"en\">{english}</p>"
    return _PAGE.format(
        code=escape(found["code"]), answer=f'<div class="{"right" if right else "wrong"}">{told}</div>'
    )
