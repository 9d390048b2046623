"""Everything that staff do at the desk, each deed in one transaction; pages and API call the same."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from anyio import to_thread
from sqlalchemy.orm import Session

from bot import cases, handoff, log, marks, outbox, roster, tickets
from bot.cases import CaseRow, State
from bot.conversation import Conversation, Event
from bot.feed import QUEUE, Feed
from bot.hours import Hours
from bot.log import ConversationRow
from bot.marks import Reader
from bot.outbox import WebhookRow
from bot.queueing import Skill, Ticket
from bot.roster import Presence
from desk import canned, notes
from desk.board import REASONS, Boards, latest
from desk.canned import CannedRow
from desk.notes import NoteRow
from desk.staff import Staff, StaffRow
from desk.stream import Looks, changes, staff_bell
from desk.suggestions import Suggestion, suggestions
from desk.summary import Summary, last_asked, summary
from knowledge import proposals
from knowledge.proposals import ProposalRow
from knowledge.release import Shelf
from store.database import Database

T = TypeVar("T")

SHOWN = 2_000
EVIDENCE_LINES = 10
SUPERVISORS = ("supervisor", "administrator")
CURATORS = ("curator", "reviewer", *SUPERVISORS)


class NotAllowed(Exception):
    """The role of this member of staff does not allow it."""


class NothingToPropose(Exception):
    """Only an agent's own answer to a question can be proposed as knowledge."""


class NoVideo(Exception):
    """No video service is set up."""


class UnknownColleague(Exception):
    """There is nobody of that name at the desk."""


@dataclass(frozen=True)
class Room:
    """All that an agent sees of one conversation."""

    conversation: Conversation
    ticket: Ticket | None
    events: tuple[Event, ...]
    notes: tuple[NoteRow, ...]
    marks: dict[Reader, int]
    summary: Summary
    suggestions: tuple[Suggestion, ...]

    @property
    def last_agent_line(self) -> Event | None:
        return next((event for event in reversed(self.events) if event.author == "agent"), None)


class Work:
    """The deeds. Refusals are exceptions beside their rule; each change rings for who looks at it."""

    def __init__(
        self,
        database: Database,
        feed: Feed,
        shelf: Shelf,
        boards: Boards,
        now: Callable[[], datetime],
        today: Callable[[], date],
        video_url: str,
    ) -> None:
        self._database = database
        self._feed = feed
        self._shelf = shelf
        self._now = now
        self._today = today
        self.boards = boards
        self.video_url = video_url

    async def claim(self, staff: Staff, conversation: str) -> Event:
        return await self._on(
            conversation, lambda s, c: handoff.claim(s, c, staff.id, staff.name, self._now())
        )

    async def reply(self, staff: Staff, conversation: str, text: str, txn: str | None) -> Event:
        return await self._on(
            conversation, lambda s, c: handoff.reply(s, c, staff.id, text.strip(), self._now(), txn)
        )

    async def give_back(self, staff: Staff, conversation: str) -> Event:
        return await self._on(conversation, lambda s, c: handoff.give_back(s, c, staff.id, self._now()))

    async def close(self, staff: Staff, conversation: str, topic: str, result: str) -> Event:
        return await self._on(
            conversation, lambda s, c: handoff.close(s, c, staff.id, self._now(), topic, result)
        )

    async def transfer(
        self, staff: Staff, conversation: str, skill: Skill | None, colleague: str | None
    ) -> Event:
        """To another group, or first to a colleague. Raises `UnknownColleague`."""

        def deed(session: Session, chat: Conversation) -> Event:
            if colleague and session.get(StaffRow, colleague) is None:
                raise UnknownColleague("没有这位同事。")
            return handoff.transfer(
                session, chat, staff.id, self._now(), skill=skill, colleague=colleague or None
            )

        moved = await self._on(conversation, deed)
        if colleague:
            self._feed.ring(staff_bell(colleague))
        return moved

    async def take_over(self, staff: Staff, conversation: str) -> None:
        """Quietly: the person is told nothing; colleagues see a note. Raises `NotAllowed`."""
        _require_supervisor(staff)

        def deed(session: Session, chat: Conversation) -> None:
            handoff.take_over(session, chat, staff.id, self._now())
            words = f"{staff.name}接管了会话。"
            notes.add(session, chat.id, chat.last_seq, staff.id, staff.name, words, self._now())

        await self._on(conversation, deed)

    async def note(self, staff: Staff, conversation: str, text: str) -> NoteRow:
        return await self._on(
            conversation,
            lambda s, c: notes.add(s, c.id, c.last_seq, staff.id, staff.name, text.strip(), self._now()),
        )

    async def video(self, staff: Staff, conversation: str) -> Event:
        """Send the person the link of a room that nobody can guess. Raises `NoVideo`."""
        if not self.video_url:
            raise NoVideo("没有设置视频服务。")
        link = f"{self.video_url.rstrip('/')}/shuiwen-{secrets.token_urlsafe(12)}"
        return await self.reply(staff, conversation, f"请点开链接进行视频沟通：{link}", None)

    async def propose(
        self, staff: Staff, conversation: str, seq: int, question: str = "", answer: str = ""
    ) -> ProposalRow:
        """The agent's answer at ``seq`` as a draft for the curators. Raises `NothingToPropose`."""

        def deed(session: Session, chat: Conversation) -> ProposalRow:
            around = log.events_after(session, chat.id, max(0, seq - EVIDENCE_LINES), EVIDENCE_LINES)
            said = next((event for event in around if event.seq == seq and event.author == "agent"), None)
            asked = last_asked(event for event in around if event.seq < seq)
            if said is None or not (question or asked):
                raise NothingToPropose("只能把坐席对问题的答复提为知识。")
            lines = [
                {"seq": e.seq, "author": e.author, "text": e.text, "at": e.at.isoformat()} for e in around
            ]
            return proposals.propose(
                session, chat.id, seq, question or asked[0], answer or said.text, lines, staff.id, self._now()
            )

        return await self._on(conversation, deed)

    async def seen(self, staff: Staff, conversation: str, seq: int) -> None:
        """The owning agent has read up to ``seq``; what others read leaves no mark."""

        def deed(session: Session) -> int | None:
            chat = log.load(session, conversation, lock=True)
            mine = chat.owner == "agent" and chat.agent == staff.id
            return marks.mark(session, conversation, "agent", seq, chat.last_seq) if mine else None

        if reached := await self._write(deed):
            self._feed.say(conversation, {"event": "seen", "seq": reached, "by": "agent"})

    async def typing(self, staff: Staff, conversation: str) -> None:
        """Tell the person that their agent is writing; nobody else's writing shows."""
        chat = await self._read(lambda session: log.load(session, conversation))
        if chat.owner == "agent" and chat.agent == staff.id:
            self._feed.say(conversation, {"event": "typing", "who": "agent"})

    def changes(
        self, staff: Staff, conversation: str, after: int, looks: Looks, gone: Callable[[], Any]
    ) -> AsyncIterator[str]:
        """What changes on the board and in the open conversation, as server-sent events."""
        return changes(self._database, self._feed, self.boards, staff, conversation, after, looks, gone)

    async def latest(self, by: Staff) -> Sequence[ConversationRow]:
        """The newest conversations, whoever has them. Raises `NotAllowed`."""
        _require_supervisor(by)
        return await self._read(latest)

    async def proposals(self, by: Staff) -> Sequence[ProposalRow]:
        """What agents proposed as knowledge. Raises `NotAllowed`."""
        if by.role not in CURATORS:
            raise NotAllowed("这需要知识库维护人员的权限。")
        return await self._read(proposals.proposed)

    async def room(self, conversation: str) -> Room:
        return await self._read(lambda session: self.look(session, conversation))

    def look(self, session: Session, conversation: str) -> Room:
        """Raises `log.UnknownConversation`."""
        chat = log.load(session, conversation)
        events = log.events_after(session, conversation, chat.last_seq - SHOWN, SHOWN)
        return Room(
            conversation=chat,
            ticket=tickets.of(session, conversation),
            events=tuple(events),
            notes=tuple(notes.of(session, conversation)),
            marks=marks.marks(session, conversation),
            summary=summary(chat, events, REASONS.get(chat.reason or "", "")),
            suggestions=tuple(suggestions(self._shelf.release, last_asked(events), self._today())),
        )

    async def present(self, staff: Staff, ready: bool | None) -> Presence:
        """A sign of life of the staff's browser, with what they chose."""
        presence = await self._write(lambda session: roster.seen(session, staff.id, self._now(), ready))
        if ready is not None:
            self._feed.ring(QUEUE)
        return presence

    async def left(self, staff: Staff) -> None:
        await self._write(lambda session: roster.left(session, staff.id))
        self._feed.ring(QUEUE)

    async def cases(self) -> tuple[Sequence[CaseRow], Sequence[CaseRow]]:
        """What is to be worked off, and the last that were done."""
        return await self._read(lambda session: (cases.undone(session), cases.done(session)))

    async def case_step(self, staff: Staff, case: int, state: State, remark: str) -> CaseRow:
        return await self._write(
            lambda session: cases.step(session, case, staff.id, staff.name, state, remark, self._now())
        )

    async def canned(self, words: str = "") -> Sequence[CannedRow]:
        return await self._read(lambda session: canned.search(session, words))

    async def save_canned(self, staff: Staff, title: str, text: str, identity: int | None) -> CannedRow:
        return await self._write(
            lambda session: canned.save(session, title, text, staff.name, self._now(), identity)
        )

    async def remove_canned(self, identity: int) -> None:
        await self._write(lambda session: canned.remove(session, identity))

    def filled(self, text: str, staff: Staff, conversation: str, skill: str) -> str:
        return canned.filled(text, staff.name, conversation, skill, self._now())

    async def equip(
        self, by: Staff, staff: str, skills: Sequence[Skill], languages: Sequence[str], capacity: int
    ) -> None:
        """What a colleague takes. Raises `NotAllowed` and `UnknownColleague`."""
        _require_supervisor(by)

        def deed(session: Session) -> None:
            if session.get(StaffRow, staff) is None:
                raise UnknownColleague("没有这位同事。")
            roster.assign_skills(session, staff, skills, languages, capacity)

        await self._write(deed)
        self._feed.ring(QUEUE)

    async def hours(self, skill: Skill) -> Hours:
        return await self._read(lambda session: roster.hours_of(session, skill))

    async def set_hours(self, by: Staff, skill: Skill, hours: Hours) -> None:
        """Raises `NotAllowed`."""
        _require_supervisor(by)
        await self._write(lambda session: roster.set_hours(session, skill, hours))
        self._feed.ring(QUEUE)

    async def webhooks(self, by: Staff) -> Sequence[WebhookRow]:
        _require_supervisor(by)
        return await self._read(outbox.webhooks)

    async def subscribe(self, by: Staff, url: str, events: Sequence[str]) -> WebhookRow:
        _require_supervisor(by)
        return await self._write(lambda session: outbox.subscribe(session, url, events, self._now()))

    async def unsubscribe(self, by: Staff, webhook: str) -> None:
        _require_supervisor(by)
        await self._write(lambda session: outbox.unsubscribe(session, webhook))

    async def _on(self, conversation: str, deed: Callable[[Session, Conversation], T]) -> T:
        """Do ``deed`` on the locked conversation, then ring for who looks at it."""
        done = await self._write(lambda session: deed(session, log.load(session, conversation, lock=True)))
        self._feed.ring(conversation, QUEUE)
        return done

    async def _write(self, deed: Callable[[Session], T]) -> T:
        def transact() -> T:
            with self._database.writing() as session:
                return deed(session)

        return await to_thread.run_sync(transact)

    async def _read(self, look: Callable[[Session], T]) -> T:
        def transact() -> T:
            with self._database.reading() as session:
                return look(session)

        return await to_thread.run_sync(transact)


def supervises(staff: Staff) -> bool:
    return staff.role in SUPERVISORS


def _require_supervisor(staff: Staff) -> None:
    if not supervises(staff):
        raise NotAllowed("这需要督导或管理员的权限。")


def line(event: Event) -> dict[str, Any]:
    """An event as staff see it."""
    return {
        "seq": event.seq, "author": event.author, "text": event.text, "at": event.at.isoformat(),
        "data": event.data, "evidence": event.evidence, "staff": event.staff, "reply_to": event.reply_to,
    }  # fmt: skip
