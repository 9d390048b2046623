"""What a sentence tells of several questions at once: 月薪2万，社保3000，一个孩子上学. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from actions.kinds import Amount
from actions.question import Question
from actions.reading import Unreadable, loose_amounts, plain_figure
from tax.amount import Placed
from tax.calculation import CENT

FARTHEST = 8
YEAR = Decimal(12)
_NONE = "(?:没有?|无|不交|没交)(?:{0})(?!凭证)|(?:{0})(?:都|也)?(?:没有|没交|不交|为?零|无$)"


def said(questions: Sequence[Question], text: str, today: date, *, loose: bool = False) -> dict[str, str]:
    """The figures that plain ``text`` names, by question.

    With ``loose`` one amount without a name goes to the first question that asks for an amount: the text opens a
    calculation. Raises `reading.Unreadable` for an amount that cannot be.
    """
    named = {q.key: value for q in questions if (value := q.kind.said(text, today)) is not None}
    return named | _nothings(questions, text) | _amounts(questions, text, today, loose)


@dataclass(frozen=True)
class _Label:
    """Words that name a question's amount, and what a sum beside them is multiplied by."""

    start: int
    end: int
    question: Question
    factor: Decimal


def _amounts(questions: Sequence[Question], text: str, today: date, loose: bool) -> dict[str, str]:
    found = loose_amounts(text, today)
    labels = sorted(_labels(questions, text), key=lambda label: (label.start, -label.end))
    beside = [(each, _label_of(each, found, labels, text)) for each in found]
    given: dict[str, str] = {}
    for each, label in beside:
        if label:
            _give(given, _figure(text, each, label), label.question)
    rest = [each for each, label in beside if label is None]
    main = next((q for q in questions if isinstance(q.kind, Amount)), None)
    if loose and main and isinstance(main.kind, Amount) and main.key not in given and len(rest) == 1:
        given[main.key] = main.kind.figure(text, rest[0])
    return given


def _nothings(questions: Sequence[Question], text: str) -> dict[str, str]:
    """The sums that there are none of: 没有社保, 专项附加没有."""
    named = (
        (q.key, q.kind.words)
        for q in questions
        if isinstance(q.kind, Amount) and q.kind.none and q.kind.words
    )
    return {key: "0" for key, words in named if re.search(_NONE.format(words), text)}


def _labels(questions: Sequence[Question], text: str) -> Iterator[_Label]:
    for question in questions:
        kind = question.kind
        if isinstance(kind, Amount):
            for words, factor in ((kind.words, 1), (kind.twelvefold, 12), (kind.twelfth, 1 / YEAR)):
                for match in re.finditer(words, text) if words else ():
                    yield _Label(*match.span(), question, Decimal(factor))


def _label_of(
    amount: Placed, amounts: Sequence[Placed], labels: Sequence[_Label], text: str
) -> _Label | None:
    """The words before ``amount``, else those right behind it."""
    last = max((each.end for each in amounts if each.end <= amount.start), default=0)
    before = [label for label in labels if last <= label.start and label.end <= amount.start]
    near = [label for label in before if _joined(text[label.end : amount.start])]
    if near:
        end = max(label.end for label in near)
        return next(
            label for label in near if label.end == end
        )  # the longest: they are sorted by their start
    return next(
        (label for label in labels if _joined_behind(text[amount.end : label.start], amount, label)), None
    )


def _joined(gap: str) -> bool:
    return len(gap) <= FARTHEST and not re.search("[,，。;；\\d]", gap)


def _joined_behind(gap: str, amount: Placed, label: _Label) -> bool:
    return label.start >= amount.end and bool(re.fullmatch(r"\s*(?:块钱?|元|rmb)?的?\s*", gap))


def _figure(text: str, amount: Placed, label: _Label) -> str:
    assert isinstance(label.question.kind, Amount)
    value = Decimal(label.question.kind.figure(text, amount)) * label.factor
    return plain_figure(value.quantize(CENT))


def _give(given: dict[str, str], figure: str, question: Question) -> None:
    assert isinstance(question.kind, Amount)
    if question.key not in given:
        given[question.key] = figure
    elif question.kind.adds:
        given[question.key] = f"{Decimal(given[question.key]) + Decimal(figure):f}"
    elif given[question.key] != figure:
        raise Unreadable(f"“{question.name}”说了两个不同的数，请只说一个。")
