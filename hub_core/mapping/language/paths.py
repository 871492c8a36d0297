"""Paths into a document: down only, so that the same path can be read and, later, created.

XML: ``c:insured/c:name/@kind``; JSON: ``nav.bruker.person.pin[]``. A step with other characters is quoted
(``nav."Sector Components/Horizontal"``), ``[name=literal]`` filters, ``[]`` says that the step repeats, ``.`` is the
place itself. In tests and in ``value_at`` a step may also carry an index: ``pin[0]``.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, Literal

import msgspec

Kind = Literal["xml", "json"]
MAX_STEPS: Final = 16  # nested blocks of the generated source are limited by Python to 20
ANY_NAMESPACE: Final = "{*}"

_XML_NAME: Final = r"(?:[^\W\d][\w.\-]*:)?[^\W\d][\w.\-]*"
_STEP: Final = {
    "xml": re.compile(rf'(?P<at>@)?(?:"(?P<quoted>[^"]+)"|(?P<name>{_XML_NAME}))'),
    "json": re.compile(r'(?P<at>@)?(?:"(?P<quoted>[^"]+)"|(?P<name>[\w\-]+))'),
}
_BRACKET: Final = re.compile(
    r'\[(?:(?P<index>\d{1,6})|(?P<name>@?(?:"[^"]+"|[\w:.\-]+))=(?:"(?P<quoted>[^"]*)"|(?P<literal>[^\[\]"]*)))?\]'
)


class Many(str):
    """Name of a step that the path marks with ``[]``: equal to the plain name, for reading they are the same place."""

    __slots__ = ()


class BadPath(ValueError):
    """A path that does not follow the grammar; the text says what to write, ``mend`` more exactly."""

    def __init__(self, text: str, mend: str = "correct the path") -> None:
        super().__init__(text)
        self.mend = mend


class Filter(msgspec.Struct, frozen=True):
    """Keeps the elements or objects in which ``name`` is ``literal``.

    Attributes:
        name: JSON key; XML: ``@name`` for an attribute, else an attribute of that name or a child element.
    """

    name: str
    literal: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step down.

    Attributes:
        name: JSON key, XML name as ``{namespace}local``; attributes with ``@`` in front.
        index: only in tests and ``value_at``.
    """

    name: str
    filters: tuple[Filter, ...] = ()
    index: int | None = None


Steps = tuple[Step, ...]


def parse_path(text: str, kind: Kind, ns: Mapping[str, str] | None = None, *, any_namespace: bool = False) -> Steps:
    """Return the steps of a path; empty for ``.``.

    Args:
        text: the path as written.
        kind: which grammar.
        ns: namespaces by prefix (XML).
        any_namespace: names without prefix fit elements of every namespace.

    Raises:
        BadPath: with what to write instead.
    """
    return _parsed(text, kind, tuple((ns or {}).items()), any_namespace=any_namespace)


@lru_cache(maxsize=8_192)  # the paths of shared blocks are met again in every mapping that uses them
def _parsed(text: str, kind: Kind, ns: tuple[tuple[str, str], ...], *, any_namespace: bool) -> Steps:
    if text == ".":
        return ()
    names = _Names(kind, dict(ns), any_namespace=any_namespace)
    steps: list[Step] = []
    at = 0
    while True:
        match = _STEP[kind].match(text, at)
        if not match:
            raise BadPath(f"a step is expected at character {at + 1} of {text!r}; quote names with other characters")
        step, at = _brackets(text, match.end(), names.step(match), names)
        steps.append(step)
        if at == len(text):
            break
        if steps[-1].name.startswith("@") or text[at] != names.separator:
            raise BadPath(f"{names.separator!r} or the end is expected at character {at + 1} of {text!r}")
        at += 1
    if len(steps) > MAX_STEPS:
        raise BadPath(f"{text!r} has more than {MAX_STEPS} steps")
    return tuple(steps)


class _Names:
    """What a name means: its prefix, its quotes."""

    def __init__(self, kind: Kind, ns: Mapping[str, str], *, any_namespace: bool) -> None:
        self.kind = kind
        self.ns = ns
        self.separator = "/" if kind == "xml" else "."
        self.any_namespace = any_namespace and kind == "xml"

    def step(self, match: re.Match[str]) -> Step:
        if match["at"] and self.kind == "json":
            raise BadPath("'@' names an XML attribute; JSON has keys only")
        name = match["quoted"] or self.resolved(match["name"], attribute=bool(match["at"]))
        return Step(name=("@" if match["at"] else "") + name)

    def filtered(self, name: str) -> str:
        if self.kind == "json":
            return name.strip('"')
        attribute = name.startswith("@")
        bare = name.removeprefix("@")
        resolved = bare.strip('"') if bare.startswith('"') else self.resolved(bare, attribute=True)
        return ("@" if attribute else "") + resolved

    def resolved(self, name: str, *, attribute: bool) -> str:
        prefix, colon, local = name.rpartition(":")
        if self.kind == "json" or not colon:
            return ANY_NAMESPACE + name if self.any_namespace and not attribute else name
        if prefix not in self.ns:
            known = ", ".join(sorted(self.ns)) or "none"
            near = get_close_matches(prefix, self.ns, n=1) or (list(self.ns) if len(self.ns) == 1 else [])
            mend = f"write '{near[0]}:{local}' instead" if near else "correct the path"
            raise BadPath(f"the prefix of '{name}' is not declared in source.ns (declared: {known})", mend)
        return f"{{{self.ns[prefix]}}}{local}"


def _brackets(text: str, at: int, step: Step, names: _Names) -> tuple[Step, int]:
    filters: list[Filter] = []
    index: int | None = None
    many = False
    while text.startswith("[", at):
        match = _BRACKET.match(text, at)
        if not match:
            raise BadPath(f'write [], [name=literal] or [name="literal"] at character {at + 1} of {text!r}')
        if match["index"] is not None:
            index = int(match["index"])
        elif match["name"]:
            literal = match["quoted"] if match["quoted"] is not None else match["literal"]
            filters.append(Filter(names.filtered(match["name"]), literal.strip()))
        else:
            many = True
        at = match.end()
    return Step(name=Many(step.name) if many else step.name, filters=tuple(filters), index=index), at


_PLAIN_KEY: Final = re.compile(r"[\w\-]+")


def shown_key(key: str) -> str:
    """Return a JSON key as a path step, quoted where it must be."""
    return _shown(key) if len(key) <= _SHORT else _quoted(key)


def _quoted(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else f'"{key}"'


_SHORT: Final = 100  # characters of a key that is kept; a sender who makes keys up fills no memory
_shown: Final = lru_cache(maxsize=4_096)(_quoted)


def shown_name(name: str, prefixes: Mapping[str, str]) -> str:
    """Return an XML name (``{namespace}local``, perhaps with ``@``) with the mapping's prefix for its namespace."""
    mark, bare = ("@", name[1:]) if name.startswith("@") else ("", name)
    namespace, brace, local = bare[1:].partition("}") if bare.startswith("{") else ("", "", bare)
    if not brace:
        return mark + bare
    prefix = prefixes.get(namespace)
    return f"{mark}{prefix}:{local}" if prefix else f'{mark}"{bare}"'
