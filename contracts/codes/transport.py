"""Codes of the transport, of tokens and of faults of our own: nothing of these ever stands in the log."""

from __future__ import annotations

from contracts.codes.row import AFTER_CHANGE, LATER, NEVER, row

ROWS = (
    row(
        "AUTH_REQUIRED",
        401,
        AFTER_CHANGE,
        title="No valid access token",
        detail=(
            "The call needs a token of your organisation; it is missing, unknown or older than five minutes."
        ),
        fix=(
            "Ask POST /token for a new one with your organisation's access key and send it as "
            '"Authorization: Bearer …".'
        ),
        zh_title="缺少有效访问令牌",
        zh_detail="本调用须携带本机构的访问令牌；令牌缺失、未知或已超过五分钟。",
        zh_fix="用机构接入密钥向 POST /token 换取新令牌，并以 “Authorization: Bearer …” 发送。",
    ),
    row(
        "HTTP_BAD_REQUEST",
        400,
        AFTER_CHANGE,
        title="Not a proper HTTP request",
        detail=(
            "The request's framing is ambiguous or broken: Host, Content-Length and Transfer-Encoding "
            "must be there once and agree, and Authorization not twice."
        ),
        fix="Send the request with an ordinary HTTP/1.1 library and let it set the framing headers.",
        zh_title="HTTP 请求不合规",
        zh_detail=(
            "请求的报文边界有歧义或已损坏：Host、Content-Length、Transfer-Encoding 须唯一且一致，"
            "Authorization 不得重复。"
        ),
        zh_fix="使用通用 HTTP/1.1 客户端库发送，由库设置报文头。",
    ),
    row(
        "HEADERS_TOO_LARGE",
        431,
        AFTER_CHANGE,
        title="Request headers too large",
        detail="At most 64 header fields and 16 KiB in all are read.",
        fix="Remove cookies and proxy headers that this service does not need.",
        zh_title="请求头过大",
        zh_detail="请求头最多 64 项、总长 16 KiB。",
        zh_fix="删除本服务不需要的 Cookie 与代理头。",
    ),
    row(
        "BODY_TOO_LARGE",
        413,
        AFTER_CHANGE,
        title="Body too large",
        detail=(
            "A submission holds at most 256 KiB, a batch 8 MiB in 10,000 lines of 256 KiB at most, and "
            "an entry 65,535 bytes."
        ),
        fix=(
            "Send files by their digest, and split a batch or a long list of codes into several statements."
        ),
        zh_title="请求体过大",
        zh_detail=(
            "单次提交不超过 256 KiB；批量不超过 8 MiB、10,000 行，且每行不超过 256 KiB；"
            "账目不超过 65,535 字节。"
        ),
        zh_fix="文件只提交摘要；批量或追溯码较多时拆成多条声明。",
    ),
    row(
        "ENCODING_UNSUPPORTED",
        415,
        AFTER_CHANGE,
        title="Compressed bodies are not read",
        detail="The request has a Content-Encoding; only plain bodies are accepted.",
        fix="Switch off request compression in the client or proxy.",
        zh_title="不接受压缩请求体",
        zh_detail="请求带有 Content-Encoding；只接受未压缩的内容。",
        zh_fix="在客户端或代理中关闭请求压缩。",
    ),
    row(
        "MEDIA_TYPE_UNSUPPORTED",
        415,
        AFTER_CHANGE,
        title="Wrong media type",
        detail="Submissions are application/json and batches application/x-ndjson, both in UTF-8.",
        fix="Set Content-Type accordingly; leave charset out or say utf-8.",
        zh_title="媒体类型不支持",
        zh_detail="单条提交为 application/json，批量为 application/x-ndjson，均用 UTF-8。",
        zh_fix="按此设置 Content-Type；charset 不写或写 utf-8。",
    ),
    row(
        "REQUEST_TIMEOUT",
        408,
        LATER,
        title="Request came too slowly",
        detail="The body did not arrive within 15 seconds.",
        fix=("Check the line and send the same request again; a committed statement is never stored twice."),
        zh_title="请求超时",
        zh_detail="请求体未在 15 秒内送达。",
        zh_fix="检查网络后重发同一请求；已入账的声明不会重复入账。",
    ),
    row(
        "NOT_FOUND",
        404,
        AFTER_CHANGE,
        title="Nothing is here",
        detail="There is no such call, entry, tile or catalogue row, or it is not for you to see.",
        fix="Check the address against /openapi.json.",
        zh_title="未找到",
        zh_detail="没有该调用、账目、哈希块或目录条目，或您无权查看。",
        zh_fix="对照 /openapi.json 核对地址。",
    ),
    row(
        "METHOD_NOT_ALLOWED",
        405,
        NEVER,
        title="Method not allowed here",
        detail=(
            "The address exists but not for this method; nothing in the log can be changed or deleted "
            "by anyone."
        ),
        fix="Use the method named in the Allow header; correct a mistake with a new statement.",
        zh_title="不允许该方法",
        zh_detail="该地址不支持此方法；任何人都不能修改或删除账目。",
        zh_fix="使用 Allow 头所列方法；差错以新声明更正。",
    ),
    row(
        "RATE_LIMITED",
        429,
        LATER,
        title="Too many requests",
        detail=(
            "Your organisation asked for too many unknown ids, or sent too many requests, within a minute."
        ),
        fix="Wait the seconds named in Retry-After; ask only for ids you were given.",
        zh_title="请求过于频繁",
        zh_detail="贵机构在一分钟内查询了过多未知编号，或请求过多。",
        zh_fix="按 Retry-After 等待；只查询已获告知的编号。",
    ),
    row(
        "TENANT_CONN_LIMIT",
        429,
        LATER,
        title="Too many connections",
        detail="Your organisation holds too many connections at once.",
        fix="Reuse connections (keep-alive) and close idle ones.",
        zh_title="连接数过多",
        zh_detail="贵机构同时打开的连接过多。",
        zh_fix="复用连接（keep-alive）并关闭空闲连接。",
    ),
    row(
        "QUERY_DUPLICATE_PARAM",
        400,
        AFTER_CHANGE,
        title="A parameter twice",
        detail="A query parameter may stand in the address once.",
        fix="Send each parameter once.",
        zh_title="参数重复",
        zh_detail="同一查询参数在地址中只能出现一次。",
        zh_fix="每个参数只发送一次。",
    ),
    row(
        "QUERY_INVALID",
        400,
        AFTER_CHANGE,
        title="Query cannot be read",
        detail="The address or the look-up body is not of the documented form.",
        fix="Compare it with the example of this call in /openapi.json.",
        zh_title="查询条件无效",
        zh_detail="地址或查询内容不符合规定形式。",
        zh_fix="对照 /openapi.json 中该调用的示例。",
    ),
    row(
        "ERASED",
        410,
        NEVER,
        title="Personal data erased",
        detail=("The key of this case's personal data has been destroyed; the entry and its proof remain."),
        fix="Nothing can bring the data back; the receipt still proves what was recorded when.",
        zh_title="个人信息已删除",
        zh_detail="该案个人信息的密钥已销毁；账目及其证明仍然保留。",
        zh_fix="数据无法恢复；回执仍可证明何时记录了何事。",
    ),
    row(
        "OVERLOADED",
        503,
        LATER,
        title="Too much work waiting",
        detail="The queue of the ledger is full; this submission was not taken.",
        fix="Send the same bytes again after Retry-After; it counts once however often it is sent.",
        zh_title="系统繁忙",
        zh_detail="账本写入队列已满，本次提交未被受理。",
        zh_fix="按 Retry-After 等待后原样重发；重复发送只计一次。",
    ),
    row(
        "CLOCK_BACKWARDS",
        503,
        LATER,
        title="The ledger's clock is wrong",
        detail=("The server's clock is behind the newest entry, so nothing is recorded until it is right."),
        fix="Send the same bytes again later; the operator should check the time service.",
        zh_title="账本时钟异常",
        zh_detail="服务器时钟早于最新账目，恢复正常前不入账。",
        zh_fix="稍后原样重发；请运维人员检查授时服务。",
    ),
    row(
        "DB_UNAVAILABLE",
        503,
        LATER,
        title="The ledger cannot answer now",
        detail="The ledger is stopped, starting, or hit a fault of its own; nothing you sent is wrong.",
        fix="Send the same bytes again later; tell the operator the request_id if it lasts.",
        zh_title="账本暂不可用",
        zh_detail="账本已停止、正在启动或自身发生故障；您提交的内容没有问题。",
        zh_fix="稍后原样重发；持续出现时请将 request_id 告知运维人员。",
    ),
    row(
        "STORAGE_ERROR",
        503,
        LATER,
        title="Storage fault",
        detail="The disk did not confirm; whether the statement was stored is decided at the restart.",
        fix="Send the same bytes again: if it was stored you get its receipt, else it is stored then.",
        zh_title="存储故障",
        zh_detail="磁盘未确认写入；是否已入账将在重启时确定。",
        zh_fix="原样重发：若已入账将返回其回执，否则重新入账。",
    ),
    row(
        "STORAGE_FULL",
        503,
        LATER,
        title="Disk full",
        detail="The ledger's disk is full; nothing was stored.",
        fix="The operator must free space; send the same bytes again afterwards.",
        zh_title="磁盘已满",
        zh_detail="账本磁盘已满，未入账。",
        zh_fix="请运维人员清理空间，之后原样重发。",
    ),
    row(
        "REVOCATION_STALE",
        503,
        LATER,
        title="Revocation data too old",
        detail="The list of revoked certificates could not be renewed, so no certificate is judged.",
        fix="Send the same bytes again later; the operator should check the source of the list.",
        zh_title="吊销信息过期",
        zh_detail="证书吊销列表未能更新，暂不判定证书。",
        zh_fix="稍后原样重发；请运维人员检查列表来源。",
    ),
)
