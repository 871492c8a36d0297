"""A small country to try the hub on: a synthetic population, five agencies, two partners, and a story."""
