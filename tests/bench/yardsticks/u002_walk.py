"""How the map of a U002 by hand takes values from objects, and what it notes on the way."""

from collections.abc import Iterator
from typing import Any

from hub_core.canonical.names import normal_name
from hub_core.canonical.values import Code
from hub_core.mapping.codecs import BadValue, Parse, chain
from hub_core.message import Finding, Severity
from tests.bench.yardsticks.u002 import (
    TABLES,
)

Json = dict[str, Any]
DAY, PARTIAL, DECIMAL, CURRENCY, COUNTRY, COUNTRY3 = (
    chain(text).parse for text in ("date", "partial_date", 'decimal(".")', "currency", "country", "country3")
)


class Pass:
    """What one pass finds besides the record."""

    def __init__(self) -> None:
        self.left: dict[str, str] = {}
        self.found: list[Finding] = []

    def warn(self, code: str, at: str, source: str, text: str) -> None:
        """Say what is wrong with a value; the record stands."""
        self.found.append(Finding(code=code, severity=Severity.WARNING, text=text, at=at, source=source))

    def leave(self, value: Any, at: str) -> None:
        """Keep all leaves at a place and below."""
        if value.__class__ is dict:
            for key, inner in value.items():
                self.leave(inner, f"{at}.{key}" if at else key)
        elif value.__class__ is list:
            for index, inner in enumerate(value):
                self.leave(inner, f"{at}[{index}]")
        elif text := plain(value):
            self.left[at] = text

    def others(self, holder: Json, known: frozenset[str], at: str) -> None:
        """Keep what stands under keys that nothing names."""
        for key, value in holder.items():
            if key not in known:
                self.leave(value, f"{at}.{key}" if at else key)


def plain(value: Any) -> str:
    if value.__class__ is str:
        text: str = value.strip()
        return text
    if value.__class__ is bool:
        return "true" if value else "false"
    return "" if value is None or value.__class__ in {dict, list} else str(value)


def objects(holder: Json, key: str, at: str, seen: Pass) -> Iterator[tuple[Json, str]]:
    """Yield the objects of a place with their paths; plain values there are kept."""
    value = holder.get(key)
    if value is None:
        return
    path = f"{at}.{key}" if at else key
    if value.__class__ is dict:
        yield value, path
    elif value.__class__ is list:
        for index, item in enumerate(value):
            if item.__class__ is dict:
                yield item, f"{path}[{index}]"
            elif item is not None:
                seen.leave(item, f"{path}[{index}]")
    else:
        seen.leave(value, path)


def only(holder: Json, key: str, at: str, seen: Pass) -> Json | None:
    """Return the object of a place; plain values there are kept."""
    value = holder.get(key)
    if value.__class__ is dict or value is None:
        return value
    return next((item for item, _ in objects(holder, key, at, seen)), None)


def texts(holder: Json, made: Json, fields: tuple[tuple[str, str], ...]) -> None:
    for name, key in fields:
        value = holder.get(key)
        if value is not None and (text := value.strip() if value.__class__ is str else plain(value)):
            made[name] = text


def put(holder: Json, key: str, parse: Parse, codec: str, made: Json, name: str, at: str, to: str, seen: Pass) -> None:
    """Put what a codec reads; what it cannot read is told and kept."""
    value = holder.get(key)
    if value is None or not (text := value.strip() if value.__class__ is str else plain(value)):
        return
    try:
        made[name] = parse(text)
    except BadValue as bad:
        seen.warn("M202", to + name, f"{at}.{key}", f"not readable as {codec} ({bad})")
        seen.left[f"{at}.{key}"] = text


def code(holder: Json, key: str, codes: str, made: Json, name: str, at: str, to: str, seen: Pass) -> None:
    """Put a coded value; one that is not in the list is told, and kept as received."""
    value = holder.get(key)
    if value is None or not (text := value.strip() if value.__class__ is str else plain(value)):
        return
    shown, table = TABLES[codes]
    coded = table.get(text)
    if coded is None:
        seen.warn("M204", to + name, f"{at}.{key}", f"the value is not in {codes}")
        coded = Code(list=shown, text=text)
    made[name] = coded


def land(holder: Json, made: Json, at: str, to: str, seen: Pass) -> None:
    """Put a country: two letters, or else three."""
    for key, parse, codec in (("land", COUNTRY, "country"), ("landkode", COUNTRY3, "country3")):
        if key in holder:
            before = made.pop("country", None)
            put(holder, key, parse, codec, made, "country", at, to, seen)
            if before is not None:
                if made.get("country", before) != before:
                    path = f"{at}.{key}"
                    seen.warn("M203", f"{to}country", path, f"{key} differs from an earlier place of the rule")
                    seen.leave(holder[key], path)
                made["country"] = before


def named(made: Json, name: str, inner: Json) -> None:
    if inner:
        if normal := normal_name(inner.get("family"), inner.get("given"), None):
            inner["normal"] = normal
        made[name] = inner
