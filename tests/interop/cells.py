"""The cells of the matrix: every stack with every shape and feature, both ways."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.interop.shapes import SHAPES, Shape
from tests.interop.stacks import STACKS, Way

WRAPPED = tuple(shape for shape in SHAPES if shape.folder == "wrapped")  # whose contract has every operation


def of_shapes(way: Way, *, only: Iterable[Shape] = SHAPES, about: str = "") -> Any:
    """Parametrise a test by stack and shape; leave out what a stack does not offer.

    Args:
        way: of the call.
        only: these shapes.
        about: the feature that the test proves; empty: the shape itself.
    """
    return pytest.mark.parametrize(
        ("stack", "shape"),
        [
            pytest.param(
                name, shape, id=f"{name}-{shape.name}", marks=pytest.mark.stack(name, about or shape.name, way)
            )
            for name, stack in STACKS.items()
            for shape in only
            if (about or shape.name, way) not in stack.lacks and (shape.name, way) not in stack.lacks
        ],
    )
