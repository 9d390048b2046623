"""Cross-validate the intent classifier: `python -m dialogue.crossvalidate`. Exits 1 if macro-F1 is too low.

Stratified folds over data/nlu, so each example is named by a model that has not seen it, with the thresholds of
config.yml. The report is printed and stored in bench/results/intents.json.
"""

import json
import sys
from typing import Any

from dialogue import paths, quiet

FOLDS = 5
LOWEST_F1 = 0.93
FEWEST_EXAMPLES = 40
REPORT = paths.ROOT / "bench" / "results" / "intents.json"


def main() -> None:
    """Print and store the report, and end with its verdict."""
    quiet.set_up()
    sys.exit(0 if check() else 1)


def check() -> bool:
    """Cross-validate, print and store the report; whether the figures are high enough."""
    texts, intents = examples()
    report = measure(texts, intents)
    show(report)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return bool(report["macro_f1"] >= LOWEST_F1 and report["fewest_examples"] >= FEWEST_EXAMPLES)


def measure(texts: list[str], intents: list[str]) -> dict[str, Any]:
    """Return the figures of a stratified cross-validation and what was mistaken for what."""
    from sklearn.metrics import classification_report

    predicted = cross_predict(texts, intents)
    by_intent = classification_report(intents, predicted, output_dict=True, zero_division=0)
    pairs = zip(texts, intents, predicted)
    names = sorted(set(intents))
    return {
        "folds": FOLDS,
        "examples": len(texts),
        "fewest_examples": min(intents.count(name) for name in names),
        "macro_f1": round(by_intent["macro avg"]["f1-score"], 4),
        "accuracy": round(by_intent["accuracy"], 4),
        "intents": {name: rounded(by_intent[name]) for name in names},
        "mistaken": [f"{text}: {wanted} → {got}" for text, wanted, got in pairs if wanted != got],
    }


def rounded(figures: dict[str, float]) -> dict[str, float]:
    """Return an intent's figures with three digits."""
    return {name: round(float(value), 3) for name, value in figures.items()}


def show(report: dict[str, Any]) -> None:
    """Print the figures, an intent a line."""
    print(f"Classifier: stratified {FOLDS}-fold cross-validation on {report['examples']} examples.")
    print(f"{'intent':16}{'precision':>10}{'recall':>10}{'f1':>10}{'examples':>10}")
    for name, figures in report["intents"].items():
        f = figures
        print(f"{name:16}{f['precision']:10.3f}{f['recall']:10.3f}{f['f1-score']:10.3f}{f['support']:10.0f}")
    print(f"macro-F1 {report['macro_f1']:.3f} (at least {LOWEST_F1}), accuracy {report['accuracy']:.3f}")


def cross_predict(texts: list[str], intents: list[str]) -> list[str]:
    """Return for each text the intent given by a model that has not seen it."""
    from sklearn.model_selection import StratifiedKFold

    predicted = [""] * len(texts)
    for known, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(texts, intents):
        model = fit([texts[i] for i in known], [intents[i] for i in known])
        for i, name in zip(unseen, name_all(model, [texts[i] for i in unseen])):
            predicted[i] = name
    return predicted


def examples() -> tuple[list[str], list[str]]:
    """Return the texts and intents of data/nlu."""
    import yaml

    pairs = [
        (line.removeprefix("- "), item["intent"])
        for path in sorted(paths.TRAINING_DATA[0].glob("*.yml"))
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for line in item["examples"].splitlines()
    ]
    return [text for text, _ in pairs], [intent for _, intent in pairs]


def fit(texts: list[str], intents: list[str]) -> Any:
    """Return a model of the examples, with the settings of config.yml."""
    from dialogue.intents import IntentModel

    return IntentModel.fit(texts, intents, settings()["regularisation"])


def name_all(model: Any, texts: list[str]) -> list[str]:
    """Return each text's intent after the thresholds of config.yml."""
    from dialogue.intents import settle

    config = settings()
    rankings = model.rank_all(texts)
    return [settle(r, config["threshold"], config["thresholds"])["name"] for r in rankings]


def settings() -> dict[str, Any]:
    """Return the classifier's settings as Rasa would give them to it."""
    import yaml

    from dialogue.classifier import CharacterIntentClassifier

    pipeline = yaml.safe_load(paths.CONFIG.read_text(encoding="utf-8"))["pipeline"]
    return {**CharacterIntentClassifier.get_default_config(), **pipeline[0]}


if __name__ == "__main__":
    main()
