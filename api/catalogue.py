"""The catalogue of codes as pages: JSON for programs, a small page in both languages for people."""

from __future__ import annotations

from html import escape

import orjson

from api.problems import Problem
from api.replies import Reply
from contracts.codes import CODES, Row
from contracts.codes.proposals import PROPOSALS
from contracts.rules import RULES

# The same address gives a page or JSON: without Vary a proxy would hand out whichever was asked for first.
_FRESH = {"cache-control": "public, max-age=3600", "vary": "accept"}
_PAGE_HEADERS = {**_FRESH, "content-security-policy": "default-src 'none'"}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{code}</title></head><body>
<h1>{code}</h1><p>{status} · {class_} · {retry}</p>
<h2>{title}</h2><p>{detail}</p><p><strong>What to do:</strong> {fix}</p>
<div lang="zh-CN"><h2>{zh_title}</h2><p>{zh_detail}</p><p><strong>处理办法：</strong>{zh_fix}</p></div>
{proposal}<p>{rules}</p></body></html>
"""


def entry(code: str, accept: bytes) -> Reply:
    """Return the catalogue row of `code`. Raises Problem NOT_FOUND."""
    row = CODES.get(code)
    if row is None:
        raise Problem("NOT_FOUND")
    if b"text/html" in accept:
        return Reply(200, _page(row).encode("utf-8"), "text/html; charset=utf-8", _PAGE_HEADERS)
    return Reply(200, orjson.dumps(members(code)), headers=_FRESH)


def listing() -> Reply:
    """Return every row of the table, by code."""
    return Reply(200, orjson.dumps({code: members(code) for code in CODES}), headers=_FRESH)


def members(code: str) -> dict[str, object]:
    """Return a row of the table of codes as programs read it."""
    row, told = CODES[code], PROPOSALS.get(code)
    return {
        "code": row.code,
        "status": row.status,
        "class": row.class_,
        "retry": row.retry,
        "title": row.title,
        "detail": row.detail,
        "fix": row.fix,
        "rules": _rules(row.code),
        "zh": {"title": row.zh_title, "detail": row.zh_detail, "fix": row.zh_fix},
        **({"proposal": {"members": told.members, "en": told.en, "zh": told.zh}} if told else {}),
    }


def _rules(code: str) -> list[str]:
    return [rule.id for rule in RULES if rule.code == code]


def _page(row: Row) -> str:
    texts = {name: escape(str(value)) for name, value in members(row.code).items()}
    return _PAGE.format(
        **{**texts, "rules": escape(", ".join(_rules(row.code))), "proposal": _proposal(row.code)},
        class_=texts["class"],
        zh_title=escape(row.zh_title),
        zh_detail=escape(row.zh_detail),
        zh_fix=escape(row.zh_fix),
    )


def _proposal(code: str) -> str:
    told = PROPOSALS.get(code)
    return f"<p>{escape(told.en)}</p><p lang=\"zh-CN\">{escape(told.zh)}</p>" if told else ""
