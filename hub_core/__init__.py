"""The engine: canonical model, mapping, journal, routing, delivery. Imports nothing else of the project."""
