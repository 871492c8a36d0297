"""Flat files: one line, one row; a header and a trailer around them where there are such.

model         what a file looks like        description   the same, read from YAML      (schemas/partners/*/*.rows.yaml)
reader        bytes -> rows with lines      writer        rows -> bytes, the inverse
cells         one value of one column       single        one row as a message of its own
whole         rows that were written one by one -> a file, with its counts and sums

One row is one line: a line break inside quotes is a fault, so that an open quote harms its own line only.
"""

from hub_core.rows.description import load_description, name_of
from hub_core.rows.model import Column, Description, FlatFile, Record, Row
from hub_core.rows.reader import OpenFile, open_file, read_file
from hub_core.rows.single import as_body, as_document, open_row, row_in
from hub_core.rows.whole import whole_file
from hub_core.rows.writer import write_file

__all__ = [
    "Column",
    "Description",
    "FlatFile",
    "OpenFile",
    "Record",
    "Row",
    "as_body",
    "as_document",
    "load_description",
    "name_of",
    "open_file",
    "open_row",
    "read_file",
    "row_in",
    "whole_file",
    "write_file",
]
