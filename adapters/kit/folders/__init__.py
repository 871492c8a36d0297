"""Folders in which partners and the hub leave files for each other, on this machine or on a partner's server."""
