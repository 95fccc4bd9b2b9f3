"""Codes of the consultation behind a prescription, and of its pace."""

from __future__ import annotations

from contracts.codes.row import AFTER_CHANGE, LATER, NEVER, row

ROWS = (
    row(
        "CONSULT_NOT_OPEN",
        409,
        AFTER_CHANGE,
        title="No consultation on the ledger",
        detail="The prescription names no closed consultation, or the close names none that is open.",
        fix=(
            "Record opening and close of the consultation first; then issue with its id and the "
            "close's leaf as after."
        ),
        zh_title="账本上无问诊",
        zh_detail="处方未对应已结束的问诊，或结束记录未对应进行中的问诊。",
        zh_fix="先登记问诊的开始与结束，再以其编号及结束账目的 leaf（after）开方。",
    ),
    row(
        "CONSULT_BINDING",
        422,
        AFTER_CHANGE,
        title="Consultation of someone else",
        detail=("The consultation is another patient's, doctor's or hospital's, or after is not its close."),
        fix="Use the consultation in which this doctor saw this patient.",
        zh_title="问诊与处方不对应",
        zh_detail="问诊的患者、医师或机构不同，或 after 不是其结束账目。",
        zh_fix="使用该医师接诊该患者的问诊。",
    ),
    row(
        "PRIOR_RECORD_MISSING",
        422,
        AFTER_CHANGE,
        title="No earlier record named",
        detail="An online follow-up rests on an earlier record here, and its consultation names none.",
        fix="Open a consultation that names the record in `prior_record`, or see the patient in person.",
        zh_title="未注明既往病历",
        zh_detail="本地线上复诊须以患者既往病历为依据，而该问诊未注明。",
        zh_fix="重新问诊并在 prior_record 中注明既往病历号，或请患者线下就诊。",
    ),
    row(
        "PRIOR_RECORD_UNNAMED",
        201,
        AFTER_CHANGE,
        title="No earlier record named yet",
        detail="Here an online follow-up rests on an earlier record, and this consultation names none.",
        fix="Open it again with the record in `prior_record`, or see the patient in person.",
        zh_title="尚未注明既往病历",
        zh_detail="本地线上复诊须以患者既往病历为依据，而本次问诊未注明。",
        zh_fix="请在 prior_record 中注明既往病历后重新开始问诊，或请患者线下就诊。",
    ),
    row(
        "DIAGNOSIS_NOT_PRIOR",
        201,
        AFTER_CHANGE,
        title="Not what the earlier record says",
        detail="No diagnosis of this online follow-up is related to one of the patient's earlier record.",
        fix="Compare with the record when reviewing; a new illness is seen in person. Nobody is accused.",
        zh_title="与既往诊断不相关",
        zh_detail="线上复诊处方的诊断均与患者既往病历的诊断不相关。",
        zh_fix="审方时核对既往病历；新发疾病应线下就诊。不作指控。",
    ),
    row(
        "CHANNEL_UNREGISTERED",
        403,
        AFTER_CHANGE,
        title="Not a registered channel",
        detail=(
            "The consultation came through a platform, mini-program or link that is not registered for this "
            "hospital today, or, where one is required, through none."
        ),
        fix="Consult through a registered channel, or have this one registered first (registry.channel).",
        zh_title="非备案渠道",
        zh_detail="问诊所经平台、小程序或链接当日未为本医院备案；或须经备案渠道而未注明渠道。",
        zh_fix="请通过已备案渠道问诊，或先办理渠道备案（registry.channel）。",
    ),
    row(
        "CREDENTIAL_SHARED",
        201,
        AFTER_CHANGE,
        title="One identity check for two patients",
        detail="The online identity check already stands behind another patient's prescription.",
        fix="Have the patient checked anew; a child is brought with its guardian named.",
        zh_title="身份核验被多名患者共用",
        zh_detail="该线上身份核验流水号已用于另一患者的处方。",
        zh_fix="请患者本人重新核验身份；儿童就诊须注明监护人。",
    ),
    row(
        "CONSULT_OVERLAP",
        409,
        NEVER,
        title="Two live consultations at once",
        detail="The doctor held this consultation beside another patient's, each by video or audio.",
        fix=(
            "Close the other consultation (beside) if it is over, see this patient again alone and prescribe "
            "from that. One that was open for an hour counts as forgotten: it alone is void."
        ),
        zh_title="实时问诊重叠",
        zh_detail="该问诊与同一医师为另一患者进行的视频或语音问诊时间重叠。",
        zh_fix=(
            "另一问诊（beside）若已完毕请先结束，再单独为本患者重新问诊并据此开方。"
            "开启满一小时未结束的视为遗忘，仅其本身作废。"
        ),
    ),
    row(
        "CONSULT_TOO_SHORT",
        422,
        NEVER,
        title="Consultation too short",
        detail="Between opening and close lies too little time for a consultation (秒开).",
        fix="Consult the patient properly and issue a new prescription.",
        zh_title="问诊时间过短",
        zh_detail="问诊从开始到结束时间过短（疑似“秒开”）。",
        zh_fix="充分问诊后重新开具处方。",
    ),
    row(
        "CONSULT_NO_REPLY",
        422,
        NEVER,
        title="The patient never answered",
        detail="The online consultation holds no turn of the patient.",
        fix="Prescribe only after the patient has answered; start a new consultation.",
        zh_title="患者无应答",
        zh_detail="线上问诊中没有患者的任何回复。",
        zh_fix="患者应答后方可开方；请重新问诊。",
    ),
    row(
        "DRUG_FIRST",
        422,
        NEVER,
        title="Drug chosen before the prescription",
        detail="The drug was chosen or paid for before a doctor had decided (先药后方).",
        fix="Consult first; the shop may not sell prescription drugs in advance.",
        zh_title="先药后方",
        zh_detail="在医师决定之前已选药或付款。",
        zh_fix="先问诊后开方；药店不得预售处方药。",
    ),
    row(
        "CONSULT_STALE",
        422,
        NEVER,
        title="Consultation too long ago",
        detail="More time than allowed has passed since the consultation ended.",
        fix=(
            "Consult the patient again and prescribe from that. After an outage too: "
            "nothing shows whether a prescription was signed in time or dated back."
        ),
        zh_title="问诊已过时",
        zh_detail="问诊结束至今超过允许时间。",
        zh_fix="重新问诊后开方。系统故障后亦同：无法证明处方是当时签署还是倒签。",
    ),
    row(
        "FIRST_VISIT_ONLINE",
        422,
        NEVER,
        title="First visit online",
        detail="Online, only patients who were diagnosed in person before may get a prescription.",
        fix="Send the patient to a clinic; online follow-ups come afterwards.",
        zh_title="线上首诊",
        zh_detail="在线只能为已有线下确诊的患者开方。",
        zh_fix="请患者先线下就诊，之后再在线复诊。",
    ),
    row(
        "PEDIATRIC_GUARDIAN_MISSING",
        422,
        AFTER_CHANGE,
        title="Guardian missing",
        detail="For a child below six a guardian must take part and be named.",
        fix="Name the guardian in the identity group, at the counter too; a message has extension.guardian.",
        zh_title="缺少监护人",
        zh_detail="未满六周岁患儿须有监护人陪同并登记。",
        zh_fix="在 identity 组（报文为 extension.guardian）登记监护人，线下就诊亦同。",
    ),
    row(
        "PEDIATRIC_SPECIALIST_MISSING",
        422,
        NEVER,
        title="No specialist for a small child",
        detail=(
            "Online, a doctor of a department for children, or another one that the rulebook lists, "
            "prescribes for a child below six."
        ),
        fix="Have a doctor of such a department consult and prescribe, or see the child in person.",
        zh_title="缺少儿科专业医师",
        zh_detail="在线为未满六周岁患儿开方，须由儿科等相关专业医师开具。",
        zh_fix="由儿科等相关专业医师问诊开方，或请线下就诊。",
    ),
    row(
        "CONSULT_SHORT_NOTICE",
        201,
        AFTER_CHANGE,
        title="Short consultation",
        detail="The consultation was short but not too short; this is only noted.",
        fix="Nothing to do; nobody is accused.",
        zh_title="问诊时间较短",
        zh_detail="问诊较短但未低于下限，仅作提示。",
        zh_fix="无须处理；不作指控。",
    ),
    row(
        "PACE_TOO_FAST",
        422,
        LATER,
        title="Faster than a person prescribes",
        detail="Too many patients came in too short a time for one doctor to decide each case.",
        fix=(
            "Take the time that each patient needs; find out whether someone else uses the doctor's key. "
            "After an outage send one prescription of a doctor a minute (rx import --apart 60)."
        ),
        zh_title="开方过快",
        zh_detail="短时间内为过多患者开方，超出一名医师逐一决定的速度。",
        zh_fix=(
            "给予每名患者应有的时间；核查是否他人使用该医师密钥。"
            "故障恢复后补传：每名医师每分钟一张（rx import --apart 60）。"
        ),
    ),
    row(
        "PACE_HOURLY_CAP",
        422,
        LATER,
        title="Hourly limit reached",
        detail="The doctor has issued or tried more prescriptions within an hour than allowed.",
        fix="Go on when the hour has passed, or let a colleague take over.",
        zh_title="超过每小时上限",
        zh_detail="该医师一小时内开方（含尝试）超过上限。",
        zh_fix="一小时后继续，或由同事接诊。",
    ),
    row(
        "PACE_DAILY_CAP",
        422,
        LATER,
        title="Daily limit reached",
        detail="The doctor has issued or tried more prescriptions within 24 hours than allowed.",
        fix="Go on when the 24 hours have passed, or let a colleague take over.",
        zh_title="超过每日上限",
        zh_detail="该医师二十四小时内开方（含尝试）超过上限。",
        zh_fix="二十四小时后继续，或由同事接诊。",
    ),
    row(
        "PACE_LATE_ARRIVAL",
        422,
        LATER,
        title="A backlog sent too fast",
        detail=(
            "Signed earlier, after consultations that ended at a human pace, but sent all at once, "
            "as after an outage. Nobody is accused and nobody is frozen."
        ),
        fix="Send it again, one prescription of the doctor a minute (rx import --apart 60).",
        zh_title="补传过快",
        zh_detail="处方早先签署，所依据的问诊节奏正常，但集中到达（如故障恢复后补传）。不作指控，也不触发熔断。",
        zh_fix="按每名医师每分钟一张的速度重新发送（rx import --apart 60）。",
    ),
    row(
        "PACE_NOTICE",
        201,
        AFTER_CHANGE,
        title="Brisk pace",
        detail="The doctor prescribes quickly but within the limits; this is only noted.",
        fix="Nothing to do; nobody is accused.",
        zh_title="开方节奏较快",
        zh_detail="开方较快但在限度内，仅作提示。",
        zh_fix="无须处理；不作指控。",
    ),
    row(
        "SAME_DRUG_BURST",
        201,
        AFTER_CHANGE,
        title="Many times the same drug",
        detail="One doctor prescribed the same monitored drug to many patients within a short time.",
        fix=(
            "Be ready to explain the indication of each case. What is held waits until a pharmacist of the "
            "hospital has looked (review.hold) or the doctor cancels it."
        ),
        zh_title="同一药品集中开具",
        zh_detail="同一医师短时间内为多名患者开具同一监控药品。",
        zh_fix="准备说明各病例的用药指征。暂存的处方须由本院药师核查（review.hold）或由医师撤销。",
    ),
)
