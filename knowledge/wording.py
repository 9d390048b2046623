"""An answer in words: conclusion first, then the documents and the dates that it holds for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from knowledge.answering import Answer, NoAnswer, Shown
from knowledge.entries import Citation, Entry, Policy, Relation, Version
from knowledge.release import Release

MOST_RELATED = 2
UNVERIFIED_NOTE = "提示：以上依据尚未与官方原文逐字核对，办理前请以文件原文或主管税务机关答复为准。"


def text_of(release: Release, answer: Answer) -> str:
    """The whole answer as plain text, versions in the order of time."""
    several = len(answer.shown) > 1
    parts = [f"【{answer.entry.question}】"]
    parts += [_shown(release, answer, shown, several) for shown in answer.shown]
    return "\n".join([*parts, *together_of(release, answer), *filter(None, [caution_of(release, answer)])])


def sections_of(answer: Answer) -> list[dict[str, Any]]:
    """The versions shown, part by part, as clients lay them out; empty parts are left out."""
    return [_section(shown) for shown in answer.shown]


def together_of(release: Release, answer: Answer) -> list[str]:
    """What may be enjoyed besides, and what may not, in a sentence each; nothing for rules out of force."""
    in_force = any(shown.standing == "in_force" for shown in answer.shown)
    return list(_together(release, answer.entry)) if in_force else []


def caution_of(release: Release, answer: Answer) -> str | None:
    """What to add where a document was never compared with its official text."""
    doubtful = any(_only_from_memory(release, shown.version) for shown in answer.shown)
    return UNVERIFIED_NOTE if doubtful else None


def citations_of(release: Release, answer: Answer) -> list[dict[str, Any]]:
    """The documents of all versions shown, each once, as clients get them."""
    cited = [each for shown in answer.shown for each in citations_of_version(release, shown.version)]
    return list({(each["document_no"], each.get("clause", "")): each for each in reversed(cited)}.values())[
        ::-1
    ]


def citations_of_version(release: Release, version: Version) -> list[dict[str, Any]]:
    """The documents of one version, each once."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for citation in version.citations:
        policy = release.policy(citation.policy)
        for document in _documents(policy, citation):
            found.setdefault((document, citation.clause or ""), _citation(policy, citation, document))
    return list(found.values())


def before_first(no_answer: NoAnswer) -> str:
    """What to say about a period before everything that is known."""
    entry = no_answer.entry
    assert entry is not None
    return f"关于“{entry.question}”，税问收录的规定从{_day(entry.first_day)}起；更早的所属期没有收录，不能答复。如需查询，请回复“人工”。"


def span(version: Version) -> str:
    """``2023-01-01至2025-12-31`` or ``2026-01-01起``."""
    if version.end is None:
        return f"{_day(version.start)}起"
    return f"{_day(version.start)}至{_day(version.end - timedelta(days=1))}"


def _section(shown: Shown) -> dict[str, Any]:
    version = shown.version
    parts = ("conclusion", "conditions", "how", "materials", "where", "how_long", "note")
    named = {part: getattr(version, part) for part in parts}
    filled = {
        part: list(value) if isinstance(value, tuple) else value for part, value in named.items() if value
    }
    return {"span": span(version), "standing": shown.standing} | filled


def _shown(release: Release, answer: Answer, shown: Shown, several: bool) -> str:
    version = shown.version
    lines = [*_preface(answer, shown, several), version.text, *_basis(release, version)]
    lines.append(f"适用期间：{span(version)}")
    return "\n".join(lines)


def _together(release: Release, entry: Entry) -> Iterator[str]:
    """Which other benefits may be enjoyed at the same time, and which may not."""
    for kind, words in (("stacks", "可以同时享受"), ("excludes", "不能同时享受")):
        related = [(release.entry(r.entry), r) for r in entry.relations if r.kind == kind]
        named = [_related(other, relation) for other, relation in related if other]
        if named:
            yield f"{words}：{'、'.join(named[:MOST_RELATED])}"


def _related(other: Entry, relation: Relation) -> str:
    note = f"（{relation.note.rstrip('。')}）" if relation.note else ""
    return f"“{other.question}”{note}"


def _preface(answer: Answer, shown: Shown, several: bool) -> Iterator[str]:
    if shown.standing == "expired":
        yield f"{_day(answer.as_of)}的规定尚未公布或未收录，暂不能答复。目前所知的最后规定是："
    elif shown.standing == "not_yet":
        yield f"（以下规定自{_day(shown.version.start)}起施行）"
    elif several:
        yield f"【{span(shown.version)}】"
    elif shown.standing == "past":
        yield f"（以下是{span(shown.version)}期间的规定）"


def _basis(release: Release, version: Version) -> Iterator[str]:
    for citation in version.citations:
        policy = release.policy(citation.policy)
        documents = "、".join(_documents(policy, citation)) or policy.issuer
        background = "（历史依据）" if citation.background else ""
        yield f"依据：《{policy.title}》{documents}{citation.clause or ''}{background}"


def _documents(policy: Policy, citation: Citation) -> tuple[str, ...]:
    return (citation.document,) if citation.document else policy.documents


def _citation(policy: Policy, citation: Citation, document: str) -> dict[str, Any]:
    record = {
        "document_no": document,
        "title": policy.title,
        "clause": citation.clause,
        "effective_from": policy.effective_from.isoformat(),
        "effective_to": policy.last_day.isoformat() if policy.last_day else None,
        "verification": policy.verification,
        "background": citation.background or None,
    }
    return {key: value for key, value in record.items() if value is not None}


def _only_from_memory(release: Release, version: Version) -> bool:
    cited = [release.policy(citation.policy) for citation in version.citations if not citation.background]
    return any(policy.verification == "memory_only" for policy in cited)


def _day(day: date) -> str:
    return day.isoformat()
