"""CAMPAIGN: a joint campaign goes its stages in their order, and ends when its cases do (S25)."""

from __future__ import annotations

from contracts import keys
from contracts.act import Act, State
from contracts.rules.base import Failed, rule
from contracts.time import from_text

_STEP = ("governance.campaign_step",)


def _campaign(act: Act) -> State | None:
    return act.state(keys.campaign(str(act.payload.get("campaign", ""))))


@rule(
    "CAMPAIGN-1",
    "TIME_ORDER",
    ("governance.campaign",),
    sources="S25",
    en="A campaign is due in the future, and each of its stages has a name of its own.",
    zh="专项行动的期限必须晚于当前时间，各阶段名称不得重复。",
)
def begins_well(act: Act) -> None:
    """`due` lies ahead and the stages differ."""
    stages = act.payload["stages"]
    if from_text(act.payload["due"]) <= act.time_ms:
        raise Failed({"member": "due"})
    if len(set(stages)) != len(stages):
        raise Failed({"member": "stages"})


@rule(
    "CAMPAIGN-2",
    "CASE_ORDER",
    _STEP,
    sources="S25",
    en="The stage is not the campaign's next one.",
    zh="该阶段不是专项行动的下一阶段。",
)
def next_stage(act: Act) -> None:
    """A step is the first stage that is not done."""
    campaign = _campaign(act)
    if campaign is None:
        return
    ahead = campaign["stages"][len(campaign["done"]) :]
    if not ahead or act.payload["stage"] != ahead[0]:
        raise Failed


@rule(
    "CAMPAIGN-3",
    "CASE_STEP_MISSING",
    _STEP,
    sources="S25 S30",
    en="The last stage is done when every case of the campaign is closed.",
    zh="专项行动的全部案件结案后，方可完成最后阶段。",
)
def cases_are_closed(act: Act) -> None:
    """Before the last stage no case is open."""
    campaign = _campaign(act)
    if campaign is None or act.payload["stage"] != campaign["stages"][-1]:
        return
    if campaign["closed"] < campaign["cases"]:
        raise Failed(open=campaign["cases"] - campaign["closed"])


@rule(
    "CAMPAIGN-4",
    "CASE_ORDER",
    ("governance.case",),
    sources="S25",
    en="The campaign is over: its last stage is done.",
    zh="该专项行动已结束。",
)
def campaign_runs(act: Act) -> None:
    """A case joins a campaign that is not over."""
    campaign = _campaign(act)
    if campaign is not None and len(campaign["done"]) == len(campaign["stages"]):
        raise Failed


@rule(
    "CAMPAIGN-5",
    "CAMPAIGN_OUTSIDE",
    ("governance.case",),
    sources="S25",
    en="A campaign takes cases of its own rules and regions alone.",
    zh="专项行动只纳入其所列规则和地区的案件。",
)
def fits_the_filters(act: Act) -> None:
    """The case shares a rule with the campaign, and its subject's code is of one of the campaign's regions.

    Without regions all are meant. A code without a region (a vendor's) is of none in particular.
    """
    campaign = _campaign(act)
    if campaign is None:
        return
    if not set(campaign["rules"]) & set(act.payload["rules"]):
        raise Failed({"pointer": "/rules"})
    region = act.payload["subject"][1:7]
    wanted = tuple(_significant(one) for one in campaign["regions"])
    if wanted and region.isdecimal() and not region.startswith(wanted):
        raise Failed({"pointer": "/subject"})


def _significant(region: str) -> str:
    """A province or city without the zeros that stand for all of it: 310000 is 31, 430100 is 4301."""
    while region.endswith("00") and len(region) % 2 == 0:
        region = region[:-2]
    return region


RULES = (begins_well, next_stage, cases_are_closed, campaign_runs, fits_the_filters)
