"""The law of hand-off: named moves of a conversation, each in one transaction with its ticket and its news."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import cases, log, outbox, queueing, tickets
from bot.cases import CaseRow
from bot.conversation import (
    Conversation,
    Event,
    HandoffReason,
    Move,
    MoveRefused,
    NotWaiting,
    NotYours,
)
from bot.queueing import OTHER, Skill, Ticket
from bot.vault import Vault

ACCEPT_TIME = timedelta(seconds=45)
LOOKED_AT = 40
_FRESH_STARTS = ("returned", "closed")


def request(
    session: Session,
    conversation: Conversation,
    reason: HandoffReason,
    now: datetime,
    tags: Iterable[str] = (),
) -> tuple[Conversation, int]:
    """Put a conversation in the queue; it and its place there. Raises `MoveRefused`.

    ``tags`` are those of the knowledge that the assistant last thought of, where its log does not say yet.
    """
    _move(session, conversation, "request", reason=reason, waiting_since=now)
    ticket = _open_ticket(session, conversation, reason, now, tags)
    outbox.put(session, "handoff.requested", conversation.id, now, reason=reason, skill=ticket.skill)
    return log.load(session, conversation.id), queueing.place(ticket, tickets.waiting(session))


def withdraw(session: Session, conversation: Conversation, now: datetime) -> None:
    """Take a conversation out of the queue, back to the assistant. Raises `MoveRefused`."""
    _move(session, conversation, "withdraw")
    tickets.end(session, conversation.id, "withdrawn", now)
    outbox.put(session, "handoff.withdrawn", conversation.id, now)


def leave(
    session: Session, conversation: Conversation, text: str, now: datetime, vault: Vault | None = None
) -> CaseRow:
    """Leave a message instead of waiting; ``text`` as received, as masking hides how to reach its writer.

    Raises `MoveRefused` and `cases.NoContact`."""
    ticket = tickets.of(session, conversation.id)
    skill = ticket.skill if ticket else OTHER
    if skill == OTHER:
        skill, _ = _asked_about(session, conversation, (), [text])
    case = cases.open_case(session, conversation.id, skill, text, now, vault)
    _move(session, conversation, "leave")
    tickets.end(session, conversation.id, "left_message", now)
    outbox.put(session, "case.opened", conversation.id, now, case=case.id, skill=skill)
    return case


def claim(session: Session, conversation: Conversation, agent: str, name: str, now: datetime) -> Event:
    """Give a waiting conversation to ``agent``; the notice to the person. Raises `NotWaiting`."""
    _move(session, conversation, "claim", agent=agent, reason=conversation.reason)
    tickets.claim(session, conversation.id, agent, now)
    outbox.put(session, "handoff.claimed", conversation.id, now, agent=agent)
    return _notice(session, conversation, f"工作人员{name}已接入，为您服务。", now, "claimed")


def take_over(session: Session, conversation: Conversation, agent: str, now: datetime) -> None:
    """Give a conversation to a supervisor, whoever has it, without a word to the person. Raises `MoveRefused`."""
    _move(session, conversation, "take_over", agent=agent, reason=conversation.reason)
    if tickets.of(session, conversation.id) is None:
        _open_ticket(session, conversation, None, now, ())
    tickets.take_over(session, conversation.id, agent, now)
    outbox.put(session, "handoff.taken_over", conversation.id, now, agent=agent)


def reply(
    session: Session, conversation: Conversation, agent: str, text: str, now: datetime, txn: str | None = None
) -> Event:
    """An agent's message; ``txn`` makes a second sending the same message. Raises `NotYours`."""
    _require_owner(conversation, agent)
    if txn and (sent := log.sent_as(session, conversation.id, txn)):
        return sent
    tickets.answered(session, conversation.id, now)
    return log.append(session, conversation.id, "agent", text, now, staff=agent, client_txn_id=txn)


def transfer(
    session: Session,
    conversation: Conversation,
    agent: str,
    now: datetime,
    *,
    skill: Skill | None = None,
    colleague: str | None = None,
) -> Event:
    """Back to the queue, of another group or first for ``colleague``, at the old place. Raises `NotYours`."""
    _require_owner(conversation, agent)
    ticket = _back(session, conversation, "transfer", now, skill, colleague)
    outbox.put(session, "handoff.transferred", conversation.id, now, agent=agent, skill=ticket.skill)
    return _notice(session, conversation, "正在为您转接其他工作人员，请稍候。", now, "transferred")


def lapse(session: Session, conversation: Conversation, now: datetime) -> Event:
    """Back to the queue from an agent who is no longer there. Raises `MoveRefused`."""
    _back(session, conversation, "lapse", now, None, None)
    outbox.put(session, "handoff.lapsed", conversation.id, now, agent=conversation.agent)
    return _notice(
        session, conversation, "工作人员暂时离开，正在为您安排其他工作人员，请稍候。", now, "lapsed"
    )


def give_back(session: Session, conversation: Conversation, agent: str, now: datetime) -> Event:
    """Return a conversation to the assistant, which starts clean. Raises `NotYours`."""
    _require_owner(conversation, agent)
    _move(session, conversation, "return")
    tickets.end(session, conversation.id, "returned", now)
    outbox.put(session, "handoff.returned", conversation.id, now, agent=agent)
    return _notice(session, conversation, "工作人员已将会话交还给智能助手，您可以继续提问。", now, "returned")


def close(
    session: Session, conversation: Conversation, agent: str, now: datetime, topic: str = "", result: str = ""
) -> Event:
    """End a conversation; a new message reopens it. Raises `NotYours`."""
    _require_owner(conversation, agent)
    _move(session, conversation, "close")
    tickets.end(session, conversation.id, "closed", now, topic, result)
    outbox.put(session, "handoff.closed", conversation.id, now, agent=agent, topic=topic, result=result)
    return _notice(session, conversation, "本次服务已结束。如还有问题，直接输入即可重新开始。", now, "closed")


def choose_mode(session: Session, conversation: Conversation, elder: bool) -> None:
    """Keep whether the person chose the mode for older people; who waits already gets its head start now."""
    log.set_elder(session, conversation.id, elder)
    if ticket := tickets.of(session, conversation.id):
        rank = queueing.ranked_at(ticket.requested_at, ticket.reason, elder)
        tickets.rank(session, conversation.id, rank, elder=elder)


def complain(session: Session, conversation: Conversation, ticket: Ticket) -> None:
    """A complaint from somebody who waits already gets the head start of one."""
    rank = queueing.ranked_at(ticket.requested_at, "complaint", ticket.elder)
    tickets.rank(session, conversation.id, rank, reason="complaint")


def reopen(session: Session, conversation: Conversation) -> Conversation:
    """A closed conversation whose person writes again, with the assistant. Raises `MoveRefused`."""
    _move(session, conversation, "reopen")
    return log.load(session, conversation.id)


def _open_ticket(
    session: Session,
    conversation: Conversation,
    reason: HandoffReason | None,
    now: datetime,
    tags: Iterable[str],
) -> Ticket:
    skill, language = _asked_about(session, conversation, tags, [])
    rank = queueing.ranked_at(now, reason, conversation.elder)
    return tickets.open_ticket(
        session, conversation.id, skill, language, reason, conversation.elder, now, rank
    )


def _asked_about(
    session: Session, conversation: Conversation, tags: Iterable[str], texts: list[str]
) -> tuple[Skill, queueing.Language]:
    """The group and the language of what was asked since the assistant last started anew."""
    for event in reversed(log.events_after(session, conversation.id, conversation.last_seq - LOOKED_AT)):
        if event.data.get("notice") in _FRESH_STARTS:
            break
        if event.author == "customer":
            texts.append(event.text)
        tags = tags or (event.evidence or {}).get("tax", ())
    return queueing.skill_for(tags, texts), queueing.language_of(texts[:3])


def _back(
    session: Session,
    conversation: Conversation,
    move: Move,
    now: datetime,
    skill: Skill | None,
    colleague: str | None,
) -> Ticket:
    _move(session, conversation, move, reason=conversation.reason, waiting_since=now)
    ticket = tickets.of(session, conversation.id)
    assert ticket is not None
    assert conversation.agent is not None
    until = now + ACCEPT_TIME if colleague else None
    tickets.back_in_queue(
        session, conversation.id, skill or ticket.skill, colleague, until, conversation.agent
    )
    moved = tickets.of(session, conversation.id)
    assert moved is not None
    return moved


def _move(
    session: Session,
    conversation: Conversation,
    move: Move,
    *,
    agent: str | None = None,
    reason: HandoffReason | None = None,
    waiting_since: datetime | None = None,
) -> None:
    owner = conversation.after(move)
    if not log.set_owner(
        session, conversation, owner, agent=agent, reason=reason, waiting_since=waiting_since
    ):
        refusal = NotWaiting if move == "claim" else MoveRefused
        raise refusal("这个会话刚刚被别人接走或已改变，请刷新后再看。")


def _require_owner(conversation: Conversation, agent: str) -> None:
    if conversation.owner != "agent" or conversation.agent != agent:
        raise NotYours("这个会话不在您手上。")


def _notice(session: Session, conversation: Conversation, text: str, now: datetime, what: str) -> Event:
    return log.append(session, conversation.id, "notice", text, now, data={"notice": what})
