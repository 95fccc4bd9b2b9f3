"""Codes of rulebooks, of the log as a whole, and of imports."""

from __future__ import annotations

from contracts.codes.row import AFTER_CHANGE, LATER, NEVER, row

ROWS = (
    row(
        "SHADOW",
        201,
        NEVER,
        title="A rule on trial would have spoken",
        detail="The rule runs in shadow: it writes what it would have said and has no effect.",
        fix="Nothing to do.",
        zh_title="试运行规则提示",
        zh_detail="该规则处于试运行（影子模式），只记录、不产生任何后果。",
        zh_fix="无须处理。",
    ),
    row(
        "POLICY_RETROACTIVE",
        422,
        AFTER_CHANGE,
        title="Effective in the past",
        detail="A rulebook or knowledge version may not take effect before it is on the ledger.",
        fix="Set the effective time to the future.",
        zh_title="生效时间已过",
        zh_detail="规则或知识版本不得在入账前生效。",
        zh_fix="将生效时间设为将来。",
    ),
    row(
        "CONTRACT_DIGEST",
        422,
        AFTER_CHANGE,
        title="Unknown version of the contracts",
        detail="The verdict names contracts that this ledger does not know.",
        fix="Update the host to the version in force.",
        zh_title="合约版本未知",
        zh_detail="判定所列合约版本不为本账本所知。",
        zh_fix="将主机升级到现行版本。",
    ),
    row(
        "CHECKPOINT_INCONSISTENT",
        409,
        NEVER,
        title="Log does not continue its checkpoint",
        detail="The log is not a continuation of a checkpoint that was published.",
        fix=(
            "Keep every copy and tell the regulator: the log may have been forked or restored from an "
            "old backup."
        ),
        zh_title="日志与检查点不一致",
        zh_detail="日志不是已发布检查点的延续。",
        zh_fix="保留所有副本并报告监管部门：日志可能被分叉或由旧备份恢复。",
    ),
    row(
        "LOG_KEY_MISSING",
        409,
        AFTER_CHANGE,
        title="The log's key is not here",
        detail="The ledger's folder does not hold a key with which the log has to sign.",
        fix=(
            "The operator restores the key's file in the ledger's folder; send the same bytes again "
            "afterwards. If it is lost, hand over to another key, made with rx log-key."
        ),
        zh_title="缺少日志密钥",
        zh_detail="账本文件夹中没有日志须用以签名的密钥。",
        zh_fix="由运维人员在账本文件夹恢复该密钥文件，之后原样重发；若已丢失，用 rx log-key 另交接一把。",
    ),
    row(
        "RETENTION_HOLD",
        409,
        LATER,
        title="Must still be kept",
        detail="The data must be kept until its retention time or case is over.",
        fix="Ask again when the retention has ended.",
        zh_title="尚在保存期",
        zh_detail="数据在保存期或案件结束前必须保留。",
        zh_fix="保存期满后再申请。",
    ),
    row(
        "IMPORT_PROOF_INVALID",
        422,
        AFTER_CHANGE,
        title="Imported proof does not hold",
        detail="The proof that came with an imported record does not verify.",
        fix="Export it again from its source with rx export.",
        zh_title="导入证明无效",
        zh_detail="随导入记录的证明未通过验证。",
        zh_fix="用 rx export 从来源重新导出。",
    ),
    row(
        "ARCHIVE_UNSAFE",
        422,
        AFTER_CHANGE,
        title="Archive not safe",
        detail="The archive has paths, links or sizes that are not accepted.",
        fix="Pack plain files with relative names only.",
        zh_title="压缩包不安全",
        zh_detail="压缩包含不可接受的路径、链接或大小。",
        zh_fix="只打包相对路径的普通文件。",
    ),
    row(
        "URL_FORBIDDEN",
        422,
        AFTER_CHANGE,
        title="Address not accepted",
        detail="Addresses in a statement are never followed; this one is not allowed either.",
        fix="Send the content's digest instead.",
        zh_title="地址不被接受",
        zh_detail="声明中的地址一律不会访问；该地址亦不允许。",
        zh_fix="改为提交内容摘要。",
    ),
)
