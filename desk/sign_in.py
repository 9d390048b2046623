"""``/desk/sign-in``: by name and password, or by a one-time link that leads to choosing a password."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from bot import roster
from desk import sessions
from desk.door import COOKIE, TEMPLATES, Door, browser_of, remember, same_site
from desk.entrance import Entrance
from desk.passwords import LONGEST
from desk.staff import Staff
from store.database import Database

SeeOther = HTTPStatus.SEE_OTHER


def routes(database: Database, entrance: Entrance, now: Callable[[], datetime]) -> APIRouter:
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(same_site)])
    door = Door(database, now)
    Acting = Annotated[Staff, Depends(door.acting())]  # noqa: N806 - a type

    @router.get("/sign-in")
    def sign_in_page(request: Request) -> HTMLResponse:
        page = {"single_sign_on": request.app.state.single_sign_on}
        return TEMPLATES.TemplateResponse(request, "sign_in.html", page)

    @router.post("/sign-in")
    def sign_in(
        request: Request,
        name: Annotated[str, Form(max_length=100)] = "",
        password: Annotated[str, Form(max_length=LONGEST)] = "",
        code: Annotated[str, Form(max_length=30)] = "",
    ) -> RedirectResponse:
        token = entrance.by_password(name, password, code, browser_of(request))
        response = RedirectResponse(door.home(token), SeeOther)
        remember(response, request, token)
        return response

    @router.get("/sign-in/{link}")
    def link_page(request: Request, link: str) -> HTMLResponse:
        """A page with a button, so that a link preview does not use the link up."""
        return TEMPLATES.TemplateResponse(request, "link.html", {"link": link})

    @router.post("/sign-in/{link}")
    def use_link(request: Request, link: str) -> RedirectResponse:
        token = entrance.by_link(link, browser_of(request))
        response = RedirectResponse("/desk/account/password", SeeOther)
        remember(response, request, token)
        return response

    @router.post("/sign-out")
    def sign_out(staff: Acting) -> RedirectResponse:
        with database.writing() as session:
            sessions.end(session, staff.id, staff.session, now())
            roster.left(session, staff.id)
        response = RedirectResponse("/desk/sign-in", SeeOther)
        response.delete_cookie(COOKIE, path="/")
        return response

    return router
