"""The registry of a day: statements made from `cast.json`, before anybody signs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.knowledge.table import spread
from contracts.facts import Json

_STRENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([^\s0-9/:*,,]+)")
_LONG_AGO, _FAR_AHEAD = "2020-01-01", "2099-12-31"


@dataclass(frozen=True, slots=True)
class Planned:
    """A registry statement that an officer signs."""

    type: str
    members: dict[str, Json]
    disclosures: dict[str, Json] = field(default_factory=dict)


def host(code: str) -> str:
    """Return the name at which an organisation's people prove their presence in the sandbox."""
    return f"{code.lower()}.rx.test"


def organisations(cast: Mapping[str, Any]) -> list[Planned]:
    """Return one registry.organisation for each institution of the cast, in its order."""
    return [_organisation(each) for each in cast.get("organisations", [])]


def _organisation(each: Mapping[str, Any]) -> Planned:
    return Planned(
        "registry.organisation",
        {
            "code": each["code"],
            "name": each.get("name") or each["code"],
            "role": each["role"],
            "licence": each.get("licence") or each["code"],
            "valid_from": each.get("validFrom") or _LONG_AGO,
            "valid_to": each.get("validTo") or _FAR_AHEAD,
            "service_modes": list(each.get("serviceModes") or []),
            "site": each.get("site") or "",
            "latitude_microdegrees": int(each.get("latitudeMicrodegrees") or 0),
            "longitude_microdegrees": int(each.get("longitudeMicrodegrees") or 0),
            "relying_party": {"id": host(each["code"]), "origins": [f"https://{host(each['code'])}"]},
        },
    )


def person(each: Mapping[str, Any]) -> Planned:
    """Return registry.person of one member of the cast; the name is disclosed to officers alone."""
    members: dict[str, Json] = {"code": each["code"], "role": each["role"]}
    if each.get("department"):
        members["department"] = each["department"]
    identity: dict[str, Json] = {"name": each.get("name", "")}
    if each.get("certno"):
        identity["certificate_number"] = each["certno"]
    return Planned("registry.person", members, {"identity": identity})


def licence(each: Mapping[str, Any]) -> Planned | None:
    """Return registry.licence of one member of the cast, None for people who need none."""
    if not each.get("licence") or not each.get("sites"):
        return None
    members: dict[str, Json] = {
        "person": each["code"],
        "licence": each["licence"],
        "sites": list(each["sites"]),
        "scope": list(each.get("scope") or []),
        "valid_from": each.get("validFrom") or _LONG_AGO,
        "valid_to": each.get("validTo") or _FAR_AHEAD,
    }
    if each.get("drugClasses") is not None:
        members["drug_classes"] = list(each["drugClasses"])
    return Planned("registry.licence", members)


def knowledge_parts(cast: Mapping[str, Any]) -> list[Planned]:
    """Return the knowledge parts: the cast's drugs, and recalled lots in the first part."""
    drugs = [_drug(each) for each in cast.get("drugs", [])]
    recalls: list[Json] = [*_recalls(cast)]
    slices = spread(drugs) or [[]]
    return [
        Planned("governance.knowledge_part", {"drugs": [*part], "recalls": [] if at else recalls})
        for at, part in enumerate(slices)
    ]


def _recalls(cast: Mapping[str, Any]) -> Iterator[dict[str, Json]]:
    for each in cast.get("recalls", []):
        yield {
            "drug": each.get("medListCodg") or each["drug"],
            "lot": each.get("lot") or each["manuLotnum"],
        }
    for drug in cast.get("drugs", []):
        for lot in drug.get("recalledLots", []):
            yield {"drug": drug["medListCodg"], "lot": lot}


def _drug(each: Mapping[str, Any]) -> dict[str, Json]:
    found: dict[str, Json] = {
        "code": each["medListCodg"],
        "name": each.get("name") or each["medListCodg"],
        "class": each.get("class", "ordinary"),
        "monitored": bool(each.get("monitored", False)),
        "online_forbidden": bool(each.get("onlineForbidden", False)),
        "levels": [_level(level) for level in each.get("levels", [])],
    }
    for name in ("spec", "form"):
        if each.get(name):
            found[name] = each[name]
    strength = _strength(each.get("strength"))
    if strength is not None:
        found["strength"] = strength
    if each.get("indications") is not None:
        found["indications"] = list(each["indications"])
    if each.get("maxDose"):
        dose = each["maxDose"]
        found["max_dose"] = {
            "amount": str(dose["amount"]),
            "unit": dose["unit"],
            "per_days": int(dose.get("perDays", 1)),
        }
    return found


def _strength(value: Any) -> dict[str, Json] | None:
    """Return "5 mg" as amount and unit; None when the text is no such quantity."""
    if isinstance(value, Mapping):
        return {"amount": str(value["amount"]), "unit": str(value["unit"])}
    matched = _STRENGTH.match(value) if isinstance(value, str) else None
    return None if matched is None else {"amount": matched[1], "unit": matched[2]}


def _level(level: Mapping[str, Any]) -> dict[str, Json]:
    found: dict[str, Json] = {"product": level["productId"], "level": int(level["level"])}
    for name in ("units", "packs"):
        if level.get(name) is not None:
            found[name] = int(level[name])
    if level.get("unit"):
        found["unit"] = level["unit"]
    return found
