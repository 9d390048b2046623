"""Deadlines as an iCalendar file (RFC 5545, RFC 7986), for the calendar of a phone or a computer. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from icalendar import Alarm, Calendar, Event, vText

from tax.agenda import Agenda
from tax.filing import Deadline

REMINDER = timedelta(days=3)


def ical(agenda: Agenda, title: str, written: datetime) -> bytes:
    """One all-day event for each deadline of ``agenda``, each with a reminder three days before.

    ``written`` (aware) is the file's time stamp. What is undetermined is listed in the calendar's description, not
    as an event. The same deadline always has the same UID, so a newer file replaces the older one's events.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Shuiwen//Filing calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(title))  # a plain string would not be escaped here
    if agenda.undetermined:
        calendar.add(
            "description", "\n".join(f"{u.duty}（{u.period}）：{u.text}" for u in agenda.undetermined)
        )
    for deadline in agenda.deadlines:
        calendar.add_component(_event(deadline, written))
    return bytes(calendar.to_ical())


def _event(deadline: Deadline, written: datetime) -> Event:
    event = Event()
    event.add("uid", _uid(deadline))
    event.add("dtstamp", written)
    event.add("dtstart", deadline.day)
    event.add("dtend", deadline.day + timedelta(days=1))
    event.add("summary", f"{deadline.duty}申报截止（{deadline.period}）")
    event.add("description", description(deadline))
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(deadline))
    return event


def _alarm(deadline: Deadline) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{deadline.duty}（{deadline.period}）还有{REMINDER.days}天截止")
    alarm.add("trigger", -REMINDER)
    return alarm


def _uid(deadline: Deadline) -> str:
    key = f"{deadline.duty.name}|{deadline.period.cycle.name}|{deadline.period.first.isoformat()}"
    return f"{sha256(key.encode()).hexdigest()[:32]}@shuiwen"


def description(deadline: Deadline) -> str:
    """The deadline's reasons in lines: what postponed it, where it comes from, its basis, its notes."""
    basis = "、".join(f"{b.title}（{b.document_no}）{b.clause or ''}" for b in deadline.basis)
    opens = [f"{deadline.opens.isoformat()}起可以办理"] if deadline.opens else []
    moved = [deadline.postponement.reason] if deadline.postponement.reason else []
    return "\n".join([*opens, *moved, f"日期来自{deadline.source}", f"依据：{basis}", *deadline.notes])
