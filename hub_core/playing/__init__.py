"""What is played where the real one is not there: a partner's server, HTTP byte by byte, a PostgreSQL of one's own.

Suites, trials of mappings and torture use it; nothing of it runs in a hub.
"""
