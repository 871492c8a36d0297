"""One web application: the adapters' message paths as plain ASGI, and beside them the HTTP API on FastAPI."""
