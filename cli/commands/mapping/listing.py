"""``punte mapping list``: which mappings there are."""

from typing import Any

from cli import screen
from cli.options import Json, Root, Schemas, mappings_of
from cli.screen import Column

COLUMNS = (
    Column("MAPPING"),
    Column("READS"),
    Column("TESTS", right=True, drop=3),
    Column("HASH", drop=2),
    Column("FILE", drop=1),
)


def listing(
    *,
    root: Root = None,
    schemas: Schemas = None,
    as_json: Json = False,
) -> None:
    """List the mappings of a folder: what each reads, its content hash, how many tests it has."""
    from hub_core.mapping.selection import load_folder

    folder = mappings_of(root)
    rows: list[dict[str, Any]] = [
        {
            "mapping": mapping.id,
            "hash": mapping.hash,
            "file": mapping.file,
            "reads": " ".join(part for part in mapping.key[1:] if part),
            "tests": len(mapping.tests),
        }
        for mapping in load_folder(folder, schemas=schemas).all
    ]
    if as_json:
        screen.as_json(rows)
        return
    screen.table(
        COLUMNS,
        [(row["mapping"], row["reads"], str(row["tests"]), row["hash"], row["file"]) for row in rows],
        empty=f"no mapping below {folder}",
    )
