"""Every answer that the tests of this folder get is held against the OpenAPI description."""

from __future__ import annotations

import re
from typing import Any

import httpx2


class Described:
    """Collects what was answered and is not described: status, media type, or code."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._calls = [
            (
                re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+" if "path" not in path else ".+", re.escape(path))),
                calls,
            )
            for path, calls in document["paths"].items()
        ]
        self.missing: list[str] = []

    def look(self, response: httpx2.Response) -> None:
        """Note what the description does not say of this answer; what is no call has no description."""
        request = response.request
        path = request.url.path
        calls = next((calls for pattern, calls in self._calls if pattern.fullmatch(path)), {})
        call = calls.get(request.method.lower())
        if call is None:
            return
        response.read()
        media = response.headers.get("content-type", "").partition(";")[0]
        answer = call["responses"].get(str(response.status_code), {"content": {}})
        where = f"{request.method} {path} {response.status_code} {media}"
        if media not in answer["content"] and media != "text/html":
            self.missing.append(where)
        elif media == "application/problem+json":
            code = response.json()["code"]
            if code not in answer["content"][media]["examples"]:
                self.missing.append(f"{where} {code}")
