"""Descriptions that the tests of flat files share."""

from pathlib import Path

import pytest

from hub_core.rows import load_description

PAYMENTS = """
encoding: iso-8859-2
form: fixed
header:
  token: H
  columns:
    - {name: date, width: 8, type: date, format: "%Y%m%d", required: true}
row:
  token: D
  columns:
    - {name: cnp, width: 13, required: true, pattern: "[0-9]{13}"}
    - {name: name, width: 12}
    - {name: amount, width: 9, align: right, pad: "0", type: decimal, scale: 2, required: true}
trailer:
  token: T
  columns:
    - {name: count, width: 5, align: right, pad: "0", type: integer, equals: count, required: true}
    - {name: sum, width: 11, align: right, pad: "0", type: decimal, scale: 2, equals: sum(amount), required: true}
"""

SEEKERS = """
encoding: cp1250
form: csv
titles: true
row:
  columns:
    - {name: cnp, title: CNP, required: true}
    - {name: name, title: Nume și prenume, max_length: 20}
    - {name: allowance, title: "Cuantum (lei)", type: decimal, point: ","}
    - {name: kind, title: Tip, enum: [I, N]}
"""


@pytest.fixture
def described(tmp_path: Path):
    """Return a function that reads a description from its text."""

    def read(text: str, file: str = "partners/test/list.rows.yaml"):
        path = tmp_path / "list.rows.yaml"
        path.write_text(text, "utf-8")
        return load_description(path, file=file)

    return read


@pytest.fixture
def payments(described):
    return described(PAYMENTS)


@pytest.fixture
def seekers(described):
    return described(SEEKERS)
