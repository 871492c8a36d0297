"""Reference pages that say what the code says: codecs, adapters, the record, the registry, code lists, the SDK.

``cli.reference`` writes them with the others and checks that they are current.
"""

from cli.pages.model import canonical_model
from cli.pages.parts import adapters, code_lists, codecs
from cli.pages.registry import registry
from cli.pages.sdk import sdk


def pages(made: str) -> dict[str, bytes]:
    """Return the pages by their name below the project; ``made`` says in each that it is generated."""
    written = {
        "codecs": ("Codecs", codecs()),
        "adapters": ("Adapters", adapters()),
        "canonical-model": ("The canonical record", canonical_model()),
        "registry": ("The registry", registry()),
        "code-lists": ("Code lists", code_lists()),
        "sdk": ("The SDK", sdk()),
    }
    return {
        f"docs/reference/{name}.md": "\n".join([f"# {title}", "", made, "", *lines, ""]).encode()
        for name, (title, lines) in written.items()
    }
