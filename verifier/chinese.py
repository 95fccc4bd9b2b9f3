"""What `rx-verify` says, in Chinese: one table from each English sentence to its Chinese one.

`{}` stands for what a sentence is about; it is translated too where the table has it. A sentence that is
missing here stays English; a test reads every sentence out of the verifier's own source and misses none.
`--json` is for machines and speaks English alone.
"""

from __future__ import annotations

import os
import re

_ROWS = {
    # The report
    "{}: {} entries, root {}": "{0}：共 {1} 条账目，根哈希 {2}",
    "SANDBOX: this log proves nothing about real prescriptions.": "沙箱：本账本不能证明任何真实处方。",
    "refused": "被拒绝",
    "flags": "标记",
    "signed, not interpreted": "已签名、未解释的类型",
    "SUSPECT (key compromised at that time): entries {}": "存疑（当时密钥已泄露）：第 {0} 条账目",
    "not checked: {}": "未核验：{0}",
    "VERIFIED": "核验通过 VERIFIED",
    "REFUSED": "核验不通过 REFUSED",
    "COULD NOT DECIDE": "无法判定 COULD NOT DECIDE",
    "entry {}": "第 {0} 条账目",
    "step {} ({})": "第 {0} 步（{1}）",
    # Levels
    "parsed": "格式",
    "signed": "签名",
    "authorised": "权限",
    "included": "收录",
    "consistent": "一致",
    "witnessed": "见证",
    "replayed": "重演",
    # Steps
    "trust": "信任文件",
    "checkpoint": "检查点",
    "witnesses": "见证人",
    "tree": "哈希树",
    "form": "格式",
    "genesis": "创世账目",
    "signature": "签名",
    "authority": "权限",
    "refusal": "拒绝账目",
    # What was found
    "all {} entries": "全部 {0} 条账目",
    "{} signatures": "{0} 个签名",
    "{} signatures, {} not checked": "{0} 个签名，另有 {1} 个未核验",
    "{} statements": "{0} 份声明",
    "by {}": "由 {0} 联署",
    "not asked for by the trust file": "信任文件未作要求",
    "with {} checkpoint(s) kept by the reader": "与读者自存的 {0} 个检查点一致",
    "no earlier checkpoint was given": "未提供早先的检查点",
    "not checked": "未核验",
    "this leaf stands at index {}": "该叶位于第 {0} 条",
    "the entry has its exact form": "账目格式准确",
    "a refusal carries no signatures": "拒绝账目不带签名",
    # What was not checked
    "verdicts (the rules are not run again), disclosures (they are not in the log)": (
        "裁决（不重新执行规则）、披露内容（不在账本中）"
    ),
    "{} SM2 signatures: no libcrypto with SM2 here": "{0} 个 SM2 签名：本机没有支持 SM2 的 libcrypto",
    "{} SM2 signatures not checked: no libcrypto with SM2 here": (
        "{0} 个 SM2 签名未核验：本机没有支持 SM2 的 libcrypto"
    ),
    "{} SM2 signatures not checked: give the signer's key with --keys": (
        "{0} 个 SM2 签名未核验：请用 --keys 提供签名人公钥"
    ),
    "the entry: not given, only its leaf hash is known": "账目本身：未提供，仅知其叶哈希",
    "state of keys, roles, licences and presence at that time: check the whole log": (
        "当时的密钥状态、岗位、执业资格与在场证明：请核验整个账本"
    ),
    "{} signature lines of strangers to the trust file": "{0} 行信任文件之外者的签名",
    # Step 1: the trust file and its policy
    "trust file cannot be read: {}": "信任文件无法读取：{0}",
    "trust file is malformed: {}": "信任文件格式错误：{0}",
    "unknown format": "格式未知",
    "unknown profile": "环境类型未知",
    "no log key, or one twice": "缺少账本公钥，或公钥重复",
    "a log key is not an Ed25519 key in the name of the origin": "账本公钥不是以账本名称命名的 Ed25519 公钥",
    "the policy names a log key that log_keys does not list": "见证策略中的账本公钥未列入 log_keys",
    "a signer's key is not the one that its kid names": "签名人公钥与其 kid 不符",
    "too long": "过长",
    "not JSON": "不是 JSON",
    "not a JSON object": "不是 JSON 对象",
    "a verifier key is malformed": "核验公钥格式错误",
    "a verifier key is of an unsupported type": "核验公钥类型不受支持",
    "a verifier key does not have the id that it states": "核验公钥与其标识不符",
    "policy has no quorum": "见证策略缺少法定数",
    "a policy line is malformed": "见证策略中有一行格式错误",
    "a policy group names a member twice": "见证策略的组重复列出同一成员（每个名称只能列入一个组一次）",
    "a policy group has an impossible count": "见证策略的一个组要求的数量不可能达到",
    "a policy key is of the wrong type": "见证策略中的公钥类型错误",
    "a policy holds one public key twice": "见证策略重复列出同一公钥",
    "a policy name stands twice": "见证策略中的名称重复",
    "a policy names what it does not define": "见证策略引用了未定义的名称",
    # Steps 2 and 3: the checkpoint and its cosignatures
    "the checkpoint is of another log: of {}, and the trust file of {}": (
        "检查点属于另一账本：检查点属于 {0}，信任文件属于 {1}"
    ),
    "no log key of the trust file signed the checkpoint": "检查点没有信任文件所列日志密钥的签名",
    "{} signed twice": "{0} 签名两次",
    "a signature line is of no key in the trust file": "有一行签名不属于信任文件中的任何公钥",
    "a signature line is of no key in the trust file: its policy may name a witness outside the quorum": (
        "有一行签名不属于信任文件中的任何公钥：其策略可列出不计入法定数的见证方"
    ),
    "not yet witnessed: the policy's quorum is not met": "尚未见证：联署未达到策略要求的数量",
    "base64 is malformed": "base64 格式错误",
    "base64 is not canonical": "base64 不是规范形式",
    "note is too long": "签名文本过长",
    "note has no signature lines": "签名文本没有签名行",
    "note is not UTF-8": "签名文本不是 UTF-8",
    "note holds a control character": "签名文本含有控制字符",
    "note has too many signature lines": "签名文本的签名行过多",
    "a signature line is malformed": "有一行签名格式错误",
    "a signature line is too short": "有一行签名过短",
    "a signature line is of another key": "有一行签名属于另一公钥",
    "checkpoint is not UTF-8": "检查点不是 UTF-8",
    "checkpoint does not have exactly three lines": "检查点不是三行",
    "checkpoint has no origin": "检查点没有账本名称",
    "checkpoint size is malformed": "检查点的账目数格式错误",
    "checkpoint root does not have 32 bytes": "检查点的根哈希不是 32 字节",
    "cosignature of {} has a wrong length": "{0} 的联署长度错误",
    "no signature of a known key": "没有已知公钥的签名",
    "signature of {} has a wrong length": "{0} 的签名长度错误",
    "signature of {} is wrong": "{0} 的签名不正确",
    "a key name is malformed": "公钥名称格式错误",
    # Step 4: files, tree, proofs
    "the log is not a folder": "账本不是文件夹",
    "a folder cannot be read: {}": "文件夹无法读取：{0}",
    "a file is missing: {}": "缺少文件：{0}",
    "an empty folder: {}": "空文件夹：{0}",
    "a file that this size does not need: {}": "多余的文件：{0}",
    "(name not shown)": "（不显示名称）",
    "the server has no {}": "服务器上没有 {0}",
    "the server has no checkpoint: the log is at the ledger's address with /log": (
        "服务器上没有检查点：日志的网址为账本网址加 /log"
    ),
    "the server answered 401 for {}, which is for members: name a token of rx token"
    " (it is good for minutes) with --token-file": (
        "服务器对 {0} 答复 401，仅限成员机构读取：请用 --token-file 指定 rx token 取得的令牌（数分钟内有效）"
    ),
    "the server answered {} for {}": "服务器对 {1} 答复 {0}",
    "{} could not be fetched: is the server running at that address?": (
        "{0} 无法取得：请确认服务器在该网址运行"
    ),
    "{} cannot be read: {}": "{0}无法读取：{1}",
    "{} is too long": "{0}过长",
    "{} is malformed": "{0}格式错误",
    "the token file": "令牌文件",
    "the token file holds no token": "令牌文件中没有令牌",
    "the receipt": "回执",
    "the entry": "账目",
    "the file of keys": "公钥文件",
    "{} has a wrong length": "{0} 长度错误",
    "{} does not end with its last entry": "{0} 未以最后一条账目结尾",
    "{} changed while it was read": "{0} 在读取过程中被改动",
    "{} does not fit the tiles below it": "{0} 与其下层数据块不符",
    "hash tiles do not lead to the root in the checkpoint": "哈希块得不出检查点中的根哈希",
    "entry is not the one in the tree": "账目与哈希树中的不是同一条",
    "the log is shorter than a checkpoint kept from it ({})": "账本比读者自存的检查点（{0} 条）还短",
    "the log was rewritten: another root at size {}": "账本被改写：{0} 条时的根哈希不同",
    "of a kept checkpoint: {}": "自存的检查点：{0}",
    "a kept checkpoint cannot be read: {}": "自存的检查点无法读取：{0}",
    "the log does not hold as many entries as its checkpoint says": "账目数与检查点所述不符",
    "index {} is not below size {}": "序号 {0} 不小于账目数 {1}",
    "size {} is above size {}": "账目数 {0} 大于 {1}",
    "index or size out of range": "序号或账目数超出范围",
    "a hash does not have 32 bytes": "哈希不是 32 字节",
    "inclusion proof is too long": "收录证明过长",
    "inclusion proof is too short": "收录证明过短",
    "inclusion proof leads to another root": "收录证明得出另一根哈希",
    "no proof is possible from the empty tree": "空树无法证明",
    "two roots for one size": "同一账目数有两个根哈希",
    "consistency proof is empty": "一致性证明为空",
    "consistency proof is too long": "一致性证明过长",
    "consistency proof is too short": "一致性证明过短",
    "consistency proof of equal sizes is not empty": "账目数相同而一致性证明不为空",
    "consistency proof leads to another first root": "一致性证明得出另一个前根哈希",
    "consistency proof leads to another second root": "一致性证明得出另一个后根哈希",
    "receipt is too long": "回执过长",
    "receipt is malformed": "回执格式错误",
    "receipt has no index": "回执没有序号",
    "not a tlog-proof of version 1": "不是第 1 版 tlog-proof",
    "a hash in the receipt does not have 32 bytes": "回执中的哈希不是 32 字节",
    "the receipt's extra line is not a leaf hash": "回执的 extra 行不是叶哈希",
    "the receipt names no leaf: give the entry": "回执未写明叶哈希：请提供账目",
    "the entry is not the one that the receipt is for": "回执不是该账目的回执",
    # Step 5: the form of entries
    "not understood ({})": "无法理解（{0}）",
    "not strict JSON": "不是严格 JSON",
    "JSON is too deep": "JSON 层数过多",
    "a string is too long": "字符串过长",
    "a string holds a forbidden character": "字符串含有禁用字符",
    "a string is not in NFC": "字符串不是 NFC 形式",
    "members are missing or unknown": "成员缺失或未知",
    "{} is not an object": "{0} 不是对象",
    "{} is not a list": "{0} 不是列表",
    "{} is not a string": "{0} 不是字符串",
    "{} is not a digest in hex": "{0} 不是十六进制摘要",
    "{} is not an integer in range": "{0} 不是范围内的整数",
    "{} is not a time": "{0} 不是时间",
    "{} is not a date": "{0} 不是日期",
    "{} is empty": "{0} 为空",
    "entry is empty or too long": "账目为空或过长",
    "entry is not in canonical form": "账目不是规范形式",
    "verdict has an unknown outcome": "裁决结果未知",
    "a flag is malformed": "标记格式错误",
    "a flag's fact is neither an integer nor an id": "标记的事实既非整数也非编号",
    "a refusal of no type": "拒绝账目没有声明类型",
    "a refusal is malformed": "拒绝账目格式错误",
    "a refusal for what is never recorded": "为从不入账的情形记了拒绝",
    "a code is malformed": "代码格式错误",
    "heads are of another size": "heads 的账目数不符",
    "base64url is malformed": "base64url 格式错误",
    "base64url is not canonical": "base64url 不是规范形式",
    "CBOR is malformed": "CBOR 格式错误",
    "signers and signatures differ": "签名人与签名不一致",
    "signed by nobody, or by more than eight": "没有签名，或签名超过八个",
    "jti is too short or too long": "jti 过短或过长",
    "type is malformed": "声明类型格式错误",
    "_sd_alg is not sha-256": "_sd_alg 不是 sha-256",
    "_sd is not a sorted list of digests": "_sd 不是有序的摘要列表",
    "_sd has another number of digests than its type": "_sd 的摘要个数与声明类型不符",
    "a signature does not have 64 bytes": "签名不是 64 字节",
    "a protected header is malformed": "受保护的签名头格式错误",
    "a public key is malformed": "公钥格式错误",
    "a public key is not on P-256": "公钥不在 P-256 曲线上",
    "a public key is not in canonical DER": "公钥不是规范 DER",
    "a key is of an unknown algorithm": "公钥算法未知",
    "a key is not an SM2 key": "不是 SM2 公钥",
    "officers is not a list of objects": "officers 不是对象列表",
    "attestation_roots is not a list of objects": "attestation_roots 不是对象列表",
    "sandbox is not true or false": "sandbox 不是真或假",
    "utc_offset_minutes is out of range": "utc_offset_minutes 超出范围",
    # Step 6: genesis
    "the log is empty: it has no genesis": "账本为空：没有创世账目",
    "genesis is not the one that the trust file pins": "创世账目不是信任文件所固定的那一条",
    "the first entry is not a genesis": "第一条账目不是创世账目",
    "a second genesis": "出现第二条创世账目",
    "genesis is of another profile than the trust file": "创世账目的环境类型与信任文件不符",
    "the checkpoint is not signed by exactly the keys that the log names": (
        "检查点的签名公钥与账本自身所列的不一致"
    ),
    "the log's key was named before, or its handover runs still": "日志密钥已用过，或上次交接尚未结束",
    "the log's key is not an Ed25519 key in the log's name": "日志公钥不是以账本名义的 Ed25519 公钥",
    "nobody proved to hold the log's next key": "无人证明持有日志的下一把密钥",
    # Step 7: signatures, presence, attestation
    "signature is wrong": "签名不正确",
    "signature is of an unknown algorithm": "签名算法未知",
    "signature is not by the key that it names": "签名不是由其所列密钥作出",
    "a process did not check every signature": "有进程未核验全部签名",
    "a process that checks signatures died": "核验签名的进程意外终止",
    "attestation or client data is longer than 16 KiB": "认证器证明或客户端数据超过 16 KiB",
    "authenticator is not trusted: {}": "认证器不可信：{0}",
    "malformed": "格式错误",
    "not packed": "不是 packed 格式",
    "authenticator data is malformed": "认证器数据格式错误",
    "credential id is malformed": "凭证编号格式错误",
    "credential key is malformed": "凭证公钥格式错误",
    "credential key is not ES256": "凭证公钥不是 ES256",
    "credential key is not on its curve": "凭证公钥不在曲线上",
    "no certificate chain": "没有证书链",
    "signature or certificate is wrong": "签名或证书不正确",
    "the certificate was not made for attestation": "证书不是用于认证器证明的证书",
    "the certificate is an authority's": "证书是证书机构的证书",
    "the certificate has an unknown critical extension": "证书含有未知的关键扩展",
    "the certificate names another model": "证书写明的是另一型号",
    "the certificate's key is not ECDSA": "证书公钥不是 ECDSA",
    "presence: authenticator data holds more than it must": "在场证明：认证器数据含有多余内容",
    "presence: client data is of another type": "在场证明：客户端数据类型不符",
    "presence: the challenge belongs to something else": "在场证明：挑战值属于另一内容",
    "presence: given inside a page of another origin": "在场证明：在另一来源的页面内作出",
    "presence: given at an origin that is not registered": "在场证明：在未登记的来源作出",
    "presence: given at another site": "在场证明：在另一站点作出",
    "presence: nobody was present or verified": "在场证明：本人未在场或未经验证",
    "presence: the credential can be copied": "在场证明：该凭证可被复制",
    # Step 8: authority and links
    "signed by a key that no earlier entry registered": "签名密钥未在此前账目登记",
    "signed with another algorithm than the key's": "签名算法与密钥不符",
    "signed by a key outside its time of validity": "签名密钥不在有效期内",
    "signed by a revoked key": "签名密钥已被吊销",
    "submitted by an organisation that is not registered": "提交机构未登记",
    "submitted by the wrong kind of organisation": "提交机构的类别不符",
    "the organisation had no licence on that day": "提交机构当日没有有效资质",
    "a signer's registered role does not allow this": "签名人登记的岗位无权进行此步骤",
    "signed by an organisation instead of a person": "由机构而非个人签名",
    "signed with the key of another organisation": "使用了其他机构的密钥签名",
    "fewer officers signed than the act needs": "签名的监管人员少于要求",
    "nobody of the second role signed that the act needs": "缺少第二岗位人员的签名",
    "names somebody who did not sign": "所列人员没有签名",
    "duty at another place than the submitting pharmacy": "值班地点不是提交的药店",
    "not signed by both the subject and somebody who vouches": "缺少本人或担保人的签名",
    "more people signed than the act may have": "签名人数超过该步骤所允许的人数",
    "the new key did not sign its own registration first": "新密钥没有最先签署自己的登记",
    "a signer had no licence on that day": "签名人当日没有有效执业资格",
    "a signer is not licensed at this place": "签名人未在该机构注册执业",
    "no proof that the signer was present": "没有签名人在场的证明",
    "presence: the organisation has no registered site": "在场证明：该机构没有登记站点",
    "presence: not by an enrolled authenticator of the signer": "在场证明：不是签名人已登记的认证器",
    "presence: the authenticator's counter did not grow": "在场证明：认证器计数未增加",
    "ledger time goes back": "账本时间倒退",
    "a statement was committed before": "同一声明此前已入账",
    "prev is not the entry before in its chain": "prev 不是链中的前一条账目",
    "after is not the entry that the signer had to see": "after 不是签名人当时应看到的账目",
    "cancelled or renewed by somebody else than its prescriber": "撤销或延长处方的不是其开方医师",
    "names what no earlier entry of the log is": "所指对象不在此前账目中",
    "a statement addressed to another log": "声明是写给另一账本的",
    "judged by a rulebook that no earlier entry is": "所依据的规则手册不在此前账目中",
    "judged by knowledge that no earlier entry is": "所依据的知识库不在此前账目中",
    "a key is registered twice": "同一密钥登记两次",
    "a key in a role in which nobody of that code is registered": "密钥岗位与该人员或机构的登记岗位不一致",
    "a key's certificates do not prove it": "密钥所附证书不能证明该密钥",
    "a key's certificates are not valid at that time": "密钥所附证书当时不在有效期内",
    "genesis names an officer twice": "创世账目两次列出同一监管人员",
    "genesis was not submitted by the regulator that it names": "创世账目不是由其所列监管机构提交的",
    "an authenticator is enrolled at a place without a site": "认证器登记在没有站点的机构",
    "an authenticator is enrolled twice": "同一认证器登记两次",
    "a relying party is malformed": "机构的依赖方（relying_party）格式错误",
    "a revocation of nothing": "吊销未指明对象",
    "revokes a key that was never registered": "吊销了从未登记的密钥",
    "revokes an authenticator that was never enrolled": "吊销了从未登记的认证器",
    # Step 9: refusals
    "a refusal of an organisation that is not registered": "拒绝账目涉及未登记的机构",
    "a refusal accuses somebody who has no key": "拒绝账目指控了没有密钥的人",
    "a refusal of a statement that was committed before": "拒绝账目针对此前已入账的声明",
    # What the system says, and argparse of wrong usage
    "No such file or directory": "文件或文件夹不存在",
    "Is a directory": "是文件夹",
    "Not a directory": "不是文件夹",
    "Permission denied": "没有权限",
    "Address already in use": "端口已被占用",
    "the following arguments are required: {}": "缺少参数：{0}",
    "unrecognized arguments: {}": "无法识别的参数：{0}",
    "argument {}: {}": "参数 {0}：{1}",
    "argument {}: invalid choice: {} (choose from {})": "参数 {0} 不能为 {1}，可为 {2}",
    "argument {}: invalid {} value: {}": "参数 {0} 不能为 {2}（应为 {1}）",
    "expected one argument": "须有一个值",
    "must be HOST:PORT": "形式为 主机:端口",
    "this is the key of a witness, not of a log": "这是见证人的公钥，不是日志的公钥",
}
_PATTERNS = [
    (re.compile(re.escape(english).replace(r"\{\}", "(.+)"), re.DOTALL), chinese)
    for english, chinese in sorted(_ROWS.items(), key=lambda row: -len(row[0]))
    if "{}" in english
]


def wanted() -> bool:
    """Return whether the environment asks for Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    return False


def in_chinese(text: str) -> str:
    """Return a sentence of the verifier in Chinese, or `text` itself where the table does not have it."""
    if text in _ROWS:
        return _ROWS[text]
    for pattern, chinese in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            return chinese.format(*map(in_chinese, found.groups()))
    return text


def rows() -> dict[str, str]:
    """Return the table."""
    return dict(_ROWS)
