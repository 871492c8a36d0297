"""EESSI: the front for structured electronic documents."""

from adapters.eessi.adapter import EessiAdapter

ADAPTER = EessiAdapter()

__all__ = ["ADAPTER"]
