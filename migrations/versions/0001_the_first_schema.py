"""The first schema."""

from alembic import op
import sqlalchemy as sa
import store.database


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('conversations',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=True),
    sa.Column('owner', sa.Enum('assistant', 'waiting', 'agent', 'closed', native_enum=False), nullable=False),
    sa.Column('agent', sa.String(), nullable=True),
    sa.Column('reason', sa.Enum('asked_for_agent', 'low_confidence', 'needs_account_data', 'repeated_failure', 'complaint', 'assistant_down', native_enum=False), nullable=True),
    sa.Column('waiting_since', store.database.Moment(timezone=True), nullable=True),
    sa.Column('last_seq', sa.Integer(), nullable=False),
    sa.Column('dialogue', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('state', sa.JSON(), nullable=True),
    sa.Column('opened_at', store.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('channel', 'address')
    )
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.create_index('ix_conversations_queue', ['owner', 'waiting_since'], unique=False)

    op.create_table('entries',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'review', 'published', 'retired', native_enum=False), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('changed_at', store.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('golden_questions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('policies',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('releases',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('folder', sa.String(), nullable=False),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.Column('current', sa.Boolean(), nullable=False),
    sa.Column('published_at', store.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_table('staff',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.Enum('agent', 'administrator', native_enum=False), nullable=False),
    sa.Column('created_at', store.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('events',
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('author', sa.Enum('customer', 'assistant', 'agent', 'notice', native_enum=False), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('at', store.database.Moment(timezone=True), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('client_txn_id', sa.String(), nullable=True),
    sa.Column('reply_to', sa.Integer(), nullable=True),
    sa.Column('staff', sa.String(), nullable=True),
    sa.Column('evidence', sa.JSON(none_as_null=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], ),
    sa.PrimaryKeyConstraint('conversation', 'seq'),
    sa.UniqueConstraint('conversation', 'client_txn_id')
    )
    op.create_table('sign_in_links',
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('staff', sa.String(), nullable=False),
    sa.Column('expires_at', store.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('hash')
    )
    op.create_table('staff_sessions',
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('staff', sa.String(), nullable=False),
    sa.Column('form_token', sa.String(), nullable=False),
    sa.Column('expires_at', store.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('hash')
    )


def downgrade() -> None:
    op.drop_table('staff_sessions')
    op.drop_table('sign_in_links')
    op.drop_table('events')
    op.drop_table('staff')
    op.drop_table('releases')
    op.drop_table('policies')
    op.drop_table('golden_questions')
    op.drop_table('entries')
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_index('ix_conversations_queue')

    op.drop_table('conversations')
