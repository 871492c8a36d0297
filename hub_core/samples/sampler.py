"""Documents of a schema: elements, groups, attributes, wildcards."""

import math
from collections.abc import Collection
from random import Random
from typing import Any, Final

from lxml import etree
from xmlschema import XMLResource, XMLSchemaBase
from xmlschema.validators import XsdAnyElement, XsdElement, XsdGroup

from hub_core.samples.identities import Place, mend, mend_references
from hub_core.samples.sizes import XSD, Particle, Sizes
from hub_core.samples.texts import NoText, builtin_of, text_of

FOREIGN: Final = "urn:example:foreign"  # of what a wildcard lets pass
FOREIGN_NOTE: Final = f"{{{FOREIGN}}}note"  # the attribute
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_INSIDE: Final = "w3.org/2001/XMLSchema"  # of namespaces that have prefixes of their own
MAX_SIZE: Final = 20_000  # elements that a smallest document may have
MAX_ELEMENTS: Final = 400  # from here on only what must be there
MAX_DEPTH: Final = 12  # the same
WHOLE: Final = 1.0
_RARELY: Final = 0.1
_TRIES: Final = 6


class NoSample(ValueError):
    """No document of a sensible size was found that the schema allows."""


class Sampler:
    """Makes documents of one schema.

    Args:
        schema: its elements, and those of all schemas that it was built with.
        density: how likely something is there that may be left out; less so further down. ``WHOLE``: all of it, but
            what would stand inside another of its own type.
        without: names of attributes that are left out wherever they may be.
    """

    def __init__(self, schema: XMLSchemaBase, *, density: float = 0.5, without: Collection[str] = ()) -> None:
        self.schema = schema
        self.density = density
        self.without = frozenset(without)
        self.sizes = Sizes(schema)
        # Those that are only declared can stand in qualified names that a type lists.
        named = {name for one in schema.maps.iter_schemas() for name in one.namespaces.values()}
        names = sorted(name for name in {*schema.maps.namespaces} | named if name and _INSIDE not in name)
        self.prefixes = {name: f"n{number}" for number, name in enumerate(names)} | {
            XSI: "xsi",
            XSD[1:-1]: "xs",
        }

    def sample(self, name: str, random: Random) -> etree._Element:
        """Return a document.

        Args:
            name: ``{namespace}local`` of an element that the schema declares globally.
            random: where chance comes from; the same state makes the same document.

        Raises:
            NoSample: the schema declares no such element, or no document of a sensible size was found.
        """
        declared = self.schema.maps.elements.get(name)
        if declared is None:
            raise NoSample(f"the schema declares no element {name}")
        if not self.sizes.of(declared) <= MAX_SIZE:
            raise NoSample(f"every document of {name} is without end, or larger than {MAX_SIZE} elements")
        for attempt in range(_TRIES):
            # Identities that cannot be mended are rarer in smaller documents.
            density = self.density if attempt < _TRIES // 2 else 0.0
            made = _Document(self, random, density)
            try:
                made.fill(declared)
            except NoText as fault:
                if density == 0.0:
                    raise NoSample(str(fault)) from fault
                continue
            if not made.doubtful or self.schema.is_valid(XMLResource(made.root)):
                return made.finished()
        raise NoSample(f"no valid document of {name} was found")


class _Document:
    """One document in the making."""

    def __init__(self, sampler: Sampler, random: Random, density: float) -> None:
        self.sampler = sampler
        self.sizes = sampler.sizes
        self.random = random
        self.density = density
        self.root: Any = None
        self.count = 0
        self.types: dict[Place, Any] = {}
        self.constrained: list[tuple[etree._Element, Any]] = []
        self.kept: set[str] = {"xsi"}
        self.open: list[Any] = []  # types of the elements that are being filled, the root's first

    @property
    def doubtful(self) -> bool:
        """Tell whether values depend on other values, so that it has to be looked whether all is well."""
        return bool(self.constrained) or any(builtin_of(kind) in {"ID", "IDREF"} for kind in self.types.values())

    def fill(self, declared: XsdElement) -> None:
        self._element(declared, None, 0)
        mend(self.constrained, self.types, self.random)
        mend_references(self.types, self.random)

    def finished(self) -> etree._Element:
        """Return the root, with the prefixes that it needs only."""
        etree.cleanup_namespaces(self.root, keep_ns_prefixes=sorted(self.kept))
        root: etree._Element = self.root
        return root

    def _tight(self, depth: int) -> bool:
        return self.count > MAX_ELEMENTS or depth > MAX_DEPTH or self.density == 0.0

    def _likely(self, depth: int) -> bool:
        return not self._tight(depth) and (self.density == WHOLE or self.random.random() < self.density * 0.9**depth)

    def _element(self, particle: XsdElement, parent: Any, depth: int) -> None:
        declared = self._one(self.sizes.elements(particle), particle, depth)
        kind = self._one(self.sizes.types(declared), declared.type, depth, key=self.sizes.of_type)
        made = self._make(declared.name, parent)
        self.constrained += [(made, identity) for identity in declared.identities]
        if kind is not declared.type:
            made.set(f"{{{XSI}}}type", self._qname(kind.name))
        self._attributes(getattr(kind, "attributes", {}), made, depth)
        nil = declared.nillable and declared.fixed is None
        if nil and (
            self.sizes.of_type(kind) == math.inf or (self.random.random() < _RARELY and not self._tight(depth))
        ):
            made.set(f"{{{XSI}}}nil", "true")
        else:
            self.open.append(declared.type)
            self._content(declared, kind, made, depth)
            self.open.pop()

    def _one(self, choices: list[Any], own: Any, depth: int, key: Any = None) -> Any:
        """Return what was declared, seldom what may stand for it; where it is tight the smallest."""
        if self._tight(depth) or len(choices) == 1:
            return min(choices, key=key or self.sizes.of)
        finite = [one for one in choices if (key or self.sizes.of)(one) < math.inf]
        return own if own in finite and self.random.random() > 2 * _RARELY else self.random.choice(finite)

    def _make(self, name: str, parent: Any) -> Any:
        self.count += 1
        if parent is not None:
            return etree.SubElement(parent, name)
        self.root = etree.Element(name, nsmap={prefix: name for name, prefix in self.sampler.prefixes.items()})
        return self.root

    def _content(self, declared: XsdElement, kind: Any, made: Any, depth: int) -> None:
        if declared.fixed is not None:
            made.text = declared.fixed
        elif kind.is_simple() or kind.has_simple_content():
            self._text((made, None), kind if kind.is_simple() else kind.content)
        else:
            self._group(kind.content, made, depth)
            # Anything is a text or elements: no encoding of values has both.
            if kind.mixed and self._likely(depth) and not (len(made) and kind.name == f"{XSD}anyType"):
                made.text = "text"

    def _text(self, place: Place, kind: Any) -> None:
        builtin = builtin_of(kind)
        text = self._named(kind) if builtin in {"QName", "NOTATION"} else text_of(kind, self.random)
        if builtin == "ID":
            known = {(element.text if name is None else element.get(name)) for element, name in self.types}
            text = next((one for one in (text, *(f"{text}-{number}" for number in range(9))) if one not in known), text)
        element, name = place
        if name is None:
            element.text = text
        else:
            element.set(name, text)
        self.types[place] = kind

    def _named(self, kind: Any) -> str:
        """Return a qualified name, of those listed if there are some."""
        enumerated = kind.get_facet(f"{XSD}enumeration")
        if not enumerated:
            return self._qname(f"{XSD}string")
        prefix, _, local = self.random.choice(list(enumerated)).attrib["value"].rpartition(":")
        return self._qname(f"{{{enumerated.schema.namespaces.get(prefix, '')}}}{local}")

    def _qname(self, name: str) -> str:
        namespace, _, local = name.rpartition("}")
        prefix = self.sampler.prefixes.get(namespace[1:])
        self.kept |= {prefix} if prefix else set()
        return f"{prefix}:{local}" if prefix else local

    def _attributes(self, declared: Any, made: Any, depth: int) -> None:
        for name, attribute in declared.items():
            if name is None:
                self._any_attribute(attribute, made, depth)
            elif attribute.use == "required" or (
                attribute.use == "optional" and name not in self.sampler.without and self._likely(depth)
            ):
                self._attribute(name, attribute, made)

    def _attribute(self, name: str, attribute: Any, made: Any) -> None:
        kind = attribute.type
        if attribute.fixed is not None:
            made.set(name, attribute.fixed)
        elif attribute.use == "required" or builtin_of(kind) not in {"IDREF", "ENTITY"}:
            self._text((made, name), kind)

    def _any_attribute(self, wildcard: Any, made: Any, depth: int) -> None:
        wanted = wildcard.process_contents != "strict" and FOREIGN_NOTE not in self.sampler.without
        if wanted and wildcard.is_matching(FOREIGN_NOTE) and self._likely(depth):
            made.set(FOREIGN_NOTE, "foreign")

    def _group(self, group: Particle, made: Any, depth: int) -> None:
        """Write a group, an element or a wildcard as often as it has to be and may be."""
        for _ in range(self._occurs(group, depth)):
            if isinstance(group, XsdElement):
                self._element(group, made, depth + 1)
            elif isinstance(group, XsdAnyElement):
                self._any(group, made)
            elif isinstance(group, XsdGroup):
                for part in self._parts(group, depth):
                    self._group(part, made, depth)

    def _occurs(self, particle: Particle, depth: int) -> int:
        least, most = particle.min_occurs, particle.max_occurs
        most = least + 3 if most is None else min(most, least + 3)
        if most == least or self._again(particle) or not self._likely(depth) or not self._possible(particle):
            return int(least)
        return self.random.randint(max(least, 1), most)

    def _again(self, particle: Particle) -> bool:
        """Tell whether everything is wanted and this stands inside another of its own type: it would have no end."""
        return self.density == WHOLE and getattr(particle, "type", None) in self.open

    def _possible(self, particle: Particle) -> bool:
        if isinstance(particle, XsdAnyElement):
            return self._foreign(particle) is not None
        return self.sizes.of(particle) < math.inf

    def _parts(self, group: XsdGroup, depth: int) -> list[Particle]:
        parts = [part for part in group if part.max_occurs != 0]
        if group.model == "choice":
            if self._tight(depth):
                return [min(parts, key=lambda part: part.min_occurs and self.sizes.of(part))]
            finite = [part for part in parts if not part.min_occurs or self._possible(part)]
            return [self.random.choice(finite)] if finite else []
        if group.model == "all":
            self.random.shuffle(parts)
        return parts

    def _any(self, wildcard: XsdAnyElement, made: Any) -> None:
        name = self._foreign(wildcard)
        if name is None:
            raise NoText("nothing is known that a wildcard lets pass")
        declared = self.sampler.schema.maps.elements.get(name)
        if declared is not None:
            self._element(declared, made, MAX_DEPTH)
        else:
            self._make(name, made).text = "foreign"

    def _foreign(self, wildcard: XsdAnyElement) -> str | None:
        """Return the name of an element that a wildcard lets pass: a foreign one if it may be."""
        known: Any = self.sampler.schema.maps.elements
        if wildcard.process_contents != "strict":
            spaces = (FOREIGN, *sorted(name for name in wildcard.namespace if not name.startswith("##")))
            for name in (f"{{{space}}}anything" if space else "anything" for space in spaces):
                if wildcard.is_matching(name) and name not in known:
                    return name
        fitting = sorted(
            name
            for name, element in known.items()
            if wildcard.is_matching(name) and not name.startswith((XSD, f"{{{XSI}}}")) and not element.abstract
        )
        return min(fitting, key=lambda name: self.sizes.of(known[name]), default=None)
