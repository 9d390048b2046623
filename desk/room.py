"""All that an agent sees of one conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from bot import log, marks, tickets
from bot.conversation import Conversation, Event
from bot.marks import Reader
from bot.queueing import Ticket
from desk import notes
from desk.board import REASONS
from desk.notes import NoteRow
from desk.suggestions import Suggestion, suggestions
from desk.summary import Summary, last_asked, summary
from knowledge.release import Release

SHOWN = 2_000


@dataclass(frozen=True)
class Room:
    """Its newest lines, what staff noted, how far each side has read, and what may help to answer."""

    conversation: Conversation
    ticket: Ticket | None
    events: tuple[Event, ...]
    notes: tuple[NoteRow, ...]
    marks: dict[Reader, int]
    summary: Summary
    suggestions: tuple[Suggestion, ...]


def look(session: Session, conversation: str, release: Release | None, today: date) -> Room:
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
        suggestions=tuple(suggestions(release, last_asked(events), today)),
    )


def line(event: Event) -> dict[str, Any]:
    """An event as staff see it."""
    return {
        "seq": event.seq, "author": event.author, "text": event.text, "at": event.at.isoformat(),
        "data": event.data, "evidence": event.evidence, "staff": event.staff, "reply_to": event.reply_to,
    }  # fmt: skip
