"""Canonical paths of what one reading wrote, worked out when every list is complete."""

from typing import Any

from hub_core.mapping.reading.run import NO_LIST, To


class Resolver:
    """Works out canonical paths once the record is complete: indexes are found by looking for the objects.

    Args:
        record: the complete record.
        offsets: of the lists that rules made of plain values, see ``Run.moved``.
    """

    def __init__(self, record: dict[str, Any], offsets: dict[int, tuple[int, list[Any]]] | None = None) -> None:
        self._record = record
        self._offsets = offsets or {}
        self._indexes: dict[int, dict[int, int]] = {}

    def path(self, to: To, at: str) -> str:
        """Return the canonical path of a field of an object."""
        path, _ = self._resolve(to)
        return f"{path}.{at}" if path and at else path or at

    def holds(self, to: To, at: str) -> bool:
        """Tell whether a field of an object stands in the record; objects may have been left out."""
        _, holder = self._resolve(to)
        return holder is not None if not at else isinstance(holder, dict) and at in holder

    def _resolve(self, to: To) -> tuple[str, Any]:
        """Return path and value of an object, the value only if the record holds that very object."""
        if to is None:
            return "", self._record
        parent, tail, element, number = to
        path, holder = self._resolve(parent)
        path = f"{path}.{tail}" if path else tail
        for name in tail.split("."):
            holder = holder.get(name) if isinstance(holder, dict) else None
        if number == NO_LIST:
            return path, holder if element is None or holder is element else None
        elements: list[Any] = holder if isinstance(holder, list) else []
        if element is None or element.__class__ is list:
            number += self._offsets.get(id(element), (0, element))[0]
            return f"{path}[{number}]", elements[number] if number < len(elements) else None
        # Most often nothing before it was left out.
        same = number < len(elements) and elements[number] is element
        found = number if same else self._index(elements, element)
        return f"{path}[{number if found is None else found}]", None if found is None else element

    def _index(self, elements: list[Any], element: Any) -> int | None:
        known = self._indexes.get(id(elements))
        if known is None:
            known = self._indexes[id(elements)] = {id(one): index for index, one in enumerate(elements)}
        return known.get(id(element))


def gaps(record: dict[str, Any], noted: list[tuple[dict[str, Any], To]]) -> list[dict[str, Any]]:
    """Return the gaps of a record, each once; what one place does not know another one may say.

    A number in a path may be that of an element that was left out, and stand for several of them.
    """
    resolver = Resolver(record)
    found: dict[object, dict[str, Any]] = {}
    for gap, to in noted:
        if not resolver.holds(to, gap["at"]):
            path = resolver.path(to, gap["at"])
            found.setdefault((path, id(to) if "[" in path else None), {**gap, "at": path})
    return list(found.values())
