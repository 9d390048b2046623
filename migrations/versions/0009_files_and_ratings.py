"""Files and ratings of conversations, and notices."""

from alembic import op
import sqlalchemy as sa
import store.database


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('files',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('at', store.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_files_conversation', 'files', ['conversation'], unique=False)
    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('ratings',
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('useful', sa.Boolean(), nullable=True),
    sa.Column('reason', sa.Enum('wrong_topic', 'unclear', 'outdated', 'incomplete', 'other', native_enum=False), nullable=True),
    sa.Column('stars', sa.Integer(), nullable=True),
    sa.Column('suggestion', sa.String(), nullable=True),
    sa.Column('entry', sa.String(), nullable=True),
    sa.Column('release', sa.Integer(), nullable=True),
    sa.Column('evidence', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('at', store.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], ),
    sa.PrimaryKeyConstraint('conversation', 'seq')
    )
    op.create_index('ix_ratings_entry', 'ratings', ['entry'], unique=False)


def downgrade() -> None:
    op.drop_table('ratings')
    op.drop_table('notices')
    op.drop_table('files')
