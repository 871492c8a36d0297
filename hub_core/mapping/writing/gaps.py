"""Gaps of a record, and the objects of which the source said nothing else."""

from typing import Any

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.canonical.values import Gap

Gaps = dict[tuple[int, str], tuple[str, str | None]]
Step = tuple[str, int | None]


class Shell:
    """An object of which nothing is known: every field is absent."""

    used = False

    def taken(self) -> "Shell":
        """Return it, noted as part of a record."""
        self.used = True
        return self

    def __getattr__(self, name: str) -> None:
        return None


def with_shells(record: Beneficiary) -> tuple[Beneficiary, Gaps]:
    """Return the record with a shell for each object that is missing around a gap, and the gaps.

    Gaps: why a value is missing and how the source said so, by the ``id`` of the object and the field.
    """
    if not record.gaps:
        return record, {}
    made: list[tuple[Gap, Shell]] = []
    seen: set[str] = set()
    for gap in record.gaps:
        *way, (name, _) = _steps(gap.at)
        if way:
            shell = Shell()
            setattr(shell, name, None)  # it says something of this field
            record = _with(record, way, name, shell, again=gap.at in seen)
            made.append((gap, shell))
        seen.add(gap.at)
    found = {(id(shell), _steps(gap.at)[-1][0]): (gap.why, gap.text) for gap, shell in made if shell.used}
    placed = {gap for gap, shell in made if shell.used}
    for gap in record.gaps:
        if gap not in placed and (owner := _owner(record, gap)) is not None:
            found[id(owner), _steps(gap.at)[-1][0]] = (gap.why, gap.text)
    return record, found


def _owner(record: Beneficiary, gap: Gap) -> Any:
    owner: Any = record
    for field, index in _steps(gap.at)[:-1]:
        owner = getattr(owner, field, None)
        if index is not None and owner is not None:
            owner = owner[index] if index < len(owner) else None
    return owner


def _steps(path: str) -> list[Step]:
    found: list[Step] = []
    for part in path.split("."):
        name, _, index = part.rstrip("]").partition("[")
        found.append((name, int(index) if index.isdigit() else None))
    return found


def _with(owner: Any, way: list[Step], name: str, shell: Shell, *, again: bool) -> Any:
    """Return an object in which the way can be gone to one that lacks a field; the shell is what is missing."""
    (field, index), *rest = way
    if field not in getattr(type(owner), "__struct_fields__", (field,)):
        return owner
    value = getattr(owner, field)
    inner: Any = value
    if index is None:
        if inner is None:
            inner = Shell() if rest else shell.taken()
        inner = _with(inner, rest, name, shell, again=again) if rest else inner
    else:
        elements = list(value or ())
        index = min(index, len(elements))
        # The number is that of an element which was left out: another one may have taken its place.
        full = index < len(elements) and (again or getattr(elements[index], name, None) is not None)
        if index == len(elements) or (full and not rest):
            index += again and full
            elements.insert(index, Shell() if rest else shell.taken())
        if rest:
            elements[index] = _with(elements[index], rest, name, shell, again=again)
        inner = tuple(elements)
    if isinstance(owner, Shell):
        setattr(owner, field, inner)
        return owner
    return msgspec.structs.replace(owner, **{field: inner})
