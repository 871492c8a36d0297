"""The HTTP API for institutions (``public``) and the control API for operators on a local socket (``control``)."""
