"""The log judged once more by the contracts: the same bytes by the same rules, or history under other ones.

Every entry is rebuilt from what the log and the vault hold, and decided on a state that begins empty. With
the rules of its day each decision must be the entry, byte for byte: verdicts are not the operator's word.
A rule that was written anew since bears a higher version: an entry that differs in that alone is told apart.
With another rulebook the answer is what an area's rules would have said about the past (retrospective).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from contracts import Context, Decision, execute, keys, repeat_refusal
from contracts.contract import leaf_hash
from contracts.effects.supply import SOLD_ELSEWHERE
from contracts.facts import Facts, Json
from contracts.statements import base64url, submission
from contracts.statements.authenticate import authenticate
from contracts.tagging import tagged_values
from contracts.written import encode

Tags = dict[tuple[str, str], tuple[str, ...]]
_LINKS = ("pub/leaf/", "pub/head/")
_PACK = "0" * 64  # stands for the rulebook under which history is looked at


class Source(Protocol):
    """What a replay needs of a ledger."""

    @property
    def size(self) -> int:
        """How many entries there are."""

    def entry(self, index: int) -> bytes:
        """Return an entry."""

    def received(self, index: int) -> tuple[str, ...]:
        """Return the encoded disclosures that came with it. Raises with code ERASED when they are gone."""

    def tag(self, kind: str, value: str) -> tuple[str, ...]:
        """Return the keyed tags of a value."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry judged again: whether the bytes are the same, and what other rules would have said.

    `versions` are the rules (id, version then, version now) in whose version alone the entry differs.
    """

    index: int
    type: str
    same: bool
    decision: Decision
    otherwise: Decision | None = None
    versions: tuple[tuple[str, int, int], ...] = ()


@dataclass(slots=True)
class _State:
    values: dict[str, bytes] = field(default_factory=dict)

    def under(self, parameters: Mapping[str, Any], at_ms: int) -> Callable[[str], bytes | None]:
        """Read the state as if this rulebook, on top of the one in force then, had been in force always."""

        def read(key: str) -> bytes | None:
            if key == keys.RULEBOOK:
                return json.dumps({"versions": [{"id": _PACK, "from": 0}]}).encode()
            if key == keys.rulebook(_PACK):
                return json.dumps({"parameters": {**self._in_force(at_ms), **parameters}}).encode()
            return self.values.get(key)

        return read

    def _in_force(self, at_ms: int) -> dict[str, Any]:
        versions = json.loads(self.values.get(keys.RULEBOOK, b'{"versions":[]}'))["versions"]
        begun = [version["id"] for version in versions if version["from"] <= at_ms]
        return dict(json.loads(self.values[keys.rulebook(begun[-1])])["parameters"]) if begun else {}


def replay(source: Source, parameters: Mapping[str, Any] | None = None) -> Iterator[Judged]:
    """Yield every entry of `source` judged again, in order; with `parameters` also under that rulebook.

    Raises what `source.received` raises: an erased disclosure cannot be judged, nor what follows it.
    """
    state = _State()
    for index in range(source.size):
        raw = source.entry(index)
        entry = json.loads(raw)
        context = Context(int(entry["time"]))
        if "refused" in entry:
            kept = _kept(source, index, entry["refused"])
            decision = repeat_refusal(entry["refused"], context, state.values.get, *kept)
            judged = Judged(index, entry["refused"]["type"], decision.entry == raw, decision)
        else:
            facts = _facts(source, index, entry["statement"], state)
            judged = _judge(index, raw, facts, context, state, parameters)
        state.values.update((judged.otherwise or judged.decision).writes)
        if judged.versions:
            state.values.update(_true_leaves(judged.decision, raw))
        yield judged


def _true_leaves(decision: Decision, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the links to an entry as the log has it: what follows names that leaf."""
    again, true = str(decision.leaf).encode(), leaf_hash(raw).encode()
    for key, value in decision.writes:
        if key.startswith(_LINKS):
            yield key, value.replace(again, true)


def _kept(source: Source, index: int, refused: Mapping[str, Any]) -> tuple[dict[str, Json], Tags]:
    """What the vault kept of packs that were refused as sold: a later correction is held against it."""
    if SOLD_ELSEWHERE not in refused["codes"]:
        return {}, {}
    opened = dict(_opened(text) for text in source.received(index))
    return opened, _tags(source, opened)


def _opened(text: str) -> tuple[str, Json]:
    _, group, value = json.loads(base64url.decode(text))
    return group, value


def _tags(source: Source, opened: Mapping[str, Json]) -> Tags:
    return {(kind, value): source.tag(kind, value) for kind, value in tagged_values(opened)}


def _facts(source: Source, index: int, statement: Mapping[str, Any], state: _State) -> Facts:
    signatures = [dict(one) for one in statement["signatures"]]
    signatures[0]["header"] = {**signatures[0].get("header", {}), "disclosures": list(source.received(index))}
    body = json.dumps({"payload": statement["payload"], "signatures": signatures}).encode()
    facts = authenticate(submission.parse(body), state.values.get)
    return Facts(
        facts.statement_id,
        facts.payload,
        facts.signers,
        facts.disclosures,
        encode(statement),
        _tags(source, facts.disclosures),
        facts.credentials,
        facts.certificate_window,
    )


def _judge(
    index: int,
    raw: bytes,
    facts: Facts,
    context: Context,
    state: _State,
    parameters: Mapping[str, Any] | None,
) -> Judged:
    decision = execute(facts, context, state.values.get)
    otherwise = None
    if parameters is not None:
        looked = execute(facts, context, state.under(parameters, context.time_ms))
        # Where other rules refuse, history goes on as it went; where they accept, their counters are kept.
        writes = looked.writes if looked.outcome == "accepted" else decision.writes
        chained = dict(decision.writes) if looked.outcome == "accepted" else {}
        kept = {**dict(writes), **{key: value for key, value in chained.items() if _is_of_the_log(key)}}
        otherwise = Decision(looked.outcome, looked.codes, looked.findings, writes=tuple(kept.items()))
    same = decision.entry == raw
    versions = () if same else _versions_alone(raw, decision.entry or b"{}")
    return Judged(index, facts.type, same, decision, otherwise, versions)


def _versions_alone(raw: bytes, again: bytes) -> tuple[tuple[str, int, int], ...]:
    """The rules in whose version alone two entries differ; () where anything else differs too."""
    then, now = json.loads(raw), json.loads(again)
    both = [entry.get("verdict", {}).get("flags", []) for entry in (then, now)]
    if len(both[0]) != len(both[1]):
        return ()
    changed = []
    for old, new in zip(*both, strict=True):
        if old["rule"] == new["rule"] and old["version"] != new["version"]:
            changed.append((str(old["rule"]), int(old["version"]), int(new["version"])))
            old["version"] = new["version"]
    return tuple(changed) if then == now else ()


def _is_of_the_log(key: str) -> bool:
    """Leaves, heads and versions are those of the true entries, so that chains and the past go on."""
    return key.startswith(_LINKS) or key == keys.RULEBOOK
