"""The one use case of the conversation: receive, decide, reply, record, deliver."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

from anyio import to_thread
from sqlalchemy.orm import Session

from bot import handoff, log, originals, outlook, ratings, roster, tickets
from bot.cases import CaseRow, NoContact
from bot.conversation import Conversation, Event, HandoffReason, Inbound, Reply
from bot.feed import QUEUE, Feed
from bot.hours import moment_in_words
from bot.language import Language, in_traditional, language_of
from bot.privacy import Masked, mask
from bot.rasa import Dialogue, Turn
from bot.routing import (
    LONGEST_MESSAGE,
    AskRasa,
    LeaveMessage,
    Refuse,
    ToAgent,
    ToQueue,
    Withdraw,
    decide,
)
from bot.vault import Vault
from store.database import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

logger = logging.getLogger(__name__)

HANDOFF_REASONS = frozenset(get_args(HandoffReason))
FAILURES_BEFORE_HANDOFF = 2
LANGUAGE_KEPT = 20

FAILED = Reply(
    "抱歉，系统刚才出了点问题，没能答复您。请再发一次，或回复“人工”转人工服务。", "failed", reason="internal"
)
DOWN = Reply("智能助手暂时无法应答。", "handed_off", reason="assistant_down")
WITH_THE_REST = "您的消息已收到，会一并转给工作人员。"
LEFT = Reply("您的留言已登记。", "handed_off", reason="left_message")
BACK = Reply("已为您取消排队，智能助手继续为您服务。请问有什么可以帮您？", "smalltalk")


class Exchange:
    """Takes each message through the log, the assistant or the queue, and back, one at a time a chat.

    Identifiers in a message are masked before anything else; ``vault`` keeps the originals sealed. A
    message is logged before anything is decided and its reply in one transaction that checks the owner
    again, so a crash loses neither and the assistant never talks over an agent.
    """

    def __init__(
        self,
        database: Database,
        dialogue: Dialogue,
        feed: Feed,
        now: Callable[[], datetime],
        deadline_s: float = 8.0,
        vault: Vault | None = None,
        in_english: Callable[[str], Reply] | None = None,
    ) -> None:
        self._database = database
        self._dialogue = dialogue
        self._feed = feed
        self._now = now
        self._deadline_s = deadline_s
        self._vault = vault
        self._in_english = in_english
        self._turns: dict[str, _Turnstile] = {}

    async def receive(self, inbound: Inbound) -> list[Event]:
        """The replies to a message, each logged. A retry gets the first result; silence is an agent's.

        Raises `log.UnknownConversation` and `store.database.DatabaseUnavailable`.
        """
        async with self._in_turn(inbound.conversation):
            return await self._receive(inbound)

    async def resume(self) -> int:
        """Answer the messages that a stopped process left without a reply; how many there were."""
        with self._database.reading() as session:
            owed = log.unanswered(session)
        for event in owed:
            assert event.client_txn_id is not None
            said = str(event.data.get("payload", event.text))
            await self.receive(Inbound(event.conversation, event.client_txn_id, said))
        return len(owed)

    async def _receive(self, inbound: Inbound) -> list[Event]:
        masked = mask(inbound.text[:LONGEST_MESSAGE])
        entered, conversation, replies = await to_thread.run_sync(self._enter, inbound, masked)
        if replies or (entered.repeated and conversation.owner != "assistant"):
            return replies
        self._feed.ring(conversation.id)
        text = masked.text + inbound.text[LONGEST_MESSAGE:]
        turn = await self._turn(conversation, entered.event, text)
        replies = await to_thread.run_sync(self._record, conversation, entered.event, turn, inbound.text)
        self._feed.ring(conversation.id, QUEUE)
        return replies

    def _enter(self, inbound: Inbound, masked: Masked) -> tuple[log.Entered, Conversation, list[Event]]:
        with self._database.writing() as session:
            conversation = log.load(session, inbound.conversation, lock=True)
            entered = log.enter(
                session, conversation.id, inbound.client_txn_id, masked.text, self._now(), masked.kinds
            )
            if masked.found and self._vault and not entered.repeated:
                originals.keep(session, entered.event, inbound.text[:LONGEST_MESSAGE], self._vault)
            if conversation.owner == "closed":
                conversation = handoff.reopen(session, conversation)
            replies = log.replies_to(session, conversation.id, entered.event.seq) if entered.repeated else []
            return entered, conversation, replies

    async def _turn(self, conversation: Conversation, event: Event, text: str) -> Turn | None:
        """What to say; None where an agent owns the conversation and the assistant keeps silent."""
        decision = decide(conversation, text)
        match decision:
            case ToAgent():
                return None
            case Refuse():
                return _said(conversation, Reply(decision.text, "refused", reason=decision.reason))
            case ToQueue(complaint):
                reason = "complaint" if complaint else conversation.reason
                return _said(conversation, Reply(WITH_THE_REST, "handed_off", reason=reason))
            case Withdraw():
                return _said(conversation, BACK)
            case LeaveMessage():
                return _said(conversation, LEFT)
            case AskRasa(entry=None) if self._in_english and language_of(event.text) == "en":
                return _said(conversation, self._in_english(event.text))
            case AskRasa():
                return await self._ask(conversation, event, decision)

    async def _ask(self, conversation: Conversation, event: Event, decision: AskRasa) -> Turn:
        metadata: dict[str, Any] = {"at": event.at.isoformat()}
        if decision.entry:
            metadata |= {"intent": "choose", "entry": decision.entry, "who": decision.who}
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._dialogue.respond(
                    conversation.sender, event.text, metadata, conversation.state
                )
        except Exception:  # the one broad catch of the message path: whatever failed, the person is told
            logger.exception("conversation %s: the assistant failed", conversation.id)
            failed_often = conversation.failures + 1 >= FAILURES_BEFORE_HANDOFF
            return _said(conversation, DOWN if failed_often else FAILED)

    def _record(self, before: Conversation, event: Event, turn: Turn | None, received: str) -> list[Event]:
        """``received`` is the message before masking, in which a way to be reached still stands."""
        if turn is None:
            return []
        with self._database.writing() as session:
            now = self._now()
            conversation = log.load(session, before.id, lock=True)
            if (conversation.owner, conversation.dialogue) != (before.owner, before.dialogue):
                logger.info("conversation %s: a late reply was dropped", before.id)
                return []
            if known := log.replies_to(session, before.id, event.seq):
                return known  # another process answered a retry meanwhile
            language = _language(session, event)
            if turn.replies[0] is LEFT:
                told = self._left(session, conversation, received[:LONGEST_MESSAGE], now)
                return [log.append_reply(session, before.id, _in(language, told), event.seq, now)]
            if turn.replies[0] is BACK:
                handoff.withdraw(session, conversation, now)
            elif conversation.owner == "assistant":
                _keep_state(session, conversation, turn)
            return [
                self._append(session, conversation, reply, event.seq, now, language) for reply in turn.replies
            ]

    def _append(
        self,
        session: Session,
        conversation: Conversation,
        reply: Reply,
        seq: int,
        now: datetime,
        language: Language | None,
    ) -> Event:
        if reply.outcome == "handed_off":
            reply = self._queued(session, conversation, reply, now, language)
        if feedback := reply.details.get("feedback"):
            ratings.rate_last_answer(session, conversation.id, seq, feedback == "good", now)
        return log.append_reply(session, conversation.id, _in(language, reply), seq, now)

    def _queued(
        self,
        session: Session,
        conversation: Conversation,
        reply: Reply,
        now: datetime,
        language: Language | None,
    ) -> Reply:
        """The reply with the news of the queue, in which the conversation is from now on."""
        english = language == "en"
        text = reply.text
        before = tickets.of(session, conversation.id)
        if before is None:
            reason = reply.reason if reply.reason in HANDOFF_REASONS else "low_confidence"
            tags = (reply.evidence or {}).get("tax", ())
            handoff.request(session, conversation, reason, now, tags)  # type: ignore[arg-type]
            text += "" if english else "已为您转接人工服务。"
        else:
            text = "A tax officer will see your message. " if english else text
            if reply.reason == "complaint" != before.reason:
                handoff.complain(session, conversation, before)
        ticket = tickets.of(session, conversation.id)
        assert ticket
        news = outlook.news_of(session, ticket, now)
        details = {**reply.details, "skill": ticket.skill, **news.public}
        told = outlook.in_english if english else outlook.in_sentences
        return replace(reply, text=text + told(news), details=details)

    def _left(self, session: Session, conversation: Conversation, received: str, now: datetime) -> Reply:
        """Turn the message into a case, or ask for a way to be reached."""
        try:
            case = handoff.leave(session, conversation, received, now, self._vault)
        except NoContact as refusal:
            return Reply(str(refusal), "collecting", reason="contact")
        return replace(LEFT, text=left_in_words(session, case, now), details={"case": case.id})

    @asynccontextmanager
    async def _in_turn(self, conversation: str) -> AsyncIterator[None]:
        turnstile = self._turns.setdefault(conversation, _Turnstile())
        turnstile.queued += 1
        try:
            async with turnstile.lock:
                yield
        finally:
            turnstile.queued -= 1
            if not turnstile.queued:
                self._turns.pop(conversation, None)


class _Turnstile:
    """Lets the messages of one conversation through in the order of their arrival."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.queued = 0


def _language(session: Session, event: Event) -> Language | None:
    """How the person writes; a message that fits several languages is taken like the ones before it."""
    if found := language_of(event.text):
        return found
    before = log.events_after(session, event.conversation, max(0, event.seq - LANGUAGE_KEPT), LANGUAGE_KEPT)
    said = [language_of(earlier.text) for earlier in before if earlier.author == "customer"]
    return next(filter(None, reversed(said)), None)


def _in(language: Language | None, reply: Reply) -> Reply:
    return in_traditional(reply) if language == "zh-Hant" else reply


def _said(conversation: Conversation, reply: Reply) -> Turn:
    return Turn((reply,), conversation.state or {})


def left_in_words(session: Session, case: CaseRow, now: datetime) -> str:
    """What becomes of a message that was left, honestly."""
    hours = roster.hours_of(session, case.skill)
    opening = None if hours.open_at(now) else hours.next_opening(now)
    when = f"{moment_in_words(opening)}上班后" if opening else "尽快"
    if case.sealed:
        then = f"工作人员会{when}通过{case.contact}与您联系。"
    else:
        then = (
            f"工作人员会{when}查看。为保护个人信息，系统没有保存完整的联系方式（只留{case.contact}），"
            "无法主动联系您；请到时凭编号在这里回复“人工”询问。"
        )
    return f"您的留言已登记（编号{case.id}），{then}这里不再排队，您可以继续问智能助手。"


def _keep_state(session: Session, conversation: Conversation, turn: Turn) -> None:
    """Remember the dialogue's state, and how often it failed in a row."""
    failures = conversation.failures + 1 if turn.replies[0].outcome == "failed" else 0
    state = turn.state
    if any(reply.outcome == "handed_off" for reply in turn.replies):
        state = _with_all_known(conversation.state or {}, state)
    log.keep_state(session, conversation.id, state, failures)


def _with_all_known(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What was known before and after: handing over ends a task, but agents need what it has collected.

    The assistant never sees it again, as it starts clean when the conversation comes back.
    """
    news = {name: value for name, value in (after.get("slots") or {}).items() if value is not None}
    return {**after, "slots": {**(before.get("slots") or {}), **news}}
