"""A case as a package for another office: entries and evidence, each with a proof of its own (S13).

Whoever receives it needs the package, a trust file that they got by a way they trust, and rx-verify.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.logged import statement_of
from api.words import word
from contracts.contract import leaf_hash
from contracts.rules.breaker import CLEARED
from contracts.statements import base64url, introduced
from contracts.statements.keys import SM2_SM3
from contracts.time import to_text

_NAMING = {
    "governance.case_step": ("case", "step"),
    "governance.score": ("case", "score"),
    "governance.repair": ("score", "repair"),
    "governance.appeal": ("case", "appeal"),
    "governance.self_report": ("case", "self_report"),
    "governance.referral": ("case", "referral"),
}
_GUIDE = """Referral package of case {case}

Each receipts/N.tlog-proof proves that entries/N.entry is entry N of the log {origin}:

    rx-verify receipt receipts/N.tlog-proof --entry entries/N.entry --keys entries --trust trust.json

The registrations of the keys that SM2 signatures need are among the entries (part "key").
trust.json is not in this package: take it from the regulator by a way that you trust.
index.json says what each entry is. Personal data stand in none of them.

案件 {case} 移送包

receipts/N.tlog-proof 证明 entries/N.entry 是账本 {origin} 的第 N 条账目，用上述命令即可离线核验。
核验 SM2 签名所需公钥的登记账目已包含在内（part 为 "key"）。
trust.json 不在本包内，请通过您信任的途径向监管部门索取。index.json 说明每条账目的内容，均不含个人信息。
"""


class ReferralFault(Exception):
    """There is no package of this case; the text says why, `fix` what to do."""

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__(cause)
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry of the package: what it is to the case, and what it says in short."""

    index: int
    part: str  # case, evidence, key (what registered an SM2 signer's key), or a word of _NAMING
    id: str
    raw: bytes

    def told(self) -> dict[str, Any]:
        """Return the piece for index.json."""
        entry = json.loads(self.raw)
        place = {"index": self.index, "leaf": leaf_hash(self.raw), "part": self.part, "id": self.id}
        told = {**place, "time": to_text(entry["time"])}
        if "refused" in entry:
            refused = entry["refused"]
            return {**told, "type": refused["type"], "refused": refused["codes"]}
        _, payload = statement_of(entry)
        flags = [flag["code"] for flag in entry["verdict"]["flags"]]
        return {**told, "type": payload["type"], "flags": flags}


def pieces(entries: Iterable[bytes], case: str) -> list[Piece]:
    """Return the case, its steps, scores, repairs and appeals, its evidence, and the keys of SM2 signatures.

    In the order of the log. Raises ReferralFault when the case or a piece of evidence is not in the log, and
    when the case cleared its subject (CASE-12): a package accuses whom it names. Who was referred before
    that is packed again, for the other office has the accusation and should have its end.
    """
    known = [(index, raw, *_identity(raw)) for index, raw in enumerate(entries)]
    opened = next((payload for _, _, id_, payload in known if id_ == case), None)
    if opened is None or opened.get("type") != "governance.case":
        raise ReferralFault(f"no case {case} in this log", "export the log anew, or look up the case's id")
    evidence = {str(one) for one in opened["evidence"]}
    scores = {id_ for _, _, id_, payload in known if _part(id_, payload, {case}, set()) == "score"}
    found = [
        Piece(index, "case" if id_ == case else part, id_, raw)
        for index, raw, id_, payload in known
        if (part := _part(id_, payload, {case, *scores}, evidence)) or id_ == case
    ]
    missing = evidence - {piece.id for piece in found}
    if missing:
        raise ReferralFault(
            f"evidence {min(missing)} is not in this log", "export the log anew, or look up the case's id"
        )
    if is_cleared(found) and not any(piece.part == "referral" for piece in found):
        raise ReferralFault(
            f"case {case} found no violation: nobody is referred for what came to nothing",
            "rx profile shows how the case ended; the log proves it",
        )
    return _with_keys(found, [Piece(index, "key", id_, raw) for index, raw, id_, _ in known])


def is_cleared(found: Iterable[Piece]) -> bool:
    """Return whether the last finding among a case's pieces, its appeal's included, accuses nobody."""
    steps = (statement_of(json.loads(piece.raw))[1] for piece in found if piece.part == "step")
    findings = [step["finding"] for step in steps if "finding" in step]
    return bool(findings) and findings[-1] in CLEARED


def _with_keys(found: Iterable[Piece], known: Iterable[Piece]) -> list[Piece]:
    """Add the registrations of the SM2 keys that signed, and of those that signed these.

    An ES256 key follows from its signature and needs none.
    """
    registered = {kid: piece for piece in known for kid in _introduced(piece.raw)}
    taken = {piece.index: piece for piece in found}
    waiting = list(taken.values())
    while waiting:
        needed = (registered[kid] for kid in _sm2_signers(waiting.pop().raw) if kid in registered)
        for piece in needed:
            if piece.index not in taken:
                taken[piece.index] = piece
                waiting.append(piece)
    return [taken[index] for index in sorted(taken)]


def _introduced(raw: bytes) -> Iterable[str]:
    _, payload = _identity(raw)
    return introduced.keys_of(payload) if payload else ()


def _sm2_signers(raw: bytes) -> list[str]:
    signatures = json.loads(raw).get("statement", {}).get("signatures", [])
    headers = [json.loads(base64url.decode(one["protected"])) for one in signatures]
    return [header["kid"] for header in headers if header["alg"] == SM2_SM3]


def _identity(raw: bytes) -> tuple[str, Mapping[str, Any]]:
    entry = json.loads(raw)
    if "refused" in entry:
        return str(entry["refused"]["digest"]), {}
    return statement_of(entry)


def _part(id_: str, payload: Mapping[str, Any], matters: set[str], evidence: set[str]) -> str:
    """What an entry is to the case and its scores (`matters`), or ""."""
    member, part = _NAMING.get(str(payload.get("type", "")), ("", ""))
    if part and payload.get(member) in matters:
        return part
    return "evidence" if id_ in evidence else ""


def write(
    folder: Path, case: str, origin: str, found: Iterable[Piece], receipts: Mapping[int, bytes]
) -> str:
    """Write the package into a new folder; return the digest that a governance.referral names.

    It is that of index.json, which names the leaf of every entry.
    """
    for name in ("entries", "receipts"):
        (folder / name).mkdir(parents=True)
    told = []
    for piece in found:
        (folder / "entries" / f"{piece.index}.entry").write_bytes(piece.raw)
        (folder / "receipts" / f"{piece.index}.tlog-proof").write_bytes(receipts[piece.index])
        told.append(piece.told())
    index = json.dumps({"case": case, "origin": origin, "entries": told}, ensure_ascii=False, indent=1)
    (folder / "index.json").write_text(index + "\n", "utf-8")
    (folder / "README.txt").write_text(_GUIDE.format(case=case, origin=origin), "utf-8")
    return hashlib.sha256((folder / "index.json").read_bytes()).hexdigest()


def parts(found: Iterable[Piece], local: Callable[[str], str], chinese: bool = False) -> Iterator[str]:
    """Yield a line for each piece; `local` turns a time into the log's own."""
    for piece in found:
        told = piece.told()
        codes = ", ".join(told.get("refused") or told["flags"]) or "-"
        part, type_ = word(piece.part, chinese), word(told["type"], chinese)
        yield f"{piece.index:>8}  {part:<12}{local(told['time'])}  {type_:<26}{codes}"
