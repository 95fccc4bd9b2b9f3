"""The patient's question about a prescription: is it on the ledger, and who signed it? (S21)

The pack's page (patient.py) has the same form; here one asks by the prescription's id, which nobody guesses.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from api.patient import HEADERS
from api.problems import Problem
from api.replies import Reply, json_reply
from api.words import word
from contracts import lifecycle

# status: (may it still be used, or was it used as it should be? English, Chinese)
ANSWERS: Mapping[str, tuple[bool, str, str]] = {
    lifecycle.HELD: (
        True,
        "This prescription is on the ledger. The hospital looks at it once more before it goes on.",
        "账本上有此处方，医院正在复核，之后才能继续。",
    ),
    lifecycle.ISSUED: (
        True,
        "This prescription is on the ledger. The hospital's pharmacist has not reviewed it yet.",
        "账本上有此处方，医院药师尚未审核。",
    ),
    lifecycle.HOSPITAL_APPROVED: (
        True,
        "This prescription is on the ledger and approved by the hospital: a pharmacy can take it on.",
        "账本上有此处方，医院审方已通过，药店可以接方。",
    ),
    lifecycle.CLAIMED: (
        True,
        "This prescription is on the ledger. A pharmacy has taken it on and has still to review it.",
        "账本上有此处方，药店已接方，尚待审核。",
    ),
    lifecycle.PHARMACY_APPROVED: (
        True,
        "This prescription is on the ledger and approved by hospital and pharmacy: it may be sold.",
        "账本上有此处方，医院和药店审方均已通过，药店可以售药。",
    ),
    lifecycle.PARTLY_DISPENSED: (
        True,
        "This prescription is on the ledger. A part of it was sold, the rest is still open.",
        "账本上有此处方，已售出一部分，其余尚未售出。",
    ),
    lifecycle.DISPENSED: (
        True,
        "This prescription is on the ledger. All of it was sold: nothing more may be sold on it.",
        "账本上有此处方，已全部售出，不得再凭此售药。",
    ),
    lifecycle.IN_DELIVERY: (
        True,
        "This prescription is on the ledger. All of it was sold and is on its way.",
        "账本上有此处方，已全部售出，正在配送。",
    ),
    lifecycle.DELIVERED: (
        True,
        "This prescription is on the ledger. All of it was sold and delivered.",
        "账本上有此处方，已全部售出并送达。",
    ),
    lifecycle.REFUSED: (
        False,
        "This prescription is on the ledger, but a pharmacist refused it: nothing may be sold on it. Ask the "
        "doctor.",
        "账本上有此处方，但药师审核未通过，不得凭此售药。请询问医师。",
    ),
    lifecycle.CANCELLED: (
        False,
        "This prescription is on the ledger, but the doctor cancelled it: nothing may be sold on it.",
        "账本上有此处方，但医师已撤销，不得凭此售药。",
    ),
    lifecycle.EXPIRED: (
        False,
        "This prescription is on the ledger, but its time is over: nothing more may be sold on it.",
        "账本上有此处方，但已过有效期，不得再凭此售药。",
    ),
}
NOT_FOUND = (
    "No prescription with this id is on this ledger. Compare the 64 characters; if they are right, ask the "
    "hospital that issued the paper.",
    "账本上没有此编号的处方。请核对 64 位编号；若无误，请询问开具处方的医院。",
)
NOTE = (
    "Whoever copies a true id onto another paper gets this answer too: compare hospital, doctor's code and "
    "time with your paper. What was prescribed is not shown here. Proof of a step: fetch its receipt and run "
    "rx-verify receipt PROOF --trust FILE.",
    "真编号也可能被抄到另一张纸上：请将医院、医师代码和时间与手中处方核对。此处不显示药品。"
    "核验某一步骤：取其回执，运行 rx-verify receipt PROOF --trust FILE。",
)
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>处方核验 · Is my prescription right?</title>
<style>body{{font:18px/1.6 system-ui,sans-serif;max-width:34rem;margin:1rem auto;padding:0 1rem}}
input,button{{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin:.3rem 0}}
li{{margin:.6rem 0;overflow-wrap:anywhere}}
.right{{border-left:.5rem solid #1b7f3b;padding-left:1rem}}
.wrong{{border-left:.5rem solid #b3261e;padding-left:1rem}}</style>
</head><body><h1>处方核验<br>Is my prescription right?</h1>
<form method="get" action="/prescriptions">
<label for="rx">处方编号（64 位） · The id on the prescription</label>
<input id="rx" name="rx" autocomplete="off" maxlength="64" value="{rx}">
<button>核验 · Verify</button></form>{answer}
<p><a href="/packs">药品追溯查询 · Is my pack right?</a></p></body></html>
"""


def asked(rx: str, found: Mapping[str, Any] | None, accept: bytes) -> Reply:
    """Return the answer to `found` (`signed_steps.steps_for_anybody`, None where nothing was found).

    An empty `rx` gets the form, `accept` with text/html a page. Raises Problem RX_NOT_FOUND for programs.
    """
    if b"text/html" in accept or not rx:
        status = 404 if rx and found is None else 200
        return Reply(status, _page(rx, found).encode("utf-8"), "text/html; charset=utf-8", HEADERS)
    if found is None:
        raise Problem("RX_NOT_FOUND")
    right, english, chinese = ANSWERS[found["status"]]
    told = {"right": right, "en": f"{english} {NOTE[0]}", "zh": f"{chinese}{NOTE[1]}"}
    return json_reply({**found, **told})


def _page(rx: str, found: Mapping[str, Any] | None) -> str:
    if not rx:
        return _PAGE.format(rx="", answer="")
    right, english, chinese = ANSWERS[found["status"]] if found else (False, *NOT_FOUND)
    told = f'<div class="{"right" if right else "wrong"}"><p>{chinese}</p><p lang="en">{english}</p></div>'
    if found:
        steps = "".join(_step(step) for step in found["steps"])
        told += f'<ol>{steps}</ol><p>{NOTE[1]}</p><p lang="en">{NOTE[0]}</p>'
    return _PAGE.format(rx=escape(rx[:64]), answer=told)


def _step(step: Mapping[str, Any]) -> str:
    signers = ", ".join(
        f"{word(one['role'], True)} {one['role'].replace('_', ' ')} {escape(one.get('code', ''))}".rstrip()
        for one in step["signers"]
    )
    institution = escape(f"{step['institution']['name']} {step['institution']['code']}")
    return (
        f"<li>{step['local']} {step['zh']} · {step['en']}<br>{institution}<br>{signers}<br>"
        f'<a href="{step["receipt"]}">回执 · receipt</a></li>'
    )
