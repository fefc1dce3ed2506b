"""Browser tests: the built pages in a real Chromium against a real gateway process."""
