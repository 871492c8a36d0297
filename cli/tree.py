"""A canonical record as people read it: a tree on a terminal, one line per value in a pipe."""

from collections.abc import Iterator
from typing import Any, Final

from rich.text import Text
from rich.tree import Tree

from cli import screen

# Small objects of the model that read better as one value than as a branch.
PERIOD: Final = frozenset({"start", "end", "open"})
MONEY: Final = frozenset({"amount", "currency"})
CODE: Final = frozenset({"list", "code", "text"})
LEFT_OUT: Final = frozenset({"unmapped"})  # shown as a table of its own


def show_record(record: dict[str, Any], *, title: str) -> None:
    """Print a record without its unmapped leaves."""
    shown = {name: value for name, value in record.items() if name not in LEFT_OUT}
    if screen.out().is_terminal:
        root = Tree(Text(title, "bold"), guide_style="dim")
        _grow(root, shown)
        screen.show(root)
        return
    lines = list(leaves(shown))
    width = max((len(path) for path, _ in lines), default=0)
    screen.heading(title)
    for path, value in lines:
        screen.show(Text(f"{path:<{width}}  {value}"))


def leaves(node: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield canonical path and shown value of everything in a record, in its order."""
    value = inline(node)
    if value is not None:
        yield screen.clean(at), value
    elif isinstance(node, dict):
        for name, item in node.items():
            yield from leaves(item, f"{at}.{name}" if at else name)
    else:
        for index, item in enumerate(node):
            yield from leaves(item, f"{at}[{index}]")


def inline(node: Any) -> str | None:
    """Return a node as one value, or ``None`` if it branches.

    >>> inline({"list": "sex@1", "code": "female", "text": "F"})
    'female (sex@1, received F)'
    >>> inline({"start": "2023-02-01", "open": {"list": "period-end@1", "code": "open"}})
    '2023-02-01 to open'
    >>> inline({"amount": "957.50", "currency": "RON"})
    '957.50 RON'
    """
    if isinstance(node, dict):
        return _object(node)
    if isinstance(node, list):
        return None if node else "[]"
    if isinstance(node, bool):
        return "yes" if node else "no"
    return screen.clean(str(node))


def _object(node: dict[str, Any]) -> str | None:
    keys = node.keys()
    if "list" in keys and keys <= CODE:
        return _code(node)
    if keys == MONEY:
        return screen.clean(f"{node['amount']} {node['currency']}")
    if keys and keys <= PERIOD:
        return _period(node)
    return None if node else "{}"


def _code(node: dict[str, Any]) -> str:
    code, text, source = node.get("code"), node.get("text"), node["list"]
    if code is None:
        return screen.clean(f"{text} (not in {source})")
    received = f", received {text}" if text not in {None, code} else ""
    return screen.clean(f"{code} ({source}{received})")


def _period(node: dict[str, Any]) -> str:
    start, end, why = node.get("start", "?"), node.get("end"), node.get("open")
    if end is None and isinstance(why, dict):
        end = why.get("code") or why.get("text") or "open"
    return screen.clean(f"{start} to {end or '?'}")


def _grow(branch: Tree, node: Any) -> None:
    for name, item in _children(node):
        label, value = screen.clean(name), inline(item)
        if value is None:
            _grow(branch.add(Text(label, "cyan")), item)
        else:
            branch.add(Text.assemble((f"{label}  ", "cyan"), value))


def _children(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield what hangs below a node; items of a list at the list's own level: one branch less to follow."""
    for name, item in node.items() if isinstance(node, dict) else ((str(at), it) for at, it in enumerate(node)):
        if isinstance(item, list) and item:
            yield from ((f"{name}[{index}]", one) for index, one in enumerate(item))
        else:
            yield name, item
