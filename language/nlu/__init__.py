"""From a message to a label: features, network, decision. Knows no dialogue engine and no channel."""

from language.nlu.understander import Example, Understander

__all__ = ["Example", "Understander"]
