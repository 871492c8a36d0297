"""Releases of mappings: which read, which run beside them, how two differ."""
