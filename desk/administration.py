"""``/desk/staff`` and ``/desk/audit``: accounts and roles, and what was done to them."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from desk import audit, second_factor, sessions, tokens
from desk import staff as accounts
from desk.audit import ACT_NAMES
from desk.door import TEMPLATES, Door, same_site
from desk.rights import MAY, ROLES, Role
from desk.staff import Staff, StaffRefused, StaffRow
from store.database import Database

SHOWN = 100

Deed = Callable[[Session, StaffRow], str]


def routes(  # noqa: C901 - one short function a route
    database: Database, now: Callable[[], datetime]
) -> APIRouter:
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(same_site)])
    door = Door(database, now)
    Managing = Annotated[Staff, Depends(door.with_right("manage_staff"))]  # noqa: N806 - a type
    Acting = Annotated[Staff, Depends(door.acting("manage_staff"))]  # noqa: N806 - a type
    Auditing = Annotated[Staff, Depends(door.with_right("read_audit"))]  # noqa: N806 - a type

    def page(request: Request, staff: Staff, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> HTMLResponse:
        with database.reading() as session:
            everybody = accounts.everybody(session)
            open_sessions = {one.id: sessions.sessions_of(session, one.id, now()) for one in everybody}
        known = {
            "staff": staff,
            "everybody": everybody,
            "sessions": open_sessions,
            "roles": ROLES,
            "may": MAY,
        }
        return TEMPLATES.TemplateResponse(request, "staff.html", known | more, status)

    def act(request: Request, staff: Staff, one: str, deed: Deed) -> HTMLResponse:
        """Do ``deed`` to the account ``one`` in one transaction and show all accounts, or the refusal."""
        try:
            with database.writing() as session:
                account = accounts.load(session, one, lock=True)
                said = deed(session, account)
        except StaffRefused as refused:
            return page(request, staff, HTTPStatus.CONFLICT, refused=refused)
        return page(request, staff, said=said.format(name=account.name))

    def link_to(request: Request, token: str) -> str:
        return f"{request.base_url}desk/sign-in/{token}"

    @router.get("/staff")
    def everybody(request: Request, staff: Managing) -> HTMLResponse:
        return page(request, staff)

    @router.post("/staff")
    def invite(
        request: Request,
        staff: Acting,
        name: Annotated[str, Form(max_length=100)] = "",
        role: Annotated[Role, Form()] = "agent",
    ) -> HTMLResponse:
        """The link is in this one answer and nowhere else."""
        try:
            with database.writing() as session:
                if accounts.named(session, name.strip()):
                    raise StaffRefused(f"已有“{name.strip()}”这个账号。要新的登录链接，请用“重置”。")
                token = accounts.invite(session, name, now(), role)
                audit.record(session, now(), staff.name, "invited", name.strip(), role=role)
        except StaffRefused as refused:
            return page(request, staff, HTTPStatus.CONFLICT, refused=refused)
        return page(request, staff, link=link_to(request, token), link_for=name.strip())

    @router.post("/staff/{one}/role")
    def change_role(request: Request, staff: Acting, one: str, role: Annotated[Role, Form()]) -> HTMLResponse:
        def deed(session: Session, account: StaffRow) -> str:
            before = account.role
            accounts.change_role(session, account, role, staff.id)
            audit.record(session, now(), staff.name, "role_changed", account.name, before=before, after=role)
            return "“{name}”的角色已更改。"

        return act(request, staff, one, deed)

    @router.post("/staff/{one}/disable")
    def disable(request: Request, staff: Acting, one: str) -> HTMLResponse:
        def deed(session: Session, account: StaffRow) -> str:
            accounts.disable(session, account, staff.id, now())
            sessions.end_all(session, account.id, now())
            tokens.revoke_all(session, account.id)
            audit.record(session, now(), staff.name, "disabled", account.name)
            return "“{name}”已停用，其登录已全部结束。"

        return act(request, staff, one, deed)

    @router.post("/staff/{one}/enable")
    def enable(request: Request, staff: Acting, one: str) -> HTMLResponse:
        def deed(session: Session, account: StaffRow) -> str:
            account.disabled_at = None
            audit.record(session, now(), staff.name, "enabled", account.name)
            return "“{name}”已恢复。"

        return act(request, staff, one, deed)

    @router.post("/staff/{one}/sessions")
    def end_sessions(request: Request, staff: Acting, one: str) -> HTMLResponse:
        def deed(session: Session, account: StaffRow) -> str:
            sessions.end_all(session, account.id, now())
            audit.record(session, now(), staff.name, "sessions_ended", account.name)
            return "“{name}”的登录已全部结束。"

        return act(request, staff, one, deed)

    @router.post("/staff/{one}/reset")
    def reset(request: Request, staff: Acting, one: str) -> HTMLResponse:
        """Take the password, the second factor, the identity and all sessions away; a new link instead."""
        try:
            with database.writing() as session:
                account = accounts.load(session, one, lock=True)
                token = accounts.reset(session, account, staff.id, now())
                second_factor.remove(session, account)
                sessions.end_all(session, account.id, now())
                tokens.revoke_all(session, account.id)
                audit.record(session, now(), staff.name, "reset", account.name)
        except StaffRefused as refused:
            return page(request, staff, HTTPStatus.CONFLICT, refused=refused)
        return page(request, staff, link=link_to(request, token), link_for=account.name)

    @router.get("/audit")
    def audit_page(
        request: Request,
        staff: Auditing,
        act: Annotated[str, Query(max_length=40)] = "",
        who: Annotated[str, Query(max_length=100)] = "",
        before: Annotated[int, Query(ge=0)] = 0,
    ) -> HTMLResponse:
        with database.reading() as session:
            lines = audit.lines(session, act=act, who=who.strip(), before=before, limit=SHOWN)
        page = {"staff": staff, "lines": lines, "acts": ACT_NAMES, "act": act, "who": who, "shown": SHOWN}
        return TEMPLATES.TemplateResponse(request, "audit.html", page)

    return router
