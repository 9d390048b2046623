"""The order of the queue, who is offered a conversation next, and how long it may take. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal, get_args

from bot.conversation import HandoffReason

Skill = Literal["增值税", "个税", "企业所得税", "发票", "征管", "跨境", "其他"]
Language = Literal["zh", "en"]

OTHER: Skill = "其他"
SKILLS: tuple[Skill, ...] = get_args(Skill)
LANGUAGES: tuple[Language, ...] = get_args(Language)
COMPLAINT_HEAD_START = timedelta(minutes=10)
ELDER_HEAD_START = timedelta(minutes=5)
FEWEST_MEASURED = 3

_SKILL_OF_TAG: dict[str, Skill] = {
    "跨境": "跨境",
    "增值税": "增值税",
    "个人所得税": "个税",
    "企业所得税": "企业所得税",
    "发票": "发票",
    "征管程序": "征管",
    "纳税信用": "征管",
}
_SKILL_IN_TEXT: tuple[tuple[re.Pattern[str], Skill], ...] = (
    (re.compile("跨境|境外|离境|非居民|出口退|对外支付|税收协定"), "跨境"),
    (re.compile("企业所得税|企税|小型微利|研发费用"), "企业所得税"),
    (re.compile("个税|个人所得税|年终奖|工资|专项附加|经营所得"), "个税"),
    (re.compile("发票|开票|红冲|专票|普票"), "发票"),
    (re.compile("增值税|小规模|一般纳税人|留抵|进项|销项"), "增值税"),
    (re.compile("登记|注销|申报|滞纳金|罚款|信用等级|逾期|完税证明"), "征管"),
)
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN_WORDS = re.compile(r"[A-Za-z]{2,}\W+[A-Za-z]{2,}")


@dataclass(frozen=True)
class Ticket:
    """One hand-off from its request to its end. ``offered_to`` rings at that agent's desk until then.

    ``ranked_at`` orders the queue: the request's moment less its head starts, so that whoever waits rises past
    every newcomer in the end and nobody starves. ``passed`` are the agents who let an offer go by.
    """

    id: int
    conversation: str
    skill: Skill
    language: Language
    reason: HandoffReason | None
    elder: bool
    requested_at: datetime
    ranked_at: datetime
    offered_to: str | None = None
    offered_until: datetime | None = None
    passed: tuple[str, ...] = ()
    agent: str | None = None
    claimed_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def owes_first_words(self) -> bool:
        """Whether its agent has not said a word yet to a person who was handed over, not quietly taken over."""
        return self.agent is not None and self.answered_at is None and self.reason is not None


@dataclass(frozen=True)
class Agent:
    """A person at the desk as the queue sees them; no skills at all means every skill."""

    staff: str
    skills: frozenset[str]
    languages: frozenset[str]
    capacity: int
    load: int

    def knows(self, skill: str) -> bool:
        return not self.skills or skill in self.skills

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.load)


def ranked_at(requested_at: datetime, reason: HandoffReason | None, elder: bool) -> datetime:
    """The moment by which a request is ordered: complaints and older people start some minutes ahead."""
    head_start = COMPLAINT_HEAD_START if reason == "complaint" else timedelta(0)
    return requested_at - head_start - (ELDER_HEAD_START if elder else timedelta(0))


def skill_for(tags: Iterable[str], texts: Iterable[str]) -> Skill:
    """The group for what was asked: by the tags of the knowledge, else by words, newest text first."""
    tagged = {_SKILL_OF_TAG[tag] for tag in tags if tag in _SKILL_OF_TAG}
    if tagged:
        return "跨境" if "跨境" in tagged else min(tagged, key=SKILLS.index)
    for text in texts:
        for pattern, skill in _SKILL_IN_TEXT:
            if pattern.search(text):
                return skill
    return OTHER


def language_of(texts: Iterable[str]) -> Language:
    """English where the person wrote words of it and no Chinese; Chinese otherwise."""
    said = " ".join(texts)
    return "en" if _LATIN_WORDS.search(said) and not _HAN.search(said) else "zh"


def able(ticket: Ticket, agents: Iterable[Agent]) -> list[Agent]:
    """Who of ``agents`` knows the subject and the language; whoever knows the subject where none does both."""
    skilled = [agent for agent in agents if agent.knows(ticket.skill)]
    return [agent for agent in skilled if ticket.language in agent.languages] or skilled


def choose(ticket: Ticket, agents: Iterable[Agent]) -> Agent | None:
    """Whom to offer ``ticket``: the least loaded able agent with room who did not just let it pass.

    Where all with room have let it pass, they are asked again.
    """
    free = [agent for agent in able(ticket, agents) if agent.free]
    fresh = [agent for agent in free if agent.staff not in ticket.passed]
    return min(fresh or free, key=lambda agent: (agent.load / agent.capacity, agent.staff), default=None)


def place(ticket: Ticket, waiting: Iterable[Ticket]) -> int:
    """1 for the first of its group."""
    return 1 + sum(
        other.skill == ticket.skill and (other.ranked_at, other.id) < (ticket.ranked_at, ticket.id)
        for other in waiting
    )


def estimate(place: int, handled_s: Sequence[float], agents: Sequence[Agent]) -> int | None:
    """Seconds until the person at ``place`` is served, from what recent conversations took.

    ``agents`` are the present ones who could serve: their rooms empty at the rate of one per median handling time
    and room. None where nobody is present or too little was measured to say.
    """
    rooms = sum(agent.capacity for agent in agents)
    if not rooms or len(handled_s) < FEWEST_MEASURED:
        return None
    ahead = max(0, place - sum(agent.free for agent in agents))
    return round(ahead * median(handled_s) / rooms)
