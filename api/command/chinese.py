"""What goes wrong with a command, in Chinese: one table from each English cause or fix to its Chinese one.

`{}` stands for what a sentence is about; it is translated too where the table has it. What is missing here
stays English, and a test misses none. What a ledger refuses comes in both languages with its answer.
"""

from __future__ import annotations

import re

from api.command import chinese_help, chinese_reports, chinese_sandbox, chinese_sending, chinese_tables

ROWS = {
    **chinese_help.ROWS,
    **chinese_sandbox.ROWS,
    **chinese_sending.ROWS,
    **chinese_reports.ROWS,
    **chinese_tables.ROWS,
    # Files and folders
    "{} cannot be read: {}: {}": "{0}无法读取：{1}：{2}",
    "name a readable file": "请指定可读取的文件",
    "{} exists already": "{0} 已存在",
    "it is never replaced: name another file": "该文件从不覆盖：请另行命名",
    "{} cannot be written: {}": "{0} 无法写入：{1}",
    "choose a writable folder": "请选择可写入的文件夹",
    "name a new folder": "请指定新的文件夹",
    "name another folder": "请另指定文件夹",
    "the certificate": "证书",
    "the enrolment": "认证器登记",
    "the message": "报文",
    "the list of staff": "人员名单",
    "the table": "表格",
    "the trust file": "信任文件",
    "the statement's id or submission": "声明编号或提交文件",
    "the pack": "规则包",
    "the list": "名单",
    "the checkpoint": "检查点",
    "the rulebook": "规则手册",
    "the registry": "登记表",
    "the payload": "载荷",
    "the draft": "草稿",
    "the disclosures": "披露内容",
    "the submission": "提交内容",
    "the entry": "账目",
    # The ledger and the way to it
    "{} is no address": "{0} 不是网址",
    "give it as http://host:port or https://host": "形如 http://主机:端口 或 https://主机",
    "{} gave no answer ({})": "{0} 没有答复（{1}）",
    "nothing answers at {}: is rx serve running there?": "{0} 无人应答：请确认 rx serve 已启动且网址无误",
    "is rx serve running there?": "请确认该处正在运行 rx serve",
    "the ledger answered {}": "账本答复 {0}",
    "name a key registered with this ledger, under the address it calls its own, by a clock set right": (
        "请使用在该账本登记的密钥与账本公布的地址，并校准本机时钟"
    ),
    "kid is not a registered access key of the organisation in iss": "密钥不是该机构在本账本登记的接入密钥",
    "the key is not in force": "密钥不在有效期内或已吊销",
    "the organisation is not registered": "机构未登记",
    "aud must be {}": "令牌请求的地址应为 {0}",
    "exp must lie ahead by at most five minutes of this server's clock": "本机时钟与账本服务器相差过大",
    "iat and nbf must not lie ahead of this server's clock": "本机时钟快于账本服务器",
    "try again in a moment": "请稍后重试",
    "send the same submission again: that is always safe": "请重新发送同一提交：重发始终安全",
    "part of the cast may stand on the ledger already: begin with a new one": (
        "部分人员可能已登记：请换一个新账本"
    ),
    "GET /errors/{} explains this code": "GET /errors/{0} 有该代码的说明",
    "no log at {}: {}": "{0} 没有账本：{1}",
    "check the address with /healthz": "请用 /healthz 核对网址",
    "{} is no exported log: {} is missing": "{0} 不是导出的账本：缺少 {1}",
    "{} is no exported log: {}": "{0} 不是导出的账本：{1}",
    "make one with rx export": "请用 rx export 导出",
    # Keys and signers
    "give --draft FILE and --trust FILE, or --retire": "请给出 --draft FILE 与 --trust FILE，或 --retire",
    "the trust file or the checkpoint is damaged: {}": "信任文件或检查点已损坏：{0}",
    "trust.json does not list a key that signs the log now": "trust.json 未列出现正签名的日志密钥",
    "put the trust file of the last handover in its place": "请以上次交接时的信任文件取代它",
    "nothing was deleted: see to that file first": "未删除任何文件：请先处理该文件",
    "--overlap-until is no time of the form 2026-03-02T08:00:00Z": (
        "--overlap-until 不是形如 2026-03-02T08:00:00Z 的时间"
    ),
    "name the folder of a ledger": "请指定账本所在的文件夹",
    "name the key file <organisation code>.json": "请指定密钥文件 <机构编码>.json",
    "name a role and a key file that rx keygen made": "请给出岗位与 rx keygen 生成的密钥文件",
    "make one with: rx keygen": "请用 rx keygen 生成",
    "not a code (letters, digits, . _ -, at most 32): {}": "不是编码（字母、数字与 . _ -，至多 32 位）：{0}",
    "{} exists already: a key is never replaced": "{0} 已存在：密钥从不覆盖",
    "{} exists already: an authenticator is never replaced": "{0} 已存在：认证器从不覆盖",
    "role {} is none of {}": "岗位 {0} 不在 {1} 之中",
    "{} does not name a code: a signer's file is <code>.json": "{0} 未以编码命名：签名人文件应为 <编码>.json",
    "no usable signer in {}: {}": "{0} 中没有可用的签名人：{1}",
    "--signer is given as ROLE=FILE": "--signer 的形式为 岗位=文件",
    "for instance doctor=keys/D990000000001.json": "例如 doctor=keys/D990000000001.json",
    "--enrol needs --attestation-root and --origin": "--enrol 须同时给出 --attestation-root 与 --origin",
    "{}: no {} here": "{0}：本机不支持 {1}",
    "install the system's OpenSSL library with SM2, or use ES256": (
        "请安装支持 SM2 的 OpenSSL 库，或改用 ES256"
    ),
    "name another folder or code; keys are never replaced": "请另指定文件夹或编码；密钥从不覆盖",
    # Drafts, payloads, submissions, messages
    "give a DRAFT or --payload FILE": "请给出草稿 DRAFT 或 --payload 文件",
    "a draft needs --iss and --origin": "草稿须同时给出 --iss 与 --origin",
    "they become the payload's iss and aud": "二者将成为载荷的 iss 与 aud",
    "the draft's type is unknown": "草稿的声明类型未知",
    "the payload's type is unknown": "载荷的声明类型未知",
    "one of {}": "可为 {0} 之一",
    "the draft is no JSON: {}, {}": "草稿不是 JSON：{0}，{1}",
    "line {}, column {}": "第 {0} 行第 {1} 列",
    "correct it there": "请更正该处",
    "the draft is not UTF-8": "草稿不是 UTF-8",
    "save it as UTF-8": "请另存为 UTF-8",
    "the draft has unknown members: {}": "草稿含有未知成员：{0}",
    "the draft has not the form it needs": "草稿格式不符",
    "JSON {}": "JSON {0}（示例）",
    "the payload is no strict JSON: {}": "载荷不是严格 JSON：{0}",
    "verifier/SPEC.md describes its form": "格式见 verifier/SPEC.md",
    "the submission is empty": "提交内容为空",
    "look at the step before: rx sign prints one": "请查看上一步：应由 rx sign 输出",
    "{}: waits for {}": "{0}：等待 {1}",
    "put that one right and send both again: what is committed is never sent twice": (
        "请更正该报文后一并重发：已入账的不会重复入账"
    ),
    "{} is no outbox: {}": "{0} 不是发件箱：{1}",
    "name a new file, or the outbox of before": "请指定新文件，或此前的发件箱",
    "{} is no list of staff": "{0} 不是人员名单",
    'JSON {"certificate number": "code"}': 'JSON {"证件号码": "人员编码"}',
    "the submission discloses nothing": "提交内容未披露任何内容",
    "name the file that was sent to the ledger": "请指定当时提交给账本的文件",
    "this is no entry of a statement": "不是声明的账目",
    "name what rx submit --entry wrote": "请指定 rx submit --entry 写出的文件",
    "the entry is another statement's": "该账目属于另一声明",
    "name the entry of this submission": "请指定该提交的账目",
    # Rules and knowledge
    "no pack is named, so nothing was written": "未指定规则包：未写入任何内容",
    "rx rulebook lists the packs": "规则包见 rx rulebook",
    "--from-time is no time of the form 2026-03-02T08:00:00Z": (
        "--from-time 不是形如 2026-03-02T08:00:00Z 的时间"
    ),
    "{} is no rule that may be on trial": "{0} 不是可试运行的规则",
    "there is no pack or file {}": "没有规则包或文件 {0}",
    "packs: {}": "规则包：{0}",
    "{} is no rule pack: {}": "{0} 不是规则包：{1}",
    "rx rulebook hebei-2025 shows the form": "格式见 rx rulebook hebei-2025",
    "--area {} is not REGION=PACK": "--area {0} 的形式应为 地区=规则包",
    "for example --area 31=shanghai-2025": "例如 --area 31=shanghai-2025",
    "{} is not UTF-8": "{0} 不是 UTF-8",
    "save the table as CSV UTF-8": "请将表格另存为 UTF-8 编码的 CSV",
    "{}: faults in mapping or table: {}": "{0}：映射表或目录有 {1} 处错误",
    "rx knowledge with the same --mapping and --table names each by line and column": (
        "用 rx knowledge 及相同的 --mapping、--table 可逐行逐列列出"
    ),
    "entry {} cannot be judged: {}": "第 {0} 条账目无法重新裁决：{1}",
    "an id is 64 lower-case hex digits": "编号为64位小写十六进制数字",
    "take it from rx submit or a lookup": "请取自 rx submit 的输出或查询结果",
    "nothing that came with {} can be opened": "随 {0} 提交的内容均无法打开",
    "it disclosed nothing, is not in this ledger, or was erased already": "未披露、不在本账本或已删除",
    "the law wants this kept until {}: {}": "依法须保存至 {0}：{1}",
    "wait until that day is over, or say with --reason TEXT why it goes before": (
        "请待该日过后再删除，或用 --reason 说明提前删除的理由"
    ),
    "records of online care, 15 years (R9)": "互联网诊疗记录，15年（R9）",
    "records of a pharmacy, 5 years (R28)": "药店记录，5年（R28）",
    "prescriptions of narcotics and first-class psychotropics, 3 years (R8)": (
        "麻醉药品和第一类精神药品处方，3年（R8）"
    ),
    "prescriptions of toxic drugs and second-class psychotropics, 2 years (R8)": (
        "医疗用毒性药品和第二类精神药品处方，2年（R8）"
    ),
    "prescriptions, 1 year (R8)": "处方，1年（R8）",
    "prescriptions of drugs that the drug table does not have, the longest: 3 years (R8)": (
        "药品目录中没有的药品的处方，按最长年限：3年（R8）"
    ),
    "what was erased cannot be judged again, nor what follows it": "已删除的内容及其后的账目无法重新裁决",
    "the earlier token": "先前的令牌",
    "it is no token and never replaced: name another file": "该文件不是令牌，不予覆盖：请指定其他文件",
    "{} holds other files than earlier columns": "{0} 中除先前的列数据外还有其他文件",
    "no screen {}": "没有筛查 {0}",
    "write the folder with rx columns (a ledger's own) or rx evaluate --columns": (
        "由 rx columns（自己的账本）或 rx evaluate --columns 生成"
    ),
    "{} is missing": "{0} 缺失",
    "{} is no Parquet file: {}": "{0} 不是 Parquet 文件：{1}",
    "{} has no column {}: api/screening/COLUMNS.md lists them": (
        "{0} 没有列 {1}：各列见 api/screening/COLUMNS.md"
    ),
    "{}: column {} is {}, not {}": "{0}：列 {1} 的类型为 {2}，应为 {3}",
    "this is no draft of a rulebook": "不是规则手册草稿",
    "{} is no threshold": "{0} 不是阈值",
    "name what rx rulebook PACK --draft wrote, with screen_thresholds like SCREEN-LONG ratio_min 1.5": (
        "请指定 rx rulebook 规则包 --draft 的输出，其 screen_thresholds 形如 SCREEN-LONG ratio_min 1.5"
    ),
    "{} holds no year": "{0} 中没有年度数据",
    "{} holds no year: {}": "{0} 中没有年度数据：{1}",
    "make one with rx generate": "请用 rx generate 生成",
    "{} holds a year already": "{0} 中已有年度数据",
    "--statements is out of range": "--statements 超出范围",
    "from 10000 to 10000000": "从 10000 到 10000000",
    # Founding and serving a ledger
    "make one with: rx init --folder …": "请用 rx init --folder … 建立",
    "make one with: rx init --profile sandbox": "请用 rx init --profile sandbox 建立",
    "name the folder that rx init made": "请指定 rx init 建立的文件夹",
    "nothing was created; correct the arguments": "未建立任何内容；请更正参数",
    "mend that, then try again: nothing was changed": "请先排除上述原因再试：未作任何改动",
    "{} is no origin: host/path, without scheme, spaces, plus signs, ? or #": (
        "{0} 不能作为账本名称：应为 主机/路径，不带 http://，不含空格、加号、? 与 #"
    ),
    "for instance --origin ledger.example/rx-2026": "例如 --origin ledger.example/rx-2026",
    "--clock is for the sandbox alone": "--clock 仅用于沙箱",
    "leave it out: production keeps the wall clock": "请去掉该参数：生产环境使用实际时间",
    "--clock is no time of the form 2026-03-02T08:00:00Z": "--clock 不是形如 2026-03-02T08:00:00Z 的时间",
    "give UTC, ending in Z": "请给出以 Z 结尾的 UTC 时间",
    "the sandbox makes its own keys": "沙箱自行生成密钥",
    "name people with --officer CODE only": "人员只用 --officer 编码 指定",
    "a production ledger needs {}": "生产账本须给出 {0}",
    "see the second example of rx init --help": "见 rx init --help 的第二个示例",
    "a production ledger makes no officers' keys": "生产账本不代监管人员生成密钥",
    "give key files with --officer-key": "请用 --officer-key 给出密钥文件",
    "--regulator-key holds another signer": "--regulator-key 中是另一签名人",
    "give the key of {}": "请给出 {0} 的密钥",
    "{} is given as {}=FILE": "{0} 的形式为 {1}=文件",
    "{} is no enrolment": "{0} 不是认证器登记",
    'it is JSON: {"attestation_object": "…", "client_data_json": "…"}': (
        '应为 JSON：{"attestation_object": "…", "client_data_json": "…"}'
    ),
    "{} is no X.509 certificate": "{0} 不是 X.509 证书",
    "give it in PEM or DER": "请以 PEM 或 DER 格式给出",
    "a genesis needs two officers, so that nobody founds a ledger alone": (
        "创世须由两名监管人员签名，任何人不得独自建账"
    ),
    "an officer or an officer's key stands twice": "监管人员或其密钥重复",
    "a production ledger believes no sandbox authenticator": "生产账本不信任沙箱认证器",
    "{} has not the form it needs ({})": "{0} 格式不符（{1}）",
    "a production ledger holds nobody's keys": "生产账本不保管任何人的密钥",
    "use rx keygen, rx sign, rx submit": "请使用 rx keygen、rx sign、rx submit",
    "the ledger's regulator is not {}": "账本的监管机构不是 {0}",
    "name that of rx init in the cast": "请在人员表中写 rx init 的监管机构",
    "see api/sandbox/corpus/day-one/cast.json": "见 api/sandbox/corpus/day-one/cast.json",
    "--public-url {} is no address": "--public-url {0} 不是网址",
    "give http(s)://host": "形如 http(s)://主机",
    "{}:{} cannot be listened on": "{0}:{1} 无法监听",
    "{}:{} cannot be served": "{0}:{1} 无法提供服务",
    "see the log above": "见上方日志",
    "DB_UNAVAILABLE: {}": "DB_UNAVAILABLE：{0}",
    "another process is running this ledger: stop it first, or use another folder": (
        "另一进程正在运行该账本：请先停止它，或使用其他文件夹"
    ),
    "{} cannot be locked ({}): put the folder on a disk of this machine": (
        "{0} 无法加锁（{1}）：请把文件夹放在本机磁盘上"
    ),
    "a newer version wrote this ledger: run that version": "该账本由更新版本写入：请运行该版本",
    "the database cannot be opened ({}): restore it from its backup": "数据库无法打开（{0}）：请从备份恢复",
    "the database did not accept {} = {}: check disk and file system": (
        "数据库不接受 {0} = {1}：请检查磁盘与文件系统"
    ),
    "this folder was moved or copied while its tables changed: open it where it was, then move it": (
        "该文件夹在改表期间被移动或复制：请先在原处打开，再移动"
    ),
    "CHECKPOINT_INCONSISTENT: {}": "CHECKPOINT_INCONSISTENT：{0}",
    "CHECKPOINT_INCONSISTENT: witness {} has cosigned {} entries, this log has published {}": (
        "CHECKPOINT_INCONSISTENT：见证人 {0} 已联署 {1} 条账目，本账本只发布过 {2} 条"
    ),
    "CHECKPOINT_INCONSISTENT: witness {} has cosigned {} other entries, this log has published {}": (
        "CHECKPOINT_INCONSISTENT：见证人 {0} 联署的 {1} 条账目与本账本发布的 {2} 条不同"
    ),
    "restore the newest backup, or the log would fork; if the witness errs, name only the others": (
        "请恢复最新的备份：继续写入会使账本分叉；若确是该见证人有误，请用 --witness 只列其他见证人"
    ),
    "the published checkpoint is not one of the policy's log": "已发布的检查点不属于策略所指的账本",
    "the published checkpoint lacks the log's signature": "已发布的检查点缺少账本的签名",
    "--quorum says how many of --witness, and none is given": (
        "--quorum 指 --witness 中的数目，但未给出见证人"
    ),
    "name the witnesses, or leave --quorum out: trust.json has its own": (
        "请列出见证人，或去掉 --quorum：trust.json 自有规定"
    ),
    "free the port, or name another": "请释放端口，或另指定端口",
    "the witness policy of the trust file cannot be read: {}": "信任文件中的见证策略无法读取：{0}",
    "restore trust.json, which rx init wrote": "请恢复 rx init 写入的 trust.json",
    "{} is not empty: nothing is ever created over something": "{0} 不是空文件夹：从不在已有内容上新建",
    "{} was written by a newer version: run that version": "{0} 由更新版本写入：请运行该版本",
    "{} holds no ledger: create one with `rx init`": "{0} 中没有账本：请用 rx init 建立",
    "LOG_KEY_MISSING: {}": "LOG_KEY_MISSING：{0}",
    "{}.{}, or {} with that key, is missing: restore it": "{0}.{1} 缺失，{2} 中也不是该密钥：请恢复",
    "{} does not hold a key of 32 bytes": "{0} 中不是 32 字节的密钥",
    "{} is not readable by this user: run as the folder's owner": (
        "当前用户无权读取 {0}：请以文件夹所有者的身份运行"
    ),
    "{} cannot be read: restore it from its backup": "{0} 无法读取：请从备份恢复",
    "the ledger holds no entry: restore it from its backup": "账本没有任何账目：请从备份恢复",
    "the copy cannot be written ({})": "备份无法写入（{0}）",
    "see disk and rights": "请检查磁盘空间与权限",
    "{} is a link, and not to a file: put the folder itself in its place": (
        "{0} 是链接，且不指向文件：请改放文件夹本身"
    ),
    "the ledger was not stopped in order: start it once, then back it up": (
        "账本上次未正常停止：请先启动一次，再作备份"
    ),
    "a backup within the ledger's folder is lost with it: name another place": (
        "备份放在账本文件夹内会随之一同丢失：请另选位置"
    ),
    "{} is missing or empty: restore all three files from the same backup": (
        "{0} 缺失或为空：请从同一份备份恢复全部三个文件"
    ),
    "the file is no such list": "该文件不是抽查名单",
    "another backup of this ledger is under way: wait for it": "该账本的另一项备份正在进行：请等待其完成",
    "the ledger's files moved meanwhile (a restart, or something was erased): take it again": (
        "备份期间账本文件有变动（重启或删除了内容）：请重新备份"
    ),
    "the copy took over an hour, and the ledger's files stand still no longer: copy to a faster disk": (
        "备份用时超过一小时，账本文件静止不会更久：请备份到更快的磁盘"
    ),
    "the ledger that runs here has not answered for {} s: see the log of rx serve": (
        "正在运行的账本 {0} 秒内未应答：请查看 rx serve 日志"
    ),
    "the tag keys for {} are missing or shorter than 32 bytes": "{0} 的标签密钥缺失或不足 32 字节",
    "{} holds other keys than those of this ledger: restore it from its backup": (
        "{0} 中的密钥不属于本账本：请从备份恢复"
    ),
    # A ledger that cannot go on
    "a change was broken off ({}): restart": "改动中途失败（{0}）：请重新启动",
    (
        "a checkpoint of size {} has been published that the stored log of size {} does not lead "
        "to: restore the newest backup; continuing would fork the log"
    ): (
        "已发布过 {0} 条账目的检查点，而所存账本只有 {1}"
        " 条且与之不相衔接：请恢复最新的备份；继续写入会使账本分叉"
    ),
    "another program has the store's files open: close it, then start again": (
        "另一程序打开了数据库文件：请先关闭它再启动"
    ),
    "entries from {} on were not stored as committed": "自第 {0} 条起的账目与入账时不同",
    "entry 0 is not the genesis that this ledger was created with": "第 0 条账目不是建账时的创世账目",
    "entry 0 must be a {}": "第 0 条账目须为 {0}",
    "entry {} is missing": "缺少第 {0} 条账目",
    "entry {} is not the one that was committed": "第 {0} 条账目与入账时不同",
    "entry {} is not the one whose hash the log holds": "第 {0} 条账目与账本中的哈希不符",
    "keys.db is older than vault.db: restore all files from the same backup": (
        "keys.db 旧于 vault.db：请从同一份备份恢复全部文件"
    ),
    "the contracts refuse the genesis statement: {}": "合约拒绝创世声明：{0}",
    "the disclosures of entry {} are not those that were stored": "第 {0} 条账目的披露内容与所存不同",
    "the disk is full: make room and start again; nothing was lost": (
        "磁盘已满：请腾出空间后重新启动；没有丢失任何内容"
    ),
    "the disk is full: make room; nothing was stored": "磁盘已满：请腾出空间；未存入任何内容",
    "the disk is full: make room; the log is published as soon as there is some": (
        "磁盘已满：请腾出空间，账本随后即发布"
    ),
    "the genesis statement is refused: {}": "创世声明被拒绝：{0}",
    "the genesis statement names another log key or origin": "创世声明所列的日志密钥或账本名称不符",
    "the genesis statement names no usable log key": "创世声明没有可用的日志密钥",
    "the genesis statement names other tag keys": "创世声明所列的标签密钥不符",
    "the genesis statement names an officer twice": "创世声明两次列出同一监管人员",
    "the genesis statement is not submitted by the regulator that it names": "创世声明不是由所列监管机构提交",
    "the published checkpoint is not one of this log ({})": "已发布的检查点不属于本账本（{0}）",
    "the published files cannot be written ({})": "发布的文件无法写入（{0}）",
    "the store cannot be synced ({})": "数据无法落盘（{0}）",
    "the store failed ({}): check the disk, then restart": "数据库出错（{0}）：请检查磁盘与文件后重新启动",
    "the store failed ({}): check the disk, then start again": "数据库出错（{0}）：请检查磁盘与文件后再启动",
    "the write-ahead log of {} cannot be emptied: restart": "{0} 的预写日志无法清空：请重新启动",
    (
        "vault.db (change {}) and ledger.db (change {}) are not of one moment: restore both from "
        "the same backup"
    ): (
        "vault.db（第 {0} 次改动）与 ledger.db"
        "（第 {1} 次改动）不是同一时刻的：请从同一份备份恢复二者"
    ),
    (
        "{} does not continue {}: where files were restored from a backup, remove the three files "
        "that end in -wal"
    ): (
        "{0} 与 {1} 不相衔接：若文件由备"
        "份恢复，请删除以 -wal 结尾的三个文件"
    ),
    "{} entries are stored, numbered {} to {}": "所存账目 {0} 条，编号却为 {1} 至 {2}",
    "STORAGE_ERROR: {}": "STORAGE_ERROR：{0}",
    "STORAGE_FULL: {}": "STORAGE_FULL：{0}",
}
_PATTERNS = [
    (re.compile(re.escape(english).replace(r"\{\}", "(.+?)"), re.DOTALL), chinese)
    for english, chinese in sorted(ROWS.items(), key=lambda row: -len(row[0]))
    if "{}" in english
]


def in_chinese(text: str) -> str:
    """Return a cause or a fix in Chinese, or `text` itself where the table does not have it."""
    if text in ROWS:
        return ROWS[text]
    for pattern, chinese in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            return chinese.format(*map(in_chinese, found.groups()))
    return text
