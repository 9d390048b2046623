"""Alembic's entry: the schema of all tables, on the connection that `store.database` hands over."""

from alembic import context

import bot.log
import bot.originals
import desk.audit
import desk.lockout
import desk.second_factor
import desk.sessions
import desk.staff
import knowledge.library
from store.database import Base

TABLES = (
    bot.log, bot.originals, knowledge.library,
    desk.audit, desk.lockout, desk.second_factor, desk.sessions, desk.staff,
)  # fmt: skip

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
