"""The calculators of 个人所得税: wages, the year's settlement, a bonus, remuneration, a business. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.calculator import Calculator
from actions.deductions import MONTHS, Deductions, claims
from actions.kinds import Amount, Choice, Month, Year, yes_no
from actions.question import Given, Question
from tax.bonus import Bonus, bonus
from tax.business import Business, Owner, business
from tax.calculation import Calculation
from tax.period import year
from tax.remuneration import Kind, Remuneration, remuneration
from tax.salary import BasicDeduction, SalaryYear, salary
from tax.salary import Month as Pay
from tax.settlement import Settlement, settlement
from tax.special import special

WAGES = "税前工资|月薪|月工资|工资|薪水|薪资|月入|月收入|收入|人工|salary|income"
YEARLY = "年薪|年收入|年工资|全年工资收入|全年工资|全年收入|全年"
MONTHLY = "月薪|月工资|每月工资|每月收入|月收入|每月"
SOCIAL = "社保和公积金|社保公积金|社保|公积金|三险一金|专项扣除"
SPECIAL = "专项附加扣除|专项附加|附加扣除"
HINT = "（说合计金额，或说有哪些，如“两个孩子上学、独生子女赡养老人、房贷”；没有就说“没有”）"
FIRST_JOB = "首次取得工资，按1月起累计减除费用"
WHOLE_YEAR = "上年工资不超过6万元，自1月起按全年6万元减除"
USUAL = "按在本单位的月份累计减除费用"
DEDUCTIONS = {
    USUAL: BasicDeduction.MONTHS_HERE,
    FIRST_JOB: BasicDeduction.FROM_JANUARY,
    WHOLE_YEAR: BasicDeduction.WHOLE_YEAR,
}


def last_year(today: date) -> str:
    return year(today.year - 1).last_day.isoformat()


def this_year(today: date) -> str:
    return year(today.year).last_day.isoformat()


def _salary(given: Given) -> Calculation:
    day = given.day("month")
    extra = special(claims(given["special"], yearly=False), day).figures["total"] / MONTHS
    month = Pay(given.amount("gross"), given.amount("social"), extra)
    since = min(given.day("since").month, day.month) if "since" in given else 1
    return salary(SalaryYear((month,) * (day.month - since + 1), DEDUCTIONS[given["deduction"]]), day)


def _settlement(given: Given) -> Calculation:
    inputs = Settlement(
        wages=given.amount("wages"),
        labour=given.amount("labour"),
        author=given.amount("author"),
        royalties=given.amount("royalties"),
        social=given.amount("social"),
        other=given.amount("other"),
        prepaid=given.amount("prepaid"),
        claims=claims(given["special"], yearly=True),
    )
    return settlement(inputs, given.day("year"))


def _bonus(given: Given) -> Calculation:
    day = given.day("year")
    extra = special(claims(given["special"], yearly=True), day).figures["total"]
    return bonus(Bonus(given.amount("bonus"), given.amount("income"), given.amount("social") + extra), day)


def _remuneration(given: Given) -> Calculation:
    return remuneration(Remuneration(given.amount("amount"), Kind(given["kind"])), given.day())


def _business(given: Given) -> Calculation:
    deductions = Decimal(0) if given.yes("comprehensive") else given.amount("deductions")
    inputs = Business(Owner(given["owner"]), given.amount("profit"), given.yes("comprehensive"), deductions)
    return business(inputs, given.day("year"))


SALARY = Calculator(
    "salary",
    "工资薪金个税（累计预扣）",
    "个税|个人所得税|工资|月薪|年薪|薪水|薪资|月入|税后|到手|税前|人工[一二两三四五六七八九十\\d]|income tax|salary",
    (
        Question(
            "gross",
            "每月税前工资",
            "您每月税前工资是多少？（元，比如 15000 或 1.5万）",
            Amount(WAGES, twelfth=YEARLY, most=Decimal(100_000_000)),
        ),
        Question(
            "social",
            "每月社保公积金",
            "每月个人缴纳的社保和公积金一共多少？（元；没有就说“没有”）",
            Amount(SOCIAL, none=True, adds=True, buttons=("没有",)),
        ),
        Question("special", "专项附加扣除", f"每月的专项附加扣除有多少？{HINT}", Deductions(SPECIAL)),
        Question("month", "所属月份", "要算哪个月的？（1到12，按从1月起每月收入相同来累计预扣）", Month()),
        Question(
            "since",
            "入职月份",
            "从哪个月入职本单位？",
            Month(before="入职|来的|上班"),
            default=lambda today: date(today.year, 1, 31).isoformat(),
        ),
        Question(
            "deduction",
            "减除费用",
            "减除费用怎么累计？",
            Choice(
                {USUAL: "", FIRST_JOB: "首次(?:就业|工作|入职|取得)|第一份工作|应届|刚毕业", WHOLE_YEAR: ""}
            ),
            default=USUAL,
        ),
    ),
    _salary,
)

SETTLEMENT = Calculator(
    "settlement",
    "综合所得年度汇算",
    "汇算|综合所得|退税.*补税|补税.*退税|(?:去年|全年|年度).*(?:退税|补税|退多少|补多少)",
    (
        Question(
            "wages",
            "全年工资薪金",
            "全年税前工资薪金（不含单独计税的年终奖）一共多少元？",
            Amount("全年工资薪金|全年工资|年薪|年收入|工资薪金|全年收入|全年|工资|收入", twelvefold=MONTHLY),
        ),
        Question(
            "social",
            "全年社保公积金",
            "全年个人缴纳的社保和公积金一共多少元？（没有就说“没有”）",
            Amount(SOCIAL, twelvefold=f"每月(?:{SOCIAL})", none=True, adds=True, buttons=("没有",)),
        ),
        Question(
            "special",
            "专项附加扣除",
            f"全年专项附加扣除有多少？{HINT}",
            Deductions(SPECIAL, twelvefold=f"每月(?:{SPECIAL})", yearly=True),
        ),
        Question(
            "prepaid",
            "已预缴税额",
            "全年已经预扣预缴了多少个税？（元；个人所得税APP的收入纳税明细里有；没有就说“没有”）",
            Amount("已预扣|已预缴|已缴|已扣|预缴|预扣|已经?交了?|扣了", none=True, buttons=("没有",)),
        ),
        Question("labour", "劳务报酬", "", Amount("劳务报酬|劳务"), default="0", assumed="没有劳务报酬。"),
        Question("author", "稿酬", "", Amount("稿酬|稿费"), default="0", assumed="没有稿酬。"),
        Question("royalties", "特许权使用费", "", Amount("特许权使用费|特许权"), default="0"),
        Question(
            "other",
            "其他扣除",
            "",
            Amount("个人养老金|企业年金|年金|商业健康险|其他扣除", adds=True),
            default="0",
        ),
        Question("year", "年度", "哪一年度？", Year(), default=last_year),
    ),
    _settlement,
)

BONUS = Calculator(
    "bonus",
    "全年一次性奖金",
    "年终奖|年终|全年一次性奖金|全年奖金|全年奖|十三薪|双薪|年底奖金|花红|bonus",
    (
        Question(
            "bonus",
            "年终奖",
            "年终奖（全年一次性奖金）是多少元？",
            Amount("年终奖金|年终奖|年终|全年性?奖金|全年奖|奖金|十三薪|双薪|花红|bonus"),
        ),
        Question(
            "income",
            "全年其他收入",
            "除年终奖外，全年工资等综合所得收入一共多少元？（也可以说月薪，如“月薪2万”；没有就说“没有”）",
            Amount(
                "年薪|年收入|全年工资|全年收入|全年其他收入|其他收入|全年|工资", twelvefold=MONTHLY, none=True
            ),
        ),
        Question(
            "social",
            "全年社保公积金",
            "全年个人缴纳的社保和公积金一共多少元？（也可以说“每月社保3000”；没有就说“没有”）",
            Amount(SOCIAL, twelvefold=f"每月(?:{SOCIAL})", none=True, adds=True, buttons=("没有",)),
        ),
        Question(
            "special",
            "专项附加扣除",
            f"全年专项附加扣除有多少？{HINT}",
            Deductions(SPECIAL, twelvefold=f"每月(?:{SPECIAL})", yearly=True),
        ),
        Question("year", "年度", "哪一年度？", Year(), default=this_year),
    ),
    _bonus,
)

REMUNERATION = Calculator(
    "remuneration",
    "劳务报酬、稿酬、特许权使用费预扣",
    "劳务|稿酬|稿费|特许权|兼职|讲课费|外快",
    (
        Question(
            "amount",
            "这次收入",
            "这次收入是多少元？（不含增值税）",
            Amount("劳务报酬|劳务费|劳务所得|劳务|稿酬|稿费|特许权使用费|特许权|兼职|讲课费|收入|报酬"),
        ),
        Question(
            "kind",
            "所得项目",
            "",
            Choice({"劳务报酬": "劳务|兼职|讲课|外快", "稿酬": "稿酬|稿费", "特许权使用费": "特许权"}),
            default="劳务报酬",
        ),
        Question("day", "取得日期", "", Month(), default=date.isoformat),
    ),
    _remuneration,
)

BUSINESS = Calculator(
    "business",
    "经营所得个税",
    "经营所得|个体.*(?:个税|个人所得税|利润|净赚)|(?:个税|个人所得税).*个体|个独|个人独资|合伙|承包经营",
    (
        Question(
            "owner",
            "经营者",
            "是哪一类经营者？",
            Choice(
                {
                    Owner.INDIVIDUAL.value: "个体",
                    Owner.SOLE.value: "个独|个人独资",
                    Owner.PARTNER.value: "合伙",
                    Owner.CONTRACTOR.value: "承包|承租",
                }
            ),
        ),
        Question(
            "profit",
            "年度利润",
            "全年利润（收入减成本费用，亏损说“没有”）是多少元？",
            Amount(
                "利润|净利|净赚|赚了?|经营所得|所得|盈利|纯收入",
                twelvefold="月利润|每月净?赚|每月利润",
                none=True,
            ),
        ),
        Question(
            "comprehensive",
            "另有综合所得",
            "您当年另有工资、劳务等综合所得吗？（有的话，6万元和各项扣除在综合所得里减）",
            yes_no(
                "(?<!没)有工资|另有综合|(?<!没)有综合所得|还上班",
                "没有?工资|没有?综合所得|没有?其他收入|不上班",
            ),
        ),
        Question(
            "deductions",
            "各项扣除",
            "全年社保、专项附加扣除等各项扣除一共多少元？（不含6万元减除费用；没有就说“没有”）",
            Amount(
                "各项扣除|社保公积金|社保|专项附加扣除|专项附加|扣除", none=True, adds=True, buttons=("没有",)
            ),
            when=lambda given: not given.yes("comprehensive"),
        ),
        Question("year", "年度", "", Year(), default=this_year),
    ),
    _business,
)

PERSONAL = (BONUS, REMUNERATION, SETTLEMENT, BUSINESS, SALARY)
