"""A draft as a content file, so that a curator goes on where the agent stopped.

What an agent cannot know (documents, days in force, more ways to ask) is left open; ``shuiwen knowledge check``
then names each open field by its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from knowledge.entries import TaxType
from knowledge.proposals import ProposalRow

AUTHORS = {"customer": "来访者", "assistant": "助手", "agent": "坐席", "notice": "通知"}
SHORTEST_ASKED = 4


def content_file(draft: ProposalRow, tax: TaxType, today: date) -> str:
    """The YAML of one entry, below its evidence as comments."""
    entry = {
        "id": f"draft-{draft.id}",
        "question": draft.question,
        "similar_questions": list(_asked(draft)),
        "kind": "policy",
        "tags": {"tax": [tax]},
        "versions": [{"from": today, "conclusion": draft.answer, "citations": []}],
    }
    comments = "".join(f"# {line}\n" for line in _comments(draft))
    return comments + _yaml({"subject": "草稿", "entries": [entry]})


def _asked(draft: ProposalRow) -> Iterator[str]:
    """Other words of the person that may be ways to ask."""
    said = (str(line["text"]).strip() for line in draft.evidence if line["author"] == "customer")
    yield from dict.fromkeys(one for one in said if len(one) >= SHORTEST_ASKED and one != draft.question)


def _comments(draft: ProposalRow) -> Iterator[str]:
    yield f"草稿{draft.id}：坐席在会话 {draft.conversation[:8]} 第{draft.seq}条的答复，{draft.proposed_at:%Y-%m-%d} 提出。"
    yield "还缺：相似问法（至少8个）、依据（citations）；请核对适用期间（from）和税种（tags）。"
    for line in draft.evidence:
        said = f"{AUTHORS.get(line['author'], line['author'])}：{line['text']}"
        yield from (_printable(part) for part in said.splitlines())


def _printable(text: str) -> str:
    """YAML has no place for control characters, not even in a comment."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _yaml(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=4096)
