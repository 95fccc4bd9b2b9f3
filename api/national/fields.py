"""Reading a national message: one spelling for the two generations of the interface.

The 72xx transactions write `hi_rxno`, the prescription centre writes `hiRxno`; both name one field,
so names are compared without case and underscores. Numbers arrive as strings or as JSON numbers:
both become the text that was sent, digit for digit, because a decimal must not pass through a float.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from api.national.errors import MessageError
from api.national.labels import label

Value: TypeAlias = "bool | str | list[Value] | dict[str, Value] | None"
_ENVELOPES = ("input", "output", "data", "rx_chk_up_info")
_ANSWER = "output"
_EXTENSIONS = ("extension", "expContent")
# Where a missing field belongs when it is not the innermost object that the adapter reads.
_HOMES = {
    name: name
    for name in ("bizTypeCode", "rxTypeCode", "prscTime", "valiDays", "rxdrugdetail", "diseinfo")
} | {"hiRxno": "extension/hiRxno"}
_TRUE = ("1", "true", "y", "yes", "是")
_FALSE = ("0", "false", "n", "no", "否")


def parse(message: bytes) -> dict[str, Value]:
    """Return the message's members, numbers as the text that was sent, envelopes opened.

    Raises MessageError unless `message` is one UTF-8 JSON object without duplicate members.
    """
    if not message.strip():
        raise MessageError("JSON_EMPTY", "", "send the message itself", "请发送报文内容")
    try:
        value = json.loads(
            message.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_float=str,
            parse_int=str,
            parse_constant=_constant,
        )
    except UnicodeDecodeError:
        raise MessageError(
            "JSON_ENCODING", "", "write the message in UTF-8", "请使用 UTF-8 编码报文"
        ) from None
    except RecursionError:
        raise MessageError("JSON_TOO_DEEP", "", "nest fewer levels", "请减少嵌套层数") from None
    except ValueError:
        raise MessageError(
            "JSON_SYNTAX", "", "send one complete JSON object", "请发送一个完整的 JSON 对象"
        ) from None
    if not isinstance(value, dict):
        raise MessageError("SCHEMA_TYPE", "", "send one JSON object", "请发送一个 JSON 对象")
    return _opened(value)


def _object(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MessageError(
            "JSON_DUPLICATE_KEY", "", "write every member once", "每个字段只能出现一次"
        )
    return found


def _constant(_: str) -> Value:
    raise MessageError("JSON_NUMBER_INVALID", "", "write numbers in digits", "请用数字书写数值")


def _opened(value: dict[str, Value], depth: int = 4) -> dict[str, Value]:
    """Lift what stands inside a transport envelope (`input`, `data` …) to the top level.

    A request's content wins over its envelope; what a download answered (`output`) only completes it.
    """
    names = {_plain(name) for name in _ENVELOPES}
    envelopes = [name for name in value if _plain(name) in names] if depth else []
    opened = {name: item for name, item in value.items() if name not in envelopes}
    for name in envelopes:
        inner = _json_text(value[name])
        if not isinstance(inner, dict):
            opened[name] = value[name]
        elif _plain(name) == _ANSWER:
            opened = _completed(opened, _opened(inner, depth - 1))
        else:
            opened = _completed(_opened(inner, depth - 1), opened)
    return opened


def _completed(first: dict[str, Value], then: dict[str, Value]) -> dict[str, Value]:
    known = {_plain(name) for name in first}
    return first | {name: item for name, item in then.items() if _plain(name) not in known}


def _json_text(value: Value) -> Value:
    """Return the object that a member holds as JSON text, or the member itself."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return parse(value.encode("utf-8", "surrogatepass"))
    return value


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def clean(text: str) -> str:
    """Return `text` in NFC, line breaks and tabs as single spaces, without outer white space."""
    if any(mark in text for mark in "\r\n\t"):
        text = " ".join(text.split())
    return unicodedata.normalize("NFC", text).strip()


@dataclass(frozen=True, slots=True)
class Layer:
    """One object of the message and where it stands."""

    path: str
    members: Mapping[str, tuple[str, Value]]  # plain name -> the name as sent, the value


class Fields:
    """A row of a message with what it inherits: a field is sought in each layer in turn."""

    def __init__(self, kind: str, layers: Iterable[Layer]) -> None:
        self.kind = kind
        self.layers = tuple(layers)

    @classmethod
    def of(cls, kind: str, value: Mapping[str, Value], path: str = "") -> Fields:
        """Return the fields of one object. Raises MessageError when two spellings disagree."""
        return cls(kind, (_layer(value, path),))

    def within(self, *names: str) -> Fields:
        """Return these fields with those of the named objects, where present, sought first."""
        inner: list[Layer] = []
        for name in names:
            for row in self.rows(name)[:1]:
                inner.append(row.layers[0])
        return Fields(self.kind, (*inner, *self.layers))

    def extended(self) -> Fields:
        """Return these fields with those of the extension sought last."""
        extra = [row.layers[0] for name in _EXTENSIONS for row in self.rows(name)[:1]]
        return Fields(self.kind, (*self.layers, *extra))

    def extension(self) -> Fields:
        """Return the fields of the extension alone: empty when the message has none."""
        extra = [row.layers[0] for name in _EXTENSIONS for row in self.rows(name)[:1]]
        return Fields(self.kind, extra)

    def has(self, *names: str) -> bool:
        """Say whether any of the names is present, be it empty."""
        return any(_plain(name) in layer.members for layer in self.layers for name in names)

    def value(self, *names: str) -> Value:
        """Return the first value under any of the names; None when absent or null."""
        for layer in self.layers:
            for name in names:
                found = layer.members.get(_plain(name))
                if found is not None and found[1] is not None:
                    return found[1]
        return None

    def path(self, name: str) -> str:
        """Return where `name` stands, or where it ought to stand."""
        for layer in self.layers:
            if _plain(name) in layer.members:
                return f"{layer.path}{layer.members[_plain(name)][0]}"
        inner = self.layers[0].path if self.layers else ""
        return _HOMES.get(name, f"{inner}{name}")

    def given(self, *names: str) -> str | None:
        """Return the text under any of the names, "" when it is there but empty, None if absent.

        Raises MessageError for anything else: a `true` where a number belongs is no 1.
        """
        value = self.value(*names)
        if isinstance(value, (bool, list, dict)):
            raise self.error("SCHEMA_TYPE", names[0])
        if value is None:
            return "" if self.has(*names) else None
        return clean(value)

    def text(self, *names: str) -> str | None:
        """Return the first text that is not empty under any of the names, else None."""
        for layer in self.layers:
            for name in names:
                found = Fields(self.kind, (layer,)).given(name)
                if found:
                    return found
        return None

    def required(self, *names: str) -> str:
        """Return the text. Raises MessageError naming the first of `names` when there is none."""
        found = self.text(*names)
        if found is None:
            raise self.error("SCHEMA_REQUIRED", names[0])
        return found

    def flag(self, *names: str, default: bool | None = None) -> bool:
        """Return a yes or no. Raises MessageError when unknown, or missing without a default."""
        found = self.told(*names)
        if found is not None:
            return found
        if default is None:
            raise self.error("SCHEMA_REQUIRED", names[0])
        return default

    def told(self, *names: str) -> bool | None:
        """Return a yes or no, None where there is none. Raises MessageError for another word."""
        for layer in self.layers:
            for name in names:
                own = Fields(self.kind, (layer,))
                value = own.value(name)
                word = "" if isinstance(value, bool) else (own.given(name) or "").lower()
                if isinstance(value, bool) or word in _TRUE + _FALSE:
                    return value is True or word in _TRUE
                if word:
                    raise self.error("SCHEMA_TYPE", names[0])
        return None

    def coded(self, codes: Iterable[str], *names: str) -> str:
        """Return the code of a closed set as the set writes it, zeros before it or not.

        Raises MessageError for none and for one that the set does not have: what is asked of code 3 is not
        asked of a text that only looks like it.
        """
        found = self.required(*names)
        for code in codes:
            if found.lstrip("0") == code.lstrip("0"):
                return code
        raise self.error("CODE_UNKNOWN", names[0])

    def whole(self, *names: str) -> int:
        """Return a whole number; "3.0" is 3. Raises MessageError when missing or another text."""
        found = self.required(*names)
        whole, _, fraction = found.partition(".")
        digits = whole[1:] if whole.startswith("-") else whole
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 15 or fraction.strip("0"):
            raise self.error("QTY_FORMAT", names[0])
        return int(whole)

    def rows(self, *names: str) -> list[Fields]:
        """Return the rows under any of the names; a single object counts as a list of one.

        Raises MessageError when what stands there is neither.
        """
        for layer in self.layers:
            for name in names:
                sent, value = layer.members.get(_plain(name), (name, None))
                if value is None or value == "":
                    continue
                value = _json_text(value)
                single = not isinstance(value, list)
                items = value if isinstance(value, list) else [value]
                return [
                    self._row(item, f"{layer.path}{sent}/" + ("" if single else f"{position}/"))
                    for position, item in enumerate(items)
                ]
        return []

    def _row(self, item: Value, path: str) -> Fields:
        if not isinstance(item, dict):
            raise MessageError("SCHEMA_TYPE", path.rstrip("/"), *_fix(self.kind, path.rstrip("/")))
        return Fields.of(self.kind, item, path)

    def under(self, *outer: Fields) -> Fields:
        """Return this row with the fields that it inherits from `outer`."""
        return Fields(self.kind, (*self.layers, *(layer for each in outer for layer in each.layers)))

    def error(self, code: str, name: str) -> MessageError:
        """Return the refusal that names the field `name` and the fix."""
        path = self.path(name)
        return MessageError(code, path, *_fix(self.kind, path))


def _layer(value: Mapping[str, Value], path: str) -> Layer:
    members: dict[str, tuple[str, Value]] = {}
    for name, item in value.items():
        known = members.get(_plain(name))
        if known is not None and known[1] != item and None not in (known[1], item):
            raise MessageError(
                "JSON_DUPLICATE_KEY",
                f"{path}{name}",
                f"send {known[0]} and {name} once: they name one field",
                f"{known[0]} 与 {name} 是同一字段，只能出现一次",
            )
        if known is None or known[1] is None:
            members[_plain(name)] = (name, item)
    return Layer(path, members)


def _fix(kind: str, path: str) -> tuple[str, str]:
    english, chinese = label(path)
    return f"give {english} in the {kind} message", f"请在 {kind} 报文中填写{chinese}"
