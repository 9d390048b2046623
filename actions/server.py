"""Rasa's action calls, answered inside the application by rasa-sdk's executor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import (
    ActionExecutionRejection,
    ActionMissingDomainException,
    ActionNotFoundException,
)

from actions.agents import REASONS, HandOff
from actions.answer import ActionChoose, Answerer
from actions.conversation import (
    PHRASES,
    ActionAffirm,
    ActionCancel,
    ActionDeclineEvasion,
    ActionDeny,
    ActionRestart,
    Phrase,
)
from actions.form import AskReply, FinishTask, NotUnderstood, ValidateTaskForm
from actions.guide import Guide, guide_actions
from actions.opening import Opening, openers
from knowledge.release import Shelf


def executor(shelf: Shelf, today: Callable[[], date]) -> ActionExecutor:
    """An executor that knows every action of the domain."""
    answerer = Answerer(shelf, today)
    opening = Opening(answerer, today)
    actions = [
        *openers(opening),
        *guide_actions(Guide(shelf, answerer, today)),
        ActionChoose(answerer),
        ActionAffirm(answerer, opening),
        ActionDeny(opening),
        ActionDeclineEvasion(),
        ActionRestart(),
        ActionCancel(),
        ValidateTaskForm(today),
        AskReply(today),
        FinishTask(today),
        NotUnderstood(),
        *(Phrase(name, answerer) for name in PHRASES),
        *(HandOff(name) for name in REASONS),
    ]
    made = ActionExecutor()
    for action in actions:
        made.register_action(action)
    return made


def routes(made: ActionExecutor, secret: str) -> APIRouter:
    """``POST /actions/{secret}``: only the Rasa process that was told the secret may call actions."""
    router = APIRouter(include_in_schema=False)

    @router.post(f"/actions/{secret}")
    async def run(request: Request) -> Response:
        try:
            call: dict[str, Any] = orjson.loads(await request.body())
        except ValueError:
            return JSONResponse({"error": "the body must be JSON"}, 400)
        try:
            result = await made.run(call)
        except ActionExecutionRejection as error:
            return JSONResponse({"error": error.message, "action_name": error.action_name}, 400)
        except ActionNotFoundException as error:
            return JSONResponse({"error": error.message, "action_name": error.action_name}, 404)
        except ActionMissingDomainException as error:
            return JSONResponse({"error": error.message, "action_name": error.action_name}, 449)
        return Response(orjson.dumps(result.model_dump() if result else {}), media_type="application/json")

    return router
