from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import main
from knowledge.entries import Citation, Knowledge, Policy
from knowledge.timeline import UnknownPolicy, lines, timeline
from tests.knowledge.test_content import shipped
from tests.knowledge.test_entries import entry, policy, version
from tests.knowledge.test_files import write


def chain(*policies: Policy) -> Knowledge:
    return Knowledge(policies=policies, entries=())


def places(knowledge: Knowledge, name: str) -> list[tuple[str, str]]:
    return [(step.policy.id, step.place) for step in timeline(knowledge, name)]


OLD = policy("old", effective_from=date(2019, 1, 1))
MIDDLE = policy("middle", effective_from=date(2021, 1, 1), replaces=("old",), replaced_by=("new",))
NEW = policy("new", effective_from=date(2023, 1, 1))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("old", [("old", "itself"), ("middle", "later"), ("new", "later")]),
        ("middle", [("old", "earlier"), ("middle", "itself"), ("new", "later")]),
        ("new", [("old", "earlier"), ("middle", "earlier"), ("new", "itself")]),
    ],
)
def test_a_chain_is_whole_from_each_of_its_ends_and_in_the_order_of_time(
    name: str, expected: list[tuple[str, str]]
) -> None:
    assert places(chain(NEW, MIDDLE, OLD), name) == expected


def test_what_else_a_successor_replaced_is_not_in_the_chain() -> None:
    beside = policy("beside", effective_from=date(2020, 1, 1), replaced_by=("new",))
    assert "beside" not in [name for name, _ in places(chain(OLD, MIDDLE, NEW, beside), "old")]


def test_policies_that_name_each_other_in_a_circle_end_all_the_same() -> None:
    circle = chain(policy("one", replaced_by=("two",)), policy("two", replaced_by=("one",)))
    assert [name for name, _ in places(circle, "one")] == ["one", "two"]


def test_a_document_known_only_by_name_stands_as_it_is_before_or_after() -> None:
    knowledge = chain(policy("law", replaces=("暂行条例",), replaced_by=("新法",)))
    told = list(lines(knowledge, timeline(knowledge, "law")))
    assert (told[0], told[1], told[-1]) == ("↑ 暂行条例", "● law  规定", "↓ 新法")


def test_a_step_tells_its_documents_its_dates_who_ended_it_and_how_it_was_verified() -> None:
    ended = policy(
        "ended", documents=("财税〔2023〕1号", "财税〔2023〕2号"), effective_to=date(2027, 12, 31),
        ended_on=date(2025, 12, 31), ended_by="ender", confidence="low",
    )  # fmt: skip
    knowledge = chain(ended, policy("ender", documents=("财税〔2026〕1号",)))
    assert list(lines(knowledge, timeline(knowledge, "ended"))) == [
        "● ended  规定",
        "    文号 documents: 财税〔2023〕1号；财税〔2023〕2号",
        "    施行 effective from: 2023-01-01",
        "    规定止期 stated end: 2027-12-31",
        "    实际止期 actual end: 2025-12-31",
        "    终止依据 ended by: ender 财税〔2026〕1号",
        "    核实 verification: memory_only, confidence low",
    ]


def test_the_versions_that_cite_a_policy_are_listed_and_history_is_marked() -> None:
    turn = date(2025, 1, 1)
    asked = entry(
        version(date(2023, 1, 1), turn), version(turn, None, Citation(policy="rule", background=True))
    )
    knowledge = Knowledge(policies=(policy(),), entries=(asked,))
    assert list(lines(knowledge, timeline(knowledge, "rule")))[-2:] == [
        "    引用 cited by: asked [2023-01-01, 2025-01-01)",
        "    引用 cited by: asked [2025-01-01, …) 背景 background",
    ]


def test_an_unknown_policy_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(UnknownPolicy, match="no policy middel; the nearest are middle"):
        timeline(chain(OLD, MIDDLE, NEW), "middel")
    with pytest.raises(UnknownPolicy, match=r"no policy 中文$"):
        timeline(chain(OLD), "中文")


def test_the_shipped_threshold_of_2023_ended_early_and_led_to_that_of_2026() -> None:
    knowledge = shipped().knowledge
    told = "\n".join(lines(knowledge, timeline(knowledge, "vat-small-2023")))
    order = ["↑ vat-small-2019", "↑ vat-small-2021-04", "● vat-small-2023", "↓ vat-small-2026"]
    assert sorted(order, key=told.index) == order
    assert "实际止期 actual end: 2025-12-31\n    终止依据 ended by: 财政部 税务总局公告2026年第10号" in told


def test_the_command_prints_the_chain(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        main, ["policies", "timeline", "new-threshold"], env={"SHUIWEN_CONTENT": str(write(tmp_path))}
    )
    assert ran.exit_code == 0
    assert ran.stdout.startswith("↑ old-threshold  ")
    assert "● new-threshold  " in ran.stdout


def test_the_command_ends_with_one_sentence_on_an_unknown_policy(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        main, ["policies", "timeline", "new-treshold"], env={"SHUIWEN_CONTENT": str(write(tmp_path))}
    )
    assert ran.exit_code == 1
    assert ran.stdout == ""
