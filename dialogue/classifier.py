"""The intent classifier as a component of Rasa's pipeline."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from dialogue.intents import IntentModel, Ranking, settle

RANKING_LENGTH = 5
MODEL_FILE = "intents.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CharacterIntentClassifier(IntentClassifier, GraphComponent):
    """Intents from characters, or from the message's metadata when the application commands one."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings that `config.yml` can change."""
        return {"threshold": 0.35, "thresholds": {}, "regularisation": 100.0}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self.config = config
        self.model: IntentModel | None = None
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
        self.model = IntentModel.fit(texts, intents, self.config["regularisation"])
        with self._storage.write_to(self._resource) as folder:
            self.model.save(folder / MODEL_FILE)
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
        """Load the stored model."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier.model = IntentModel.load(folder / MODEL_FILE)
        return classifier

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message."""
        for message in messages:
            ranking = self._rank(message)
            intent = settle(ranking, self.config["threshold"], self.config["thresholds"])
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[:RANKING_LENGTH], add_to_output=True)
        return messages

    def _rank(self, message: Message) -> Ranking:
        commanded = (message.get("metadata") or {}).get(INTENT)
        if commanded:
            return [{"name": commanded, "confidence": 1.0}]
        return self.model.rank(message.get(TEXT) or "")


def examples(training_data: TrainingData) -> tuple[list[str], list[str]]:
    """Return the texts and the intents of the examples that have both."""
    both = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
    return [e.get(TEXT) for e in both], [e.get(INTENT) for e in both]
