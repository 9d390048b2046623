"""Alembic's entry: the schema of all tables, on the connection that `store.database` hands over."""

from alembic import context

import bot.attachments
import bot.log
import bot.ratings
import desk.staff
import knowledge.library
import widget.notices
from store.database import Base

TABLES = (bot.log, bot.attachments, bot.ratings, knowledge.library, desk.staff, widget.notices)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
