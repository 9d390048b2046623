"""Which preferences somebody is entitled to: the interview of `tax.interview` as a task of the dialogue. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from actions.calculator import Told, WrongAnswer, citation, cited
from actions.kinds import Amount, Choice, Count, Day, yes_no
from actions.question import UNKNOWN, YES, Figures, Kind, Question
from tax.eligibility import Outcome, Verdict
from tax.facts import Fact, Type, WrongFact, catalogue
from tax.interview import Interview
from tax.predicates import Value
from tax.preferences import Preference, preferences

TOPICS: dict[str, tuple[str, str]] = {
    "小微企业和个体户的税费优惠": (
        "small-profit|six-taxes|vat-small",
        "小微|小型微利|小规模|个体|六税两费|公司|企业",
    ),
    "研发和高新技术企业": ("hightech|rd-", "研发|高新|加计"),
    "创业和招用人员": ("key-group|veteran", "创业|招用|招人|招了|重点群体|退役|退伍|毕业生|失业|残疾|脱贫"),
    "个税专项附加扣除": ("special-", "专项附加|赡养|子女|孩子|房贷|房租|租房|大病|继续教育|婴幼儿|个税"),
    "个人买房契税": ("deed-", "契税|买房|购房"),
    "首违不罚": ("first-violation", "首违|罚款|处罚|免罚|不罚|逾期|忘了?(?:申报|报税)|没按时|晚报|漏报"),
}
TOPIC = Question(
    "topic", "方面", "您想看哪方面的优惠？", Choice({label: words for label, (_, words) in TOPICS.items()})
)


class Eligibility:
    """Known: ``topic``, ``day`` where another than today is meant, and the facts by id; 不清楚 is a reply too."""

    id = "eligibility"
    title = "优惠资格"

    def opened(self, text: str, today: date) -> dict[str, str]:
        named = {label: len(re.findall(words, text)) for label, (_, words) in TOPICS.items()}
        best = max(named, key=lambda label: named[label])
        return {"topic": best} if named[best] else {}

    def said(self, text: str, today: date) -> dict[str, str]:
        return {}

    def question(self, known: Figures, today: date) -> Question | None:
        if "topic" not in known:
            return TOPIC
        fact = _interview(known, today).question
        return _question(fact) if fact else None

    def named(self, known: Figures) -> list[tuple[str, str]]:
        facts = catalogue().facts
        questions = [_question(facts[name]) if name in facts else TOPIC for name in known if name != "day"]
        given = [(question, known[question.key]) for question in questions]
        return [(q.name, value if value == UNKNOWN else q.kind.shown(value)) for q, value in given]

    def told(self, known: Figures, today: date) -> Told:
        """The verdicts, each cited. Raises `WrongAnswer`."""
        verdicts = _interview(known, today).verdicts
        return Told("calculated", "\n".join(_lines(verdicts)), _details(known, verdicts, today))


def _interview(known: Figures, today: date) -> Interview:
    """The interview as far as it has come. Raises `WrongAnswer` for an answer that cannot be."""
    interview = Interview(_preferences(known["topic"]), today)
    for name, given in known.items():
        fact = catalogue().facts.get(name)
        if fact is not None:
            interview = _answered(interview, fact, given)
    return interview


def _answered(interview: Interview, fact: Fact, given: str) -> Interview:
    if given == UNKNOWN:
        return interview.passed(fact.id)
    try:
        return interview.answered(fact.id, _value(fact, given))
    except WrongFact as wrong:
        raise WrongAnswer(str(wrong)) from wrong


def _preferences(topic: str) -> tuple[Preference, ...]:
    pattern = TOPICS[topic][0]
    return tuple(each for name, each in preferences().items() if re.match(pattern, name))


def _question(fact: Fact) -> Question:
    return Question(fact.id, fact.name, fact.question, _kind(fact))


def _kind(fact: Fact) -> Kind:
    if fact.type is Type.BOOL:
        return yes_no(unknown=True)
    if fact.type is Type.CHOICE:
        return Choice(
            {label: _words(label) for _, label in fact.choices} | {UNKNOWN: ""}, {UNKNOWN: _UNKNOWN}
        )
    if fact.type is Type.DATE:
        return _OrUnknownDay(buttons=(UNKNOWN,))
    return (
        _OrUnknownAmount(none=True, buttons=(UNKNOWN,))
        if fact.unit == "元"
        else _OrUnknownCount(
            fact.unit, fact.unit, most=int(fact.most), whole=fact.whole, none=True, buttons=(UNKNOWN,)
        )
    )


def _words(label: str) -> str:
    """The label's beginning, without what stands in brackets."""
    return re.escape(re.split("[（，、(]", label)[0])


_UNKNOWN = "不清楚|不知道|不确定|不晓得|唔知|说不准|不了解"


class _OrUnknownAmount(Amount):
    def reply(self, text: str, today: date) -> str | None:
        return UNKNOWN if re.search(_UNKNOWN, text) else super().reply(text, today)


class _OrUnknownCount(Count):
    def reply(self, text: str, today: date) -> str | None:
        return UNKNOWN if re.search(_UNKNOWN, text) else super().reply(text, today)


class _OrUnknownDay(Day):
    def reply(self, text: str, today: date) -> str | None:
        return UNKNOWN if re.search(_UNKNOWN, text) else super().reply(text, today)


def _value(fact: Fact, given: str) -> Value:
    if fact.type is Type.BOOL:
        return given == YES
    if fact.type is Type.CHOICE:
        return next(key for key, label in fact.choices if label == given)
    return date.fromisoformat(given) if fact.type is Type.DATE else Decimal(given)


_HEADINGS = {
    Outcome.ENTITLED: "可以享受：",
    Outcome.NOT_ENTITLED: "不能享受：",
    Outcome.UNDECIDED: "还不能判断：",
    Outcome.NOT_IN_FORCE: "没有已知规定：",
}


def _lines(verdicts: tuple[Verdict, ...]) -> Iterator[str]:
    for outcome, heading in _HEADINGS.items():
        found = [each for each in verdicts if each.outcome is outcome]
        if found:
            yield heading
        for each in found:
            yield f"· {each.headline}"
            yield from (f"  提示：{note}" for note in (each.terms.notes if each.terms else ()))
            yield from (f"  依据：{cited(basis)}" for basis in each.basis)
            yield f"  判断编号：{each.id}"
    yield "以上按您提供的情况判断，最终以主管税务机关核定为准。"


def _details(known: Figures, verdicts: tuple[Verdict, ...], today: date) -> dict[str, Any]:
    bases = dict.fromkeys(basis for each in verdicts for basis in each.basis)
    return {
        "as_of": today.isoformat(),
        "inputs": dict(known),
        "verdicts": [_record(each) for each in verdicts],
        "citations": [citation(basis) for basis in bases],
    }


def _record(each: Verdict) -> dict[str, Any]:
    return {
        "id": each.id,
        "preference": each.preference.id,
        "title": each.preference.title,
        "outcome": each.outcome.name.lower(),
        "as_of": each.day.isoformat(),
        "reasons": [reason.text for reason in each.reasons],
        "missing": [catalogue().facts[name].name for name in each.missing],
    }
