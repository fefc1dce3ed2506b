"""Builds the adapters and starts the processes: settings, wiring, command line. No rules of the product."""
