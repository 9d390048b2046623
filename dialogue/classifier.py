"""Which dialogue act a message is: an intent classifier of Rasa over characters."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

ASK = "ask"
RANKING_LENGTH = 5
MODEL_FILE = "intents.skops"
# skops refuses types it does not know; this one holds the inverse document frequencies.
TRUSTED = ["scipy.sparse._csr.csr_matrix"]

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

Ranking = list[dict[str, Any]]


def normalise(text: str) -> str:
    """Fold width and case and make all numbers one: an amount's size says nothing of the act."""
    return NUMBER.sub("0", unicodedata.normalize("NFKC", text).casefold()).strip()


def new_model(regularisation: float) -> Pipeline:
    """Return an untrained pipeline: TF-IDF of 1 to 3 characters, then logistic regression."""
    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=False, sublinear_tf=True),
        LogisticRegression(C=regularisation, max_iter=1000),
    )


def rank(model: Pipeline, text: str) -> Ranking:
    """Return every intent with its probability, the likeliest first."""
    probabilities = model.predict_proba([normalise(text)])[0]
    named = sorted(zip(probabilities.tolist(), model.classes_), reverse=True)
    return [{"name": str(name), "confidence": p} for p, name in named]


def settle(ranking: Ranking, threshold: float) -> dict[str, Any]:
    """Take the likeliest intent, or `ask` where even that one is unlikely.

    The knowledge judges for itself whether it has an answer, so asking it is the safe default.
    """
    best = ranking[0]
    if best["confidence"] >= threshold:
        return best
    return next((r for r in ranking if r["name"] == ASK), best)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CharacterIntentClassifier(IntentClassifier, GraphComponent):
    """Intents from characters, or from the message's metadata when the application commands one."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings that `config.yml` can change."""
        return {"threshold": 0.35, "regularisation": 20.0}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self.config = config
        self.model = new_model(config["regularisation"])
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CharacterIntentClassifier":
        """Make an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model to the examples and store it."""
        texts, intents = examples(training_data)
        self.model.fit([normalise(t) for t in texts], intents)
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self.model, folder / MODEL_FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "CharacterIntentClassifier":
        """Load the stored model; a type that skops does not trust is an error."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier.model = skops.io.load(folder / MODEL_FILE, trusted=TRUSTED)
        return classifier

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message."""
        for message in messages:
            self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        commanded = (message.get("metadata") or {}).get(INTENT)
        if commanded:
            ranking = [{"name": commanded, "confidence": 1.0}]
        else:
            ranking = rank(self.model, message.get(TEXT) or "")
        message.set(INTENT, settle(ranking, self.config["threshold"]), add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:RANKING_LENGTH], add_to_output=True)


def examples(training_data: TrainingData) -> tuple[Sequence[str], Sequence[str]]:
    """Return the texts and the intents of the examples that have both."""
    pairs = [(e.get(TEXT), e.get(INTENT)) for e in training_data.intent_examples]
    return tuple(zip(*[(text, intent) for text, intent in pairs if text and intent]))
