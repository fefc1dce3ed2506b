"""Text in, facts out: script, variety, intent, skills, places. Learned parts live here and only here; no dialogue engine."""
