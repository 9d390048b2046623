"""The calculators for those in business: VAT, 企业所得税, 附加税费, 印花税, 滞纳金, 残保金. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from actions.calculator import Calculator
from actions.kinds import Amount, Choice, Count, Day, Rate, When, Year, yes_no
from actions.personal_income import this_year
from actions.question import NO, Given, Question, unasked
from tax.calculation import Calculation
from tax.corporate import Corporate, corporate
from tax.disabled_fund import DisabledFund, disabled_fund
from tax.duty import Cycle
from tax.late import Late, late
from tax.six_taxes import Payer
from tax.stamp import Document, Stamped, stamp
from tax.surcharges import Levied, Place, surcharges
from tax.vat_general import GeneralPeriod, vat_general
from tax.vat_small import SmallSales, vat_small

SALES = "(?:含税|不含税|月|季|季度)?(?:销售额|销售收入|营业额|营业收入|开票额?|流水|收入|卖了|sales)"
CYCLES = {
    "按月": "按月|月度|每月|月销售|月收入|月营业|月开票|月流水|这个?月|本月|上个?月|[\\d一二三四五六七八九十]月(?!薪)",
    "按季": "按季|季度|每季|季销售|[一二三四1234]季",
    "按次": "按次|一次性|偶尔|临时代开|代开",
}
PLACES = {
    Place.CITY.value: "市区|城区|(?<!县)城市",
    Place.TOWN.value: "县城|镇上|镇区|乡镇|建制镇",
    Place.OTHER.value: "农村|村里|其他地区|乡下",
}
PAYERS = {
    Payer.SMALL_SCALE.value: "小规模",
    Payer.SOLE_TRADER.value: "个体",
    Payer.SMALL_PROFIT.value: "小型微利|小微",
    Payer.OTHER.value: "一般企业|其他纳税人|都不是|大企业",
}
PAYER_REPLIES = {Payer.OTHER.value: "一般纳税人|一般|其他|都不"}
DOCUMENTS = {
    Document.SALE.value: "买卖合同|购销合同|采购合同|销售合同|进货合同",
    Document.PROCESSING.value: "承揽合同|加工合同",
    Document.CONSTRUCTION.value: "建设工程|施工合同|工程合同|建筑合同",
    Document.TRANSPORT.value: "运输合同",
    Document.TECHNOLOGY.value: "技术(?:合同|服务合同|开发合同|转让合同)",
    Document.LOAN.value: "借款合同|贷款合同",
    Document.FINANCE_LEASE.value: "融资租赁",
    Document.LEASE.value: "(?<!融资)租赁合同|租房合同",
    Document.STORAGE.value: "仓储合同",
    Document.CUSTODY.value: "保管合同",
    Document.INSURANCE.value: "保险合同",
    Document.LAND_GRANT.value: "土地使用权出让",
    Document.REAL_ESTATE.value: "土地使用权转让|房屋(?:买卖|转让)|房产转让|产权转移",
    Document.EQUITY.value: "股权转让",
    Document.INTELLECTUAL.value: "商标|著作权|专利|专有技术",
    Document.CAPITAL.value: "营业账簿|账簿|实收资本|资本公积|注册资本",
    Document.SECURITIES.value: "证券交易|卖股票|股票",
}
VAT_RATES = {"13%": "13%|卖货|货物|商品", "9%": "9%|运输|建筑|不动产", "6%": "6%|服务|咨询|软件服务|餐饮"}
_OF_RATE = {"13%": "standard", "9%": "reduced", "6%": "low"}


def _vat_small(given: Given) -> Calculation:
    inputs = SmallSales(
        cycle=Cycle(given["cycle"]),
        ordinary=max(given.amount("sales") - given.amount("special"), Decimal(0)),
        special=given.amount("special"),
        with_tax=given.yes("with_tax"),
    )
    return vat_small(inputs, given.day())


def _vat_general(given: Given) -> Calculation:
    sales = {_OF_RATE[given["rate"]]: given.amount("sales")}
    inputs = GeneralPeriod(
        **sales,
        three=given.amount("simplified"),
        input_tax=given.amount("input_tax"),
        transferred_out=given.amount("transferred_out"),
        carried_in=given.amount("carried_in"),
        with_tax=given.yes("with_tax"),
    )
    return vat_general(inputs, given.day())


def _corporate(given: Given) -> Calculation:
    inputs = Corporate(
        taxable=given.amount("taxable"),
        people=given.amount("people"),
        assets=given.amount("assets"),
        restricted=given.yes("restricted"),
        high_tech=given.yes("high_tech"),
    )
    return corporate(inputs, given.day("year"))


def _surcharges(given: Given) -> Calculation:
    inputs = Levied(
        given.amount("tax"), Place(given["place"]), Payer(given["payer"]), Cycle(given["cycle"]),
        given.optional("sales"),
    )  # fmt: skip
    return surcharges(inputs, given.day())


def _stamp(given: Given) -> Calculation:
    payer = Payer(given["payer"]) if "payer" in given else Payer.OTHER
    inputs = Stamped(Document(given["document"]), given.amount("amount"), payer, given.yes("home"))
    return stamp(inputs, given.day())


def _late(given: Given) -> Calculation:
    return late(Late(given.amount("unpaid"), given.day("deadline"), given.day("paid")), given.day("paid"))


def _disabled_fund(given: Given) -> Calculation:
    inputs = DisabledFund(
        employees=given.amount("employees"),
        disabled=given.amount("disabled"),
        average_wage=given.amount("average_wage"),
        local_average_wage=given.amount("local_average_wage"),
        quota=given.amount("quota"),
        enterprise=given.yes("enterprise"),
    )
    return disabled_fund(inputs, given.day("year"))


def _more_than_thirty(given: Given) -> bool:
    return given.amount("employees") > 30 or not given.yes("enterprise")


DAY = Question("day", "所属期", "哪个所属期？", When(), default=date.isoformat)

VAT_SMALL = Calculator(
    "vat_small",
    "小规模纳税人增值税",
    "小规模|个体.*增值税|增值税.*个体",
    (
        Question("sales", "本期销售额", "本期（本月或本季度）全部销售额是多少元？", Amount(SALES, none=True)),
        Question("cycle", "申报周期", "增值税是按月、按季还是按次申报？", Choice(CYCLES)),
        Question(
            "special",
            "其中专用发票",
            "其中开具增值税专用发票的有多少元？（没有就说“没有”）",
            Amount("专用发票|专票", none=True),
            default="0",
            assumed="全部开具普通发票或未开票，没有开专用发票。",
        ),
        Question(
            "with_tax",
            "含税",
            "这个销售额含增值税吗？",
            yes_no("(?<!不)含税|(?<!不)含增值税", "不含税|不含增值税"),
            default=NO,
            assumed="销售额按不含税计算。",
        ),
        DAY,
    ),
    _vat_small,
)

VAT_GENERAL = Calculator(
    "vat_general",
    "一般纳税人增值税",
    "一般纳税人|一般人(?!员)|进项|销项",
    (
        Question("sales", "本期销售额", "本期一般计税的销售额是多少元？", Amount(f"{SALES}|销项销售额|销项")),
        Question(
            "rate",
            "税率",
            "适用哪个税率？（卖货13%，运输建筑不动产9%，现代服务生活服务6%）",
            Choice(VAT_RATES),
        ),
        Question(
            "input_tax",
            "本期进项税额",
            "本期可以抵扣的进项税额是多少元？（没有就说“没有”）",
            Amount("进项税额|进项税|进项|可抵扣", none=True, buttons=("没有",)),
        ),
        Question(
            "carried_in",
            "上期留抵税额",
            "",
            Amount("上期留抵|留抵税额|留抵"),
            default="0",
            assumed="没有上期留抵税额。",
        ),
        Question("transferred_out", "进项税额转出", "", Amount("进项税额?转出|转出"), default="0"),
        Question("simplified", "3%简易计税销售额", "", Amount("简易计税"), default="0"),
        Question(
            "with_tax",
            "含税",
            "",
            yes_no("(?<!不)含税", "不含税"),
            default=NO,
            assumed="销售额按不含税计算。",
        ),
        DAY,
    ),
    _vat_general,
)

CORPORATE = Calculator(
    "corporate",
    "企业所得税",
    "企业所得税|企税|公司.*所得税|(?:公司|企业|小型微利|小微|高新).*(?:利润|应纳税所得额)",
    (
        Question(
            "taxable",
            "年应纳税所得额",
            "全年应纳税所得额是多少元？（亏损说“没有”）",
            Amount("应纳税所得额|应税所得|所得额|净利润|利润|盈利|赚了?|所得税", none=True),
        ),
        Question(
            "people",
            "从业人数",
            "从业人数是多少？（全年季度平均，含劳务派遣）",
            Count("人|名员工|个员工", "人"),
        ),
        Question("assets", "资产总额", "资产总额是多少元？（全年季度平均）", Amount("资产总额|总资产|资产")),
        Question(
            "restricted",
            "限制或禁止行业",
            "",
            yes_no("(?<!非)(?<!不是)限制(?:或|和)?禁止|禁止行业"),
            default=NO,
            assumed="不从事国家限制或禁止的行业。",
        ),
        Question("high_tech", "高新技术企业", "", yes_no("(?<!不是)(?<!非)高新"), default=NO),
        Question("year", "年度", "", Year(), default=this_year),
    ),
    _corporate,
)

SURCHARGES = Calculator(
    "surcharges",
    "附加税费",
    "附加税|附加费|城建税|城市维护建设税|教育费附加|地方教育附加",
    (
        Question(
            "tax",
            "实际缴纳的增值税和消费税",
            "实际缴纳的增值税（和消费税）是多少元？",
            Amount("增值税|消费税|缴了?|交了?"),
        ),
        Question("place", "所在地", "所在地是市区、县城（镇）还是其他地区？", Choice(PLACES)),
        Question("payer", "纳税人类型", "您是哪一类纳税人？", Choice(PAYERS, PAYER_REPLIES)),
        Question("cycle", "申报周期", "", Choice(CYCLES), default="按月"),
        Question("sales", "本期销售额", "", Amount(SALES), when=unasked),
        DAY,
    ),
    _surcharges,
)

STAMP = Calculator(
    "stamp",
    "印花税",
    "印花税",
    (
        Question("document", "税目", "是哪一种合同或凭证？", Choice(DOCUMENTS)),
        Question(
            "amount",
            "计税金额",
            "合同或凭证所列的金额（不含单独列明的增值税）是多少元？",
            Amount("合同|金额|价款|金额为?|书据|账簿|资本|股票"),
        ),
        Question(
            "payer",
            "纳税人类型",
            "您是哪一类纳税人？",
            Choice(PAYERS, PAYER_REPLIES),
            when=lambda given: given.get("document") != Document.SECURITIES.value and not given.yes("home"),
        ),
        Question("home", "个人住房", "", yes_no("个人(?:买|卖|租|出租)?.{0,4}住房|个人.{0,4}房"), default=NO),
        DAY,
    ),
    _stamp,
)

LATE = Calculator(
    "late",
    "滞纳金",
    "滞纳金",
    (
        Question("unpaid", "欠缴税款", "欠缴的税款是多少元？", Amount("欠缴税款|欠缴|欠税|税款|欠了?|税")),
        Question("deadline", "缴纳期限", "税款应在哪天前缴纳？（如2026-05-20）", Day("期限|到期|截止|应缴|应该")),
        Question(
            "paid", "缴款日期", "", Day("缴款|缴了|补缴|缴清|实际|交清"), default=date.isoformat,
            assumed="按今天缴清计算。",
        ),
    ),
    _late,
)  # fmt: skip

DISABLED_FUND = Calculator(
    "disabled_fund",
    "残疾人就业保障金",
    "残保金|残疾人就业保障金|残疾人保障金|残疾人保证金",
    (
        Question(
            "employees", "上年在职职工人数", "上年在职职工平均人数是多少？",
            Count("人|名", "人", words="职工|员工|在职|公司|单位|企业", whole=False),
        ),
        Question("enterprise", "企业", "", yes_no("企业|公司", "机关|事业单位|社会团体"), default="是"),
        Question(
            "disabled", "安排的残疾人数", "上年安排了多少名残疾人就业？（没有就说“没有”）",
            Count("人|名|个", "人", words="残疾人|安排", none=True, whole=False, buttons=("没有",)),
            when=_more_than_thirty,
        ),
        Question(
            "average_wage", "单位年平均工资", "上年本单位在职职工的年平均工资是多少元？",
            Amount("单位年平均工资|单位年均工资|本单位平均工资|单位平均工资|年平均工资|年均工资", twelvefold="月平均工资|月均工资"), when=_more_than_thirty,
        ),
        Question(
            "local_average_wage", "当地社会年平均工资", "当地公布的社会年平均工资是多少元？",
            Amount("社会平均工资|社会年平均工资|当地平均工资|社平工资|社平"), when=_more_than_thirty,
        ),
        Question(
            "quota", "安排比例", "当地规定的安排比例是多少？（各省规定，一般1.5%）",
            Rate("比例", buttons=("1.5%", "1.6%", "1.7%")), when=_more_than_thirty,
        ),
        Question("year", "年度", "", Year(), default=this_year),
    ),
    _disabled_fund,
)  # fmt: skip

BUSINESSES = (LATE, DISABLED_FUND, STAMP, SURCHARGES, CORPORATE, VAT_SMALL, VAT_GENERAL)
