"""Files of rows: one line or one element, one row; a header and a trailer around them where there are such.

model         what a file looks like        description   the same, read from YAML      (schemas/partners/*/*.rows.yaml)
survey        whether a file is whole       reader        bytes -> rows with their lines
lines         lines and their fields        trees         JSON objects and XML elements as columns
elements      XML as a stream of records    packed        the members of a zip, as streams
cells         one value of one column       single        one row as a message of its own
writer        rows -> bytes, the inverse; xmltext of XML
whole         rows that were written one by one -> a file, with its counts and sums

In CSV a line break inside quotes is a fault, so that an open quote harms its own line only.
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
