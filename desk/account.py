"""``/desk/account``: one's own password, second factor and signed-in browsers."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from desk import audit, second_factor, sessions
from desk import staff as accounts
from desk.door import TEMPLATES, Door, browser_of, same_site
from desk.entrance import Entrance
from desk.passwords import LONGEST, SHORTEST, PasswordRefused, Passwords, check_password
from desk.second_factor import WrongCode
from desk.staff import SignInRefused, Staff
from store.database import Database

SeeOther = HTTPStatus.SEE_OTHER
SAID = {
    "password": "密码已设置，其他设备上的登录已结束。",
    "ended": "已结束。",
    "removed": "动态码已停用。",
    "linked": "已关联统一身份账号。",
    "unlinked": "已解除统一身份账号。",
}

Password = Annotated[str, Form(max_length=LONGEST)]
Code = Annotated[str, Form(max_length=30)]


def routes(  # noqa: C901 - one short function a route
    database: Database, entrance: Entrance, passwords: Passwords, now: Callable[[], datetime]
) -> APIRouter:
    router = APIRouter(prefix="/desk/account", include_in_schema=False, dependencies=[Depends(same_site)])
    door = Door(database, now)
    SignedIn = Annotated[Staff, Depends(door.signed_in)]  # noqa: N806 - a type
    Acting = Annotated[Staff, Depends(door.acting())]  # noqa: N806 - a type

    def page(
        request: Request, staff: Staff, template: str, status: HTTPStatus = HTTPStatus.OK, **more: Any
    ) -> HTMLResponse:
        with database.reading() as session:
            account = accounts.load(session, staff.id)
            open_sessions = sessions.sessions_of(session, staff.id, now())
        known = {"staff": staff, "account": account, "sessions": open_sessions, "shortest": SHORTEST}
        known["single_sign_on"] = request.app.state.single_sign_on
        return TEMPLATES.TemplateResponse(request, template, known | more, status)

    @router.get("")
    def account(request: Request, staff: SignedIn, said: str = "") -> HTMLResponse:
        return page(request, staff, "account.html", said=SAID.get(said, ""))

    @router.get("/password")
    def password_page(request: Request, staff: SignedIn) -> HTMLResponse:
        return page(request, staff, "password.html")

    @router.post("/password")
    def choose_password(
        request: Request, staff: Acting, password: Password = "", again: Password = "", present: Password = ""
    ) -> Response:
        """The present one is asked for, but not of who came by a one-time link or has none yet."""
        try:
            check_password(password, again, staff.name)
            _prove(staff, present, request)
        except (PasswordRefused, SignInRefused) as refused:
            return page(request, staff, "password.html", HTTPStatus.UNPROCESSABLE_ENTITY, refused=refused)
        hashed = passwords.hash(password)
        with database.writing() as session:
            accounts.load(session, staff.id).password_hash = hashed
            sessions.end_all(session, staff.id, now(), but=staff.session)
            sessions.proved(session, staff.session)
            audit.record(session, now(), staff.name, "password_chosen", staff.name)
        return RedirectResponse("/desk/account?said=password", SeeOther)

    def _prove(staff: Staff, present: str, request: Request) -> None:
        with database.reading() as session:
            hashed = accounts.load(session, staff.id).password_hash
        if hashed and staff.way != "link":
            entrance.prove(staff.name, present, hashed, browser_of(request))

    @router.post("/factor")
    def propose_factor(staff: Acting) -> RedirectResponse:
        with database.writing() as session:
            account = accounts.load(session, staff.id, lock=True)
            if not account.factor_on:
                second_factor.propose(account)
        return RedirectResponse("/desk/account/factor", SeeOther)

    @router.get("/factor")
    def factor_page(request: Request, staff: SignedIn) -> Response:
        with database.reading() as session:
            account = accounts.load(session, staff.id)
        if account.factor_on or not account.factor_secret:
            return RedirectResponse("/desk/account", SeeOther)
        return page(request, staff, "factor.html", picture=second_factor.picture(account))

    @router.post("/factor/confirm")
    def confirm_factor(request: Request, staff: Acting, code: Code = "") -> Response:
        """The recovery codes are in this one answer and nowhere else."""
        with database.writing() as session:
            account = accounts.load(session, staff.id, lock=True)
            if account.factor_on:
                return RedirectResponse("/desk/account", SeeOther)
            try:
                codes = second_factor.confirm(session, account, code, now())
            except WrongCode as wrong:
                picture = second_factor.picture(account) if account.factor_secret else ""
                return _refused_code(request, staff, "factor.html", wrong, picture=picture)
            audit.record(session, now(), staff.name, "factor_added", staff.name)
        return page(request, staff, "recovery.html", codes=codes)

    @router.post("/factor/remove")
    def remove_factor(request: Request, staff: Acting, code: Code = "") -> Response:
        try:
            entrance.prove_code(staff.id, code, browser_of(request))
        except SignInRefused as refused:
            return _refused_code(request, staff, "account.html", refused)
        with database.writing() as session:
            second_factor.remove(session, accounts.load(session, staff.id))
            audit.record(session, now(), staff.name, "factor_removed", staff.name)
        return RedirectResponse("/desk/account?said=removed", SeeOther)

    @router.post("/sessions/end")
    def end_sessions(staff: Acting, one: Annotated[str, Form(max_length=40)] = "") -> RedirectResponse:
        """One session, or all the others."""
        with database.writing() as session:
            if one:
                sessions.end(session, staff.id, one, now())
            else:
                sessions.end_all(session, staff.id, now(), but=staff.session)
            audit.record(session, now(), staff.name, "session_ended" if one else "sessions_ended", staff.name)
        return RedirectResponse("/desk/account?said=ended", SeeOther)

    def _refused_code(
        request: Request, staff: Staff, template: str, why: Exception, **more: Any
    ) -> HTMLResponse:
        return page(request, staff, template, HTTPStatus.UNPROCESSABLE_ENTITY, refused=why, **more)

    return router
