"""Alembic's entry: the schema of all tables, on the connection that `store.database` hands over."""

from alembic import context

import bot.assignment
import bot.attachments
import bot.cases
import bot.log
import bot.marks
import bot.originals
import bot.outbox
import bot.ratings
import bot.roster
import bot.tickets
import desk.audit
import desk.canned
import desk.lockout
import desk.notes
import desk.second_factor
import desk.sessions
import desk.staff
import desk.tokens
import knowledge.library
import knowledge.proposals
import widget.notices
from store.database import Base

TABLES = (
    bot.assignment, bot.attachments, bot.cases, bot.log, bot.marks, bot.originals, bot.outbox, bot.ratings,
    bot.roster, bot.tickets, knowledge.library, knowledge.proposals, widget.notices,
    desk.audit, desk.canned, desk.lockout, desk.notes, desk.second_factor, desk.sessions, desk.staff, desk.tokens,
)  # fmt: skip

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
