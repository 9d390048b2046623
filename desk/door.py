"""Who stands behind a request to the staff's pages, and whether they may do what they ask for."""

import hmac
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Cookie, Depends, Form, Header, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from bot.channels.contract import Problem
from desk import sessions
from desk.lockout import SignInLocked
from desk.rights import ROLE_NAMES, Right
from desk.sessions import SESSION_LIFE, Browser
from desk.staff import SignInRefused, Staff
from store.database import Database

CHINA = ZoneInfo("Asia/Shanghai")
TEMPLATES = Jinja2Templates(Path(__file__).parent / "templates")
TEMPLATES.env.globals |= {
    "role_names": ROLE_NAMES,
    "local": lambda at: at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M"),
}
COOKIE = "shuiwen_staff"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

WRONG_FORM = Problem(HTTPStatus.FORBIDDEN, "wrong-form", "页面已过期，请刷新后再操作。")


class RightMissing(Exception):
    """A signed-in member of staff asked for what their role does not give them."""


class Door:
    """Makes the dependencies of the staff's routes: `signed_in`, `with_right` and, for forms, `acting`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def signed_in(self, shuiwen_staff: Annotated[str, Cookie()] = "") -> Staff:
        with self._database.reading() as session:
            return sessions.signed_in(session, shuiwen_staff, self._now())

    def home(self, token: str) -> str:
        """Where to go after signing in: the desk, or one's account for who has nothing to do there."""
        return "/desk" if self.signed_in(token).may("read_conversations") else "/desk/account"

    def with_right(self, right: Right) -> Callable[..., Staff]:
        def allowed(staff: Annotated[Staff, Depends(self.signed_in)]) -> Staff:
            if not staff.may(right):
                raise RightMissing(f"您的角色（{ROLE_NAMES[staff.role]}）不能打开或使用这里。")
            return staff

        return allowed

    def acting(self, right: Right | None = None) -> Callable[..., Staff]:
        """A signed-in member of staff whose form came from our own page."""

        def sent(
            staff: Annotated[Staff, Depends(self.with_right(right) if right else self.signed_in)],
            form_token: Annotated[str, Form()] = "",
        ) -> Staff:
            return _ours(staff, form_token)

        return sent

    def by_script(self) -> Callable[..., Staff]:
        """A signed-in member of staff whose page's script sent the form token as a header."""

        def sent(
            staff: Annotated[Staff, Depends(self.signed_in)], x_form_token: Annotated[str, Header()] = ""
        ) -> Staff:
            return _ours(staff, x_form_token)

        return sent


def same_site(request: Request) -> None:
    """Refuse a form that another site sent, also where nobody has signed in yet (login CSRF).

    Browsers say where a request comes from in ``Sec-Fetch-Site``, older ones in ``Origin``.
    """
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none") or (
        site is None and origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    ):
        raise WRONG_FORM


def _ours(staff: Staff, form_token: str) -> Staff:
    if not hmac.compare_digest(form_token.encode(), staff.form_token.encode()):
        raise WRONG_FORM
    return staff


def browser_of(request: Request) -> Browser:
    return Browser(request.headers.get("user-agent", ""), request.client.host if request.client else "")


def remember(response: Response, request: Request, token: str) -> None:
    """Give the browser its session's token, out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        COOKIE,
        token,
        int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )


def sign_in_needed(request: Request, refused: SignInRefused) -> HTMLResponse:
    """What staff see who are not signed in: why, and the form to do it."""
    page = {"refused": str(refused), "single_sign_on": request.app.state.single_sign_on}
    status = HTTPStatus.TOO_MANY_REQUESTS if isinstance(refused, SignInLocked) else HTTPStatus.UNAUTHORIZED
    return TEMPLATES.TemplateResponse(request, "sign_in.html", page, status)


def right_missing(request: Request, refused: RightMissing) -> HTMLResponse:
    return TEMPLATES.TemplateResponse(
        request, "refused.html", {"refused": str(refused)}, HTTPStatus.FORBIDDEN
    )
