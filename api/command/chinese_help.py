"""What `--help` and wrong usage say, in Chinese: rows of `chinese.ROWS`, and the words beside examples."""

from __future__ import annotations

ROWS = {
    # What argparse itself says
    "positional arguments": "位置参数",
    "options": "选项",
    "show this help message and exit": "显示本帮助并退出",
    "see {} --help": "见 {0} --help",
    **{f"see rx {name} --help": f"见 rx {name} --help" for name in ("keygen", "log-key", "serve", "sign")},
    "the following arguments are required: {}": "缺少参数：{0}",
    "unrecognized arguments: {}": "无法识别的参数：{0}",
    "argument {}: {}": "参数 {0}：{1}",
    "argument {}: invalid choice: {} (choose from {})": "参数 {0} 不能为 {1}，可为 {2}",
    "argument {}: invalid {} value: {}": "参数 {0} 不能为 {2}（应为 {1}）",
    "argument {}: not allowed with argument {}": "参数 {0} 不能与 {1} 同用",
    "ambiguous option: {} could match {}": "选项 {0} 不明确，可为 {1}",
    "expected one argument": "须有一个值",
    "expected at least one argument": "须至少有一个值",
    "ignored explicit argument {}": "不带值，却给出了 {0}",
    "must be HOST:PORT, for instance 127.0.0.1:8080": "形式为 主机:端口，例如 127.0.0.1:8080",
    "must be whole seconds, for instance 60": "须为整秒数，例如 60",
    "a number from 0 to {}": "须为 0 到 {0} 之间的整数",
    "a number of seconds from 0 to {}": "须为 0 到 {0} 之间的秒数",
    # The commands
    "A provenance ledger for electronic prescriptions.": "电子处方溯源账本。",
    "make a new ledger: keys, genesis, trust file": "建立新账本：密钥、创世账目、信任文件",
    "serve a ledger over HTTP": "提供账本的 HTTP 服务",
    "what a kept submission disclosed, held against its entry": "将留存提交所披露的内容与其账目核对",
    "the submission as it was sent": "当时发出的提交",
    "its entry": "对应的账目",
    "erase what came with a statement: every proof still holds": "删除随声明提交的内容，所有证明仍然有效",
    "of a statement, or of one that was refused": "声明编号，被拒声明亦可",
    "erase it; without this only show what would go": "执行删除；不加此项只显示将删除的内容",
    "why it goes before the law's years are over": "在法定保存年限届满前删除的理由",
    "copy a ledger's folder, while it is served": "服务期间备份账本文件夹",
    "make the log's next key and the draft that hands over to it": "生成日志的下一把密钥及交接声明草稿",
    "the operator's security checklist of a ledger": "账本的运维安全检查清单",
    "make a key for a person or an organisation": "为人员或机构生成密钥",
    "sandbox: register a whole cast of institutions and people, keys included": (
        "沙箱：登记整套机构与人员，并生成密钥"
    ),
    "turn a payload and its disclosures into a signed submission": "将载荷及其披露内容做成已签名的提交",
    "send a submission, print the verdict": "发送提交并打印裁决",
    "fetch the newest receipt of a statement, cosigned by witnesses": "取声明的最新回执（由见证人联署）",
    "print an access token of your organisation": "打印本机构的访问令牌",
    "turn national messages into submissions, and send them": "将国家接口报文做成提交并发送",
    "check a drug table, a code mapping or a list of diagnoses, make drafts": (
        "检查药品目录、编码映射或诊断表，生成草稿"
    ),
    "list the rule packs, make the draft of a rulebook statement": "列出规则包，生成规则手册声明草稿",
    "judge the log again: by its own rules, or what an area's would have said": (
        "重新裁决整个账本：按其自身规则，或以某地规则回看"
    ),
    "what an entry of a log is, and the id by which a case names it": (
        "查看账目，并取立案时引用它的编号"
    ),
    "a ledger's folder, an exported log, or a ledger's address": "账本文件夹、导出的日志或账本的网址",
    "number of an entry, from 0": "账目序号，从 0 计",
    "organisation's key file (for an address)": "机构密钥文件（给出网址时）",
    "an entry's number, such as 72": "账目序号，例如 72",
    "a case with its evidence as a package that another office verifies offline": (
        "将案件及其证据打包，接收单位可离线核验"
    ),
    "what a log says of one institution or person, with proof and end": (
        "机构或个人画像：日志记载的内容、证据与到期日"
    ),
    "the monthly report of a pilot, from an exported log": "由导出日志生成试点月报",
    "what rules on trial would have said, from an exported log": "由导出日志统计试运行规则的结论",
    "a queue for audits, drawn so that nobody can choose who is in it": "抽取稽核队列，任何人都不能左右名单",
    "who may sign and submit which statement": "岗位权限：各类声明由谁签名、由谁提交",
    "make a seeded year of a province, with labelled cases and look-alikes": (
        "由种子生成某省的一年，含带标注的案例与形似的正常业务"
    ),
    "run the contracts over such a year: recall, false alarms, whom they accuse wrongly": (
        "以合约评估这样的一年：查全率、误报、误指何人"
    ),
    "a ledger's own history as columns for rx screen": "将账本自身历史导出为列，供 rx screen 使用",
    "look through history in columns for what no single act shows": "筛查列数据，找出单笔业务看不出的情形",
    "write the log into a folder that anybody can verify": "将日志导出到任何人都能验证的文件夹",
    "play a working day through a real server and audit its log": "经真实服务器演示一个工作日并审计其日志",
    # Folders, files, addresses
    "print JSON, for machines": "打印 JSON，供程序使用",
    "new folder": "新文件夹",
    "new folder for the ledger": "账本的新文件夹",
    "made by rx init": "由 rx init 建立",
    "made by rx generate": "由 rx generate 生成",
    "of the ledger": "账本所在",
    "the ledger's folder": "账本文件夹",
    "the ledger's folder, served or not": "账本文件夹，无论是否在服务",
    "a ledger that no `rx serve` uses now": "账本文件夹，当前无 rx serve 占用",
    "a ledger's folder that no `rx serve` uses now": "账本文件夹，当前无 rx serve 占用",
    "address of the ledger": "账本的网址",
    "address of a ledger that serves": "正在服务的账本的网址",
    "of the log": "日志名称",
    "of this log": "属于该日志",
    "an exported log": "导出的日志",
    "an exported log (verify it with rx-verify)": "导出的日志（用 rx-verify 核验）",
    "your organisation's key file <code>.json": "本机构的密钥文件 <编码>.json",
    "JSON file, - for standard input": "JSON 文件，- 表示标准输入",
    "- for standard input": "- 表示标准输入",
    "new file instead of standard output": "写入新文件，而非标准输出",
    # init, serve, backup
    "production": "生产环境",
    "name of the log for ever: host/path, no scheme": "日志名称，永不更改：主机/路径，不带 http://",
    "sandbox: first entry time, such as 2026-03-02T08:00:00Z; it stands until it is moved": (
        "沙箱：首条账目的时间，如 2026-03-02T08:00:00Z；时钟静止，直到被拨动"
    ),
    "of local dates (480)": "本地日期的时差，分钟（480）",
    "whose cosignature counts": "其联署有效的见证人",
    "how many witnesses (more than half)": "须有几个见证人（过半）",
    "organisation (sandbox: R99000000001)": "监管机构编码（沙箱：R99000000001）",
    "the regulator's name": "监管机构名称",
    "sandbox: makes the key": "沙箱：代为生成密钥",
    "where officers prove presence": "监管人员证明在场的站点",
    "key file <code>.json (rx keygen)": "密钥文件 <编码>.json（rx keygen）",
    "key file; at least twice": "密钥文件；至少给出两次",
    'JSON {"attestation_object", "client_data_json"}': (
        '认证器登记：JSON {"attestation_object", "client_data_json"}'
    ),
    "127.0.0.1:8080; port 0 takes a free one": "127.0.0.1:8080；端口 0 表示任选空闲端口",
    "address that clients use (http://HOST:PORT)": "客户端使用的网址（http://主机:端口）",
    "ask these instead of those of trust.json": "改向这些见证人（而非 trust.json 所列）请求联署",
    "take connections and check signatures in N processes beside the ledger's, 0: in the same one"
    " (here %(default)s)": "另用 N 个进程接收连接、核验签名；0 表示与账本同一进程（本机 %(default)s）",
    "log a line for each group of entries that is committed: first, last, count": "每提交一组账目写一行"
    "运行日志：首条、末条、条数",
    "how many of --witness (more than half)": "须有几个 --witness（过半）",
    "new folder for the copy": "备份的新文件夹",
    "how long to wait for the ledger that runs (%(default)g)": "等待运行中的账本多少秒（%(default)g）",
    # Keys, drafts, submissions
    "until when both keys sign (RFC 3339, UTC)": "两把密钥同时签名到何时（RFC 3339，UTC）",
    "new file: draft of governance.log_key": "新文件：governance.log_key 声明草稿",
    "new file: trust.json with the next key": "新文件：含下一把密钥的 trust.json",
    "delete the keys that sign nothing more": "删除已停用的密钥",
    "sandbox: a software authenticator": "沙箱：软件认证器",
    "whose key: it names the file <code>.json": "谁的密钥：文件名为 <编码>.json",
    "where the key is kept": "密钥存放处",
    "whose site it is for": "用于哪个机构的站点",
    "of the log in which it will be enrolled": "将登记于哪个日志（名称）",
    "the ledger's: its officers' keys sign": "账本文件夹：由其监管人员密钥签名",
    "where keys are made": "密钥生成处",
    "JSON: who takes part, which drugs there are": "JSON：参与的机构、人员与药品",
    "the organisation that submits": "提交机构",
    "role and key file <code>.json, in the order of signing; roles: {}": (
        "岗位与密钥文件 <编码>.json，按签名顺序；岗位：{0}"
    ),
    "sign exactly these bytes instead of a draft": "原样签名这些字节，而非草稿",
    "encoded, one a line (with --payload)": "已编码的披露内容，每行一条（与 --payload 同用）",
    "only name who would sign: for a check before": "只写明由谁签名：用于事前询问",
    "ask for the verdict on an unsigned one, write nothing": "询问未签名提交的裁决，不写入",
    "sandbox: set the ledger's clock to the statement's time": "沙箱：将账本时钟拨到声明的时间",
    "new file for the tlog-proof": "回执（tlog-proof）的新文件",
    "new file for the entry that it proves": "回执所证明账目的新文件",
    "trust.json: says which witnesses must have cosigned": "trust.json：写明须由哪些见证人联署",
    "for their cosignatures, at most so long": "最多等待联署多少秒",
    "its id, or the file that was submitted": "声明编号，或所提交的文件",
    "readable by you alone; an earlier token is replaced": "仅本人可读；先前的令牌会被覆盖",
    # import, knowledge, rulebook, replay
    "what was signed for which message": "记录为每条报文签了什么",
    "of the messages, where they do not say it (infno)": "报文未写明（infno）时的交易编号",
    "JSON {certificate number: code}": "JSON {证件号码: 人员编码}",
    "of the messages' local times (480)": "报文本地时间的时差，分钟（480）",
    "write submissions there instead of sending": "写入该处，不发送",
    "sandbox: set the ledger's clock to each message's time; one without is of the clock's": (
        "沙箱：将账本时钟拨到每条报文的时间；无时间的报文按该时钟"
    ),
    "wait so long between two prescriptions: after an outage, 60 keeps a doctor's pace": (
        "两张处方之间等待多少秒：断网补传时，60 即医师的正常节奏"
    ),
    "drug table instead of the product's": "药品目录，取代产品自带的",
    "a hospital's own codes, checked": "检查医院自有编码",
    "the institution's own drug codes in the messages, onto the national ones": (
        "报文中的机构自有药品编码与国家编码的映射表"
    ),
    "write drafts: the parts, and the version": "写出草稿：各分册与版本",
    "code,name: which are confused in a drop-down": "诊断表（code,name）：找出下拉框中易误选的",
    "whose limits of sex and age count (with --diagnoses)": (
        "采用哪个规则包的性别、年龄限制（与 --diagnoses 同用）"
    ),
    "--diagnoses stands with --pack and --out alone": "--diagnoses 只能与 --pack、--out 同用",
    "ask for tables one by one": "请分别查询各表",
    "name of a pack, or a file of that form": "规则包名称，或同样格式的文件",
    "the draft of a governance.rulebook statement": "governance.rulebook 声明草稿",
    "the pack counts in this region only": "规则包仅在该地区有效",
    "in force from (RFC 3339), instead of the packs' own date": "何时生效（RFC 3339），代替规则包自带的日期",
    "this rule on trial only": "该规则仅试运行",
    "see rx rulebook": "见 rx rulebook",
    # Exported logs, years, columns, the demo
    "statement id of the governance.case": "governance.case 的声明编号",
    "of whom a measure may concern; in columns a tag": "可被采取措施者的编码；列式数据中为标签",
    "an exported log, or columns": "导出的日志，或列式数据文件夹",
    "what is older counts no more (90)": "更早的不再计入（90）",
    "local month": "本地月份",
    "new file: a row for each institution": "新文件：每家机构一行",
    "how many acts": "抽取多少项业务",
    "compare with a list printed with --json": "与 --json 打印的名单比对",
    "print the page contracts/ROLES.md": "打印 contracts/ROLES.md 页面",
    "the same seed gives the same bytes (1)": "相同种子得到相同字节（1）",
    "about so many, 10^4 to 10^7 (10,000)": "约多少条，10^4 到 10^7（10,000）",
    "new folder for the year": "年度数据的新文件夹",
    "write the columns (replaced) and screen them": "写出列数据（可覆盖）并筛查",
    "Parquet files; earlier columns are replaced": "Parquet 文件；先前的列数据会被覆盖",
    "Parquet files, see COLUMNS.md": "Parquet 文件，见 COLUMNS.md",
    "write the page with plots": "写出带图的网页",
    "try the thresholds of this one (rx rulebook --draft)": "试用该草稿的阈值（rx rulebook --draft）",
    "this screen alone": "仅此筛查",
    "organisation's key file; entries are for members (with --url)": (
        "机构密钥文件；账目仅限成员机构读取（与 --url 同用）"
    ),
    "trust.json: whose cosignatures are missing (with --url)": "trust.json：缺少谁的联署（与 --url 同用）",
    "new folder; with --folder an earlier export too": "新文件夹；用 --folder 时可为此前的导出",
    "another day: a folder with day.json and cast.json": "另一天：含 day.json 与 cast.json 的文件夹",
    "what it leaves, an earlier demo's replaced (demo-out)": "留下的结果，覆盖上次演示的（demo-out）",
    "instead of the one that LANG names": "取代 LANG 所指的语言",
}

# Beside commands, which are the same in every language.
EXAMPLES = {
    "the id is what governance.case names as evidence": "编号即 governance.case 的 evidence 所引用者",
    "shows what would go": "显示将删除的内容",
    "      erases it": "      执行删除",
    "backups of keys.db still open what was erased: let them expire": "keys.db 的备份仍可解密，应定期清除",
    "examples:": "示例：",
    "example:": "示例：  ",  # as wide as in English: what stands below is aligned
    "then:   ": "然后：",
    "kinds:": "种类：",
    "(LANG=zh_CN.UTF-8 rx demo for Chinese)": "（LANG=en_US.UTF-8 rx demo 为英文）",
    "stops on SIGTERM or SIGINT, answering what is under way": (
        "收到 SIGTERM 或 SIGINT 后先答复在途请求再停止"
    ),
    "to restore: put the copy in the folder's place and start rx serve": (
        "恢复：将备份放到账本文件夹原处，启动 rx serve"
    ),
    "it does not start where a witness has cosigned more than the copy holds": (
        "若见证人已联署的内容多于备份，则拒绝启动"
    ),
    "after the overlap, while nothing serves it": "并行期之后、停止服务时",
    "may run beside rx serve; without --overlap-until the present key signs nothing more (it was stolen),": (
        "可与 rx serve 同时运行；不给 --overlap-until 时当前密钥立即停用（已被盗），"
    ),
    "and the new trust file does not list it": "新的信任文件也不再列出它",
    "may run beside rx serve and changes nothing; exit code 1 when something fails; people answer `ask`": (
        "可与 rx serve 同时运行，不作改动；有不合格项时退出码为 1；“待确认”由人员答复"
    ),
    "prints what registry.key, and registry.authenticator, need as members;": (
        "打印 registry.key 与 registry.authenticator 所需的成员；"
    ),
    "with --enrol and --json also the relying_party that registry.organisation must have named before": (
        "同用 --enrol 与 --json 时另有 relying_party，须先写入该机构的 registry.organisation"
    ),
    "the form of cast.json is that of api/sandbox/corpus/day-one/cast.json": (
        "cast.json 的格式见 api/sandbox/corpus/day-one/cast.json"
    ),
    "(for rx submit --check)": "（用于 rx submit --check）",
    "exit code 0 when committed or already committed, 1 when refused": "退出码：0 已入账，1 被拒绝",
    "exit code 1, and no file, when --wait ended before the witnesses had cosigned": (
        "--wait 期满而见证人尚未联署时退出码为 1，不写文件"
    ),
    "whoever holds a token may read and submit as your organisation until it ends": (
        "持有令牌者在其到期前可以本机构名义读取与提交"
    ),
    "(signs and keeps, sends nothing)": "（签名并保存，不发送）",
    "(after an outage: a prescription a minute)": "（断网补传：每分钟一张处方）",
    "how many drugs the table of the product holds": "产品自带目录有多少药品",
    "part-1.json … and knowledge.json for rx sign": "part-1.json … 与 knowledge.json，供 rx sign 使用",
    "errors of a hospital's code mapping, found now": "及早发现医院编码映射中的错误",
    "diagnoses of the same initials, as a rule pack": "首字母相同的诊断，写成规则包",
    "the packs": "列出规则包",
    "export one; any such file can be named again": "导出一个；同样格式的文件均可再用",
    "for one region of the ledger": "用于账本中的一个地区",
    "(a rulebook takes two officers)": "（规则手册须两名监管人员签名）",
    "is every verdict what the rules say?": "每条裁决是否与规则一致？",
    "what an area's rules would have said about the past": "以某地规则回看历史",
    "an insured person, by tag (rx screen)": "参保人，按标签（见 rx screen）",
    "who holds the same log gets the same bytes with --json": "持有同一日志者用 --json 得到相同字节",
    "verify it first:": "请先核验：",
    "a row for each institution": "每家机构一行",
    "verify the log first:": "请先核验日志：",
    "a rule goes live with a rulebook that no longer names it in shadow_rules, signed by two officers": (
        "规则手册不再将其列入 shadow_rules（两名监管人员签名）后，该规则即正式生效"
    ),
    "announce beforehand which cosigned checkpoint will be the seed; verify it with rx-verify": (
        "请事先公布以哪个已联署的检查点为种子，并用 rx-verify 核验"
    ),
    "rx submit --entry writes the entry; keep the submission: nobody else can open it": (
        "账目由 rx submit --entry 写出；请保存提交文件，他人无法打开"
    ),
    "exit code 1 when the entry is another statement's, or holds no digest of what is disclosed": (
        "账目属于另一声明，或不含所披露内容的摘要时，退出码为 1"
    ),
    "one page for the inspector": "一页，供检查人员使用",
}
