"""``make bench-retrieval``: ways to match a question to an entry, side by side in one run, as tables and as JSON.

All are taught the same questions of the shipped knowledge and asked the same ones that none has seen, both
spelled by the same normaliser, each in a process of its own on one thread. Times drift on shared machines;
processor time drifts less, and the load is recorded. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from bench.asking import Answer, Asked, ask
from bench.exam import Exam, Rows, marks
from bench.machine import machine
from bench.peers import PEERS, Peer
from bench.sizes import measured
from knowledge.files import read_content
from knowledge.publishing import NEAR, build
from retrieval.encode import BUILT_IN, OnnxEncoder
from retrieval.evaluate import Judged
from retrieval.search import Searcher

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results" / "retrieval.json"
RASA = ROOT / "dialogue" / ".venv" / "bin" / "python"
TIME_LIMIT_S = 3600
EPOCHS = 20  # of the ResponseSelector; one takes a minute
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
SIZES = (1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000)

T = TypeVar("T")
Figures = dict[str, Any]


def main() -> None:
    given = _arguments()
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    console = Console()
    content = read_content(ROOT / "knowledge" / "content")
    whole = Exam.of(content, given.entries)
    part = Exam.of(content, given.selector_entries).without_near()  # the ResponseSelector learns for long
    figures: Figures = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    with tempfile.TemporaryDirectory() as folder:
        places = Path(folder) / "whole", Path(folder) / "part"
        figures["whole"] = _compared(console, whole, places[0], with_selector=False)
        _write(given.out, figures)
        figures["part"] = _compared(console, part, places[1], with_selector=True)
        _write(given.out, figures)
        console.print("· ours in other sizes …")
        texts = [item.text for item in whole.known if item.label]
        sizes = sorted({*given.sizes, len(whole.rows)})
        found = _alone(measured, places[0] / "ours", whole.rows, texts, sizes)
        figures["sizes"] = {"load": os.getloadavg()[0], "rows": [size.as_dict() for size in found]}
    _write(given.out, figures)
    _show(console, figures)
    console.print(f"written to {given.out}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.retrieval", description=__doc__)
    parser.add_argument("--entries", type=int, help="of whole subjects, about as many entries instead of all")
    parser.add_argument(
        "--selector-entries", type=int, default=100, help="entries beside Rasa's ResponseSelector"
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of similar questions")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


def _compared(console: Console, exam: Exam, folder: Path, with_selector: bool) -> Figures:
    found = []
    for peer in PEERS:
        console.print(f"· {len(exam.rows)} questions: {peer.name} …")
        found.append(_row(peer.name, peer.what, exam, *_peer(peer, exam, folder / peer.__name__)))
    if with_selector:
        console.print(f"· {len(exam.rows)} questions: Rasa's ResponseSelector …")
        what = (
            f"whitespace, character 1-3-grams in words, ResponseSelector, {EPOCHS} epochs, top of one intent"
        )
        asked, build_s = _selector(exam, folder / "selector")
        found.append(_row("Rasa ResponseSelector", what, exam, asked, [], build_s))
    console.print(f"· {len(exam.rows)} questions: ours …")
    what = (
        "a release as it is published, with weights and calibration learned from labelled questions that no peer "
        "is given; its build has two heads, calibration and evaluation in it"
    )
    found.append(_row("ours", what, exam, *_ours(exam, folder / "ours")))
    return exam.described | {"peers": found}


def _row(name: str, what: str, exam: Exam, asked: Asked, near: Sequence[Answer], build_s: float) -> Figures:
    return {
        "name": name,
        "what": what,
        **marks(exam.asked, [*asked.answers, *near]).as_dict(),
        "p50_ms": asked.p50_ms,
        "p50_cpu_ms": asked.p50_cpu_ms,
        "memory_mb": asked.memory_mb,
        "build_s": build_s,
        "load": os.getloadavg()[0],
    }


def _peer(peer: type[Peer], exam: Exam, folder: Path) -> tuple[Asked, list[Answer], float]:
    all_taught, some_taught = folder / "all", folder / "some"
    build_s = _alone(_fitted, peer, exam.rows, all_taught)
    asked = _alone(_asked, peer, all_taught, [item.text for item in exam.known])
    if not exam.near:
        return asked, [], build_s
    _alone(_fitted, peer, exam.rows_without_left_out, some_taught)
    near = _alone(_asked, peer, some_taught, [item.text for item in exam.near])
    return asked, near.answers, build_s


def _fitted(peer: type[Peer], rows: Rows, folder: Path) -> float:
    folder.mkdir(parents=True)
    began = time.perf_counter()
    taught = peer.fit(rows)
    taken = time.perf_counter() - began
    taught.save(folder)
    return taken


def _asked(peer: type[Peer], folder: Path, texts: Sequence[str]) -> Asked:
    return ask(lambda: peer.load(folder), texts)


def _ours(exam: Exam, folder: Path) -> tuple[Asked, list[Answer], float]:
    judged, build_s = _alone(_published, exam, folder)
    near = [(list(one.found), one.confidence) for one in judged if one.kind == NEAR] if exam.near else []
    return _alone(_searched, folder, [item.text for item in exam.known]), near, build_s


def _published(exam: Exam, folder: Path) -> tuple[Sequence[Judged], float]:
    began = time.perf_counter()
    built = build(exam.knowledge, exam.golden, OnnxEncoder(BUILT_IN))
    taken = time.perf_counter() - began
    built.searcher.save(folder)
    return built.judged, taken


def _searched(folder: Path, texts: Sequence[str]) -> Asked:
    def load() -> Callable[[str], Answer]:
        searcher = Searcher.load(folder)

        def answer(text: str) -> Answer:
            match = searcher.search(text)
            return [candidate.label for candidate in match.candidates[:5]], match.confidence

        return answer

    return ask(load, texts)


def _selector(exam: Exam, folder: Path) -> tuple[Asked, float]:
    """Taught all rows and asked; near questions would want a second teaching."""
    folder.mkdir(parents=True)
    (folder / "rows.json").write_text(json.dumps(exam.rows, ensure_ascii=False))
    texts = [item.text for item in exam.known]
    (folder / "texts.json").write_text(json.dumps(texts, ensure_ascii=False))
    began = time.perf_counter()
    _run_rasa(folder, "fit", str(EPOCHS))
    build_s = time.perf_counter() - began
    _run_rasa(folder, "ask")
    return Asked(**json.loads((folder / "asked.json").read_text())), build_s


def _run_rasa(folder: Path, *deed: str) -> None:
    command = [str(RASA), "-m", "bench.selector", str(folder), *deed]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=TIME_LIMIT_S)  # noqa: S603


def _alone(deed: Callable[..., T], *given: Any) -> T:
    """In a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(deed, *given).result()


def _write(path: Path, figures: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_rounded(figures), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _show(console: Console, figures: Mapping[str, Any]) -> None:
    for part in ("whole", "part"):
        told = {name: value for name, value in figures[part].items() if name != "peers"}
        console.print(
            _table(str(told), [{k: v for k, v in p.items() if k != "what"} for p in figures[part]["peers"]])
        )
    console.print(_table("ours by size, ms of processor time a query", figures["sizes"]["rows"]))


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(*rows[0], title=title)
    for row in _rounded(list(rows)):
        table.add_row(*map(str, row.values()))
    return table


def _rounded(value: Any) -> Any:
    """Three places for what is less than ten, one for the rest."""
    if isinstance(value, float):
        return round(value, 3 if abs(value) < 10 else 1)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
