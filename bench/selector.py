"""Rasa's ResponseSelector as a peer, run by Rasa's own Python: `python -m bench.selector FOLDER fit EPOCHS` or `… FOLDER ask`.

``fit`` reads ``rows.json``, pairs of question and label, and trains a model into the folder; ``ask`` reads
``texts.json`` and writes ``asked.json``, what `bench.asking.Asked` holds.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.asking import Answer, Answerer, ask
from dialogue import quiet

MODEL = "selector"
CONFIG: dict[str, Any] = {
    "recipe": "default.v1",
    "language": "en",  # the whitespace tokenizer refuses "zh"; nothing else reads this
    "assistant_id": "bench",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 3},
        {"name": "ResponseSelector", "retrieval_intent": "faq", "random_seed": 7},
    ],
}


def fit(folder: Path, epochs: int) -> None:
    from rasa.model_training import train_nlu

    rows = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    by_label: dict[str, list[str]] = defaultdict(list)
    for text, label in rows:
        by_label[label].append(text)
    intents = [{"intent": f"faq/{label}", "examples": _listed(texts)} for label, texts in by_label.items()]
    responses = {f"utter_faq/{label}": [{"text": label}] for label in by_label}
    CONFIG["pipeline"][-1]["epochs"] = epochs
    _write(folder / "config.yml", CONFIG)
    _write(folder / "nlu.yml", {"version": "3.1", "nlu": intents, "responses": responses})
    _write(folder / "domain.yml", {"version": "3.1", "intents": ["faq"], "responses": responses})
    train_nlu(
        str(folder / "config.yml"),
        str(folder / "nlu.yml"),
        str(folder),
        fixed_model_name=MODEL,
        domain=str(folder / "domain.yml"),
    )


def answerer(folder: Path) -> Answerer:
    from rasa.core.agent import Agent

    agent = Agent.load(str(folder / f"{MODEL}.tar.gz"))
    loop = asyncio.new_event_loop()

    def answer(text: str) -> Answer:
        parsed = loop.run_until_complete(agent.parse_message(text))
        ranking = parsed["response_selector"]["faq"]["ranking"]
        return [one["intent_response_key"].split("/", 1)[1] for one in ranking[:5]], ranking[0]["confidence"]

    return answer


def _listed(texts: list[str]) -> str:
    return "".join(f"- {text}\n" for text in texts)


def _write(path: Path, data: Any) -> None:
    from rasa.shared.utils.io import write_yaml

    write_yaml(data, path)


def main() -> None:
    quiet.set_up()
    quiet.set_up_structlog()
    import rasa.core.agent
    import rasa.model_training  # noqa: F401 - imported before the memory is taken
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    folder, deed, *epochs = Path(sys.argv[1]), *sys.argv[2:]
    if deed == "fit":
        fit(folder, int(epochs[0]))
    else:
        texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        asked = ask(lambda: answerer(folder), texts)
        (folder / "asked.json").write_text(json.dumps(asdict(asked)), encoding="utf-8")


if __name__ == "__main__":
    main()
