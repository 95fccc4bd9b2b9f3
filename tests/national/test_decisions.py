"""What a review's opinion and status decide: read as a pharmacist reads them, asked where they are open."""

from __future__ import annotations

from typing import Any

import pytest

from api.national import MessageError
from tests.national.builders import day_message, drafted

APPROVED = """
同意,未见不合理用药|通过。无配伍禁忌,无不适宜情况|同意;患者拒绝住院,已告知|准予调配,旧处方已作废|
旧处方已作废,同意|审核通过,未发现不合格项|处方合理|与既往用药无重复,频次合理,同意|
剂量、适应证与相互作用已核对,同意|已核对过敏史与禁忌,同意调配|诊断与用药相符,肾功能记录在案,同意|
电话核实患者用药史后通过|诊断与用药相符,同意 1001 66|真实性、适宜性、规范性审核通过|通过(无不合理用药)|
患者拒绝注射,改口服,同意|无不同意见|无意见|同 意|合格|同意,建议餐后服用|通过,建议两周后复查|
建议餐后服用,同意|剂量偏大,已与医师沟通确认,同意|超说明书用药,已签知情同意书,同意|医师已按建议修改后同意|
上次审核不通过的问题已修改,现同意|同意,上次未通过的问题已更正|患者不同意住院,同意带药|
未见配伍禁忌、重复用药及不合理联用,通过|家属拒绝手术,予以通过|同意。孕妇不宜使用已告知|同意,不得超量调配|
同意,不予报销|同意,请勿重复发药|无需修改,通过|适应证明确,剂量合理|用药合理,请遵医嘱|经复核无误,可以调配|
抗过敏药,用法正确|患者不同意换药,维持原方案,同意|已核对过敏史与禁忌|同意(前次因剂量退回,已改)|
通过电话核实,同意|如上,同意|同意。如有不适,及时复诊|医保待遇审核通过|同意,不合理处已由医师修改|
药品退回原因已说明,同意|没有发现不合理用药,同意|未见异常同意|同意发药,不可与头孢同服|患者用药史核实后通过|
原处方已作废,同意重开|同意,已请医师更正书写|无不通过项|处方通过|
经审核,处方用药与临床诊断相符,剂量用法正确,准予调配。|审核结果:合格|四查十对无误,同意发药|皮试阴性,同意用药|
同意(高龄患者,建议监测血压)|妊娠期患者,权衡利弊后同意|无明显禁忌症,用法用量适宜,通过|药师已审核,准予发药|
患者要求更换剂型,医师未同意,维持原方,通过|家属不同意转院,暂予口服治疗,同意|处方未超量,同意|并无不妥,同意|
医师拒绝修改,经会诊确认必要,同意|患者上次拒绝用药,本次同意|虽剂量偏大但在允许范围内,同意|
禁忌已排除,可以调配|审方通过√|重复用药已删除,审核通过|不反对,同意|审核通过-无异常|
不合适处已修改,同意|用药合适|肾功能不全患者剂量已调整,同意|头孢过敏史阴性,同意|慢病续方,同意 3 盒
"""
REFUSED = """
剂量过大,不予通过|剂量过大,不能同意|无法通过|未能通过|未能通过审核|不应通过|不宜通过|未同意|不准予调配|
不建议通过|不符合规定,不准予调配|缺少肾功能,不可调配|审核不予通过|未予通过|审核不通过|剂量过大,退回|
剂量不适宜,退回|剂量过大,不同意|同意诊断,剂量过大,退回|禁忌症,请修改|驳回|拒绝|审核拒绝|拒绝调配|拒审|
处方作废|作废|用药不适宜|无适应证用药不合理|无诊断用药不合理|不 同 意|不 予 通 过|剂量过大 不 同意|没有通过|
未获通过|不予以通过|难以同意|暂不同意|不予批准|不予发药|禁止调配|暂缓调配|青霉素过敏,不可发药|重复用药,打回|
同意诊断,用药不适宜|已通过电话告知医师,剂量过大,不予调配|患者证件不符,不同意|患者肝功能异常不同意调配|
因患者妊娠,不宜调配|未通过合理性审核|用量不太适宜|欠合理|不允许调配|审方不通过,请医师重新开具|请更换药品|
先前同意,现不同意|同意,但剂量过大,现退回|不通过-剂量过大|不通过剂量过大|处方无效|原处方退回|已退回医师|不予|
不可|不同意。患者同意更换|剂量过大,退回,患者同意更换|无合格诊断依据,不予通过|不合理用药,拒绝|
经审核,该处方存在配伍禁忌,不予调配。|审核结果:不合格|剂量超说明书2倍,拒绝发药|儿童禁用,不同意用药|
未签名,不能通过|电子签名无效,不予审核通过|药物相互作用严重,不应同意|重复开具,予以驳回|未被批准|不能批准调配|
尚未通过审核|没能通过|医师坚持原方案,药师不同意|已与医师沟通,医师拒绝修改,不予调配|同意诊断但不同意用药|
诊断合理,用药不合理|拒绝审核通过|其余合格,但剂量过大不予通过|通过电话沟通后仍不同意|不符合调配条件|
拒绝该处方|审核未过|否|不发|退回重开|通不过|处方通过不了|过不了|欠妥|不赞成|不支持|用法不合适|reject|Rejected|同意不了|无权限开具,不予认可|需医师重新开具
"""
ASKED = """
请修改后再同意|建议修改后再同意|暂缓,待补充肝功能后方可通过|剂量过大|重复用药|青霉素过敏|禁忌症|
建议检查肝功能后再用药|建议减量后再调配|修改后可通过|补充诊断后可调配|如无过敏史可调配|若剂量减半,可调配|
有条件通过|部分同意|待审核|审核中|同意,请修改剂量|同意,但需补充诊断|同意,待确认过敏史|是否同意|能否通过|
请核实患者过敏史,无误后同意|暂缓|除剂量外均合格|剂量过大,已通过电话告知医师|剂量过大,书写合格|建议更换药品|
不太愿意同意|未通过电话核实|诊断与用药不符|请核实剂量|同意诊断,剂量过大|缺少知情同意书|医师修改后方能调配|
须复查后同意|患者同意,剂量过大|过敏史不详|不宜使用|存在问题|有疑问|会诊后再议|患者拒绝用药,剂量过大|
剂量过大,待定|需复查血象后再开具|核对剂量不合理已告知|请医师确认后再行调配|核实身份后方可发药|
待医师签字后通过|补充检查结果后再审|同意,但须修改频次|若无肝病可同意|需进一步确认|同意?待医师确认|疗程过长|
同意?|同意？|剂量超标|不推荐使用|撤回|处方有误|签名缺失|原则上不反对,待补材料后调配
"""


def texts(table: str) -> list[str]:
    return [text.strip() for text in table.strip().split("|")]


def hospital(**changes: Any) -> str:
    decision = drafted("D003", day_message("010-d003.json") | changes).members["decision"]
    assert isinstance(decision, str)
    return decision


def pharmacy(**changes: Any) -> str:
    message = day_message("012-7204.json")
    del message["rx_chk_stas_codg"]
    decision = drafted("7204", message | changes).members["decision"]
    assert isinstance(decision, str)
    return decision


@pytest.mark.parametrize("opinion", texts(APPROVED))
def test_an_approval_is_not_read_as_a_refusal(opinion: str) -> None:
    assert hospital(pharChkOpnn=opinion) == "approved"


@pytest.mark.parametrize("opinion", texts(REFUSED))
def test_a_refusal_never_becomes_an_approval(opinion: str) -> None:
    """The last 通过 or 同意 was taken alone, and what the pharmacist had denied was sold."""
    assert hospital(pharChkOpnn=opinion) == "refused"


NEGATIONS = (
    "不 未 无法 不能 不应 不宜 不予 不准 未能 未予 没有 不得 不可 不可以 不应该 不会 不该 难以 拒绝 暂不 "
    "尚未 未获 不允许 不许 不建议 不敢 禁止 不适合 不适宜 未被 不再 不便 暂停"
)
APPROVALS = "同意 通过 准予 批准 合格 准予调配 同意调配 通过审核 审核通过 同意用药 予以通过"


@pytest.mark.parametrize("negation", NEGATIONS.split())
def test_no_negation_of_an_approval_is_an_approval(negation: str) -> None:
    for approval in APPROVALS.split():
        for text in ("{}", "剂量过大,{}。", "患者肝功能异常,{},请修改", "该处方{},已告知医师"):
            assert hospital(pharChkOpnn=text.format(negation + approval)) == "refused", approval


@pytest.mark.parametrize("opinion", texts(ASKED))
def test_an_open_opinion_is_asked_about_and_not_guessed(opinion: str) -> None:
    with pytest.raises(MessageError) as raised:
        hospital(pharChkOpnn=opinion)
    assert (raised.value.code, raised.value.field) == ("SCHEMA_REQUIRED", "extension/decision")
    for decision in ("approved", "refused"):
        assert hospital(pharChkOpnn=opinion, extension={"decision": decision}) == decision


@pytest.mark.parametrize("opinion", [None, "", "已阅"])
def test_an_upload_without_a_refusing_opinion_is_an_approval(opinion: str | None) -> None:
    assert hospital(pharChkOpnn=opinion) == "approved"


@pytest.mark.parametrize(
    ("code", "name", "decision"),
    [
        ("2", "审核不予通过", "refused"),
        ("2", "未予通过", "refused"),
        ("2", "审核不通过", "refused"),
        ("0", "建议修改后再同意", "refused"),
        ("1", "通过(无不合理用药)", "approved"),
        ("01", "审核通过", "approved"),
        ("1", "已审核", "approved"),
        ("2", "已审核", "refused"),
        ("7", "审核不通过", "refused"),
        ("7", "同意", "approved"),
        (None, "合格", "approved"),
        (None, "不合格", "refused"),
        ("不通过", None, "refused"),
        ("2", None, "refused"),
    ],
)
def test_a_refusing_code_is_not_overruled_by_its_name(
    code: str | None, name: str | None, decision: str
) -> None:
    status = {"rx_chk_stas_codg": code, "rx_chk_stas_name": name}
    assert pharmacy(**status, rx_chk_opnn="剂量过大") == decision
    assert hospital(rxChkStasCodg=code, rxChkStasName=name, pharChkOpnn="剂量过大") == decision


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("2", "审核通过"),
        ("0", "同意"),
        ("1", "审核不予通过"),
        ("1", "退回"),
        ("1", "待审核"),
        ("1", "修改后可通过"),
    ],
)
def test_a_code_and_a_name_that_disagree_are_told(code: str, name: str) -> None:
    with pytest.raises(MessageError) as raised:
        pharmacy(rx_chk_stas_codg=code, rx_chk_stas_name=name)
    assert (raised.value.code, raised.value.field) == ("SCHEMA_TYPE", "rx_chk_stas_name")
    assert "code and its name agree" in raised.value.fix and "一致" in raised.value.fix_zh


@pytest.mark.parametrize(
    ("status", "field"),
    [
        ({"rx_chk_stas_codg": "7"}, "rx_chk_stas_codg"),
        ({"rx_chk_stas_name": "已审核"}, "rx_chk_stas_name"),
        ({"rx_chk_stas_name": "待审核"}, "rx_chk_stas_name"),
        ({"rx_chk_stas_codg": "7", "rx_chk_stas_name": "已审核"}, "rx_chk_stas_codg"),
        ({"rx_chk_stas_codg": "1", "extension": {"decision": "maybe"}}, "extension/decision"),
        ({"rx_chk_stas_codg": "1", "extension": {"decision": "待审核"}}, "extension/decision"),
        ({"rx_chk_stas_codg": "1", "extension": {"decision": "refused"}}, "rx_chk_stas_codg"),
    ],
)
def test_a_status_that_nobody_can_read_is_no_approval(status: dict[str, Any], field: str) -> None:
    with pytest.raises(MessageError) as raised:
        pharmacy(**status)
    assert (raised.value.code, raised.value.field) == ("SCHEMA_TYPE", field)


def test_two_statuses_of_one_review_that_disagree_are_told() -> None:
    with pytest.raises(MessageError) as raised:
        hospital(rxChkStasCodg="1", pharChkStasCodg="2")
    assert raised.value.field == "pharChkStasCodg"


def test_the_extension_decides_where_the_opinion_says_otherwise() -> None:
    assert hospital(pharChkOpnn="同意", extension={"decision": "refused"}) == "refused"
    assert pharmacy(extension={"decision": "approved"}) == "approved"


@pytest.mark.parametrize("unit", ["应当", "不应当", "待", "请修改", "患者同意", "核对用药", "无不符及", "未"])
def test_a_long_opinion_is_read_in_time(unit: str) -> None:
    with pytest.raises(MessageError):
        hospital(pharChkOpnn=unit * 3000 + ",剂量过大,待定")
