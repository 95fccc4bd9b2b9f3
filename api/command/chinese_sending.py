"""What is found before a statement is signed or sent, in Chinese: part of `chinese`."""

from __future__ import annotations

ROWS = {
    "the log at {} is not {}": "{0} 的账本不是 {1}",
    "its origin is {}": "其名称（origin）为 {0}",
    "{} is a draft, not a submission": "{0} 是草稿，不是提交文件",
    "rx sign makes a submission of it": "请先用 rx sign 签名，生成提交文件",
    "make a new ledger for a whole cast; register whoever is new with rx sign and rx submit": (
        "整套人员请用新账本登记；新增人员用 rx sign 与 rx submit 登记"
    ),
    "stop the rx serve of this folder, and start it again afterwards": (
        "请先停止该文件夹的 rx serve，完成后再启动"
    ),
    "name a new folder with --to": "请用 --to 另指定新文件夹",
    "{} does not speak TLS: its address begins with http://": "{0} 未使用 TLS：其网址应以 http:// 开头",
    "{} is no submission: {}": "{0} 不是提交文件：{1}",
    "name what rx sign wrote": "请指定 rx sign 写出的文件",
    "no TLS is spoken there": "该处未使用 TLS",
    "give the address with http://": "请以 http:// 开头填写网址",
}
