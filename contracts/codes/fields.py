"""Codes of the statement's members, disclosures, times, units and quantities as such."""

from __future__ import annotations

from contracts.codes.row import AFTER_CHANGE, row

ROWS = (
    row(
        "SCHEMA_TYPE",
        422,
        AFTER_CHANGE,
        title="Wrong type of value",
        detail=(
            "A member has another kind of value than its statement type asks for, or the statement "
            "type is unknown."
        ),
        fix=(
            "Look at the pointer: send text, integer, list or object as the description of the type says; "
            "`one_of` lists the words where only some are allowed."
        ),
        zh_title="取值类型错误",
        zh_detail="成员的取值种类与声明类型要求不符，或声明类型未知。",
        zh_fix="查看 pointer 所指位置，按该类型说明发送文本、整数、列表或对象；仅限若干取值时见 one_of。",
    ),
    row(
        "SCHEMA_REQUIRED",
        422,
        AFTER_CHANGE,
        title="Something is missing",
        detail="A member or a disclosure that this statement needs was not sent.",
        fix=(
            "Add what the pointer names; if the hospital or pharmacy system has no such field, fill "
            "it at the source."
        ),
        zh_title="缺少必填内容",
        zh_detail="缺少该声明必需的成员或披露组。",
        zh_fix="补充 pointer 所指内容；院内或药店系统无此字段时应在源头补录。",
    ),
    row(
        "SCHEMA_UNKNOWN_FIELD",
        422,
        AFTER_CHANGE,
        title="A member nobody knows",
        detail=(
            "The statement holds a member that its type does not have; names and diagnoses belong "
            "into disclosures."
        ),
        fix=(
            "Remove it, or put personal data into the disclosure group that is meant for it. `pointer` names "
            "the object, `position` which of its members it is, `one_of` those that it may have."
        ),
        zh_title="未知成员",
        zh_detail="声明含有该类型没有的成员；姓名、诊断等应放入披露组。",
        zh_fix=(
            "删除该成员，或将个人信息放入相应披露组。pointer 指明所在对象，position 为第几个成员，"
            "one_of 列出可用成员。"
        ),
    ),
    row(
        "SCHEMA_LENGTH",
        422,
        AFTER_CHANGE,
        title="Out of its limits",
        detail="A text, a list or a number is shorter, longer, smaller or larger than is allowed for it.",
        fix="Bring what the pointer names within its limits: `least` and `most`, where they stand.",
        zh_title="超出允许范围",
        zh_detail="文本、列表的长度或数值的大小不在允许范围。",
        zh_fix="将 pointer 所指内容调整到允许范围内；给出 least 与 most 的，以其为限。",
    ),
    row(
        "SCHEMA_VERSION_UNSUPPORTED",
        422,
        AFTER_CHANGE,
        title="Version not supported",
        detail="The statement is written in a version that this ledger does not read.",
        fix="Update the client, or ask the operator which versions are read.",
        zh_title="版本不支持",
        zh_detail="声明使用了本账本不识别的版本。",
        zh_fix="升级客户端，或向运维人员询问支持的版本。",
    ),
    row(
        "COMMIT_MISMATCH",
        422,
        AFTER_CHANGE,
        title="A disclosure does not fit",
        detail=(
            "A disclosed group matches no digest in the signed payload, stands twice, or has a name "
            "it may not have."
        ),
        fix=(
            "Send the disclosures exactly as they were when the digests were signed; do not re-encode them."
        ),
        zh_title="披露与摘要不符",
        zh_detail="披露组与签名载荷中的摘要不符、重复，或名称不允许。",
        zh_fix="原样发送签名时生成的披露内容，不要重新编码。",
    ),
    row(
        "COMMIT_SALT",
        422,
        AFTER_CHANGE,
        title="Salt too short",
        detail=(
            "A disclosure's salt has fewer than 128 random bits, so its content could be guessed from "
            "the log."
        ),
        fix="Use 16 or more fresh random bytes for each disclosure.",
        zh_title="盐值过短",
        zh_detail="披露的盐少于 128 个随机位，内容可能被从账本猜出。",
        zh_fix="每个披露使用至少 16 个新的随机字节。",
    ),
    row(
        "COMMIT_SALT_REUSED",
        422,
        AFTER_CHANGE,
        title="A salt used twice",
        detail="Two disclosures share a salt, so equal contents could be recognised.",
        fix="Draw new random bytes for each disclosure.",
        zh_title="盐值重复",
        zh_detail="两个披露使用同一盐值，相同内容可被识别。",
        zh_fix="每个披露重新取随机字节。",
    ),
    row(
        "PII_IN_PUBLIC_FIELD",
        422,
        AFTER_CHANGE,
        title="Personal data in a public member",
        detail=(
            "A member that everyone can read holds what looks like a resident number or a mobile number."
        ),
        fix=(
            "Move it into the disclosure group identity or contact, and check what the field is mapped from."
        ),
        zh_title="公开字段含个人信息",
        zh_detail="人人可读的成员中含有疑似身份证号或手机号。",
        zh_fix="移入 identity 或 contact 披露组，并检查字段映射。",
    ),
    row(
        "TIME_FORMAT",
        422,
        AFTER_CHANGE,
        title="Not a time of the agreed form",
        detail=("Times are YYYY-MM-DDTHH:MM:SSZ in UTC, dates YYYY-MM-DD, and must exist in the calendar."),
        fix="Convert local time to UTC and write the Z.",
        zh_title="时间格式错误",
        zh_detail="时间须为 UTC 的 YYYY-MM-DDTHH:MM:SSZ，日期为 YYYY-MM-DD，且须真实存在。",
        zh_fix="将本地时间换算为 UTC 并写 Z。",
    ),
    row(
        "TIME_ORDER",
        422,
        AFTER_CHANGE,
        title="Times in the wrong order",
        detail="An end lies before its beginning, or an act before what it builds on.",
        fix=(
            "Check both times in the source system. A sandbox's clock only goes forward: set it to a later "
            "time than the clock in facts."
        ),
        zh_title="时间先后颠倒",
        zh_detail="结束早于开始，或行为早于其依据。",
        zh_fix="在源系统核对两个时间。沙箱时钟只能向前拨：须晚于 facts 中的 clock。",
    ),
    row(
        "TIME_RANGE",
        422,
        AFTER_CHANGE,
        title="Time out of range",
        detail="The time lies outside what this statement may name.",
        fix="Check the year and the time zone in the source system.",
        zh_title="时间超出范围",
        zh_detail="时间超出该声明允许的范围。",
        zh_fix="在源系统核对年份与时区。",
    ),
    row(
        "TIME_SKEW",
        422,
        AFTER_CHANGE,
        title="The claimed time is off",
        detail="The claimed time differs too much from the ledger's time.",
        fix="Compare both times in facts: set the computer's clock by the time service (a sandbox clock that "
        "stands is moved with PUT /sandbox/clock), then sign again.",
        zh_title="申报时间偏差过大",
        zh_detail="申报时间与账本时间相差过大。",
        zh_fix="对照 facts 中的两个时间：按授时服务校准电脑时钟"
        "（静止的沙箱时钟用 PUT /sandbox/clock 拨动），再重新签名。",
    ),
    row(
        "UNIT_UNKNOWN",
        422,
        AFTER_CHANGE,
        title="Unknown unit",
        detail="The unit is not in the list of dose and package units.",
        fix="Take the unit from the drug catalogue (盒, 瓶, 片, 粒, 支, mg, ml …).",
        zh_title="单位未知",
        zh_detail="单位不在剂量与包装单位表中。",
        zh_fix="从药品目录选取单位（盒、瓶、片、粒、支、mg、ml 等）。",
    ),
    row(
        "UNIT_NOT_NORMALISED",
        422,
        AFTER_CHANGE,
        title="Unit written in another form",
        detail="The unit uses a compatibility character such as ㎎ or a look-alike of μ.",
        fix="Write plain letters: mg, ug, ml.",
        zh_title="单位写法不规范",
        zh_detail="单位使用了兼容字符（如 ㎎）或形近字符。",
        zh_fix="用普通字母书写：mg、ug、ml。",
    ),
    row(
        "UNIT_INCOMPATIBLE",
        422,
        AFTER_CHANGE,
        title="Units do not fit each other",
        detail="The quantity's unit cannot be converted into that of the prescription or the package.",
        fix="Use the unit of the prescription line, or correct the conversion in the drug catalogue.",
        zh_title="单位不可换算",
        zh_detail="数量单位无法换算为处方或包装单位。",
        zh_fix="使用处方行的单位，或更正药品目录中的换算关系。",
    ),
    row(
        "QTY_FORMAT",
        422,
        AFTER_CHANGE,
        title="Not a quantity",
        detail=(
            'Quantities are strings of ASCII digits such as "2" or "0.5": no sign, exponent, spaces '
            "or full-width digits."
        ),
        fix="Send the number as the catalogue writes it; switch off full-width input.",
        zh_title="数量格式错误",
        zh_detail='数量为 ASCII 数字字符串，如 "2"、"0.5"；不得含符号、指数、空格或全角数字。',
        zh_fix="按目录写法发送数字；关闭全角输入。",
    ),
    row(
        "QTY_PRECISION",
        422,
        AFTER_CHANGE,
        title="Too many decimals",
        detail="A quantity has at most six decimals.",
        fix="Round in the source system, or use a smaller unit.",
        zh_title="小数位过多",
        zh_detail="数量最多六位小数。",
        zh_fix="在源系统取舍，或改用更小的单位。",
    ),
    row(
        "QTY_RANGE",
        422,
        AFTER_CHANGE,
        title="Quantity out of range",
        detail="A quantity must be greater than zero and within the allowed size.",
        fix="Correct the quantity; a return is its own statement, not a negative sale.",
        zh_title="数量超出范围",
        zh_detail="数量须大于零且在允许范围内。",
        zh_fix="更正数量；退货请用退货声明，不要用负数销售。",
    ),
    row(
        "CODE_UNKNOWN",
        422,
        AFTER_CHANGE,
        title="Code or id not known here",
        detail="A drug, organisation or other code, or the id of a case or measure, is not on the ledger.",
        fix="Use the catalogue's national code, a new item once added; for a case or measure its id.",
        zh_title="编码或编号未知",
        zh_detail="药品、机构等编码不在现行目录中，或所引案件、措施的编号不在账本上。",
        zh_fix="使用目录中的国家编码，新品种应先入目录；案件、措施填写其声明编号。",
    ),
    row(
        "IDENTITY_CONTRADICTS",
        422,
        AFTER_CHANGE,
        title="Age or sex against the resident number",
        detail="The told age or sex is not that of the resident number: one of them was typed badly.",
        fix="Compare with the card, correct what is wrong and send again; nobody is accused.",
        zh_title="年龄或性别与身份证号不符",
        zh_detail="登记的年龄或性别与居民身份证号所示不一致，其中一项录入有误。",
        zh_fix="核对证件并更正后重报；不追究任何人。",
    ),
    row(
        "REVIEW_CONTRADICTS",
        422,
        AFTER_CHANGE,
        title="The review is of another visit",
        detail="The review has the number of one prescription and the visit of another.",
        fix="Look which prescription was read, correct the number and send again; nobody is accused.",
        zh_title="审方记录与处方不符",
        zh_detail="审方记录的处方编号与就诊流水号不属于同一张处方。",
        zh_fix="核对所审的处方，更正编号后重报；不追究任何人。",
    ),
    row(
        "PRODUCT_CONTRADICTS",
        422,
        AFTER_CHANGE,
        title="One trace-code prefix or drug code for two",
        detail=(
            "The drug knowledge gives the first seven digits of trace codes to two drugs or packages, or "
            "tells of one drug in two ways: a scan would find the wrong one, and an honest sale be refused."
        ),
        fix=(
            "Correct the drug or part that the pointer names: a part that tells anew of a drug replaces the "
            "part of before. `rx knowledge --table` finds all such lines of a table at once."
        ),
        zh_title="追溯码前七位或药品代码重复",
        zh_detail=(
            "药品知识中同一追溯码前七位对应两种药品或两个包装，或对同一药品的说明不一致，"
            "扫码会认错药品，误拒正常销售。"
        ),
        zh_fix=(
            "更正 pointer 所指的药品或分册；重新说明某药品的分册应替换原分册，不可并列。"
            "rx knowledge --table 可一次列出表中全部此类行。"
        ),
    ),
    row(
        "ID_CHECKSUM",
        422,
        AFTER_CHANGE,
        title="Check digit wrong",
        detail="The certificate number's check digit does not fit: it was typed or scanned badly.",
        fix="Read the card again; nobody is accused.",
        zh_title="校验位错误",
        zh_detail="证件号码校验位不符，可能录入或扫描有误。",
        zh_fix="重新读取证件；不追究任何人。",
    ),
)
