"""The product itself: what is decided, and why. Standard library and numpy only; no frameworks, no I/O."""
