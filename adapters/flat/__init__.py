"""Files of rows, one message per row."""

from adapters.flat.adapter import FlatAdapter

ADAPTER = FlatAdapter()

__all__ = ["ADAPTER"]
