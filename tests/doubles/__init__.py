"""Stand-ins for what a test cannot have for real. They obey docs/contracts.md."""
