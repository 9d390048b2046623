"""A fact about a taxpayer as a person types it at the terminal."""

from __future__ import annotations

from app.calculate.typed import amount, day
from retrieval.normalise import fold
from tax.facts import Fact, Type, WrongFact, catalogue
from tax.predicates import Value

YES_OR_NO = {
    **dict.fromkeys(("是", "有", "y", "yes", "true", "1"), True),
    **dict.fromkeys(("否", "不是", "没有", "n", "no", "false", "0"), False),
}
EXPECTED = {Type.BOOL: "是/否", Type.DATE: "例如2024-05-01"}


def named(text: str) -> tuple[Fact, str]:
    """The fact and the answer in ``key=value``; the key is a fact's id or its Chinese name. Raises `WrongFact`."""
    key, sign, answer = text.partition("=")
    found = next((fact for fact in catalogue().facts.values() if key.strip() in (fact.id, fact.name)), None)
    if not sign or found is None:
        raise WrongFact(f"“{text}”没有看懂，请填 项目=值，例如 headcount=80；项目见 --json 输出的 missing。")
    return found, answer


def value(fact: Fact, text: str) -> Value | str:
    """What ``text`` says of ``fact``, for `Fact.checked` to judge. Raises `WrongFigure` for no number or no day."""
    plain = fold(text)
    match fact.type:
        case Type.BOOL:
            return YES_OR_NO.get(plain, plain)
        case Type.NUMBER:
            return amount(plain.removesuffix(fact.unit))
        case Type.DATE:
            return day(plain)
        case Type.CHOICE:
            return _chosen(fact, text.strip())


def expected(fact: Fact) -> str:
    """What may be answered: 是/否, the unit, or the numbered choices."""
    if fact.type is Type.CHOICE:
        return "；".join(f"{number} {label}" for number, (_, label) in enumerate(fact.choices, 1))
    return EXPECTED.get(fact.type) or f"单位：{fact.unit}"


def _chosen(fact: Fact, text: str) -> str:
    """The key of the choice that ``text`` gives by key, label or number; ``text`` itself where it is none."""
    return next(
        (key for number, (key, label) in enumerate(fact.choices, 1) if text in (key, label, str(number))),
        text,
    )
