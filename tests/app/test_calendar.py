from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar


def test_the_deadlines_of_a_kind_and_year_come_as_a_calendar(client: TestClient) -> None:
    response = client.get("/calendar/small/2026.ics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(response.content).walk("VEVENT")
    days = {str(event["SUMMARY"]): event.decoded("DTSTART").isoformat() for event in events}
    # 税总办征科函〔2025〕64号：10月的申报期限截至10月26日。
    assert days["增值税申报截止（2026年第3季度）"] == "2026-10-26"


@pytest.mark.parametrize("path", ["/calendar/whoever/2026.ics", "/calendar/small/1900.ics"])
def test_a_calendar_that_does_not_exist_is_a_problem_in_a_sentence(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_a_year_that_is_no_number_is_refused(client: TestClient) -> None:
    assert client.get("/calendar/small/next.ics").status_code == 422
