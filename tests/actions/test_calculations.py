"""Each calculator through the conversation, with a figure worked by hand."""

from __future__ import annotations

import pytest

from actions.calculators import CALCULATORS
from tests.actions.talking import Talk

# What is said, message by message; the key figure of the result; how it is worked by hand.
TALKS = {
    "salary": (
        ["帮我算一下工资个税", "2万", "3000", "没有", "3月"],
        # (20,000−5,000−3,000)×3＝36,000，3%＝1,080；减上两个月720。
        ("withheld_now", "360.00"),
    ),
    "settlement": (
        ["去年全年36万，社保4万8，房贷，2个孩子，已缴2万，汇算要补多少税"],
        # 360,000−60,000−48,000−（24,000×2＋12,000）＝192,000，×20%−16,920＝21,480；减20,000。
        ("payable", "1480.00"),
    ),
    "bonus": (
        ["月薪2万 年终奖4万怎么算划算", "每月社保3000", "没有"],
        # 单独：40,000×10%−210＝3,790；其他：144,000×10%−2,520＝11,880，合计15,670。并入：184,000×20%−16,920＝19,880。
        ("saving", "4210.00"),
    ),
    "remuneration": (
        ["劳务报酬8000要交多少税"],
        # 8,000×80%×20%。
        ("withheld", "1280.00"),
    ),
    "business": (
        ["个体户一年赚30万交多少个税", "没有", "没有"],
        # （300,000−60,000）×20%−10,500＝37,500，减半。
        ("tax", "18750.00"),
    ),
    "vat_small": (
        ["小规模月销售额12万要交多少增值税"],
        # 达到10万，全额按1%。
        ("tax", "1200.00"),
    ),
    "vat_general": (
        ["一般纳税人卖货100万，进项税8万，应交多少增值税"],
        # 1,000,000×13%−80,000。
        ("tax", "50000.00"),
    ),
    "corporate": (
        ["帮我算企业所得税", "利润280万", "50人", "资产2000万"],
        # 280万×25%×20%。
        ("tax", "140000.00"),
    ),
    "surcharges": (
        ["增值税5万，市区，小规模，附加税多少"],
        # 50,000×（7%＋3%＋2%）×50%。
        ("total", "3000.00"),
    ),
    "stamp": (
        ["签了100万的购销合同要交多少印花税", "小规模"],
        # 1,000,000×0.03%×50%。
        ("tax", "150.00"),
    ),
    "deed": (
        ["帮我算契税", "200万", "89平", "首套"],
        # 不超过140平方米的唯一住房，1%。
        ("tax", "20000.00"),
    ),
    "vehicle": (
        ["买电动车30万购置税多少"],
        # 300,000÷1.13＝265,486.73，10%＝26,548.67，减半免13,274.34。
        ("tax", "13274.33"),
    ),
    "house_sale": (
        ["卖房300万要交多少税", "2023-05-01", "不是", "有", "200万"],
        # 满两年免增值税；（300万−200万）×20%。
        ("total", "200000.00"),
    ),
    "rent": (
        ["房租每月5000要交多少税"],
        # 房产税5,000×4%×50%＝100；个税（5,000−100）×80%×10%＝392。
        ("month", "492.00"),
    ),
    "late": (
        ["算一下滞纳金", "欠税10万", "2026-05-20"],
        # 5月21日至11月21日185天，100,000×0.05%×185。
        ("surcharge", "9250.00"),
    ),
    "disabled_fund": (
        ["帮我算残保金", "100人", "1个", "8万", "10万", "1.5%"],
        # 100×1.5%−1＝0.5，×80,000＝40,000；安排比例1%，按50%。
        ("due", "20000.00"),
    ),
}


@pytest.mark.parametrize("name", TALKS)
async def test_what_is_missing_is_asked_and_the_figure_is_the_one_worked_by_hand(
    talk: Talk, name: str
) -> None:
    messages, (key, value) = TALKS[name]
    *earlier, final = messages
    for message in earlier:
        assert (await talk.last(message))["outcome"] == "collecting"
    said = await talk.last(final)
    assert (said["outcome"], said["calculation"]) == ("calculated", name)
    assert float(said["figures"][key]) == float(value)


def test_every_calculator_is_talked_through() -> None:
    assert set(TALKS) == set(CALCULATORS)


async def test_a_result_shows_its_headline_its_steps_its_rule_and_what_it_assumes(talk: Talk) -> None:
    said = await talk.last("小规模月销售额12万要交多少增值税")
    assert said["text"].startswith(said["headline"])
    assert said["steps"][-1] == {
        "label": "应纳增值税", "formula": "1,200元", "value": "1200.00", "unit": "元",
    }  # fmt: skip
    assert all(step["formula"] in said["text"] for step in said["steps"])
    assert "销售额按不含税计算。" in said["assumptions"]
    assert all(citation["document_no"] in said["text"] for citation in said["citations"])
    assert said["citations"][0]["effective_from"] == "2026-01-01"
    assert said["as_of"] == "2026-11-21"


async def test_a_past_period_is_worked_out_by_its_own_rule(talk: Talk) -> None:
    # 2023年：月销售额10万元以下（含本数）免征，公告2023年第19号。
    said = await talk.last("2023年3月份小规模月销售额10万要交多少增值税")
    assert (said["figures"]["tax"], said["as_of"]) == ("0", "2023-03-31")


async def test_a_day_before_every_rule_is_declined_in_a_sentence(talk: Talk) -> None:
    said = await talk.last("1995年小规模月销售额12万要交多少增值税")
    assert (said["outcome"], said["reason"]) == ("declined", "not_in_force")
    assert "figures" not in said


async def test_the_remembered_taxpayer_decides_between_the_two_ways_of_vat(talk: Talk) -> None:
    talk.slots["who"] = "小规模纳税人"
    said = await talk.last("月销售额12万要交多少增值税", "calculate")
    assert said["calculation"] == "vat_small"


async def test_a_step_that_is_no_sum_of_money_says_its_unit(talk: Talk) -> None:
    said = await talk.last("欠税1万元，11月16日到期，11月21日缴，滞纳金多少")
    while said["outcome"] == "collecting":
        said = await talk.last(
            {"unpaid": "10000", "deadline": "2026-11-16", "paid": "2026-11-21"}[said["slot"]]
        )
    days = said["steps"][0]
    assert (days["label"], days["value"], days["unit"]) == ("滞纳天数", "5", "天")
