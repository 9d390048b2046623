from __future__ import annotations

import asyncio
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from actions.server import executor
from knowledge.entries import Knowledge
from knowledge.release import CHECKSUMS, Release, Shelf, WrongRelease, load
from retrieval.encode import BUILT_IN, OnnxEncoder
from tests.actions.talking import Talk

QUESTION = "小规模纳税人月销售额多少以下免征增值税？"


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    """A copy of the published release, to be damaged."""
    return shutil.copytree(published / "releases" / "0001", tmp_path / "0001")


def saved(published: Path) -> list[str]:
    """The names of the files that a release is loaded from."""
    found: dict[str, str] = json.loads((published / "releases" / "0001" / CHECKSUMS).read_text())
    return sorted(found)


def test_everything_that_is_loaded_has_a_checksum(published: Path) -> None:
    there = {path.name for path in (published / "releases" / "0001").iterdir() if path.is_file()}
    assert set(saved(published)) == there - {CHECKSUMS, "judged.jsonl"}
    assert {"knowledge.json", "vectors.faiss", "head.npz", "calibration.json"} <= there


@pytest.mark.parametrize("damage", ["missing", "empty", "half", "one byte", "of another release"])
def test_a_file_that_is_not_the_published_one_is_refused(published: Path, folder: Path, damage: str) -> None:
    for name in [*saved(published), CHECKSUMS]:
        whole = (folder / name).read_bytes()
        damaged = {
            "empty": b"",
            "half": whole[: len(whole) // 2],
            "one byte": whole[:-1] + bytes([whole[-1] ^ 1]),
            "of another release": b"[]",
        }
        (folder / name).unlink()
        if damage in damaged:
            (folder / name).write_bytes(damaged[damage])
        with pytest.raises(WrongRelease, match=r"release 7 .* run `shuiwen publish` or roll back"):
            load(folder, 7)
        (folder / name).write_bytes(whole)
    assert load(folder, 7).number == 7


@pytest.mark.parametrize("checksums", ["[]", "null", '{"../secret": "0"}', "7"])
def test_checksums_that_are_none_are_refused(folder: Path, checksums: str) -> None:
    (folder / CHECKSUMS).write_text(checksums)
    with pytest.raises(WrongRelease):
        load(folder, 7)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongRelease, match="shuiwen publish"):
        load(tmp_path / "0007", 7)


def test_a_release_whose_encoder_is_gone_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongRelease, match="encoder that this release was built with is not here"):
        load(folder, 7, [tmp_path])


def test_a_release_takes_its_own_encoder_from_among_many(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(BUILT_IN, tmp_path / "encoders" / "other")
    text = (other / "tokenizer.json").read_text(encoding="utf-8")
    (other / "tokenizer.json").write_text(text + "\n", encoding="utf-8")
    assert OnnxEncoder(other).digest != OnnxEncoder(BUILT_IN).digest
    assert load(folder, 7, [other, BUILT_IN]).searcher.search("印花税").candidates
    with pytest.raises(WrongRelease):
        load(folder, 7, [other])


def marked(release: Release, number: int) -> Release:
    """The same release under another number, which stands in every answer, too."""
    entries = tuple(
        entry.model_copy(
            update={
                "versions": tuple(
                    version.model_copy(update={"conclusion": f"这是第{number}版。"})
                    for version in entry.versions
                )
            }
        )
        for entry in release.knowledge.entries
    )
    policies, terms = release.knowledge.policies, release.knowledge.terms
    return replace(
        release, number=number, knowledge=Knowledge(policies=policies, entries=entries, terms=terms)
    )


def test_a_swap_while_questions_are_answered_fails_none_and_mixes_no_two_releases(
    release: Release,
) -> None:
    shelf, both = Shelf(), [marked(release, number) for number in (1, 2)]
    shelf.put(both[0])
    done = threading.Event()

    def swap() -> None:
        for one in cycle(both):
            shelf.put(one)
            if done.wait(0.001):
                return

    def ask(_: int) -> list[dict[str, Any]]:
        async def asked() -> list[dict[str, Any]]:
            return [await Talk(executor(shelf, lambda: date(2026, 11, 21))).ask(QUESTION) for _ in range(15)]

        return asyncio.run(asked())

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        with ThreadPoolExecutor(6) as people:
            said = [one for answers in people.map(ask, range(6)) for one in answers]
    finally:
        done.set()
        swapping.join()
    assert {one["outcome"] for one in said} == {"answered"}
    assert {one["release"] for one in said} == {1, 2}
    assert [one for one in said if f"这是第{one['release']}版。" not in one["text"]] == []
