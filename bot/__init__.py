"""What Rasa loads (Python 3.10, its own environment): channel, importer, tracker store, components. No answers and no wording."""
