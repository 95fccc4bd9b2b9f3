"""What goes wrong with receipts, exports and reports, in Chinese: part of `chinese`."""

from __future__ import annotations

ROWS = {
    "not cosigned yet; nothing was written": "尚未联署；未写入任何文件",
    "ask again later": "请稍后再取",
    "no such statement on this ledger": "账本上没有该声明",
    "a refused one has no receipt": "被拒绝的声明没有回执",
    "the answer is no receipt: {}": "答复不是回执：{0}",
    "is this the ledger's address?": "请确认这是账本的网址",
    "entries are for members only": "账目仅限成员机构读取",
    "name your organisation's key with --key FILE": "请用 --key 文件 指定本机构密钥",
    "the folder is not empty and holds no earlier export": "文件夹非空，且不是此前的导出",
    "the folder holds the export of another log": "文件夹中是另一账本的导出",
    "the folder holds an export that this log does not continue": "文件夹中的导出与本账本不相衔接",
    "{} is not empty": "{0} 不是空文件夹",
    "name a new folder: an export over HTTP replaces nothing": "请指定新的文件夹：经 HTTP 导出不覆盖任何内容",
    "name another folder for the export": "请为导出另指定文件夹",
    "this is not the log of {}: {}": "这不是 {0} 所指的账本：{1}",
    "this is not the log of the trust file, but {}": "这不是信任文件所指的账本，而是 {0}",
    "name its trust.json": "请指定该账本的 trust.json",
    "no entry {}: the last of this log is {}": "没有第 {0} 条账目：该日志最后一条为第 {1} 条",
    "a checkpoint covers an entry a second after it was committed; export the log anew": (
        "账目入账后约一秒才有检查点涵盖；请重新导出账本"
    ),
    "no case {} in this log": "账本中没有案件 {0}",
    "evidence {} is not in this log": "账本中没有证据 {0}",
    "export the log anew, or look up the case's id": "请重新导出账本，或核对案件编号",
    "case {} found no violation: nobody is referred for what came to nothing": (
        "案件 {0} 认定违规不成立（或仅为数据质量问题），不得移送"
    ),
    "rx profile shows how the case ended; the log proves it": (
        "案件结论见 rx profile，并可由账本证明"
    ),
    "nobody of code {} is registered in this log": "账本中没有登记编码 {0}",
    "nobody of tag {} in these columns": "列式数据中没有标签为 {0} 的参保人",
    "take the tag of a patient from rx screen --json": "请从 rx screen --json 取患者标签",
    "give a registered code, a vendor's too": "请给出已登记的编码（机构、科室、人员、供应商等）",
    "a window has at least one day": "时间窗口至少一天",
    "give --window-days 90": "例如 --window-days 90",
    "{} is no month: 2026-03 is one": "{0} 不是月份：应形如 2026-03",
    "bundle ends inside an entry": "账目文件不完整",
    "the bundle has another number of entries": "账目文件中的条数不符",
    "no signatures": "没有签名",
    "give --month YYYY-MM": "请给出 --month 年-月，例如 2026-03",
    "--count must be at least 1": "--count 至少为 1",
    "say how many acts are to be audited": "请写明抽取多少项业务",
    "the checkpoint is not of this log": "检查点不属于该账本",
    "export the log anew, or name its checkpoint": "请重新导出账本，或指定其检查点",
    "{} is no checkpoint: {}": "{0} 不是检查点：{1}",
    "name a signed checkpoint": "请指定已签名的检查点",
    "the list is no JSON": "名单不是 JSON",
    "give what rx sample --json printed": "请给出 rx sample --json 的输出",
    "the list is not what this seed draws": "名单与该种子抽取的结果不同",
    "draw again with its count and checkpoint": "请以其数量与检查点重新抽取",
}
