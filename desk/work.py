"""What staff do with a conversation, each deed in one transaction; pages and API call the same."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import handoff, log, marks, roster
from bot.conversation import Conversation, Event
from bot.feed import QUEUE, Feed
from bot.privacy import mask
from bot.queueing import Skill
from bot.roster import Presence
from desk import audit, notes
from desk.board import Boards
from desk.deeds import Deeds, UnknownColleague, require
from desk.notes import NoteRow
from desk.overview import Group, overview
from desk.room import Room, look
from desk.staff import Staff, StaffRow
from desk.stream import Looks, changes, staff_bell
from desk.summary import last_asked
from knowledge import proposals
from knowledge.proposals import ProposalRow
from knowledge.release import Shelf
from store.database import Database

EVIDENCE_LINES = 10


class NothingToPropose(Exception):
    """Only an agent's own answer to a question can be proposed as knowledge."""


class NoVideo(Exception):
    """No video service is set up."""


class Work(Deeds):
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
        super().__init__(database, feed, now)
        self._shelf = shelf
        self._today = today
        self.boards = boards
        self.video_url = video_url

    async def claim(self, staff: Staff, conversation: str) -> Event:
        return await self.on(
            conversation, lambda s, c: handoff.claim(s, c, staff.id, staff.name, self._now())
        )

    async def reply(self, staff: Staff, conversation: str, text: str, txn: str | None) -> Event:
        return await self.on(
            conversation, lambda s, c: handoff.reply(s, c, staff.id, text.strip(), self._now(), txn)
        )

    async def give_back(self, staff: Staff, conversation: str) -> Event:
        return await self.on(conversation, lambda s, c: handoff.give_back(s, c, staff.id, self._now()))

    async def close(self, staff: Staff, conversation: str, topic: str, result: str) -> Event:
        return await self.on(
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

        moved = await self.on(conversation, deed)
        if colleague:
            self._feed.ring(staff_bell(colleague))
        return moved

    async def take_over(self, staff: Staff, conversation: str) -> None:
        """Quietly: the person is told nothing; colleagues see a note. Raises `NotAllowed`."""
        require(staff, "supervise")

        def deed(session: Session, chat: Conversation) -> None:
            handoff.take_over(session, chat, staff.id, self._now())
            audit.record(session, self._now(), staff.name, "taken_over", chat.id)
            words = f"{staff.name}接管了会话。"
            notes.add(session, chat.id, chat.last_seq, staff.id, staff.name, words, self._now())

        await self.on(conversation, deed)

    async def note(self, staff: Staff, conversation: str, text: str) -> NoteRow:
        return await self.on(
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
                {"seq": e.seq, "author": e.author, "text": mask(e.text).text, "at": e.at.isoformat()}
                for e in around
            ]
            return proposals.propose(
                session, chat.id, seq, mask(question or asked[0]).text, mask(answer or said.text).text, lines,
                staff.id, self._now(),
            )  # fmt: skip

        return await self.on(conversation, deed)

    async def seen(self, staff: Staff, conversation: str, seq: int) -> None:
        """The owning agent has read up to ``seq``; what others read leaves no mark."""

        def deed(session: Session) -> int | None:
            chat = log.load(session, conversation, lock=True)
            mine = chat.owner == "agent" and chat.agent == staff.id
            return marks.mark(session, conversation, "agent", seq, chat.last_seq) if mine else None

        if reached := await self.write(deed):
            self._feed.say(conversation, {"event": "seen", "seq": reached, "by": "agent"})

    async def typing(self, staff: Staff, conversation: str) -> None:
        """Tell the person that their agent is writing; nobody else's writing shows."""
        chat = await self.read(lambda session: log.load(session, conversation))
        if chat.owner == "agent" and chat.agent == staff.id:
            self._feed.say(conversation, {"event": "typing", "who": "agent"})

    def changes(
        self, staff: Staff, conversation: str, after: int, looks: Looks, gone: Callable[[], Any]
    ) -> AsyncIterator[str]:
        """What changes on the board and in the open conversation, as server-sent events."""
        return changes(
            self._database, self._feed, self.boards, self._now, staff, conversation, after, looks, gone
        )

    async def groups(self, staff: Staff) -> list[Group]:
        """How each group does. Raises `NotAllowed`."""
        require(staff, "supervise")
        board = await self.boards.present()
        return await self.read(lambda session: overview(session, board, self._now(), self.boards.targets))

    async def room(self, conversation: str) -> Room:
        return await self.read(lambda session: self.look(session, conversation))

    def look(self, session: Session, conversation: str) -> Room:
        """Raises `log.UnknownConversation`."""
        return look(session, conversation, self._shelf.release, self._today())

    async def present(self, staff: Staff, ready: bool | None) -> Presence:
        """A sign of life of the staff's browser, with what they chose."""
        presence = await self.write(lambda session: roster.seen(session, staff.id, self._now(), ready))
        if ready is not None:
            self._feed.ring(QUEUE)
        return presence

    async def left(self, staff: Staff) -> None:
        await self.write(lambda session: roster.left(session, staff.id))
        self._feed.ring(QUEUE)
