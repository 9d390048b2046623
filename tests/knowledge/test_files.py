from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.files import Content, Finding, WrongContent, read_content

GOOD = {
    "policies": """\
subject: 小规模纳税人
policies:
- id: old-threshold
  title: 小规模纳税人免征增值税（2021）
  documents: [财政部 税务总局公告2021年第11号]
  issuer: 财政部、税务总局
  tax: [增值税]
  applies_to: 小规模纳税人
  effective_from: 2021-04-01
  effective_to: 2022-12-31
  replaced_by: [new-threshold]
  key_figures: [15万元]
  facts: [月销售额15万元以下免征]
  status: 历史
  confidence: high
  verification: memory_only
- id: new-threshold
  title: 小规模纳税人免征增值税（2023）
  documents:
  - 财政部 税务总局公告2023年第19号
  issuer: 财政部、税务总局
  tax: [增值税]
  applies_to: 小规模纳税人
  effective_from: 2023-01-01
  effective_to: 2027-12-31
  replaces: [old-threshold]
  key_figures: [10万元]
  facts: [月销售额10万元以下免征]
  status: 现行有效
  confidence: medium
  verification: secondary_in_store
""",
    "entries": """\
subject: 小规模纳税人
entries:
- id: threshold
  question: 小规模纳税人月销售额多少以下免征增值税？
  similar_questions:
  - 小规模开票多少不用交税
  - 我一个季度开了28万，要交不
  - 每個月賣到幾多先要俾稅
  - 起征点是多少
  - how much is exempt
  - 免税额度
  - 小店卖货九万元交不交
  - 十万以内免吗
  - 月销额低于多少不征收
  - 少于多少钱可以不缴
  kind: policy
  tags: {tax: [增值税], who: [小规模纳税人]}
  versions:
  - from: 2021-04-01
    to: 2023-01-01
    conclusion: 月销售额15万元以下的，免征增值税。
    figures: [{name: 月免税额, value: 15万元}]
    citations: [{policy: old-threshold}]
  - from: 2023-01-01
    to: 2028-01-01
    conclusion: 月销售额10万元以下的，免征增值税。
    note: 2028年起是否延续尚未公布。
    figures:
    - {name: 月免税额, value: 10万元}
    citations:
    - {policy: new-threshold, document: 财政部 税务总局公告2023年第19号}
- id: declare
  question: 免税的小规模纳税人还要申报吗？
  similar_questions:
  - 零申报要不要做
  - 没有生意也得报税吗
  - 不开票用申报不
  - 免税冇收入使唔使報稅
  - do I still file
  - 忘了报会罚吗
  - 一直没报怎么办
  - 季度表要填不
  - 享受优惠还用填表吗
  - 不到起征点报不报
  kind: procedure
  tags: {tax: [增值税, 征管程序]}
  versions:
  - from: 2023-01-01
    to: 2028-01-01
    conclusion: 要，按季申报。
    citations: [{policy: new-threshold}]
  related: [threshold]
""",
    "golden": """\
questions:
- entry: threshold
  ask:
  - {text: 小规模多少免税, kind: short}
  - {text: 开了个小店这几个月流水二十来万会不会要交税, kind: story}
as_of:
- {text: 2022年小规模月销售14万要交吗, entry: threshold, versions: [2021-04-01]}
- {text: 2019年小规模免税标准, entry: threshold, expect: before}
negatives:
- {text: 香港薪俸税怎么报, kind: foreign}
""",
}


def write(root: Path, folder: str = "", old: str = "", new: str = "") -> Path:
    """The good content below ``root``, with ``old`` changed to ``new`` in the file of one folder."""
    for name, text in GOOD.items():
        if name == folder:
            assert text.count(old) == 1
            text = text.replace(old, new)
        (root / name).mkdir(exist_ok=True)
        (root / name / "small.yml").write_text(text, encoding="utf-8")
    return root


def small(root: Path) -> Content:
    return read_content(write(root))


def finding(root: Path, folder: str, words: str, field: str, reason: str) -> Finding:
    """The finding expected at the first line of the file that contains ``words``."""
    name = f"{folder}/small.yml"
    written = (root / name).read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(written, 1) if words in line)
    return Finding(name, number, field, reason)


def unreadable(root: Path, folder: str, old: str, new: str) -> Finding:
    """The one finding of reading the content with that mistake."""
    with pytest.raises(WrongContent) as refused:
        read_content(write(root, folder, old, new))
    (found,) = refused.value.findings
    assert str(refused.value) == f"{found.file}:{found.line}: {found.field}: {found.reason}"
    return found


def test_good_files_are_read_with_the_place_of_each_record(tmp_path: Path) -> None:
    content = small(tmp_path)
    assert [entry.id for entry in content.knowledge.entries] == ["threshold", "declare"]
    assert len(content.golden.questions[0].ask) == 2
    expected = finding(tmp_path, "entries", "id: declare", "entries.1.id", "why")
    assert content.finding("entry:declare", ("id",), "why") == expected


def test_a_subject_reads_its_own_entries_and_every_policy(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "golden" / "another.yml").write_text("negatives: []\n", encoding="utf-8")
    content = read_content(tmp_path, "another")
    assert not content.knowledge.entries
    assert len(content.knowledge.policies) == 2


def test_a_subject_of_no_file_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    with pytest.raises(WrongContent) as refused:
        read_content(write(tmp_path), "smal")
    assert str(refused.value) == "entries/smal.yml:1: : no file has this name; there are small"


def test_an_unknown_field_is_found(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "policies", "  status: 历史\n", "  status: 历史\n  colour: red\n")
    assert found == finding(
        tmp_path, "policies", "red", "policies.0.colour", "Extra inputs are not permitted"
    )


def test_a_missing_field_is_found_at_its_record(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "policies", "  status: 历史\n", "")
    assert found == finding(tmp_path, "policies", "id: old-threshold", "policies.0.status", "Field required")


def test_a_bad_date_is_found(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "policies", "effective_to: 2027-12-31", "effective_to: 2027年底")
    assert (found.line, found.field) == (25, "policies.1.effective_to")
    assert found.reason.startswith("Input should be a valid date")


def test_an_end_before_the_beginning_is_found(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "policies", "effective_to: 2027-12-31", "effective_to: 2022-12-31")
    reason = "Value error, ends on 2022-12-31, before it begins on 2023-01-01"
    assert found == finding(tmp_path, "policies", "id: new-threshold", "policies.1", reason)


def test_versions_that_overlap_are_found(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "entries", "    to: 2023-01-01\n", "    to: 2023-02-01\n")
    reason = "Value error, the version from 2023-01-01 overlaps the one from 2021-04-01"
    assert found == finding(tmp_path, "entries", "id: threshold", "entries.0", reason)


def test_a_version_without_end_before_another_is_found(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "entries", "    to: 2023-01-01\n", "")
    assert "overlaps the one from 2021-04-01" in found.reason


def test_an_undeclared_gap_is_found(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "entries", "    to: 2023-01-01\n", "    to: 2022-10-01\n")
    reason = "Value error, nothing covers [2022-10-01, 2023-01-01) and no gap declares it"
    assert found == finding(tmp_path, "entries", "id: threshold", "entries.0", reason)


def test_a_declared_gap_is_accepted(tmp_path: Path) -> None:
    gap = "  gaps: [{from: 2022-10-01, to: 2023-01-01, reason: 没有记录}]\n- id: declare\n"
    write(tmp_path, "entries", "- id: declare\n", gap)
    path = tmp_path / "entries" / "small.yml"
    text = path.read_text(encoding="utf-8").replace("    to: 2023-01-01\n", "    to: 2022-10-01\n")
    path.write_text(text, encoding="utf-8")
    assert read_content(tmp_path).knowledge.entries[0].gaps[0].reason == "没有记录"


def test_an_identifier_used_twice_is_found(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "entries", "id: declare", "id: threshold")
    assert (found.line, found.field, found.reason) == (32, "entries.1.id", "entry threshold exists already")


def test_broken_yaml_is_found(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "golden", "- entry: threshold\n", "- entry: [threshold\n")
    assert (found.file, found.line, found.field) == ("golden/small.yml", 3, "")
    assert found.reason.startswith("not YAML: ")


def test_every_broken_file_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "entries", "id: declare", "id: Declare")
    (tmp_path / "golden" / "small.yml").write_text("questions: [", encoding="utf-8")
    with pytest.raises(WrongContent) as refused:
        read_content(tmp_path)
    assert [found.file for found in refused.value.findings] == ["entries/small.yml", "golden/small.yml"]


def in_bytes(root: Path, old: bytes, new: bytes) -> Finding:
    """The one finding of reading the content with those bytes changed in the policies."""
    path = write(root) / "policies" / "small.yml"
    written = path.read_bytes()
    assert written.count(old) == 1
    path.write_bytes(written.replace(old, new))
    with pytest.raises(WrongContent) as refused:
        read_content(root)
    (found,) = refused.value.findings
    return found


def test_bytes_that_are_not_utf_8_are_found_on_their_line(tmp_path: Path) -> None:
    found = in_bytes(tmp_path, "  status: 历史".encode(), "  status: 历史".encode("gbk"))
    assert found == Finding("policies/small.yml", 14, "", "not UTF-8: the byte 0xc0")


def test_a_control_character_is_found_on_its_line(tmp_path: Path) -> None:
    found = in_bytes(tmp_path, "  status: 历史".encode(), "  status: 历\x07史".encode())
    assert found == Finding("policies/small.yml", 14, "", "a control character: '\\x07'")


def test_a_mark_of_the_byte_order_is_no_mistake(tmp_path: Path) -> None:
    path = write(tmp_path) / "policies" / "small.yml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_content(tmp_path).knowledge.policies) == 2


@pytest.mark.parametrize(("day", "why"), [("2026-02-30", "day value"), ("2026-13-01", "month value")])
def test_a_day_that_no_calendar_has_is_found_in_its_field(tmp_path: Path, day: str, why: str) -> None:
    found = unreadable(tmp_path, "policies", "effective_to: 2027-12-31", f"effective_to: {day}")
    assert (found.line, found.field) == (25, "policies.1.effective_to")
    assert why in found.reason


def test_a_day_that_no_calendar_has_is_found_in_a_version(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "entries", "  - from: 2021-04-01", "  - from: 2021-04-31")
    assert (found.line, found.field) == (19, "entries.0.versions.0.from")


def test_a_key_that_stands_twice_is_found_where_it_stands_again(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "policies", "  status: 历史\n", "  status: 历史\n  status: 现行\n")
    assert found == finding(tmp_path, "policies", "现行", "policies.0.status", "stands here twice")


def test_a_key_that_stands_twice_in_a_line_is_found(tmp_path: Path) -> None:
    found = unreadable(
        tmp_path, "entries", "{name: 月免税额, value: 15万元}", "{name: 一, name: 二, value: 15万元}"
    )
    field = "entries.0.versions.0.figures.0.name"
    assert found == finding(tmp_path, "entries", "name: 二", field, "stands here twice")


def test_a_list_in_place_of_a_mapping_is_found(tmp_path: Path) -> None:
    found = unreadable(tmp_path, "entries", "tags: {tax: [增值税], who: [小规模纳税人]}", "tags: [增值税]")
    assert (found.line, found.field) == (17, "entries.0.tags")
    assert found.reason.startswith("Input should be a valid dictionary")


@pytest.mark.parametrize("text", ["", "\n", "# 以后再写\n", "---\n"])
def test_an_empty_file_is_found(tmp_path: Path, text: str) -> None:
    (write(tmp_path) / "golden" / "small.yml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongContent) as refused:
        read_content(tmp_path)
    (found,) = refused.value.findings
    assert found == Finding("golden/small.yml", 1, "", "the file is empty")


def test_a_folder_in_place_of_a_file_is_found(tmp_path: Path) -> None:
    (write(tmp_path) / "golden" / "notes.yml").mkdir()
    with pytest.raises(WrongContent, match=r"^golden/notes\.yml:1: : cannot be read: "):
        read_content(tmp_path)


@given(st.text(), st.binary())
def test_no_bytes_whatever_break_the_reading(text: str, tail: bytes) -> None:
    with TemporaryDirectory() as folder:
        root = write(Path(folder))
        (root / "golden" / "small.yml").write_bytes(text.encode("utf-8", "surrogatepass") + tail)
        with suppress(WrongContent):
            read_content(root)
