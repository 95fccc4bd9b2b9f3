"""What the fields of the national messages are called by the people who fill them in."""

from __future__ import annotations

LABELS: dict[str, tuple[str, str]] = {
    "action": ("whether the duty is opened or closed", "上岗（opened）或离岗（closed）"),
    "allergies": ("the allergy history", "过敏史"),
    "authNo": ("the number of the online identity check", "线上身份核验流水号"),
    "auth_rxno": (
        "the patient's one-time number, or epc_token",
        "患者出示的授权临时处方编号（或 epc_token）",
    ),
    "bizTypeCode": (
        "the kind of encounter (01 at the institution, 02 online)",
        "业务类型代码（01 定点就诊，02 互联网问诊）",
    ),
    "certno": ("the patient's certificate number", "患者证件号码"),
    "decision": ('the decision ("approved" or "refused")', "审核结论（approved 通过，refused 不通过）"),
    "delv_stas_name": (
        "the delivery status (collected, delivered or failed)",
        "配送状态（已揽收、已签收或拒收）",
    ),
    "diagCode": ("the code of a diagnosis", "诊断代码"),
    "diseinfo": ("at least one diagnosis with its code", "至少一条带代码的诊断信息"),
    "doctorTurns": ("how many messages the doctor wrote", "医师发言条数"),
    "drCode": ("the doctor's code", "医师代码"),
    "drugChosenBeforeConsultation": (
        "whether a drug was chosen before the consultation (true or false)",
        "是否先选药后问诊（true 或 false）",
    ),
    "drugCnt": ("the quantity to dispense", "发药数量"),
    "drugDosunt": ("the unit of the quantity to dispense", "发药单位"),
    "drugtracinfo": ("the drug trace codes", "药品追溯码"),
    "drug_trac_codg": (
        "the drug trace code of each pack (uncoded and manu_lotnum for listed stock without codes)",
        "每盒药品的追溯码（已备案的无码存量药品填 uncoded 与 manu_lotnum）",
    ),
    "drug_trac_info": ("the drug trace codes", "药品追溯码"),
    "dspeer_code": ("the code of the person who prepared the drugs", "配药人代码"),
    "fixmedins_hilist_id": ("the institution's own code of the drug", "机构内药品编码"),
    "fixmedinsHilistId": ("the institution's own code of the drug", "机构内药品编码"),
    "fixmedinsCode": ("the code of the institution", "定点医药机构编号"),
    "fstdiagFlag": ("whether this is a first visit (0 or 1)", "是否初诊标志（0 或 1）"),
    "gend": ("the patient's sex", "患者性别"),
    "hi_rxno": ("the national prescription number", "医保处方编号"),
    "hiRxno": ("the national prescription number", "医保处方编号"),
    "kind": ("the kind of assistance", "辅助类型"),
    "mdtrtId": ("the number of the encounter", "就诊流水号"),
    "medinsListCodg": ("the institution's own code of the drug", "机构内药品编码"),
    "manu_lotnum": ("the lot number", "生产批号"),
    "med_list_codg": ("the drug's code in the national catalogue", "医疗目录编码"),
    "medListCodg": ("the drug's code in the national catalogue", "医疗目录编码"),
    "medcDays": ("the days of treatment", "用药天数"),
    "mode": (
        "the mode of the consultation (video, audio, text or counter)",
        "问诊方式（video、audio、text 或 counter）",
    ),
    "patientTurns": ("how many messages the patient wrote", "患者发言条数"),
    "patnAge": ("the patient's age", "患者年龄"),
    "phar_code": ("the code of the reviewing pharmacist", "审核药师代码"),
    "pharCode": ("the code of the pharmacist", "药师代码"),
    "pro_code": ("the code of the person who checked and handed out the drugs", "核对发药人代码"),
    "prscDeptName": ("the department of the prescription", "开方科室名称"),
    "prscTime": ("the time of the prescription", "开方时间"),
    "rchk_phar_code": ("the code of the second pharmacist", "复核药师代码"),
    "reason": ("the declared reason", "申报理由"),
    "rxFile": ("the prescription file in base64", "base64 编码的处方文件"),
    "rx_chk_stas_codg": (
        "the result of the review (1 passed, 2 refused)",
        "处方审核状态（1 通过，2 不通过）",
    ),
    "rxChkStasCodg": ("the result of the review (1 passed, 2 refused)", "处方审核状态（1 通过，2 不通过）"),
    "rxTypeCode": ("the type of prescription", "处方类别代码"),
    "rxdrugdetail": ("at least one drug line", "至少一条处方明细"),
    "rxno": ("the national prescription number", "医保处方编号"),
    "sel_retn_cnt": ("the quantity sold or returned", "销售或退货数量"),
    "selinfo": ("at least one row of drugs sold", "至少一条销售明细"),
    "selinfoDetail": ("at least one row of drugs", "至少一条商品明细"),
    "unreadPatientMessages": ("how many of the patient's messages were unread", "未读患者消息数"),
    "uncoded": ("whether the packs bear no trace code (0 or 1)", "是否无追溯码（0 或 1）"),
    "valiDays": ("the days of validity", "处方有效天数"),
}


def label(field: str) -> tuple[str, str]:
    """Return what `field` means in English and Chinese; the field's own name when not listed."""
    name = field.rsplit("/", 1)[-1]
    return LABELS.get(name, (f"the member {name}", f"字段 {name}"))
