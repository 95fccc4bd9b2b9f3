"""Whether a review passed or was refused, and what became of a delivery.

A status that the profile lists decides. Free text is read from tables of words: what is denied
("不予通过"), what is no fault ("未见不合理"), what waits for something ("修改后再同意"), what somebody
else did ("患者拒绝住院"). A text that leaves the decision open is asked about, never guessed.
"""

from __future__ import annotations

import re

from api.national.context import Context, present
from api.national.errors import MessageError
from api.national.fields import Fields
from contracts.facts import Json


def _any(words: str) -> str:
    return "(?:" + "|".join(words.split()) + ")"


_CLAUSE = r"(?:(?!但)[\w、/])"  # one character of a clause, of a sentence
_SENTENCE = "[^。;；!！?？]"

# Words of the decision.
_NOT = _any("不 未 没 没有 无法 无从 难以 勿 莫 拒绝 禁止 停止 暂停 暂缓")
_MODAL = _any(
    "能 能够 应 应该 应当 宜 予 予以 给予 准 准予 准许 可 可以 会 得 该 建议 允许 许可 适合 符合 被 获 "
    "获得 得到 许 便 适宜 再 再行 再次 继续 够 太 甚 很 完全 敢 具备 是 审核"
)
_BETWEEN = rf"(?:\s|{_MODAL}){{0,4}}"  # what may stand between a negation and what it denies
_AGREED = "(?<!知情)同意(?!见|书|诊断|住院|出院)|批准|核准|认可|放行|准予|准许"
# "通过电话", "通过胃管" name a means; not denied, 通过 is a verdict only before what may follow a verdict.
_MEANS = _any("电话 微信 视频 短信 网络 互联网 平台 查询 询问 沟通 与 胃管 静脉 血脑")
_AFTER_PASSED = r"\s*(?:$|\W|\d|[审了并及后的可予]|药师审|" + _any("复核 处方 本方 此方 调配 发药") + ")"
_AGREE = f"(?:{_AGREED}|通过(?!{_MEANS})(?={_AFTER_PASSED}))"
_DISPENSE = _any("调配 调剂 发药 配药 配发 给药")
_SOUND = _any("合格 合理 适宜")
_DENIED = f"{_NOT}{_BETWEEN}(?:{_AGREED}|通过(?!{_MEANS}))"
# "未调配" tells what was done, not what was decided; "未予调配" decides.
_NOT_DISPENSED = rf"(?!{_any('未 没 没有')}{_DISPENSE}){_NOT}{_BETWEEN}{_DISPENSE}"

# Faults, and what denies them: the negation reaches over a list ("无配伍禁忌、重复用药及不合理联用").
_BAD = _any(
    "不合理 不适宜 不合格 不规范 不恰当 不适当 不当 不妥 不符 不相符 不一致 不同意见 不详 不明 禁忌 过敏 "
    "重复 冲突 问题 异常 错误 有误 疑问 存疑 超量 超剂量 超疗程 过量 过大 偏大 过长 缺少 缺失 "
    "不合规 超标 超限 超权限 高风险 嫌疑"
)
_BESIDE_BAD = _any(
    "明显 任何 其他 其它 存在 有 用药 相关 潜在 严重 特殊 剂量 用法 用量 频次 疗程 处方 配伍 使用 药物 选药 "
    "给药 联用 联合 临床 情况 现象 行为 项 项目 史 之处 症 证 相互作用 过敏史 药品 及 和 或 与 以及 、 /"
)
# Of "无诊断用药不合理" the fault stays: there the prescription lacks what it needs.
_NO = (
    f"(?:{_any('无 没 没有 并无')}(?!{_any('处方 诊断 适应 指征 法')})|"
    f"{_any('未见 未发现 未发生 未出现 未检出 未有 未提示 未存在 不存在 排除 除外 否认')})"
)
_NO_FAULT = re.compile(
    f"{_NO}{_BESIDE_BAD}{{0,12}}{_BAD}(?:{_BESIDE_BAD}|{_BAD}){{0,20}}"
    f"|{_NO}{_BESIDE_BAD}{{0,3}}{_DENIED}"
    f"|{_any('核对 核查')}{_BESIDE_BAD}{{0,6}}{_any('禁忌 过敏 重复')}"
)

# Conditions: their "同意" is none yet.
_CHANGE = _any("修改 更正 改正 补充 完善 重新开 重开 更换 更改 改用 换用")
_CHECK = _any("核实 确认 复查 检查 调整 减量 停用 提供 会诊 复核")
_WISH = "(?:(?<!申)请(?!示)|(?<!按)建议|待(?!遇)|须|(?<![情无不毋按])需|应先)"
_IF = "(?:如(?![上下实期同])|若|除非)"
_GIVE = f"(?:{_AGREE}|{_DISPENSE})"
_USE = _any("使用 用药 开具 审核")
_OPEN = (
    # 请核实过敏史,无误后同意
    rf"{_WISH}{_SENTENCE}{{0,4}}?(?:{_CHANGE}|{_CHECK}){_SENTENCE}{{0,20}}?"
    rf"后[再方才即可能]{{0,3}}{_BETWEEN}{_AGREE}",
    # 建议检查肝功能后再用药; "核实身份后再发药" is advice to the counter
    rf"{_WISH}{_CLAUSE}{{0,20}}?后[再方才]{_CLAUSE}{{0,4}}?(?:{_GIVE}|{_USE})",
    # 待签字后调配
    rf"待(?!遇){_CLAUSE}{{0,20}}?后{_BETWEEN}{_GIVE}",
    # 再同意, 方可通过, 方能调配, 修改后可调配; "处方通过" is none
    rf"(?:再(?!次|审核)|方[可能予]|才){_BETWEEN}{_AGREE}|(?:[方才][可能]|后可){_BETWEEN}{_GIVE}",
    # 如无过敏史可调配, 若减量,则同意
    rf"{_IF}{_CLAUSE}{{0,15}}?(?:{_AGREE}|可以?{_DISPENSE})",
    rf"{_IF}{_SENTENCE}{{0,20}}?[,，](?:可|则|方|再|才){_BETWEEN}{_GIVE}",
    # 除剂量外均合格, 部分同意, 是否同意
    rf"(?<!排)除{_CLAUSE}{{1,15}}?外|(?:有条件|有保留|部分){_CLAUSE}{{0,2}}?{_AGREE}",
    rf"{_any('能否 是否 可否')}{_CLAUSE}{{0,4}}?{_GIVE}",
    # 待医师确认
    rf"待(?!遇){_CLAUSE}{{0,6}}?{_any('确认 核实 补充 完善 签字 签名 回复 审')}",
    _any("待定 待议 再议 待核 待查 待补 后再审 审核中") + f"|未审(?!核?{_AGREE})",
)
_REFUSED = (
    _DENIED,
    _NOT_DISPENSED,
    _any("驳回 打回 否决 退方 拒审 拒配 拒发 审核失败 处方无效 无效处方") + "|(?<!不)反对",
    rf"退回(?!{_any('药品 费用 款 差价')})|作废(?!{_any('旧 原 前 上 另 重复')})",
    r"拒绝(?=\s*(?:$|\W|[本该此审]|处方))|不许?[予可行准许批得宜妥配发](?=\s*(?:$|\W))",
    r"(?:审核不|审方不|未|没)过(?=审|\s*(?:$|\W))|(?<!\w)[否退](?!\w)",
)
# A fault that was mended ("不合理处已修改") leaves the decision to the rest of the text.
_FAULT = (rf"(?:{_NOT}|欠){_BETWEEN}{_SOUND}(?!{_CLAUSE}{{0,12}}?已)", r"(?<!\w)无效(?!\w)")
# A negation close to an approval that no table knows; "肾功能不全同意" is none.
_UNCLEAR = (rf"(?:不(?![全良详变])|未|难|勿)(?:(?![后已均故经]){_CLAUSE}){{1,3}}?{_AGREE}", "暂缓")
_PERSON = _any("患者 病人 患儿 家属 家长 监护人 本人 医师 医生 大夫 护士 顾客 客户")
_RETURNED = (
    rf"(?:(?<![已申])请|(?<![无不毋情])需要?|(?<![无不毋])须|望)"
    rf"(?:{_PERSON}|{_any('临床 开方 处方 及时 尽快 先')}){{0,2}}{_CHANGE}",
)
_APPROVED = (
    _AGREE,
    f"(?:可以?|予以|给予){_DISPENSE}",
    rf"(?:(?<!\w)|{_any('审核 审方 审查 复核 处方 结果')}[均已为]?){_SOUND}(?!\w)",
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
    rf"(?!过敏[史性原科])(?<!抗){_BAD}|{_any('禁用 拒绝 撤回 撤销 取消 终止 中止 停产 目录外 处方权 暂不')}"
    rf"|{_NOT}{_BETWEEN}(?:通过|{_any('使用 用药 服用 开具 应用 合用 联用 推荐 审核')}|用)"
    rf"|(?:{_WISH}|望){_CLAUSE}{{0,4}}?(?:{_CHANGE}|{_any('核实 确认 调整 减量 停用 复核 会诊')})"
)

# What somebody else decided, or another time.
_FAR = 40  # characters: no subject stands further from its verb, and a long text is read in time
_CLAUSE_SO_FAR = re.compile(rf"{_CLAUSE}*\Z")
_BY_OTHERS = re.compile(
    rf"{_PERSON}{_any('本人 家属 已 均 也 都 仍 曾 坚决 明确 表示 口头 书面 自愿 自行 并 暂')}*\Z"
)
_ABOUT_OTHERS = re.compile(rf"{_PERSON}.*同意(?!{_any('调配 发药 用药 处方 审核 该 本 此 以上')})\w")
_ANOTHER_TIME = re.compile(_any("旧方 旧处方 上次 前次 此前 先前 上一 前一 曾 另一 重复处方") + "|原.*已")

_NAMES = ("rxChkStasName", "pharChkStasName")
_DECISION = "decision"  # in the extension: the answer where an opinion leaves it open


def review(fields: Fields, context: Context, codes: tuple[str, ...], opinion: str | None) -> str:
    """Return "approved" or "refused": by the status, else by the opinion's last word.

    D003 has no status field: an upload without a refusing opinion is an approval.
    Raises MessageError for a status that cannot be read, for two that disagree, and for an opinion that
    leaves the decision open.
    """
    found = _status(fields, context, codes) or _read(opinion or "") or "approved"
    if found == "open":
        raise MessageError(
            "SCHEMA_REQUIRED",
            f"extension/{_DECISION}",
            'the opinion leaves the decision open: write "approved" or "refused" there',
            "审核意见未写明结论，请在此填写 approved（通过）或 refused（不通过）",
        )
    return found


def _status(fields: Fields, context: Context, codes: tuple[str, ...]) -> str | None:
    """Return what the extension, the codes and the names say together; None when nothing is sent."""
    found = unread = None
    for name in (_DECISION, *codes, *_NAMES):
        sent = fields.text(name)
        said = _said(sent, context) if sent else None
        if found is not None and said is not None and said != found and (found, said) != ("refused", "open"):
            raise _contrary(fields, name)
        if said in ("approved", "refused"):
            found = found or said
        elif sent and name == _DECISION:
            raise fields.error("SCHEMA_TYPE", name)
        elif sent:
            unread = unread or name
    if found is None and unread is not None:
        raise fields.error("SCHEMA_TYPE", unread)
    return found


def _said(sent: str, context: Context) -> str | None:
    if sent.lower() in ("approved", "refused"):
        return sent.lower()
    return context.profile.review_codes.get(_bare(sent)) or _phrase(sent)


def _bare(code: str) -> str:
    return code.lstrip("0") or "0"


def _contrary(fields: Fields, name: str) -> MessageError:
    return MessageError(
        "SCHEMA_TYPE",
        fields.path(name),
        "make the status code and its name agree: they say different things",
        "状态代码与状态名称不一致，请核对后改为一致",
    )


def _read(opinion: str) -> str | None:
    """Return what the opinion says: "approved", "refused", "open", or None when nothing is decided."""
    found = _phrase(opinion)
    if found is None and _FINDING.search(_without_denied_faults(opinion)):
        return "open"
    return found


def _phrase(text: str) -> str | None:
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


def told(fields: Fields, opinion: str | None) -> dict[str, Json]:
    """Return what a review tells: its opinion, and `video`, the digest of the confirmation (S10).

    No national message has a field for the video: the extension says it.
    """
    return present(opinion=opinion or "", video=fields.text("video"))


# Words of a parcel.
_FAILED, _OUT, _RECEIVED = "delivery.failed", "delivery.handed_over", "delivery.received"
_GOT = (
    f"(?:{_any('签收 妥投 收货 送成功 投递成功 配送完成 完成配送 代收 领取 取药')}"
    "|送达(?!自提|驿站|网点|代收|快递柜)|自提(?![点柜码]))"
)
_STARTED = _any("揽收 揽件 取件 发货 出库 接单")
_MOVING = _any("配送 运输 运送 派送 派件 投递 在途 送货 到达 已到 中转 寄出 发出")
_DUE = _any("待 等待 等候 预计 即将 将于 准备 尚未 暂未 还未 仍未 通知")
_NO_HARM = re.compile(f"{_NO}{_any('异常 破损 损毁 丢失 遗失')}")
_LOST = re.compile(
    _any("拒收 拒签 失败 不成功 未成功 退回 退件 退货 取消 丢失 遗失 无法 异常 破损 损毁 滞留 超时未 逾期未")
    + f"|{_any('无人 拒绝 不予 不肯 不愿 未能 没能')}{_CLAUSE}{{0,4}}?(?:{_GOT}|收)"
)
_NOT_GOT = re.compile(rf"(?<![尚暂还仍])(?:未|没有?){_CLAUSE}{{0,2}}?(?:{_GOT}|签)")
_NOT_STARTED = re.compile(rf"(?:{_DUE}|未|没有?){_CLAUSE}{{0,2}}?{_STARTED}")
_AWAITED = re.compile(
    rf"(?:{_DUE}{_CLAUSE}{{0,10}}?(?:{_GOT}|{_STARTED}|{_MOVING}|[取提领])"
    rf"|请{_CLAUSE}{{0,4}}?(?:签收|自提|取)|{_NOT_STARTED.pattern}){_CLAUSE}*"
)


def delivery(fields: Fields, context: Context) -> str:
    """Return the delivery statement's type: by the status' code, else by its name.

    Raises MessageError when neither is known, and when the name says the contrary of the code.
    """
    name = fields.text("delv_stas_name") or ""
    meaning, possible = _parcel(name)
    code = fields.text("delv_stas_codg")
    listed = context.profile.delivery_codes.get(_bare(code)) if code else None
    if listed is not None and listed not in possible:
        raise _contrary(fields, "delv_stas_name")
    found = listed or meaning
    if found is None:
        fields.required("delv_stas_codg", "delv_stas_name")
        raise fields.error("SCHEMA_TYPE", "delv_stas_name" if name else "delv_stas_codg")
    return found


def _parcel(name: str) -> tuple[str | None, tuple[str, ...]]:
    """Return what the name means by itself, if anything, and what a code beside it may say.

    Failures come first, then what is still to come: "待签收" has the word of a receipt and is none.
    """
    name = _NO_HARM.sub("", name)
    if _LOST.search(name):
        return _FAILED, (_FAILED,)
    if _NOT_GOT.search(name):  # on its way or failed: nobody has it
        return _FAILED, (_FAILED, _OUT)
    if _AWAITED.search(name):
        return _awaited(name)
    if re.search(_GOT, name):
        return _RECEIVED, (_RECEIVED,)
    if re.search(f"{_STARTED}|{_MOVING}", name):
        return _OUT, (_OUT,)
    return None, (_FAILED, _OUT, _RECEIVED)


def _awaited(name: str) -> tuple[str | None, tuple[str, ...]]:
    if re.search(f"{_STARTED}|{_MOVING}", _AWAITED.sub("", name)):
        return _OUT, (_FAILED, _OUT)
    return None, () if _NOT_STARTED.search(name) else (_FAILED, _OUT)
