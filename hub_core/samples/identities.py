"""Identities of a finished document: what must be unique is made so, and references name something that is there.

Source: XML Schema Part 1, section 3.11.
"""

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from lxml import etree
from xmlschema.validators.identities import XsdIdentity, XsdKeyref

from hub_core.samples.texts import NoText, builtin_of, text_of

_TRIES: Final = 40

# An element or attribute that has a simple type: the element, and the name of the attribute or None.
Place = tuple[Any, str | None]
Types = Mapping[Place, Any]


def write(place: Place, text: str) -> None:
    """Set the text of an element or attribute."""
    element, name = place
    if name is None:
        element.text = text
    else:
        element.set(name, text)


def read(place: Place) -> str:
    """Return the text of an element or attribute."""
    element, name = place
    return (element.text if name is None else element.get(name)) or ""


def mend(constrained: list[tuple[etree._Element, XsdIdentity]], types: Types, random: Random) -> None:
    """Change values until keys are unique and references fit, as far as their types let them.

    Args:
        constrained: each element that a constraint is declared at.
        types: simple types by place.
        random: where chance comes from.
    """
    for element, identity in constrained:
        if not isinstance(identity, XsdKeyref):
            _make_unique(_rows(element, identity), types, random)
    for element, identity in constrained:
        if isinstance(identity, XsdKeyref) and identity.refer is not None:
            named: Any = identity.refer
            keys = [
                [read(place) if place else "" for place in row]
                for where, other in constrained
                if other.name == named.name and (where is element or element in where.iterancestors())
                for row in _rows(where, other)
            ]
            for row in _rows(element, identity):
                if keys and all(row):
                    for place, text in zip(row, random.choice(keys), strict=True):
                        if place:
                            write(place, text)


def mend_references(types: Types, random: Random) -> None:
    """Let every IDREF name an ID of the document, if it has one."""
    names = [read(place) for place, kind in types.items() if builtin_of(kind) == "ID"]
    for place, kind in types.items():
        if builtin_of(kind) == "IDREF" and names:
            write(place, " ".join(random.choice(names) for _ in read(place).split()))


def _make_unique(rows: list[list[Place | None]], types: Types, random: Random) -> None:
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        places = [place for place in row if place]
        for _ in range(_TRIES):
            texts = tuple(read(place) for place in places)
            if texts not in seen or not places:
                break
            changed = random.choice(places)
            try:
                write(changed, text_of(types[changed], random))
            except (KeyError, NoText):
                continue
        seen.add(tuple(read(place) for place in places))


def _rows(element: etree._Element, identity: Any) -> list[list[Place | None]]:
    """Return the places of the fields of each element that a constraint selects."""
    names = {prefix: name for prefix, name in identity.schema.namespaces.items() if prefix and name}
    selected: Any = element.xpath(_steps(identity.selector.path), namespaces=names)
    return [[_field(one, field.path, names) for field in identity.fields] for one in selected]


def _field(element: etree._Element, path: str, names: dict[str, str]) -> Place | None:
    found: Any = element.xpath(_steps(path), namespaces=names)
    if not found:
        return None
    first = found[0]
    return (first.getparent(), first.attrname) if hasattr(first, "attrname") else (first, None)


def _steps(path: str) -> str:
    return path.replace("child::", "")
