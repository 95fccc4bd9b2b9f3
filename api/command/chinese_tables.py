"""What is wrong with tables that `rx knowledge` reads, in Chinese: part of `chinese`."""

from __future__ import annotations

ROWS = {
    # Any table
    "the column is missing": "缺少此列",
    "the header has: {}": "表头应有：{0}",
    "no CSV: {}": "不是 CSV：{0}",
    "quote cells with commas": "含逗号的单元格请加引号",
    "the cell is empty": "单元格为空",
    "keep one of the two rows": "两行只保留一行",
    # Drugs, cell by cell
    "every drug has one": "每种药品都须填写",
    "{} is not of the form": "{0} 格式不正确",
    "{} is given without it": "已填 {0} 而此列为空",
    "give {} together": "{0} 须同时填写",
    "write 0 or 1": "请填 0 或 1",
    "write a decimal number above 0": "请填大于 0 的小数",
    "write a number of days": "请填天数",
    "write a unit of the list: mg, g, ug, U, 片 …": "请填规定的单位：mg、g、ug、U、片等",
    "write a unit of the list: 片, 粒, 支, 袋 …": "请填规定的单位：片、粒、支、袋等",
    "write 1 (male), 2 (female) or nothing": "请填 1（男）、2（女）或留空",
    "write full years": "请填整数周岁",
    "write how many units a pack holds": "请填每盒所含最小单位数",
    "write how many packs a carton holds": "请填每箱所含盒数",
    "write the first seven digits of the trace code": "请填追溯码前七位数字",
    "{} stands on line {} too": "{0} 与第 {1} 行重复",
    "one row for each": "每个编码只能有一行",
    "{} stands on line {} too, in column {}": "{0} 与第 {1} 行 {2} 列重复",
    "packs and cartons have seven digits of their own each": "盒与箱的追溯码前七位各不相同，请更正",
    "see the form DRUG in verifier/SPEC.md": "格式见 verifier/SPEC.md 的 DRUG",
    # Drugs, one cell against another
    "{} has not the form of a national code": "{0} 不符合国家医保药品编码格式",
    "X and 22 characters, Z and 19 (Chinese patent medicine), or T (herbs)": (
        "西药为 X 加 22 位，中成药为 Z 加 19 位，饮片以 T 开头"
    ),
    "class {} is unknown: no ban or limit would hold for it": "类别 {0} 未知：任何禁止或限制都不会对其生效",
    "write {}, or another name for a class of your own": "请改为 {0}；自定类别请另取名称",
    "{} is the beginning of no diagnosis code": "{0} 不是诊断编码的开头",
    "beginnings of ICD-10 codes in capitals: E11;R52.1": "请填大写的 ICD-10 编码前缀，如 E11;R52.1",
    "from {} years up to {} years is nobody": "{0} 岁至 {1} 岁：下限高于上限",
    "exchange the two ages, or leave out the one that is no limit": "请对调两个年龄，或删去不作限制的一个",
    "a dose in {} cannot be compared with a strength in {}": "剂量单位 {0} 与规格单位 {1} 无法比较",
    "give both in one unit, or both as a mass": "两者请用同一单位，或均用质量单位",
    "{} against the pack {}": "{0} 与包装规格 {1} 不符",
    "strength {} {} against the pack {}": "规格 {0} {1} 与包装规格 {2} 不符",
    "correct the one that is wrong": "请更正有误的一项",
    # Drugs, what a person should look at
    "no rule pack of the product names class {}": "产品自带规则包与药品表中没有类别 {0}",
    "compare it with the rulebook: its bans go by the class": "请与规则手册核对：禁止与限制按类别生效",
    "a highest dose without a strength: days covered are not counted": "有最大剂量而无规格：无法计算覆盖天数",
    "give the strength of one unit": "请填每个最小单位的规格",
    "the text is not compared with strength and units": "此文本未与规格和包装数量核对",
    "look at it; 0.5g*60片 is a text that is compared": "请人工核对；形如 0.5g*60片 的文本可自动核对",
    # A mapping
    "every row maps one local code": "每行对应一个本地编码",
    "the local code was mapped to {} before": "该本地编码此前已对应 {0}",
    "{} is not in the drug table": "{0} 不在药品表中",
    "correct the code": "请更正编码",
    "{} is another drug of the table, and is mapped to {}": "{0} 是表中另一药品，却对应到 {1}",
    "correct the code: nobody can confirm that two drugs are one": "请更正编码：两种药品不能确认为同一种",
    "{} is not who and when": "{0} 未写明何人何日",
    "for instance: HY0001 2026-03-01": "例如：HY0001 2026-03-01",
    "{} is mapped to {}": "{0} 对应到 {1}",
    "correct the code; where it is a brand name, say in confirmed who compared them and when": (
        "请更正编码；若为商品名，请在 confirmed 列写明何人何日核对"
    ),
    "an item for sex {} is mapped to a drug for sex {}": "性别 {0} 的项目对应到性别 {1} 的药品",
    "another strength or pack: {}": "规格或包装不同：{0}",
    "{} against {}": "{0} 与 {1}",
    "choose the code of this pack": "请选用该包装的编码",
    # A list of diagnoses
    "the code is {} on line {}": "该编码在第 {1} 行为 {0}",
    "{} is no code": "{0} 不是编码",
    "at most {} characters without = and spaces": "最多 {0} 个字符，不含 = 与空格",
    "nothing can be typed for {}": "{0} 无法按首字母检索",
    "give the name that the list shows": "请填下拉列表显示的名称",
}
