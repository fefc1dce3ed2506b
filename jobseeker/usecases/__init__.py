"""What the product does, one verb_noun.py each: orchestration on ports. No SQL, no HTTP, no wording."""
