"""``shuiwen encoder`` on two shipped subjects; needs the extra ``encoder``, and is skipped without it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import main
from knowledge import library
from retrieval.encode import BUILT_IN, OnnxEncoder
from retrieval.encoders import Encoders
from store.database import Database
from tests.conftest import CONTENT

pytest.importorskip("torch", reason="the extra 'encoder' is not installed")

SUBJECTS = {"credit", "fees", "negatives"}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content files of two subjects, with all policies and the glossary."""
    folder = tmp_path_factory.mktemp("content")
    for file in CONTENT.glob("*/*.yml"):
        if file.parent.name in {"policies", "glossary"} or file.stem in SUBJECTS:
            (folder / file.parent.name).mkdir(exist_ok=True)
            shutil.copy(file, folder / file.parent.name)
    return folder


@pytest.fixture
def data(published: Path, tmp_path: Path) -> Path:
    """A data folder of its own with a few published subjects."""
    return shutil.copytree(published, tmp_path / "data")


def encoder(data: Path, content: Path, *words: str) -> Result:
    places = {"SHUIWEN_DATA": str(data), "SHUIWEN_CONTENT": str(content)}
    return CliRunner().invoke(main, ["encoder", *words], env=places | {"SHUIWEN_RISK_TARGET": "0.2"})


def current(data: Path) -> int:
    database = Database(f"sqlite:///{data / 'shuiwen.sqlite3'}")
    with database.reading() as session:
        row = library.current(session)
    database.close()
    assert row is not None
    return row.number


def test_training_writes_an_encoder_with_its_recipe_data_and_scores(
    data: Path, content: Path, tmp_path: Path
) -> None:
    ran = encoder(data, content, "train", "--epochs", "1", "--out", str(tmp_path / "made"))
    assert ran.exit_code == 0, ran.output
    made = OnnxEncoder(tmp_path / "made")
    assert made.card["recipe"]["epochs"] == 1
    assert made.card["data"].keys() == {"examples", "labels", "sha256"}
    assert json.loads(ran.stdout) == made.card["scores"]
    assert Encoders(data / "encoders").chosen.folder == BUILT_IN


def test_a_local_model_is_taken_published_with_and_given_up_again(
    data: Path, content: Path, tmp_path: Path
) -> None:
    from retrieval.training import Recipe, untrained

    texts = ["纳税信用", "社保费", "税率是多少"]
    model = untrained(texts, Recipe(dimension=32, layers=1, heads=2), tmp_path / "parts")
    model.save(str(tmp_path / "model"))
    ran = encoder(data, content, "use", str(tmp_path / "model"))
    assert ran.exit_code == 0, ran.output
    assert "32 dimensions" in ran.stdout
    assert current(data) == 2
    assert Encoders(data / "encoders").chosen.dimension == 32


def test_a_model_that_cannot_be_fetched_changes_nothing(data: Path, content: Path) -> None:
    places = {"SHUIWEN_DATA": str(data), "SHUIWEN_CONTENT": str(content), "HF_HUB_OFFLINE": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", "encoder", "use", "no/such-model"],
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "✗ no/such-model is no folder with a model and cannot be fetched" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert current(data) == 1
    assert Encoders(data / "encoders").chosen.folder == BUILT_IN
    assert list((data / "encoders").iterdir()) == []


def test_a_folder_without_a_model_changes_nothing(data: Path, content: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = encoder(data, content, "use", str(tmp_path / "empty"))
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "is no folder with a model" in ran.stderr
    assert current(data) == 1
    assert Encoders(data / "encoders").chosen.folder == BUILT_IN
