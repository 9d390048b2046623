"""Masks what identifies a person or a business in a text, and leaves amounts, dates and 文号 alone. Pure.

Kinds and their rules: identity cards (GB 11643-1999, 18 digits with a check digit; the 15 digits before it),
统一社会信用代码 (GB 32100-2015, check character), mobile numbers, bank cards (Luhn, ISO/IEC 7812-1), e-mail
addresses and names behind a label. The check digits are computed by python-stdnum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum import luhn
from stdnum.cn import ric, uscc

Kind = Literal["identity", "business", "card", "phone", "email", "name"]

HEAD, TAIL = 3, 4
STAR = "*"

_NARROW = str.maketrans(
    {chr(0xFF01 + i): chr(0x21 + i) for i in range(94) if chr(0x21 + i) not in ",."} | {"　": " ", "￥": "¥"}
)
_PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元顾孟平黄穆萧尹姚邵汪祁毛狄米贝臧计伏成戴宋庞熊"
    "纪舒屈项祝董梁杜阮蓝季贾江童颜郭梅盛林钟徐邱骆高夏蔡田胡凌霍虞万柯管卢莫房丁邓洪包左石崔吉龚程邢裴陆荣翁甄曲封储"
    "靳段焦谷车侯宁仇栾甘武符刘景詹龙叶黎白蒲邰赖卓屠蒙池乔温庄晏柴瞿阎慕艾容向古易廖耿匡文寇广欧聂关饶查游权"
    "趙錢孫鄭馮陳衛蔣韓楊許呂張嚴謝鄒竇雲蘇範魯韋馬鳳賀倪湯羅畢鄔樂傅齊顧黃蕭龐紀項賈顏鐘駱萬盧龔陸榮儲車寧劉葉龍賴"
    "喬溫莊閻廖歐聶關饒權"
)
_COMPOUND = "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|东方|東方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|南宫"
_GIVEN = r"(?![想要是在今问問请請来來有咨办辦去能可住电電手身的我也就联聯性男女年地住工单單证證])[一-鿿]"
_LABELS = "纳税人姓名|納稅人姓名|本人姓名|姓名|名字|联系人|聯絡人|聯繫人|法定代表人|法人代表|法人|户名|戶名|持卡人|收款人"

_ALONE = r"(?<!\d)(?<!\d\.)"
_ENDS = r"(?!\d)(?!\.\d)"
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = "(?<![A-Za-z])", "(?![A-Za-z])"
_BUSINESS = "0-9A-HJ-NP-RTUWXYa-hj-np-rtuwxy"

_AMOUNT_BEFORE = re.compile(
    r"(?:[¥$€£]|RMB|CNY|(?:金额|收入|销售额|营业额|利润|税额|价款|总额|资产|资本|工资|成本|金額|銷售額|營業額|利潤|稅額|價款|總額|資產|資本)"
    r"(?:是|为|為|约|約|共|有|达|達|:)?)\s*$"
)
_AMOUNT_AFTER = re.compile(
    r"\s*(?:多|余|餘|个|個)?(?:[元万亿块角圆萬億塊圓%]|人民币|人民幣|美元|港元|港币|RMB|CNY|USD|HKD)"
)


@dataclass(frozen=True)
class Found:
    """An identifier at ``text[start:end]``."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True)
class Masked:
    """A text in which each identifier is masked in place; as long as the original, character for character."""

    text: str
    found: tuple[Found, ...]

    @property
    def kinds(self) -> list[Kind]:
        """What was masked, each kind once, in the order of its first place."""
        return list(dict.fromkeys(found.kind for found in self.found))


@dataclass(frozen=True)
class _Rule:
    kind: Kind
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]


def _is_identity(number: str) -> bool:
    """A date of birth and the right check digit; the place is not asked, as its codes come and go."""
    number = _compact(number)
    return _is_date(number[6:14]) and number[-1] == ric.calc_check_digit(number)


def _is_old_identity(number: str) -> bool:
    return number[:2] in _PROVINCES and _is_date("19" + number[6:12])


def _is_date(digits: str) -> bool:
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2099
    except ValueError:
        return False


def _is_business(number: str) -> bool:
    """The right check character; the department may be a letter, such as N for 农业."""
    number = number.upper()
    return number[-1] == uscc.calc_check_digit(number)


def _is_card(number: str) -> bool:
    return bool(luhn.is_valid(_compact(number)))


def _compact(number: str) -> str:
    return re.sub(r"[ -]", "", number).upper()


def _rule(kind: Kind, pattern: str, holds: Callable[[str], bool] = lambda _: True) -> _Rule:
    return _Rule(kind, re.compile(pattern, re.ASCII), holds)


_RULES = (
    _rule("email", r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"),
    _rule("identity", rf"{_ALONE}\d{{6}}([ -]?)\d{{8}}\1\d{{3}}[\dXx]{_NO_LETTER_AFTER}{_ENDS}", _is_identity),
    _rule("identity", rf"身[份分][证證](?:件)?(?:号码|號碼|号|號)?\s*[是为為:]?\s*(?P<it>\d{{14,17}}[\dXx]){_ENDS}"),
    _rule(
        "business",
        rf"{_NO_LETTER_BEFORE}{_ALONE}[{_BUSINESS}]{{2}}\d{{6}}[{_BUSINESS}]{{10}}{_NO_LETTER_AFTER}{_ENDS}",
        _is_business,
    ),
    _rule("identity", rf"{_ALONE}\d{{15}}{_ENDS}", _is_old_identity),
    _rule("card", rf"{_ALONE}[3-69]\d{{15,18}}{_ENDS}", luhn.is_valid),
    _rule("card", rf"{_ALONE}(?:62|[45]\d)\d\d([ -])\d{{4}}\1\d{{4}}\1\d{{4}}(?:\1\d{{1,3}})?{_ENDS}", _is_card),
    _rule("phone", rf"{_ALONE}(?:\+?86[ -]?)?(?P<it>1[3-9]\d([ -]?)\d{{4}}\2\d{{4}}){_ENDS}"),
    _rule("name", rf"(?:{_LABELS})\s*:\s*(?P<it>[一-鿿]{{2,4}}(?:·[一-鿿]{{1,8}})*)(?![一-鿿])"),
    _rule(
        "name",
        rf"(?:我叫|名叫|我的名字[是叫]|(?:{_LABELS})(?:[是为為叫]|\s*:)\s*)"
        rf"(?P<it>(?:{_COMPOUND}|[{_SURNAMES}]){_GIVEN}(?:{_GIVEN})?)",
    ),
    _rule("name", r"(?i:\bmy name is|\bname\s*:)\s+(?P<it>[A-Z][a-z'-]+(?: [A-Z][a-z'-]+){0,3})"),
)  # fmt: skip


def mask(text: str) -> Masked:
    """``text`` with its identifiers masked: the first 3 and last 4 characters stay, of a name the first,
    of an e-mail address the first and the domain. Full-width digits and letters are recognised too.
    """
    found = tuple(sorted(_found(text.translate(_NARROW)), key=lambda one: one.start))
    shown, at = [], 0
    for one in found:
        shown += [text[at : one.start], _veil(one.kind, text[one.start : one.end])]
        at = one.end
    return Masked("".join(shown) + text[at:], found)


def _found(text: str) -> Iterator[Found]:
    """What the rules find, an earlier rule before a later one where both want a character."""
    taken: set[int] = set()
    for rule in _RULES:
        for match in rule.pattern.finditer(text):
            start, end = match.span("it" if "it" in rule.pattern.groupindex else 0)
            if (
                taken.isdisjoint(range(start, end))
                and rule.holds(match[0])
                and not _is_amount(text, start, end)
            ):
                taken |= set(range(start, end))
                yield Found(rule.kind, start, end)


def _is_amount(text: str, start: int, end: int) -> bool:
    """Whether a currency or a word for money stands right before, or a unit of money right behind."""
    return bool(_AMOUNT_BEFORE.search(text[max(0, start - 8) : start]) or _AMOUNT_AFTER.match(text[end:]))


def _veil(kind: Kind, text: str) -> str:
    match kind:
        case "name":
            return text[0] + STAR * (len(text) - 1)
        case "email":
            local, _, domain = text.rpartition("@")
            return f"{local[0] + STAR * (len(local) - 1) if len(local) > 1 else STAR}@{domain}"
        case _:
            return text[:HEAD] + STAR * (len(text) - HEAD - TAIL) + text[-TAIL:]
