"""The desk itself: cases, canned replies, what colleagues take, hours, webhooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot import cases, log, originals, outbox, roster
from bot.cases import CaseRow, State
from bot.conversation import NotYours
from bot.feed import QUEUE, Feed
from bot.hours import Hours
from bot.log import ConversationRow
from bot.outbox import WebhookRow
from bot.queueing import Skill
from bot.vault import Vault
from desk import audit, canned
from desk.board import latest
from desk.canned import CannedRow
from desk.deeds import Deeds, UnknownColleague, require
from desk.staff import Staff, StaffRow
from store.database import Database


class Office(Deeds):
    """Its deeds. Refusals are exceptions beside their rule."""

    def __init__(
        self, database: Database, feed: Feed, now: Callable[[], datetime], vault: Vault | None
    ) -> None:
        super().__init__(database, feed, now)
        self._vault = vault

    async def latest(self, by: Staff) -> Sequence[ConversationRow]:
        """The newest conversations, whoever has them. Raises `NotAllowed`."""
        require(by, "supervise")
        return await self.read(latest)

    async def cases(self) -> tuple[Sequence[CaseRow], Sequence[CaseRow]]:
        """What is to be worked off, and the last that were done."""
        return await self.read(lambda session: (cases.undone(session), cases.done(session)))

    async def case_step(self, staff: Staff, case: int, state: State, remark: str) -> CaseRow:
        return await self.write(
            lambda session: cases.step(session, case, staff.id, staff.name, state, remark, self._now())
        )

    async def contact(self, by: Staff, case: int) -> str:
        """How to reach the person of a case; each look is audited.

        Raises `NotAllowed`, `UnknownCase`, `bot.originals.NoOriginal` and `bot.vault.WrongKey`.
        """
        require(by, "unmask")

        def deed(session: Session) -> str:
            found = cases.reveal(session, case, self._vault)
            audit.record(session, self._now(), by.name, "unmasked", f"留言{case}")
            return found

        return await self.write(deed)

    async def original(self, by: Staff, conversation: str, seq: int) -> str:
        """A masked message of one's own conversation as it was received; each look is audited.

        Raises `NotAllowed`, `NotYours`, `log.UnknownConversation`, `NoOriginal` and `bot.vault.WrongKey`.
        """
        require(by, "unmask")

        def deed(session: Session) -> str:
            owned = log.load(session, conversation, lock=True)
            if owned.owner != "agent" or owned.agent != by.id:
                raise NotYours("这个会话不在您手上，不能查看原文。")
            text = originals.reveal(session, conversation, seq, self._vault)
            audit.record(session, self._now(), by.name, "unmasked", f"{conversation}/{seq}")
            return text

        return await self.write(deed)

    async def canned(self, words: str = "") -> Sequence[CannedRow]:
        return await self.read(lambda session: canned.search(session, words))

    async def save_canned(self, staff: Staff, title: str, text: str, identity: int | None) -> CannedRow:
        return await self.write(
            lambda session: canned.save(session, title, text, staff.name, self._now(), identity)
        )

    async def remove_canned(self, identity: int) -> None:
        await self.write(lambda session: canned.remove(session, identity))

    def filled(self, text: str, staff: Staff, conversation: str, skill: str) -> str:
        return canned.filled(text, staff.name, conversation, skill, self._now())

    async def equip(
        self, by: Staff, staff: str, skills: Sequence[Skill], languages: Sequence[str], capacity: int
    ) -> None:
        """What a colleague takes. Raises `NotAllowed` and `UnknownColleague`."""
        require(by, "supervise")

        def deed(session: Session) -> None:
            account = session.get(StaffRow, staff)
            if account is None:
                raise UnknownColleague("没有这位同事。")
            roster.assign_skills(session, staff, skills, languages, capacity)
            audit.record(
                session, self._now(), by.name, "team_changed", account.name,
                skills=list(skills), languages=list(languages), capacity=capacity,
            )  # fmt: skip

        await self.write(deed)
        self._feed.ring(QUEUE)

    async def hours(self, skill: Skill) -> Hours:
        return await self.read(lambda session: roster.hours_of(session, skill))

    async def set_hours(self, by: Staff, skill: Skill, hours: Hours) -> None:
        """Raises `NotAllowed`."""
        require(by, "supervise")

        def deed(session: Session) -> None:
            roster.set_hours(session, skill, hours)
            changed = hours.model_dump(mode="json")
            audit.record(session, self._now(), by.name, "hours_changed", skill, **changed)

        await self.write(deed)
        self._feed.ring(QUEUE)

    async def webhooks(self, by: Staff) -> Sequence[WebhookRow]:
        require(by, "supervise")
        return await self.read(outbox.webhooks)

    async def subscribe(self, by: Staff, url: str, events: Sequence[str]) -> WebhookRow:
        require(by, "supervise")

        def deed(session: Session) -> WebhookRow:
            row = outbox.subscribe(session, url, events, self._now())
            audit.record(session, self._now(), by.name, "webhook_added", url.partition("?")[0])
            return row

        return await self.write(deed)

    async def unsubscribe(self, by: Staff, webhook: str) -> None:
        require(by, "supervise")

        def deed(session: Session) -> None:
            outbox.unsubscribe(session, webhook)
            audit.record(session, self._now(), by.name, "webhook_removed", webhook)

        await self.write(deed)
