from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.cli import main
from app.refusal import one_sentence


class Refused(Exception):
    pass


@pytest.mark.parametrize("sentence", ["应在[0, 1]之间", "[bold]粗[/bold]", ":warning: 注意", "长" * 300])
def test_a_refusal_is_printed_word_for_word_on_one_line(
    sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, one_sentence(Refused):
        raise Refused(sentence)
    assert ended.value.exit_code == 1
    assert capsys.readouterr() == ("", f"✗ {sentence}\n")


def test_any_other_failure_passes() -> None:
    with pytest.raises(KeyError), one_sentence(Refused):
        raise KeyError("name")


def test_the_operators_commands_show_square_brackets_too(tmp_path: Path) -> None:
    taken = tmp_path / "[red]knowledge"
    taken.mkdir()
    (taken / "entries.yml").touch()
    ran = CliRunner().invoke(main, ["knowledge", "export", str(taken)])
    assert ran.exit_code == 1
    assert str(taken) in ran.stderr
