"""What is found before a statement is signed or sent, in Chinese: part of `chinese`."""

from __future__ import annotations

ROWS = {
    "the log at {} is not {}": "{0} 的账本不是 {1}",
    "its origin is {}": "其名称（origin）为 {0}",
    "{} is a draft, not a submission": "{0} 是草稿，不是提交文件",
    "rx sign makes a submission of it": "请先用 rx sign 签名，生成提交文件",
}
