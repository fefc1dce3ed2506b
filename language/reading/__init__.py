"""The parts of reading a text for facts about work: folding, word forms, the automaton, cues, clauses, amounts. The door is language/skills.py."""
