"""One channel, one file: how its messages come in and how replies go out. Connectors do not know each other."""
