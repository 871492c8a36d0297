"""One value out of a document, by its path: for settings that name a place, such as ``message_id``."""

from hub_core.document import Document
from hub_core.errors import ConfigError
from hub_core.mapping.language.paths import BadPath, Kind, parse_path
from hub_core.mapping.reading import jsonplaces, xmlrun


def check_path(path: str, kind: Kind, *, where: str = "") -> None:
    """Check that a path follows the grammar.

    Raises:
        ConfigError: M107.
    """
    try:
        parse_path(path, kind, any_namespace=True)
    except BadPath as error:
        raise ConfigError("M107", f"not a path into {kind.upper()}", where=where, mend=str(error)) from error


def value_at(document: Document, path: str) -> str | None:
    """Return the first text at a path that is not blank, trimmed; ``None`` if there is none.

    Names without prefix fit elements of every namespace; a path of the other kind of document finds nothing.
    """
    try:
        steps = parse_path(path, document.kind, any_namespace=True)
    except BadPath:
        return None
    texts_at = xmlrun.texts_at if document.kind == "xml" else jsonplaces.texts_at
    return next(iter(texts_at(document.root, steps)), None)
