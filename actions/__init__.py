"""Rasa's action server: slots in, use case, slots out. No logic and no wording; what is said is a key of data/responses."""
