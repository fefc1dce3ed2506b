"""Stand-ins for the platforms, one module for each channel, made from the platforms' own specifications."""
