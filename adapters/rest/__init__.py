"""REST: the front for JSON documents, and webhooks."""

from adapters.rest.adapter import RestAdapter

ADAPTER = RestAdapter()

__all__ = ["ADAPTER"]
