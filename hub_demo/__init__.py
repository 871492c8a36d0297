"""A small country to try the hub on: a synthetic population, six agencies, two partners, and a story."""
