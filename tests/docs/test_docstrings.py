"""What docstrings show is what happens."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("adapters", "cli", "hub_core", "hub_demo", "hub_simulator", "hub_torture", "hub_web", "registry")
FILES = [path.relative_to(ROOT) for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
SHOWING = [path for path in FILES if ">>> " in (ROOT / path).read_text("utf-8")]


@pytest.mark.parametrize("path", SHOWING, ids=str)
def test_the_examples_of_a_module_hold(path):
    module = importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    done = doctest.testmod(module)
    assert done.attempted > 0
    assert done.failed == 0
