"""Contracts of endpoints, compiled once and kept; a registration reads the files again."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from hub_core.errors import ConfigError
from hub_core.places import SCHEMAS

T = TypeVar("T")


class Contracts(Generic[T]):
    """Compiled contracts by file.

    Args:
        load: compiles one file; raises ConfigError.
        field: name of the field of ``Contract`` that names the file, for error texts.
    """

    def __init__(self, load: Callable[[Path], T], *, field: str) -> None:
        self._load = load
        self._field = field
        self._kept: dict[str, T] = {}

    def get(self, file: str) -> T:
        """Return a contract, from what is kept if it is.

        Raises:
            ConfigError: V401 or as ``load``.
        """
        kept = self._kept.get(file)
        return self.read_again(file) if kept is None else kept

    def read_again(self, file: str) -> T:
        """Return a contract from its files; if they are faulty, what is kept stays.

        Raises:
            ConfigError: V401 or as ``load``; ``where`` is the field of the endpoint.
        """
        path = SCHEMAS / file
        where = f"contract.{self._field}"
        if not path.is_file():
            mend = f"put it below {SCHEMAS}/, or name a file beside as ./FILE"
            raise ConfigError("V401", f"there is no file {file}", where=where, mend=mend)
        try:
            contract = self._load(path)
        except ConfigError as fault:
            raise ConfigError(fault.code, fault.text, where=where, mend=fault.mend) from fault
        self._kept[file] = contract
        return contract
