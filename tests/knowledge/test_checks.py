from __future__ import annotations

from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.checks import check, near_duplicates, numbers
from knowledge.entries import Citation, Entry, Knowledge, Tags, Version
from knowledge.files import Content, Finding, WrongContent, read_content
from knowledge.questions import character_pairs, shared
from tests.knowledge.test_files import finding, small, write

WORDS = "小规模纳税人免征增值税abc012"
CITED = "    - {policy: new-threshold, document: 财政部 税务总局公告2023年第19号}\n"


def mistake(root: Path, folder: str, old: str, new: str) -> Finding:
    """The one finding of checking the small content with that mistake."""
    (found,) = check(read_content(write(root, folder, old, new)))
    return found


def test_good_content_has_no_findings(tmp_path: Path) -> None:
    assert list(check(small(tmp_path))) == []


@pytest.mark.parametrize(
    "document",
    [
        "财税[2023]19",
        "财税2023-19号",
        "财政部公告2023年19号",
        "财政部公告2023年第19",
        "主席令四十一号",
        "第一条",
        "国家税务总局关于推广即买即退的公告",
        "财税2023-19号（文号未收录）",
    ],
)
def test_a_badly_formed_document_number_is_found(tmp_path: Path, document: str) -> None:
    old = "  documents: [财政部 税务总局公告2021年第11号]\n"
    found = mistake(tmp_path, "policies", old, f'  documents:\n  - "{document}"\n')
    reason = f"“{document}” is no 文号, no law's name and does not end with （文号未收录）"
    assert found == finding(tmp_path, "policies", document, "policies.0.documents.0", reason)


@pytest.mark.parametrize(
    "document",
    ["财税〔2019〕13号", "国务院令第826号", "中华人民共和国主席令第四十一号", "企业所得税法第三十条",
     "发票管理办法（2023年7月20日修订）", "国家医保局有关通知（文号未收录）", "财税〔2016〕36号附件3（2025年底前）"],
)  # fmt: skip
def test_a_document_number_or_the_name_of_a_law_is_accepted(tmp_path: Path, document: str) -> None:
    old = "财政部 税务总局公告2021年第11号"
    assert list(check(read_content(write(tmp_path, "policies", old, document)))) == []


@pytest.mark.parametrize("remark", ["文号为本人记忆", "未核", "文号待核", "存疑", "不详"])
def test_a_remark_in_the_name_of_a_document_or_in_a_title_is_found(tmp_path: Path, remark: str) -> None:
    for old, field in (
        ("财政部 税务总局公告2021年第11号", "policies.0.documents.0"),
        ("小规模纳税人免征增值税（2021）", "policies.0.title"),
    ):
        found = mistake(tmp_path, "policies", old, f"{old}（{remark}）")
        reason = f"“{old}（{remark}）” holds a remark; write it into status"
        assert found == finding(tmp_path, "policies", f"（{remark}）", field, reason)


@pytest.mark.parametrize(
    ("old", "field"),
    [
        ("replaced_by: [new-threshold]", "policies.0.replaced_by.0"),
        ("replaces: [old-threshold]", "policies.1.replaces.0"),
    ],
)
def test_a_link_to_an_unknown_policy_is_found(tmp_path: Path, old: str, field: str) -> None:
    found = mistake(tmp_path, "policies", old, old.replace("-threshold", "-treshold"))
    reason = f"there is no policy {old.partition('[')[2][:3]}-treshold"
    assert found == finding(tmp_path, "policies", "-treshold", field, reason)


def test_an_end_by_an_unknown_policy_is_found(tmp_path: Path) -> None:
    end = "effective_to: 2022-12-31\n"
    found = mistake(tmp_path, "policies", end, end + "  ended_by: nowhere\n")
    reason = "there is no policy nowhere"
    assert found == finding(tmp_path, "policies", "nowhere", "policies.0.ended_by", reason)


def test_a_policy_that_follows_itself_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "policies", "replaces: [old-threshold]", "replaces: [new-threshold]")
    reason = "a policy cannot follow itself"
    assert found == finding(tmp_path, "policies", "replaces", "policies.1.replaces.0", reason)


def test_a_link_that_is_neither_an_identifier_nor_a_document_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "policies", "replaces: [old-threshold]", "replaces: [从前的那个]")
    reason = "“从前的那个” is no policy's id, no 文号 and no law's name"
    assert found == finding(tmp_path, "policies", "从前", "policies.1.replaces.0", reason)


@pytest.mark.parametrize("name", ["增值税暂行条例实施细则", "财税字〔1994〕20号第二条第（八）项"])
def test_a_link_may_name_a_document_that_is_not_held(tmp_path: Path, name: str) -> None:
    old = "replaces: [old-threshold]"
    assert not list(
        check(read_content(write(tmp_path, "policies", old, f"replaces: [old-threshold, {name}]")))
    )


def test_a_reference_to_an_unknown_entry_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", "related: [threshold]", "related: [treshold]")
    reason = "there is no entry treshold"
    assert found == finding(tmp_path, "entries", "treshold]", "entries.1.related.0", reason)


def test_a_reference_to_itself_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", "related: [threshold]", "related: [declare]")
    reason = "an entry cannot refer to itself"
    assert found == finding(tmp_path, "entries", "[declare]", "entries.1.related.0", reason)


def test_a_reference_that_stands_twice_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", "related: [threshold]", "related: [threshold, threshold]")
    reason = "threshold stands here twice"
    assert found == finding(tmp_path, "entries", "related", "entries.1.related.1", reason)


def test_an_exclusion_of_an_unknown_entry_is_found(tmp_path: Path) -> None:
    new = "relations: [{entry: treshold, kind: excludes}]"
    found = mistake(tmp_path, "entries", "related: [threshold]", new)
    reason = "there is no entry treshold"
    assert found == finding(tmp_path, "entries", "treshold", "entries.1.relations.0", reason)


def test_two_ends_of_a_relation_that_say_the_opposite_are_found(tmp_path: Path) -> None:
    write(
        tmp_path, "entries", "  related: [threshold]\n", "  relations: [{entry: threshold, kind: excludes}]\n"
    )
    path = tmp_path / "entries" / "small.yml"
    there = "- id: declare\n"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(there, "  relations: [{entry: declare, kind: stacks}]\n" + there), encoding="utf-8"
    )
    assert [(found.field, found.reason) for found in check(read_content(tmp_path))] == [
        ("entries.0.relations.0", "declare says excludes of this entry"),
        ("entries.1.relations.0", "threshold says stacks of this entry"),
    ]


@pytest.mark.parametrize(
    "hole", [("2020-01-01", "2021-04-01"), ("2022-12-01", "2023-01-01"), ("2023-01-01", "2023-01-01")]
)
def test_a_declared_gap_that_no_two_versions_leave_is_found(tmp_path: Path, hole: tuple[str, str]) -> None:
    gap = f"  gaps: [{{from: {hole[0]}, to: {hole[1]}, reason: 没有记录}}]\n- id: declare\n"
    found = mistake(tmp_path, "entries", "- id: declare\n", gap)
    reason = f"no two versions leave [{hole[0]}, {hole[1]}) open"
    assert found == finding(tmp_path, "entries", "没有记录", "entries.0.gaps.0", reason)


def test_a_declared_gap_between_two_versions_is_accepted(tmp_path: Path) -> None:
    gap = "  gaps: [{from: 2022-10-01, to: 2023-01-01, reason: 没有记录}]\n- id: declare\n"
    write(tmp_path, "entries", "- id: declare\n", gap)
    path = tmp_path / "entries" / "small.yml"
    text = path.read_text(encoding="utf-8").replace("    to: 2023-01-01\n", "    to: 2022-10-01\n")
    path.write_text(text, encoding="utf-8")
    assert list(check(read_content(tmp_path))) == []


@pytest.mark.parametrize("strange", ["\\a", "\\x85", "\ufffd"])
def test_a_character_that_nobody_can_read_is_found(tmp_path: Path, strange: str) -> None:
    found = mistake(
        tmp_path, "entries", "conclusion: 要，按季申报。", f'conclusion: "要，按季{strange}申报。"'
    )
    assert (found.file, found.field) == ("entries/small.yml", "entries.1.versions.0.conclusion")
    assert found.reason.startswith("an illegible character: ")


def test_a_button_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    new = (
        "  kind: choice\n"
        "  tags: {tax: [增值税, 征管程序]}\n"
        "  ask:\n"
        "    question: 您问哪一样？\n"
        "    options:\n"
        "    - {label: 免税, entry: threshold}\n"
        "    - {label: 申报, entry: nowhere}\n"
    )
    start = "  kind: procedure\n"
    write(tmp_path)
    path = tmp_path / "entries" / "small.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index(start)] + new, encoding="utf-8")
    field = "entries.1.ask.options.1"
    expected = finding(tmp_path, "entries", "nowhere", field, "there is no entry nowhere")
    assert list(check(read_content(tmp_path))) == [expected]


def test_too_few_distinct_similar_questions_are_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", "  - 没有生意也得报税吗\n", "  - 零申报，要不要做呢？\n")
    reason = "only 9 distinct, 10 are needed; “零申报，要不要做呢？” ≈ “零申报要不要做”"
    assert found == finding(tmp_path, "entries", "零申报要不要做", "entries.1.similar_questions", reason)


def test_a_citation_of_an_unknown_policy_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", CITED, CITED + "    - {policy: newer-threshold}\n")
    reason = "there is no policy newer-threshold"
    assert found == finding(tmp_path, "entries", "newer", "entries.0.versions.1.citations.1", reason)


def test_a_document_that_the_policy_does_not_have_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", CITED, CITED.replace("第19号", "第91号"))
    reason = "new-threshold has no document 财政部 税务总局公告2023年第91号"
    assert found == finding(tmp_path, "entries", "第91号", "entries.0.versions.1.citations.0", reason)


def test_a_document_out_of_force_at_the_dates_of_the_version_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", CITED, CITED + "    - {policy: old-threshold}\n")
    field = "entries.0.versions.1.citations.1"
    reason = "old-threshold is in force [2021-04-01, 2022-12-31], not on all of [2023-01-01, 2028-01-01)"
    assert found == finding(tmp_path, "entries", "    - {policy: old-threshold}", field, reason)


def test_a_document_repealed_before_its_stated_end_is_out_of_force_from_then_on(tmp_path: Path) -> None:
    old = "  effective_to: 2027-12-31\n"
    found = list(
        check(
            read_content(
                write(
                    tmp_path,
                    "policies",
                    old,
                    old + "  ended_on: 2025-12-31\n  ended_by: 财政部公告2026年第10号\n",
                )
            )
        )
    )
    assert [item.field for item in found] == [
        "entries.0.versions.1.citations.0",
        "entries.1.versions.0.citations.0",
    ]
    assert all("in force [2023-01-01, 2025-12-31]" in item.reason for item in found)


def test_a_document_out_of_force_may_be_cited_for_its_history(tmp_path: Path) -> None:
    history = CITED + "    - {policy: old-threshold, background: true}\n"
    assert list(check(read_content(write(tmp_path, "entries", CITED, history)))) == []


def test_a_version_with_nothing_but_history_is_found(tmp_path: Path) -> None:
    found = mistake(
        tmp_path, "entries", CITED, "    - {policy: old-threshold, background: true}\n"
        "    - {policy: new-threshold, background: true}\n"
    )  # fmt: skip
    field = "entries.0.versions.1.citations"
    reason = "no citation is in force: all are background"
    assert found == finding(tmp_path, "entries", "- {policy: old-threshold", field, reason)


def test_a_figure_that_is_not_in_the_text_is_found(tmp_path: Path) -> None:
    found = mistake(
        tmp_path,
        "entries",
        "    - {name: 月免税额, value: 10万元}",
        "    - {name: 月免税额, value: 100000元}",
    )
    reason = "“100000元” is not in the text"
    assert found == finding(tmp_path, "entries", "100000元", "entries.0.versions.1.figures.0", reason)


def test_a_figure_that_is_in_no_cited_record_is_found(tmp_path: Path) -> None:
    found = mistake(
        tmp_path,
        "policies",
        "  key_figures: [15万元]\n  facts: [月销售额15万元以下免征]\n",
        "  facts: [免征]\n",
    )
    reason = "150000 is in no cited policy's record"
    assert found == finding(tmp_path, "entries", "value: 15万元", "entries.0.versions.0.figures.0", reason)


def test_a_question_of_two_entries_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", "  - 零申报要不要做\n", "  - 免税额度？\n")
    reason = "“免税额度？” is also a question of threshold"
    assert found == finding(tmp_path, "entries", "免税额度？", "entries.1.similar_questions.0", reason)


def test_a_standard_question_of_two_entries_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", "免税的小规模纳税人还要申报吗？", "起征点是多少？")
    reason = "“起征点是多少？” is also a question of threshold"
    assert found == finding(tmp_path, "entries", "起征点是多少？", "entries.1.question", reason)


def test_a_question_in_traditional_characters_is_the_same_question(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", "  - 零申报要不要做\n", "  - 免稅額度\n")
    reason = "“免稅額度” is also a question of threshold"
    assert found == finding(tmp_path, "entries", "免稅額度", "entries.1.similar_questions.0", reason)


def test_a_question_that_an_entry_asks_twice_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "entries", "  - 免税额度\n", "  - 免税额度\n  - 免稅額度！\n")
    reason = "“免稅額度！” is asked by this entry already"
    assert found == finding(tmp_path, "entries", "免稅額度", "entries.0.similar_questions.6", reason)


def test_a_policy_that_no_entry_cites_is_found(tmp_path: Path) -> None:
    unused = (
        "- {id: unused, title: 无人引用, issuer: 财政部, tax: [增值税], applies_to: 企业, effective_from: 2023-01-01,\n"
        "   facts: [事实], status: 现行有效, confidence: high, verification: memory_only}\n"
    )
    first = "- id: old-threshold\n"
    found = mistake(tmp_path, "policies", first, unused + first)
    assert found == finding(tmp_path, "policies", "id: unused", "policies.0.id", "no entry cites it")


def test_a_golden_question_that_repeats_a_similar_question_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "golden", "小规模多少免税", "小规模开票多少不用交税呀")
    reason = "“小规模开票多少不用交税呀” is not kept apart from the entry's own “小规模开票多少不用交税”"
    assert found == finding(tmp_path, "golden", "交税呀", "questions.0.ask.0", reason)


def test_a_golden_question_asked_twice_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "golden", "香港薪俸税怎么报", "小规模多少免税？")
    reason = "“小规模多少免税？” stands in the golden questions twice"
    assert found == finding(tmp_path, "golden", "小规模多少免税？", "negatives.0", reason)


@pytest.mark.parametrize(
    ("old", "field"),
    [
        ("小规模多少免税", "questions.0.ask.0"),
        ("2022年小规模月销售14万要交吗", "as_of.0"),
        ("香港薪俸税怎么报", "negatives.0"),
    ],
)
def test_a_labelled_question_that_an_entry_asks_is_found(tmp_path: Path, old: str, field: str) -> None:
    found = mistake(tmp_path, "golden", old, "沒有生意也得報稅嗎？")
    reason = "“沒有生意也得報稅嗎？” is a question of declare, not kept apart"
    assert found == finding(tmp_path, "golden", "沒有生意", field, reason)


def test_a_golden_question_asked_again_in_traditional_characters_is_found(tmp_path: Path) -> None:
    found = mistake(tmp_path, "golden", "香港薪俸税怎么报", "小規模多少免稅")
    reason = "“小規模多少免稅” stands in the golden questions twice"
    assert found == finding(tmp_path, "golden", "小規模多少免稅", "negatives.0", reason)


def test_a_golden_question_for_an_unknown_entry_is_found(tmp_path: Path) -> None:
    old = "2019年小规模免税标准, entry: threshold"
    found = mistake(tmp_path, "golden", old, "2019年小规模免税标准, entry: treshold")
    assert found == finding(tmp_path, "golden", "treshold", "as_of.1", "there is no entry treshold")


@pytest.mark.parametrize(("versions", "strange"), [("[2022-04-01]", "2022-04-01"), ("[]", "none")])
def test_an_as_of_version_that_does_not_exist_is_found(tmp_path: Path, versions: str, strange: str) -> None:
    found = mistake(tmp_path, "golden", "versions: [2021-04-01]", f"versions: {versions}")
    reason = f"threshold has versions from 2021-04-01, 2023-01-01, not {strange}"
    assert found == finding(tmp_path, "golden", f"versions: {versions}", "as_of.0.versions", reason)


def two_subjects(root: Path) -> Path:
    """The small content with its second entry, which refers to the first, in a subject of its own."""
    path = write(root) / "entries" / "small.yml"
    text = path.read_text(encoding="utf-8")
    cut = text.index("- id: declare\n")
    path.write_text(text[:cut], encoding="utf-8")
    (path.parent / "filing.yml").write_text("subject: 申报\nentries:\n" + text[cut:], encoding="utf-8")
    return root


def test_a_subject_may_refer_to_another(tmp_path: Path) -> None:
    content = read_content(two_subjects(tmp_path), "filing")
    assert [entry.id for entry in content.knowledge.entries] == ["declare"]
    assert list(check(content)) == []


def test_a_subject_is_told_its_own_findings_only(tmp_path: Path) -> None:
    two_subjects(tmp_path)
    for name, other in (("small", "eins"), ("filing", "zwei")):
        path = tmp_path / "entries" / f"{name}.yml"
        path.write_text(
            path.read_text(encoding="utf-8") + f"  relations: [{{entry: {other}, kind: stacks}}]\n",
            encoding="utf-8",
        )
    assert [found.reason for found in check(read_content(tmp_path, "filing"))] == ["there is no entry zwei"]


def test_a_question_of_another_subject_is_found(tmp_path: Path) -> None:
    path = two_subjects(tmp_path) / "entries" / "filing.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("零申报要不要做", "免税额度"), encoding="utf-8")
    assert [found.file for found in check(read_content(tmp_path, "small"))] == ["entries/small.yml"]


def test_a_subject_is_not_called_good_while_what_it_refers_to_cannot_be_read(tmp_path: Path) -> None:
    content = read_content(two_subjects(tmp_path), "filing")
    (tmp_path / "entries" / "small.yml").write_text("", encoding="utf-8")
    with pytest.raises(WrongContent) as refused:
        list(check(content))
    reason = "cannot be checked before entries/small.yml:1: : the file is empty"
    assert refused.value.findings == (Finding("entries/filing.yml", 1, "", reason),)


@given(st.integers(min_value=0, max_value=10**12))
def test_a_number_reads_the_same_with_grouping_and_in_full_width(number: int) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    assert numbers(f"{number:,}元") == numbers(f"{wide}元") == numbers(f"即{number}。") == {str(number)}


@given(
    st.integers(min_value=1, max_value=10**6),
    st.sampled_from([("千", 3), ("万", 4), ("亿", 8), ("万亿", 12)]),
)
def test_a_scale_multiplies(number: int, scale: tuple[str, int]) -> None:
    name, zeros = scale
    assert numbers(f"{number}{name}元") == {str(number) + "0" * zeros}


@given(st.integers(min_value=0, max_value=10**6))
def test_a_share_is_another_number_than_an_amount(number: int) -> None:
    assert numbers(f"{number}%") == numbers(f"{number}.0％") == {f"{number}%"}
    assert numbers(f"{number}%").isdisjoint(numbers(f"{number}元"))


@given(
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1), st.sampled_from(["，", "、", "；", "至"])
)
def test_an_enumeration_has_the_numbers_of_its_parts(parts: list[int], between: str) -> None:
    assert numbers(between.join(map(str, parts))) == set(map(str, parts))


@given(st.text(alphabet=WORDS, min_size=1), st.sampled_from([" ", "，", "？", "——", "\n"]))
def test_character_pairs_see_no_spaces_punctuation_case_or_width(text: str, between: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() else c for c in text)
    pairs = character_pairs(text)
    assert (
        pairs == character_pairs(between.join(text)) == character_pairs(text.upper()) == character_pairs(wide)
    )


@given(st.text(), st.text())
def test_the_shared_part_is_a_symmetric_share_and_whole_for_the_same_text(one: str, other: str) -> None:
    first, second = character_pairs(one), character_pairs(other)
    assert 0 <= shared(first, second) == shared(second, first) <= 1
    assert shared(first, first) == 1


@given(
    st.lists(
        st.lists(st.text(alphabet="税费款", min_size=1, max_size=9), min_size=9, max_size=9), max_size=4
    ),
    st.sampled_from([0.5, 0.7, 0.8, 0.9]),
)
def test_near_duplicates_are_what_comparing_every_two_questions_finds(
    asked: list[list[str]], share: float
) -> None:
    version = Version(start=date(2023, 1, 1), conclusion="免。", citations=(Citation(policy="any"),))
    entries = [
        Entry(id=f"e{i}", question=first, similar_questions=tuple(rest), kind="policy",
              tags=Tags(tax=("增值税",)), versions=(version,))
        for i, (first, *rest) in enumerate(asked)
    ]  # fmt: skip
    content = Content(Knowledge(policies=(), entries=tuple(entries)), (), {})
    expected = {
        (later.id, question, earlier.id, other)
        for earlier, later in combinations(entries, 2)
        for question in later.questions
        for other in earlier.questions
        if shared(character_pairs(question), character_pairs(other)) > share
    }
    assert set(near_duplicates(content, share)) == expected
