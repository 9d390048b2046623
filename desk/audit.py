"""The audit log: who did what to which account, key or record, and when. Lines are only ever added.

The database itself refuses a changed line, and refuses to delete one younger than six months (网络安全法
第二十一条: network logs are kept for no less than six months); see the migration that makes the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.database import Base, Moment

Act = Literal[
    "invited", "link_made", "link_used", "signed_in", "locked", "password_chosen", "factor_added", "factor_removed",
    "recovery_used", "identity_linked", "identity_unlinked", "session_ended", "sessions_ended", "role_changed",
    "disabled", "enabled", "reset", "unmasked", "forgotten", "token_made",
    "token_revoked", "taken_over", "team_changed", "hours_changed", "webhook_added", "webhook_removed",
    "draft_reworded", "draft_taken", "draft_refused",
]  # fmt: skip
ACTS: tuple[Act, ...] = get_args(Act)
ACT_NAMES: dict[str, str] = {
    "invited": "邀请人员",
    "link_made": "生成登录链接",
    "link_used": "用链接登录",
    "signed_in": "登录",
    "locked": "登录锁定",
    "password_chosen": "设置密码",
    "factor_added": "启用动态码",
    "factor_removed": "停用动态码",
    "recovery_used": "使用恢复码",
    "identity_linked": "关联统一身份",
    "identity_unlinked": "解除统一身份",
    "session_ended": "结束一个登录",
    "sessions_ended": "结束全部登录",
    "role_changed": "更改角色",
    "disabled": "停用账号",
    "enabled": "恢复账号",
    "reset": "重置账号",
    "unmasked": "查看原文",
    "forgotten": "到期清理",
    "token_made": "生成接口凭证",
    "token_revoked": "作废接口凭证",
    "taken_over": "接管会话",
    "team_changed": "更改坐席设置",
    "hours_changed": "更改服务时间",
    "webhook_added": "新增通知地址",
    "webhook_removed": "删除通知地址",
    "draft_reworded": "修改知识草稿",
    "draft_taken": "采用知识草稿",
    "draft_refused": "不采用知识草稿",
}


class AuditRow(Base):
    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor: Mapped[str]
    act: Mapped[str]
    about: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)

    @property
    def plain(self) -> dict[str, Any]:
        """The line as JSON can hold it."""
        return {
            "id": self.id, "at": self.at.isoformat(), "actor": self.actor, "act": self.act,
            "about": self.about, "detail": self.detail,
        }  # fmt: skip


def record(session: Session, now: datetime, actor: str, act: Act, about: str, **detail: object) -> None:
    """Add a line: ``actor`` (a name) did ``act`` to ``about`` (a name, or a conversation and its line)."""
    session.add(AuditRow(at=now, actor=actor, act=act, about=about, detail=detail))


def lines(
    session: Session, *, act: str = "", who: str = "", before: int = 0, limit: int = 100
) -> Sequence[AuditRow]:
    """Newest first: those of an ``act``, those ``who`` did or that are about them, those before a line."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if act:
        query = query.where(AuditRow.act == act)
    if who:
        query = query.where((AuditRow.actor == who) | (AuditRow.about == who))
    if before:
        query = query.where(AuditRow.id < before)
    return session.scalars(query).all()


def last(session: Session, act: Act) -> datetime | None:
    """When ``act`` was done last."""
    return session.scalar(select(func.max(AuditRow.at)).where(AuditRow.act == act))
