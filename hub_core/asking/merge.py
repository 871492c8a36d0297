"""One view of several records about one person; the records stay side by side, nothing is written over.

- A single value (name, birth date, sex, ...) comes whole from the first source, by precedence, that says it: a name
  put together from two registers would be a name that nobody bears. A value that its source calls unknown, or that
  no code list knows, gives way to a known one; a partial date gives way to a longer one that agrees with it.
- Lists are joined. What several sources say of one thing (an identifier, an address of one use, a child) comes from
  the best of them; facts (insurance, income, benefits, ...) are all kept, exact repetitions once.
- What belongs to a document, not to the person (role, exchange, unmapped), stays in the records.

Each value of the view knows the source and the place in that source's record, so that ``why`` can lead to it.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

import msgspec

from hub_core.asking.agreement import COMPARED, addresses_agree, cnps_of, contradict_death, dates_agree, name_key
from hub_core.canonical import Beneficiary
from hub_core.canonical.person import Birth, Death, Identifier, Person
from hub_core.canonical.values import Code, Gap
from hub_core.canonical.work import Insurance
from hub_core.message import Finding, Severity

CONTRADICTION: Final = "Q201"
OF_THE_DOCUMENT: Final = frozenset({"role", "exchange", "unmapped", "gaps"})
PARTS: Final = {"birth": Birth, "death": Death}  # their fields are said and chosen one by one
LISTS: Final = tuple(
    field.name
    for field in msgspec.structs.fields(Beneficiary)
    if field.default == () and field.name not in OF_THE_DOCUMENT
)
SINGLES: Final = tuple(
    name for name in Beneficiary.__struct_fields__ if name not in (*LISTS, *OF_THE_DOCUMENT, *PARTS)
) + tuple(f"{part}.{name}" for part, kind in PARTS.items() for name in kind.__struct_fields__)
MERGED: Final = frozenset((*LISTS, *SINGLES, *PARTS))  # what a precedence may name

Keys = tuple[Hashable, ...]


class Origin(msgspec.Struct, frozen=True):
    """Where a value of the view comes from: a source, and the canonical path in that source's record."""

    source: str
    at: str


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """The view.

    Attributes:
        origins: by canonical path of the view: ``name``, ``birth.date``, ``benefits[2]``.
        findings: contradictions (Q201), naming path and sources, never the values.
    """

    record: Beneficiary
    origins: dict[str, Origin]
    findings: tuple[Finding, ...]


def merge(records: Mapping[str, Beneficiary], precedence: Mapping[str, tuple[str, ...]]) -> Merged:
    """Return the view of several records of one person.

    Args:
        records: by source.
        precedence: canonical path (``*`` for every other) to sources, best first. Sources that it leaves out come
            last, in the order of ``records``: their word counts where nobody else says anything.
    """
    merger = _Merger(records, precedence)
    fields: dict[str, Any] = {}
    for path in SINGLES:
        part, _, name = path.partition(".")
        value = merger.single(path)
        if value is not None and name:
            fields.setdefault(part, {})[name] = value
        elif value is not None:
            fields[part] = value
    for part, kind in PARTS.items():
        if part in fields:
            fields[part] = kind(**fields[part])
    for name in LISTS:
        if items := merger.joined(name):
            fields[name] = items
    record = Beneficiary(**fields)
    record = msgspec.structs.replace(record, gaps=merger.gaps(record))
    merger.compare_with_death(record)
    return Merged(record=record, origins=merger.origins, findings=tuple(merger.findings))


class _Merger:
    """Chooses value by value; gathers origins and contradictions on the way."""

    def __init__(self, records: Mapping[str, Beneficiary], precedence: Mapping[str, tuple[str, ...]]) -> None:
        self._records = records
        self._precedence = precedence
        self.origins: dict[str, Origin] = {}
        self.findings: list[Finding] = []

    def single(self, path: str) -> object | None:
        """Return the value of a path that holds one."""
        said = {name: value for name in self._ranked(path) if (value := _at(self._records[name], path)) is not None}
        if not said:
            return None
        known = {source: value for source, value in said.items() if not _says_little(value)}
        source, value = next(iter((known or said).items()))
        if path.endswith(".date"):
            source, value = _most_precise(source, known)
        self.origins[path] = Origin(source, path)
        if agree := COMPARED.get(path):
            self._compare(path, source, [name for name, other in known.items() if agree(value, other) is False])
        return value

    def joined(self, name: str) -> tuple[Any, ...]:
        """Return the elements of a list: for each thing those of the best source that speaks of it."""
        keys_of = KEYS.get(name, _by_content)
        owners: dict[Hashable, str] = {}
        items: list[Any] = []
        for source in self._ranked(name):
            for index, item in enumerate(getattr(self._records[source], name)):
                looked_up, claimed = keys_of(item, source)
                if any(owners.get(key, source) != source for key in looked_up):
                    continue
                for key in claimed:
                    owners.setdefault(key, source)
                self.origins[f"{name}[{len(items)}]"] = Origin(source, f"{name}[{index}]")
                items.append(item)
        if name == "addresses":
            self._compare_addresses()
        return tuple(items)

    def gaps(self, record: Beneficiary) -> tuple[Gap, ...]:
        """Return the gaps that no source fills; those inside of lists stay in their records."""
        gaps: dict[str, Gap] = {}
        for source in self._ranked("*"):
            for gap in self._records[source].gaps:
                if "[" not in gap.at and not _at(record, gap.at):
                    gaps.setdefault(gap.at, gap)
        return tuple(gaps.values())

    def compare_with_death(self, record: Beneficiary) -> None:
        """Name the sources that let the person live on after the death that the view tells of."""
        if record.vital_status is None or record.vital_status.code != "deceased":
            return
        teller = self.origins["vital_status"].source
        died = record.death.date if record.death else None
        for source, other in self._records.items():
            for path in contradict_death(other, died) if source != teller else ():
                self._compare(path, f"{teller}, by which the person is dead", [source])

    def _ranked(self, path: str) -> list[str]:
        named = [
            source
            for key in (path, path.partition(".")[0], "*")
            for source in self._precedence.get(key, ())
            if source in self._records
        ]
        return list(dict.fromkeys([*named, *self._records]))

    def _compare(self, path: str, chosen: str, against: list[str]) -> None:
        if against:
            text = f"{', '.join(against)} {'contradict' if len(against) > 1 else 'contradicts'} {chosen}"
            self.findings.append(Finding(code=CONTRADICTION, severity=Severity.WARNING, text=text, at=path))

    def _compare_addresses(self) -> None:
        """Compare addresses of one use where a source gives exactly one of it."""
        by_use: dict[str, dict[str, list[Any]]] = {}
        for source in self._ranked("addresses"):
            for address in self._records[source].addresses:
                if address.use is not None and address.use.code:
                    by_use.setdefault(address.use.code, {}).setdefault(source, []).append(address)
        for use, given in by_use.items():
            alone = [(source, addresses[0]) for source, addresses in given.items() if len(addresses) == 1]
            for chosen, best in alone[:1]:
                against = [source for source, other in alone if addresses_agree(best, other) is False]
                self._compare(f"addresses[use={use}]", chosen, against)


def _at(record: object, path: str) -> object | None:
    """Return what stands at a path of single values; ``None`` for nothing, blank text and empty groups."""
    value: object | None = record
    for name in path.split("."):
        value = getattr(value, name, None)
    if isinstance(value, msgspec.Struct):
        return value if any(part not in {None, (), ""} for part in msgspec.structs.astuple(value)) else None
    return value or None


def _says_little(value: object) -> bool:
    """Tell whether a value only says that it is not known, or says it in words that no code list knows."""
    code = value.state if isinstance(value, Insurance) else value
    return isinstance(code, Code) and code.code in {None, "unknown"}


def _most_precise(source: str, known: Mapping[str, object]) -> tuple[str, object]:
    """Return the longest of the dates that agree with that of ``source``; of equals the first."""
    chosen = str(known[source])
    agreeing = {name: str(date) for name, date in known.items() if dates_agree(chosen, str(date))}
    best = max(agreeing, key=lambda name: len(agreeing[name]))
    return best, agreeing[best]


def _by_content(item: Hashable, source: str) -> tuple[Keys, Keys]:
    """A fact is the same only if all of it is."""
    del source
    return (item,), (item,)


def _by(part: Callable[[Any], Hashable]) -> Callable[[Any, str], tuple[Keys, Keys]]:
    """Return a function for things that are the same where one part of them is."""

    def keys(item: Any, source: str) -> tuple[Keys, Keys]:
        del source
        return (part(item),), (part(item),)

    return keys


def _by_identifier(item: Identifier, source: str) -> tuple[Keys, Keys]:
    """A number of a national scheme is one number wherever it stands; a register's own number is its own."""
    value = item.value.strip()
    if item.scheme in {None, "source"}:
        return ((source, value),), ((source, value),)
    country = None if str(item.scheme).startswith("ro.") else item.country
    return ((item.scheme, country, value),), ((item.scheme, country, value),)


def _by_person(item: Person, source: str) -> tuple[Keys, Keys]:
    """A person is known by CNP; by name and birth date only to those, or from those, that give no CNP."""
    del source
    cnps: Keys = tuple(("cnp", cnp) for cnp in sorted(cnps_of(item)))
    name = (name_key(item.name) if item.name else "", item.birth.date if item.birth else None)
    if not all(name):
        return (cnps, cnps) if cnps else ((item,), (item,))
    if cnps:
        return (*cnps, ("only by name", name)), (*cnps, ("name", name))
    return (("name", name),), (("name", name), ("only by name", name))


# How the elements of a list are recognised in another source: keys to look up, keys to claim.
KEYS: Final[dict[str, Callable[[Any, str], tuple[Keys, Keys]]]] = {
    "identifiers": _by_identifier,
    "addresses": _by(lambda address: address.use and address.use.code),
    "civil_status": _by(lambda _: "one history of one person"),
    "citizenships": _by(lambda it: it.country),
    "phones": _by(lambda it: "".join(c for c in it.number if c.isdigit())),
    "emails": _by(str.lower),
    "children": _by_person,
    "relatives": _by_person,
}
