"""OFFICE, of reasons: whoever is measured, or asks for something, reads why (S30, 执法文书说理)."""

from __future__ import annotations

from contracts.act import Act
from contracts.groups import MEASURES
from contracts.rules.base import Failed, rule


@rule(
    "OFFICE-17",
    "SCHEMA_REQUIRED",
    (*MEASURES, "governance.inspection"),
    sources="S30",
    parameters=("placeholders",),
    en="The reason is a blank, a dash or a word for none: say why in words. Nobody is accused.",
    zh="理由为空白、横线或“无”等占位内容，请写明具体理由后重报；不追究任何人。",
)
def reason_given(act: Act) -> None:
    """Each reason that an act of governance wants, of each target of an inspection too, is none in name only.

    Whether the words are a good reason people judge, at the hearing and in the appeal.
    """
    if "reason" in act.payload and act.is_placeholder(act.payload["reason"]):
        raise Failed({"member": "reason", "pointer": "/reason"})
    for target in act.disclosed("targets") or []:
        if act.is_placeholder(target["reason"]):
            raise Failed({"member": "targets"})


RULES = (reason_given,)
