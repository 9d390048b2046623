"""(question, context, today) → an answer with the version in force, a question back, or no answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from knowledge.entries import Entry, Option, Version, Who
from knowledge.release import Release
from retrieval.normalise import fold
from retrieval.search import OFFERED, Match
from tax.period import AsOf, Period, as_of, without_periods

NoAnswerReason = Literal["not_found", "before_first_version", "unverified"]
Standing = Literal["in_force", "past", "not_yet", "expired"]

MOST_VERSIONS = 4
LONGEST_FOLLOW_UP = 20
ENTERPRISES: frozenset[Who] = frozenset({"小规模纳税人", "一般纳税人", "小型微利企业"})


@dataclass(frozen=True)
class Context:
    """What a conversation knows already: who asks, the entry and question before, the words of its period."""

    who: Who | None = None
    last_entry: str | None = None
    last_question: str | None = None
    when: str | None = None


@dataclass(frozen=True)
class Shown:
    """A version as it answers a question: the days asked about that it covers, and how it stands to them."""

    version: Version
    standing: Standing


@dataclass(frozen=True)
class Answer:
    entry: Entry
    shown: tuple[Shown, ...]
    as_of: date
    asked: Period | None
    confidence: float
    match: Match | None
    who: Who | None = None
    when: str | None = None


@dataclass(frozen=True)
class Clarification:
    """The question to ask back and the entries behind each reply.

    ``unsure`` where it was asked for want of confidence, not because the question itself leaves it open.
    """

    question: str
    options: tuple[Option, ...]
    confidence: float
    match: Match | None
    unsure: bool = False


@dataclass(frozen=True)
class NoAnswer:
    reason: NoAnswerReason
    confidence: float
    match: Match | None
    entry: Entry | None = None


Outcome = Answer | Clarification | NoAnswer

_WHO: tuple[tuple[re.Pattern[str], Who], ...] = (
    (re.compile("小规模"), "小规模纳税人"),
    (re.compile("一般纳税人|一般人(?!员)"), "一般纳税人"),
    (re.compile("个体工商户|个体户"), "个体工商户"),
    (re.compile("小型微利|小微企业"), "小型微利企业"),
    (re.compile("个人独资|合伙企业|个独"), "个人独资合伙企业"),
    (re.compile("非居民|外籍|外国人"), "非居民"),
    (re.compile("自然人"), "自然人"),
)
# As a whole reply only: within a question these words say too little.
_WHO_ALONE: tuple[tuple[re.Pattern[str], Who], ...] = (
    (re.compile("公司|企业|单位"), "企业"),
    (re.compile("个人|本人|自己"), "自然人"),
)
_FILLERS = re.compile(
    r"[那呢吗啊呀的了又咋么怎样是如果换成要]|对于|对|如果|的话|情况|政策|规定|标准|什么|多少|以前|之前|现在|请问|公司|企业|\W"
)


def answer(release: Release, text: str, context: Context, today: date) -> Outcome:
    """Decide on calibrated confidence; ``text`` is as typed."""
    plain = fold(text)
    asked = as_of(plain, today)
    follow_up = _changes_one_fact(plain, asked, today) and _follow_up(release, plain, asked, context, today)
    if follow_up:
        return follow_up
    who = who_in(plain) or context.who
    # Entries hold for all periods, so the period says nothing about which entry is meant.
    timeless = without_periods(plain, today) if asked.mentions else ""
    match = release.searcher.search(release.normaliser(timeless or text))
    calibration = release.searcher.calibration
    if match.top and match.confidence >= calibration.bound.threshold:
        return _of_entry(release, release.knowledge.entry_by_id[match.top.label], asked, who, today, match)
    if match.top and match.among >= calibration.offer_threshold:
        return _offer(release, match)
    return NoAnswer("not_found", match.confidence, match)


def choose(release: Release, entry_id: str, question: str, context: Context, today: date) -> Outcome | None:
    """The answer behind a button, as of the period in the question that led to it; None if unknown."""
    entry = release.entry(entry_id)
    if entry is None:
        return None
    asked = as_of(fold(question), today)
    return _of_entry(release, entry, asked, context.who, today, None)


def who_in(plain: str) -> Who | None:
    """The one kind of taxpayer that folded text names; None where it names none or several."""
    named = {who for pattern, who in _WHO if pattern.search(plain)}
    return named.pop() if len(named) == 1 else None


def _who_meant(plain: str) -> Who | None:
    """Who a short reply is about, in everyday words too: 公司呢, 个人呢."""
    return who_in(plain) or next((who for pattern, who in _WHO_ALONE if pattern.search(plain)), None)


def _changes_one_fact(plain: str, asked: AsOf, today: date) -> bool:
    """Whether the text is no more than a period or a kind of taxpayer: "那2023年呢", "一般纳税人呢"."""
    if not (asked.mentions or asked.earlier or _who_meant(plain)):
        return False
    rest = without_periods(plain, today) if asked.mentions else plain
    for pattern, _ in (*_WHO, *_WHO_ALONE):
        rest = pattern.sub("", rest)
    rest = _FILLERS.sub("", rest.replace("纳税人", ""))
    return len(rest) <= 1 and len(plain) <= LONGEST_FOLLOW_UP


def _follow_up(release: Release, plain: str, asked: AsOf, context: Context, today: date) -> Outcome | None:
    """The question before, with one fact changed; None where there was none."""
    last = release.entry(context.last_entry or "")
    who = _who_meant(plain)
    if context.when and not asked.mentions and not asked.earlier:
        asked = as_of(context.when, today)
    if last is None:
        return _asked_again(release, plain, context, today) if context.last_question else None
    if who is None or _is_for(last, who):
        return _of_entry(release, last, asked, who or context.who, today, None)
    for_them = _same_for(release, last, who) or _searched_for(
        release, context.last_question or last.question, who
    )
    if len(for_them) == 1:
        return _of_entry(release, for_them[0], asked, who, today, None)
    return _clarify(for_them[:OFFERED], 0.0, None) if for_them else None


def _is_for(entry: Entry, who: Who) -> bool:
    """Whether ``entry`` is for ``who``; what is for some enterprises may be for this one."""
    return who in entry.tags.who or (who == "企业" and bool(ENTERPRISES & set(entry.tags.who)))


def _asked_again(release: Release, plain: str, context: Context, today: date) -> Outcome:
    """A period or a taxpayer added to a question that is not answered yet."""
    again = answer(release, f"{plain.strip('那呢?？')}{context.last_question}", Context(), today)
    return replace(again, unsure=False) if isinstance(again, Clarification) else again


def _same_for(release: Release, last: Entry, who: Who) -> list[Entry]:
    """Entries related to ``last`` on the same tax that are for another kind of taxpayer."""
    related = filter(None, map(release.entry, last.related))
    return [e for e in related if who in e.tags.who and set(e.tags.tax) & set(last.tags.tax)][:1]


def _searched_for(release: Release, question: str, who: Who) -> list[Entry]:
    """What the same question finds for another kind of taxpayer."""
    for pattern, _ in _WHO:
        question = pattern.sub("", question)
    match = release.searcher.search(release.normaliser(who + question.replace("纳税人", "")))
    found = [release.knowledge.entry_by_id[candidate.label] for candidate in match.candidates]
    return [entry for entry in found if who in entry.tags.who]


def _of_entry(
    release: Release, entry: Entry, asked: AsOf, who: Who | None, today: date, match: Match | None
) -> Outcome:
    confidence = match.confidence if match else 1.0
    if entry.ask:
        settled = next((option for option in entry.ask.options if who and option.who == who), None)
        if settled is None:
            return Clarification(entry.ask.question, entry.ask.options, confidence, match)
        return _of_entry(release, release.knowledge.entry_by_id[settled.entry], asked, who, today, match)
    shown, day = versions_for(entry, asked, today)
    if not shown:
        return NoAnswer("before_first_version", confidence, match, entry)
    if any(_doubtful(release, version.version) for version in shown):
        return NoAnswer("unverified", confidence, match, entry)
    period = asked.periods[0] if asked.periods else None
    when = asked.mentions[0].words if asked.mentions else None
    return Answer(entry, shown, day, period, confidence, match, who, when)


def versions_for(entry: Entry, asked: AsOf, today: date) -> tuple[tuple[Shown, ...], date]:
    """What to show for the periods asked about, today where there are none, and the as-of day."""
    if asked.earlier and (past := _ended(entry, today)):
        return (Shown(past[-1][0], "past"),), past[-1][1]
    periods = asked.periods or (Period(today, today + timedelta(days=1)),)
    covering = [v for v in entry.versions if any(p.overlaps(v.start, v.end) for p in periods)]
    first = periods[0]
    if covering:
        shown = tuple(Shown(version, _standing(version, today)) for version in covering[-MOST_VERSIONS:])
        return shown, today if today in first else first.last_day if first.end <= today else first.start
    if first.start < entry.first_day:
        return ((), first.last_day) if asked.mentions else ((Shown(entry.versions[0], "not_yet"),), today)
    earlier = [version for version in entry.versions if version.start <= first.start]
    return (Shown(earlier[-1], "expired"),), first.start


def _ended(entry: Entry, today: date) -> list[tuple[Version, date]]:
    """Versions that have ended, each with its last day."""
    ends = [(version, version.end) for version in entry.versions if version.end]
    return [(version, end - timedelta(days=1)) for version, end in ends if end <= today]


def _standing(version: Version, today: date) -> Standing:
    if version.covers(today):
        return "in_force"
    return "not_yet" if version.start > today else "past"


def _doubtful(release: Release, version: Version) -> bool:
    """Whether the version is withheld or a fact of low confidence stands behind it: then a person answers."""
    low = [
        release.policy(citation.policy).confidence == "low"
        for citation in version.citations
        if not citation.background
    ]
    return version.withheld or any(low)


def _offer(release: Release, match: Match) -> Clarification:
    entries = [release.knowledge.entry_by_id[candidate.label] for candidate in match.candidates[:OFFERED]]
    return replace(_clarify(entries, match.confidence, match), unsure=True)


def _clarify(entries: list[Entry], confidence: float, match: Match | None) -> Clarification:
    options = tuple(Option(label=entry.question, entry=entry.id) for entry in entries)
    return Clarification(_WHICH if len(options) > 1 else _THIS, options, confidence, match)


_WHICH = "我想确认一下，您想问的是下面哪一个？如果都不是，请换个说法再问，或回复“人工”。"
_THIS = "我想确认一下，您想问的是这个吗？如果不是，请换个说法再问，或回复“人工”。"
