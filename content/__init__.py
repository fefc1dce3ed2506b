"""Reads the files that people edit (packs/, data/) into typed objects; every error names file and line. Decides nothing."""

from content.pack import find_problems, load_escalation, load_examples, load_pack
from content.places import load_places
from content.ranking import load_ranking
from content.taxonomy import load_taxonomy
from content.yaml_file import YamlFile

__all__ = [
    "YamlFile",
    "find_problems",
    "load_escalation",
    "load_examples",
    "load_pack",
    "load_places",
    "load_ranking",
    "load_taxonomy",
]
