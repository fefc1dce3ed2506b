"""The step of Rasa's graph that reads a message: it hands it to language.nlu and writes down the result. No learning here."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.importer import TITLE
from jobseeker.messages import Context, Understanding, act_of_command, parse_command
from language.nlu import Example, Understander

UNDERSTANDING = "understanding"
INTENT_OF_OUTCOME = {"clarify": "clarify", "unsure": "nlu_fallback"}


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class UnderstandingComponent(GraphComponent):
    """Sets `intent` (an act, `faq`, `clarify` or `nlu_fallback`), `intent_ranking` and `understanding` of a message."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, understander: Understander | None = None
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._understander = understander

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UnderstandingComponent:
        """A new one, for training."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> UnderstandingComponent:
        """A trained one."""
        with model_storage.read_from(resource) as directory:
            return cls(model_storage, resource, Understander.load(directory))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on all labelled examples and keep the result in the model. Word lists come as Rasa's lookup tables."""
        tables = {table["name"]: list(table["elements"]) for table in training_data.lookup_tables}
        titles = {name.removeprefix(TITLE): " ".join(words) for name, words in tables.items() if name.startswith(TITLE)}
        concepts = {name: words for name, words in tables.items() if not name.startswith(TITLE)}
        self._understander = Understander.train(
            [example_of(m) for m in training_data.intent_examples], concepts, titles
        )
        with self._model_storage.write_to(self._resource) as directory:
            self._understander.save(directory)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing behind this step learns from the messages."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message in the light of its metadata (`context`, `command`)."""
        for message in messages:
            write(message, self._understand(message))
        return messages

    def _understand(self, message: Message) -> Understanding:
        if self._understander is None:
            raise RuntimeError("the component has neither been trained nor loaded")
        metadata = message.get(METADATA) or {}
        command = parse_command(metadata.get("command") or "")
        act = act_of_command(command) if command is not None else ""
        if act:  # a button needs no classifier
            return Understanding(act, 1.0)
        context = Context.from_dict(metadata.get("context") or {})
        return self._understander.understand(message.get(TEXT) or "", context, command)


def example_of(message: Message) -> Example:
    """A training message as language.nlu wants it; its way of speaking comes from the block's metadata."""
    about = (message.get(METADATA) or {}).get(INTENT) or {}
    label = message.get(INTENT)
    response_key = message.get("intent_response_key")
    return Example(
        message.get(TEXT),
        f"{label}/{response_key.partition('/')[2]}" if response_key else label,
        about.get("language", ""),
        about.get("kind", ""),
    )


def write(message: Message, understanding: Understanding) -> None:
    """Put an understanding into Rasa's own fields and, whole, into `understanding`."""
    name = INTENT_OF_OUTCOME.get(understanding.outcome, understanding.act)
    message.set(INTENT, {"name": name, "confidence": understanding.confidence}, add_to_output=True)
    ranking = [(understanding.label, understanding.confidence), *understanding.alternatives]
    message.set(
        "intent_ranking", [{"name": label, "confidence": value} for label, value in ranking], add_to_output=True
    )
    message.set(UNDERSTANDING, understanding.to_dict(), add_to_output=True)
