"""The shape of the house: sizes, doors, and what may not be said in it."""

import ast
import re
import subprocess
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("adapters", "cli", "hub_core", "hub_demo", "hub_simulator", "hub_torture", "hub_web", "registry")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST_MODULE = 300
LONGEST_FUNCTION = 50

# One door each: a library that is named here is imported only below these paths.
DOORS = {
    "cryptography": ("hub_core/security/", "adapters/soap/security/"),
    "fastapi": ("hub_web/",),
    "uvicorn": ("hub_web/", "hub_demo/", "hub_simulator/", "hub_core/playing/"),
    "zeep": (),
    "signxml": ("adapters/soap/security/",),
    "aiohttp": ("adapters/kit/",),
    "asyncssh": ("adapters/kit/",),
    "python_multipart": ("adapters/kit/",),
    "tenacity": ("adapters/kit/",),
    "apscheduler": ("registry/scheduled/", "registry/crontab.py"),
    "prometheus_client": ("registry/figures.py", "hub_core/testing/"),
    "lxml": (
        "hub_core/validation/",
        "hub_core/contract/",
        "hub_core/lint/",
        "hub_core/draft/",
        "hub_core/mapping/",
        "hub_core/rows/",
        "hub_core/samples/",
        "hub_simulator/",
        "adapters/soap/",
        "adapters/kit/",
        "hub_demo/agencies/",
        "hub_web/partner/",
    ),
    "elementpath": ("hub_core/contract/wsdl/", "hub_core/samples/"),
    "xmlschema": ("hub_core/validation/", "hub_core/contract/", "hub_core/samples/", "adapters/soap/"),
    "jsonschema": ("hub_core/validation/", "hub_core/canonical/"),
    "jsonschema_rs": ("hub_core/validation/", "hub_core/canonical/"),
    "sqlite3": ("hub_core/journal/", "registry/doctor/health.py", "cli/commands/running.py"),
    "psycopg": ("hub_core/journal/", "hub_core/playing/"),
    "yaml": ("hub_core/yaml.py",),
    "typer": ("cli/",),
    "rich": ("cli/", "hub_demo/"),
    "stdnum": ("hub_core/canonical/",),
}


class Module(NamedTuple):
    """What is asked about a module.

    Attributes:
        lines: number of them.
        functions: name and lines of each.
        imports: what it imports, at its head or inside functions: modules, or names in them, with dots.
        texts: literals.
    """

    lines: int
    functions: list[tuple[str, int]]
    imports: set[str]
    texts: set[str]


@cache
def look(path: Path) -> Module:
    """Read a module once for all questions."""
    body = path.read_text(encoding="utf-8")
    found = Module(len(body.splitlines()), [], set(), set())
    for node in ast.walk(ast.parse(body)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.functions.append((node.name, (node.end_lineno or 0) - node.lineno))
        elif isinstance(node, ast.Import):
            found.imports.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.imports.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.texts.add(node.value)
    return found


def packages_of(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in look(path).imports}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_fits_in_a_head(path: Path) -> None:
    assert look(path).lines <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path: Path) -> None:
    assert [name for name, lines in look(path).functions if lines >= LONGEST_FUNCTION] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_library_comes_in_through_its_own_door(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    for library in packages_of(path) & DOORS.keys():
        assert name.startswith(DOORS[library]), f"{library} is imported outside {DOORS[library]}"


def test_no_import_runs_in_a_circle_not_even_one_that_waits_for_a_call() -> None:
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES}
    uses = {
        name: {one if one in named else one.rpartition(".")[0] for one in look(path).imports} & named.keys()
        for name, path in named.items()
    }
    TopologicalSorter(uses).prepare()  # its error names the circle


def test_nothing_imports_the_command_line() -> None:
    importers = [path for path in MODULES if "cli" in packages_of(path) and path.relative_to(ROOT).parts[0] != "cli"]
    assert importers == []


def test_every_code_means_one_thing_and_says_what_to_do() -> None:
    from hub_core import codes

    families = [module for name, module in vars(codes).items() if hasattr(module, "CODES") and name != "code"]
    listed = [entry for family in families for entry in family.CODES]
    assert len({entry.code for entry in listed}) == len(listed) == len(codes.CODES)
    for entry in listed:
        assert re.fullmatch(r"[A-Z]\d{3}", entry.code)
        assert entry.title
        assert entry.do.endswith((".", "?")), f"{entry.code} does not say what to do"


def test_every_code_that_is_raised_stands_in_the_catalogue() -> None:
    from hub_core.codes import CODES

    for path in MODULES:
        for code in look(path).texts if "hub_demo" not in path.parts else ():
            if re.fullmatch(r"[ABCDFJMQRVW]\d{3}", code):
                assert code in CODES, f"{path.relative_to(ROOT)} uses {code}"


def test_no_path_of_a_machine_and_no_registry_host_is_committed() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    machine = re.compile(r"(?<![\w.])(/home/\w+|/root/|/work/|/Users/)|index-url|find-links")
    for name in files:
        path = ROOT / name
        if path.suffix in {".md", ".py", ".yaml", ".toml", ".txt", ".in", ".sh", ""} and path.is_file():
            found = machine.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None or path == Path(__file__), f"{name}: {found and found[0]}"
