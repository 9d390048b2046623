"""Who uses the browser that sent a request, and whether the request came from our own page."""

import hmac
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Cookie, Depends, Form, Header

from bot.channels.contract import Problem
from desk import staff as accounts
from desk.deeds import supervises
from desk.staff import Staff
from store.database import Database

Who = Callable[..., Staff]


def browser_of(database: Database, now: Callable[[], datetime]) -> Who:
    """Who uses the browser that sent the request. The dependency raises `SignInRefused`."""

    def signed_in(shuiwen_staff: Annotated[str, Cookie()] = "") -> Staff:
        with database.reading() as session:
            return accounts.signed_in(session, shuiwen_staff, now())

    return signed_in


def script_of(database: Database, now: Callable[[], datetime]) -> Who:
    """Like `browser_of`, for requests of our own pages' script, which sends the form token as a header."""
    signed_in = browser_of(database, now)

    def acting(
        staff: Annotated[Staff, Depends(signed_in)], x_form_token: Annotated[str, Header()] = ""
    ) -> Staff:
        return _ours(staff, x_form_token)

    return acting


def form_of(signed_in: Who) -> Who:
    """Like ``signed_in``, for forms of our own pages, which carry the form token."""

    def acting(staff: Annotated[Staff, Depends(signed_in)], form_token: Annotated[str, Form()] = "") -> Staff:
        return _ours(staff, form_token)

    return acting


def supervisor_of(signed_in: Who) -> Who:
    """Like ``signed_in``, for the pages of supervisors."""

    def supervising(staff: Annotated[Staff, Depends(signed_in)]) -> Staff:
        if not supervises(staff):
            raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", "这需要督导或管理员的权限。")
        return staff

    return supervising


def _ours(staff: Staff, form_token: str) -> Staff:
    if not hmac.compare_digest(form_token.encode(), staff.form_token.encode()):
        raise Problem(HTTPStatus.FORBIDDEN, "wrong-form", "页面已过期，请刷新后再操作。")
    return staff
