"""WS-Security: who sent a message, when, and that nobody changed it.

``tokens`` user, password, time stamp; ``signing`` and ``verifying`` X.509 signatures; ``guard`` what one endpoint sends
and demands. Sources: OASIS WS-Security 1.1.1, UsernameToken Profile 1.1.1, X.509 Certificate Token Profile 1.1.1.
"""
