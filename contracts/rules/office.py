"""GOVERNANCE and REGISTRY: what officers may write, and in what order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contracts import keys, subjects
from contracts.act import Act
from contracts.facts import Json
from contracts.groups import MEASURES, READS
from contracts.list_forms import list_expected
from contracts.parameters import AREAS, DEFAULTS
from contracts.rules.base import DECLARED, Failed, rule
from contracts.rules.case import frozen_by_step
from contracts.rules.trial import may_be_tried
from contracts.statements.schema import Integer
from contracts.statements.spellings import compact, nearest
from contracts.time import day_of, from_text
from contracts.types import ROLES

_ABOUT_SUBJECTS = (*MEASURES, *READS)
_VERSIONS = ("governance.rulebook", "governance.knowledge")
_SCREEN = re.compile(r"SCREEN(-[A-Z]+)+")
_REGION = re.compile(r"[0-9]{1,6}")  # GB/T 2260


@rule(
    "OFFICE-1",
    "ID_CONFLICT",
    ("governance.genesis",),
    sources="interface §2",
    en="The log has its genesis; there is only one.",
    zh="账本已有创世记录，不可重复。",
)
def one_genesis(act: Act) -> None:
    """Genesis is entry 0 and nothing else."""
    if act.state(keys.GENESIS) is not None:
        raise Failed


@rule(
    "OFFICE-2",
    "POLICY_RETROACTIVE",
    _VERSIONS,
    sources="security A02 S55",
    en="A rulebook or knowledge version may not begin in the past.",
    zh="规则手册或药品知识版本的生效时间不得早于当前时间。",
)
def begins_from_now(act: Act) -> None:
    """`effective_from`, where given, is not before ledger time nor before the version in waiting."""
    if "effective_from" not in act.payload:
        return
    key = keys.RULEBOOK if act.type == "governance.rulebook" else keys.KNOWLEDGE
    versions = (act.state(key) or {"versions": []})["versions"]
    latest = max((version["from"] for version in versions), default=0)
    begins = from_text(act.payload["effective_from"])
    if begins < act.time_ms or begins < latest:
        raise Failed


@rule(
    "OFFICE-3",
    "SCHEMA_UNKNOWN_FIELD",
    ("governance.rulebook",),
    sources="D8",
    en="The rulebook sets a parameter that no rule has.",
    zh="规则参数名称不存在。",
)
def parameters_known(act: Act) -> None:
    """A rulebook is an object of known parameters, and so is each area of it; the nearest is proposed."""
    for given in _sets(act.payload["parameters"]):
        if not isinstance(given, dict):
            raise Failed({"member": "parameters"})
        unknown = [name for name in given if name not in DEFAULTS]
        if unknown:
            raise Failed({"member": "parameters", **nearest(unknown[0], DEFAULTS)})


def _sets(parameters: Json) -> list[Json]:
    """The rulebook's own parameters and those of each area; [None] for areas that are no object."""
    if not isinstance(parameters, dict):
        return [parameters]
    areas = parameters.get(AREAS, {})
    own: Json = {name: value for name, value in parameters.items() if name != AREAS}
    return [own, *areas.values()] if isinstance(areas, dict) else [None]


@rule(
    "OFFICE-4",
    "SCHEMA_TYPE",
    ("governance.rulebook",),
    sources="D8 S48 S55 S62",
    version=2,
    en="A parameter's value has the wrong form: numbers are whole and from 0, a list is as its kind.",
    zh="规则参数值的形式不正确：数值须为非负整数，列表各项须符合该参数规定的格式。",
)
def parameters_well_formed(act: Act) -> None:
    """Each value has the form of its parameter, so that no rule meets what it cannot read.

    The submitter is told which one, and what is expected of it.
    """
    for given in _sets(act.payload["parameters"]):
        if not isinstance(given, dict):
            raise Failed({"member": "parameters"})
        for name, value in given.items():
            expected = expected_of(name, value) if name in DEFAULTS else ""  # OFFICE-3 speaks of the others
            if expected:
                told = Integer().told(value) if isinstance(DEFAULTS[name], int) else {}
                raise Failed({**told, "member": f"parameters.{name}", "expected": expected})


@rule(
    "OFFICE-10",
    "SCHEMA_TYPE",
    ("governance.rulebook",),
    sources="S31 S32 D8",
    en="An area is named by the first one to six digits of its region code.",
    zh="地区须以行政区划代码的前一至六位数字表示。",
)
def areas_are_regions(act: Act) -> None:
    """Each area of a rulebook is named by one to six digits."""
    given = act.payload["parameters"]
    areas = given.get(AREAS, {}) if isinstance(given, dict) else {}
    if not all(_REGION.fullmatch(name) for name in areas if isinstance(areas, dict)):
        raise Failed({"member": f"parameters.{AREAS}"})


def expected_of(name: str, value: Json) -> str:
    """Return what the parameter `name` must be, in words, or "" where `value` has its form."""
    if isinstance(DEFAULTS[name], list):
        return list_expected(name, value)
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return "" if is_number else "a whole number from 0"


@rule(
    "OFFICE-5",
    "CODE_UNKNOWN",
    (
        "registry.licence",
        "registry.department",
        "registry.uncoded",
        "registry.channel",
        "registry.key",
        "registry.authenticator",
        "registry.revocation",
        *MEASURES,
        *READS,
    ),
    sources="contracts §1 S18 S13 S11",
    version=4,
    en="What the statement is about (person, organisation, drug, key, case …) is not on the ledger.",
    zh="声明所指的对象（人员、机构、药品、密钥、案件、证据等）不在账本上。",
)
def subject_registered(act: Act) -> None:
    """What a registry statement or a measure is about stands on the ledger, evidence included."""
    for member, key in _subjects(act):
        if act.state(key) is None:
            raise Failed({"member": member})
    if act.type == "registry.key" and not _retires_own(act):
        raise Failed({"member": "retires.kid"})
    unknown = _unknown_scope(act)
    if unknown:
        raise Failed({"member": unknown})
    evidence = act.payload.get("evidence", [])
    if not all(_on_ledger(act, str(one)) for one in evidence):
        raise Failed({"member": "evidence"})


def _unknown_scope(act: Act) -> str:
    """The member of a freeze that no drug table knows, or "": a slip of the pen would stop nothing."""
    payload = act.payload
    if act.type != "governance.freeze":
        return ""
    if "drug" in payload and not act.drug_known(str(payload["drug"])):
        return "drug"
    named = "drug_class" in payload and not act.class_known(str(payload["drug_class"]))
    return "drug_class" if named else ""


def _retires_own(act: Act) -> bool:
    """Whether what a key retires, if anything, is its own subject's: else the old one goes on unnoticed."""
    if "retires" not in act.payload:
        return True
    old = act.state(keys.key(act.payload["retires"]["kid"]))
    return old is not None and old["subject"] == act.payload["subject"]


def _on_ledger(act: Act, identifier: str) -> bool:
    """Whether a statement was committed, or its refusal recorded."""
    return any(act.state(key) is not None for key in (keys.leaf(identifier), keys.refused(identifier)))


def _subjects(act: Act) -> list[tuple[str, str]]:
    """The members that name what the statement is about, each with the key of what it names."""
    payload = act.payload
    if act.type in _ABOUT_SUBJECTS:
        return _measured(act)
    if act.type in ("registry.department", "registry.uncoded", "registry.channel"):
        return [("organisation", keys.organisation(payload["organisation"]))]
    if act.type == "registry.licence":
        sites = [("sites", keys.organisation(site)) for site in payload["sites"]]
        return [("person", keys.person(payload["person"])), *sites]
    if act.type == "registry.authenticator":
        institution = ("organisation", keys.organisation(payload["organisation"]))
        return [("person", keys.person(payload["person"])), institution]
    if act.type == "registry.revocation":
        named = [("kid", keys.key(payload["kid"]))] if "kid" in payload else []
        if "credential_id" in payload:
            named.append(("credential_id", keys.authenticator(payload["credential_id"])))
        return named or [("kid", keys.key(""))]
    of = keys.organisation if payload["role"] == "organisation" else keys.person
    return [("subject", of(payload["subject"]))]


def _measured(act: Act) -> list[tuple[str, str]]:
    payload = act.payload
    named = (
        ("freeze", keys.freeze_of),
        ("score", keys.score_of),
        ("case", keys.case),
        ("reminder", keys.reminder),
        ("campaign", keys.campaign),
    )
    found = [(member, key_of(str(payload[member]))) for member, key_of in named if member in payload]
    if frozen_by_step(act) is not None:
        found = [one for one in found if one[0] != "case"]
    if "subject" in payload and subjects.found(act, str(payload["subject"])) is None:
        found.append(("subject", keys.person(payload["subject"])))
    return found


@rule(
    "OFFICE-6",
    "ROLE_FORBIDDEN",
    ("registry.key",),
    sources="contracts §1",
    en="The key's role is not the role in which its subject is registered.",
    zh="密钥岗位与登记岗位不一致。",
)
def key_role_matches(act: Act) -> None:
    """A person's key carries the registered role; an organisation's the role `organisation`."""
    if act.payload["role"] == ROLES[-1]:
        return
    person = act.state(keys.person(act.payload["subject"]))
    if person is not None and person["role"] != act.payload["role"]:
        raise Failed({"required": person["role"]})


@rule(
    "OFFICE-7",
    "ID_CONFLICT",
    ("registry.key", "registry.authenticator"),
    sources="security §4",
    en="This key or authenticator is already enrolled; a revoked one never comes back.",
    zh="该密钥或认证器已登记；已吊销的不可恢复。",
)
def never_enrolled(act: Act) -> None:
    """A key or credential is enrolled once, so that a revocation cannot be undone."""
    if act.type == "registry.key":
        subject = str(act.payload["subject"])
        introduced = [signer.kid for signer in act.facts.signers if signer.code == subject][:1]
        taken = any(act.state(keys.key(kid)) is not None for kid in introduced)
    else:
        enrolled = (keys.authenticator(one.credential_id) for one in act.facts.credentials)
        taken = any(act.state(key) is not None for key in enrolled)
    if taken:
        raise Failed


@rule(
    "OFFICE-8",
    "TIME_ORDER",
    (
        "registry.organisation",
        "registry.licence",
        "registry.tool",
        "registry.channel",
        "registry.key",
        "registry.revocation",
    ),
    version=2,
    sources="security §4",
    en="An end lies before its beginning, or a compromise in the future.",
    zh="起止时间顺序错误。",
)
def times_in_order(act: Act) -> None:
    """Validity ends after it begins; a compromise lies in the past; a key ends after now."""
    payload = act.payload
    if "valid_from" in payload and day_of(payload["valid_from"]) > day_of(payload["valid_to"]):
        raise Failed({"member": "valid_to"})
    for one in payload.get("agreements", ()):
        _agreement_in_order(one)
    if act.type == "registry.key" and "valid_to" in payload and from_text(payload["valid_to"]) <= act.time_ms:
        raise Failed({"member": "valid_to"})
    if "compromised_from" in payload and from_text(payload["compromised_from"]) > act.time_ms:
        raise Failed({"member": "compromised_from"})


def _agreement_in_order(one: Mapping[str, Any]) -> None:
    """An agreement ends after it begins, and its suspension too."""
    if day_of(one["valid_from"]) > day_of(one["valid_to"]):
        raise Failed({"member": "agreements.valid_to"})
    suspended = one.get("suspended", {})
    if "to" in suspended and day_of(suspended["from"]) > day_of(suspended["to"]):
        raise Failed({"member": "agreements.suspended.to"})


@rule(
    "OFFICE-9",
    "CODE_UNKNOWN",
    ("governance.rulebook",),
    version=4,
    sources="S66",
    parameters=("shadow_rules",),
    en="No unknown rule, and none on which a plain ban or an effect rests, may run in shadow; see RULES.md.",
    zh="不可试运行（影子）：规则编号不存在，或该规则含有法定禁止、为其他环节的前提；详见 RULES.md。",
)
def shadows_are_allowed(act: Act) -> None:
    """`shadow_rules` names rules that exist and that may be on trial, in every area."""
    for one in _sets(act.payload["parameters"]):
        named = one.get("shadow_rules", []) if isinstance(one, dict) else []
        if isinstance(named, list) and not may_be_tried().issuperset(map(str, named)):
            raise Failed({"member": "parameters.shadow_rules"})


@rule(
    "OFFICE-12",
    "CODE_UNKNOWN",
    ("governance.case", "governance.campaign"),
    sources="S30 S25",
    en="There is no rule of this id; RULES.md lists them, and a screen's id begins with SCREEN-.",
    zh="没有此编号的规则；规则编号见 RULES.md，筛查编号以 SCREEN- 开头。",
)
def rules_named_exist(act: Act) -> None:
    """What a case or campaign rests on are rules, or screens, which are judged by their form alone.

    Screens run over exports and come without the contracts: no ledger knows which there are.
    """
    for place, named in enumerate(act.payload["rules"]):
        if named not in DECLARED and not _SCREEN.fullmatch(named):
            plain = compact(named).upper()
            meant = {"proposed": plain} if plain in DECLARED else {}  # another number is another rule
            raise Failed({"member": "rules", "pointer": f"/rules/{place}", **meant})


RULES = (
    one_genesis,
    begins_from_now,
    parameters_known,
    parameters_well_formed,
    subject_registered,
    key_role_matches,
    never_enrolled,
    times_in_order,
    shadows_are_allowed,
    areas_are_regions,
    rules_named_exist,
)
