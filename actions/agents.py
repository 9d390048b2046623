"""What leads to a person: being asked for one, a complaint, the person's own account data."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.form import left
from actions.saying import hand_off
from bot.conversation import HandoffReason

REASONS: dict[str, tuple[HandoffReason, str]] = {
    "action_request_agent": ("asked_for_agent", "好的。"),
    "action_complaint": ("complaint", "非常抱歉给您带来不好的体验，您反映的情况由工作人员来处理。"),
    "action_account_data": ("needs_account_data", "这需要查询您本人或企业的涉税信息，我看不到这些数据，由工作人员核实身份后为您处理。"),
}  # fmt: skip


class HandOff(Action):
    """Hands over for one reason."""

    def __init__(self, name: str) -> None:
        self._name = name

    def name(self) -> str:
        return self._name

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[EventType]:
        reason, text = REASONS[self._name]
        return [*hand_off(dispatcher, reason, text), *left()]
