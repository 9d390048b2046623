"""Reads the formulas of a calculation's steps back as arithmetic."""

from __future__ import annotations

import ast
import operator
import re
from decimal import Decimal

from tax.calculation import CENT, Calculation

_SIGNS = str.maketrans({"＋": "+", "－": "-", "×": "*", "÷": "/", "（": "(", "）": ")", ",": None})
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def yuan(*amounts: str | int) -> tuple[Decimal, ...]:
    """``amounts`` as the calculators give them."""
    return tuple(map(Decimal, amounts))


def wrong_steps(result: Calculation) -> list[str]:
    """The steps whose left side does not come to their right side, or whose right side is not their value."""
    return [
        f"{step.label} {step.formula} {step.value}"
        for step in result.steps
        if "＝" in step.formula and not _holds(step.formula, step.value)
    ]


def _holds(formula: str, value: Decimal) -> bool:
    left, right = formula.split("，")[0].split("＝")
    return abs(_value(left) - _value(right)) <= CENT and abs(_value(right) - value) <= CENT


def _value(text: str) -> Decimal:
    numbers = re.sub(r"[\u4e00-\u9fff、《》]+", "", text).translate(_SIGNS)
    return _node(ast.parse(re.sub(r"([\d.]+)%", r"(\1/100)", numbers), mode="eval").body)


def _node(node: ast.expr) -> Decimal:
    if isinstance(node, ast.Constant):
        return Decimal(str(node.value))
    if isinstance(node, ast.UnaryOp):
        return -_node(node.operand)
    assert isinstance(node, ast.BinOp)
    left, right = _node(node.left), _node(node.right)
    return Decimal(_OPERATORS[type(node.op)](left, right))
