"""The ASGI application: routes, problems, and what runs beside them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from actions import server as action_server
from app import retention
from app.assembly import Parts, refresh_release
from app.calendar import routes as calendar_routes
from app.desk import desk_running, include_desk
from app.guard import Guard
from app.origins import Origins
from app.rasa_process import RasaProcess
from app.rates import Allowance, Rates
from app.settings import Settings
from bot.channels.contract import Problem, problem_response
from bot.channels.rest.routes import routes as rest_routes
from bot.channels.web.files import routes as file_routes
from bot.channels.web.ratings import routes as rating_routes
from bot.channels.web.routes import routes as web_routes
from bot.conversation import MoveRefused
from bot.log import UnknownConversation
from bot.outlook import Outlook
from bot.rasa import RasaClient
from desk import account, administration, sign_in, single_sign_on
from desk.door import RightMissing, right_missing, sign_in_needed
from desk.entrance import Entrance
from desk.staff import SignInRefused
from knowledge.release import Release, WrongRelease
from retrieval.encoders import Encoders
from store.database import DatabaseUnavailable
from widget.opening import routes as opening_routes
from widget.page import routes as chat_routes
from widget.ratings import routes as chat_rating_routes
from widget.script import routes as script_routes

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
RELEASE_RECHECK_S = 2.0


def create_app(parts: Parts) -> FastAPI:
    """The application on its assembled parts; starting it starts Rasa where that is embedded."""
    app = FastAPI(
        title="税问 Shuiwen", version="0.1.0", lifespan=_lifespan(parts), docs_url=None, redoc_url=None
    )
    _answer_problems(app)
    app.add_middleware(Guard, exempt="/actions/")
    _face_the_public(app, parts.settings)
    app.include_router(_health(parts))
    app.include_router(
        rest_routes(parts.database, parts.exchange, parts.now, parts.settings.rest_token or None)
    )
    outlook = Outlook(parts.database, parts.now)
    app.include_router(
        web_routes(parts.database, parts.exchange, parts.feed, parts.now, outlook, parts.vault)
    )
    app.include_router(file_routes(parts.database, parts.files, parts.feed, parts.now))
    app.include_router(rating_routes(parts.database, parts.now))
    app.include_router(opening_routes(parts.database, parts.shelf, parts.now, parts.today))
    app.include_router(action_server.routes(parts.executor, parts.actions_secret))
    app.include_router(calendar_routes(parts.now))
    app.include_router(chat_routes(parts.database, parts.exchange, parts.now))
    app.include_router(chat_rating_routes(parts.database, parts.now))
    app.include_router(script_routes())
    include_desk(app, parts)
    _include_staff_pages(app, parts)
    app.mount("/static/chat", StaticFiles(directory=ROOT / "widget" / "static"))
    app.mount("/static/desk", StaticFiles(directory=ROOT / "desk" / "static"))
    return app


def _face_the_public(app: FastAPI, settings: Settings) -> None:
    """Limits on how often, then on which sites' pages: the last one added sees a request first."""
    address = Allowance(settings.requests_a_minute // 2, settings.requests_a_minute)
    conversation = Allowance(settings.messages_a_minute // 2, settings.messages_a_minute)
    app.add_middleware(Rates, clock=time.monotonic, address=address, conversation=conversation)
    app.add_middleware(Origins, allowed=settings.origins)


def _include_staff_pages(app: FastAPI, parts: Parts) -> None:
    """Signing in, one's account, administration and originals; single sign-on where it is set up."""
    database, now = parts.database, parts.now
    entrance = Entrance(database, parts.passwords, now)
    app.state.single_sign_on = parts.identity is not None
    app.include_router(sign_in.routes(database, entrance, now))
    app.include_router(account.routes(database, entrance, parts.passwords, now))
    app.include_router(administration.routes(database, now))
    if parts.identity:
        app.include_router(single_sign_on.routes(database, entrance, parts.identity, now))


def _lifespan(parts: Parts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001
        async with AsyncExitStack() as stack:
            if parts.settings.embedded_rasa:
                settings = parts.settings
                rasa = RasaProcess(settings.rasa_python, settings.model, parts.rasa_port, parts.actions_url)
                await stack.enter_async_context(rasa)
            await stack.enter_async_context(desk_running(parts))
            background = [
                asyncio.create_task(_follow_releases(parts)),
                asyncio.create_task(_catch_up(parts)),
                asyncio.create_task(retention.keep_running(parts.database, parts.settings, parts.now)),
            ]
            yield
            for task in background:
                task.cancel()
        if isinstance(parts.dialogue, RasaClient):
            await parts.dialogue.close()
        parts.database.close()

    return lifespan


async def _follow_releases(parts: Parts) -> None:
    """Load what is published, within seconds; a release that cannot be loaded leaves the present one."""
    while True:
        try:
            if await to_thread.run_sync(_refreshed, parts) and parts.shelf.release:
                await to_thread.run_sync(_warm_up, parts.shelf.release)
        except (WrongRelease, DatabaseUnavailable) as error:
            logger.error("%s", error)
        await asyncio.sleep(RELEASE_RECHECK_S)


def _refreshed(parts: Parts) -> bool:
    return refresh_release(parts.database, parts.shelf, Encoders(parts.settings.encoders).folders)


def _warm_up(release: Release) -> None:
    release.searcher.search("小规模纳税人免税吗")
    release.suggester("小规模")


async def _catch_up(parts: Parts) -> None:
    """Answer what a stopped process left unanswered, once everything is ready."""
    while not (parts.shelf.release and await parts.dialogue.alive()):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.5)
    with suppress(DatabaseUnavailable):
        if owed := await parts.exchange.resume():
            logger.warning("answered %d messages that were left over", owed)


def _health(parts: Parts) -> APIRouter:
    health = APIRouter(tags=["health"])

    @health.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "alive"}

    @health.get("/readyz")
    async def ready() -> JSONResponse:
        release = parts.shelf.release
        checks = {
            "rasa": await parts.dialogue.alive(),
            "release": release is not None,
            "database": await to_thread.run_sync(parts.database.writable),
        }
        body = {
            "ready": all(checks.values()),
            "checks": checks,
            "release": release.number if release else None,
        }
        if parts.shelf.problem:
            body["problem"] = "the newest release cannot be loaded; the one before is in use"
        return JSONResponse(body, HTTPStatus.OK if body["ready"] else HTTPStatus.SERVICE_UNAVAILABLE)

    return health


def _answer_problems(app: FastAPI) -> None:
    """Every refusal and every failure becomes problem+json; none shows a stack trace."""

    def handler(
        status: HTTPStatus, slug: str, sentence: str | None = None
    ) -> Callable[..., Awaitable[JSONResponse]]:
        async def handle(request: Request, error: Exception) -> JSONResponse:
            return problem_response(Problem(status, slug, sentence or str(error)), request)

        return handle

    async def problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return problem_response(error, request)

    async def http_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        return problem_response(
            Problem(status, status.phrase.lower().replace(" ", "-"), str(error.detail)), request
        )

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        wrong = "；".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        return problem_response(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", wrong), request)

    app.exception_handler(Problem)(problem)
    app.exception_handler(HTTPException)(http_error)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(UnknownConversation)(handler(HTTPStatus.NOT_FOUND, "unknown-conversation"))
    app.exception_handler(MoveRefused)(handler(HTTPStatus.CONFLICT, "move-refused"))
    app.exception_handler(SignInRefused)(sign_in_needed)
    app.exception_handler(RightMissing)(right_missing)
    busy = "系统繁忙，消息没有保存，请稍后重发同一条消息。"
    app.exception_handler(DatabaseUnavailable)(
        handler(HTTPStatus.SERVICE_UNAVAILABLE, "database-unavailable", busy)
    )
    sorry = "系统出了点问题，已经记录。请稍后再试。"
    app.exception_handler(Exception)(handler(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", sorry))
