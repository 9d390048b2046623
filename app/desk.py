"""The desk in the application: its pages, its API twice (by token, and for its pages), and what runs beside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.assembly import Parts, today
from bot.assignment import Assignment
from bot.cases import UnknownCase
from bot.channels.contract import Problem, problem_response
from bot.originals import NoOriginal
from bot.outbox import UnknownWebhook
from bot.vault import WrongKey
from bot.webhooks import Webhooks
from desk import canned, tokens, unmasking
from desk.api import routes as api_routes
from desk.board import Boards, Targets
from desk.canned import TitleTaken, UnknownCanned
from desk.deeds import NotAllowed, UnknownColleague
from desk.door import Door, same_site
from desk.draft_api import routes as draft_api_routes
from desk.draft_pages import routes as draft_page_routes
from desk.drafts import Drafts
from desk.files import routes as file_routes
from desk.forms import routes as form_routes
from desk.office import Office
from desk.office_api import routes as office_routes
from desk.pages import routes as page_routes
from desk.staff import Staff
from desk.tokens import WrongToken
from desk.work import NothingToPropose, NoVideo, Work
from knowledge.proposals import DraftDecided, UnknownDraft
from store.database import DatabaseUnavailable

BEARER = HTTPBearer(auto_error=False, description="`shuiwen staff token NAME` prints one.")
REFUSALS: dict[type[Exception], tuple[HTTPStatus, str]] = {
    WrongToken: (HTTPStatus.UNAUTHORIZED, "wrong-token"),
    NotAllowed: (HTTPStatus.FORBIDDEN, "not-allowed"),
    NothingToPropose: (HTTPStatus.CONFLICT, "nothing-to-propose"),
    NoVideo: (HTTPStatus.CONFLICT, "no-video"),
    TitleTaken: (HTTPStatus.CONFLICT, "title-taken"),
    UnknownColleague: (HTTPStatus.NOT_FOUND, "unknown-colleague"),
    NoOriginal: (HTTPStatus.CONFLICT, "no-original"),
    WrongKey: (HTTPStatus.CONFLICT, "wrong-key"),
    UnknownCase: (HTTPStatus.NOT_FOUND, "unknown-case"),
    UnknownCanned: (HTTPStatus.NOT_FOUND, "unknown-canned"),
    UnknownDraft: (HTTPStatus.NOT_FOUND, "unknown-draft"),
    DraftDecided: (HTTPStatus.CONFLICT, "draft-decided"),
    UnknownWebhook: (HTTPStatus.NOT_FOUND, "unknown-webhook"),
}


def include_desk(app: FastAPI, parts: Parts) -> None:
    """Add the desk's routes and what their refusals look like."""
    settings = parts.settings
    boards = Boards(parts.database, parts.now, Targets(settings.accept_target_s, settings.answer_target_s))
    work = Work(
        parts.database, parts.feed, parts.shelf, boards, parts.now, lambda: settings.today or today(),
        settings.video_url,
    )  # fmt: skip
    office, door = Office(parts.database, parts.feed, parts.now, parts.vault), Door(parts.database, parts.now)
    app.include_router(page_routes(parts.database, parts.now, work, originals=parts.vault is not None))
    app.include_router(form_routes(door, work, office))
    app.include_router(unmasking.routes(door, office))
    drafts = Drafts(parts.database, parts.feed, parts.now, lambda: settings.today or today())
    app.include_router(draft_page_routes(door, drafts))
    cookie = door.signed_in
    app.include_router(file_routes(parts.database, parts.files, cookie, "/desk", documented=False))
    by_script, ours = door.by_script(), [Depends(same_site)]
    app.include_router(api_routes(work, by_script, "/desk/api", documented=False), dependencies=ours)
    app.include_router(office_routes(office, by_script, "/desk/api", documented=False), dependencies=ours)
    app.include_router(draft_api_routes(drafts, by_script, "/desk/api", documented=False), dependencies=ours)
    by_token = _by_token(parts)
    app.include_router(api_routes(work, by_token, "/api/desk", documented=True))
    app.include_router(office_routes(office, by_token, "/api/desk", documented=True))
    app.include_router(file_routes(parts.database, parts.files, by_token, "/api/desk", documented=True))
    app.include_router(draft_api_routes(drafts, by_token, "/api/desk", documented=True))
    for refusal, (status, slug) in REFUSALS.items():
        app.exception_handler(refusal)(_problem(status, slug))


@asynccontextmanager
async def desk_running(parts: Parts) -> AsyncIterator[None]:
    """The feed, the assignment and the webhooks at work."""
    with suppress(DatabaseUnavailable):
        await to_thread.run_sync(_seed, parts)
    await parts.feed.start()
    webhooks = Webhooks(parts.database, parts.now)
    assignment = Assignment(parts.database, parts.feed, parts.now)
    working = [asyncio.create_task(assignment.run()), asyncio.create_task(webhooks.run())]
    try:
        yield
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await webhooks.close()
        await parts.feed.stop()


def _seed(parts: Parts) -> None:
    with parts.database.writing() as session:
        canned.seed(session, parts.now())


def _by_token(parts: Parts) -> Callable[..., Staff]:
    def who(bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> Staff:
        with parts.database.reading() as session:
            return tokens.owner(session, bearer.credentials if bearer else "")

    return who


def _problem(status: HTTPStatus, slug: str) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    async def handle(request: Request, refusal: Exception) -> JSONResponse:
        return problem_response(Problem(status, slug, str(refusal)), request)

    return handle
