"""What each role may do: the one table. Pure."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["agent", "curator", "reviewer", "supervisor", "administrator"]
Right = Literal[
    "read_conversations",
    "take_conversations",
    "unmask",
    "supervise",
    "write_knowledge",
    "approve_knowledge",
    "publish",
    "see_reports",
    "read_audit",
    "manage_staff",
]

ROLES: tuple[Role, ...] = get_args(Role)
ALL: frozenset[Right] = frozenset(get_args(Right))

# Unmasking moreover needs the conversation in one's own hands, and nobody approves what they wrote.
MAY: dict[Role, frozenset[Right]] = {
    "agent": frozenset({"read_conversations", "take_conversations", "unmask"}),
    "curator": frozenset({"write_knowledge", "see_reports"}),
    "reviewer": frozenset({"write_knowledge", "approve_knowledge", "publish", "see_reports"}),
    "supervisor": frozenset(
        {"read_conversations", "take_conversations", "unmask", "supervise", "see_reports", "read_audit"}
    ),
    "administrator": ALL,
}

ROLE_NAMES: dict[Role, str] = {
    "agent": "坐席",
    "curator": "知识编辑",
    "reviewer": "知识审核",
    "supervisor": "主管",
    "administrator": "管理员",
}
