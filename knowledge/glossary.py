"""Checks of the glossary: a saying is read as one term, and never as another term's own name."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.files import Content, Finding
from retrieval.normalise import spelled


def terms_hold(content: Content) -> Iterator[Finding]:
    """Everything that is wrong with the terms of ``content``."""
    terms = content.knowledge.terms
    names = {spelled(term.term) for term in terms}
    owners: dict[str, str] = {}
    for term in terms:
        for index, saying in enumerate(term.say):
            plain = spelled(saying)
            if plain in names:
                reason = f"“{saying}” is a term itself"
            elif owners.setdefault(plain, term.term) != term.term:
                reason = f"“{saying}” is read as {owners[plain]} already"
            else:
                continue
            yield content.finding(f"term:{term.term}", ("say", index), reason)
