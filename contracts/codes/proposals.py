"""What a refusal for data alone tells its sender beside the field: a proposed value, or why there is none.

Told in `facts`, to the sender alone: never in an entry or a log. A person confirms it, nothing uses it.
Nothing is proposed about who somebody is: a number that fits is not yet the right one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proposal:
    """`members` of `facts` propose, () where nothing can be proposed; `en` and `zh` say what, or why not."""

    members: tuple[str, ...]
    en: str
    zh: str


def _no(en: str, zh: str) -> Proposal:
    return Proposal((), en, zh)


PROPOSALS: Mapping[str, Proposal] = {
    "SCHEMA_TYPE": Proposal(
        ("expected", "one_of", "proposed"),
        "The kind of value, or the words that may stand there, and the value itself where only its spelling "
        "is wrong.",
        "应填的取值种类或可选值；仅写法有误的，给出更正后的值。",
    ),
    "SCHEMA_REQUIRED": Proposal(
        ("expected", "one_of", "proposed"),
        "The kind of value that is missing, and the value where only one is possible; others only the source "
        "has.",
        "所缺内容的取值种类；只有一种可能的，给出该值；其余只有源头系统知道。",
    ),
    "SCHEMA_LENGTH": Proposal(
        ("least", "most", "proposed"),
        "The limits, and a time in seconds where it was written in milliseconds; what to shorten only the "
        "source knows.",
        "允许的上下限；误以毫秒填写的时间给出秒数；如何删减只有源头系统知道。",
    ),
    "SCHEMA_UNKNOWN_FIELD": Proposal(
        ("one_of", "proposed"),
        "The names that the object may have, and the free one that the unknown name resembles; of a rulebook "
        "the parameter alone.",
        "该对象可用的成员名，以及与未知名称相近的可用名；规则手册只给出相近的参数名。",
    ),
    "SCHEMA_VERSION_UNSUPPORTED": _no(
        "There is one version of statements and none is named in them: nothing is refused for it yet.",
        "声明目前只有一个版本，且不写版本号，尚无因此被拒的声明。",
    ),
    "COMMIT_MISMATCH": _no(
        "A digest does not tell what it was made of.",
        "由摘要无法得知原披露内容。",
    ),
    "COMMIT_SALT": _no(
        "A salt must be random and known to the sender alone.",
        "盐值必须随机，且只有发送方知道。",
    ),
    "COMMIT_SALT_REUSED": _no(
        "A new salt must be random and known to the sender alone.",
        "新的盐值必须随机，且只有发送方知道。",
    ),
    "PII_IN_PUBLIC_FIELD": _no(
        "What belongs there instead only the source knows; the number itself is repeated nowhere.",
        "该处应填什么只有源头系统知道；号码本身不再回显。",
    ),
    "TIME_FORMAT": Proposal(
        ("proposed", "proposed_if_beijing_time"),
        "The time in UTC where its zone is written, the date where its parts are plain; without a zone what "
        "it is if Beijing time was meant.",
        "写明时区的换算为 UTC；日期写法明确的给出规范写法；未写时区的，给出按北京时间理解的结果。",
    ),
    "TIME_ORDER": Proposal(
        ("latest",),
        "Of a freeze the latest end. Elsewhere nothing: which of two times is wrong only the source knows.",
        "冻结给出最晚截止时间；其余不提出建议：两个时间哪个有误只有源头系统知道。",
    ),
    "TIME_RANGE": Proposal(
        ("latest",),
        "The latest end of the overlap of both keys.",
        "两把密钥并行期的最晚结束时间。",
    ),
    "TIME_SKEW": Proposal(
        ("ledger",),
        "The ledger's time, by which the clock is to be set; the time of signing only the signer knows.",
        "账本时间，据此校准时钟；签名时间只有签名人知道。",
    ),
    "UNIT_UNKNOWN": Proposal(
        ("one_of", "proposed"),
        "The drug's own unit and packs; a unit without its blanks.",
        "该药品的最小单位与包装单位；去除空格后的单位。",
    ),
    "UNIT_NOT_NORMALISED": Proposal(
        ("proposed", "one_of"),
        "The unit in plain letters; of a quantity also the drug's own unit and packs.",
        "普通字母写法的单位；数量单位另给出该药品的最小单位与包装单位。",
    ),
    "UNIT_INCOMPATIBLE": Proposal(
        ("one_of",),
        "The drug's own unit and packs.",
        "该药品的最小单位与包装单位。",
    ),
    "QTY_FORMAT": Proposal(
        ("proposed",),
        "The number in plain digits, without blanks, a plus sign, leading zeros and separators of thousands.",
        "去除全角、空格、正号、多余的零和千位分隔符后的数字。",
    ),
    "QTY_PRECISION": Proposal(
        ("proposed",),
        "The number rounded to six decimals, unless nothing is left of it.",
        "保留六位小数的数值（舍入后为零的除外）。",
    ),
    "QTY_RANGE": _no(
        "How much was meant only the source knows: less than nothing may be a return or a slip.",
        "原意数量只有源头系统知道：负数可能是退货，也可能是笔误。",
    ),
    "CODE_UNKNOWN": Proposal(
        ("proposed",),
        "A drug's or a rule's code that is known once blanks, full-width and small letters are put right. A "
        "digit more or less is another code.",
        "更正空格、全角、大小写后即为已知的药品编码或规则编号；差一位数字即为另一编码，不予推测。",
    ),
    "IDENTITY_CONTRADICTS": Proposal(
        ("proposed",),
        "The age or sex that the resident number says.",
        "居民身份证号所示的年龄或性别。",
    ),
    "REVIEW_CONTRADICTS": _no(
        "The ledger keeps a keyed tag of the number on record and never the number.",
        "账本只保存就诊流水号的带密钥的标记，不保存号码本身。",
    ),
    "PRODUCT_CONTRADICTS": _no(
        "Which of two packages has the digits stands on the packages.",
        "前七位属于哪个包装，须看实物。",
    ),
    "ID_CHECKSUM": _no(
        "Several numbers differ by one character from a wrong one and all fit: a fitting one may be somebody "
        "else's.",
        "与错误号码仅差一位且校验相符的号码有多个，可能属于他人。",
    ),
    "PLACEHOLDER_IDENTITY": _no(
        "Who it was only the source knows.",
        "究竟是谁，只有源头系统知道。",
    ),
    "NAME_CONFUSABLE": _no(
        "How a person is called stands on the document alone.",
        "姓名以证件为准，不予推测。",
    ),
    "TOOL_CONTRADICTS": Proposal(
        ("proposed",),
        "The vendor's code of the registration.",
        "登记信息中的供应商代码。",
    ),
    "PRIOR_RECORD_MISSING": _no(
        "Which earlier record there is only the hospital knows.",
        "既往就诊记录只有医院知道。",
    ),
    "CENTRE_NUMBER_MISSING": _no(
        "The centre gives the number.",
        "编号由处方流转中心赋予。",
    ),
    "NOT_SETTLED": Proposal(
        ("correction",),
        "The statement that corrected the sale's code, where one did: it has the right code, of which the "
        "ledger keeps a keyed tag alone.",
        "该销售的追溯码已更正的，给出更正声明的编号，正确的码见该声明；账本只保存追溯码的带密钥的标记。",
    ),
    "TRACE_FORMAT": Proposal(
        ("proposed",),
        "The twenty digits that a bad scan most likely meant.",
        "误扫内容最可能对应的 20 位追溯码。",
    ),
    "TRACE_DUPLICATE_IN_EVENT": Proposal(
        ("place", "first_place"),
        "The place of the code to leave out, and where it stands before.",
        "应删除的重复码位置，以及首次出现的位置。",
    ),
    "TRACE_COUNT_MISMATCH": Proposal(
        ("scanned", "packs", "proposed"),
        "How many codes were scanned and how many packs the line has; of a correction what was sold under "
        "the wrong code; the line where there is but one.",
        "已扫码数与该行盒数；误扫更正给出原码售出的数量；仅有一行的给出行号。",
    ),
    "TRACE_LEVEL": _no(
        "The code of the pack stands on the pack, in the carton.",
        "最小包装的追溯码在箱内药盒上。",
    ),
    "EXEMPTION_AGE": _no(
        "Which reason holds only the seller has seen.",
        "真实理由只有经办药店知道。",
    ),
    "SEX_AGE_IMPLAUSIBLE": Proposal(
        ("proposed", "also_proposed"),
        "What the rulebook knows the diagnosis to be mistaken for, where this patient can have it.",
        "规则手册所列易混淆且与该患者相符的诊断。",
    ),
    "SEX_AGE_UNCONFIRMED": Proposal(
        ("proposed", "also_proposed"),
        "What the rulebook knows the diagnosis to be mistaken for, where this patient can have it. Else "
        "correct or confirm it.",
        "规则手册所列易混淆且与该患者相符的诊断；没有的，请更正或确认。",
    ),
}
