"""Queues: what is handed in is answered later, and the answers are fetched one by one."""

from adapters.queue.adapter import QueueAdapter

ADAPTER = QueueAdapter()

__all__ = ["ADAPTER"]
