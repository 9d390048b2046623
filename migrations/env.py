"""Alembic's entry: the schema of all tables, on the connection that `store.database` hands over."""

from alembic import context

import bot.attachments
import bot.log
import bot.originals
import bot.ratings
import desk.audit
import desk.lockout
import desk.second_factor
import desk.sessions
import desk.staff
import knowledge.library
import widget.notices
from store.database import Base

TABLES = (
    bot.log, bot.attachments, bot.originals, bot.ratings, knowledge.library,
    desk.audit, desk.lockout, desk.second_factor, desk.sessions, desk.staff, widget.notices,
)  # fmt: skip

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
