"""Tickets, the roster, cases, notes, canned replies, read marks, proposals, tokens and webhooks of the desk."""

from alembic import op
import sqlalchemy as sa
import store.database


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('canned_replies',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('changed_by', sa.String(), nullable=False),
    sa.Column('changed_at', store.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('title')
    )
    op.create_table('desk_agents',
    sa.Column('staff', sa.String(), nullable=False),
    sa.Column('skills', sa.JSON(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('ready', sa.Boolean(), nullable=False),
    sa.Column('seen_at', store.database.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('staff')
    )
    op.create_table('leases',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('holder', sa.String(), nullable=False),
    sa.Column('until', store.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('proposals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'taken', 'refused', native_enum=False), nullable=False),
    sa.Column('proposed_by', sa.String(), nullable=False),
    sa.Column('proposed_at', store.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('conversation', 'seq')
    )
    op.create_table('skill_groups',
    sa.Column('skill', sa.String(), nullable=False),
    sa.Column('hours', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('skill')
    )
    op.create_table('webhooks',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('secret', sa.String(), nullable=False),
    sa.Column('events', sa.JSON(), nullable=False),
    sa.Column('created_at', store.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('api_tokens',
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('staff', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('created_at', store.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('hash')
    )
    op.create_table('cases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('skill', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('contact', sa.String(), nullable=False),
    sa.Column('sealed', sa.String(), nullable=True),
    sa.Column('state', sa.Enum('open', 'contacted', 'not_reached', 'done', native_enum=False), nullable=False),
    sa.Column('agent', sa.String(), nullable=True),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('opened_at', store.database.Moment(timezone=True), nullable=False),
    sa.Column('changed_at', store.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('deliveries',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('webhook', sa.String(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', store.database.Moment(timezone=True), nullable=True),
    sa.Column('delivered_at', store.database.Moment(timezone=True), nullable=True),
    sa.Column('problem', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['webhook'], ['webhooks.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deliveries_next_at'), ['next_at'], unique=False)

    op.create_table('notes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('staff', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('at', store.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notes_conversation'), ['conversation'], unique=False)

    op.create_table('read_marks',
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('reader', sa.Enum('customer', 'agent', native_enum=False), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation', 'reader')
    )
    op.create_table('tickets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('skill', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('reason', sa.Enum('asked_for_agent', 'low_confidence', 'needs_account_data', 'repeated_failure', 'complaint', 'assistant_down', native_enum=False), nullable=True),
    sa.Column('elder', sa.Boolean(), nullable=False),
    sa.Column('requested_at', store.database.Moment(timezone=True), nullable=False),
    sa.Column('ranked_at', store.database.Moment(timezone=True), nullable=False),
    sa.Column('offered_to', sa.String(), nullable=True),
    sa.Column('offered_until', store.database.Moment(timezone=True), nullable=True),
    sa.Column('passed', sa.JSON(), nullable=False),
    sa.Column('agent', sa.String(), nullable=True),
    sa.Column('claimed_at', store.database.Moment(timezone=True), nullable=True),
    sa.Column('answered_at', store.database.Moment(timezone=True), nullable=True),
    sa.Column('ended_at', store.database.Moment(timezone=True), nullable=True),
    sa.Column('ending', sa.Enum('withdrawn', 'left_message', 'returned', 'closed', native_enum=False), nullable=True),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.create_index('ix_tickets_ended', ['skill', 'ended_at'], unique=False)
        batch_op.create_index('ix_tickets_open', ['conversation'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    # In place: SQLite would otherwise copy and drop a table that others refer to.
    op.add_column('conversations', sa.Column('elder', sa.Boolean(), server_default=sa.false(), nullable=False))

    # Who waited or was served before there were tickets goes on with one.
    op.execute("""
        INSERT INTO tickets (conversation, skill, language, reason, elder, requested_at, ranked_at, passed,
                             agent, claimed_at, topic, result)
        SELECT id, '其他', 'zh', reason, false, coalesce(waiting_since, opened_at),
               coalesce(waiting_since, opened_at), '[]', agent,
               CASE WHEN owner = 'agent' THEN opened_at END, '', ''
        FROM conversations WHERE owner IN ('waiting', 'agent')
    """)


def downgrade() -> None:
    op.execute('ALTER TABLE conversations DROP COLUMN elder')

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_index('ix_tickets_open', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index('ix_tickets_ended')

    op.drop_table('tickets')
    op.drop_table('read_marks')
    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notes_conversation'))

    op.drop_table('notes')
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deliveries_next_at'))

    op.drop_table('deliveries')
    op.drop_table('cases')
    op.drop_table('api_tokens')
    op.drop_table('webhooks')
    op.drop_table('skill_groups')
    op.drop_table('proposals')
    op.drop_table('leases')
    op.drop_table('desk_agents')
    op.drop_table('canned_replies')
