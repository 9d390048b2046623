"""The glossary: what people say is read as the knowledge's own term, and each saying as one term only."""

from __future__ import annotations

from pathlib import Path

from knowledge.checks import check
from knowledge.files import read_content
from retrieval.normalise import Normaliser

CONTENT = Path(__file__).parent.parent.parent / "knowledge" / "content"


def test_shipped_sayings_are_read_as_their_terms() -> None:
    normalise = Normaliser(read_content(CONTENT).knowledge.synonyms)
    assert normalise("专票丢了") == normalise("增值税专用发票丢了")
    assert normalise("殘保金怎麼交") == normalise("残疾人就业保障金怎么交")


def test_a_saying_of_two_terms_and_a_saying_that_is_a_term_are_told_by_line(tmp_path: Path) -> None:
    (tmp_path / "glossary").mkdir()
    (tmp_path / "glossary" / "terms.yml").write_text(
        "terms:\n"
        "- term: 增值税专用发票\n  say: [专票]\n"
        "- term: 普通发票\n  say: [普票, 专票, 增值税专用发票]\n",
        encoding="utf-8",
    )
    found = [str(finding) for finding in check(read_content(tmp_path))]
    assert found == [
        "glossary/terms.yml:5: terms.1.say.1: “专票” is read as 增值税专用发票 already",
        "glossary/terms.yml:5: terms.1.say.2: “增值税专用发票” is a term itself",
    ]
