"""The mappings as shipped, loaded once in a process and compiled once on a machine."""

from typing import Final

from hub_core.mapping import load, user_cache

SHIPPED: Final = load(cache=user_cache())
