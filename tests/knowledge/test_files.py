from __future__ import annotations

from pathlib import Path

import pytest

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
    content = read_content(write(tmp_path), "another")
    assert not content.knowledge.entries
    assert len(content.knowledge.policies) == 2


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
