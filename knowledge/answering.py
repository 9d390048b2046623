"""(question, context, today) → an answer with the version in force, a question back, or no answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from knowledge.entries import Entry, Option, Version, Who
from knowledge.release import Release
from retrieval.search import OFFERED, Match
from tax.period import AsOf, Period, as_of, without_periods

NoAnswerReason = Literal["not_found", "before_first_version", "unverified"]
Standing = Literal["in_force", "past", "not_yet", "expired"]

MOST_VERSIONS = 4


@dataclass(frozen=True)
class Context:
    """What a conversation knows already: who asks, and the entry and question before this one."""

    who: Who | None = None
    last_entry: str | None = None
    last_question: str | None = None


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

_WHO: tuple[tuple[re.Pattern[str], Who], ...] = tuple(
    (re.compile(pattern), who)
    for pattern, who in (
        ("小规模", "小规模纳税人"),
        ("一般纳税人|一般人(?!员)", "一般纳税人"),
        ("个体工商户|个体户", "个体工商户"),
        ("小型微利|小微企业", "小型微利企业"),
        ("个人独资|合伙企业|个独", "个人独资合伙企业"),
        ("非居民|外籍|外国人", "非居民"),
        ("自然人", "自然人"),
    )  # fmt: skip
)
_FILLERS = re.compile(
    r"[那呢吗啊呀的了又咋么怎样是如果换成要]|对于|对|如果|的话|情况|政策|规定|标准|什么|多少|以前|之前|现在|请问|公司|企业|\W"
)


def answer(release: Release, text: str, context: Context, today: date) -> Outcome:
    """Decide on calibrated confidence; ``text`` is as typed."""
    plain = release.normaliser(text)
    asked = as_of(plain, today)
    who = who_in(plain) or context.who
    if follow_up := _follow_up(release, plain, asked, context, today):
        return follow_up
    match = release.searcher.search(plain)
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
    asked = as_of(release.normaliser(question), today)
    return _of_entry(release, entry, asked, context.who, today, None)


def who_in(plain: str) -> Who | None:
    """The one kind of taxpayer that normalised text names; None where it names none or several."""
    named = {who for pattern, who in _WHO if pattern.search(plain)}
    return named.pop() if len(named) == 1 else None


def _follow_up(release: Release, plain: str, asked: AsOf, context: Context, today: date) -> Outcome | None:
    """"那2023年呢", "那一般纳税人呢": the question before, with one fact changed."""
    last = release.entry(context.last_entry or "")
    who = who_in(plain)
    if last is None or not (asked.mentions or asked.earlier or who) or _says_more(plain, today):
        return None
    if who is None or who in last.tags.who:
        return _of_entry(release, last, asked, who or context.who, today, None)
    related = [release.knowledge.entry_by_id[entry] for entry in last.related]
    same_topic = [entry for entry in related if who in entry.tags.who and set(entry.tags.tax) & set(last.tags.tax)]
    if same_topic:
        return _of_entry(release, same_topic[0], asked, who, today, None)
    match = release.searcher.search(release.normaliser(_reworded(context.last_question or last.question, plain)))
    for_them = [c for c in match.candidates if who in release.knowledge.entry_by_id[c.label].tags.who]
    return _offer(release, Match(tuple(for_them), match.confidence, match.among)) if for_them else None


def _says_more(plain: str, today: date) -> bool:
    rest = without_periods(plain, today) if as_of(plain, today).mentions else plain
    for pattern, _ in _WHO:
        rest = pattern.sub("", rest)
    rest = rest.replace("纳税人", "")
    return len(_FILLERS.sub("", rest)) > 1 if rest != plain else True


def _reworded(question: str, plain: str) -> str:
    for pattern, _ in _WHO:
        question = pattern.sub("", question)
    return plain.strip("那呢?？") + question.replace("纳税人", "")


def _of_entry(
    release: Release, entry: Entry, asked: AsOf, who: Who | None, today: date, match: Match | None
) -> Outcome:
    confidence = match.confidence if match else 1.0
    if entry.ask:
        settled = next((option for option in entry.ask.options if who and option.who == who), None)
        if settled is None:
            return Clarification(entry.ask.question, entry.ask.options, confidence, match)
        return _of_entry(release, release.knowledge.entry_by_id[settled.entry], asked, who, today, match)
    shown, day = _versions(entry, asked, today)
    if not shown:
        return NoAnswer("before_first_version", confidence, match, entry)
    if any(_doubtful(release, version.version) for version in shown):
        return NoAnswer("unverified", confidence, match, entry)
    period = asked.periods[0] if asked.periods else None
    return Answer(entry, shown, day, period, confidence, match, who)


def _versions(entry: Entry, asked: AsOf, today: date) -> tuple[tuple[Shown, ...], date]:
    """What to show for the periods asked about, today where there are none, and the as-of day."""
    if asked.earlier:
        past = [version for version in entry.versions if version.end and version.end <= today]
        if past:
            return (Shown(past[-1], "past"),), past[-1].end - timedelta(days=1)  # type: ignore[operator]
    periods = asked.periods or (Period(today, today + timedelta(days=1)),)
    covering = [v for v in entry.versions if any(p.overlaps(v.start, v.end) for p in periods)]
    if covering:
        day = today if today in periods[0] else min(periods[0].last_day, max(today, periods[0].start))
        shown = tuple(Shown(version, _standing(version, today)) for version in covering[-MOST_VERSIONS:])
        return shown, day
    if min(period.start for period in periods) < entry.first_day:
        if not asked.mentions:
            return (Shown(entry.versions[0], "not_yet"),), today
        return (), periods[0].last_day
    earlier = [version for version in entry.versions if version.start <= periods[0].start]
    return (Shown(earlier[-1], "expired"),), periods[0].start


def _standing(version: Version, today: date) -> Standing:
    if version.covers(today):
        return "in_force"
    return "not_yet" if version.start > today else "past"


def _doubtful(release: Release, version: Version) -> bool:
    """Whether a fact of low confidence stands behind the version: then a person answers."""
    return any(
        release.policy(citation.policy).confidence == "low"
        for citation in version.citations
        if not citation.background
    )


def _offer(release: Release, match: Match) -> Outcome:
    entries = [release.knowledge.entry_by_id[c.label] for c in match.candidates[:OFFERED]]
    options = tuple(Option(label=entry.question, entry=entry.id) for entry in entries)
    return Clarification(_WHICH if len(options) > 1 else _THIS, options, match.confidence, match, unsure=True)


_WHICH = "我想确认一下，您想问的是下面哪一个？如果都不是，请换个说法再问，或回复“人工”。"
_THIS = "我想确认一下，您想问的是这个吗？如果不是，请换个说法再问，或回复“人工”。"


