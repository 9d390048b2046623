"""What we may say: policies, entries, their versions in time and the documents that they cite.

Dates in force of a *policy* are written as documents write them: ``effective_to`` is the last day in
force. The span of a *version* is half open, ``[from, to)``, in days of the tax period (所属期).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

Verification = Literal["official_text_in_store", "official_text_partial", "secondary_in_store", "memory_only"]
Confidence = Literal["high", "medium", "low"]
TaxType = Literal[
    "增值税", "消费税", "企业所得税", "个人所得税", "印花税", "房产税", "城镇土地使用税", "土地增值税",
    "契税", "车辆购置税", "车船税", "环保税", "城建税", "资源税", "耕地占用税", "出口退税", "社保费非税", "发票",
    "征管程序", "纳税信用", "首违不罚", "跨境", "服务",
]  # fmt: skip
Who = Literal[
    "自然人", "个体工商户", "小规模纳税人", "一般纳税人", "小型微利企业", "企业", "个人独资合伙企业",
    "非居民", "扣缴义务人", "社会组织",
]  # fmt: skip


class Record(BaseModel):
    """A frozen record read from a content file; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Policy(Record):
    """A document, or a few documents of one rule, with 文号 and dates in force (last day included)."""

    id: Identifier
    title: Text
    documents: tuple[Text, ...] = ()
    issuer: Text
    tax: tuple[TaxType, ...] = Field(min_length=1)
    region: Text = "全国"
    applies_to: Text
    effective_from: date
    effective_to: date | None = None
    ended_on: date | None = None
    ended_by: Text | None = None
    replaces: tuple[Text, ...] = ()
    replaced_by: tuple[Text, ...] = ()
    key_figures: tuple[Text, ...] = ()
    facts: tuple[Text, ...] = Field(min_length=1)
    status: Text
    confidence: Confidence
    verification: Verification

    @property
    def last_day(self) -> date | None:
        """The last day really in force: the earlier of the stated and the actual end."""
        ends = [end for end in (self.effective_to, self.ended_on) if end]
        return min(ends) if ends else None

    def in_force_throughout(self, start: date, end: date | None) -> bool:
        """Whether every day of ``[start, end)`` lies in force; ``end=None`` is without end."""
        if start < self.effective_from:
            return False
        if self.last_day is None:
            return True
        return end is not None and end <= self.last_day + timedelta(days=1)

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.last_day and self.last_day < self.effective_from:
            raise ValueError(f"ends on {self.last_day}, before it begins on {self.effective_from}")
        if self.ended_on and self.effective_to and self.ended_on > self.effective_to:
            raise ValueError("ended_on is for an end earlier than the stated effective_to")
        return self


class Citation(Record):
    """Where a version's text comes from. ``background`` marks a document named only for its history."""

    policy: Identifier
    document: Text | None = None
    clause: Text | None = None
    background: bool = False


class Figure(Record):
    """A figure that the text must contain, as it is written there: ``10万元``, ``1%``, ``次年6月30日``."""

    name: Text
    value: Text


class Version(Record):
    """An entry's content for tax periods in ``[start, end)``; conclusion first, then the rest.

    A ``withheld`` version is not given as an answer: its facts are too uncertain, so a person takes over.
    """

    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")
    conclusion: Text
    conditions: tuple[Text, ...] = ()
    how: tuple[Text, ...] = ()
    materials: tuple[Text, ...] = ()
    where: Text | None = None
    how_long: Text | None = None
    note: Text | None = None
    figures: tuple[Figure, ...] = ()
    citations: tuple[Citation, ...] = Field(min_length=1)
    withheld: bool = False

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    @property
    def text(self) -> str:
        """All words of the version in reading order, one paragraph a line."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self.conclusion
        if self.conditions:
            yield "条件："
            yield from (f"· {line}" for line in self.conditions)
        if self.how:
            yield "怎么办："
            yield from (f"{number}. {line}" for number, line in enumerate(self.how, 1))
        if self.materials:
            yield "材料：" + "、".join(self.materials)
        if self.where:
            yield "在哪办：" + self.where
        if self.how_long:
            yield "时限：" + self.how_long
        if self.note:
            yield "提示：" + self.note

    @model_validator(mode="after")
    def _span_in_order(self) -> Self:
        if self.end and self.end <= self.start:
            raise ValueError(f"the span [{self.start}, {self.end}) is empty")
        return self


class Option(Record):
    """One way to settle what a question leaves open: the words on the button and the entry behind it."""

    label: Text
    entry: Identifier
    who: Who | None = None


class Ask(Record):
    """What must be known before an answer: the question to ask back and where each reply leads."""

    question: Text
    options: tuple[Option, ...] = Field(min_length=2, max_length=6)


class Gap(Record):
    """A declared hole between two versions, with its reason."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")
    reason: Text


class Tags(Record):
    tax: tuple[TaxType, ...] = Field(min_length=1)
    who: tuple[Who, ...] = ()
    region: Text = "全国"


class Relation(Record):
    """Whether this benefit may be enjoyed together with another entry's."""

    entry: Identifier
    kind: Literal["stacks", "excludes"]
    note: Text | None = None


class Entry(Record):
    """A thing that people ask. It has versions in time, or an ``ask`` that leads to the right entry."""

    id: Identifier
    question: Text
    similar_questions: tuple[Text, ...] = Field(min_length=8)
    kind: Literal["policy", "procedure", "concept", "choice"]
    tags: Tags
    ask: Ask | None = None
    versions: tuple[Version, ...] = ()
    gaps: tuple[Gap, ...] = ()
    related: tuple[Identifier, ...] = ()
    relations: tuple[Relation, ...] = ()
    english: Text | None = None

    @property
    def questions(self) -> tuple[str, ...]:
        """The standard question, then the similar ones."""
        return (self.question, *self.similar_questions)

    def version_at(self, day: date) -> Version | None:
        return next((version for version in self.versions if version.covers(day)), None)

    @property
    def first_day(self) -> date:
        """The first day of which this entry knows anything."""
        return self.versions[0].start

    @model_validator(mode="after")
    def _answers_or_asks(self) -> Self:
        if (self.kind == "choice") != (self.ask is not None):
            raise ValueError("an entry of kind choice has an ask, and no other kind has one")
        if (self.ask is None) == (not self.versions):
            raise ValueError("an entry has either versions or an ask")
        return self

    @model_validator(mode="after")
    def _versions_meet(self) -> Self:
        declared = {(gap.start, gap.end) for gap in self.gaps}
        for earlier, later in zip(self.versions, self.versions[1:], strict=False):
            if earlier.end is None or later.start < earlier.end:
                raise ValueError(f"the version from {later.start} overlaps the one from {earlier.start}")
            if later.start > earlier.end and (earlier.end, later.start) not in declared:
                raise ValueError(f"nothing covers [{earlier.end}, {later.start}) and no gap declares it")
        return self


class Term(Record):
    """A term of the knowledge, and what people say for it: short names, slips, everyday words."""

    term: Text
    say: tuple[Text, ...] = Field(min_length=1)


class Knowledge(Record):
    """Everything that a release is made of."""

    policies: tuple[Policy, ...]
    entries: tuple[Entry, ...]
    terms: tuple[Term, ...] = ()

    @cached_property
    def synonyms(self) -> dict[str, str]:
        """What people say, and the term that it is read as."""
        return {saying: term.term for term in self.terms for saying in term.say}

    @cached_property
    def policy_by_id(self) -> dict[str, Policy]:
        return {policy.id: policy for policy in self.policies}

    @cached_property
    def entry_by_id(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.entries}
