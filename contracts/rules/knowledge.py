"""GOVERNANCE: what the parts of the drug knowledge may hold, each alone and together."""

from __future__ import annotations

import json
from collections.abc import Iterator

from contracts import keys
from contracts.act import Act
from contracts.knowledge_part import said
from contracts.rules.base import Failed, rule

_PART = "governance.knowledge_part"
_VERSION = "governance.knowledge"
_PART_CHARACTERS_MAX = 54_614  # of base64url for 40,960 bytes


@rule(
    "OFFICE-16",
    "SCHEMA_LENGTH",
    (_PART,),
    sources="contracts §1",
    en="A knowledge part has at most 40 KB; spread the drugs over more parts.",
    zh="药品知识分册不得超过 40 KB；请将药品分到更多分册。",
)
def part_is_small(act: Act) -> None:
    """The payload, as received, has at most 40,960 bytes: its entry then fits on every host."""
    if len(str(json.loads(act.facts.statement)["payload"])) > _PART_CHARACTERS_MAX:
        raise Failed({"member": "drugs"})


@rule(
    "OFFICE-18",
    "PRODUCT_CONTRADICTS",
    (_PART, _VERSION),
    sources="S46 §2.3 SWAP",
    version=2,
    en="A part, or a version's parts, give the same seven digits of trace codes to two drugs or packages, "
    "or tell of one drug in two ways.",
    zh="同一分册内或同一版本的各分册之间，同一追溯码前七位对应两种药品或两个包装级别，"
    "或对同一药品的说明不一致。",
)
def knowledge_agrees(act: Act) -> None:
    """Seven digits tell of one drug and one package of it, a code of one drug: a scan has but one answer.

    Within a part, and among the parts of each version that names it: whichever of them comes last, part or
    version, is refused. What parts of older software hold is not listed in state and not compared.
    """
    if act.type == _VERSION:
        _parts_agree(act)
        return
    of_part = list(said(act.payload["drugs"]))
    for known in ({}, *_beside(act)):
        for pointer, name, words in of_part:
            if known.setdefault(name, words) != words:
                raise _contradicts("drugs", pointer, name)


def _parts_agree(act: Act) -> None:
    known: dict[str, str] = {}
    for place, part in enumerate(act.payload["parts"]):
        for name, words in (act.state(keys.said(part)) or {}).items():
            if known.setdefault(name, words) != words:
                raise _contradicts("parts", f"/parts/{place}", name)


def _beside(act: Act) -> Iterator[dict[str, str]]:
    """Of each version that names this part, what its parts so far say."""
    for version in (act.state(keys.KNOWLEDGE) or {"versions": []})["versions"]:
        parts = act.parts_of(version["id"])
        if act.facts.statement_id in parts:
            yield {
                name: words for part in parts for name, words in (act.state(keys.said(part)) or {}).items()
            }


def _contradicts(member: str, pointer: str, name: str) -> Failed:
    kind, _, value = name.partition("/")
    return Failed({"member": member, "pointer": pointer, kind: value})


RULES = (part_is_small, knowledge_agrees)
