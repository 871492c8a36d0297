"""Mappings under test: their own tests, coverage, fixtures from real documents, differences of two versions."""
