"""Checks of policies: how their documents are named, and that each link of a chain leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.entries import Policy
from knowledge.files import Content, Finding

UNKNOWN_NO = "（文号未收录）"

_DOCUMENT_NO = re.compile(r"\d{4}年第\d+号|[〔\[]\d{4}[〕\]]第?\d+号|令第[\d一二三四五六七八九十百○〇零]+号")
_BROKEN_NO = re.compile(r"[\d第一二三四五六七八九十百○〇零]\s*号|公告\d{4}年第?\d|[〔\[]\d{4}")
_LAW = re.compile(r"法|条例|办法|细则|规则|协定|安排")
_REMARK = re.compile(r"记忆|未核|待核|疑|不详")
_IDENTIFIER = re.compile(r"[a-z0-9-]+")

_Path = tuple[int | str, ...]


def policies_hold(content: Content) -> Iterator[Finding]:
    """Everything that is wrong with the policies of ``content``."""
    for policy in content.knowledge.policies:
        for path, reason in (*_names_wrong(policy), *_links_wrong(content, policy)):
            yield content.finding(f"policy:{policy.id}", path, reason)
    yield from _every_policy_reached(content)


def _names_wrong(policy: Policy) -> Iterator[tuple[_Path, str]]:
    """Titles and documents are shown to taxpayers: what we doubt about them belongs into the status."""
    documents = [(("documents", index), document) for index, document in enumerate(policy.documents)]
    for path, name in ((("title",), policy.title), *documents):
        if _REMARK.search(name):
            yield path, f"“{name}” holds a remark; write it into status"
        elif path != ("title",) and not _names_a_document(name):
            yield path, f"“{name}” is no 文号, no law's name and does not end with {UNKNOWN_NO}"


def _names_a_document(text: str) -> bool:
    rest, well_formed = _DOCUMENT_NO.subn("", text)
    known = well_formed or _LAW.search(rest) or text.endswith(UNKNOWN_NO)
    return bool(known) and not _BROKEN_NO.search(rest)


def _links_wrong(content: Content, policy: Policy) -> Iterator[tuple[_Path, str]]:
    """A link is the id of a policy, or the name of a document that the knowledge does not hold."""
    links: list[tuple[_Path, str]] = [
        *((("replaces", i), name) for i, name in enumerate(policy.replaces)),
        *((("replaced_by", i), name) for i, name in enumerate(policy.replaced_by)),
    ]
    if policy.ended_by:
        links.append((("ended_by",), policy.ended_by))
    for path, name in links:
        if name == policy.id:
            yield path, "a policy cannot follow itself"
        elif _IDENTIFIER.fullmatch(name) and name not in content.knowledge.policy_by_id:
            yield path, f"there is no policy {name}"
        elif not _IDENTIFIER.fullmatch(name) and not _names_a_document(name):
            yield path, f"“{name}” is no policy's id, no 文号 and no law's name"


def _every_policy_reached(content: Content) -> Iterator[Finding]:
    reached = {c.policy for e in content.knowledge.entries for v in e.versions for c in v.citations}
    for policy in content.knowledge.policies:
        if policy.id not in reached:
            yield content.finding(f"policy:{policy.id}", ("id",), "no entry cites it")
