"""Shipped for whoever writes an adapter or a store: contract suites, builders, a clock that stands still."""
