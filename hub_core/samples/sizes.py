"""How many elements the smallest document of a declaration has: the shortest way out of a recursion."""

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from xmlschema import XMLSchemaBase
from xmlschema.validators import XsdAnyElement, XsdElement, XsdGroup

XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
Particle = Any  # XsdElement | XsdAnyElement | XsdGroup: the library has no name for the three


class Sizes:
    """Sizes of the declarations of one schema.

    Args:
        schema: its types and elements, and those of all schemas that it was built with.
    """

    def __init__(self, schema: XMLSchemaBase) -> None:
        self._sizes: dict[int, float] = {}  # by identity of a complex type; infinite until a way out is found
        self._kept: list[Any] = []  # an identity is good as long as its object lives
        self._known: dict[int, float] = {}  # by identity of a particle
        self._types: dict[int, list[Any]] = {}  # by identity of an element
        self._elements: dict[int, list[XsdElement]] = {}
        self._derived: dict[str, list[Any]] = defaultdict(list)
        for name, declared in schema.maps.types.items():
            if not name.startswith(XSD):
                self._add(declared)

    def _add(self, declared: Any) -> None:
        """Put a type under each type that it may stand for."""
        base = declared.base_type
        while base is not None and base.name is not None:
            self._derived[base.name].append(declared)
            base = base.base_type if base.base_type is not base else None

    def types(self, element: XsdElement) -> list[Any]:
        """Return the types that an element may have: its own first, then those derived from it; no abstract ones."""
        if (known := self._types.get(id(element))) is not None:
            return known
        own: Any = element.type
        derived = [
            kind
            for kind in self._derived.get(own.name or "", [])
            if not (own.name or "").startswith(XSD) and not kind.is_blocked(element)
        ]
        found = [kind for kind in (own, *derived) if not getattr(kind, "abstract", False)]
        self._types[id(element)] = found
        return found

    def elements(self, element: XsdElement) -> list[XsdElement]:
        """Return the elements that may stand at the place of one: itself first; no abstract ones."""
        if (known := self._elements.get(id(element))) is not None:
            return known
        head: Any = element.ref or element
        instead = [] if "substitution" in head.block else sorted(head.iter_substitutes(), key=lambda one: one.name)
        found = [one for one in (element, *instead) if not (one.ref or one).abstract]
        self._elements[id(element)] = found
        return found

    def of(self, particle: Particle) -> float:
        """Return the least number of elements of one occurrence; infinite where no document is finite."""
        if (known := self._known.get(id(particle))) is not None:
            return known
        types = self._types_below(particle)
        self._kept += types
        self._sizes.update((id(kind), math.inf) for kind in types)
        changed = True
        while changed:
            changed = False
            for kind in types:
                size = self._once(kind.content)
                if size < self._sizes[id(kind)]:
                    self._sizes[id(kind)] = size
                    changed = True
        self._kept.append(particle)
        self._known[id(particle)] = self._once(particle)
        return self._known[id(particle)]

    def of_type(self, kind: Any) -> float:
        """Return the least number of elements inside a type that ``of`` has come by."""
        return self._sizes.get(id(kind), 0)

    def _once(self, particle: Particle) -> float:
        if isinstance(particle, XsdElement):
            inside = [self.of_type(kind) for one in self.elements(particle) for kind in self.types(one)]
            return 1 + (0 if particle.nillable and inside else min(inside, default=math.inf))
        if not isinstance(particle, XsdGroup):
            return 1 if isinstance(particle, XsdAnyElement) else 0
        sizes = [self._all(part) for part in particle if part.max_occurs != 0]
        if particle.model == "choice":
            return min(sizes, default=math.inf)
        return sum(sizes)

    def _all(self, particle: Particle) -> float:
        return particle.min_occurs * self._once(particle) if particle.min_occurs else 0

    def _types_below(self, particle: Particle) -> list[Any]:
        """Return the complex types that a particle leads to, each once; what lies below a known one is known, too."""
        found: dict[int, Any] = {}
        waiting = [particle]
        while waiting:
            for element in _elements(waiting.pop()):
                for one in self.elements(element):
                    for kind in self.types(one):
                        if kind.is_complex() and id(kind) not in found and id(kind) not in self._sizes:
                            found[id(kind)] = kind
                            waiting.append(kind.content)
        return list(found.values())


def _elements(particle: Particle) -> Iterator[XsdElement]:
    if isinstance(particle, XsdElement):
        yield particle
    elif isinstance(particle, XsdGroup):
        for part in particle:
            yield from _elements(part)
