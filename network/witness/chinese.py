"""What `rx-witness` says to its operator, in Chinese: one table from each English sentence to its own.

`{}` stands for what a sentence is about. A sentence that is missing here stays English; a test misses none.
"""

from __future__ import annotations

import re

from verifier.chinese import in_chinese, wanted
from verifier.parser import COMMON

ROWS = {
    "{} listening on {}": "{0} 服务地址 {1}",
    "  fix: {}": "  处理：{0}",
    "free the port, or name another with --listen": "请释放端口，或用 --listen 另指定端口",
    "restore witness.key from its backup": "请从备份恢复 witness.key",
    "for instance --name witness.example/w1": "例如 --name witness.example/w1",
    "name another folder: a key is never replaced": "请另指定文件夹：密钥从不覆盖",
    "make one with: rx-witness keygen": "请用 rx-witness keygen 生成",
    "see that the folder is there, whole and yours": "请确认文件夹存在、完整且有权限",
    "{}:{} cannot be listened on: {}": "{0}:{1} 无法监听：{2}",
    "stopped, start it again once its disk is sound: {}": "已停止；磁盘恢复正常后请重新启动：{0}",
    "the seed of a witness key has 32 bytes": "见证人密钥的种子应为 32 字节",
    "a witness name has no space and no plus sign": "见证人名称不得含空格或加号",
    "the witness's own signature does not hold": "见证人自己的签名未通过核验",
    "there is a witness key in this folder already": "该文件夹中已有见证人密钥",
    "no usable witness key in this folder": "该文件夹中没有可用的见证人密钥",
    "the witness key file has more than two lines": "见证人密钥文件多于两行",
    "a smaller or different tree was about to replace a cosigned one": "较小或不同的树险些取代已联署的树",
    "there is a witness store in this folder already": "该文件夹中已有见证人存储",
    "no witness store in this folder; it is made once, by: rx-witness keygen": (
        "该文件夹中没有见证人存储；它由 rx-witness keygen 一次建立"
    ),
    "pragma {} does not hold": "数据库设置 {0} 未生效",
    "the witness store has lost its table": "见证人存储中的表已丢失",
}
HELP = {
    **COMMON,
    "Cosigns checkpoints of logs that only grow (C2SP tlog-witness).": (
        "为只增不改的日志联署检查点（C2SP tlog-witness）。"
    ),
    "example: rx-witness keygen --folder witness --name witness.example/w1": (
        "示例：rx-witness keygen --folder witness --name witness.example/w1"
    ),
    "example: rx-witness serve --folder witness --listen 127.0.0.1:7380 --log 'NAME+ID+KEY'": (
        "示例：rx-witness serve --folder witness --listen 127.0.0.1:7380 --log 'NAME+ID+KEY'"
    ),
    "make the witness's key and empty store; prints the key that readers pin": (
        "生成见证人密钥与空存储，并输出供读者固定的公钥"
    ),
    "answer add-checkpoint requests until stopped": "应答 add-checkpoint 请求，直至停止",
    "name of the witness, without spaces or plus signs": "见证人名称，不含空格或加号",
    "port 0 takes a free one": "端口 0 表示任取空闲端口",
    "a log's key; repeatable": "日志公钥，可重复",
    "path before /add-checkpoint": "/add-checkpoint 之前的路径",
    "holds the key and the store": "存放密钥与存储的文件夹",
    "print one JSON object a line": "每行输出一个 JSON 对象",
}
_PATTERNS = {re.compile(re.escape(one).replace(r"\{\}", "(.+)"), re.DOTALL): zh for one, zh in ROWS.items()}


def in_language(text: str) -> str:
    """Return a sentence in Chinese where the environment asks for it and the table has it, else `text`."""
    found = ((pattern.fullmatch(text), chinese) for pattern, chinese in _PATTERNS.items() if wanted())
    values = ((chinese, map(_piece, match.groups())) for match, chinese in found if match)
    return next((chinese.format(*groups) for chinese, groups in values), text)


def _piece(text: str) -> str:
    """A cause or fix within a sentence has its own row; what the system says, the verifier's."""
    return ROWS.get(text) or in_chinese(text)
