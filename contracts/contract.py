"""The one way in: facts, context and state to a decision. Pure; every host calls it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Literal

from contracts import keys
from contracts.act import Act, State
from contracts.codes import ACCUSING, CODES
from contracts.decision import Context, Decision, Finding
from contracts.effects import EFFECTS, tickets
from contracts.effects.care import counted
from contracts.effects.measures import tripped
from contracts.effects.supply import caught
from contracts.facts import NO_RELYING_PARTY, AdmissionRefusal, Facts, Json, Read
from contracts.outlook import outlook
from contracts.reading import part_of
from contracts.rules import RULES_BEFORE_BY_TYPE, RULES_BY_TYPE
from contracts.rules.base import Failed, Rule
from contracts.written import encode

_STRENGTHS = ("refuse", "hold", "flag")
SHADOW = "SHADOW"

# Judged by the organisation's relying party as it stands; its addresses may have changed since.
_OF_THE_RELYING_PARTY = ("HUM_ORIGIN", "HUM_RP")


def leaf_hash(entry: bytes) -> str:
    """Return the RFC 6962 §2.1 leaf hash of an entry, in hex."""
    return hashlib.sha256(b"\x00" + entry).hexdigest()


def foreseen(item: Facts | AdmissionRefusal) -> tuple[str, ...]:
    """Return public keys that a decision reads, as a rule, and that hold nothing for a new submission.

    A host may look those of many submissions up at once; whoever does not reads them one by one.
    """
    own = (keys.leaf(item.statement_id), keys.ticket(item.statement_id))
    return (*own, keys.jti(item.organisation, str(item.payload["jti"]))) if isinstance(item, Facts) else own


def execute(facts: Facts, context: Context, read: Read) -> Decision:
    """Return the verdict on an authenticated submission, with its entry and its writes.

    A committed payload is `replayed` and changes nothing. A refusal writes at most its entry and
    counters. In a check before the act (`context.check`) nothing is appended or written.
    """
    act = Act(facts, context, read)
    if act.state(keys.leaf(facts.statement_id)) is not None:
        return Decision("replayed")
    findings = _findings(act)
    refusing = tuple(finding for finding in findings if finding.strength == "refuse")
    if context.check:
        return _before(act, refusing, findings)
    if refusing:
        return _refused(act, refusing, findings)
    return _accepted(act, findings)


def record_refusal(refusal: AdmissionRefusal, context: Context, read: Read) -> Decision:
    """Return the decision for what failed at admission: an entry without content, or nothing.

    Nothing when a committed statement has the id: a bad copy says nothing about the good one. And `replayed`
    where all that is wrong with the copy may have been right when it was committed: its signatures hold.
    """
    payload = {"type": refusal.type, "iss": refusal.organisation}
    act = Act(Facts(refusal.statement_id, payload, (), {}, b""), context, read)
    moved = refusal.code in _OF_THE_RELYING_PARTY or refusal.pointer == NO_RELYING_PARTY
    if moved and act.state(keys.leaf(refusal.statement_id)) is not None:
        return Decision("replayed")
    finding = Finding("ADMISSION", 1, refusal.code, CODES[refusal.code].class_, "refuse")
    if refusal.pointer == NO_RELYING_PARTY:  # of the form: answered, never an entry (SPEC 5.7)
        return Decision("refused", (refusal.code,), (finding,), data_key=refusal.statement_id)
    return _logged_refusal(act, (finding,), (finding,), refusal.signers)


def repeat_refusal(
    refused: State,
    context: Context,
    read: Read,
    disclosures: Mapping[str, Json] | None = None,
    tags: Mapping[tuple[str, str], tuple[str, ...]] | None = None,
) -> Decision:
    """Return the decision of which a refusal's entry is left: the same entry and the same writes.

    `refused` is the member of that name in the entry; what was submitted is not on the log. Which packs
    were sold elsewhere (SOLD_ELSEWHERE) only the disclosures say, which the vault kept, with their tags.
    """
    payload = {"type": refused["type"], "iss": refused["actor"]}
    act = Act(Facts(str(refused["digest"]), payload, (), disclosures or {}, b"", tags or {}), context, read)
    findings = tuple(Finding("", 1, code, CODES[code].class_, "refuse") for code in refused["codes"])
    return _logged_refusal(act, findings, findings, tuple(refused.get("signers", ())))


def _before(act: Act, refusing: tuple[Finding, ...], findings: tuple[Finding, ...]) -> Decision:
    """The verdict before the act, signed by nobody and written nowhere.

    Whoever has no part in the prescription that it names is told the decisive reason alone: the others, and
    the days covered, say what was prescribed and bought.
    """
    if refusing and not _has_part(act):
        return Decision("refused", _codes(refusing[:1]), refusing[:1])
    outcome = "refused" if refusing else _outcome(findings)
    return Decision(outcome, _codes(refusing or findings), findings, outlook=outlook(act))


def _has_part(act: Act) -> bool:
    role = str(act.organisation.get("role", ""))
    return act.rx is None or bool(part_of(act.organisation_code, role, act.rx))


def _findings(act: Act) -> tuple[Finding, ...]:
    by_type = RULES_BEFORE_BY_TYPE if act.context.check else RULES_BY_TYPE
    found: list[Finding] = []
    for rule in by_type[act.type]:
        try:
            rule.check(act)
        except Failed as failed:
            found.append(_finding(act, rule, failed))
    # Stable: inside one strength the order of the families and their rules decides.
    return tuple(sorted(found, key=lambda one: (_STRENGTHS.index(one.strength), one.code == SHADOW)))


def _finding(act: Act, rule: Rule, failed: Failed) -> Finding:
    if rule.id in act.parameter("shadow_rules") or rule.id in act.parameter_then("shadow_rules"):
        # On trial (S66): the log keeps what the rule would have said; nothing is refused or told to a person.
        # And nobody who wrote a prescription during the trial is refused on the way for it once that is over.
        return Finding(rule.id, rule.version, SHADOW, CODES[SHADOW].class_, "flag", {"code": rule.code})
    class_ = CODES[rule.code].class_
    return Finding(rule.id, rule.version, rule.code, class_, rule.strength, failed.facts, failed.told)


def _codes(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.code for finding in findings))


def _accepted(act: Act, findings: tuple[Finding, ...]) -> Decision:
    outcome = _outcome(findings)
    act.is_held = outcome == "held"
    verdict: State = {
        "flags": [
            {
                "class": flag.class_,
                "code": flag.code,
                "facts": dict(flag.facts),
                "rule": flag.rule,
                "version": flag.version,
            }
            for flag in findings
        ],
        "outcome": outcome,
        **_versions(act),
    }
    previous, chain = _chain(act)
    raw = _entry(act, previous, verdict)
    leaf = leaf_hash(raw)
    writes = _writes(act, leaf, chain)
    return Decision(outcome, _codes(findings), findings, raw, leaf, chain, writes, _data_key(act))


def _entry(act: Act, previous: str, verdict: State) -> bytes:
    """The entry (SPEC §6) around the statement, which was put into its form at admission."""
    linked = b'"prev":%b,' % encode(previous) if previous else b""
    said = (linked, act.facts.statement, act.time_ms, encode(verdict))
    return b'{%b"statement":%b,"time":%d,"verdict":%b}' % said


def _outcome(findings: tuple[Finding, ...]) -> Literal["accepted", "held"]:
    return "held" if any(finding.strength == "hold" for finding in findings) else "accepted"


def _versions(act: Act) -> State:
    found = {"knowledge": act.knowledge_id, "rulebook": act.rulebook_id}
    return {name: version for name, version in found.items() if version}


def _chain(act: Act) -> tuple[str, str | None]:
    """The leaf of the chain's previous entry, or "", and the chain that this entry heads (D5)."""
    if act.type.startswith("duty."):
        chain = act.facts.signers[0].code
        return _leaf_under(act, keys.head(chain)), chain
    if act.type == "consultation.opened":
        return "", act.facts.statement_id
    if act.type == "consultation.closed":
        return _leaf_under(act, keys.leaf(act.consultation_id)), act.consultation_id
    if act.type == "prescription.issued":
        close = str((act.consultation or {}).get("close", ""))
        return _leaf_under(act, keys.leaf(close)), act.facts.statement_id
    if act.rx_id:
        return _leaf_under(act, keys.head(act.rx_id)), act.rx_id
    return "", None


def _leaf_under(act: Act, key: str) -> str:
    return str((act.state(key) or {}).get("leaf", ""))


def _writes(act: Act, leaf: str, chain: str | None) -> tuple[tuple[str, bytes], ...]:
    written: dict[str, State] = {
        keys.leaf(act.facts.statement_id): {"leaf": leaf},
        keys.jti(act.organisation_code, str(act.payload["jti"])): {"id": act.facts.statement_id},
    }
    if chain is not None:
        written[keys.head(chain)] = {"leaf": leaf}
    for signer in act.facts.signers:
        if signer.presence is not None and signer.presence.sign_count:
            written[keys.counter(signer.presence.credential_id)] = {
                "count": signer.presence.sign_count,
                "iat": act.payload["iat"],
            }
    written.update(EFFECTS[act.type](act))
    written.update(tickets.closed(act))
    return tuple((key, encode(value)) for key, value in written.items())


def _data_key(act: Act) -> str:
    record = act.rx
    if record is not None:
        return str(record["consultation"])
    if act.type in ("consultation.closed", "prescription.issued"):
        return act.consultation_id
    return act.facts.statement_id


def _refused(act: Act, refusing: tuple[Finding, ...], findings: tuple[Finding, ...]) -> Decision:
    # A key that the statement itself brings proves nothing about whom it names.
    registered = (signer for signer in act.facts.signers if act.state(keys.key(signer.kid)) is not None)
    signers = tuple(dict.fromkeys(signer.code for signer in registered))
    return _logged_refusal(act, refusing, findings, signers)


def _logged_refusal(
    act: Act, refusing: tuple[Finding, ...], findings: tuple[Finding, ...], signers: tuple[str, ...]
) -> Decision:
    codes = _codes(refusing)
    identifier = act.facts.statement_id
    day = act.today
    quota = act.state(keys.quota(act.organisation_code, day)) or {"count": 0}
    known = act.state(keys.refused(identifier))
    full = quota["count"] >= int(act.parameter("refusals_per_day_max"))
    committed = act.state(keys.leaf(identifier)) is not None
    if full or committed or (known is not None and list(codes) in known["codes"]):
        return Decision("refused", codes, findings, data_key=identifier)
    accused = signers if any(finding.class_ in ACCUSING for finding in refusing) else ()
    raw = encode(_refusal_entry(act, codes, accused))
    writes: dict[str, State] = {
        keys.refused(identifier): {"codes": [*(known["codes"] if known else []), list(codes)]},
        keys.quota(act.organisation_code, day): {"count": quota["count"] + 1},
    }
    if all(finding.class_ == "DATA_QUALITY" for finding in refusing):
        writes.update(tickets.opened(act))
    writes.update(caught(act, codes))
    if act.type == "prescription.issued" and accused:
        writes.update(counted(act, accused[0]))
        writes.update(tripped(act, codes, accused[0]))
    encoded = tuple((key, encode(value)) for key, value in writes.items())
    return Decision("refused", codes, findings, raw, leaf_hash(raw), None, encoded, identifier)


def _refusal_entry(act: Act, codes: tuple[str, ...], accused: tuple[str, ...]) -> State:
    refused: State = {
        "actor": act.organisation_code,
        "codes": list(codes),
        "digest": act.facts.statement_id,
        "type": act.type,
        **_versions(act),
    }
    if accused:
        refused["signers"] = list(accused)
    return {"refused": refused, "time": act.time_ms}
