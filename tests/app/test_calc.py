from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calculate.calculators import CALCULATORS
from tax.calculation import money
from tests.app.terminal import printed, refusal, shuiwen, told

HOME = "calc deed --area 100 --no-first-tier --price"
SALE = "calc house-sale --price 103万 --place 市区 --no-first-tier --no-only-home --assessed-rate 1% --bought"

# Each figure is worked by hand in the comment above it.
WORKED = [
    # 11个月：220,000－55,000－22,000＝143,000，×10%－2,520＝11,780；前10个月130,000×10%－2,520＝10,480。
    ("calc salary --gross 2万 --social 2000", "withheld_now", "1300"),
    # 200,000－60,000－20,000－24,000－18,000＝78,000，×10%－2,520＝5,280；已预缴3,000。
    (
        "calc settlement --wages 20万 --social 2万 --claim 子女教育=12 --claim 赡养老人=12/1500 --prepaid 3000",
        "payable",
        "2280",
    ),
    # 36,000÷12＝3,000，按3%：1,080；（200,000－60,000）×10%－2,520＝11,480。
    ("calc bonus --bonus 36000 --income 20万 --deductions 0", "separate_total", "12560"),
    # 30,000×80%＝24,000，×30%－2,000。
    ("calc remuneration --amount 3万 --kind 劳务报酬", "withheld", "5200"),
    # 200,000－60,000－20,000＝120,000，×20%－10,500＝13,500，减半。
    (
        "calc business --owner 个体工商户 --profit 20万 --no-has-comprehensive-income --deductions 2万",
        "tax",
        "6750",
    ),
    # 3,000,001，超过300万元：×25%。
    ("calc corporate --taxable 3000001 --people 80 --assets 3000万", "tax", "750000.25"),
    # 300,000，达到起征点：×1%。
    ("calc vat-small --cycle 按季 --ordinary 30万", "tax", "3000"),
    # 1,000,000×13%－50,000。
    ("calc vat-general --standard 100万 --input-tax 5万", "tax", "80000"),
    # 10,000×（7%＋3%＋2%）。
    ("calc surcharges --tax 1万 --place 市区 --payer other", "total", "1200"),
    # 1,000,000×0.03%，减半。
    ("calc stamp --document sale --amount 100万 --payer small-scale", "tax", "150"),
    # 第二套，140平方米及以下：2,000,000×1%。
    (f"{HOME} 200万 --owned 1", "tax", "20000"),
    # 113,000÷1.13＝100,000，×10%。
    ("calc vehicle --price 113000 --with-tax --no-new-energy", "tax", "10000"),
    # 不满2年：1,030,000÷1.03×3%＝30,000；附加30,000×12%÷2＝1,800；个人所得税1,000,000×1%＝10,000。
    (f"{SALE} 2025-06-01", "total", "41800"),
    # 6,000×4%÷2＝120；（6,000－120）×80%×10%＝470.40；每月590.40，2个月。
    ("calc rent --received 12000 --months 2 --place 市区", "total", "1180.80"),
    # 11月17日至21日5天：100,000×0.05%×5。
    ("calc late --unpaid 10万 --deadline 2026-11-16 --paid 2026-11-21", "surcharge", "250"),
    # （200×1.5%－1）×100,000＝200,000，安排不到1%：×90%。
    (
        "calc disabled-fund --employees 200 --disabled 1 --average-wage 10万 --local-average-wage 8万 --quota 1.5%",
        "due",
        "180000",
    ),
]
each_worked = pytest.mark.parametrize(("line", "name", "due"), WORKED, ids=[w[0].split()[1] for w in WORKED])


def figure(line: str, name: str) -> Decimal:
    """The figure ``name`` that the command ``line`` comes to."""
    return Decimal(told(*line.split())["figures"][name])


def test_every_calculator_is_worked_by_hand_here() -> None:
    assert {line.split()[1] for line, _, _ in WORKED} == {each.name for each in CALCULATORS}


@each_worked
def test_a_calculator_comes_to_the_figure_worked_by_hand(line: str, name: str, due: str) -> None:
    assert figure(line, name) == Decimal(due)


@each_worked
def test_the_sheet_and_the_json_agree_and_both_cite_the_rule(line: str, name: str, due: str) -> None:
    sheet, result = printed(*line.split()), told(*line.split())
    assert Decimal(result["figures"][name]) == Decimal(due)
    assert sheet.startswith(result["headline"] + "\n")
    assert all(money(Decimal(step["value"])) in sheet for step in result["steps"])
    assert money(Decimal(due)) in sheet
    assert result["basis"]
    for basis in result["basis"]:
        assert f"（{basis['document_no']}）" in sheet
        assert f"{basis['effective_from']}起" in sheet


def test_the_rule_is_that_of_the_day_asked_for() -> None:
    # 2025年起征标准含本数，2026年起达到即全额计税：300,000×1%。
    line = "calc vat-small --cycle 按季 --ordinary 30万"
    assert figure(f"{line} --on 2025-12-31", "tax") == 0
    assert figure(f"{line} --on 2026-01-01", "tax") == 3_000


def test_months_that_differ_are_given_one_by_one() -> None:
    # 1月（10,000－5,000）×3%＝150；两个月（40,000－10,000）×3%＝900，减150。
    assert figure("calc salary --gross 1万 --gross 3万 --on 2026-02-28", "withheld_now") == 750


def test_a_start_in_the_middle_of_the_year_counts_from_that_month() -> None:
    # 10月、11月：（20,000×2－5,000×2）×3%＝900，减10月450。
    assert figure("calc salary --gross 2万 --since 10", "withheld_now") == 450


def test_a_calculator_without_any_figure_shows_how_it_is_used() -> None:
    ran = shuiwen("calc", "vat-general")
    assert ran.exit_code != 0
    assert "--standard" in ran.output
    assert "应纳" not in ran.stdout


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("calc salary --gross -5000", "不能是负数"),
        ("calc salary --gross 1e30", "--gross：“1e30”不是一个数"),
        ("calc salary --gross NaN", "“NaN”不是一个数"),
        ("calc salary --gross Infinity", "不是一个数"),
        ("calc salary --gross 一个亿吧", "不是一个数"),
        ("calc salary --gross [0,1]", "“[0,1]”不是一个数"),
        ("calc salary --gross 9999999999999", "太大"),
        ("calc salary --gross 2万 --social 3万", "社保公积金"),
        ("calc salary --gross 1万 --gross 2万", "按月给11个"),
        ("calc salary --gross 1万 --since 12", "1到11"),
        ("calc salary --gross 1万 --since 1.5", "--since：“1.5”不是一个整数"),
        ("calc salary --gross 1万 --deduction all", "请从这些里选"),
        ("calc salary --gross 1万 --on 2026-02-30", "“2026-02-30”不是一个日期"),
        ("calc salary --gross 1万 --on 2018-06-30", "不在资料内"),
        ("calc salary --gross 1万 --on 9999-12-31", "1900年至2099年"),
        ("calc settlement --wages 20万 --claim 子女教育=13", "1到12"),
        ("calc settlement --wages 20万 --claim 子女教育=12/3", "没有看懂"),
        ("calc settlement --wages 20万 --claim 养猫=12", "没有“养猫”这个选项"),
        ("calc settlement --wages 20万 --special 2万 --claim 职业资格", "不要两样都填"),
        ("calc remuneration --amount 0 --kind 稿酬", "应大于0"),
        ("calc remuneration --amount 1万 --kind 中奖", "请从这些里选：labour 劳务报酬"),
        ("calc vat-small --cycle year --ordinary 1万", "没有按年的"),
        ("calc vat-small --cycle 按季 --ordinary 1万 --on 2020-02-15", "中途变化"),
        ("calc vat-small --cycle 按次 --ordinary 400 --on 2025-06-01", "各地"),
        ("calc vat-small --cycle 按季 --ordinary 1万 --on 1900-01-01", "所属期"),
        (f"{HOME} 0 --owned 0", "应大于0"),
        (f"{HOME} 200万 --owned 2", "当地税率"),
        (f"{HOME} 200万 --owned 2 --local-rate 7%", "3%至5%"),
        (f"{HOME} 200万 --owned 2 --local-rate 300%", "--local-rate：“300%”不是一个比例"),
        (f"{SALE} 2026-13-01", "--bought：“2026-13-01”不是一个日期"),
        (f"{SALE} 2026-11-22", "晚于"),
        (f"{SALE.replace(' --assessed-rate 1%', '')} 2025-06-01", "请提供房屋原值"),
        ("calc late --unpaid 0 --deadline 2026-11-16 --paid 2026-11-21", "应大于0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_without_a_figure(line: str, says: str) -> None:
    assert says in refusal(*line.split())
    assert says in refusal(*line.split(), "--json")


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=50).filter(lambda text: "\0" not in text))
def test_any_text_for_a_figure_is_calculated_or_refused(text: str) -> None:
    ran = shuiwen("calc", "late", f"--unpaid={text}", "--deadline=2026-11-16", "--paid=2026-11-21")
    assert (ran.exit_code, bool(ran.stdout)) in {(0, True), (1, False)}
