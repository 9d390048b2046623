"""Who answers a message: the assistant, the queue, the agent, or nobody. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from bot.conversation import Conversation

LONGEST_MESSAGE = 2_000
_WITHDRAW = frozenset(
    {"取消", "取消排队", "取消排隊", "不等了", "不排了", "返回助手", "继续问助手", "退出排队"}
)
_LEAVES = re.compile(r"\s*留言(?:$|[\s:：,，])")
_CHOOSE = re.compile(r"/choose(\{.*\})", re.DOTALL)
_WORDLESS = re.compile(r"[\s​‌‍⁠﻿\x00-\x1f\x7f]*")


@dataclass(frozen=True)
class AskRasa:
    """The assistant answers; ``entry`` is set where a button was pressed, ``who`` where that says who asks."""

    entry: str | None = None
    who: str | None = None


@dataclass(frozen=True)
class ToQueue:
    """The message waits for an agent with the rest of the conversation; a ``complaint`` waits less long."""

    complaint: bool = False


@dataclass(frozen=True)
class Withdraw:
    """The person leaves the queue and goes on with the assistant."""


@dataclass(frozen=True)
class LeaveMessage:
    """The person leaves a message for the desk instead of waiting."""


@dataclass(frozen=True)
class ToAgent:
    """The owning agent sees the message; the assistant keeps silent."""


@dataclass(frozen=True)
class Refuse:
    """The message cannot be taken; ``text`` tells the person why and what to do."""

    reason: str
    text: str


Decision = AskRasa | ToQueue | Withdraw | LeaveMessage | ToAgent | Refuse

EMPTY = Refuse("empty_message", "没有收到文字。请输入您想问的税费问题。")
TOO_LONG = Refuse(
    "message_too_long", f"这条消息太长了（最多{LONGEST_MESSAGE}字）。请把问题说短一些，或分几条发送。"
)
UNKNOWN_BUTTON = Refuse("unknown_payload", "这个按钮已经失效。请直接输入您的问题。")


def decide(conversation: Conversation, text: str) -> Decision:
    """Where ``text`` goes, given who owns the conversation. A closed one belongs to the assistant again."""
    if _WORDLESS.fullmatch(text):
        return EMPTY
    if len(text) > LONGEST_MESSAGE:
        return TOO_LONG
    if conversation.owner == "agent":
        return ToAgent()
    if conversation.owner == "waiting":
        return _while_waiting(text)
    if _LEAVES.match(text):
        return LeaveMessage()
    return _button(text) if text.lstrip().startswith("/choose") else AskRasa()


def _while_waiting(text: str) -> Decision:
    if text.strip() in _WITHDRAW:
        return Withdraw()
    return LeaveMessage() if text.lstrip().startswith("留言") else ToQueue("投诉" in text)


def choice_payload(entry: str, who: str | None = None) -> str:
    """The payload of a button that chooses ``entry``, and says ``who`` asks; `decide` reads it back."""
    choice = {"entry": entry} | ({"who": who} if who else {})
    return f"/choose{json.dumps(choice, ensure_ascii=False)}"


def _button(text: str) -> Decision:
    match = _CHOOSE.fullmatch(text.strip())
    try:
        choice = json.loads(match[1]) if match else {}
    except ValueError:
        return UNKNOWN_BUTTON
    entry, who = choice.get("entry"), choice.get("who")
    if not (isinstance(entry, str) and entry and isinstance(who, str | None)):
        return UNKNOWN_BUTTON
    return AskRasa(entry, who)
