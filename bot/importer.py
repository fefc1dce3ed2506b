"""Feeds the questions of packs/<country>/knowledge to Rasa's training, beside data/nlu. It never looks at an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from content import YamlFile, load_examples
from content.readers import read_concepts

TOPIC = "faq/"


TITLE = "title/"  # a lookup table of this name holds a topic's titles, which follow-ups are read behind


class KnowledgeImporter(RasaFileImporter):
    """Rasa's own importer and the knowledge files. `importers:` entry of config.yml; `country` names the pack.

    The project's root is where config.yml lies.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        country: str = "tw",
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        if config_file is None:
            raise ValueError("KnowledgeImporter needs the config file: its folder is the project's root")
        self.root = Path(config_file).resolve().parent
        self.country = country

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """data/nlu, every question of the pack as an example of `faq/<topic>`, and its word lists as lookup tables.

        Raises:
            ContentError: a file of the pack is wrong; it names file and line.
        """
        messages = [
            _message(example.label, example.text, {"language": example.language, "kind": example.kind})
            for example in load_examples(self.root, self.country)
            if example.label.startswith(TOPIC)
        ]
        tables = [{"name": name, "elements": list(words)} for name, words in sorted(self._concepts().items()) if words]
        own = super().get_nlu_data(language)
        for message in own.training_examples:
            _whole_label(message)
        return own.merge(TrainingData(messages, lookup_tables=tables))

    def _concepts(self) -> dict[str, tuple[str, ...]]:
        lexicon = self.root / "packs" / self.country / "lexicon.yml"
        return (
            dict(read_concepts(YamlFile(lexicon, lexicon.relative_to(self.root).as_posix())))
            if lexicon.exists()
            else {}
        )

    def get_domain(self) -> Domain:
        """domain.yml. Rasa's own importer takes an empty domain where it is wrong; here that is an error."""
        return Domain.load(self._domain_path) if self._domain_path else Domain.empty()


def _message(label: str, text: str, about: dict[str, Any]) -> Message:
    # not split into intent and response key: Rasa would make `faq` a retrieval intent and ask for a ResponseSelector
    return Message(data={TEXT: text, INTENT: label, METADATA: {INTENT: about}})


def _whole_label(message: Message) -> None:
    """Undo Rasa's split of `faq/<topic>` in a file of data/nlu: as a retrieval intent, `faq` would need a ResponseSelector."""
    key = message.data.pop("intent_response_key", None)
    if key:
        message.data[INTENT] = f"{message.data[INTENT]}/{key.partition('/')[2]}"
