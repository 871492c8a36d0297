"""What the hub writes into its log has names that stay, and each stands in the documentation."""

import ast
import re
from functools import cache

from hub_core.places import ROOT

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
PACKAGES = ("adapters", "cli", "hub_core", "hub_web", "registry")


@cache
def calls():
    """Return every call that writes a log line: file, level, call."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "logger" | "logging"), attr=level)):
                        if level in LEVELS:
                            found.append((path.relative_to(ROOT), node))
    return found


def events():
    """Return the names of all events; of one that ends with a state, what stands before."""
    return {node.args[0].value.removesuffix("%s") for _, node in calls()}


def test_every_line_has_an_event_name_of_ours_and_facts_by_name():
    for path, node in calls():
        event = node.args[0]
        assert isinstance(event, ast.Constant), f"{path}:{node.lineno} makes up an event"
        assert re.fullmatch(r"[a-z]+\.([a-z]+(-[a-z]+)*|%s)", event.value), f"{path}:{node.lineno} {event.value}"
        for argument in node.args[1:]:
            assert ast.unparse(argument).endswith(".state"), f"{path}:{node.lineno} puts a value into a name"
        facts = [keyword.arg for keyword in node.keywords]
        assert set(facts) <= {"extra", "exc_info"}, f"{path}:{node.lineno}"


def test_the_page_names_every_event():
    page = (ROOT / "docs" / "how-to" / "watch-the-hub.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([a-z]+\.[a-z-]*)(?:STATE)?`", page.partition("## Log lines")[2]))
    assert told == events() | {"library.spoke"}
