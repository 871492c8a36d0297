"""What is registered of an endpoint, on the screen."""

import re
from typing import Any, Final

from rich.text import Text

from cli import screen
from cli.screen import Column

FIELDS = (Column("FIELD"), Column("VALUE", wrap=True))
RIGHTS = (Column("INSTITUTION"), Column("SERVICE"), Column("PURPOSES", wrap=True), Column("FIXED PURPOSE", drop=1))
ROUTES = (Column("ROUTE"), Column("SERVICES", wrap=True, drop=1), Column("TO", wrap=True))
SECONDS: Final = re.compile(r"PT([0-9.]+)S")
#: What an endpoint does, and how its rights and routes are headed.
MEANS: Final = {"in": "takes what comes", "out": "the hub delivers", "ask": "the hub asks"}
MAY: Final = {"in": "Who may send", "ask": "Who may ask"}
ROUTED: Final = {"in": "Routes that look at what comes", "out": "Routes that lead here"}


def show_registered(it: dict[str, Any]) -> None:
    """Print what is registered of an endpoint, who may call it, what leads to and from it, what came last."""
    direction, last, fetched = it["direction"], it["last"], it["fetched"]
    screen.facts(
        (
            ("endpoint", Text(it["name"], "bold")),
            ("direction", f"{direction}: {MEANS[direction]}"),
            ("institution", f"{it['institution']}, {it['institution_name']}"),
            ("adapter", it["adapter"]),
            ("service", it["service"]),
            ("asked by", ", ".join(f"query {query}" for query in it["queries"])),
            ("fetched", _fetched(fetched) if fetched else None),
            ("last message", _last(last, direction)),
        )
    )
    screen.heading(f"Registered by set {it['registry_set']}")
    fields = [(path, _told(value)) for path, value in it["fields"].items()]
    screen.table(FIELDS, fields, empty="nothing else: everything else is as it is by default")
    if direction in MAY:
        screen.heading(MAY[direction])
        rights = [
            (one["institution"], one["service"], ", ".join(one["purposes"]), one.get("fixed_purpose"))
            for one in it["rights"]
        ]
        screen.table(RIGHTS, rights, empty="nobody: add a right below access:, then punte apply")
    if direction in ROUTED:
        screen.heading(ROUTED[direction])
        routes = [(one["route"], ", ".join(one["services"]) or "all", ", ".join(one["to"])) for one in it["routes"]]
        screen.table(ROUTES, routes, empty="none: add one below routes:, then punte apply")


def _right(right: dict[str, Any]) -> tuple[str | None, ...]:
    return right["institution"], right["service"], ", ".join(right["purposes"]), right.get("fixed_purpose")


def _last(last: dict[str, Any] | None, direction: str) -> Text | str | None:
    if last is None:
        return None if direction == "out" else "none yet"
    return Text.assemble(f"{last['id']}, {screen.local(last['received_at'])}, ", screen.state(last["state"]))


def _fetched(job: dict[str, Any]) -> Text:
    found = " ".join(filter(None, (job["code"], job["detail"])))
    when = f"every {job['every']}, last {screen.local(job['begun_at']) or 'never'}, "
    return Text.assemble(when, screen.state(job["state"]), screen.clean(f": {found}" if found else ""))


def _told(value: Any) -> str:
    """Return a field as a registry file would hold it, on one line."""
    import json

    if isinstance(value, list):
        return ", ".join(map(_told, value))
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    span = SECONDS.fullmatch(value)
    return f"{span[1]} s" if span else value
