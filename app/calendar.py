"""The filing calendar as a file for the calendar of a phone or a computer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Response

from bot.channels.contract import Problem
from tax.agenda import OBLIGATIONS, Kind, agenda
from tax.duty import WrongPeriod
from tax.ical import ical
from tax.table import NotInForce

CALENDAR = "text/calendar; charset=utf-8"


def routes(now: Callable[[], datetime]) -> APIRouter:
    """``GET /calendar/{kind}/{year}.ics``: ``kind`` is general, small, sole or person."""
    router = APIRouter(tags=["calendar"])

    @router.get("/calendar/{kind}/{year}.ics", response_class=Response)
    def calendar(kind: str, year: int) -> Response:
        """The deadlines of a kind of taxpayer in a year, as iCalendar (RFC 5545)."""
        taxpayer = _kind(kind)
        try:
            made = agenda(OBLIGATIONS[taxpayer], year)
        except (WrongPeriod, NotInForce) as unknown:
            raise Problem(HTTPStatus.NOT_FOUND, "no-calendar", str(unknown)) from unknown
        name = f'attachment; filename="tax-{kind.lower()}-{year}.ics"'
        file = ical(made, f"{year}年申报日历（{taxpayer}）", now())
        return Response(file, media_type=CALENDAR, headers={"Content-Disposition": name})

    return router


def _kind(name: str) -> Kind:
    if name.upper() not in Kind.__members__:
        known = "、".join(each.lower() for each in Kind.__members__)
        raise Problem(HTTPStatus.NOT_FOUND, "no-calendar", f"没有“{name}”这类纳税人的日历，可选：{known}。")
    return Kind[name.upper()]
