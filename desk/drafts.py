"""What curators do with the drafts that agents proposed; pages and API call the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.feed import Feed
from bot.queueing import Skill, skill_for
from desk import audit
from desk.deeds import Deeds, require
from desk.staff import Staff
from knowledge import drafts, proposals
from knowledge.entries import TaxType
from knowledge.proposals import Decision, ProposalRow
from store.database import Database

TAX: dict[Skill, TaxType] = {
    "增值税": "增值税",
    "个税": "个人所得税",
    "企业所得税": "企业所得税",
    "发票": "发票",
    "征管": "征管程序",
    "跨境": "跨境",
    "其他": "服务",
}


class Drafts(Deeds):
    """Its deeds. All raise `NotAllowed`; those on one draft `UnknownDraft`, and those that change it `DraftDecided`."""

    def __init__(
        self, database: Database, feed: Feed, now: Callable[[], datetime], today: Callable[[], date]
    ) -> None:
        super().__init__(database, feed, now)
        self._today = today

    async def proposed(self, by: Staff) -> Sequence[ProposalRow]:
        """What waits for a curator, oldest first."""
        require(by, "write_knowledge")
        return await self.read(proposals.proposed)

    async def decided(self, by: Staff) -> Sequence[ProposalRow]:
        """What was taken or refused last."""
        require(by, "write_knowledge")
        return await self.read(proposals.decided)

    async def reword(self, by: Staff, draft: int, question: str, answer: str) -> ProposalRow:
        require(by, "write_knowledge")

        def deed(session: Session) -> ProposalRow:
            audit.record(session, self._now(), by.name, "draft_reworded", f"草稿{draft}")
            return proposals.reword(session, draft, question.strip(), answer.strip())

        return await self.write(deed)

    async def decide(self, by: Staff, draft: int, decision: Decision, why: str) -> ProposalRow:
        require(by, "write_knowledge")

        def deed(session: Session) -> ProposalRow:
            act: audit.Act = "draft_taken" if decision == "taken" else "draft_refused"
            audit.record(session, self._now(), by.name, act, f"草稿{draft}", why=why.strip())
            return proposals.decide(session, draft, decision)

        return await self.write(deed)

    async def content_file(self, by: Staff, draft: int) -> str:
        """The draft as the YAML of an entry that is still to be completed."""
        require(by, "write_knowledge")

        def look(session: Session) -> str:
            row = proposals.load(session, draft)
            tax = TAX[skill_for((), (row.question, row.answer))]
            return drafts.content_file(row, tax, self._today())

        return await self.read(look)
