"""What happens to every request: errors, limits, headers."""
