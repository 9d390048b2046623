from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import main
from knowledge.audit import audit
from knowledge.files import read_content
from tests.knowledge.test_content import shipped
from tests.knowledge.test_files import small, write

SHIPPED = Path(__file__).parents[2] / "docs" / "knowledge.md"


def section(text: str, words: str) -> list[str]:
    """The lines of the section with those words in its heading."""
    (found,) = [part for part in text.split("\n## ") if words in part.splitlines()[0]]
    return found.splitlines()


def test_the_audit_in_docs_is_that_of_the_shipped_content() -> None:
    told = audit(shipped())
    assert SHIPPED.read_text(encoding="utf-8") == told, "run `shuiwen knowledge audit`"


def test_a_record_counts_under_each_of_its_taxes_and_once_in_the_total(tmp_path: Path) -> None:
    rows = section(audit(small(tmp_path)), "By tax type")
    assert "| 增值税 | 2 | 2 | 3 | 20 | 2 | 2 |" in rows
    assert "| 征管程序 | 0 | 1 | 1 | 10 | 0 | 0 |" in rows
    assert "| **合计 total** | 2 | 2 | 3 | 20 | 2 | 2 |" in rows


def test_entries_are_counted_by_kind_and_policies_by_verification(tmp_path: Path) -> None:
    told = audit(small(tmp_path))
    assert "| 办事 procedure | 1 | 1 | 10 | 0 | 0 |" in section(told, "By kind")
    assert "| 有二手资料 secondary_in_store | 0 | 1 | 0 |" in section(told, "Verification")


def test_withheld_versions_and_declared_gaps_are_listed(tmp_path: Path) -> None:
    old = "    conclusion: 要，按季申报。\n    citations: [{policy: new-threshold}]\n"
    new = old + (
        "    withheld: true\n    note: 没有把握\n"
        "  gaps: [{from: 2020-01-01, to: 2023-01-01, reason: 没有记录}]\n"
    )
    told = audit(read_content(write(tmp_path, "entries", old, new)))
    assert "| declare | [2023-01-01, 2028-01-01) | 没有把握 |" in section(told, "Withheld")
    assert "| declare | [2020-01-01, 2023-01-01) | 没有记录 |" in section(told, "Declared gaps")


def test_the_nearest_entries_are_listed_once_with_their_nearest_questions(tmp_path: Path) -> None:
    near = write(
        tmp_path,
        "entries",
        "  - 不到起征点报不报\n",
        "  - 小规模开票多少不用交税呀\n  - 小规模开票多少不交税\n",
    )
    rows = section(audit(read_content(near)), "Near-duplicate")
    assert rows[1].startswith("字对重合超过 90% 的条目共 1 对")
    assert rows[5:] == ["| 95% | declare | 小规模开票多少不用交税呀 | threshold | 小规模开票多少不用交税 |"]


@pytest.mark.parametrize("doubt", ["文号未核", "细则待核对", "以当地公布的标准为准", "明年的尚未公布"])
def test_a_version_whose_note_doubts_is_listed(tmp_path: Path, doubt: str) -> None:
    old = "2028年起是否延续尚未公布。"
    rows = section(audit(read_content(write(tmp_path, "entries", old, doubt))), "Open doubts: versions")
    assert rows[-1] == f"| threshold | [2023-01-01, 2028-01-01) | {doubt} |"


def test_a_version_whose_note_does_not_doubt_is_not_listed(tmp_path: Path) -> None:
    content = read_content(
        write(tmp_path, "entries", "2028年起是否延续尚未公布。", "以前的发票照旧。另行为准备。")
    )
    assert "共 0 个" in section(audit(content), "Open doubts: versions")[1]


def test_a_policy_of_less_than_high_confidence_is_listed_with_its_status(tmp_path: Path) -> None:
    rows = section(audit(small(tmp_path)), "Open doubts: policies")
    assert (
        "| new-threshold | 小规模纳税人免征增值税（2023） | medium | secondary_in_store | 现行有效 |" in rows
    )
    assert not any("old-threshold" in row for row in rows)


def test_a_bar_or_a_line_break_in_a_text_stays_inside_its_cell(tmp_path: Path) -> None:
    content = read_content(write(tmp_path, "entries", "2028年起是否延续尚未公布。", '"尚未公布\\n|不详"'))
    rows = section(audit(content), "Open doubts: versions")
    assert rows[-1] == "| threshold | [2023-01-01, 2028-01-01) | 尚未公布 \\|不详 |"


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    out = tmp_path / "audit.md"
    ran = CliRunner().invoke(
        main, ["knowledge", "audit", "--out", str(out)], env={"SHUIWEN_CONTENT": str(write(tmp_path))}
    )
    assert ran.exit_code == 0
    assert out.read_text(encoding="utf-8") == audit(small(tmp_path))
