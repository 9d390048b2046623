"""A small knowledge that passes every check: one policy, two entries, a question of each golden kind."""

from __future__ import annotations

from datetime import date

from knowledge.entries import Citation, Entry, Figure, Gap, Policy, Relation, Tags, Version
from knowledge.files import ContentFile, EntryFile, PolicyFile
from knowledge.golden import AsOfQuestion, Golden, GoldenEntry, Negative, Phrasing

POLICY = Policy(
    id="stamp-law",
    title="印花税法",
    documents=("印花税法",),
    issuer="全国人大常委会",
    tax=("印花税",),
    applies_to="订立合同的单位和个人",
    effective_from=date(2022, 7, 1),
    key_figures=("0.3‰",),
    facts=("=买卖合同 0.3‰", "按次申报的，15日内申报"),
    status="现行有效",
    confidence="high",
    verification="memory_only",
)
CITATION = Citation(policy="stamp-law", document="印花税法", clause="第一条")
ALIKE = ("合同贴花多少", "stamp duty rate", "印花稅幾多", "签了合同要交啥税", "买卖合同税率", "万分之三是什么", "+印花", "贴花怎么算", "合同上的税几个点", "销售协议要缴吗")  # fmt: skip
OTHERS = ("何时申报", "期限多久", "报税截止", "按次的几天内", "deadline", "逾期前要做啥", "多少日之内", "哪天前报", "最晚啥时候", "拖到下月行吗")  # fmt: skip
RATE = Entry(
    id="stamp-rate",
    question="买卖合同的印花税税率是多少？",
    similar_questions=ALIKE,
    kind="policy",
    tags=Tags(tax=("印花税",), who=("企业", "个体工商户")),
    versions=(
        Version(
            start=date(2022, 7, 1),
            end=date(2024, 1, 1),
            conclusion="税率0.3‰。",
            conditions=("一", "-二"),
            how=("先填表",),
            figures=(Figure(name="税率", value="0.3‰"),),
            citations=(CITATION,),
        ),
        Version(start=date(2024, 6, 1), conclusion="税率仍是0.3‰。", citations=(CITATION,), withheld=True),
    ),
    gaps=(Gap(start=date(2024, 1, 1), end=date(2024, 6, 1), reason="没有依据"),),
    related=("stamp-when",),
    relations=(Relation(entry="stamp-when", kind="stacks", note="@可以"),),
)
WHEN = Entry(
    id="stamp-when",
    question="印花税什么时候申报？",
    similar_questions=OTHERS,
    kind="procedure",
    tags=Tags(tax=("印花税",)),
    versions=(Version(start=date(2022, 7, 1), conclusion="15日内。", citations=(CITATION,)),),
)
GOLDEN = Golden(
    questions=(GoldenEntry(entry="stamp-rate", ask=(Phrasing(text="购销的费率", kind="short"),)),),
    as_of=(
        AsOfQuestion(text="2023年合同的税率", entry="stamp-rate", versions=(date(2022, 7, 1),)),
        AsOfQuestion(text="2001年合同的税率", entry="stamp-rate", expect="before"),
    ),
    negatives=(Negative(text="香港印花税怎么交", kind="foreign"),),
)
FILES = (
    ContentFile("policies", "stamp", PolicyFile(subject="印花税", policies=(POLICY,))),
    ContentFile("entries", "stamp", EntryFile(subject="印花税", entries=(RATE, WHEN))),
    ContentFile("golden", "stamp", GOLDEN),
)
