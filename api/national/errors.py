"""What an adapter says when a message cannot become a statement: the field, and what to do."""

from __future__ import annotations

from contracts.errors import Rejected

_PROBLEMS = {
    "SCHEMA_REQUIRED": ("is missing", "缺少"),
    "SCHEMA_TYPE": ("has a value that the interface does not know", "取值不在接口允许范围内"),
    "TIME_FORMAT": ("is not a time such as 2026-03-02 09:06:20", "不是形如 2026-03-02 09:06:20 的时间"),
    "QTY_FORMAT": ("is not a whole number", "不是整数"),
    "QTY_RANGE": ("is zero or too large", "为零或过大"),
    "CONSULT_NOT_OPEN": (
        "is of no consultation that this hospital opened on the ledger",
        "未对应本院已入账的问诊",
    ),
    "SIG_MISSING": ("has nobody who signs it", "无人签名"),
    "SIG_AUDIENCE": ("was signed for another ledger before", "此前已为其他账本签名"),
    "ROLE_FORBIDDEN": ("is not signed by those whom it takes", "签名岗位或人数不符"),
    "DUAL_CONTROL_REQUIRED": ("takes more people than sign it", "签名人数不足"),
    "SIGNERS_MISMATCH": ("names somebody who does not sign", "所写人员未签名"),
    "TENANT_MISMATCH": ("is of another institution than the sender", "不是报送机构"),
    "CODE_UNKNOWN": ("is not mapped to this drug", "与编码映射表不符"),
    "B64_INVALID": ("is not base64", "不是有效的 base64"),
}


class MessageError(Rejected):
    """A message (or statement) lacks or garbles `field`; `fix` and `fix_zh` say what its sender must do.

    Nothing is signed or sent. `code` stands in the table of codes; values are never repeated here.
    """

    def __init__(self, code: str, field: str, fix: str, fix_zh: str) -> None:
        super().__init__(code, f"/{field}" if field else "")
        self.field = field
        self.fix = fix
        self.fix_zh = fix_zh

    def cause(self, language: str = "en") -> str:
        """Return what names the field and the problem."""
        english, chinese = _PROBLEMS.get(self.code, ("cannot be used", "无法使用"))
        if language.startswith("zh"):
            return f"{self.field or '报文'}：{chinese}"
        return f"{self.field or 'the message'} {english}"

    def sentence(self, language: str = "en") -> str:
        """Return one sentence that names the field, the problem and the fix."""
        if language.startswith("zh"):
            return f"{self.cause('zh')}。{self.fix_zh}"
        return f"{self.cause()}: {self.fix}"
