"""The audit: what the content holds, how well it is verified, and where it is in doubt, as Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from knowledge.checks import NEAR_SHARE, near_duplicates
from knowledge.entries import Confidence, Entry, Policy, TaxType, Verification, Version
from knowledge.files import Content
from knowledge.golden import NegativeKind
from knowledge.questions import character_pairs, shared

DOUBT = re.compile(r"未核|核对|以[^。；]*为准|尚未公布")
NEAREST = 30
LOOSE_SHARE = 0.7

_HEAD = (
    "# 知识审计 Audit of the knowledge",
    "由 `shuiwen knowledge audit` 根据 `knowledge/content/` 生成，请勿手工修改。Generated; do not edit by hand.",
    "",
)
_KINDS = {"policy": "政策", "procedure": "办事", "concept": "概念", "choice": "反问"}
_NEGATIVES: dict[NegativeKind, str] = {
    "foreign": "境外", "other_domain": "其他领域", "gibberish": "无意义", "account": "账户", "evasion": "违法",
}  # fmt: skip
_VERIFICATIONS: dict[Verification, str] = {
    "official_text_in_store": "已与官方原文核对",
    "official_text_partial": "已与官方原文部分核对",
    "secondary_in_store": "有二手资料",
    "memory_only": "仅凭记忆",
}
_COUNTED = ("条目 entries", "版本 versions", "相似问 similar questions", "测试问 golden", "分期问 as_of")

_Row = Sequence[object]


def audit(content: Content) -> str:
    """The whole audit; the same content gives the same text."""
    sections = (
        _HEAD,
        _by_tax(content),
        _by_kind(content),
        _negatives(content),
        _by_verification(content),
        _withheld(content),
        _gaps(content),
        _near(content),
        _noted_doubts(content),
        _doubtful_policies(content),
    )
    return "\n".join(line for section in sections for line in section)


def _by_tax(content: Content) -> Iterator[str]:
    knowledge = content.knowledge
    rows = [
        _tax_row(content, tax, [p for p in knowledge.policies if tax in p.tax],
                 [e for e in knowledge.entries if tax in e.tags.tax])
        for tax in get_args(TaxType)
    ]  # fmt: skip
    total = _tax_row(content, "**合计 total**", knowledge.policies, knowledge.entries)
    yield from _section("按税种 By tax type", "涉及几个税种的，每个税种各计一次；合计只计一次。")
    yield from _table(("税种 tax", "政策 policies", *_COUNTED), [*rows, total])


def _tax_row(content: Content, name: str, policies: Sequence[Policy], entries: Sequence[Entry]) -> _Row:
    return (name, len(policies), *_counts(content, entries))


def _by_kind(content: Content) -> Iterator[str]:
    rows = [
        (f"{chinese} {kind}", *_counts(content, [e for e in content.knowledge.entries if e.kind == kind]))
        for kind, chinese in _KINDS.items()
    ]
    yield from _section("按类别 By kind")
    yield from _table(("类别 kind", *_COUNTED), rows)


def _counts(content: Content, entries: Sequence[Entry]) -> tuple[int, ...]:
    ids = {entry.id for entry in entries}
    return (
        len(entries),
        sum(len(entry.versions) for entry in entries),
        sum(len(entry.similar_questions) for entry in entries),
        sum(len(item.ask) for item in content.golden.questions if item.entry in ids),
        sum(item.entry in ids for item in content.golden.as_of),
    )


def _negatives(content: Content) -> Iterator[str]:
    counts = Counter(item.kind for item in content.golden.negatives)
    yield from _section("不应回答的问题 Negatives", f"共 {counts.total()} 条。")
    rows = [(f"{chinese} {kind}", counts[kind]) for kind, chinese in _NEGATIVES.items()]
    yield from _table(("类别 kind", "条数 count"), rows)


def _by_verification(content: Content) -> Iterator[str]:
    counts = Counter((policy.verification, policy.confidence) for policy in _cited(content))
    levels: tuple[Confidence, ...] = get_args(Confidence)
    rows = [
        (f"{chinese} {verification}", *(counts[verification, level] for level in levels))
        for verification, chinese in _VERIFICATIONS.items()
    ]
    yield from _section("所引政策的核实与把握 Verification and confidence of cited policies")
    yield from _table(("核实 verification", "高 high", "中 medium", "低 low"), rows)


def _cited(content: Content) -> list[Policy]:
    cited = {citation.policy for _, version in _versions(content) for citation in version.citations}
    return [policy for policy in content.knowledge.policies if policy.id in cited]


def _withheld(content: Content) -> Iterator[str]:
    rows = [_version_row(entry, version) for entry, version in _versions(content) if version.withheld]
    yield from _section("不自动答复的版本 Withheld versions", f"共 {len(rows)} 个，由人工答复。")
    yield from _table(("条目 entry", "期间 span", "提示 note"), rows)


def _gaps(content: Content) -> Iterator[str]:
    rows = sorted(
        (entry.id, f"[{gap.start}, {gap.end})", gap.reason)
        for entry in content.knowledge.entries
        for gap in entry.gaps
    )
    yield from _section("已声明的空档 Declared gaps", f"共 {len(rows)} 个。")
    yield from _table(("条目 entry", "期间 span", "原因 reason"), rows)


def _near(content: Content) -> Iterator[str]:
    nearest = _nearest(content)
    count = sum(share > NEAR_SHARE for share, *_ in nearest)
    yield from _section(
        "近似条目 Near-duplicate entries",
        f"字对重合超过 {NEAR_SHARE:.0%} 的条目共 {count} 对；下面是最接近的 {min(NEAREST, len(nearest))} 对。",
    )
    rows = [(f"{share:.0%}", *rest) for share, *rest in nearest[:NEAREST]]
    yield from _table(("重合 share", "条目 entry", "问法 question", "条目 entry", "问法 question"), rows)


def _nearest(content: Content) -> list[tuple[float, str, str, str, str]]:
    """The nearest questions of each two entries, nearest entries first."""
    best: dict[tuple[str, str], tuple[float, str, str, str, str]] = {}
    for pair in near_duplicates(content, LOOSE_SHARE):
        entry, question, other, other_question = min(pair, (*pair[2:], *pair[:2]))
        share = shared(character_pairs(question), character_pairs(other_question))
        row = (-share, entry, question, other, other_question)
        best[entry, other] = min(row, best.get((entry, other), row))
    return [(-row[0], *row[1:]) for row in sorted(best.values())]


def _noted_doubts(content: Content) -> Iterator[str]:
    rows = [
        _version_row(entry, version)
        for entry, version in _versions(content)
        if version.note and DOUBT.search(version.note)
    ]
    yield from _section(
        "存疑的版本 Open doubts: versions",
        f"提示中写明未核、待核对、以何为准或尚未公布的，共 {len(rows)} 个。",
    )
    yield from _table(("条目 entry", "期间 span", "提示 note"), rows)


def _doubtful_policies(content: Content) -> Iterator[str]:
    levels = ("low", "medium")
    doubtful = [policy for policy in content.knowledge.policies if policy.confidence in levels]
    doubtful.sort(key=lambda policy: (levels.index(policy.confidence), policy.id))
    yield from _section("把握不高的政策 Open doubts: policies", f"把握为低或中的，共 {len(doubtful)} 项。")
    yield from _table(
        ("政策 policy", "标题 title", "把握 confidence", "核实 verification", "状态 status"),
        [(p.id, p.title, p.confidence, p.verification, p.status) for p in doubtful],
    )


def _versions(content: Content) -> Iterator[tuple[Entry, Version]]:
    for entry in sorted(content.knowledge.entries, key=lambda entry: entry.id):
        for version in entry.versions:
            yield entry, version


def _version_row(entry: Entry, version: Version) -> _Row:
    return entry.id, f"[{version.start}, {version.end or '…'})", version.note or ""


def _section(title: str, sentence: str = "") -> Iterator[str]:
    yield f"## {title}"
    if sentence:
        yield from (sentence, "")


def _table(heads: Sequence[str], rows: Iterable[_Row]) -> Iterator[str]:
    yield _line(heads)
    yield _line(["---"] * len(heads))
    yield from map(_line, rows)
    yield ""


def _line(cells: _Row) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
