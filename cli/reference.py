"""The generated pages: ``python -m cli.reference`` writes them, ``--check`` says whether they are current.

docs/reference/commands.md    from the command line itself
docs/reference/codes.md       from ``hub_core.codes``
docs/reference/settings.md    from ``hub_core.settings``
docs/reference/...            codecs, adapters, record, registry, code lists: see ``cli.pages``
schemas/                      of the canonical model and of the registry's files; what the SDK holds
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from cli import pages as reference
from cli.app import command
from cli.commands.explain import FAMILIES
from cli.faults import MEANINGS
from cli.pages.sdk import surface
from hub_core.canonical import schema
from hub_core.codes import CODES, Code
from hub_core.places import ROOT
from hub_core.ports import SDK
from hub_core.settings import PREFIX, Settings
from registry.sets.schema import rendered

MADE: Final = "<!-- Made by `make docs`; change the code, not this page. -->"


def pages() -> dict[str, bytes]:
    """Return every generated file by its name below the project."""
    return {
        "docs/reference/commands.md": commands().encode(),
        "docs/reference/codes.md": codes().encode(),
        "docs/reference/settings.md": settings().encode(),
        **reference.pages(MADE),
        "schemas/canonical/beneficiary-1.schema.json": _json(schema.document()),
        "schemas/hub/registry.schema.json": rendered(),
        **_surface(),
    }


def stale() -> list[str]:
    """Return the names of the files that are not what the code says."""
    return [name for name, body in pages().items() if not _is(name, body)]


def main(arguments: Sequence[str]) -> int:
    """Write the files, or check that they are current; return the exit code."""
    if "--check" in arguments:
        for name in stale():
            sys.stderr.write(f"{name} is not what the code says; run: make docs\n")
        return int(bool(stale()))
    for name, body in pages().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return 0


def commands() -> str:
    """Return the page of all commands."""
    root = command()
    lines = ["# Commands", "", MADE, "", root.help, ""]
    lines += [
        "Every command takes `--help`, and whatever prints a table takes `--json`. Personal values are masked",
        "",
    ]
    lines[-2:] = [f"{lines[-2]} unless `--reveal` says to show them.", ""]
    lines += ["## Exit codes", "", "| code | meaning |", "|---|---|"]
    lines += [f"| {code.value} | {meaning} |" for code, meaning in MEANINGS.items()]
    for name, one in _leaves(root, "punte"):
        lines += ["", *_command(name, one)]
    return "\n".join(lines) + "\n"


def codes() -> str:
    """Return the page of all codes."""
    lines = ["# Codes", "", MADE, "", "Every code that the hub can print. A code never changes its meaning.", ""]
    lines += ["`punte explain CODE` says the same on the terminal.", ""]
    for letter, family in FAMILIES.items():
        lines += [f"## {letter}: {family}", "", "| code | HTTP | what happened | what to do |", "|---|---|---|---|"]
        members = [code for code in CODES.values() if code.code.startswith(letter)]
        lines += [
            f'| <a id="{it.code}"></a>{it.code} | {it.status or ""} | {it.title} | {_cell(_what_to_do(it))} |'
            for it in members
        ]
        lines.append("")
    return "\n".join(lines)


def _what_to_do(code: Code) -> str:
    return f"{code.do} Whoever runs the hub: {code.operator}" if code.operator else code.do


def settings() -> str:
    """Return the page of all settings."""
    described = _attributes(Settings.__doc__ or "")
    lines = ["# Settings", "", MADE, "", "The hub and every command read them from the environment.", ""]
    lines += ["| variable | default | meaning |", "|---|---|---|"]
    for name, default in zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True):
        shown = "" if default is None else f"`{default}`"
        lines.append(f"| `{PREFIX}{name.upper()}` | {shown} | {_cell(described[name])} |")
    lines += ["", "`PUNTE_KEY` is read by `punte send` only: the key of the institution that sends.", ""]
    return "\n".join(lines)


def _surface() -> dict[str, bytes]:
    """Return what adapters may rely on in this version; once written it stays, and a test holds the code against it."""
    name = f"schemas/hub/sdk-{SDK}.json"
    path = ROOT / name
    return {name: path.read_bytes() if path.is_file() else _json(surface())}


def _leaves(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    for word, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from _leaves(one, f"{name} {word}")
        else:
            yield f"{name} {word}", one


def _command(name: str, one: Any) -> list[str]:
    arguments = [it for it in one.params if it.param_type_name == "argument"]
    options = [it for it in one.params if it.param_type_name == "option"]
    usage = " ".join([name, *(_placeholder(it) for it in arguments), *(["[OPTIONS]"] if options else [])])
    lines = [f"## {name}", "", f"    {usage}", "", *_paragraphs(one.help or "")]
    if arguments or options:
        lines += ["| name | default | meaning |", "|---|---|---|"]
    lines += [f"| {_cell(_spelt(it))} | {_need(it)} | {_cell(it.help or '')} |" for it in (*arguments, *options)]
    return lines


def _placeholder(argument: Any) -> str:
    shown = argument.metavar or argument.name.upper()
    return shown if argument.required else f"[{shown}]"


def _spelt(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar}`"
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    return names if parameter.is_flag else f"{names} {parameter.metavar}"


def _need(parameter: Any) -> str:
    if parameter.required:
        return f"required, or `{parameter.envvar}`" if parameter.envvar else "required"
    plain = isinstance(parameter.default, int | float | str) and not isinstance(parameter.default, bool)
    return f"`{parameter.default}`" if plain and parameter.default != "" else ""


def _paragraphs(text: str) -> list[str]:
    return [line for part in re.split(r"\n\s*\n", text.strip()) for line in (" ".join(part.split()), "")]


def _attributes(text: str) -> dict[str, str]:
    """Return the attributes that a docstring describes; a description may go on over indented lines."""
    body = text.partition("Attributes:")[2]
    found = re.findall(r"^ {8}(\w+): (.+(?:\n {12}.+)*)", body, re.MULTILINE)
    return {name: " ".join(words.split()).replace("``", "`") for name, words in found}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def _is(name: str, body: bytes) -> bool:
    path = ROOT / name
    return path.is_file() and path.read_bytes() == body


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
