"""What goes wrong with the sandbox's commands, or is told by the system, in Chinese: part of `chinese`."""

from __future__ import annotations

ROWS = {
    # The day and the cast
    "{} cannot be read: {}": "{0} 无法读取：{1}",
    "{} is not JSON: {}": "{0} 不是 JSON：{1}",
    "{} is not a JSON object": "{0} 不是 JSON 对象",
    "{} has no steps": "{0} 没有步骤",
    "{}: step {} stands there more than once": "{0}：步骤 {1} 重复",
    "{}, step {}: {}": "{0} 第 {1} 步：{2}",
    "{}: the regulator needs {} officers": "{0}：监管机构须有 {1} 名监管人员",
    "{}: codes and names are strings": "{0}：编码与名称须为字符串",
    "{}: {} has a role that nobody can have; {}": "{0}：{1} 的岗位不存在；{2}",
    "it is one of {}": "可为 {0} 之一",
    "{}: keyAlgorithm of {} is not {}": "{0}：{1} 的 keyAlgorithm 应为 {2}",
    "{}: {} is missing or has another form": "{0}：缺少 {1} 或其格式不符",
    "name a folder of the form of api/sandbox/corpus/day-one": (
        "请指定文件夹，其内容形如 api/sandbox/corpus/day-one"
    ),
    # The folder that a demo leaves, and its processes
    "{} is not a folder": "{0} 不是文件夹",
    "{} holds {}, which no demo wrote": "{0} 中的 {1} 不是演示留下的",
    "name another folder with --out": "请用 --out 另指定文件夹",
    "{} did not start: {}": "{0} 未能启动：{1}",
    "{} ended with {}: {}": "{0} 以 {1} 退出：{2}",
    "{} {} ended with {}: {}": "{0} {1} 以 {2} 退出：{3}",
    "the witnesses have not cosigned the last checkpoint in time": "见证人未及时联署最后的检查点",
    "mend what it tells, then play the day again": "请排除上述原因后重新运行",
    "play the day again": "请重新运行",
    # Why a rule cannot come up in a year
    "tables of drugs are loaded before the year begins, and the loader finds it there": (
        "药品表在年度开始前装入，装入时即已查出"
    ),
    "judged from signed bytes: {}": "由签名字节裁决：{0}",
    "the length of a knowledge part as it was received": "药品知识分册收到时的长度",
    "whether each signature has a presence proof": "每个签名是否附有在场证明",
    "the authenticator's counter": "认证器的计数器",
    "by which of a person's keys was signed": "以本人哪一把密钥签名",
    "the certificate of a new key": "新密钥的证书",
    "what presence and certificates were held against": "在场证明与证书所依据的登记信息",
    # Blind cases of a year: what was done, and why nothing tells it
    "a machine writes prescriptions, and the doctor types them again and signs": (
        "处方由机器生成，医师照抄录入后签名"
    ),
    "a machine's text that the doctor types again and signs as the own": (
        "机器文本经医师重新录入并以本人名义签名"
    ),
    "one evaluation for two dozen patients, each time in other words": (
        "二十余名患者用同一评估，每次换一种说法"
    ),
    "texts in other words throughout": "通篇换用其他说法的文本",
    "a pair passes a prescription every twenty seconds, each time with another text": (
        "两名药师每二十秒通过一张处方，每次意见文字不同"
    ),
    "reviews within seconds whose texts differ": "数秒内连续审核而意见文字不同",
    "one person buys under two documents what covers a month, twice on a day": (
        "一人持两种证件，同日两次购买一个月用量"
    ),
    "one person with two documents is two people": "持两种证件者视为两人",
    "one person fetches eight packs of insulin at each of three shops on one day": (
        "一人同日在三家药店各购八支胰岛素"
    ),
    "drugs whose label sets no maximum": "说明书未规定最大剂量的药品",
    "a doctor sends nine of twenty packs to a far shop that pays for it": (
        "医师将四成半处方引向一家给付回扣的远处药店"
    ),
    "a part below the screen's limit, which is half": "占比低于筛查界限（一半）",
    "of four doctors who write a drug one writes it dozens of times as often": (
        "全省仅四名医师开具某药，其中一人用量为他人数十倍"
    ),
    "a drug that fewer than five doctors of the province write": "全省不足五名医师开具的药品",
    "packs come in and are sold in the back room, without a prescription or a word": (
        "药品入库后私下售出，无处方也不上传"
    ),
    "sales that never touch the ledger": "从未上账的销售",
    # What the system says
    "{} cannot be used: {}": "{0} 无法使用：{1}",
    "see that it is there and that you have the rights to it": "请确认其存在，且您有相应的权限",
    "No such file or directory": "文件或文件夹不存在",
    "File exists": "已存在同名文件",
    "Is a directory": "是文件夹",
    "Not a directory": "不是文件夹",
    "Permission denied": "没有权限",
    "Read-only file system": "文件系统只读",
    "No space left on device": "磁盘已满",
}
