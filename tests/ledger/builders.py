"""A small world for tests of the ledger: contracts that obey, and a ledger in a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from contracts.decision import Context, Decision
from contracts.facts import AdmissionRefusal, Facts, Json, Read
from ledger.clock import SandboxClock
from ledger.contract import Contract
from ledger.local import Ledger
from ledger.note import LogSigner
from ledger.tags import key_id

START_MS = 1_800_000_000_000
ORIGIN = "ledger.example/test"
SEED = bytes([1]) * 32
TAG_KEYS = {"people": bytes([2]) * 32, "codes": bytes([3]) * 32}
SECRET = "990000199001010018"


def encode(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def facts(name: str, type_: str = "duty.closed", chain: str = "", **payload: Any) -> Facts:
    """Facts of a test statement; `name` makes its id."""
    body = {"type": type_, "iss": "H1", "name": name, "chain": chain, **payload}
    identifier = hashlib.sha256(encode(body)).hexdigest()
    disclosed: dict[str, Json] = {"identity": {"certificate_number": SECRET}}
    return Facts(identifier, body, (), disclosed, encode({"payload": name}))


def disclosures(value: str = SECRET) -> tuple[str, ...]:
    import base64

    text = encode(["c2FsdHNhbHRzYWx0c2FsdA", "identity", {"certificate_number": value}])
    return (base64.urlsafe_b64encode(text).decode().rstrip("="),)


def execute(item: Facts, context: Context, read: Read) -> Decision:
    """Accept; count per chain; a payload may ask for other ends with `want`."""
    if read(f"pub/leaf/{item.statement_id}") is not None and not context.check:
        return Decision("replayed")
    chain = str(item.payload.get("chain", ""))
    count = int(json.loads(read(f"pub/count/{chain}") or b"0")) + 1
    entry = encode({"statement": json.loads(item.statement), "time": context.time_ms, "count": count})
    leaf = hashlib.sha256(b"\x00" + entry).hexdigest()
    tag = item.tags[("people", SECRET)][0]
    writes = [
        (f"pub/leaf/{item.statement_id}", encode({"leaf": leaf})),
        (f"pub/count/{chain}", encode(count)),
        (f"pvt/person/{tag}", encode({"seen": count})),
        (f"pvt/statement/{item.statement_id}", b"{}"),
    ]
    if chain:
        writes.append((f"pub/head/{chain}", encode({"leaf": leaf})))
    want = item.payload.get("want")
    if item.type == "governance.genesis":
        said = {name: item.payload[name] for name in ("log_vkey", "tag_keys")}
        writes.append(("pub/genesis", encode(said)))
    if "next_key" in item.payload:
        known = json.loads(read("pub/log-keys") or b'{"keys":[]}')["keys"]
        named = {"id": item.statement_id, **_object(item.payload["next_key"])}
        writes.append(("pub/log-keys", encode({"keys": [*known, named]})))
    if want == "crash":
        raise RuntimeError("a bug in a contract")
    if want == "lie":
        return Decision("accepted", entry=entry, leaf="00" * 32)
    if want == "refuse":
        return _refusal(item.statement_id, context)
    return Decision("accepted", (), (), entry, leaf, chain or None, tuple(writes), chain)


def _object(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value


def _refusal(statement_id: str, context: Context) -> Decision:
    entry = encode({"refused": {"digest": statement_id}, "time": context.time_ms})
    return Decision("refused", ("ROLE_FORBIDDEN",), (), entry, hashlib.sha256(b"\x00" + entry).hexdigest())


def record_refusal(refusal: AdmissionRefusal, context: Context, read: Read) -> Decision:
    return _refusal(refusal.statement_id, context)


def tagged_values(opened: Mapping[str, Json]) -> Iterable[tuple[str, str]]:
    identity = opened.get("identity")
    return [("people", str(identity["certificate_number"]))] if isinstance(identity, dict) else []


def admit(body: bytes, read: Read) -> tuple[Facts, tuple[str, ...]]:
    payload = json.loads(body)
    return facts("genesis", **payload), ()


def foreseen(item: Facts | AdmissionRefusal) -> Iterable[str]:
    if isinstance(item, Facts) and item.payload.get("want") == "blindness":
        raise RuntimeError("a bug in looking ahead")
    return (f"pub/leaf/{item.statement_id}",)


CONTRACT = Contract(execute, record_refusal, tagged_values, admit, foreseen)


def genesis_body(**changed: Any) -> bytes:
    body = {
        "type_": "governance.genesis",
        "aud": ORIGIN,
        "log_vkey": LogSigner(ORIGIN, SEED).verifier_key.text,
        "profile": "sandbox",
        "tag_keys": {kind: key_id(key) for kind, key in TAG_KEYS.items()},
    }
    return encode({**body, **changed})


def create(folder: Path, **changed: Any) -> str:
    clock = SandboxClock(START_MS)
    return Ledger.create(folder, genesis_body(**changed), SEED, TAG_KEYS, clock, CONTRACT)


def open_(
    folder: Path, clock: Any = None, hook: Callable[[str], None] = lambda _: None, **options: Any
) -> Ledger:
    return Ledger.open(folder, clock or SandboxClock(START_MS), contract=CONTRACT, hook=hook, **options)
