"""What the fake dialogue says in the browser tests: one reply of each kind, in the shapes of the contract."""

from __future__ import annotations

from bot.conversation import Button, Reply
from bot.routing import choice_payload

QUESTION = "小规模一个季度开票28万要交增值税吗"
ANSWER = Reply(
    "【小规模纳税人免税标准】\n月销售额未超过10万元（季度30万元）的，免征增值税。\n适用期间：2026-01-01至2027-12-31",
    "answered",
    details={
        "entry": "vat-small-threshold",
        "question": "小规模纳税人月销售额多少以下免征增值税？",
        "as_of": "2026-11-21",
        "release": 1,
        "sections": [
            {
                "span": "2026-01-01至2027-12-31",
                "standing": "in_force",
                "conclusion": "月销售额未超过10万元（季度30万元）的，免征增值税。",
                "conditions": ["小规模纳税人", "合计销售额未超过标准"],
                "how": ["登录电子税务局", "在增值税申报表的免税栏填写销售额"],
                "where": "电子税务局",
            }
        ],
        "citations": [
            {
                "document_no": "财政部 税务总局公告2026年第10号",
                "title": "增值税优惠政策衔接事项",
                "clause": "第二条",
                "effective_from": "2026-01-01",
                "effective_to": "2027-12-31",
                "url": "https://fgk.chinatax.gov.cn/zcfgk/example",
            },
            {
                "document_no": "示例〔2026〕1号",
                "title": "带有危险链接的依据",
                "effective_from": "2026-01-01",
                "url": "javascript:alert(1)",
            },
        ],
    },
    evidence={"release": 1, "confidence": 0.97, "as_of": "2026-11-21", "candidates": []},
)  # fmt: skip
WHICH = Reply(
    "我想确认一下，您想问的是下面哪一个？",
    "clarifying",
    (Button("个人所得税退税", choice_payload("iit-refund")), Button("出口退税", choice_payload("export"))),
)
ASKED = Reply(
    "您每月税前工资是多少？",
    "collecting",
    details={"slot": "wage", "task": "salary", "field": {"kind": "amount", "unit": "元"}},
)
CALCULATED = Reply(
    "11月应预扣个人所得税90元。\n计算步骤……",
    "calculated",
    details={
        "headline": "11月应预扣个人所得税90元。",
        "figures": {"withheld": "90.00"},
        "steps": [
            {"label": "累计收入", "formula": "15,000×11", "value": "165000", "unit": "元"},
            {"label": "累计应纳税所得额", "formula": "165,000－55,000－…", "value": "33000.5"},
            {"label": "本月预扣", "formula": "990－900", "value": "90"},
        ],
        "assumptions": ["全年工资和扣除不变"],
        "citations": [
            {
                "document_no": "国家税务总局公告2018年第61号",
                "title": "累计预扣法",
                "effective_from": "2019-01-01",
            }
        ],
    },
)
VERDICTS = Reply(
    "按您说的情况，符合1项，不符合1项。",
    "calculated",
    details={
        "as_of": "2026-11-21",
        "verdicts": [
            {"title": "小型微利企业所得税优惠", "outcome": "entitled",
             "reasons": ["三项指标都在标准以内"], "missing": []},
            {"title": "研发费用加计扣除", "outcome": "not_entitled", "reasons": ["所属行业不适用"], "missing": []},
            {"title": "六税两费减半", "outcome": "undecided", "reasons": [], "missing": ["从业人数"]},
        ],
        "citations": [],
    },
)  # fmt: skip
DEADLINES = Reply(
    "小规模纳税人，2026年10月的申报：\n· 增值税（2026年第3季度）：截止2026-10-26\n全年日历（可导入手机或电脑日历）：/calendar/small/2026.ics",
    "calculated",
    details={
        "as_of": "2026-11-21",
        "deadlines": [
            {"duty": "增值税", "period": "2026年第3季度", "day": "2026-10-26", "statutory_day": "2026-10-15",
             "note": "遇连续休假日顺延"},
            {"duty": "房产税", "period": "2026年", "why": "local", "note": "由省级规定，请问主管税务机关。"},
        ],
        "calendar": "/calendar/small/2026.ics",
        "citations": [],
    },
)  # fmt: skip
WHICH_DAY = Reply(
    "税款的缴纳期限是哪一天？",
    "collecting",
    details={"slot": "deadline", "task": "late", "field": {"kind": "day"}},
)
WHICH_YEAR = Reply(
    "哪一年度？", "collecting", details={"slot": "year", "task": "settlement", "field": {"kind": "year"}}
)
HANDED = Reply("好的。", "handed_off", reason="asked_for_agent")

SCRIPT = {
    QUESTION: ANSWER,
    "退税": WHICH,
    "个人所得税退税": Reply("个人所得税退税在汇算清缴时办理。", "answered", details={"citations": []}),
    "算个税": ASKED,
    "15000": CALCULATED,
    "我能享受什么优惠": VERDICTS,
    "这个月什么时候截止": DEADLINES,
    "算滞纳金": WHICH_DAY,
    "2026-11-16": WHICH_YEAR,
    "转人工": HANDED,
}
