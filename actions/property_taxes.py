"""The calculators of homes and cars: 契税, 个人卖房, 房租, 车辆购置税. Pure."""

from __future__ import annotations

from datetime import date

from actions.business_taxes import DAY, PLACES
from actions.calculator import Calculator
from actions.kinds import Amount, Choice, Count, Day, Rate, yes_no
from actions.question import NO, YES, Given, Question
from tax.calculation import Calculation
from tax.deed import HomePurchase, deed
from tax.house_sale import HomeSale, held, house_sale
from tax.rent import HomeRent, rent
from tax.surcharges import Place
from tax.vehicle import CarPurchase, vehicle

FIRST_TIER_UNTIL = date(2024, 12, 1)  # 公告2024年第16号: from then on the four cities follow the same rules
OWNED = {
    "没有住房（首套）": "首套|唯一住房|第一套|没有(?:住)?房|家里没房|无房",
    "已有一套（二套）": "二套|第二套|两套|已有一套|改善",
    "已有两套或以上": "三套|第三套|四套|已有两套|多套",
}
_COUNT = dict(zip(OWNED, (0, 1, 2), strict=True))
CITIES = yes_no("北京|上海|广州|深圳|一线城市", "其他城市|不是一线|二线|三线|县城")
PRICE = "成交价格|成交价|总价|房价|房款|价格|价款|卖价|卖了?|售价|买房|购房|房子|住房|买"


def _deed(given: Given) -> Calculation:
    inputs = HomePurchase(
        price=given.amount("price"),
        area=given.amount("area"),
        owned=_COUNT[given["owned"]],
        first_tier=given.yes("first_tier"),
        local_rate=given.optional("local_rate"),
    )
    return deed(inputs, given.day())


def _needs_local_rate(given: Given) -> bool:
    owned = _COUNT.get(given.get("owned") or "")
    return owned == 2 or (owned == 1 and given.yes("first_tier") and given.day() < FIRST_TIER_UNTIL)


def _house_sale(given: Given) -> Calculation:
    inputs = HomeSale(
        price=given.amount("price"),
        bought=given.day("bought"),
        place=Place(given["place"]),
        first_tier=given.yes("first_tier"),
        only_home=given.yes("only_home"),
        ordinary=given.yes("ordinary"),
        cost=given.optional("cost"),
        expenses=given.amount("expenses"),
        assessed_rate=given.optional("assessed_rate") if "cost" not in given else None,
    )
    return house_sale(inputs, given.day())


def _taxed_on_gain(given: Given) -> bool:
    return not (given.yes("only_home") and "bought" in given and held(given.day("bought"), given.day(), 5))


def _rent(given: Given) -> Calculation:
    months = int(given.amount("months"))
    received = given.amount("monthly") * months if "monthly" in given else given.amount("received")
    return rent(HomeRent(received, months, Place(given["place"]), given.amount("repairs")), given.day())


def _vehicle(given: Given) -> Calculation:
    inputs = CarPurchase(
        given.amount("price"), given.yes("with_tax"), given.yes("new_energy"), given.yes("small_engine")
    )
    return vehicle(inputs, given.day())


DEED = Calculator(
    "deed",
    "购房契税",
    "契税|买房.*税|购房.*税|买.{0,6}房.*税",
    (
        Question("price", "成交价格", "住房成交价格（不含增值税）是多少元？", Amount(PRICE)),
        Question(
            "area",
            "建筑面积",
            "建筑面积是多少平方米？",
            Count("平|㎡|m2", "平方米", least=1, most=100_000, whole=False),
        ),
        Question("owned", "家庭住房", "买之前，家庭（夫妻和未成年子女）在当地已有几套住房？", Choice(OWNED)),
        Question("first_tier", "北上广深", "", CITIES, default=NO),
        Question(
            "local_rate",
            "当地契税税率",
            "这套住房不享受优惠税率。当地契税税率是多少？（各省规定，3%至5%）",
            Rate("税率", buttons=("3%", "4%", "5%")),
            when=_needs_local_rate,
        ),
        DAY,
    ),
    _deed,
)

HOUSE_SALE = Calculator(
    "house_sale",
    "个人卖房",
    "(?<!未)(?:卖|出售|转让|售).{0,8}(?:房|住宅)|(?:房|住宅).{0,4}(?:卖|出售|转让)|二手房",
    (
        Question(
            "price",
            "成交价格",
            "房子卖多少元？（含税的成交价）",
            Amount("成交价格|成交价|卖价|卖了?|售价|出售|总价|房价"),
        ),
        Question(
            "bought",
            "购房时间",
            "房子是哪天买的？（契税完税或产权证日期，取较早的，如2020-05-01）",
            Day("买|购|入手|房产证|产权证"),
        ),
        Question(
            "only_home",
            "家庭唯一住房",
            "是家庭唯一生活用房吗？",
            yes_no("(?<!不是)(?<!非)唯一|唯一住房", "不是唯一|非唯一|还有一套|有两套|不唯一"),
        ),
        Question(
            "proof",
            "购房价款凭证",
            "有购房合同、发票等能证明购房价款的凭证吗？",
            yes_no("(?<!没)有凭证", "没有凭证|没凭证|合同丢了|发票丢了"),
            when=lambda given: _taxed_on_gain(given) and "cost" not in given and "assessed_rate" not in given,
        ),
        Question(
            "cost",
            "购房原价",
            "当时买房花了多少元？（购房价款）",
            Amount("原价|原值|买价|买入价|购房价款|购入价|买时|当时|买的|买入|花了"),
            when=lambda given: _taxed_on_gain(given) and given.yes("proof"),
        ),
        Question(
            "assessed_rate",
            "核定征收率",
            "当地的核定征收率是多少？（各地规定，1%至3%）",
            Rate("核定征收率|核定|征收率", buttons=("1%", "1.5%", "2%", "3%")),
            when=lambda given: _taxed_on_gain(given) and "cost" not in given and not given.yes("proof"),
        ),
        Question(
            "place",
            "所在地",
            "房子在市区、县城（镇）还是其他地区？",
            Choice(PLACES),
            default=Place.CITY.value,
            assumed="房子在市区。",
        ),
        Question("first_tier", "北上广深", "", CITIES, default=NO),
        Question("ordinary", "普通住房", "", yes_no("(?<!非)普通住[宅房]", "非普通|豪宅|别墅"), default=YES),
        Question(
            "expenses", "合理费用", "", Amount("装修|贷款利息|中介费|合理费用|契税", adds=True), default="0"
        ),
        Question("day", "出售时间", "", Day("卖|出售|网签|过户"), default=date.isoformat),
    ),
    _house_sale,
)

RENT = Calculator(
    "rent",
    "个人出租住房",
    "出租|租金|房租.*(?:税|收入)|收租|租给",
    (
        Question(
            "received",
            "收到的租金",
            "一次收了多少元租金？（含税）",
            Amount("一次收|预收|收了", twelvefold=""),
            when=lambda given: "monthly" not in given,
        ),
        Question("months", "对应月数", "", Count("个月", "个月", least=1, most=240), default="1"),
        Question(
            "monthly",
            "每月租金",
            "每月租金是多少元？（含税）",
            Amount("月租金|月租|每月租金|租金|房租|每月|收租|出租", twelfth="年租金|全年租金|年租|全年"),
        ),
        Question(
            "place",
            "所在地",
            "房子在市区、县城（镇）还是其他地区？",
            Choice(PLACES),
            default=Place.CITY.value,
            assumed="房子在市区。",
        ),
        Question("repairs", "每月修缮费用", "", Amount("修缮|维修"), default="0"),
        DAY,
    ),
    _rent,
)

VEHICLE = Calculator(
    "vehicle",
    "车辆购置税",
    "车辆购置税|车购税|购置税|买.{0,6}车|购车|提车",
    (
        Question("price", "购车价格", "购车发票上的价格是多少元？", Amount("裸车价?|发票价|车价|价格|售价|购车|买车|买|车")),
        Question(
            "new_energy",
            "新能源汽车",
            "是新能源汽车（列入减免税目录）吗？",
            yes_no("(?<!非)(?<!不是)新能源|电动车|电车|纯电|插混|增程", "燃油|汽油|油车|柴油|不是新能源|非新能源"),
        ),
        Question(
            "with_tax",
            "含增值税",
            "",
            yes_no("(?<!不)含税|价税合计|含增值税", "不含税|不含增值税"),
            default=YES,
            assumed="购车价格按含增值税计算。",
        ),
        Question("small_engine", "2.0升及以下乘用车", "", yes_no("[12]\\.\\d升|[12]\\.\\d[lt]|小排量"), default=NO,
                 when=lambda given: not given.yes("new_energy")),
        DAY,
    ),
    _vehicle,
)  # fmt: skip

PROPERTY = (VEHICLE, HOUSE_SALE, RENT, DEED)
