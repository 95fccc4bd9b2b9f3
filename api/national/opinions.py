"""What a pharmacist's opinion in free text says: approved, refused, or left open.

Read from tables of words: what is denied ("不予通过"), what is no fault ("未见不合理"), what waits for
something ("修改后再同意"), what somebody else did ("患者拒绝住院"). A text that leaves the decision open is
asked about, never guessed.
"""

from __future__ import annotations

import re

from api.national.words import CLAUSE, NO, any_of

_SENTENCE = "[^。;；!！?？]"

# Words of the decision.
_NOT = any_of("不 未 没 没有 无法 无从 难以 勿 莫 拒绝 禁止 停止 暂停 暂缓")
_MODAL = any_of(
    "能 能够 应 应该 应当 宜 予 予以 给予 准 准予 准许 可 可以 会 得 该 建议 允许 许可 适合 符合 被 获 "
    "获得 得到 许 便 适宜 再 再行 再次 继续 够 太 甚 很 完全 敢 具备 是 审核"
)
_BETWEEN = rf"(?:\s|{_MODAL}){{0,4}}"  # what may stand between a negation and what it denies
_AGREED = "(?<!知情)同意(?!见|书|诊断|住院|出院|不了|[?？])|批准|核准|认可|放行|准予|准许"
# "通过电话", "通过胃管" name a means; not denied, 通过 is a verdict only before what may follow a verdict.
_MEANS = any_of("电话 微信 视频 短信 网络 互联网 平台 查询 询问 沟通 与 胃管 静脉 血脑")
_AFTER_PASSED = r"\s*(?:$|\W|\d|[审了并及后的可予]|药师审|" + any_of("复核 处方 本方 此方 调配 发药") + ")"
_AGREE = f"(?:{_AGREED}|通过(?!{_MEANS}|不了)(?={_AFTER_PASSED}))"
_DISPENSE = any_of("调配 调剂 发药 配药 配发 给药")
_SOUND = any_of("合格 合理 适宜 合适 妥当")
_DENIED = f"{_NOT}{_BETWEEN}(?:{_AGREED}|通过(?!{_MEANS}))"
# "未调配" tells what was done, not what was decided; "未予调配" decides.
_NOT_DISPENSED = rf"(?!{any_of('未 没 没有')}{_DISPENSE}){_NOT}{_BETWEEN}{_DISPENSE}"

# Faults, and what denies them: the negation reaches over a list ("无配伍禁忌、重复用药及不合理联用").
_BAD = any_of(
    "不合理 不适宜 不合格 不规范 不恰当 不适当 不当 不妥 不符 不相符 不一致 不同意见 不详 不明 禁忌 过敏 "
    "重复 冲突 问题 异常 错误 有误 疑问 存疑 超量 超剂量 超疗程 过量 过大 偏大 过长 缺少 缺失 "
    "不合规 超标 超限 超权限 高风险 嫌疑"
)
_BESIDE_BAD = any_of(
    "明显 任何 其他 其它 存在 有 用药 相关 潜在 严重 特殊 剂量 用法 用量 频次 疗程 处方 配伍 使用 药物 选药 "
    "给药 联用 联合 临床 情况 现象 行为 项 项目 史 之处 症 证 相互作用 过敏史 药品 及 和 或 与 以及 、 /"
)
_NO_FAULT = re.compile(
    f"{NO}{_BESIDE_BAD}{{0,12}}{_BAD}(?:{_BESIDE_BAD}|{_BAD}){{0,20}}"
    f"|{NO}{_BESIDE_BAD}{{0,3}}{_DENIED}"
    f"|{any_of('核对 核查')}{_BESIDE_BAD}{{0,6}}{any_of('禁忌 过敏 重复')}"
)

# Conditions: their "同意" is none yet.
_CHANGE = any_of("修改 更正 改正 补充 完善 重新开 重开 更换 更改 改用 换用")
_CHECK = any_of("核实 确认 复查 检查 调整 减量 停用 提供 会诊 复核")
_WISH = "(?:(?<!申)请(?!示)|(?<!按)建议|待(?!遇)|须|(?<![情无不毋按])需|应先)"
_IF = "(?:如(?![上下实期同])|若|除非)"
_GIVE = f"(?:{_AGREE}|{_DISPENSE})"
_USE = any_of("使用 用药 开具 审核")
_OPEN = (
    # 请核实过敏史,无误后同意
    rf"{_WISH}{_SENTENCE}{{0,4}}?(?:{_CHANGE}|{_CHECK}){_SENTENCE}{{0,20}}?"
    rf"后[再方才即可能]{{0,3}}{_BETWEEN}{_AGREE}",
    # 建议检查肝功能后再用药; "核实身份后再发药" is advice to the counter
    rf"{_WISH}{CLAUSE}{{0,20}}?后[再方才]{CLAUSE}{{0,4}}?(?:{_GIVE}|{_USE})",
    # 待签字后调配
    rf"待(?!遇){CLAUSE}{{0,20}}?后{_BETWEEN}{_GIVE}",
    # 再同意, 方可通过, 方能调配, 修改后可调配; "处方通过" is none
    rf"(?:再(?!次|审核)|方[可能予]|才){_BETWEEN}{_AGREE}|(?:[方才][可能]|后可){_BETWEEN}{_GIVE}",
    # 如无过敏史可调配, 若减量,则同意
    rf"{_IF}{CLAUSE}{{0,15}}?(?:{_AGREE}|可以?{_DISPENSE})",
    rf"{_IF}{_SENTENCE}{{0,20}}?[,，](?:可|则|方|再|才){_BETWEEN}{_GIVE}",
    # 除剂量外均合格, 部分同意, 是否同意
    rf"(?<!排)除{CLAUSE}{{1,15}}?外|(?:有条件|有保留|部分){CLAUSE}{{0,2}}?{_AGREE}",
    rf"{any_of('能否 是否 可否')}{CLAUSE}{{0,4}}?{_GIVE}",
    # 待医师确认
    rf"待(?!遇){CLAUSE}{{0,6}}?{any_of('确认 核实 补充 完善 签字 签名 回复 审')}",
    r"同意\s*[?？]|" + any_of("待定 待议 再议 待核 待查 待补 后再审 审核中") + f"|未审(?!核?{_AGREE})",
)
_REFUSED = (
    _DENIED,
    _NOT_DISPENSED,
    any_of("驳回 打回 否决 退方 拒审 拒配 拒发 审核失败 处方无效 无效处方") + "|(?<!不)反对|(?i:reject)",
    any_of("通不过 通过不了 过不了 同意不了 批准不了 不赞成 不支持"),
    rf"退回(?!{any_of('药品 费用 款 差价')})|作废(?!{any_of('旧 原 前 上 另 重复')})",
    r"拒绝(?=\s*(?:$|\W|[本该此审]|处方))|不许?[予可行准许批得宜妥配发](?=\s*(?:$|\W))",
    r"(?:审核不|审方不|未|没)过(?=审|\s*(?:$|\W))|(?<!\w)[否退](?!\w)",
)
# A fault that was mended ("不合理处已修改") leaves the decision to the rest of the text.
_FAULT = (rf"欠妥|(?:{_NOT}|欠){_BETWEEN}{_SOUND}(?!{CLAUSE}{{0,12}}?已)", r"(?<!\w)无效(?!\w)")
# A negation close to an approval that no table knows; "肾功能不全同意" is none.
_UNCLEAR = (rf"(?:不(?![全良详变])|未|难|勿)(?:(?![后已均故经]){CLAUSE}){{1,3}}?{_AGREE}", "暂缓")
_PERSON = any_of("患者 病人 患儿 家属 家长 监护人 本人 医师 医生 大夫 护士 顾客 客户")
_RETURNED = (
    rf"(?:(?<![已申])请|(?<![无不毋情])需要?|(?<![无不毋])须|望)"
    rf"(?:{_PERSON}|{any_of('临床 开方 处方 及时 尽快 先')}){{0,2}}{_CHANGE}",
)
_APPROVED = (
    _AGREE,
    f"(?:可以?|予以|给予){_DISPENSE}",
    rf"(?:(?<!\w)|{any_of('审核 审方 审查 复核 处方 结果')}[均已为]?){_SOUND}(?!\w)",
)
# Of phrases that begin together the first kind counts.
_KINDS = (
    ("open", _OPEN),
    ("refused", _REFUSED),
    ("fault", _FAULT),
    ("unclear", _UNCLEAR),
    ("returned", _RETURNED),
    ("approved", _APPROVED),
)
_PHRASES = re.compile("|".join(f"(?P<{kind}>{'|'.join(patterns)})" for kind, patterns in _KINDS))
# Without any decision a finding or a wish leaves it open.
_FINDING = re.compile(
    rf"(?!过敏[史性原科])(?<!抗){_BAD}|{any_of('禁用 拒绝 撤回 撤销 取消 终止 中止 停产 目录外 处方权 暂不')}"
    rf"|{_NOT}{_BETWEEN}(?:通过|{any_of('使用 用药 服用 开具 应用 合用 联用 推荐 审核')}|用)"
    rf"|(?:{_WISH}|望){CLAUSE}{{0,4}}?(?:{_CHANGE}|{any_of('核实 确认 调整 减量 停用 复核 会诊')})"
)

# What somebody else decided, or another time.
_FAR = 40  # characters: no subject stands further from its verb, and a long text is read in time
_CLAUSE_SO_FAR = re.compile(rf"{CLAUSE}*\Z")
_BY_OTHERS = re.compile(
    rf"{_PERSON}{any_of('本人 家属 已 均 也 都 仍 曾 坚决 明确 表示 口头 书面 自愿 自行 并 暂')}*\Z"
)
_ABOUT_OTHERS = re.compile(rf"{_PERSON}.*同意(?!{any_of('调配 发药 用药 处方 审核 该 本 此 以上')})\w")
_ANOTHER_TIME = re.compile(any_of("旧方 旧处方 上次 前次 此前 先前 上一 前一 曾 另一 重复处方") + "|原.*已")

def read(opinion: str) -> str | None:
    """Return what the opinion says: "approved", "refused", "open", or None when nothing is decided."""
    found = phrase(opinion)
    if found is None and _FINDING.search(_without_denied_faults(opinion)):
        return "open"
    return found


def phrase(text: str) -> str | None:
    """Return what the last decisive phrase says.

    "患者拒绝注射,改口服,同意" passes, "同意诊断,剂量过大,退回" does not.
    """
    text = _without_denied_faults(text)
    kinds = [str(match.lastgroup) for match in _PHRASES.finditer(text) if _own(match)]
    last = kinds[-1] if kinds else None
    if last == "returned":  # a request to change what was approved is a condition
        return "open" if "approved" in kinds else "refused"
    return {"fault": "refused", "unclear": "open"}.get(last, last) if last else None


def _without_denied_faults(text: str) -> str:
    spaced_out = re.sub(r"(?<=\b\S)\s+(?=\S\b)", "", text)
    return _NO_FAULT.sub("，", spaced_out)


def _own(match: re.Match[str]) -> bool:
    """Say whether the phrase is of this review, not what somebody else or an earlier review decided."""
    if match.lastgroup not in ("refused", "approved"):
        return True
    before = _CLAUSE_SO_FAR.findall(match.string[max(0, match.start() - _FAR) : match.start()])[0]
    if _BY_OTHERS.search(before) or _ANOTHER_TIME.search(before):
        return False
    return not _ABOUT_OTHERS.match(before + match.string[match.start() : match.end() + 3])
