"""印花税 on one document, since the law of 2022-07-01. Pure.

Source: 印花税法及《印花税税目税率表》; 公告2023年第39号 (证券交易); 财税〔2008〕137号, 财税〔2008〕24号 (住房).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from tax.calculation import Basis, Calculation, Step, WrongFigure, checked, money
from tax.six_taxes import Payer, Relief, due, relief
from tax.step import ZERO
from tax.table import Version, at


class Document(Enum):
    """The taxed documents (税目)."""

    SALE = "买卖合同"
    PROCESSING = "承揽合同"
    CONSTRUCTION = "建设工程合同"
    TRANSPORT = "运输合同"
    TECHNOLOGY = "技术合同"
    LOAN = "借款合同"
    FINANCE_LEASE = "融资租赁合同"
    LEASE = "租赁合同"
    STORAGE = "仓储合同"
    CUSTODY = "保管合同"
    INSURANCE = "财产保险合同"
    LAND_GRANT = "土地使用权出让书据"
    REAL_ESTATE = "土地使用权、房屋等所有权转让书据"
    EQUITY = "股权转让书据"
    INTELLECTUAL = "商标专用权、著作权、专利权、专有技术使用权转让书据"
    CAPITAL = "营业账簿"
    SECURITIES = "证券交易"


@dataclass(frozen=True)
class Stamped:
    """``amount`` is the sum on the document without the VAT stated apart, yuan.

    For 营业账簿 it is what 实收资本 and 资本公积 grew by. ``personal_home``: an individual buys, sells, lets or rents a home.
    """

    document: Document
    amount: Decimal
    payer: Payer
    personal_home: bool = False


def stamp(inputs: Stamped, day: date) -> Calculation:
    """The stamp duty (``tax``) of one party on a document written on ``day``.

    Raises `WrongFigure` and `NotInForce` (before 2022-07; 六税两费 after 2027).
    """
    checked("计税金额", inputs.amount, positive=True)
    rules = _rates(inputs.document, day)
    exempt = _home(inputs, day)
    waived = Relief(ZERO) if exempt else _relief(inputs, day)
    rate = rules[inputs.document.name]
    tax = due(inputs.document.value, inputs.amount, rate, waived.share)
    if exempt:
        tax = Step(inputs.document.value, "个人买卖、租赁住房，免征", ZERO)
    return Calculation(
        headline=f"{inputs.document.value}应纳印花税{money(tax.value)}元。",
        as_of=day,
        figures={"tax": tax.value, "rate": rate},
        steps=(tax,),
        basis=rules.basis + exempt + waived.basis,
        assumptions=(*waived.assumptions, "合同所列金额与增值税款分开列明；没有分开的，按含税金额计税。"),
        notes=_notes(inputs.document),
    )


def _rates(document: Document, day: date) -> Version:
    return at("stamp_securities" if document is Document.SECURITIES else "stamp", day, "印花税")


def _home(inputs: Stamped, day: date) -> tuple[Basis, ...]:
    if not inputs.personal_home:
        return ()
    version = at("stamp_home", day, "个人住房印花税")
    if inputs.document.name not in version["documents"]:
        raise WrongFigure("个人住房免征只适用于房屋转让书据和租赁合同，请核对税目。")
    return version.basis


def _relief(inputs: Stamped, day: date) -> Relief:
    """证券交易印花税 is outside 六税两费."""
    return Relief(ZERO) if inputs.document is Document.SECURITIES else relief(inputs.payer, day)


def _notes(document: Document) -> tuple[str, ...]:
    if document is Document.SECURITIES:
        return ("证券交易印花税只向出让方征收，由证券登记结算机构代扣。",)
    if document is Document.CAPITAL:
        return ("营业账簿只就实收资本（股本）与资本公积合计增加的部分缴纳。",)
    return ("合同由两方以上当事人书立的，各方按各自涉及的金额分别缴纳。",)
