"""Faults in contracts: the partner changed something, and the mapping did not follow.

XML Schema, and the JSON Schemas of SEDs. In XML Schema only places whose name is declared once: of others nobody could
tell by the name whether the mapping reads them. In SEDs the same name means the same thing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any, Final

from tests.lint.mutant import File, Mutant, operator, typo

NAMED: Final = re.compile(r'<(\w+):(element|attribute) name="([^"]+)"')
TYPED: Final = re.compile(r'<\w+:(?:element|attribute) name="([^"]+)" type="([^"]+)"')
WORDS: Final = {"string": "date", "date": "decimal", "decimal": "boolean", "short": "date"}


def _declared(file: File, *kinds: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield what is declared inside of types, and its name; not the root elements."""
    names = Counter(found[3] for found in NAMED.finditer(file.text))
    for found in NAMED.finditer(file.text):
        if found[2] in kinds and names[found[3]] == 1 and _depth(file, found.start()) > 1:
            yield found, found[3]


def _depth(file: File, at: int) -> int:
    return len(re.findall(r"<\w+:\w+[^>]*[^/]>", file.text[:at])) - len(re.findall(r"</\w+:\w+>", file.text[:at]))


def _owners(file: File, at: int) -> tuple[str, ...]:
    """Return the names of the places whose type the text at some offset belongs to."""
    heads = list(re.finditer(r'<\w+:(simpleType|element|attribute) name="([^"]+)"', file.text[:at]))
    if not heads:
        return ()
    kind, name = heads[-1][1], heads[-1][2]
    if kind != "simpleType":
        return (name,)
    return tuple(dict.fromkeys(one[1] for one in TYPED.finditer(file.text) if one[2].rpartition(":")[2] == name))


def _lines(*names: str, reads: str) -> dict[str, Any]:
    """Return what is said of a change at a place: the words of the other line, and what the mapping must do there."""
    return {"words": names, "reads": (reads, names[0])} if names else {}


def _made(mutant: Mutant | None) -> Iterator[Mutant]:
    if mutant:
        yield mutant


@operator("xsd")
def contract_element_renamed(file: File, rng: Random) -> Iterator[Mutant]:
    for found, name in _declared(file, "element"):
        yield from _made(
            file.replaced(*found.span(3), name + "_2", "contract_element_renamed", name, **_lines(name, reads="named"))
        )


@operator("xsd")
def contract_attribute_renamed(file: File, rng: Random) -> Iterator[Mutant]:
    for found, name in _declared(file, "attribute"):
        yield from _made(
            file.replaced(*found.span(3), name + "2", "contract_attribute_renamed", name, **_lines(name, reads="named"))
        )


@operator("xsd")
def contract_element_repeated(file: File, rng: Random) -> Iterator[Mutant]:
    for found, name in _declared(file, "element"):
        if "maxOccurs" not in _tag(file, found):
            raw = f'{found[3]}" maxOccurs="unbounded'
            more = _lines(name, reads="single")
            yield from _made(file.replaced(*found.span(3), raw, "contract_element_repeated", name, **more))


@operator("xsd")
def contract_element_single(file: File, rng: Random) -> Iterator[Mutant]:
    for found in re.finditer(r' maxOccurs="(\w+)"', file.text):
        name = NAMED.findall(file.text[: found.start()])[-1][2]
        yield from _made(
            file.replaced(*found.span(), "", "contract_element_single", found[1], **_lines(name, reads="list"))
        )


@operator("xsd")
def contract_place_made_required(file: File, rng: Random) -> Iterator[Mutant]:
    for found, name in _declared(file, "element", "attribute"):
        tag = _tag(file, found)
        start, more = found.start(), _lines(name, reads="unwritten")
        if found[2] == "attribute" and "use=" not in tag:
            raw = f'{found[3]}" use="required'
            yield from _made(file.replaced(*found.span(3), raw, "contract_place_made_required", name, **more))
        elif (at := tag.find(' minOccurs="0"')) > 0:
            span = start + at, start + at + len(' minOccurs="0"')
            yield from _made(file.replaced(*span, "", "contract_place_made_required", name, **more))


def _tag(file: File, found: re.Match[str]) -> str:
    return file.text[found.start() : file.text.index(">", found.start()) + 1]


@operator("xsd")
def contract_type_changed(file: File, rng: Random) -> Iterator[Mutant]:
    own = re.findall(r'<\w+:simpleType name="([^"]+)"', file.text)
    names = Counter(found[3] for found in NAMED.finditer(file.text))
    for found in TYPED.finditer(file.text):
        prefix, _, kind = found[2].rpartition(":")
        other = WORDS.get(kind) or (
            rng.choice([one for one in own if not _akin(one, kind)]) if kind in own[1:] else None
        )
        if other and names[found[1]] == 1:
            raw = f"{prefix}:{other}" if prefix else other
            more = _lines(found[1], reads="typed")
            yield from _made(file.replaced(*found.span(2), raw, "contract_type_changed", found[2], **more))


def _akin(one: str, other: str) -> bool:
    """Tell whether two types differ in whether blank is allowed only, as their names say."""
    return one.startswith(other) or other.startswith(one)


@operator("xsd")
def contract_value_renamed(file: File, rng: Random) -> Iterator[Mutant]:
    for found in re.finditer(r':enumeration value="([^"]+)"', file.text):
        more = _lines(found[1], *_owners(file, found.start()), reads="value")
        yield from _made(file.replaced(*found.span(1), found[1] + "9", "contract_value_renamed", found[1], **more))


@operator("xsd")
def contract_value_added(file: File, rng: Random) -> Iterator[Mutant]:
    for found in re.finditer(r'<\w+:enumeration value="([^"]+)"/>', file.text):
        owners = _owners(file, found.start())
        new = rng.choice(["ZZ", "77", "Q"])
        raw = found[0] + found[0].replace(found[1], new)
        more = {**_lines(*owners, reads="codes"), "entry": new}
        yield from _made(file.replaced(*found.span(), raw, "contract_value_added", found[1], **more))


@operator("xsd")
def contract_pattern_changed(file: File, rng: Random) -> Iterator[Mutant]:
    changes = (
        (r"\.", "/"),
        ("{13}", "{12}"),
        ("{4}", "{2}"),
        (",", "."),
        ("{6}", "{8}"),
        ("[A-Z]", "[0-9]"),
        ("{20}", "{10}"),
    )
    for found in re.finditer(r':pattern value="([^"]+)"', file.text):
        fitting = [(old, new) for old, new in changes if old in found[1]]
        if fitting:
            old, new = rng.choice(fitting)
            raw = found[1].replace(old, new)
            more = _lines(*_owners(file, found.start()), reads="typed")
            yield from _made(file.replaced(*found.span(1), raw, "contract_pattern_changed", found[1], **more))


@operator("xsd")
def contract_attribute_made_an_element(file: File, rng: Random) -> Iterator[Mutant]:
    names = Counter(found[3] for found in NAMED.finditer(file.text))
    for found in re.finditer(r'^ *<(\w+):attribute name="([^"]+)" type="[^"]+"[^>]*/>$', file.text, re.MULTILINE):
        if names[found[2]] > 1:
            continue
        head = list(re.finditer(r"<\w+:complexType[^>]*>", file.text[: found.start()]))[-1]
        element = re.sub(r' use="\w+"', "", found[0].strip()).replace(":attribute", ":element")
        before = file.text[head.end() : found.start()]
        sequence = re.match(rf"\s*<{found[1]}:sequence[^>]*>", before)
        at = head.end() + (sequence.end() if sequence else 0)
        raw = element if sequence else f"<{found[1]}:sequence>{element}</{found[1]}:sequence>"
        changed = file.text[:at] + raw + file.text[at : found.start()] + file.text[found.end() :]
        yield _moved(file, changed, found.start(), at, "contract_attribute_made_an_element", found[2])


@operator("xsd")
def contract_element_made_an_attribute(file: File, rng: Random) -> Iterator[Mutant]:
    names = Counter(found[3] for found in NAMED.finditer(file.text))
    for found in re.finditer(r'^ *<(\w+):element name="([^"]+)" type="([^"]+)"[^>]*/>$', file.text, re.MULTILINE):
        end = file.text.find("</" + found[1] + ":complexType>", found.end())
        if f'complexType name="{found[3].rpartition(":")[2]}"' in file.text or end < 0 or names[found[2]] > 1:
            continue
        raw = f'<{found[1]}:attribute name="{found[2]}" type="{found[3]}"/>'
        changed = file.text[: found.start()] + file.text[found.end() : end] + raw + file.text[end:]
        yield _moved(file, changed, found.start(), end, "contract_element_made_an_attribute", found[2])


def _moved(file: File, text: str, gone: int, there: int, operator: str, name: str) -> Mutant:
    line, other = file.text.count("\n", 0, gone) + 1, file.text.count("\n", 0, there) + 1
    if name in (after := text.splitlines()[line - 1]):
        after = text.splitlines()[other - 1]
    return Mutant(
        operator=operator, file=file.name, line=other, lines=(line,), text=text, before=file.lines[line - 1],
        after=after or text.splitlines()[other - 1], original=name, **_lines(name, reads="named"),
    )  # fmt: skip


@operator("xsd")
def contract_namespace_changed(file: File, rng: Random) -> Iterator[Mutant]:
    """All of the contract moves to another namespace, as with a new version of it."""
    if found := re.search(r'targetNamespace="([^"]+)"', file.text):
        changed = file.text.replace(f'"{found[1]}"', f'"{found[1]}/v2"')
        line = file.text.count("\n", 0, found.start()) + 1
        yield Mutant(
            operator="contract_namespace_changed", file=file.name, line=line, text=changed, original=found[1],
            before=file.lines[line - 1], after=changed.splitlines()[line - 1], words=(found[1], ".xsd#"),
            reads=("value", found[1]),
        )  # fmt: skip


@operator("xsd")
def contract_names_qualified_otherwise(file: File, rng: Random) -> Iterator[Mutant]:
    if found := re.search(r'elementFormDefault="(\w+)"', file.text):
        other = "qualified" if found[1] == "unqualified" else "unqualified"
        names = tuple(dict.fromkeys(one[3] for one in NAMED.finditer(file.text) if one[2] == "element"))
        yield from _made(
            file.replaced(*found.span(1), other, "contract_names_qualified_otherwise", found[1], words=names)
        )


@operator("xsd")
def contract_root_renamed(file: File, rng: Random) -> Iterator[Mutant]:
    for found in NAMED.finditer(file.text):
        if found[2] == "element" and _depth(file, found.start()) == 1:
            name = found[3]
            yield from _made(
                file.replaced(*found.span(3), typo(name, rng), "contract_root_renamed", name, words=(name,))
            )


PROPERTY: Final = re.compile(r'"([^"$]+)": \{\s*"type": "(\w+)"')


def _properties(file: File, rng: Random) -> list[re.Match[str]]:
    """Return some of the properties: a contract of SEDs has hundreds."""
    found = [one for one in PROPERTY.finditer(file.text) if one[1] not in {"properties", "items"}]
    return rng.sample(found, min(len(found), 20))


@operator("json")
def contract_property_renamed(file: File, rng: Random) -> Iterator[Mutant]:
    for found in _properties(file, rng):
        more = _lines(found[1], reads="named")
        yield from _made(file.replaced(*found.span(1), found[1] + "2", "contract_property_renamed", found[1], **more))


@operator("json")
def contract_property_repeated(file: File, rng: Random) -> Iterator[Mutant]:
    for found in _properties(file, rng):
        if found[2] == "string":
            raw, more = 'array", "items": {"type": "string"}, "x": "', _lines(found[1], reads="single")
            yield from _made(file.replaced(*found.span(2), raw, "contract_property_repeated", found[1], **more))


@operator("json")
def contract_property_of_another_kind(file: File, rng: Random) -> Iterator[Mutant]:
    """A text that became an object, an object that became a text."""
    for found in _properties(file, rng):
        other = {"string": "object", "object": "string"}.get(found[2])
        if other:
            more = _lines(found[1], reads="named")
            yield from _made(
                file.replaced(*found.span(2), other, "contract_property_of_another_kind", found[1], **more)
            )
