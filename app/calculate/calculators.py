"""The calculators that the command line offers, with the help of each option."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.calculate.forms import CLAIMS, Pay, Year, settled, withheld
from tax.bonus import Bonus, bonus
from tax.business import Business, business
from tax.calculation import Calculation
from tax.corporate import Corporate, corporate
from tax.deed import HomePurchase, deed
from tax.disabled_fund import DisabledFund, disabled_fund
from tax.house_sale import HomeSale, house_sale
from tax.late import Late, late
from tax.remuneration import Remuneration, remuneration
from tax.rent import HomeRent, rent
from tax.stamp import Stamped, stamp
from tax.surcharges import Levied, surcharges
from tax.vat_general import GeneralPeriod, vat_general
from tax.vat_small import SmallSales, vat_small
from tax.vehicle import CarPurchase, vehicle


@dataclass(frozen=True)
class Calculator:
    """A calculator as a command; ``texts`` has the help of each field, ``rates`` are the fields typed as 3%."""

    name: str
    about: str
    inputs: type
    calculate: Callable[[Any, date], Calculation]
    texts: Mapping[str, str]
    rates: tuple[str, ...] = ()


CALCULATORS = (
    Calculator(
        "salary",
        "工资薪金累计预扣：--on所在月份应预扣的个人所得税。各月不同的，同一选项按月重复填写。",
        Pay,
        withheld,
        {
            "gross": "月工资（元），可按月重复",
            "social": "每月个人缴的社保公积金（元），可按月重复",
            "special": "每月专项附加扣除（元），可按月重复",
            "other": "每月其他扣除，如年金、个人养老金（元），可按月重复",
            "since": "今年从几月起在本单位",
            "deduction": "减除费用的累计办法",
        },
    ),
    Calculator(
        "settlement",
        "综合所得年度汇算：--on所在年度应补或应退的个人所得税。",
        Year,
        settled,
        {
            "wages": "全年工资薪金（元）",
            "labour": "全年劳务报酬（元）",
            "author": "全年稿酬（元）",
            "royalties": "全年特许权使用费（元）",
            "social": "全年个人缴的社保公积金（元）",
            "special": "全年专项附加扣除合计（元）；与--claim只填一样",
            "claim": f"逐项的专项附加扣除，可重复：{CLAIMS}",
            "other": "其他扣除，如年金、个人养老金（元）",
            "prepaid": "已预缴税额（元）",
            "withheld_lawfully": "扣缴义务人是否都已依法预扣预缴",
        },
    ),
    Calculator(
        "bonus",
        "全年一次性奖金：单独计税与并入综合所得的比较。",
        Bonus,
        bonus,
        {
            "bonus": "全年一次性奖金（元）",
            "income": "奖金以外的全年综合所得收入额（元）",
            "deductions": "全年专项扣除、专项附加扣除和其他扣除合计，不含6万元（元）",
        },
    ),
    Calculator(
        "remuneration",
        "劳务报酬、稿酬、特许权使用费：一次支付应预扣的个人所得税。",
        Remuneration,
        remuneration,
        {"amount": "一次的收入，不含增值税（元）", "kind": "所得项目"},
    ),
    Calculator(
        "business",
        "经营所得：--on所在年度应缴的个人所得税。",
        Business,
        business,
        {
            "owner": "谁的经营所得",
            "profit": "年度利润，亏损填0（元）",
            "has_comprehensive_income": "是否另有综合所得",
            "deductions": "专项扣除、专项附加扣除和其他扣除合计；另有综合所得的填0（元）",
            "other_relief": "其他政策减免税额（元）",
        },
    ),
    Calculator(
        "corporate",
        "企业所得税：--on所在年度应缴的税额，含小型微利企业优惠。",
        Corporate,
        corporate,
        {
            "taxable": "应纳税所得额，亏损填0（元）",
            "people": "从业人数，全年季度平均值",
            "assets": "资产总额，全年季度平均值（元）",
            "restricted": "是否从事国家限制或禁止行业",
            "high_tech": "高新技术企业证书是否有效",
        },
    ),
    Calculator(
        "vat-small",
        "小规模纳税人增值税：--on所在月份、季度或当次应缴的税额。",
        SmallSales,
        vat_small,
        {
            "cycle": "计税期间（没有按年的）",
            "ordinary": "普通发票和未开票的销售额（元）",
            "special": "专用发票的销售额（元）",
            "special_full": "放弃减税、按3%开专用发票的销售额（元）",
            "rent": "出租不动产的销售额（元）",
            "property": "销售不动产的销售额（元）",
            "deducted": "差额计税从--ordinary中扣除的金额（元）",
            "with_tax": "所填销售额是否含税",
        },
    ),
    Calculator(
        "vat-general",
        "一般纳税人增值税：--on所属一期应缴的税额和期末留抵。",
        GeneralPeriod,
        vat_general,
        {
            "standard": "13%税率的销售额（元）",
            "reduced": "9%税率的销售额（元）",
            "low": "6%税率的销售额（元）",
            "zero": "零税率的销售额（元）",
            "three": "3%简易计税的销售额（元）",
            "five": "5%简易计税的销售额（元）",
            "input_tax": "本期可抵扣的进项税额（元）",
            "transferred_out": "进项税额转出（元）",
            "carried_in": "上期留抵税额（元）",
            "with_tax": "所填销售额是否含税",
        },
    ),
    Calculator(
        "surcharges",
        "附加税费：城市维护建设税、教育费附加、地方教育附加。",
        Levied,
        surcharges,
        {
            "tax": "实际缴纳的增值税、消费税（元）",
            "place": "所在地",
            "payer": "纳税人类型",
            "cycle": "申报期间（没有按年的）",
            "sales": "本期不含税销售额，用来判断两项附加是否免征（元）",
        },
    ),
    Calculator(
        "stamp",
        "印花税：--on书立的一份应税凭证，一方应缴的税额。",
        Stamped,
        stamp,
        {
            "document": "税目",
            "amount": "所列金额，不含分开列明的增值税（元）",
            "payer": "纳税人类型",
            "personal_home": "是否个人买卖、租赁住房",
        },
    ),
    Calculator(
        "deed",
        "契税：个人在--on购买住房应缴的税额。",
        HomePurchase,
        deed,
        {
            "price": "成交价格，不含增值税（元）",
            "area": "建筑面积（平方米）",
            "owned": "家庭在当地已有几套住房",
            "first_tier": "是否在北京、上海、广州、深圳",
            "local_rate": "当地契税税率，不享受优惠税率的要填",
        },
        rates=("local_rate",),
    ),
    Calculator(
        "vehicle",
        "车辆购置税：发票开具日期为--on的一辆车应缴的税额。",
        CarPurchase,
        vehicle,
        {
            "price": "购车价格（元）",
            "with_tax": "价格是否含增值税",
            "new_energy": "是否享受减免目录内的新能源汽车",
            "small_engine": "是否2.0升及以下乘用车",
        },
    ),
    Calculator(
        "house-sale",
        "个人在--on出售住房：增值税、附加税费、个人所得税。",
        HomeSale,
        house_sale,
        {
            "price": "成交价格，含增值税（元）",
            "bought": "购房时间，契税完税和产权证较早的一天",
            "place": "房屋所在地",
            "first_tier": "是否在北京、上海、广州、深圳",
            "only_home": "是否家庭唯一生活用房，且购买以来自用",
            "ordinary": "是否普通住房（只影响2024年11月以前的四城市）",
            "cost": "房屋原值：购房价款和缴纳的税费（元）",
            "expenses": "可扣除的合理费用，如装修、贷款利息（元）",
            "assessed_rate": "不能提供原值的，当地的核定征收率",
        },
        rates=("assessed_rate",),
    ),
    Calculator(
        "rent",
        "个人出租住房：每月的增值税、附加税费、房产税、个人所得税。",
        HomeRent,
        rent,
        {
            "received": "收取的租金合计，含增值税（元）",
            "months": "这些租金是几个月的",
            "place": "房屋所在地",
            "repairs": "每月有凭证的修缮费用（元）",
        },
    ),
    Calculator(
        "late",
        "滞纳金：逾期缴纳税款每日加收的金额。",
        Late,
        late,
        {
            "unpaid": "欠缴税款（元）",
            "deadline": "缴纳期限的最后一日",
            "paid": "实际缴纳日期",
        },
    ),
    Calculator(
        "disabled-fund",
        "残疾人就业保障金：--on所在年度用人单位应缴的金额。",
        DisabledFund,
        disabled_fund,
        {
            "employees": "上年在职职工人数",
            "disabled": "上年安排的残疾人数",
            "average_wage": "上年单位在职职工年平均工资（元）",
            "local_average_wage": "当地社会年平均工资（元）",
            "quota": "当地规定的安排比例",
            "enterprise": "是否企业（机关、事业单位等不享受小企业免征）",
        },
        rates=("quota",),
    ),
)
