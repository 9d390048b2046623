"""Passwords, second factors and sessions of staff; failed sign-ins; the audit log; sealed originals."""

from alembic import op
import sqlalchemy as sa
from store.database import Moment


revision = '0008'
down_revision = "0002"
branch_labels = None
depends_on = None

# The audit log only grows: no line is changed, and none goes before six months have passed
# (网络安全法 第二十一条).
SQLITE = (
    """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
       BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END""",
    """CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit WHEN OLD.at > datetime('now', '-180 days')
       BEGIN SELECT RAISE(ABORT, 'the audit log is kept for six months'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'the audit log is never changed'; END IF;
         IF OLD.at > now() - interval '180 days' THEN RAISE EXCEPTION 'the audit log is kept for six months'; END IF;
         RETURN OLD;
       END $$""",
    "CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_kept()",
)


def upgrade() -> None:
    # Columns and an index are added in place: SQLite would otherwise copy and drop a table that others refer to.
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signed_in_at', Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('disabled_at', Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('password_hash', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('factor_secret', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('factor_on', sa.Boolean(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('factor_step', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('identity', sa.String(), nullable=True))
        batch_op.create_index('ix_staff_identity', ['identity'], unique=True)
    op.execute("UPDATE staff SET signed_in_at = created_at WHERE id IN (SELECT staff FROM staff_sessions)")

    # Everybody signs in once more: the new columns of a session have no value for an old one.
    op.drop_table('staff_sessions')
    op.create_table('staff_sessions',
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('staff', sa.String(), nullable=False),
    sa.Column('way', sa.Enum('link', 'password', 'identity', native_enum=False), nullable=False),
    sa.Column('form_token', sa.String(), nullable=False),
    sa.Column('browser', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('began_at', Moment(timezone=True), nullable=False),
    sa.Column('expires_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('hash'),
    sa.UniqueConstraint('id')
    )
    op.create_table('recovery_codes',
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('staff', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('hash')
    )
    op.create_table('sign_in_failures',
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', Moment(timezone=True), nullable=False),
    sa.Column('locked_until', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('hash')
    )
    op.create_table('originals',
    sa.Column('conversation', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.String(), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], ),
    sa.PrimaryKeyConstraint('conversation', 'seq')
    )
    op.create_table('audit',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('act', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index('ix_audit_at', ['at'], unique=False)
    for statement in SQLITE if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('audit')
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('DROP FUNCTION audit_is_kept()')
    op.drop_table('originals')
    op.drop_table('sign_in_failures')
    op.drop_table('recovery_codes')
    op.drop_table('staff_sessions')
    op.create_table('staff_sessions',
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('staff', sa.String(), nullable=False),
    sa.Column('form_token', sa.String(), nullable=False),
    sa.Column('expires_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('hash')
    )
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.drop_index('ix_staff_identity')
    for column in ('identity', 'factor_step', 'factor_on', 'factor_secret', 'password_hash', 'disabled_at', 'signed_in_at'):
        op.execute(f'ALTER TABLE staff DROP COLUMN {column}')
