"""Alembic's entry: the schema of all tables, on the connection that `store.database` hands over."""

from alembic import context

import bot.assignment
import bot.cases
import bot.log
import bot.marks
import bot.outbox
import bot.roster
import bot.tickets
import desk.canned
import desk.notes
import desk.staff
import desk.tokens
import knowledge.library
import knowledge.proposals
from store.database import Base

TABLES = (
    bot.assignment, bot.cases, bot.log, bot.marks, bot.outbox, bot.roster, bot.tickets,
    desk.canned, desk.notes, desk.staff, desk.tokens, knowledge.library, knowledge.proposals,
)  # fmt: skip

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
