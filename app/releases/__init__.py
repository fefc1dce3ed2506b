"""Releases as files and processes: taken from a working tree, kept, compared, served. Who must agree is jobseeker/releases.py."""
